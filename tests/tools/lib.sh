# shellcheck shell=bash
# Sourced by the checks in this folder: where the tree is, how a problem is told, how a check proves that it can fail.

top_srcdir=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
# shellcheck disable=SC2034 # for those that look at what was built
top_builddir=${top_builddir:-$PWD}
problems=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pmip-check.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# problem TEXT: tell it, go on, fail in the end.
problem()
{
	printf '%s\n' "$*"
	problems=$((problems + 1))
}

# skip REASON
skip()
{
	printf 'skipped: %s\n' "$*"
	exit 77
}

# sources DIR PATTERN...: files under DIR whose name matches, without build trees and generated files, relative to DIR.
sources()
{
	local dir=$1 names=() pattern
	shift
	for pattern; do
		names+=(-o -name "$pattern")
	done
	(cd "$dir" && find . \( -name .git -o -name autom4te.cache -o -name build-aux -o -name m4 -o -name .libs -o -name .deps \
		-o -name _build -o -name _inst -o -path './build*' -o -path './pmip-[0-9]*' \) -prune \
		-o -type f ! -name '*.skel.h' ! -name config.h \( "${names[@]:1}" \) -print) | sed 's|^\./||' | LC_ALL=C sort
}

# self_check SAID PATTERN...: each must match a line of what the check said of a bad input.
self_check()
{
	local said=$1 pattern
	shift
	for pattern; do
		grep -Eq -- "$pattern" <<<"$said" || problem "$0: self-check: bad input went unnoticed, no line matches: $pattern"
	done
}

# Whether configure has libpmip-linux built.
linux_enabled()
{
	grep -qF 'S["ENABLE_LINUX_TRUE"]=""' "$top_builddir/config.status"
}

finish()
{
	[ "$problems" -eq 0 ] || { printf '%s: %d problem(s)\n' "${0##*/}" "$problems"; exit 1; }
	exit 0
}

# Whether it was built with sanitizers, which a plain program does not link.
sanitized()
{
	[ "$(nm -D "$top_builddir/libpmip/.libs/libpmip.so" | grep -cE '__(asan|ubsan)_')" -gt 0 ]
}
