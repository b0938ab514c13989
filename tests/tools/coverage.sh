#!/usr/bin/env bash
# Line coverage of the pure rooms by the unit tests. coverage.sh [PERCENT, 90]
# Builds in a temporary folder; the source tree must not be configured itself. Called by CI, not by make check.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

command -v gcovr >/dev/null || { echo 'gcovr is not installed; apt-get install gcovr' >&2; exit 1; }
[ -x "$top_srcdir/configure" ] || { echo 'there is no configure; run autoreconf -fi' >&2; exit 1; }
cd "$scratch"
"$top_srcdir/configure" --quiet --enable-coverage --enable-tests --disable-linux --disable-programs --disable-shared CFLAGS=-g >configure.log
# shellcheck disable=SC2016 # a variable of the Makefile
make -s -j"$(nproc)" check TESTS='$(unit_tests)' >make.log 2>&1 || { tail -n 50 make.log; exit 1; }
gcovr --root "$top_srcdir" --object-directory . --filter "$top_srcdir/(libpmip/(base|wire|state|engine)/|libflowmob/[^/]*$)" --fail-under-line "${1:-90}" .
