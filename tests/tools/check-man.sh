#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every option and command that a program's --help tells stands in its man page, and every one of the page in --help.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$top_builddir/pmipctl" ] || skip 'the programs are not built (--disable-programs)'

# What --help and the page tell: --option, and the commands, if it has any.
in_help() { sed -nE 's/^ +(-[a-z], )?(--[a-z-]+).*/\2/p; /^Commands:/,/^$/s/^  ([a-z-]+)( .*|$)/\1/p' | sort -u; }
in_page() { sed -nE 's/^\.It .*Fl -([a-z-]+).*/--\1/p; s/^\.It Cm ([a-z-]+).*/\1/p' | sort -u; }
differ() { # differ PROGRAM PAGE
	local line
	while read -r line; do problem "$2:1: $1 and its page differ in: $line"; done < <(comm -3 <("$1" --help | in_help) <(in_page <"$2"))
}

for page in flowmob-manager.8 flowmob-mn.8 flowmob-slaves.8 pmip-decode.1 pmip-encode.1 pmip-lma.8 pmip-mag.8 pmip-perf.8 pmipctl.1; do
	differ "$top_builddir/${page%.*}" "$top_srcdir/man/$page"
done
# The check sees a page that lacks an option.
sed '/Fl -json/d' "$top_srcdir/man/pmipctl.1" >"$scratch/pmipctl.1"
[ "$(comm -3 <("$top_builddir/pmipctl" --help | in_help) <(in_page <"$scratch/pmipctl.1"))" = --json ] || problem 'check-man.sh:1: does not see a missing option'
finish
