#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# From a clone to a running PMIPv6 domain on Debian 12: installs packages, builds out of tree, then runs the target.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
BUILD=${PMIP_BUILD:-build}
LOGS=

usage() {
	cat <<-EOF
	Usage: ./bootstrap.sh TARGET [OPTION...] [-- CONFIGURE-OPTION...]

	  demo       build, then move a phone between two MAGs in the middle of a TCP download (root)
	      --keep             leave the domain up to be explored
	      --moves N          how often the phone moves (default 6)
	      --trigger link|rs  what tells a MAG of it: its link coming up, or the phone's Router Solicitation
	      --datapath NAME    bpf (default here), netlink or auto
	  demo flows build, then let the network choose by which of a phone's two radios each of its downloads comes (root)
	      --terminal weak-host|logical-interface   what kind of phone it is (default weak-host)
	      --keep             leave the domain up to be explored
	  experiments  build, then do the experiments again that flow mobility was evaluated by; figures and a page go to results/ (root)
	      --quick            shortened, in minutes
	      --out DIR          somewhere else than results/
	      NAME...            only these: fig4, fig5, ...
	  check      build, then run all tests (root); what is skipped is shown with the reason
	      --unit             only the unit tests, which need no root
	      --valgrind         the same, under valgrind
	  build      build into $BUILD/
	  packages   install the Debian packages that the above need (root)
	  clean      take away what a build, a demo or pmip-lab has left

	CONFIGURE-OPTIONs are handed to ./configure, such as --enable-werror. PMIP_BUILD names another build directory.
	EOF
}

# What all targets need on a fresh Debian 12; with TEST_PACKAGES the only list of it.
PACKAGES=(
	autoconf
	automake
	bpftool
	check
	clang
	ethtool
	g++
	gcc
	gcovr
	git
	gnuplot-nox
	iperf3
	iproute2
	iptables
	iputils-ping
	jq
	kmod
	libbpf-dev
	libc6-dev
	libevent-dev
	libjansson-dev
	liblmdb-dev
	libmnl-dev
	libnetfilter-queue-dev
	libnl-3-dev
	libnl-route-3-dev
	libpcap-dev
	libtool
	libyaml-dev
	make
	mypy
	ndisc6
	pkg-config
	procps
	python3
	python3-dev
	python3-matplotlib
	python3-pyroute2
	python3-scapy
	python3-yaml
	shellcheck
	socat
	swig
	tcpdump
	tshark
	user-mode-linux
	valgrind
	xz-utils
)

# What only the whole check and CI need besides.
TEST_PACKAGES=(
	chromium
	debootstrap
	doxygen
	gcc-powerpc-linux-gnu
	libc6-dev-powerpc-cross
	libsystemd-dev
	libuv1-dev
	linux-perf
	mandoc
	qemu-user
)

die() {
	printf 'bootstrap.sh: %s\n' "$*" >&2
	exit 1
}

# quietly WHAT COMMAND...: the output goes to a log, and to the terminal only if the command fails.
quietly() {
	local what=$1 log=$LOGS/${1// /-}.log start=$SECONDS
	shift
	printf '%-22s' "$what ..."
	if "$@" >"$log" 2>&1 </dev/null; then
		printf 'done in %d s\n' "$((SECONDS - start))"
	else
		printf 'FAILED\n'
		tail -n 60 "$log"
		die "$what failed; the last lines are above, all of them in $log"
	fi
}

missing_packages() {
	local have package
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null || true)
	for package in "${PACKAGES[@]}"; do
		grep -qx "installed $package" <<<"$have" || printf '%s\n' "$package"
	done
}

packages() {
	local missing
	mapfile -t missing < <(missing_packages)
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "these packages are missing: ${missing[*]}
Install them, or run ./bootstrap.sh packages as root."
	export DEBIAN_FRONTEND=noninteractive
	quietly 'package lists' apt-get update -q
	quietly 'packages' apt-get install -q -y --no-install-recommends "${missing[@]}"
	mapfile -t missing < <(missing_packages)
	[ ${#missing[@]} = 0 ] || die "still missing after apt-get install: ${missing[*]}"
}

# The unit tests for another machine (tests/tools/cross.sh) are linked with a Check made for it, from Debian's source.
check_source() {
	local apt work
	! compgen -G '/usr/src/check_*.orig.tar.gz' >/dev/null || return 0
	[ "$(id -u)" = 0 ] || die 'the source of Check is missing; run ./bootstrap.sh packages as root'
	work=$(mktemp -d)
	mkdir -p "$work/lists/partial"
	# shellcheck disable=SC2016  # apt expands it
	apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u >"$work/sources.list"
	apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists")
	quietly 'source lists' "${apt[@]}" update
	quietly 'source of Check' env -C /usr/src "${apt[@]}" source --download-only check
	rm -rf "$work"
}

build() {
	local args="$*"
	if [ ! -x configure ] || [ ! -f build-aux/install-sh ] || [ configure.ac -nt configure ] || [ Makefile.am -nt configure ]; then
		quietly 'autoreconf' autoreconf -fi
	fi
	if [ ! -f "$BUILD/Makefile" ] || [ "$(cat "$BUILD/.configured" 2>/dev/null)" != "$args" ]; then
		quietly 'configure' env -C "$BUILD" "$PWD/configure" "$@"
		printf '%s\n' "$args" >"$BUILD/.configured"
	fi
	quietly 'make' make -C "$BUILD" -j"$(nproc)" all
}

# The tests' own result files say what happened; a test that make has not come to run counts as failed.
report() {
	local trs result name passed=0 failed=0 skipped=0
	while IFS= read -r trs; do
		[ -f "$trs" ] && result=$(sed -n 's/^:global-test-result: //p' "$trs") || result='NOT RUN'
		name=${trs%.trs}
		case $result in
		PASS | XFAIL) passed=$((passed + 1)) ;;
		SKIP)
			skipped=$((skipped + 1))
			printf 'SKIP %s: %s\n' "${name#"$BUILD"/}" "$(grep -v '^SKIP.*(exit' "$name.log" | sed '/^$/d' | tail -n 1)"
			;;
		*)
			failed=$((failed + 1))
			printf '%s %s\n' "${result:-NOT RUN}" "${name#"$BUILD"/}"
			[ ! -f "$name.log" ] || tail -n 40 "$name.log" | sed 's/^/    /'
			;;
		esac
	done
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}

