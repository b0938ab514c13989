#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The measurements of make bench run, and print a table: a bench that nobody runs for months is broken when it is needed. What needs
# namespaces is run by tests/system/perf.py.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# check_bench PROGRAM: one table or more, whose last line is numbers.
check_bench()
{
	local name=${1##*/} said last
	said=$("$1" --quick 2>&1) || {
		problem "tests/bench/$name.c:1: --quick fails: $said"
		return 0
	}
	last=${said##*$'\n'}
	[[ $last =~ ^[\ 0-9.]+$ ]] || problem "tests/bench/$name.c:1: --quick ends with no line of numbers: $last"
}

printf '#!/bin/sh\nexit 1\n' >"$scratch/fails"
printf '#!/bin/sh\necho 1 2\necho nothing\n' >"$scratch/silent"
chmod 755 "$scratch/fails" "$scratch/silent"
self_check "$(check_bench "$scratch/fails"; check_bench "$scratch/silent")" 'fails.c:1: --quick fails' 'silent.c:1: --quick ends with'

n=0
for source in "$top_srcdir"/tests/bench/bench_*.c; do
	name=$(basename "$source" .c)
	[ -x "$top_builddir/tests/bench/$name" ] || skip "$name is not built: make check builds it"
	check_bench "$top_builddir/tests/bench/$name"
	n=$((n + 1))
done
[ "$n" -gt 0 ] || problem "$top_srcdir: no benches found; wrong directory?"
finish
