/* SPDX-License-Identifier: BSD-2-Clause */
/* The kind for kernels without a bonding driver: one end of a veth pair, for that is a device everywhere. Packets never reach the other end: the
 * programs take them away before. It is up while a slave has a link, and so gives the logical interface its carrier. LIF-1, BND-3. */
#include "backend/backend_log.h"
#include "backend/if_sysctl.h"
#include "libflowmob/backend/logical.h"

static int bpf_make(struct flowmob_logical *logical)
{
	return flowmob__link_make_veth(logical->nl, logical->name);
}

static int set_ipv6(struct flowmob_logical *logical, const char *name, bool on)
{
	int err = pmip__if_sysctl_set("ipv6/conf", name, "disable_ipv6", !on);

	if (err < 0)
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, "logical", "cannot write /proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	return err;
}

static int bpf_take_over(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self)
{
	const struct flowmob__link_change up = { .flags = IFF_UP, .mask = IFF_UP };
	const struct flowmob__link *end = flowmob__links_by_index(links, self->peer);

	if (!end) {
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, "logical", "the other end of %s is gone from here; remove it and make it anew",
				  logical->name);
		return PMIP_ERR_CONFIG;
	}
	if (set_ipv6(logical, end->name, false) < 0)
		return PMIP_ERR_OS;
	return flowmob__logical_steps(logical, logical->name, &up, 1);
}

/* Multicast that the logical interface wants comes in only if the slave takes all. */
static int bpf_take(struct flowmob_logical *logical, const struct flowmob__link *self, const struct flowmob__link *slave, uint8_t place,
		    struct flowmob__slave *own)
{
	bool first = true;
	const struct flowmob__link_change mac = { .mac = slave->mac };
	struct flowmob__link_change steps[] = {
		{ .mask = IFF_UP },
		{ .mac = self->mac },
		{ .flags = IFF_UP | IFF_ALLMULTI, .mask = IFF_UP | IFF_ALLMULTI },
	};
	int err = 0;

	(void)place;
	for (int i = 1; i < FLOWMOB__PLACES; i++)
		first &= !logical->state->slaves[i].ifindex;
	if (first) {
		err = flowmob__logical_steps(logical, logical->name, &mac, 1);
		steps[1].mac = slave->mac;
	}
	memcpy(own->mac, slave->mac, sizeof(own->mac));
	own->had_ipv6 = pmip__if_sysctl_get("ipv6/conf", slave->name, "disable_ipv6") == 0;
	if (err == 0 && own->had_ipv6)
		err = set_ipv6(logical, slave->name, false);
	return err < 0 ? err : flowmob__logical_steps(logical, slave->name, steps, sizeof(steps) / sizeof(steps[0]));
}

static int bpf_give_back(struct flowmob_logical *logical, const struct flowmob__link *slave, const struct flowmob__slave *own)
{
	const struct flowmob__link_change before[] = {
		{ .mask = IFF_UP | IFF_ALLMULTI },
		{ .mac = own->mac },
	};
	const struct flowmob__link_change up = { .flags = IFF_UP, .mask = IFF_UP };
	int err = flowmob__logical_steps(logical, slave->name, before, sizeof(before) / sizeof(before[0]));

	if (own->had_ipv6 && set_ipv6(logical, slave->name, true) < 0)
		err = PMIP_ERR_OS;
	return err < 0 ? err : flowmob__logical_steps(logical, slave->name, &up, 1);
}

static int bpf_set_active(struct flowmob_logical *logical, const struct flowmob__link *slave, uint8_t place)
{
	(void)slave;
	logical->state->active = place;
	return 0;
}

/* As the bonding driver does it: the active slave stays the active one until it loses its link. */
static uint8_t bpf_follow(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self)
{
	const struct flowmob__slave *slaves = logical->state->slaves;
	const struct flowmob__link *link, *end = flowmob__links_by_index(links, self->peer);
	struct flowmob__link_change carrier = { .mask = IFF_UP };
	uint8_t active = logical->state->active;
	uint32_t mtu = 0;

	for (uint8_t place = 1; place < FLOWMOB__PLACES; place++) {
		link = slaves[place].ifindex ? flowmob__links_by_index(links, slaves[place].ifindex) : NULL;
		if (!link)
			continue;
		mtu = !mtu || link->mtu < mtu ? link->mtu : mtu;
		if (!link->up)
			continue;
		carrier.flags = IFF_UP;
		active = slaves[active].up ? active : place;
	}
	if (mtu && mtu != self->mtu)
		flowmob__logical_steps(logical, logical->name, &(struct flowmob__link_change){ .mtu = mtu }, 1);
	if (end && (end->flags & IFF_UP) != carrier.flags)
		flowmob__logical_steps(logical, end->name, &carrier, 1);
	return active;
}

const struct flowmob__logical_ops flowmob__logical_bpf = {
	.kind = FLOWMOB_LOGICAL_BPF,
	.slaves_max = FLOWMOB_SLAVES_MAX,
	.make = bpf_make,
	.take_over = bpf_take_over,
	.take = bpf_take,
	.give_back = bpf_give_back,
	.set_active = bpf_set_active,
	.follow = bpf_follow,
};
