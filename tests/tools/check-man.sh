#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Man pages say what is there: every option and command of --help, every key of a configuration, every exported symbol, and nothing else. They
# are well-formed, and examples in C compile and do what the page shows.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

command -v mandoc >/dev/null || skip 'there is no mandoc: install the package, or run ./bootstrap.sh packages'

# A page made by make is in the build tree, one of the tarball in the source tree.
page() { if [ -e "$top_builddir/man/$1" ]; then printf '%s\n' "$top_builddir/man/$1"; else printf '%s\n' "$top_srcdir/man/$1"; fi; }
pages() { find "$top_srcdir/man" "$top_builddir/man" -name '*.[1358]' -printf '%f\n' 2>/dev/null | sort -u; }

# differ WHO PAGE WANTED FOUND: both lists, one a line.
differ()
{
	local line
	while read -r line; do problem "man/$2:1: $1 and its page differ in: $line"; done < <(comm -3 <(sort -u <<<"$3" | sed '/^$/d') <(sort -u <<<"$4" | sed '/^$/d') | tr -d '\t')
}

# Options and commands.
in_help() { sed -nE 's/^ +(-[a-z], )?(--[a-z-]+).*/\2/p; /^Commands:/,/^$/s/^  ([a-z-]+)( .*|$)/\1/p'; }
in_page() { sed -nE 's/^\.It .*Fl -([a-z-]+).*/--\1/p; s/^\.It Cm ([a-z-]+).*/\1/p'; }
# Keys.
in_keys() { cut -f 1; }
in_key_list() { sed -n '/^\.Sh KEYS/,/^\.El/s/^\.It Li "\([][a-z0-9_.]*\):.*/\1/p'; }
# Symbols.
in_map() { sed -nE 's/^\t((pmip|flowmob)_[a-z0-9_]+);$/\1/p'; }
in_names() { sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z0-9_]*\).*/\1/p' | sed 1d; }

# examples PAGE: its examples in C as PAGE.c, and what they print as PAGE.out.
examples()
{
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$(page "$1")" | sed -e 's/^\\&//' -e 's/\\e/\\/g' |
		awk -v base="$scratch/$1" '/^\.Bd/ { n++; on = 1; next } /^\.Ed/ { on = 0 } on { print > (base (n == 1 ? ".c" : ".out")) }'
}

# compile PAGE LIBRARY...: against what was built.
compile()
{
	local of=$1 library flags=()
	shift
	for library; do flags+=("-L$top_builddir/${library%-linux}/.libs" "-l${library#lib}" "-Wl,-rpath-link,$top_builddir/libpmip/.libs"); done
	examples "$of"
	${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -I"$top_srcdir/libpmip/include" -I"$top_srcdir/libflowmob/include" -o "$scratch/$of.run" \
		"$scratch/$of.c" "${flags[@]}" || problem "man/$of:1: its example does not compile"
}

# example PAGE COMMAND: it runs where it needs no daemon, or its program has such options and commands.
example()
{
	local words program word help
	read -ra words <<<"$2"
	program=$top_builddir/${words[0]}
	case $2 in
	*' --check-config -c /etc/pmip/'*) "$program" --check-config -c "$top_srcdir"/examples/*/"${2##*/}" >/dev/null || problem "man/$1:1: its example fails: $2" ;;
	'echo '*) PATH=$top_builddir:$PATH sh -c "$2" >/dev/null || problem "man/$1:1: its example fails: $2" ;;
	*)
		help=$("$program" --help) || { problem "man/$1:1: its example has no such program: $2"; return 0; }
		for word in "${words[@]:1}"; do
			case $word in -- | '&') break ;; -*) grep -Eq -- "(^|[ ,])$word([ ,]|$)" <<<"$help" || problem "man/$1:1: its example has no such option: $word" ;; esac
		done
		;;
	esac
}

while read -r name; do
	mandoc -T lint -W warning "$(page "$name")" >"$scratch/lint" || true
	! grep -qv outdated "$scratch/lint" || problem "man/$name:1: $(head -n 1 "$scratch/lint")"
done < <(pages)
[ "$(pages | wc -l)" -gt 40 ] || problem 'check-man.sh:1: finds no pages'

libraries=(libpmip libflowmob)
! linux_enabled || libraries+=(libpmip-linux libflowmob-linux)
for library in "${libraries[@]}"; do
	symbols=
	while read -r name; do
		grep -q "^\.Xr $library 3 ,$" "$(page "$name")" || continue
		symbols+=$(in_names <"$(page "$name")")$'\n'
		grep -q "^\.It Xr ${name%.3} 3" "$top_srcdir/man/$library.3" || problem "man/$library.3:1: does not list ${name%.3}"
	done < <(pages | grep '_.*\.3$')
	differ "$library.map" "$library.3" "$(in_map <"$top_srcdir/${library%-linux}/$library.map")" "$symbols"
done

if ! sanitized; then
	compile libpmip.3 libpmip
	compile libflowmob.3 libflowmob libpmip
	for name in libpmip.3 libflowmob.3; do
		said=$(LD_LIBRARY_PATH=$top_builddir/libpmip/.libs:$top_builddir/libflowmob/.libs "$scratch/$name.run") || problem "man/$name:1: its example fails"
		[ "$said" = "$(cat "$scratch/$name.out")" ] || problem "man/$name:1: its example prints something else: $said"
	done
	if linux_enabled; then
		compile libpmip-linux.3 libpmip-linux libpmip
		compile libflowmob-linux.3 libflowmob-linux libflowmob libpmip
	fi
fi

if [ -x "$top_builddir/pmipctl" ]; then
	for name in "$top_srcdir"/man/*.[18]; do
		name=${name##*/}
		differ "${name%.*} --help" "$name" "$("$top_builddir/${name%.*}" --help | in_help)" "$(in_page <"$top_srcdir/man/$name")"
		"$top_builddir/${name%.*}" --version | grep -Eqx "${name%.*} [0-9]+\.[0-9]+\.[0-9]+" || problem "man/$name:1: ${name%.*} --version does not say which one it is"
	done
	for name in flowmob-manager flowmob-mn pmip-lma pmip-mag; do
		differ "$name --keys" "$name.yaml.5" "$("$top_builddir/$name" --keys | in_keys)" "$(in_key_list <"$(page "$name.yaml.5")")"
	done
	for name in "$top_srcdir"/man/*.[18]; do
		while read -r line; do example "${name##*/}" "$line"; done < <(sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$name" | sed -nE 's/^\.Dl //p; /^\.Bd/,/^\.Ed/{/^\./!p}')
	done
	self_check "$(example pmipctl.1 'pmipctl --lame bindings')" 'no such option: --lame$'
	self_check "$(example x.8 'pmip-lma --check-config -c /etc/pmip/none.yaml' 2>&1)" 'its example fails'
	# The check sees an option, a key and a symbol that lack.
	self_check "$(differ pmipctl x "$("$top_builddir/pmipctl" --help | in_help)" "$(sed '/Fl -json/d' "$top_srcdir/man/pmipctl.1" | in_page)")" 'differ in: --json$'
	self_check "$(differ mn x "$("$top_builddir/flowmob-mn" --keys | in_keys)" "$(sed '/follow:/d' "$(page flowmob-mn.yaml.5)" | in_key_list)")" 'differ in: follow$'
fi
self_check "$(differ map x pmip_more "$(in_names <"$(page pmip_io.3)")")" 'differ in: pmip_more$' 'differ in: pmip_io_raw_new$'
finish
