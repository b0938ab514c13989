#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each fuzz target over what is known to be worth it (corpus/TARGET/), and the target of messages over the vectors too.
set -euo pipefail
shopt -s nullglob
: "${top_srcdir:?run by make check}" "${top_builddir:?}"

vectors=("$top_srcdir"/tests/vectors/good/*.hex "$top_srcdir"/tests/vectors/bad/*.hex)
"$top_builddir/tests/fuzz/fuzz_mh" "${vectors[@]}" "$top_srcdir"/tests/fuzz/corpus/mh/*
for target in classifier fmp packet; do
	"$top_builddir/tests/fuzz/fuzz_$target" "$top_srcdir/tests/fuzz/corpus/$target"/*
done
