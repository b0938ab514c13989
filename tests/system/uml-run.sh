#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# tests/uml/uml-run keeps its promises: output, arguments, environment, working directory, exit status, modules, time limit.
set -euo pipefail

run=${top_srcdir:?}/tests/uml/uml-run
command -v linux.uml >/dev/null || {
	echo "needs user-mode Linux; apt-get install user-mode-linux" >&2
	exit 77
}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

fail() {
	echo "uml-run: $*" >&2
	cat "$here/out" "$here/err" >&2
	exit 1
}

cat >"$here/inside" <<'EOF2'
modprobe ip6_tunnel || exit 1
ip link add t0 type ip6tnl mode ip6ip6 local 2001:db8::1 remote 2001:db8::2 || exit 1
echo "$PWD|$COLOUR|$(id -u)|$#|$1|$2"
seq 1 50000
echo complaint >&2
touch /tmp/private "$HERE/left"
exit 42
EOF2
start=$SECONDS
status=0
(cd "$here" && COLOUR='sea green' HERE=$here "$run" -t 120 -- bash "$here/inside" 'a  b' $'c\nd' </dev/null) \
	>"$here/out" 2>"$here/err" || status=$?
[ $status -eq 42 ] || fail "status $status, expected 42"
[ "$(head -n 2 "$here/out")" = "$here|sea green|0|2|a  b|c"$'\n'd ] || fail "arguments or environment lost"
tail -n +3 "$here/out" | diff -q - <(seq 1 50000) >/dev/null || fail "output lost"
[ "$(<"$here/err")" = complaint ] || fail "standard error is not the command's"
[ -e "$here/left" ] || fail "a file in the working tree was lost"
[ ! -e /tmp/private ] || fail "/tmp is not private"
echo "whole run: $((SECONDS - start)) s"

status=0
"$run" -t 5 -- sleep 100 >"$here/out" 2>"$here/err" || status=$?
[ $status -eq 70 ] || fail "status $status after the time limit, expected 70"
grep -q 'not enough' "$here/err" || fail "it does not say that time was up"
