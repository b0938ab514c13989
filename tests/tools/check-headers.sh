#!/usr/bin/env bash
# Each public header compiles alone and twice, in C11 and C++11, has its guard, is installed, and explains every function, enumerator and member it declares.
# An adapter for an event loop does so with the library of that loop, whose headers want the GNU dialect.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# documented HEADER NAME: each PMIP_API declaration and inline function has a doc comment right before it, or before its prototype; each enumerator
# and member there or behind it.
documented()
{
	local text
	while read -r text; do
		problem "$text"
	done < <(awk -v name="$2" '
		/^\t*\/\*\*/ {doc = 1}
		/^((PMIP|FLOWMOB)_API|static inline) / && !fresh && !($0 in told) {print name ":" NR ": no doc comment before: " $0}
		/^static inline .*;$/ {told[substr($0, 1, length($0) - 1)]}
		/^(enum|struct) .*{$/ {listed = 1}
		/^}/ {listed = 0}
		listed && /^\t+([A-Z][A-Z0-9_]*( =|,|$)|[a-z].*;)/ && !fresh && !/\/\*\*</ {sub(/^\t+/, ""); print name ":" NR ": no doc comment of: " $0}
		{fresh = doc && /\*\/[[:space:]]*$/}
		fresh {doc = 0}' "$1")
}

# check_tree TREE
check_tree()
{
	local header name room guard out dialect n=0 include=("-I$1/libpmip/include" "-I$1/libflowmob/include")
	for header in "$1"/libpmip/include/pmip/*.h "$1"/libpmip/include/pmip/adapter/*.h "$1"/libflowmob/include/flowmob/*.h; do
		[ -e "$header" ] || continue # no adapters
		name=${header##*/include/}
		room=lib${name%%/*}
		[[ $name == */adapter/* ]] && dialect=gnu || dialect=c
		n=$((n + 1))
		guard=$(tr '[:lower:]/' '[:upper:]_' <<<"${name%.h}")_H
		grep -qx "#ifndef $guard" "$header" || problem "$room/include/$name:1: no include guard $guard"
		# -I after the header's own folder would hide an include that only our build finds.
		printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$name" "$name" >"$scratch/alone.c"
		out=$(${CC:-gcc} -std="${dialect}11" -pedantic -Wall -Wextra -Werror -fsyntax-only "${include[@]}" "$scratch/alone.c" 2>&1) ||
			problem "$name does not compile alone in C:"$'\n'"$out"
		out=$(${CXX:-g++} -std="${dialect}++11" -pedantic -Wall -Wextra -Werror -fsyntax-only "${include[@]}" -x c++ \
			"$scratch/alone.c" 2>&1) || problem "$name does not compile alone in C++:"$'\n'"$out"
		grep -qF "%D%/include/$name " "$1/$room/local.mk" || problem "$room/local.mk:1: $name is not among the headers to install"
		documented "$header" "$room/include/$name"
	done
	[ "$n" -gt 5 ] || problem "$1: only $n public headers found; wrong directory?"
}

bad=$scratch/bad
mkdir -p "$bad/libpmip/include/pmip" "$bad/libflowmob/include/flowmob"
: >"$bad/libpmip/local.mk"
: >"$bad/libflowmob/local.mk"
echo 'PMIP_API size_t pmip_f(void);' >"$bad/libpmip/include/pmip/alone.h"
printf '#ifndef PMIP_PLUS_H\n#define PMIP_PLUS_H\nint f(int class);\n#endif\n' >"$bad/libpmip/include/pmip/plus.h"
printf 'struct twice { int a; };\n' >"$bad/libpmip/include/pmip/twice.h"
printf '#define PMIP_API\n/** Good. */\nPMIP_API int f(void);\n\nPMIP_API int g(void);\nenum e {\n\tA, /**< Good. */\n\tB = 2,\n};\nstruct s {\n\tint a; /**< Good. */\n\tint b;\n};\n' >"$bad/libpmip/include/pmip/doc.h"
printf '#ifndef PMIP_FLOW_H\n#define FLOWMOB_API\nFLOWMOB_API int f(void);\n#endif\n' >"$bad/libflowmob/include/flowmob/flow.h"
self_check "$(check_tree "$bad")" 'pmip/alone.h does not compile alone in C:' 'pmip/plus.h does not compile alone in C\+\+:' \
	'pmip/twice.h does not compile alone in C:' 'pmip/twice.h:1: no include guard' 'pmip/doc.h:5: no doc comment' 'pmip/doc.h:8: no doc comment of: B' 'pmip/doc.h:12: no doc comment of: int b' 'plus.h is not among' \
	'flowmob/flow.h:1: no include guard FLOWMOB_FLOW_H' 'flowmob/flow.h:3: no doc comment' 'flowmob/flow.h is not among'

check_tree "$top_srcdir"
finish
