#!/usr/bin/env bash
# Proves GEN-10.
# What the pure libraries ask of others: memory and string functions, number formatting, address text. No clock, socket, file or
# environment; malloc in mem.o only; no variable that outlives a call (the library has no globals).
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

allowed='bcmp|mem[a-z]+|str[a-z]+|v?snprintf|inet_pton|inet_ntop|__stack_chk_fail|__assert_fail|_GLOBAL_OFFSET_TABLE_'
allowed+='|__(mem[a-z]+|str[a-z]+|v?snprintf)_chk|__popcountdi2|__ctzdi2'
in_mem='malloc|calloc|realloc|free'

# check_archive ARCHIVE BELOW...: BELOW are archives whose functions it may call as well.
check_archive()
{
	local member symbol kind section size
	declare -A ours=()
	while read -r symbol; do
		ours[$symbol]=1
	done < <(nm --defined-only --extern-only --format=posix "$@" | awk 'NF >= 2 {print $1}')
	while read -r member symbol kind; do
		[ "$kind" = U ] || continue
		[[ ! $symbol =~ ^($allowed)$ ]] || continue
		[[ $member != *mem.o || ! $symbol =~ ^($in_mem)$ ]] || continue
		[ -z "${ours[$symbol]:-}" ] || continue
		problem "$member: calls $symbol(), which is neither ours nor on the list of what a pure object may call"
	done < <(nm -A --undefined-only --format=posix "$1" | sed -E 's/^[^[]*\[([^]]+)\]: /\1 /')
	while read -r member section size; do
		problem "$member: $size octets of variables in $section; state belongs into a context"
	done < <(size -A "$1" | awk '/^[^ ]+ +\(ex / || / +:$/ {member = $1}
		$1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {print member, $1, $2}')
}

cat >"$scratch/bad.c" <<'END'
#include <stdlib.h>
int counter;
const char *f(void);
const char *f(void) { counter++; return malloc(1) ? getenv("HOME") : 0; }
END
${CC:-cc} -c -o "$scratch/bad.o" "$scratch/bad.c"
ar rc "$scratch/bad.a" "$scratch/bad.o"
self_check "$(check_archive "$scratch/bad.a")" 'bad.o: calls getenv' 'bad.o: calls malloc' 'bad.o: 4 octets of variables in .bss'

archive=$top_builddir/libpmip/.libs/libpmip-core.a
flowmob=$top_builddir/libflowmob/.libs/libflowmob-core.a
for built in "$archive" "$flowmob"; do
	[ -s "$built" ] || { problem "$built is not there; run make first"; finish; }
done
instrumented=$(nm -u "$archive" | grep -E -m1 '__(asan|ubsan|gcov|llvm_gcov|sanitizer)_' || true)
[ "$problems" -gt 0 ] || [ -z "$instrumented" ] || skip "built for sanitizers or gcov, whose symbols are in every object"
check_archive "$archive"
check_archive "$flowmob" "$archive"
finish
