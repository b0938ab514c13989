#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each fuzz target over the vectors and over what it has found before (corpus/TARGET/).
set -euo pipefail
shopt -s nullglob
: "${top_srcdir:?run by make check}" "${top_builddir:?}"

vectors=("$top_srcdir"/tests/vectors/good/*.hex "$top_srcdir"/tests/vectors/bad/*.hex)
"$top_builddir/tests/fuzz/fuzz_mh" "${vectors[@]}" "$top_srcdir"/tests/fuzz/corpus/mh/*
