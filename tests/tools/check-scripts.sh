#!/usr/bin/env bash
# A script is run by its path: what begins with #! is executable, nothing else is, and what a list of tests names is a script. What runs
# beside others says so to alone.sh, and stands in the lists of such tests; the two agree.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

beside='May run beside others\.'

# is_script FILE
is_script()
{
	head -n 1 "$1" | grep -aq '^#! \?/'
}

# check_modes DIR
check_modes()
{
	local file n=0
	while read -r file; do
		n=$((n + 1))
		if is_script "$1/$file"; then
			[ -x "$1/$file" ] || problem "$file:1: begins with #! and is not executable; chmod 755"
		elif [ -x "$1/$file" ]; then
			problem "$file:1: is executable and does not begin with #!"
		fi
	done < <(sources "$1" '*.sh' '*.py' '*.c' '*.h' '*.md' '*.mk' '*.ac' '*.am' '*.yaml' '*.scn' run uml-run legacy-fp)
	[ "$n" -gt 0 ] || problem "$1: no files found; wrong directory?"
}

# check_lists DIR TESTS BESIDE: lists of paths; BESIDE are those of TESTS that run beside others.
check_lists()
{
	local file run_beside=" ${3//$'\n'/ } "
	for file in $2; do
		is_script "$1/$file" || problem "$file:1: is a test and does not begin with #!"
		case $run_beside in
		*" $file "*) grep -q "$beside" "$1/$file" || problem "$file:1: listed with those that run beside others, and lacks \"$beside\"" ;;
		*) ! grep -q "$beside" "$1/$file" || problem "$file:1: says \"$beside\", and is not in beside_tests of tests/local.mk" ;;
		esac
	done
}

bad=$scratch/bad
mkdir -p "$bad"
printf '#!/bin/sh\n# %s\n' "${beside//\\/}" | tee "$bad/a.sh" >"$bad/b.sh"
printf '#!/bin/sh\n' >"$bad/c.sh"
printf 'true\n' >"$bad/d.sh"
chmod 755 "$bad/b.sh" "$bad/c.sh" "$bad/d.sh"
self_check "$(check_modes "$bad")" '^a.sh:1: begins with #! and' '^d.sh:1: is executable and'
self_check "$(check_lists "$bad" 'b.sh c.sh d.sh' 'c.sh')" '^b.sh:1: says' '^c.sh:1: listed' '^d.sh:1: is a test'
chmod 755 "$bad/a.sh"
rm "$bad/d.sh"
[ -z "$(check_modes "$bad"; check_lists "$bad" 'a.sh b.sh c.sh' 'a.sh b.sh')" ] || problem "self-check: good input was told to be bad"

check_modes "$top_srcdir"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# listed VARIABLES: the tests that a make variable names, relative to the source tree.
listed()
{
	make -s -C "$top_builddir" --eval "print-tests: ; @printf '%s\n' $1" print-tests | sort -u
}
# shellcheck disable=SC2016 # variables of the Makefile
beside_list=$(listed '$(beside_tests) $(domain_beside_tests)')
# shellcheck disable=SC2016
all=$(listed '$(tool_tests) $(system_tests) $(domain_tests) $(beside_tests) $(domain_beside_tests)')
[ -n "$all" ] || problem "$top_builddir: its Makefile names no tests; wrong directory?"
check_lists "$top_srcdir" "$all" "$beside_list"
finish
