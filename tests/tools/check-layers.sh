#!/usr/bin/env bash
# Includes go down only: base <- wire <- state <- engine <- backend; libflowmob uses libpmip's public headers and base, and libpmip never
# names it. Examples use the public headers and nothing else of ours, public headers use public headers, an adapter for an event loop that loop's
# header, and the pure rooms see nothing of the operating system but what is listed here.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

declare -A floor=([base]=0 [wire]=1 [state]=2 [engine]=3 [backend]=4)
linux_headers='(pmip/(adapter/[a-z_]+|access|datapath|io|log|runner|store)|flowmob/(first_packets|logical|nfqueue|weak_host))\.h'
linux_base='backend_log|bpf_attach|bpf_inherit|bpf/(packet\.bpf|pmip_maps)|if_sysctl|link|nl|os'
pure_system='stdbool|stddef|stdint|string|stdio|assert|inttypes|limits|stdarg|arpa/inet'
public_system='stdbool|stddef|stdint'
public='pmip/[a-z]+|flowmob/[a-z_]+'

# one_include WHERE FILE INCLUDE: INCLUDE with its quotes or brackets.
one_include()
{
	local where=$1 file=$2 include=${3:1:-1} quote=${3:0:1} room target
	[[ $file != libpmip/* || $include != *flowmob* ]] || problem "$where: libpmip includes $include; it must not know of libflowmob"
	case $file in
	libpmip/include/pmip/adapter/*)
		[ "$quote" = '<' ] || problem "$where: a public header includes \"$include\"; public headers are included as <...>"
		[[ $include != pmip/* || $include =~ ^pmip/(adapter/turn|runner)\.h$ ]] || problem "$where: an adapter is for a runner, and includes <$include>"
		return
		;;
	*/include/*)
		[ "$quote" = '<' ] || problem "$where: a public header includes \"$include\"; public headers are included as <...>"
		if [[ $include =~ ^$linux_headers$ ]] && ! [[ ${file#*/include/} =~ ^$linux_headers$ ]]; then
			problem "$where: a header of a pure library includes <$include> of a library for Linux"
		elif ! [[ $include =~ ^($public)\.h$ || $include =~ ^($public_system)\.h$ ]]; then
			problem "$where: a public header may not include <$include>"
		fi
		return
		;;
	libflowmob/backend/*)
		[[ ! $include =~ ^(wire|state|engine|backend)/ || $include =~ ^backend/($linux_base)\.h$ ]] ||
			problem "$where: libflowmob's backend includes $include; of libpmip's it may use what libpmip-linux-base has"
		return
		;;
	examples/*)
		[[ ! $include =~ (^|/)(base|wire|state|engine|backend|libflowmob)/ ]] ||
			problem "$where: an example includes $include; it may use <pmip/...> and <flowmob/...> only"
		return
		;;
	esac
	room=${file#libpmip/}
	room=${room%%/*}
	target=${include%%/*}
	if [ "$room" = libflowmob ] && [[ $target =~ ^(base|libflowmob)$ ]]; then
		return
	fi
	if [ -n "${floor[$target]:-}" ] && [[ $include == */* ]]; then
		[ "${floor[$target]}" -le "${floor[$room]:--1}" ] || problem "$where: room $room includes $include of room $target above it"
		return
	fi
	[ "$room" != backend ] || return 0
	if [ "$quote" = '"' ]; then
		problem "$where: \"$include\" names no room; write \"$room/$include\""
	elif [[ $include =~ ^$linux_headers$ ]]; then
		problem "$where: room $room is pure and may not include <$include>"
	elif [[ $include == stdlib.h ]]; then
		[ "$file" = libpmip/base/mem.c ] || problem "$where: <stdlib.h> belongs to base/mem.c; allocate with pmip__mem_alloc()"
	elif ! [[ $include =~ ^($public)\.h$ || $include =~ ^($pure_system)\.h$ ]]; then
		problem "$where: room $room is pure and may not include <$include>"
	fi
}

