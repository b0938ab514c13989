#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FMP-10, FMP-11.
# The demo of flow mobility does what it says, for both kinds of terminal.
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo 'needs root, for network namespaces'; exit 77; }
for terminal in weak-host logical-interface; do
	PMIP_BUILD=${top_builddir:?} /usr/bin/python3 -B "${top_srcdir:?}/examples/lab/flows.py" --terminal "$terminal"
done
