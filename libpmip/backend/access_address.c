/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAG's link-local addresses on an access link where they are the LMA's choice: one towards each mobile
 * node, the same at every MAG (RFC 5213 sections 6.8 and 6.9.1.2). An address comes with the Router
 * Advertisement that is from it, and goes with the mobile node.
 *
 * The mobile node may have it already. That shows by what it sends, by what it has sent before, or by its answer
 * to duplicate address detection (RFC 4862 section 5.4), of which we do no more than ask: a second of silence
 * first would be a second without a router. */
#define _GNU_SOURCE /* struct mmsghdr */
#include <stdlib.h>

#include "access_linux.h"
#include "os.h"

#define AREA PMIP__ACCESS_AREA
/* Least time between two words about one mobile node's: an LMA that insists gets no storm of PBUs. */
#define TELL_SPACING_US 1000000

static struct own_address *find(const struct link *l, const struct pmip_llid *who)
{
	for (size_t i = 0; i < l->own_count; i++)
		if (pmip_llid_equal(&l->owns[i].who, who))
			return &l->owns[i];
	return NULL;
}

static struct own_address *add(struct access *a, struct link *l, const struct pmip_llid *who)
{
	if (l->own_count == l->own_room) {
		size_t room = l->own_room ? l->own_room * 2 : 4;
		struct own_address *owns = realloc(l->owns, room * sizeof(*owns));

		if (!owns) {
			pmip__backend_log(&a->log, PMIP_LOG_ERROR, AREA,
					  "no memory for another address of ours on %s", l->name);
			return NULL;
		}
		l->owns = owns;
		l->own_room = room;
	}
	l->owns[l->own_count] = (struct own_address){.who = *who, .ask_us = PMIP_TIME_NONE};
	return &l->owns[l->own_count++];
}

static bool has_another(const struct link *l, const struct own_address *own, const struct pmip_addr *addr)
{
	for (size_t i = 0; i < l->own_count; i++)
		if (&l->owns[i] != own && pmip_addr_equal(&l->owns[i].addr, addr))
			return true;
	return false;
}

static void take_away(struct access *a, const struct link *l, struct own_address *own)
{
	if (!pmip_addr_is_unspecified(&own->addr) && !has_another(l, own, &own->addr))
		pmip__rtnl_remove_link_local(a->rtnl, l->index, &own->addr);
	own->addr = (struct pmip_addr){0};
}

/* false: it is too early to say so again, or there is no room; it will be looked at again. */
static bool tell_taken(struct access *a, struct link *l, struct own_address *own, const struct pmip_addr *addr,
		       const char *trigger)
{
	uint64_t now = pmip__clock_us(CLOCK_MONOTONIC);

	if ((own->told_us && now - own->told_us < TELL_SPACING_US) || !pmip__access_has_room(a, 1)) {
		pmip__access_due_at(a, &own->ask_us, now + TELL_SPACING_US);
		return false;
	}
	own->told_us = now;
	pmip__access_tell_taken(a, l, addr, trigger);
	return true;
}

/* RFC 4861 section 6.2.8: by a last word from the old address the mobile node learns to leave it. */
static void retire(struct access *a, const struct link *l, struct own_address *own, const struct pmip_ra *ra)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];
	struct pmip_ra last = {.link = ra->link, .ll_id = ra->ll_id, .src = own->addr};

	if (pmip_addr_is_unspecified(&own->addr))
		return;
	pmip__access_send(a, l->index, frame, pmip__nd_write_ra(frame, a->mac, &last));
	take_away(a, l, own);
}

static bool is_known_taken(const struct link *l, const struct pmip_addr *addr)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->stations[i].has_addr && pmip_addr_equal(&l->stations[i].addr, addr))
			return true;
	return false;
}

static void ask(struct access *a, const struct link *l, struct own_address *own)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];

	own->ask_us = PMIP_TIME_NONE;
	pmip__access_send(a, l->index, frame, pmip__nd_write_dad(frame, a->mac, &own->addr));
}

void pmip__access_address_timeout(struct access *a, struct link *l, uint64_t now)
{
	for (size_t i = 0; i < l->own_count; i++) {
		struct own_address *own = &l->owns[i];

		if (own->ask_us <= now && !pmip_addr_is_unspecified(&own->addr))
			ask(a, l, own);
		else if (own->ask_us != PMIP_TIME_NONE)
			pmip__access_due_at(a, &own->ask_us, own->ask_us);
	}
}

/* MAG-18, RA-2. */
bool pmip__access_address_use(struct access *a, struct link *l, const struct pmip_llid *who, const struct pmip_ra *ra)
{
	struct own_address *own = find(l, who);

	if (!own)
		own = add(a, l, who);
	if (!own || pmip_addr_equal(&own->addr, &ra->src))
		return own != NULL;
	if (is_known_taken(l, &ra->src) && tell_taken(a, l, own, &ra->src, "address of the mobile node"))
		return false;
	retire(a, l, own, ra);
	if (!has_another(l, own, &ra->src) && pmip__rtnl_set_link_local(a->rtnl, l->index, &ra->src, false) < 0)
		return true;
	own->addr = ra->src;
	ask(a, l, own);
	return true;
}

void pmip__access_address_drop(struct access *a, struct link *l, const struct pmip_llid *who)
{
	struct own_address *own = find(l, who);

	if (!own)
		return;
	take_away(a, l, own);
	*own = l->owns[--l->own_count];
}

void pmip__access_address_drop_all(struct access *a, struct link *l)
{
	while (l->own_count)
		pmip__access_address_drop(a, l, &l->owns[l->own_count - 1].who);
}

/* MAG-18. */
void pmip__access_address_seen(struct access *a, struct link *l, const struct pmip__nd_seen *seen)
{
	for (size_t i = 0; i < l->own_count; i++) {
		struct own_address *own = &l->owns[i];

		if (pmip_addr_is_unspecified(&own->addr))
			continue;
		if (pmip_addr_equal(&own->addr, &seen->addr) || pmip_addr_equal(&own->addr, &seen->claimed)) {
			tell_taken(a, l, own, &own->addr, "neighbour discovery");
			return;
		}
	}
}

const struct pmip_addr *pmip__access_address_towards(const struct access *a, const struct link *l, const struct station *s)
{
	struct pmip_llid who = {.len = l->mn_len ? 0 : 6};
	const struct own_address *own;

	if (who.len)
		memcpy(who.b, s->mac, who.len);
	own = find(l, &who);
	/* One who has the same address would answer himself. */
	if (!own || pmip_addr_is_unspecified(&own->addr) || pmip_addr_equal(&own->addr, &s->addr))
		return &a->link_local;
	return &own->addr;
}
