#!/usr/bin/env bash
# Every file that git knows is in the tarball. Outside a git tree there is nothing to compare with.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

git_only='\.gitattributes|\.gitignore'

# left_out TRACKED DISTRIBUTED: lists of paths; a distributed folder stands for everything in it.
left_out()
{
	local file up
	declare -A known=()
	while read -r file; do
		known[$file]=1
	done <<<"$2"
	while read -r file; do
		[[ ! $file =~ ^($git_only)$ ]] || continue
		up=$file
		while [ -z "${known[$up]:-}" ] && [[ $up == */* ]]; do
			up=${up%/*}
		done
		[ -n "${known[$up]:-}" ] || problem "$file:1: not in the tarball; add it to the room's local.mk, as a source or to EXTRA_DIST"
	done <<<"$1"
}

self_check "$(left_out $'.gitignore\na/b.c\nc/d/e.hex\nf.md' $'a/b.c\nc')" '^f.md:1: not in the tarball'
[ "$(left_out $'.gitignore\na/b.c\nc/d/e.hex' $'a/b.c\nc')" = "" ] || problem "self-check: a distributed file was told to be missing"

tracked=$(git -C "$top_srcdir" ls-files 2>/dev/null) || tracked=
[ -n "$tracked" ] || [ "$problems" -gt 0 ] || skip "not a git tree"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# shellcheck disable=SC2016 # a variable of the Makefile
distributed=$(make -s -C "$top_builddir" --eval 'print-dist: ; @printf "%s\n" $(patsubst $(top_srcdir)/%,%,$(DISTFILES))' print-dist)
left_out "$tracked" "$distributed"
finish
