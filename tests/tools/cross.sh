#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of the pure libraries on a machine of 32 bits whose octets are the other way round: PowerPC, by qemu-user. With Check built for it
# from Debian's source. What is built stays in build-powerpc/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

machine=powerpc-linux-gnu
build=$PWD/build-powerpc

die() {
	printf 'cross.sh: %s\n' "$*" >&2
	exit 1
}

# quietly LOG COMMAND...: its output only if it fails.
quietly() {
	"${@:2}" >"$build/$1.log" 2>&1 </dev/null || { tail -n 40 "$build/$1.log"; die "$1 failed"; }
}

check_library() {
	[ ! -e "$build/check/lib/libcheck.a" ] || return 0
	local sources=(/usr/src/check_*.orig.tar.gz)
	[ -e "${sources[0]}" ] || die "no source of Check in /usr/src; run ./bootstrap.sh packages as root"
	rm -rf "$build/check-source"
	mkdir -p "$build/check-source/build"
	tar -xf "${sources[0]}" -C "$build/check-source" --strip-components=1
	quietly 'configure of Check' env -C "$build/check-source/build" ../configure --host="$machine" --prefix="$build/check" --disable-subunit \
		--disable-shared --disable-build-docs --disable-timeout-tests
	quietly 'make of Check' make -C "$build/check-source/build/lib"
	quietly 'make install of Check' make -C "$build/check-source/build/src" install
}

# one TEST: its output only if it fails. Each is one process: qemu-user and fork go slowly together.
one() {
	local log=$build/${1//\//-}.log arguments=()
	[ "$1" != tests/scenario/run_scenario ] || arguments=("$top_srcdir"/tests/scenario/*.scn)
	(cd "$build" && ./libtool --mode=execute timeout 300 "qemu-ppc" -L "/usr/$machine" "$1" "${arguments[@]}") >"$log" 2>&1 </dev/null ||
		{ printf 'FAIL %s\n' "$1"; tail -n 20 "$log"; return 1; }
}

mkdir -p "$build"
[ -x configure ] || die 'no configure; run ./bootstrap.sh build first'
command -v "$machine-gcc" qemu-ppc >/dev/null || die "no $machine-gcc or qemu-ppc; run ./bootstrap.sh packages as root"
check_library
[ -e "$build/Makefile" ] || quietly 'configure' env -C "$build" ../configure --host="$machine" --disable-linux --disable-programs --enable-tests \
	--disable-python --disable-shared --enable-werror CFLAGS=-O1 CHECK_CFLAGS="-I$build/check/include" \
	CHECK_LIBS="$build/check/lib/libcheck.a -lm -lrt -lpthread"
quietly 'makefile' make -C "$build" Makefile # its output, if it is out of date, is no list
# shellcheck disable=SC2016 # make expands it
read -ra tests < <(printf 'include Makefile\nlist: ; @echo $(unit_tests)\n' | make -s -C "$build" --no-print-directory -f - list)
[ "${#tests[@]}" -gt 40 ] || die "only ${#tests[@]} unit tests"
quietly 'make' make -C "$build" -j"$(nproc)" "${tests[@]}"
# A machine such as is claimed, or the rest proves nothing.
[ "$(readelf -h "$build/tests/unit/test_mh" | grep -cE 'Class: +ELF32|big endian')" = 2 ] || die 'that is no program of 32 bits and big-endian'

export top_srcdir=$PWD srcdir=$PWD CK_FORK=no CK_DEFAULT_TIMEOUT=0 DOMAIN_SCALE_MNS=200 DOMAIN_SEEDS=2 UNIT_ONE_OF=50 build machine
export -f one
printf '%s\n' "${tests[@]}" | xargs -P "$(nproc)" -I{} bash -c 'one {}'
printf '%d unit tests passed on %s\n' "${#tests[@]}" "$machine"
