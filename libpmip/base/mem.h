/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation through a context's struct pmip_mem. */
#ifndef PMIP_BASE_MEM_H
#define PMIP_BASE_MEM_H

#include <pmip/mem.h>

/* The callbacks to keep: a copy of mem, or the C library's when mem is NULL. */
struct pmip_mem pmip__mem_resolve(const struct pmip_mem *mem);

/* Zeroed memory, or NULL. */
void *pmip__mem_alloc(const struct pmip_mem *mem, size_t size);
void pmip__mem_free(const struct pmip_mem *mem, void *ptr);

/* Make room for at least need elements in an array of *cap; doubles. On failure nothing changes and PMIP_ERR_NOMEM is returned. */
int pmip__mem_grow(const struct pmip_mem *mem, void **array, size_t *cap, size_t need, size_t element);

#endif
