/* SPDX-License-Identifier: BSD-2-Clause */
/* What has to fit together of IPv4 (RFC 5844): pools, their routers, and the addresses that mobile nodes have for themselves. */
#include <config.h>

#include "lma/lma.h"

#include "common/profiles.h"

#include <string.h>

struct pmip_prefix lma_ipv4_pool_mapped(const struct lma_ipv4_pool *pool)
{
	return (struct pmip_prefix){ pmip_addr_from_ipv4(pool->subnet.addr.b), (uint8_t)(96 + pool->subnet.plen) };
}

static bool contains(const struct lma_ipv4_pool *pool, const struct pmip_ip *ip)
{
	struct pmip_prefix prefix = lma_ipv4_pool_mapped(pool);
	struct pmip_addr addr = pmip_addr_from_ipv4(ip->b);

	return pool->line != 0 && pmip_prefix_contains(&prefix, &addr);
}

static void check_pool(const struct lma_settings *s, struct report *report, size_t index)
{
	const struct lma_ipv4_pool *pool = s->ipv4_pools.items, *own = &pool[index];
	char text[PMIP_ADDR_STRLEN], key[64];
	size_t i;

	snprintf(key, sizeof(key), "ipv4_pools[%zu].prefix", index);
	for (i = 0; i < index; i++)
		if (contains(&pool[i], &own->subnet.addr) || contains(own, &pool[i].subnet.addr))
			report_add(report, own->line, key, "found %s/%u, expected a subnet that does not overlap that of line %u",
				   pmip_ip_format(&own->subnet.addr, text), own->subnet.plen, pool[i].line);
	snprintf(key, sizeof(key), "ipv4_pools[%zu].router", index);
	if (!contains(own, &own->subnet.router))
		report_add(report, own->line, key, "found %s, expected an address of the subnet",
			   pmip_ip_format(&own->subnet.router, text));
}

/* Whether a pool would give it, but for this mobile node. */
static bool is_home_address(const struct lma_settings *s, const struct pmip_ip *ip)
{
	const struct lma_ipv4_pool *pool = s->ipv4_pools.items;
	uint32_t addr = (uint32_t)ip->b[0] << 24 | (uint32_t)ip->b[1] << 16 | (uint32_t)ip->b[2] << 8 | ip->b[3], host;
	size_t i;

	for (i = 0; i < s->ipv4_pools.count; i++) {
		if (!contains(&pool[i], ip))
			continue;
		host = pool[i].subnet.plen < 31 ? UINT32_MAX >> pool[i].subnet.plen : 0;
		return memcmp(ip->b, pool[i].subnet.router.b, 4) != 0 &&
		       (host == 0 || ((addr & host) != 0 && (addr & host) != host));
	}
	return false;
}

static void check_node(const struct lma_settings *s, struct report *report, size_t index, struct seen *seen)
{
	const struct lma_node *node = (const struct lma_node *)s->mobile_nodes.items + index;
	char text[PMIP_ADDR_STRLEN], key[64];

	snprintf(key, sizeof(key), "mobile_nodes[%zu].ipv4", index);
	if (!node->ipv4.use && !node->ipv6 && !node->disabled)
		report_add(report, node->line, key, "found neither IPv4 nor IPv6 for it, expected one of them or both");
	if (node->ipv4.use && s->ipv4_pools.count == 0)
		report_add(report, node->line, key, "found no ipv4_pools, expected one for its address");
	if (node->ipv4.addr.len == 0 || s->ipv4_pools.count == 0)
		return;
	pmip_ip_format(&node->ipv4.addr, text);
	if (node->id.view.len > 0 && node->id.view.id[0] == '*')
		report_add(report, node->line, key, "found %s for more than one mobile node, expected \"true\" or \"false\"", text);
	if (!is_home_address(s, &node->ipv4.addr))
		report_add(report, node->line, key,
			   "found %s, expected an address of one of ipv4_pools, not its router and no network or broadcast address",
			   text);
	seen_add(seen, report, text, "IPv4 home address", node->line, key);
}

void lma_check_ipv4(const struct lma_settings *s, struct report *report)
{
	const struct lma_ipv4_pool *pool = s->ipv4_pools.items;
	const struct lma_node *node = s->mobile_nodes.items;
	struct seen seen;
	size_t i;

	if (s->ipv4_pools.count > 0 && s->pools.count + s->ipv4_pools.count > PMIP_DATAPATH_LIST_MAX)
		report_add(report, pool[0].line, "ipv4_pools", "found %zu beside %zu pools, expected at most %u of both together",
			   s->ipv4_pools.count, s->pools.count, PMIP_DATAPATH_LIST_MAX);
	for (i = 0; i < s->ipv4_pools.count; i++)
		if (pool[i].line != 0)
			check_pool(s, report, i);
	seen_init(&seen);
	for (i = 0; i < s->mobile_nodes.count; i++)
		if (node[i].line != 0)
			check_node(s, report, i, &seen);
	seen_fini(&seen);
}
