/* SPDX-License-Identifier: BSD-2-Clause */
/* The kind that the bonding driver makes. It looks after the links itself, gives its slaves one MAC address, and in mode active-backup sends what
 * has a slave's queue_id by that slave while it has a link, all else by the active one. BND-1, BND-3, BND-4. */
#include <net/if.h> /* before linux/if.h */

#include <linux/if_bonding.h>

#include "backend/backend_log.h"
#include "libflowmob/backend/logical.h"

static int bonding_make(struct flowmob_logical *logical)
{
	return flowmob__link_make_bond(logical->nl, logical->name);
}

/* A slave that is there already keeps the queue_id that it has, where that can be. */
static void adopt(struct flowmob_logical *logical, const struct flowmob__link *slave)
{
	struct flowmob__slave *slaves = logical->state->slaves;
	uint16_t place = slave->queue_id;
	int result = 0;

	if (place == 0 || place > flowmob__logical_bonding.slaves_max || slaves[place].ifindex)
		for (place = 1; place <= flowmob__logical_bonding.slaves_max && slaves[place].ifindex; place++)
			;
	if (place > flowmob__logical_bonding.slaves_max) {
		pmip__backend_log(&logical->log, PMIP_LOG_WARN, "logical", "%s has more slaves than can be told apart; %s is not used by port",
				  logical->name, slave->name);
		return;
	}
	if (place != slave->queue_id)
		flowmob__link_change(logical->nl, slave->name, &(struct flowmob__link_change){ .queue_id = place }, &result);
	pmip__nl_flush(logical->nl);
	if (result == 0)
		slaves[place].ifindex = slave->index;
}

static int bonding_take_over(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self)
{
	const struct flowmob__link_change up = { .flags = IFF_UP, .mask = IFF_UP, .accept_all = true };
	int result = 0;

	if (self->mode != BOND_MODE_ACTIVEBACKUP) {
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, "logical", "%s is not in mode active-backup, in which alone its slave can be chosen",
				  logical->name);
		return PMIP_ERR_CONFIG;
	}
	flowmob__link_change(logical->nl, logical->name, &up, &result);
	pmip__nl_flush(logical->nl);
	for (size_t i = 0; i < links->count; i++)
		if (links->links[i].master == self->index && !flowmob__logical_place(logical, links->links[i].index))
			adopt(logical, &links->links[i]);
	return result;
}

static int bonding_take(struct flowmob_logical *logical, const struct flowmob__link *self, const struct flowmob__link *slave, uint8_t place,
			struct flowmob__slave *own)
{
	const struct flowmob__link_change steps[] = {
		{ .mask = IFF_UP },
		{ .master = &self->index },
		{ .queue_id = place },
		{ .flags = IFF_UP, .mask = IFF_UP },
	};

	(void)own;
	return flowmob__logical_steps(logical, slave->name, steps, sizeof(steps) / sizeof(steps[0]));
}

static int bonding_give_back(struct flowmob_logical *logical, const struct flowmob__link *slave, const struct flowmob__slave *own)
{
	const uint32_t none = 0;
	const struct flowmob__link_change steps[] = {
		{ .master = &none },
		{ .flags = IFF_UP, .mask = IFF_UP },
	};

	(void)own;
	return flowmob__logical_steps(logical, slave->name, steps, sizeof(steps) / sizeof(steps[0]));
}

static int bonding_set_active(struct flowmob_logical *logical, const struct flowmob__link *slave, uint8_t place)
{
	const struct flowmob__link_change active = { .active = slave->index };

	(void)place;
	return flowmob__logical_steps(logical, logical->name, &active, 1);
}

static uint8_t bonding_follow(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self)
{
	(void)links;
	return self->active ? flowmob__logical_place(logical, self->active) : 0;
}

const struct flowmob__logical_ops flowmob__logical_bonding = {
	.kind = FLOWMOB_LOGICAL_BONDING,
	.slaves_max = 15, /* the driver has 16 queues, and 0 is no slave's */
	.make = bonding_make,
	.take_over = bonding_take_over,
	.take = bonding_take,
	.give_back = bonding_give_back,
	.set_active = bonding_set_active,
	.follow = bonding_follow,
};