check_tree()
{
	local file line text n=0
	while read -r file; do
		case $file in
		libpmip/include/pmip/*.h | libpmip/base/* | libpmip/wire/* | libpmip/state/* | libpmip/engine/* | libpmip/backend/* | libflowmob/* | examples/*) ;;
		libpmip/*)
			problem "$file:1: in no room; put it into base, wire, state, engine, backend or include/pmip"
			continue
			;;
		*) continue ;;
		esac
		while IFS=: read -r line text; do
			n=$((n + 1))
			[[ $text =~ ^[[:space:]]*#[[:space:]]*include[[:space:]]+([\<\"][^\>\"]+[\>\"]) ]] || {
				problem "$file:$line: cannot be read as an include"
				continue
			}
			one_include "$file:$line" "$file" "${BASH_REMATCH[1]}"
		done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$1/$file" || true)
		# inet_pton() and inet_ntop() are what <arpa/inet.h> is allowed for.
		case $file in libflowmob/backend/*) ;; libpmip/base/* | libpmip/wire/* | libpmip/state/* | libpmip/engine/* | libflowmob/*)
			while IFS=: read -r line text; do
				problem "$file:$line: a pure room may not use this: $text"
			done < <(grep -nwE '(printf|fprintf|fopen|puts|perror|inet_addr|inet_aton|ntoh[sl]|hton[sl])[[:space:]]*\(' "$1/$file" || true)
			;;
		esac
	done < <(sources "$1" '*.c' '*.h')
	[ "$n" -gt 0 ] || problem "$1: not one include found; wrong directory?"
}

bad=$scratch/bad
mkdir -p "$bad"/libpmip/{base,wire,state,include/pmip/adapter} "$bad/libflowmob/"{backend,include/flowmob} "$bad/examples/lma"
echo '#include "wire/mh.h"' >"$bad/libpmip/base/up.c"
echo '#include <sys/socket.h>' >"$bad/libpmip/wire/os.c"
echo '#include <stdlib.h>' >"$bad/libpmip/wire/heap.c"
echo '#include "option.h"' >"$bad/libpmip/wire/roomless.c"
echo '#include <pmip/log.h>' >"$bad/libpmip/state/log.c"
echo 'static void f(void) { printf("x"); }' >"$bad/libpmip/state/print.c"
echo '#include <pmip/io.h>' >"$bad/libpmip/include/pmip/lma.h"
echo '#include "base/list.h"' >"$bad/libpmip/include/pmip/mag.h"
echo '#include <netinet/in.h>' >"$bad/libpmip/include/pmip/types.h"
echo '#include <pmip/lma.h>' >"$bad/libpmip/include/pmip/adapter/poll.h"
echo '#include "../libpmip/engine/lma.h"' >"$bad/examples/lma/main.c"
echo '#include "lma.h"' >"$bad/libpmip/stray.c"
echo '#include <flowmob/packet.h>' >"$bad/libpmip/state/flows.c"
echo '#include "wire/selector.h"' >"$bad/libflowmob/deep.c"
echo '#include <pmip/runner.h>' >"$bad/libflowmob/run.c"
echo '#include "backend/nd.h"' >"$bad/libflowmob/backend/nd.c"
echo '#include "libflowmob/tuple.h"' >"$bad/libflowmob/include/flowmob/tuple.h"
echo '#include "libflowmob/tuple.h"' >"$bad/examples/lma/tuple.c"
self_check "$(check_tree "$bad")" 'base/up.c:1:' 'wire/os.c:1:' 'wire/heap.c:1:' 'wire/roomless.c:1:' 'state/log.c:1:' \
	'state/print.c:1:' 'pmip/lma.h:1:' 'pmip/mag.h:1:' 'pmip/types.h:1:' 'adapter/poll.h:1:' 'lma/main.c:1:' 'stray.c:1:' \
	'state/flows.c:1: libpmip includes' 'libflowmob/deep.c:1:' 'libflowmob/run.c:1:' 'libflowmob/backend/nd.c:1:' 'flowmob/tuple.h:1:' 'lma/tuple.c:1:'

check_tree "$top_srcdir"
finish
