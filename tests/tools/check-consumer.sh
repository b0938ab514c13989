#!/usr/bin/env bash
# What an outsider gets: make install, pkg-config, a program of a few lines that links and runs, the examples' sources, which compile and do what
# they say, make uninstall.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# Not a part of the make that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
root=$scratch/root

# expand NAME: a directory variable of the Makefile, with the variables in it expanded.
expand() { make -s -C "$top_builddir" --eval "print-value: ; @echo \$($1)" print-value | tail -n 1; }

# needs_only SHARED-OBJECT PATTERN: it names no other library than these.
needs_only()
{
	local library
	while read -r library; do
		[[ $library =~ ^($2)$ ]] || problem "${1##*/} needs $library"
	done < <(readelf -d "$1" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
}

# consumer PACKAGE EXPECTED: compile standard input against the installed package, run it, look at what it prints.
consumer()
{
	local flags said
	said=$(pkg-config --cflags --libs "$1") || { problem "pkg-config does not find $1 after make install"; return 0; }
	read -ra flags <<<"$said"
	cat >"$scratch/$1.c"
	${CC:-cc} -o "$scratch/$1" "$scratch/$1.c" "${flags[@]}" || { problem "a program does not build with pkg-config $1: ${flags[*]}"; return 0; }
	said=$(LD_LIBRARY_PATH=$root$libdir "$scratch/$1") || problem "a program linked with $1 fails: exit $?"
	[ "$said" = "$2" ] || problem "a program linked with $1 says '$said', expected '$2'"
}

# in_netns COMMAND...: as root in a network namespace of its own.
in_netns()
{
	local unshare=(unshare --net)
	[ "$(id -u)" = 0 ] || unshare=(unshare --user --map-root-user --net)
	LD_LIBRARY_PATH=$root$libdir "${unshare[@]}" "$@"
}

# lma PROGRAM EXPECTED: an installed example that is an LMA answers a PBU, and says this.
lma()
{
	local said
	said=$(in_netns /usr/bin/python3 -B "$top_srcdir/tests/tools/ask_lma.py" "$1" 2>&1) || { problem "${1##*/}: $said"; return 0; }
	# The prefix is the LMA's choice.
	said=$(sed -E 's/2001:db8:100:[0-9a-f:]+::/HNP/' <<<"$said")
	[ "$said" = "$2" ] || problem "${1##*/} says:"$'\n'"$said"$'\n'"expected:"$'\n'"$2"
}

# capture: a file of two flows to mobile nodes and something else, in the format of tcpdump.
capture()
{
	/usr/bin/python3 -B - <<'END'
import socket
import struct
import sys

def packet(source, destination, port, octets):
    udp = struct.pack('!HHHH', port, 50000, 8 + octets, 0) + bytes(octets)
    ipv6 = struct.pack('!IHBB', 6 << 28, len(udp), 17, 64)
    return bytes(12) + b'\x86\xdd' + ipv6 + socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination) + udp

out = struct.pack('!IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
for second, what in enumerate((('2001:db8:c::1', '2001:db8:100::1', 443, 952), ('2001:db8:c::1', '2001:db8:100::1', 443, 952),
                               ('2001:db8:c::2', '2001:db8:100::1', 5060, 52), ('2001:db8:c::1', '2001:db8:200::1', 443, 52))):
    octets = packet(*what)
    out += struct.pack('!IIII', second, 0, len(octets), len(octets)) + octets
sys.stdout.buffer.write(out)
END
}

[ -e "$top_builddir/libpmip/.libs/libpmip.so" ] || { problem "$top_builddir/libpmip/.libs/libpmip.so is not there; run make first"; finish; }
if sanitized; then
	skip "built with sanitizers, which a plain program does not link"
fi
libdir=$(expand libdir)
docdir=$(expand docdir)
includedir=$(expand includedir)
cp -a "$top_builddir/tests/installed" "$root"
export PKG_CONFIG_PATH=$root$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root

consumer libpmip PMIP_ERR_NOMEM <<'END'
#include <pmip/pmip.h>
#include <stdio.h>
int main(void) { return puts(pmip_err_name(PMIP_ERR_NOMEM)) < 0; }
END
needs_only "$root$libdir/libpmip.so" 'libc\.so\.6|ld-linux.*'
consumer libflowmob PMIP_ERR_SHORT <<'END'
#include <flowmob/flowmob.h>
#include <stdio.h>
int main(void) { struct flowmob_packet packet; return puts(pmip_err_name(flowmob_packet_decode(&packet, 0, 0))) < 0; }
END
needs_only "$root$libdir/libflowmob.so" 'libpmip\.so\.0|libc\.so\.6|ld-linux.*'
if linux_enabled; then
	consumer libpmip-linux running <<'END'
#include <pmip/runner.h>
#include <stdio.h>
int main(void) { return pmip_runner_now().mono_us == 0 || puts("running") < 0; }
END
	consumer libflowmob-linux PMIP_ERR_INVALID <<'END'
#include <flowmob/nfqueue.h>
#include <stdio.h>
int main(void)
{
	struct flowmob_nfqueue_config config = { .size = sizeof(config), .copy_range = 1 };
	struct flowmob_nfqueue *queue;
	return puts(pmip_err_name(flowmob_nfqueue_new(&queue, &config))) < 0;
}
END
fi
if [ -e "$root$(expand sbindir)/pmip-lma" ]; then
	lab=$root$(expand bindir)/pmip-lab
	# lab WORD...: pmip-lab of what is installed, and nothing of this build.
	lab() { env -u PMIP_BUILD -u top_builddir LD_LIBRARY_PATH="$root$libdir" "$lab" "$@" >"$scratch/lab.log" 2>&1 || { cat "$scratch/lab.log"; problem "installed: pmip-lab $* fails"; }; }
	lab check paper
	lab graph paper -o "$scratch/paper.svg"
	if [ "$(id -u)" = 0 ] && [ -e /sys/fs/bpf ]; then
		lab up small --lab "consumer$$"
		lab status --lab "consumer$$"
		grep -q "pmip-mag pid" "$scratch/lab.log" || problem "installed: pmip-lab does not find the daemons"
		[[ $(readlink /proc/"$(sed -n 's/.*pmip-lma pid \([0-9]*\),.*/\1/p' "$scratch/lab.log")"/exe) == *"$root"* ]] || problem "installed: pmip-lab runs other daemons"
		lab down "consumer$$"
	fi
fi

# The examples are copied, as somebody does who begins with them.
export PKG_CONFIG_SYSTEM_INCLUDE_PATH=/usr/include
cp -r "$root$docdir/examples" "$scratch/examples"
for make in "$scratch"/examples/*/Makefile; do
	folder=${make%/*}
	name=${folder##*/}
	[ "$(cat "$folder"/*.[ch] | wc -l)" -gt 0 ] || problem "examples/$name has no source"
	make -s -C "$folder" CC="${CC:-cc}" CFLAGS='-O2 -Wall -Wextra -Werror' >"$scratch/$name.log" 2>&1 ||
		problem "examples/$name does not compile against what is installed:"$'\n'"$(cat "$scratch/$name.log")"
