/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is on which access link, from what interfaces and frames show; each change is an event in the
 * queue.
 *
 * A station is a MAC address that has spoken on a link. On a link whose one mobile node is known
 * beforehand the link's carrier attaches it, and stations serve only to notice its silence;
 * elsewhere each station is a mobile node. The events of the former never carry a link-layer
 * identifier, since the first has none to carry: the LMA would take one that comes and goes for
 * another interface (RFC 5213 section 5.4.1). */
#define _GNU_SOURCE /* struct mmsghdr */
#include <stdlib.h>

#include "access_linux.h"
#include "if_sysctl.h"
#include "os.h"

#define AREA PMIP__ACCESS_AREA
#define STATIONS_MAX 1024 /* per link; what a flood of invented MAC addresses can fill */

bool pmip__access_has_room(const struct access *a, size_t n)
{
	return a->queue_cap - a->queued >= n;
}

static struct queued *tell(struct access *a, enum pmip_access_event_type type, const struct link *l,
			   const uint8_t *mac, const char *trigger)
{
	struct queued *q = &a->queue[(a->head + a->queued++) % a->queue_cap];

	*q = (struct queued){.type = type, .link = l, .index = l->index, .trigger = trigger};
	if (mac) {
		q->ll_id.len = 6;
		memcpy(q->ll_id.b, mac, 6);
	}
	return q;
}

static struct station *station_find(struct link *l, const uint8_t mac[6])
{
	for (size_t i = 0; i < l->count; i++)
		if (memcmp(l->stations[i].mac, mac, 6) == 0)
			return &l->stations[i];
	return NULL;
}

static struct station *station_add(struct access *a, struct link *l, const uint8_t mac[6])
{
	struct station *s;

	if (l->count == STATIONS_MAX)
		return NULL;
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 4;

		s = realloc(l->stations, room * sizeof(*s));
		if (!s) {
			pmip__backend_log(&a->log, PMIP_LOG_ERROR, AREA,
					  "no memory for another mobile node on %s", l->name);
			return NULL;
		}
		l->stations = s;
		l->room = room;
	}
	s = &l->stations[l->count++];
	memset(s, 0, sizeof(*s));
	memcpy(s->mac, mac, 6);
	return s;
}

void pmip__access_tell_taken(struct access *a, const struct link *l, const struct pmip_addr *addr, const char *trigger)
{
	struct queued *q = tell(a, PMIP_ACCESS_ADDRESS_TAKEN, l, NULL, trigger);

	q->address = *addr;
}

/* MAG-31, MAG-41. */
void pmip__access_station_lost(struct access *a, struct link *l, struct station *s)
{
	struct pmip_llid who = {.len = l->mn_len ? 0 : 6};
	uint8_t mac[6];

	memcpy(mac, s->mac, 6);
	memcpy(who.b, mac, who.len);
	*s = l->stations[--l->count];
	if (!l->mn_len || !l->count)
		pmip__access_address_drop(a, l, &who);
	if (!l->mn_len) {
		tell(a, PMIP_ACCESS_DETACH, l, mac, "neighbour unreachable");
	} else if (!l->count && l->attached) {
		l->attached = false;
		tell(a, PMIP_ACCESS_DETACH, l, NULL, "neighbour unreachable");
	}
}

void pmip__access_station_seen(struct access *a, struct link *l, const struct pmip__nd_seen *seen,
			       uint64_t now)
{
	struct station *s = station_find(l, seen->mac);
	bool news = l->mn_len ? !l->attached : !s;
	const uint8_t *who = l->mn_len ? NULL : seen->mac;

	if (!s)
		s = station_add(a, l, seen->mac);
	if (!s)
		return;
	s->asked = 0;
	pmip__access_due_at(a, &s->due_us, now + a->interval_us);
	if (seen->has_addr) {
		s->addr = seen->addr;
		s->has_addr = true;
	}
	if (seen->kind == PMIP__ND_SOLICIT)
		tell(a, PMIP_ACCESS_SOLICIT, l, who, "router solicitation");
	else if (news)
		tell(a, PMIP_ACCESS_ATTACH, l, who, "neighbour discovery");
	else if (l->wanted || s->wanted)
		tell(a, PMIP_ACCESS_PRESENT, l, who, "answer to a probe");
	l->wanted = s->wanted = false;
	if (news)
		l->attached = l->mn_len > 0;
}

/* What is due for silent ones anyway is due now; everybody is asked for one who is not known. MAG-31, MAG-41. */
void pmip__access_link_ask(struct access *a, struct link *l, const struct pmip_llid *ll_id, uint64_t now)
{
	bool found = false;

	l->wanted = l->mn_len > 0;
	for (size_t i = 0; i < l->count; i++) {
		struct station *s = &l->stations[i];

		if (!l->mn_len && ll_id->len && (ll_id->len != sizeof(s->mac) || memcmp(ll_id->b, s->mac, sizeof(s->mac)) != 0))
			continue;
		found = true;
		s->wanted = !l->mn_len;
		if (!s->asked)
			pmip__access_due_at(a, &s->due_us, now);
	}
	if (!found)
		pmip__access_send_query(a, l);
}

struct link *pmip__access_link_by_index(struct access *a, uint32_t index)
{
	for (size_t i = 0; i < a->link_count; i++)
		if (a->links[i].index == index)
			return &a->links[i];
	return NULL;
}

struct link *pmip__access_link_by_name(struct access *a, const char *name)
{
	for (size_t i = 0; i < a->link_count; i++)
		if (strcmp(a->links[i].name, name) == 0)
			return &a->links[i];
	return NULL;
}

