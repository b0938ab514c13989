/* SPDX-License-Identifier: BSD-2-Clause */
#include "domain_world.h"

#include "engine/gre.h"

static unsigned int addresses(const struct pmip_binding_info *info)
{
	return info->prefix_count + (info->ipv4.addr.len > 0);
}

static struct pmip_prefix address(const struct pmip_binding_info *info, unsigned int i)
{
	return i < info->prefix_count ? info->prefix[i] : (struct pmip_prefix){pmip_addr_from_ipv4(info->ipv4.addr.b), 128};
}

/* The datapath of a node does exactly what its binding says. */
static void check_forwarding(const struct node *node, const struct pmip_binding_info *info)
{
	for (unsigned int i = 0; i < addresses(info); i++) {
		struct pmip_prefix prefix = address(info, i);
		const struct forwarding *at = forwarding_of(node, &prefix);

		ck_assert(at->set);
		ck_assert_uint_eq(at->remote, node_of(&info->remote));
		ck_assert_uint_eq(at->link, info->link);
		ck_assert(pmip__gre_equal(&at->gre, &info->gre));
	}
	ck_assert(node->tunnel[node_of(&info->remote)]);
}

/* The MAG forwards what the LMA does, and each has the keys that the other expects. */
static void check_other_end(const struct node *mag, const struct node *lma, const struct pmip_binding_info *info)
{
	struct pmip_gre back = {.in_use = info->gre.in_use, .send = info->gre.recv, .recv = info->gre.send};

	for (unsigned int i = 0; i < addresses(info); i++) {
		struct pmip_prefix prefix = address(info, i);
		const struct forwarding *at = forwarding_of(mag, &prefix);

		ck_assert(at->set && &d.node[at->remote] == lma);
		ck_assert(pmip__gre_equal(&at->gre, &back));
	}
}

/* A MAG forwards the prefix of the other interface, wherever that is. */
static void check_off_link(const struct node *node, int mn, const struct pmip_binding_info *info)
{
	struct pmip_binding_info other = {.size = sizeof(other)};
	struct pmip_mag_flow_info told = {.size = sizeof(told)};
	size_t cursor = 0;

	ck_assert_uint_eq(info->off_link_count, is_double(mn) && !is_sharing(mn) && d.at[mn ^ 1] != NOWHERE);
	if (!info->off_link_count)
		return;
	ck_assert(forwarding_of(node, &info->off_link[0])->set);
	ck_assert_int_eq(pmip_lma_find_binding(d.node[0].lma, &other, &info->off_link[0]), 0);
	ck_assert_int_eq(other.ll_id.b[4] << 8 | other.ll_id.b[5], mn ^ 1);
	while (pmip_mag_next_flow_of_mn(node->mag, &cursor, &told, &info->mn_id)) {
		const struct steering *flow = &d.flow[told.selector.dst_port_start];

		ck_assert(flow->set && flow->away && &d.node[flow->remote] == node);
	}
}

/* Each flow goes where the LMA says, and the MAG there has its prefix. */
static void check_flows(void)
{
	struct pmip_flow_info info = {.size = sizeof(info)};
	const struct node *lma = &d.node[0];
	size_t cursor = 0, count = 0;

	while (pmip_lma_next_flow(lma->lma, &cursor, &info)) {
		const struct steering *flow = &d.flow[info.flow.dst_port];
		struct pmip_prefix prefix = {.addr = info.flow.dst, .len = 64};

		prefix.addr.b[15] = 0;
		ck_assert(!info.is_moving && flow->set && pmip_addr_equal(&flow->dst, &info.flow.dst));
		ck_assert_int_eq(flow->away, !info.is_default);
		ck_assert(!flow->away || flow->remote == node_of(&info.remote));
		ck_assert(forwarding_of(&d.node[node_of(&info.remote)], &prefix)->set);
		count++;
	}
	for (int mn = 0; mn < d.plan->mns; mn++)
		count -= d.flow[mn].set;
	ck_assert_uint_eq(count, 0);
	ck_assert(!d.plan->flows || d.kills || pmip_lma_get_counter(lma->lma, PMIP_LMA_FLOWS_MOVED));
}

