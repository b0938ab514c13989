#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tests/uml/uml-run keeps its promises: output, arguments, environment, working directory, exit status, modules, time limit, end by a signal, interactive input.
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

# A signal ends it, and nothing is left: no kernel, no directory.
for signal in TERM HUP; do
	TMPDIR=$here "$run" -t 100 -- sh -c "echo up; sleep 100" >"$here/out" 2>"$here/err" &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		grep -q up "$here/out" && break
		sleep 0.1
	done
	grep -q up "$here/out" || fail "it has not come up in 30 s"
	kill -"$signal" $pid
	status=0
	wait $pid || status=$?
	[ $status -eq $((128 + $(kill -l "$signal"))) ] || fail "status $status after SIG$signal"
	[ -z "$(find "$here" -mindepth 1 -type d)" ] || fail "SIG$signal: a directory is left"
	! pgrep -f "uml_dir=$here" >/dev/null || fail "SIG$signal: the kernel is left"
done

# -i: input arrives, on a terminal.
status=0
printf 'tty\nstty size\nexpr 6 "*" 7\nexit 3\n' | "$run" -i -t 60 -- bash --norc --noprofile >"$here/out" 2>"$here/err" || status=$?
[ $status -eq 3 ] || fail "status $status of an interactive shell, expected 3"
for seen in /dev/ttyS0 '24 80' 42; do
	grep -q "$seen" "$here/out" || fail "no terminal, or input lost: no $seen"
done
