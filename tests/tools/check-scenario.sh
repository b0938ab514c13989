#!/usr/bin/env bash
# The scenario runner finds what is wrong with a script, writes traces, and does the same every time; and there are enough cases.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

runner=$top_builddir/tests/scenario/run_scenario
cases_wanted=200
[ -x "$runner" ] || { problem "$runner:1: not built; make check TESTS="; finish; }

# Not an id as it stands here: this file proves no requirement.
id=LMA
prelude="lma
pool 2001:db8:1::/64
peer mag1
mn mn1
case one
# $id-20: one"

# refused TEXT LINE PATTERN: a script of the prelude and TEXT must fail at LINE of TEXT, and be told so.
refused()
{
	local said
	printf '%s\n%s\n' "$prelude" "$1" >"$scratch/bad.scn"
	if said=$("$runner" "$scratch/bad.scn"); then
		problem "$0: self-check: went unnoticed: $1"
	fi
	grep -Eq -- "^$scratch/bad.scn:$(($2 + 6)): .*$3" <<<"$said" || problem "$0: self-check: no \"line $2: $3\" for \"$1\", but: $said"
}

refused 'frobnicate' 1 'unknown command "frobnicate"'
refused 'pbu mag1' 1 'pbu wants more words'
refused 'pbu mag2 mn1' 1 'no node is called "mag2"'
refused 'pbu mag1 mn2' 1 'no mobile node is called "mn2"'
refused 'pbu mag1 mn1 colour=red' 1 'pbu has no field "colour"'
refused 'pbu mag1 mn1 hi=red' 1 '"red" is no number'
refused 'pbu mag1 mn1 ts=yesterday' 1 '"yesterday" is no number'
refused 'pbu mag1 mn1 raw=200:010' 1 '"010" is no hexadecimal text of whole octets'
refused "pbu mag1 mn1 raw=200:$(printf '%0512d' 0)" 1 'is more than 255 octets'
refused 'inject mag1 lma 3b00 010' 1 '"010" is no hexadecimal text of whole octets'
refused 'vendor mn1 32473:1 -1' 1 '"-1" is no hexadecimal text of whole octets'
refused 'mag mag2
attach mag2 mn1 ani=010' 2 '"010" is no hexadecimal text of whole octets'
refused 'pbu mag1 mn1 hnp=10.0.0.0/8' 1 'is no prefix'
refused 'advance soon' 1 '"soon" is no time'
refused 'attach mag1 mn1' 1 'mag1 is not a MAG of this scenario'
refused 'set lma colour=red
advance 1s' 2 'an LMA has no setting "colour"'
refused 'set lma mag-heartbeat=65596,5,2
advance 1s' 2 'mag-heartbeat=N,N,N, each of its range'
refused 'set lma mag-times=100,65539,5
advance 1s' 2 'mag-times=N,N,N, each of its range'
refused "mn$(printf ' mn%d' {2..20})" 1 'at most 16 mobile nodes'
refused "pool$(printf ' 2001:db8:%d::/64' {2..20})" 1 'at most 8 pools'
refused "peer$(printf ' mag%d' {2..40})" 1 'at most 24 nodes'
refused "set lma$(printf ' colour%d=red' {1..20})" 1 'at most 16 settings of a node'
refused 'deliver #7' 1 'there is no message #7'
refused 'complete lma op7' 1 'lma has no open operation 7'
refused 'expect lma happiness 1' 1 'cannot be expected'
refused 'expect lma bindings 1' 1 'expected: bindings 1; found: 0'
refused 'expect status 0' 1 'found: no PBA yet'
refused '| lma send' 1 'a trace can only stand behind an event'
refused 'advance 1s
| lma send' 2 'expected: lma send'
refused 'pbu mag1 mn1 mnid=none' 1 'expected: nothing more'
refused "case one
# $id-20: again" 1 'a case of this name already'
refused 'case two
advance 1s' 2 'begins with a comment of requirement ids'

# A trace that is wrong is told with both; --update writes what a script that was right had said.
cp "$top_srcdir/tests/scenario/tunnels.scn" "$scratch/right.scn"
sed 's/status=0/status=1/' "$scratch/right.scn" >"$scratch/wrong.scn"
cmp -s "$scratch/right.scn" "$scratch/wrong.scn" && problem "$0: self-check: nothing to make wrong in tunnels.scn"
said=$("$runner" "$scratch/wrong.scn") && problem "$0: self-check: a wrong trace went unnoticed"
self_check "$said" 'wrong.scn:[0-9]+: expected: lma send .* status=1 ' 'wrong.scn:[0-9]+: +found: lma send .* status=0 '
"$runner" --update "$scratch/wrong.scn" >/dev/null
cmp "$scratch/right.scn" "$scratch/wrong.scn" || problem "$0: --update does not write the trace that was there"

export top_srcdir
"$runner" --trace "$scratch/first" >"$scratch/said" || true
"$runner" --trace "$scratch/second" >/dev/null || true
cmp "$scratch/first" "$scratch/second" || problem "tests/scenario: two runs do not do the same"
count=$(sed -n 's/ cases, [0-9]* failed$//p' "$scratch/said")
[ "${count:-0}" -ge "$cases_wanted" ] || problem "tests/scenario: ${count:-no} cases, at least $cases_wanted are wanted"
finish
