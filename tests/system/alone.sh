#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# alone.sh INTERPRETER TEST: run a test so that with make -j those of the system, which measure time, have the machine to themselves.
# Other tests, and those of the system that say "May run beside others.", run side by side.
set -euo pipefail

how=--shared
case $2 in
*/system/*) grep -q 'May run beside others\.' "$2" || how=--exclusive ;;
esac
exec flock "$how" "${top_builddir:?}/tests/alone.lock" "$@"