/* used: whether an LMA has a binding with this MAG. */
static size_t check_mag(const struct node *node, int mag, bool used[DOMAIN_LMAS])
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0, count = 0, lmas = 0, forwarded = 0;

	while (pmip_mag_next_binding(node->mag, &cursor, &info)) {
		int mn = info.ll_id.b[4] << 8 | info.ll_id.b[5];

		ck_assert_int_eq(d.at[mn], mag);
		ck_assert_uint_eq(info.link, d.link[mn]);
		ck_assert(info.state == PMIP_BINDING_ACTIVE || info.state == PMIP_BINDING_REFRESHING);
		check_forwarding(node, &info);
		used[node_of(&info.remote)] = true;
		count++;
		forwarded += addresses(&info) + info.off_link_count;
		check_off_link(node, mn, &info);
	}
	ck_assert_uint_eq(count, pmip_mag_count_bindings(node->mag));
	ck_assert_uint_eq(node->forwardings, forwarded);
	for (int lma = 0; lma < d.plan->lmas; lma++)
		lmas += used[lma];
	ck_assert_uint_eq(tunnels_of(node), lmas);
	return count;
}

static int check_mn(const struct node *lma, int mn)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	char name[32];
	struct pmip_attach attach = attach_of(mn, 1, name);
	size_t cursor = 0;
	int count = 0;

	while (pmip_lma_next_binding_of_mn(lma->lma, &cursor, &info, &attach.mn_id)) {
		if (is_double(mn) && (info.ll_id.b[4] << 8 | info.ll_id.b[5]) != mn)
			continue;
		count++;
		ck_assert_int_ne(d.at[mn], NOWHERE);
		ck_assert_int_eq(info.state, PMIP_BINDING_ACTIVE);
		ck_assert_int_eq(node_of(&info.remote), d.plan->lmas + d.at[mn]);
		ck_assert_uint_eq(info.prefix_count, has_ipv6(mn));
		ck_assert_int_eq(info.ipv4.addr.len > 0, has_ipv4(mn));
		ck_assert_int_eq(info.gre.in_use, (d.plan->lmas + d.at[mn]) % 3 != PMIP_MAG_GRE_OFF);
		check_other_end(&d.node[d.plan->lmas + d.at[mn]], lma, &info);
		ck_assert_int_eq(info.shares, is_sharing(mn) && d.at[mn ^ 1] != NOWHERE);
		if (info.is_default)
			check_forwarding(lma, &info);
	}
	return count;
}

static size_t check_lma(const struct node *node, size_t tunnels)
{
	ck_assert_uint_eq(tunnels_of(node), tunnels);
	return pmip_lma_count_bindings(node->lma);
}

void domain_check(void)
{
	size_t attached = 0, at_mags = 0, at_lmas = 0, forwarded = 0, wanted = 0, tunnels[DOMAIN_LMAS] = {0};

	for (int mn = 0; mn < d.plan->mns; mn++) {
		int count = 0;

		for (int lma = 0; lma < d.plan->lmas; lma++)
			count += check_mn(&d.node[lma], mn);
		ck_assert_int_eq(count, d.at[mn] != NOWHERE);
		attached += d.at[mn] != NOWHERE;
		if (is_sharing(mn) && is_twin(mn) && d.at[mn - 1] != NOWHERE)
			continue; /* they have one between them */
		wanted += d.at[mn] != NOWHERE ? (size_t)(has_ipv4(mn) + has_ipv6(mn)) : 0;
	}
	for (int mag = 0; mag < d.plan->mags; mag++) {
		bool used[DOMAIN_LMAS] = {false};

		at_mags += check_mag(&d.node[d.plan->lmas + mag], mag, used);
		for (int lma = 0; lma < d.plan->lmas; lma++)
			tunnels[lma] += used[lma];
	}
	for (int lma = 0; lma < d.plan->lmas; lma++) {
		at_lmas += check_lma(&d.node[lma], tunnels[lma]);
		forwarded += d.node[lma].forwardings;
	}
	ck_assert_uint_eq(at_mags, attached);
	ck_assert_uint_eq(at_lmas, attached);
	check_flows();
	/* One forwarding entry an address, so that no two bindings have the same. */
	ck_assert_uint_eq(forwarded, wanted);
	ck_assert(d.plan->lmas == 1 || pmip_lma_get_counter(d.node[0].lma, PMIP_LMA_REDIRECTED));
}