# The result files of the tests named by TESTS, in make's own order.
result_files() {
	make -s -C "$BUILD" --no-print-directory -f - list-results "$@" <<-'EOF' | tr -s ' ' '\n' | sed "/^\$/d; s|^|$BUILD/|"
	include Makefile
	list-results: ; @echo $(TEST_LOGS:.log=.trs)
	EOF
}

check() {
	local which=() start=$SECONDS results
	# shellcheck disable=SC2016  # make expands it
	[ "$unit" = no ] || which=('TESTS=$(unit_tests)')
	[ "$unit" != valgrind ] || which+=('LOG_COMPILER=./libtool --mode=execute valgrind -q --error-exitcode=99 --leak-check=full')
	[ "$unit" != no ] || [ "$(id -u)" = 0 ] || die 'check makes network namespaces: run it as root, or check --unit'
	quietly 'make check programs' make -C "$BUILD" -j"$(nproc)" check TESTS=
	mapfile -t results < <(result_files "${which[@]}")
	[ ${#results[@]} -gt 0 ] || die 'there are no tests; was it configured with --disable-tests?'
	rm -f "${results[@]}"
	# make's verdict is not used: report() reads each test's.
	[ "$unit" != valgrind ] || export CK_FORK=no
	# One of each kind; all of them take minutes.
	[ "$unit" != valgrind ] || export DOMAIN_SCALE_MNS=200 DOMAIN_SEEDS=4 UNIT_ONE_OF=50
	# More at a time than there are processors: most of them wait.
	make -C "$BUILD" -j"$((2 * $(nproc)))" --no-print-directory check "${which[@]}" </dev/null 2>&1 |
		tee "$LOGS/check.log" | grep --line-buffered -E '^(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): ' || true
	printf 'tests took %d s; what they said is in %s/tests/*/*.log\n' "$((SECONDS - start))" "$BUILD"
	printf '%s\n' "${results[@]}" | report
}

clean() {
	if [ "$(id -u)" = 0 ] && [ -x /usr/bin/python3 ]; then
		/usr/bin/python3 -B examples/lab/demo.py --clean
		! compgen -G '/run/pmip-lab/lab-*' >/dev/null || examples/lab/pmip-lab clean --all
	fi
	rm -rf "$BUILD"
}

main() {
	local target=${1:-help} options=() configure=() unit=no
	[ $# = 0 ] || shift
	while [ $# -gt 0 ]; do
		case $1 in
		--) shift; configure=("$@"); break ;;
		*) options+=("$1"); shift ;;
		esac
	done
	case $target in
	help | -h | --help) usage; exit 0 ;;
	clean) clean; exit 0 ;;
	demo | build | experiments | packages) ;;
	check)
		case "${options[*]}" in
		'') ;;
		--unit | --valgrind) unit=${options[0]#--} ;;
		*) die "check: unknown option: ${options[*]}; see ./bootstrap.sh" ;;
		esac
		;;
	*) usage >&2; die "unknown target: $target" ;;
	esac
	mkdir -p "$BUILD/logs"
	BUILD=$(realpath "$BUILD")
	LOGS=$BUILD/logs
	case $target in
	check) [ "$unit" != no ] || PACKAGES+=("${TEST_PACKAGES[@]}") ;;
	packages) PACKAGES+=("${TEST_PACKAGES[@]}") ;;
	esac
	packages
	[ "$target" != packages ] || { check_source; exit 0; }
	build "${configure[@]}"
	if [ "$target" = demo ]; then
		local demo=demo.py
		[ "${options[0]:-}" != flows ] || demo=flows.py options=("${options[@]:1}")
		PMIP_BUILD=$BUILD exec /usr/bin/python3 -B "examples/lab/$demo" "${options[@]}"
	fi
	[ "$target" != experiments ] || PMIP_BUILD=$BUILD exec /usr/bin/python3 -B examples/lab/experiment.py "${options[@]}"
	[ "$target" != check ] || check
}

main "$@"
