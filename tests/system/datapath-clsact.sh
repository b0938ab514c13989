#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-3, TUN-4, FWD-1, FWD-2, FWD-4.
# datapath-bpf.sh as on a kernel before Linux 6.6, which has no TCX.
set -euo pipefail
exec bash "$(dirname "$(realpath "$0")")/datapath-bpf.sh" clsact
