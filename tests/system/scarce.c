/* SPDX-License-Identifier: BSD-2-Clause */
/* The linker has the program's own calls of these functions come here (--wrap); libraries beside it go on as ever. */
#include <stdlib.h>

#include <netlink/msg.h>

#include "scarce.h"

static unsigned int fails_in; /* calls until the one that fails, 0 = none does */
static bool has_failed;

/* Names that the linker makes. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
struct nl_msg *__real_nlmsg_alloc_size(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
struct nl_msg *__wrap_nlmsg_alloc_size(size_t size);

bool scarce_set(unsigned int nth)
{
	bool had_failed = has_failed;

	fails_in = nth;
	has_failed = false;
	return had_failed;
}

static bool fails(void)
{
	if (fails_in == 0 || --fails_in > 0)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

struct nl_msg *__wrap_nlmsg_alloc_size(size_t size)
{
	return fails() ? NULL : __real_nlmsg_alloc_size(size);
}
