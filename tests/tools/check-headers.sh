#!/usr/bin/env bash
# Each public header compiles alone and twice, in C11 and C++11, has its guard, is installed, and explains every function it declares.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# documented HEADER NAME: each PMIP_API declaration has a doc comment right before it.
documented()
{
	local text
	while read -r text; do
		problem "$text"
	done < <(awk -v name="$2" '
		/^\/\*\*/ {doc = 1}
		/^PMIP_API / && !fresh {print name ":" NR ": no doc comment before: " $0}
		{fresh = doc && /\*\/[[:space:]]*$/}
		fresh {doc = 0}' "$1")
}

# check_tree TREE
check_tree()
{
	local header name guard out n=0
	for header in "$1"/libpmip/include/pmip/*.h; do
		name=${header##*/}
		n=$((n + 1))
		guard=PMIP_$(tr '[:lower:]' '[:upper:]' <<<"${name%.h}")_H
		grep -qx "#ifndef $guard" "$header" || problem "libpmip/include/pmip/$name:1: no include guard $guard"
		# -I after the header's own folder would hide an include that only our build finds.
		printf '#include <pmip/%s>\n#include <pmip/%s>\nint main(void) { return 0; }\n' "$name" "$name" >"$scratch/alone.c"
		out=$(${CC:-gcc} -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$1/libpmip/include" "$scratch/alone.c" 2>&1) ||
			problem "pmip/$name does not compile alone in C:"$'\n'"$out"
		out=$(${CXX:-g++} -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$1/libpmip/include" -x c++ \
			"$scratch/alone.c" 2>&1) || problem "pmip/$name does not compile alone in C++:"$'\n'"$out"
		grep -qF "%D%/include/pmip/$name " "$1/libpmip/local.mk" || problem "libpmip/local.mk:1: $name is not in pmipinclude_HEADERS"
		documented "$header" "libpmip/include/pmip/$name"
	done
	[ "$n" -gt 5 ] || problem "$1: only $n public headers found; wrong directory?"
}

bad=$scratch/bad
mkdir -p "$bad/libpmip/include/pmip"
: >"$bad/libpmip/local.mk"
echo 'PMIP_API size_t pmip_f(void);' >"$bad/libpmip/include/pmip/alone.h"
printf '#ifndef PMIP_PLUS_H\n#define PMIP_PLUS_H\nint f(int class);\n#endif\n' >"$bad/libpmip/include/pmip/plus.h"
printf 'struct twice { int a; };\n' >"$bad/libpmip/include/pmip/twice.h"
printf '#define PMIP_API\n/** Good. */\nPMIP_API int f(void);\n\nPMIP_API int g(void);\n' >"$bad/libpmip/include/pmip/doc.h"
self_check "$(check_tree "$bad")" 'pmip/alone.h does not compile alone in C:' 'pmip/plus.h does not compile alone in C\+\+:' \
	'pmip/twice.h does not compile alone in C:' 'pmip/twice.h:1: no include guard' 'pmip/doc.h:5: no doc comment' 'plus.h is not in'

check_tree "$top_srcdir"
finish