/* Whoever is on it, those too who have not been heard here: an access point may have told of them. */
static void link_down(struct access *a, struct link *l)
{
	if (l->up)
		tell(a, PMIP_ACCESS_DETACH, l, NULL, "link down");
	pmip__access_address_drop_all(a, l);
	l->up = false;
	l->attached = l->wanted = false;
	l->count = 0;
}

static void link_gone(struct access *a, struct link *l)
{
	link_down(a, l);
	l->index = 0;
	l->addressed = false;
}

/* A mobile node that has just come may not hear the first Neighbour Solicitations for its addresses: a
 * Linux host is deaf for some 10 ms after its carrier's return. The next one should not take the second of
 * RFC 4861's RetransTimer; as many of them as make the same time in all. */
static const struct {
	const char *name;
	int value;
} neighbour[NEIGHBOUR_SETTINGS] = {
	{"retrans_time_ms", 20},
	{"mcast_solicit", 150},
	{"ucast_solicit", 150},
};

static void hasten_neighbour_discovery(struct access *a, struct link *l)
{
	for (size_t i = 0; i < NEIGHBOUR_SETTINGS; i++) {
		int own = pmip__if_sysctl_get("ipv6/neigh", l->name, neighbour[i].name);

		if (own != neighbour[i].value)
			l->own_neighbour[i] = own;
		if (pmip__if_sysctl_set("ipv6/neigh", l->name, neighbour[i].name, neighbour[i].value) < 0)
			pmip__backend_log(&a->log, PMIP_LOG_WARN, AREA,
					  "%s: cannot set net.ipv6.neigh.%s.%s; a handover to this link "
					  "may take a second longer",
					  l->name, l->name, neighbour[i].name);
	}
}

void pmip__access_link_give_back(struct access *a, const struct link *l)
{
	char ifname[IF_NAMESIZE]; /* it may have another one now */

	for (size_t i = 0; i < NEIGHBOUR_SETTINGS; i++)
		if (l->own_neighbour[i] >= 0 && if_indextoname(l->index, ifname))
			pmip__if_sysctl_set("ipv6/neigh", ifname, neighbour[i].name, l->own_neighbour[i]);
	pmip__rtnl_give_back(a->rtnl, l->index, a->lma_chooses ? NULL : &a->link_local,
			     l->own_mac_known ? l->own_mac : NULL, l->own_gen_mode);
}

static void link_found(struct access *a, struct link *l, const struct pmip__link_info *info)
{
	struct packet_mreq group = {.mr_ifindex = (int)info->index, .mr_type = PACKET_MR_ALLMULTI};

	l->index = info->index;
	if (!info->ethernet) {
		pmip__backend_log(&a->log, PMIP_LOG_ERROR, AREA,
				  "%s is no Ethernet interface; give another as access link",
				  l->name);
		return;
	}
	/* One that comes back with our address on it is no witness of its own. */
	if (memcmp(info->mac, a->mac, 6) != 0) {
		memcpy(l->own_mac, info->mac, 6);
		l->own_mac_known = true;
	}
	l->own_gen_mode = info->addr_gen_mode;
	pmip__rtnl_take(a->rtnl, info, a->mac);
	hasten_neighbour_discovery(a, l);
	/* Solicited-node and listener report groups are not ours, yet we want to hear them. */
	setsockopt(a->packet_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &group, sizeof(group));
	pmip__backend_log(&a->log, PMIP_LOG_INFO, AREA, "access link %s is interface %u", l->name,
			  l->index);
}

static void link_up(struct access *a, struct link *l, bool others)
{
	l->up = true;
	/* Where ours is the one that the kernel would make of our MAC address, one that it has made while it was not told yet is ours;
	 * where the LMA chooses it, it is one too many. */
	others |= a->lma_chooses;
	if (!l->addressed)
		l->addressed =
			pmip__rtnl_set_link_local(a->rtnl, l->index, a->lma_chooses ? NULL : &a->link_local, others) == 0;
	if (l->mn_len) {
		l->attached = true;
		tell(a, PMIP_ACCESS_ATTACH, l, NULL, "link up");
	}
	pmip__access_send_query(a, l);
	pmip__access_due_at(a, &l->query_due_us, pmip__clock_us(CLOCK_MONOTONIC) + a->interval_us);
}

static void listing_ended(struct access *a)
{
	for (size_t i = 0; i < a->link_count; i++) {
		struct link *l = &a->links[i];

		if (l->index && !l->listed)
			link_gone(a, l);
		l->listed = false;
	}
}

/* What the kernel says about an interface; called for ours and all others. */
void pmip__access_link_news(void *user, const struct pmip__link_info *info)
{
	struct access *a = user;
	struct link *l;
	bool up, others, renamed;

	if (!info->index) {
		listing_ended(a);
		return;
	}
	l = pmip__access_link_by_index(a, info->index);
	renamed = l && !info->gone && strcmp(l->name, info->name) != 0;
	if (renamed)
		pmip__access_link_give_back(a, l);
	if (renamed || (l && info->gone))
		link_gone(a, l);
	l = info->gone ? NULL : pmip__access_link_by_name(a, info->name);
	if (!l)
		return;
	if (l->index && l->index != info->index)
		link_gone(a, l);
	others = !l->index && (info->flags & IFF_UP);
	if (!l->index)
		link_found(a, l, info);
	l->listed = true;
	l->mtu = info->mtu;
	/* The kernel takes link-local addresses away when the interface is set down, not when
	 * carrier goes. */
	if (!(info->flags & IFF_UP))
		l->addressed = false;
	up = info->ethernet && (info->flags & IFF_UP) && (info->flags & IFF_LOWER_UP) &&
	     !(info->flags & IFF_DORMANT);
	if (up && !l->up)
		link_up(a, l, others);
	else if (!up && l->up)
		link_down(a, l);
}
