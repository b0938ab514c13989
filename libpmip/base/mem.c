/* SPDX-License-Identifier: BSD-2-Clause */
/* The only file of the pure library that names malloc and free. */
#include "base/mem.h"

#include <pmip/error.h>
#include <stdlib.h>
#include <string.h>

static void *libc_realloc(void *user, void *ptr, size_t size)
{
	(void)user;
	return realloc(ptr, size);
}

static void libc_free(void *user, void *ptr)
{
	(void)user;
	free(ptr);
}

struct pmip_mem pmip__mem_resolve(const struct pmip_mem *mem)
{
	struct pmip_mem libc = {
		.size = sizeof(libc),
		.realloc = libc_realloc,
		.free = libc_free,
	};

	return mem ? *mem : libc;
}

void *pmip__mem_alloc(const struct pmip_mem *mem, size_t size)
{
	void *ptr = mem->realloc(mem->user, NULL, size);

	if (ptr)
		memset(ptr, 0, size);
	return ptr;
}

void pmip__mem_free(const struct pmip_mem *mem, void *ptr)
{
	mem->free(mem->user, ptr);
}

int pmip__mem_grow(const struct pmip_mem *mem, void **array, size_t *cap, size_t need, size_t element)
{
	size_t new_cap = *cap ? *cap : 16;
	size_t bytes;
	void *bigger;

	if (need <= *cap)
		return 0;
	while (new_cap < need) {
		if (new_cap > SIZE_MAX / 2)
			return PMIP_ERR_NOMEM;
		new_cap *= 2;
	}
	if (__builtin_mul_overflow(new_cap, element, &bytes))
		return PMIP_ERR_NOMEM;
	bigger = mem->realloc(mem->user, *array, bytes);
	if (!bigger)
		return PMIP_ERR_NOMEM;
	*array = bigger;
	*cap = new_cap;
	return 0;
}
