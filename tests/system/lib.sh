# shellcheck shell=bash
# Sourced by access.sh and runner.sh: the drivers' logs are $dir/*.log.

fail() {
	echo "FAIL: $1" >&2
	# shellcheck disable=SC2154 # the sourcing script's
	tail -n 40 "$dir"/*.log >&2
	exit 1
}

# until_line FILE REGEX [COUNT]: wait until so many lines match
until_line() {
	for _ in $(seq 400); do
		if [ "$(grep -Ec -- "$2" "$1" || true)" -ge "${3:-1}" ]; then return; fi
		sleep 0.02
	done
	fail "no ${3:-1} lines like '$2' in $1"
}
