#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The pictures of doc/ are what doc/pictures.py draws, and every picture that a document shows is there.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 -B "$top_srcdir/doc/pictures.py" "$scratch"
for picture in "$scratch"/*.svg; do
	cmp -s "$picture" "$top_srcdir/doc/${picture##*/}" || problem "doc/${picture##*/}:1: is not what doc/pictures.py draws: run doc/pictures.py doc"
done

# shown FILE: pictures that it shows and that are not there.
shown()
{
	local name
	while read -r name; do
		[ -e "$(dirname "$1")/$name" ] || problem "${1#"$top_srcdir"/}:1: there is no picture $name"
	done < <(sed -nE 's/.*!\[[^]]*\]\(([^)]*)\).*/\1/p' "$1")
}
for document in "$top_srcdir"/README.md "$top_srcdir"/doc/*.md; do shown "$document"; done
# shellcheck disable=SC2016 # no expansion is meant
printf '![none](none.svg)\n' >"$scratch/bad.md"
self_check "$(shown "$scratch/bad.md")" 'no picture none.svg'
finish