done
# at_most LINES FILE: who opens an example is to see all of it.
at_most()
{
	[ "$(wc -l <"$2")" -le "$1" ] || problem "${2##*/} has more than $1 lines"
}
at_most 150 "$scratch/examples/minimal/lma.c"
at_most 80 "$scratch/examples/minimal/flows.c"
for header in "$root$includedir"/pmip/adapter/*.h; do
	at_most 200 "$header"
done
lma "$scratch/examples/minimal/lma" 'ready
tunnel to 2001:db8::2
HNP/64 through the tunnel to 2001:db8::2
event binding-added
event refused
HNP/64 nowhere
event binding-released
event binding-removed
no tunnel to 2001:db8::2'
capture >"$scratch/phone.pcap"
said=$(LD_LIBRARY_PATH=$root$libdir "$scratch/examples/minimal/flows" "$scratch/phone.pcap" 2001:db8:100::/48 2>&1) || problem "flows fails: $said"
[ "$said" = 'udp [2001:db8:c::1]:443 > [2001:db8:100::1]:50000, 2000 octets: wlan (web by wlan)
udp [2001:db8:c::2]:5060 > [2001:db8:100::1]:50000, 100 octets: lte (no rule)' ] || problem "flows says:"$'\n'"$said"
if linux_enabled; then
	for loop in poll libevent libuv sd-event; do
		lma "$scratch/examples/adapters/lma-$loop" $'ready\nevent binding-added\nevent refused\nevent binding-released'
	done
fi
# Self-check: the C++ library is one that ours must not need.
echo 'int main() { throw 1; }' | ${CXX:-g++} -x c++ -o "$scratch/plus" -
self_check "$(needs_only "$scratch/plus" 'libc\.so\.6|ld-linux.*')" 'plus needs libstdc'

make -s -C "$top_builddir" uninstall DESTDIR="$root" >"$scratch/uninstall.log" 2>&1 || { cat "$scratch/uninstall.log"; problem "make uninstall fails"; }
# Folders that others use as well, such as include and what the prefix is in, may stay; what is in them, or has our name, may not.
prefix=$(expand prefix)
while read -r left; do
	[[ $prefix/ == "${left#.}"/* ]] || problem "left behind by make uninstall: $left"
done < <(cd "$root" && find . ! -type d -o -name '*pmip*' -o -name '*flowmob*')
finish
