#!/usr/bin/env bash
# What an outsider gets: make install, pkg-config, a program of a few lines that links and runs, make uninstall.
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

[ -e "$top_builddir/libpmip/.libs/libpmip.so" ] || { problem "$top_builddir/libpmip/.libs/libpmip.so is not there; run make first"; finish; }
if [ "$(nm -D "$top_builddir/libpmip/.libs/libpmip.so" | grep -cE '__(asan|ubsan)_')" -gt 0 ]; then
	skip "built with sanitizers, which a plain program does not link"
fi
libdir=$(expand libdir)
make -s -C "$top_builddir" install DESTDIR="$root" >"$scratch/install.log" 2>&1 || { cat "$scratch/install.log"; problem "make install fails"; finish; }
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
int main(void) { struct flowmob_packet packet; return puts(pmip_err_name(flowmob_packet_parse(&packet, 0, 0))) < 0; }
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
# Self-check: the C++ library is one that ours must not need.
echo 'int main() { throw 1; }' | ${CXX:-g++} -x c++ -o "$scratch/plus" -
self_check "$(needs_only "$scratch/plus" 'libc\.so\.6|ld-linux.*')" 'plus needs libstdc'

make -s -C "$top_builddir" uninstall DESTDIR="$root" >"$scratch/uninstall.log" 2>&1 || { cat "$scratch/uninstall.log"; problem "make uninstall fails"; }
while read -r left; do
	problem "left behind by make uninstall: $left"
done < <(cd "$root" && find . ! -type d)
finish
