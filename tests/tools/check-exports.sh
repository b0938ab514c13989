#!/usr/bin/env bash
# Marked PMIP_API or FLOWMOB_API in a header = named in the library's symbol map = exported by the shared object.
# check-exports.sh --write puts the names of the headers into the maps; look at the difference before you commit it.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C

linux='access|datapath|first_packets|io|log|logical|nfqueue|runner|store|weak_host'
libraries='libpmip libpmip-linux libflowmob libflowmob-linux'

# room_of LIBRARY: the folder of its map, and of its headers below include/.
room_of()
{
	echo "${1%-linux}"
}

# headers_of TREE LIBRARY
headers_of()
{
	local header name room
	room=$(room_of "$2")
	for header in "$1/$room/include/${room#lib}"/*.h; do
		name=${header##*/}
		if [[ ${name%.h} =~ ^($linux)$ ]]; then
			[[ $2 != *-linux ]] || echo "$header"
		else
			[[ $2 = *-linux ]] || echo "$header"
		fi
	done
}

marked()
{
	headers_of "$1" "$2" | xargs grep -hE '^(PMIP|FLOWMOB)_API ' |
		sed -E 's/^([^(;]*[^a-z0-9_(;])?((pmip|flowmob)_[a-z0-9_]+) *[(;[].*/\2/' | sort
}

mapped()
{
	sed -nE '/^global:/,/^local:/s/^\t(.*);$/\1/p' "$1/$(room_of "$2")/$2.map"
}

exported()
{
	nm -D --defined-only "$1" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' | sort
}

# differ HERE THERE WHERE-THERE: names of the sorted list HERE that are not in THERE.
differ()
{
	local name
	while read -r name; do
		[ -z "$name" ] || problem "$3: $name $4"
	done < <(comm -23 <(echo "$1") <(echo "$2"))
}

check_maps()
{
	local library
	for library in $libraries; do
		local map in_headers in_map
		map=$(room_of "$library")/$library.map
		in_headers=$(marked "$1" "$library")
		in_map=$(mapped "$1" "$library")
		[ -n "$in_headers" ] || problem "$library: no header marks anything public"
		[ "$in_map" = "$(sort -u <<<"$in_map")" ] || problem "$map:1: names are not sorted, or doubled"
		in_map=$(sort -u <<<"$in_map")
		differ "$in_headers" "$in_map" "$map:1" "is marked public and not in the map; run tests/tools/check-exports.sh --write"
		differ "$in_map" "$in_headers" "$map:1" "is in the map and no header marks it public"
	done
}

# check_object TREE LIBRARY OBJECT
check_object()
{
	local in_map in_object
	[ -e "$3" ] || { problem "$3 is not there; run make first"; return; }
	in_map=$(mapped "$1" "$2" | sort -u)
	in_object=$(exported "$3")
	differ "$in_map" "$in_object" "$3" "is in the map and not exported: nobody has written it, or it is hidden"
	differ "$in_object" "$in_map" "$3" "is exported and not in the map"
}

write_map()
{
	local library map
	for library in $libraries; do
		map=$top_srcdir/$(room_of "$library")/$library.map
		marked "$top_srcdir" "$library" | sed 's/.*/\t&;/' >"$scratch/names"
		sed -i -e '/^global:/,/^local:/{/^\t/d}' -e "/^global:/r $scratch/names" "$map"
	done
}

if [ "${1:-}" = --write ]; then
	write_map
	exit 0
fi

bad=$scratch/bad
mkdir -p "$bad/libpmip/include/pmip" "$bad/libflowmob/include/flowmob"
printf 'PMIP_API int pmip_a_get(int a);\nPMIP_API const char *pmip_b(void);\nPMIP_API extern const int pmip_e[3];\n' >"$bad/libpmip/include/pmip/lma.h"
printf 'PMIP_API struct pmip_now pmip_c(int a,\n' >"$bad/libpmip/include/pmip/io.h"
printf 'PMIP_0.1 {\nglobal:\n\tpmip_b;\n\tpmip_a_get;\n\tpmip_dropped;\nlocal:\n\t*;\n};\n' >"$bad/libpmip/libpmip.map"
printf 'FLOWMOB_API bool flowmob_d(int a);\n' >"$bad/libflowmob/include/flowmob/packet.h"
printf 'FLOWMOB_0.1 {\nglobal:\n\tflowmob_gone;\nlocal:\n\t*;\n};\n' >"$bad/libflowmob/libflowmob.map"
printf 'PMIP_LINUX_0.1 {\nglobal:\nlocal:\n\t*;\n};\n' >"$bad/libpmip/libpmip-linux.map"
printf 'FLOWMOB_API int flowmob_h(int a);\n' >"$bad/libflowmob/include/flowmob/nfqueue.h"
printf 'FLOWMOB_LINUX_0.1 {\nglobal:\nlocal:\n\t*;\n};\n' >"$bad/libflowmob/libflowmob-linux.map"
echo 'int pmip_a_get(void); int pmip_a_get(void) { return 0; } int pmip_x;' | ${CC:-cc} -shared -fPIC -x c -o "$scratch/bad.so" -
self_check "$(check_maps "$bad")" 'libpmip.map:1: names are not sorted' 'libpmip.map:1: pmip_dropped is in the map' \
	'libpmip.map:1: pmip_e is marked' 'linux.map:1: pmip_c is marked' \
	'flowmob-linux.map:1: flowmob_h is marked' 'libflowmob.map:1: flowmob_d is marked' 'libflowmob.map:1: flowmob_gone is in the map'
self_check "$(check_object "$bad" libpmip "$scratch/bad.so")" 'pmip_b is in the map and not exported' 'pmip_x is exported'

check_maps "$top_srcdir"
check_object "$top_srcdir" libpmip "$top_builddir/libpmip/.libs/libpmip.so"
check_object "$top_srcdir" libflowmob "$top_builddir/libflowmob/.libs/libflowmob.so"
# What configure has left out cannot be looked at.
if linux_enabled; then
	check_object "$top_srcdir" libpmip-linux "$top_builddir/libpmip/.libs/libpmip-linux.so"
	check_object "$top_srcdir" libflowmob-linux "$top_builddir/libflowmob/.libs/libflowmob-linux.so"
fi
finish
