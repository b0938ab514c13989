#!/usr/bin/env bash
# Every script passes shellcheck: *.sh, and whatever else starts with a bash line.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

command -v shellcheck >/dev/null || skip "shellcheck is not installed; apt-get install shellcheck"

check_tree()
{
	local scripts=() file
	while read -r file; do
		if [[ $file == *.sh ]] || head -n 1 "$1/$file" | grep -aq '^#!.*bash'; then
			scripts+=("$file")
		fi
	done < <(sources "$1" '*.sh' '*' | grep -Ev '^(configure|libtool|config\.(status|guess|sub)|install-sh)$|\.(c|h|md|mk|hex|json|pcap|o|a|la|lo)$')
	[ "${#scripts[@]}" -gt 0 ] || problem "$1: no scripts found; wrong directory?"
	(cd "$1" && shellcheck -x -f gcc "${scripts[@]}") || problem "shellcheck: see above"
	printf '%d scripts\n' "${#scripts[@]}"
}

bad=$scratch/bad
mkdir -p "$bad/.ci"
# shellcheck disable=SC2016 # to be written, not to be expanded
printf '#!/usr/bin/env bash\nrm $1\n' | tee "$bad/a.sh" >"$bad/.ci/run"
self_check "$(check_tree "$bad")" '^a.sh:2:.*SC2086' '^.ci/run:2:.*SC2086' '^shellcheck: see above'

check_tree "$top_srcdir"
finish
