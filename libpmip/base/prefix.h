/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of prefixes, for each of our libraries: addr.c is in libpmip's alone. */
#ifndef PMIP_BASE_PREFIX_H
#define PMIP_BASE_PREFIX_H

#include <pmip/types.h>

/* The bits of octet i that belong to a prefix of len bits. */
static inline uint8_t pmip__prefix_mask(uint8_t len, size_t i)
{
	if (len >= (i + 1) * 8)
		return 0xff;
	if (len <= i * 8)
		return 0;
	return (uint8_t)(0xff << (8 - len % 8));
}

/* The prefix of an address, of len bits, 128 at most. */
static inline struct pmip_prefix pmip__prefix_of(const struct pmip_addr *addr, uint8_t len)
{
	struct pmip_prefix prefix = {.addr = *addr, .len = len};

	for (size_t i = 0; i < sizeof(addr->b); i++)
		prefix.addr.b[i] &= pmip__prefix_mask(len, i);
	return prefix;
}

#endif
