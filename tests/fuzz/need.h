/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold whatever the input is; a fuzzer looks for the abort. */
#ifndef PMIP_TESTS_NEED_H
#define PMIP_TESTS_NEED_H

#include <stdbool.h>
#include <stdlib.h>

static inline void need(bool holds)
{
	if (!holds)
		abort();
}

#endif
