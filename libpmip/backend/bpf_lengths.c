/* SPDX-License-Identifier: BSD-2-Clause */
/* A list is read by programs while it changes: it is one word, so they see it as it was or as it is, and no length that stays is missed. */
#include "config.h"

#include <endian.h>
#include <stdbool.h>

#include "backend/bpf_lengths.h"

enum { OCTET = 8, OCTET_MAX = 0xff };

/* IPv4, mapped. What covers more than IPv4 is IPv6. */
static bool is_ipv4(const struct pmip__bpf_prefix *prefix)
{
	return prefix->len >= PMIP__BPF_MAPPED_LEN && prefix->addr[0] == 0 && be64toh(prefix->addr[1]) >> 32 == 0xffff;
}

/* Replace what is in the list from a place on, in bits. */
static void put(__u64 *list, unsigned int at, __u64 rest)
{
	__u64 before = *list & ((UINT64_C(1) << at) - 1);

	__atomic_store_n(list, before | rest << at, __ATOMIC_RELEASE);
}

static int insert(__u64 *list, uint32_t len)
{
	unsigned int at = 0;

	if (*list >> OCTET * (PMIP__BPF_LENGTHS_MAX - 1))
		return PMIP_ERR_FULL;
	while ((*list >> at & OCTET_MAX) > len + 1)
		at += OCTET;
	put(list, at, *list >> at << OCTET | (len + 1));
	return 0;
}

static void take_out(__u64 *list, uint32_t len)
{
	unsigned int at = 0;

	while ((*list >> at & OCTET_MAX) != len + 1)
		at += OCTET;
	put(list, at, *list >> at >> OCTET);
}

int pmip__bpf_lengths_use(struct pmip__bpf_lengths *lengths, const struct pmip__bpf_prefix *prefix)
{
	bool ipv4 = is_ipv4(prefix);
	uint64_t *users = &lengths->users[ipv4][prefix->len];
	int err = *users ? 0 : insert(&lengths->told[ipv4], prefix->len);

	*users += err == 0;
	return err;
}

void pmip__bpf_lengths_leave(struct pmip__bpf_lengths *lengths, const struct pmip__bpf_prefix *prefix)
{
	bool ipv4 = is_ipv4(prefix);
	uint64_t *users = &lengths->users[ipv4][prefix->len];

	if (--*users == 0)
		take_out(&lengths->told[ipv4], prefix->len);
}
