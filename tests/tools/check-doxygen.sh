#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Doxygen has nothing to say against the public headers: everything is explained, and what explanations refer to is there.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

command -v doxygen >/dev/null || skip 'there is no doxygen: install the package, or run ./bootstrap.sh packages'

# generate TREE: its documentation in HTML; what Doxygen says.
generate() { (cd "$1" && { cat doc/Doxyfile; printf 'OUTPUT_DIRECTORY=%s\n' "$scratch"; } | doxygen - 2>&1); }

said=$(generate "$top_srcdir") || problem "doc/Doxyfile:1: doxygen fails"
[ -z "$said" ] || problem "$said"
[ -e "$scratch/html/lma_8h.html" ] || problem 'doc/Doxyfile:1: there is no page of pmip/lma.h'

bad=$scratch/tree
mkdir -p "$bad"/{doc,libpmip/include,libflowmob/include}
cp "$top_srcdir/doc/Doxyfile" "$bad/doc"
printf '# Nothing\n' >"$bad/doc/embed.md"
printf '/** @file\n * Bad. */\n/** Told. */\nint told(void);\nint untold(void);\n' >"$bad/libpmip/include/bad.h"
said=$(generate "$bad") && problem 'check-doxygen.sh:1: a warning is no failure'
self_check "$said" 'Member untold\(void\).* is not documented'
finish
