/* SPDX-License-Identifier: BSD-2-Clause */
/* A logical interface, whichever kind it is of. All that is to be remembered is in the map that the programs read; so any process can change it, and
 * what the kernel says of links is looked at anew each time. */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/backend_log.h"
#include "backend/link.h"
#include "backend/os.h"
#include "libflowmob/backend/logical.h"

enum {
	STEPS_MAX = 4,
	ROUTE_PROTOCOL = 0, /* no routes here */
};

static const char area[] = "logical";

_Static_assert(FLOWMOB__PLACES == FLOWMOB_SLAVES_MAX + 1, "a place for each slave, and none");

uint8_t flowmob__logical_place(const struct flowmob_logical *logical, uint32_t ifindex)
{
	for (uint8_t place = 1; place < FLOWMOB__PLACES; place++)
		if (logical->state->slaves[place].ifindex == ifindex)
			return place;
	return 0;
}

int flowmob__logical_steps(struct flowmob_logical *logical, const char *name, const struct flowmob__link_change *steps, size_t n)
{
	int results[STEPS_MAX] = { 0 }, err;

	for (size_t i = 0; i < n; i++)
		flowmob__link_change(logical->nl, name, &steps[i], &results[i]);
	err = pmip__nl_flush(logical->nl);
	for (size_t i = 0; err == 0 && i < n; i++)
		err = results[i];
	return err;
}

static void on_news(void *user, const struct pmip__link_info *info)
{
	struct flowmob_logical *logical = user;

	(void)info;
	logical->news = true;
}

static int open_sockets(struct flowmob_logical **logical, const char *name, const struct pmip_log *log)
{
	struct flowmob_logical *made;
	int err;

	if (!name[0] || strlen(name) >= IF_NAMESIZE)
		return PMIP_ERR_INVALID;
	made = calloc(1, sizeof(*made));
	if (!made)
		return PMIP_ERR_NOMEM;
	made->flows = -1;
	snprintf(made->name, sizeof(made->name), "%s", name);
	pmip__log_copy(&made->log, log);
	err = pmip__nl_new(&made->nl, NETLINK_ROUTE, ROUTE_PROTOCOL, &made->log);
	if (err == 0)
		err = pmip__rtnl_new(&made->rtnl, on_news, made, &made->log);
	if (err < 0) {
		flowmob_logical_free(made);
		return err;
	}
	*logical = made;
	return 0;
}

void flowmob_logical_free(struct flowmob_logical *logical)
{
	if (!logical)
		return;
	flowmob__logical_unload(logical);
	pmip__rtnl_free(logical->rtnl);
	pmip__nl_free(logical->nl);
	free(logical);
}

/* A slave, and all that points to it. */
static void forget_slave(struct flowmob_logical *logical, uint8_t place)
{
	struct flowmob__logical *state = logical->state;

	state->slaves[place] = (struct flowmob__slave){ 0 };
	for (size_t i = 0; i < FLOWMOB__PORTS; i++)
		if (state->table[i] == place)
			state->table[i] = 0;
	flowmob__logical_forget_flows(logical, place);
	if (state->active == place)
		state->active = 0;
}

enum change { SAME, CHANGED, HAS_LINK };

/* One slave as the kernel shows it. */
static enum change follow_slave(struct flowmob_logical *logical, uint8_t place, const struct flowmob__link *link)
{
	struct flowmob__slave *slave = &logical->state->slaves[place];

	if (!link || (logical->state->bonding && link->master != logical->state->ifindex)) {
		pmip__backend_log(&logical->log, PMIP_LOG_WARN, area, "a slave of %s is gone", logical->name);
		forget_slave(logical, place);
		return CHANGED;
	}
	if (slave->up == link->up)
		return SAME;
	slave->up = link->up;
	pmip__backend_log(&logical->log, PMIP_LOG_INFO, area, "slave %s of %s %s", link->name, logical->name,
			  link->up ? "has a link" : "has lost its link");
	return link->up ? HAS_LINK : CHANGED;
}

/* A link has come (back) of which the kernel, that sees one interface, does not know: ask for its router, as RFC 4861 section 6.3.7 has it, and so
 * let it know of us. Without a link-local address yet that is not possible, and the kernel asks as soon as it has one. */
static void solicit(const struct flowmob_logical *logical)
{
	const struct icmp6_hdr message = { .icmp6_type = ND_ROUTER_SOLICIT };
	const struct sockaddr_in6 routers = { .sin6_family = AF_INET6,
					      .sin6_addr = { { { 0xff, 2, [15] = 2 } } },
					      .sin6_scope_id = logical->state->ifindex };
	int sock = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6), hops = 255;

	if (sock < 0)
		return;
	setsockopt(sock, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	sendto(sock, &message, sizeof(message), MSG_DONTWAIT, (const struct sockaddr *)&routers, sizeof(routers));
	close(sock);
}

/* Another process may take a slave meanwhile: what has been read of the links before says nothing of that one. Its own news follow. */
static int follow(struct flowmob_logical *logical)
{
	struct flowmob__logical *state = logical->state;
	uint32_t before[FLOWMOB__PLACES];
	const struct flowmob__link *self, *link;
	struct flowmob__links links;
	enum change change, most = SAME;
	uint8_t active;
	int err;

	for (uint8_t place = 1; place < FLOWMOB__PLACES; place++)
		before[place] = __atomic_load_n(&state->slaves[place].ifindex, __ATOMIC_ACQUIRE);
	err = flowmob__links_read(&links, logical->nl);
	self = err == 0 ? flowmob__links_by_index(&links, state->ifindex) : NULL;
	if (err == 0 && !self)
		err = PMIP_ERR_NOENT;
	for (uint8_t place = 1; err == 0 && place < FLOWMOB__PLACES; place++) {
		if (!before[place] || state->slaves[place].ifindex != before[place])
			continue;
		change = follow_slave(logical, place, flowmob__links_by_index(&links, state->slaves[place].ifindex));
		most = change > most ? change : most;
	}
	active = err == 0 ? logical->ops->follow(logical, &links, self) : 0;
	if (err == 0 && active != state->active) {
		link = flowmob__links_by_index(&links, state->slaves[active].ifindex);
		pmip__backend_log(&logical->log, PMIP_LOG_INFO, area, "active slave of %s: %s", logical->name, link ? link->name : "none");
		state->active = active;
		most = most == SAME ? CHANGED : most;
	}
	flowmob__links_free(&links);
	if (most == HAS_LINK)
		solicit(logical);
	return err < 0 ? err : most != SAME;
}

int flowmob_logical_process(struct flowmob_logical *logical)
{
	int err;

	do
		err = pmip__rtnl_read(logical->rtnl);
	while (err > 0);
	if (err < 0 || !logical->news)
		return err;
	logical->news = false;
	return follow(logical);
}

/* The kind of an interface that is there. NULL = of none of ours. */
static const struct flowmob__logical_ops *kind_of(const struct flowmob__link *self, bool made)
{
	const struct pmip__bpf_hook hook = { .ifindex = self->index, .egress = true, .handle = self->index };

	if (self->kind == FLOWMOB__LINK_BOND)
		return &flowmob__logical_bonding;
	return self->kind == FLOWMOB__LINK_VETH && (made || pmip__bpf_hook_find(&hook, FLOWMOB__LEAVE)) ? &flowmob__logical_bpf : NULL;
}

/* Make the device by the first kind that can. */
static int make(struct flowmob_logical *logical, struct flowmob__links *links, enum flowmob_logical_kind kind)
{
	static const struct flowmob__logical_ops *const kinds[] = { &flowmob__logical_bonding, &flowmob__logical_bpf };
	int err = 0;

	for (size_t i = 0; err == 0 && i < 2 && !flowmob__links_by_name(links, logical->name); i++) {
		if (kind != FLOWMOB_LOGICAL_ANY && kind != kinds[i]->kind)
			continue;
		err = kinds[i]->make(logical);
		flowmob__links_free(links);
		*links = (struct flowmob__links){ 0 };
		if (err == 0)
			err = flowmob__links_read(links, logical->nl);
	}
	return err;
}

static int put_in_force(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self)
{
	struct flowmob__logical *state;
	int err = flowmob__logical_load(logical, self->index);

	if (err < 0)
		return err;
	state = logical->state;
	state->ifindex = self->index;
	state->bonding = logical->ops->kind == FLOWMOB_LOGICAL_BONDING;
	err = flowmob__logical_attach(logical, self->index, true);
	if (err == 0)
		err = logical->ops->take_over(logical, links, self);
	for (uint8_t place = 1; err == 0 && place < FLOWMOB__PLACES; place++)
		if (state->slaves[place].ifindex && flowmob__links_by_index(links, state->slaves[place].ifindex))
			err = flowmob__logical_attach(logical, state->slaves[place].ifindex, false);
	return err < 0 ? err : follow(logical);
}

int flowmob_logical_new(struct flowmob_logical **logical, const char *name, enum flowmob_logical_kind kind, const struct pmip_log *log)
{
	const struct flowmob__link *self = NULL;
	struct flowmob_logical *made = NULL;
	struct flowmob__links links = { 0 };
	bool is_new = false;
	int err = open_sockets(&made, name, log);

	if (err == 0)
		err = flowmob__links_read(&links, made->nl);
	if (err == 0) {
		is_new = !flowmob__links_by_name(&links, name);
		err = make(made, &links, kind);
	}
	self = err == 0 ? flowmob__links_by_name(&links, name) : NULL;
	if (err == 0 && !self) {
		pmip__backend_log(&made->log, PMIP_LOG_ERROR, area, "this kernel has no bonding driver: modprobe bonding, or use kind bpf");
		err = PMIP_ERR_UNSUPPORTED;
	}
	if (self) {
		made->ops = kind_of(self, is_new);
		if (made->ops && (kind == FLOWMOB_LOGICAL_ANY || kind == made->ops->kind)) {
			err = put_in_force(made, &links, self);
		} else {
			pmip__backend_log(&made->log, PMIP_LOG_ERROR, area, "interface %s is there and of another kind", name);
			err = PMIP_ERR_CONFIG;
		}
	}
	flowmob__links_free(&links);
	if (err < 0 && self && is_new)
		flowmob__link_delete(made->nl, name);
	if (err < 0)
		flowmob_logical_free(made);
	else
		*logical = made;
	return err < 0 ? err : 0;
}

int flowmob_logical_open(struct flowmob_logical **logical, const char *name, const struct pmip_log *log)
{
	struct flowmob_logical *made;
	int err = open_sockets(&made, name, log);

	if (err < 0)
		return err;
	err = flowmob__logical_find(made, if_nametoindex(name));
	if (err == 0) {
		made->ops = made->state->bonding ? &flowmob__logical_bonding : &flowmob__logical_bpf;
		err = follow(made);
	}
	if (err < 0)
		flowmob_logical_free(made);
	else
		*logical = made;
	return err < 0 ? err : 0;
}

enum flowmob_logical_kind flowmob_logical_get_kind(const struct flowmob_logical *logical)
{
	return logical->ops->kind;
}

static int take(struct flowmob_logical *logical, const struct flowmob__link *self, const struct flowmob__link *slave)
{
	uint8_t place = flowmob__logical_place(logical, 0);
	struct flowmob__slave own = { .ifindex = slave->index };
	int err;

	if (!slave->ethernet || slave->master || slave->index == self->index) {
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, area, "%s is no Ethernet interface, or part of another one", slave->name);
		return PMIP_ERR_INVALID;
	}
	if (!place || place > logical->ops->slaves_max)
		return PMIP_ERR_FULL;
	err = flowmob__logical_attach(logical, slave->index, false);
	if (err < 0)
		return err;
	err = logical->ops->take(logical, self, slave, place, &own);
	if (err < 0) {
		flowmob__logical_detach(logical, slave->index, false);
		logical->ops->give_back(logical, slave, &own);
		return err;
	}
	logical->state->slaves[place] = own;
	return 0;
}

/* A slave by its name. @return its place, 0 = there is none */
static uint8_t find_slave(struct flowmob_logical *logical, const char *name)
{
	unsigned int ifindex = if_nametoindex(name);

	return ifindex ? flowmob__logical_place(logical, ifindex) : 0;
}

int flowmob_logical_add_slave(struct flowmob_logical *logical, const char *slave)
{
	const struct flowmob__link *self, *link;
	struct flowmob__links links;
	int err;

	if (!logical->skeleton)
		return PMIP_ERR_INVALID;
	if (find_slave(logical, slave))
		return 0;
	err = flowmob__links_read(&links, logical->nl);
	self = err == 0 ? flowmob__links_by_index(&links, logical->state->ifindex) : NULL;
	link = self ? flowmob__links_by_name(&links, slave) : NULL;
	if (err == 0)
		err = link ? take(logical, self, link) : PMIP_ERR_NOENT;
	flowmob__links_free(&links);
	if (err == 0)
		err = follow(logical);
	return err < 0 ? err : 0;
}

static int release(struct flowmob_logical *logical, const struct flowmob__links *links, uint8_t place)
{
	const struct flowmob__slave own = logical->state->slaves[place];
	const struct flowmob__link *link = flowmob__links_by_index(links, own.ifindex);

	forget_slave(logical, place);
	if (!link)
		return 0;
	flowmob__logical_detach(logical, link->index, false);
	return logical->ops->give_back(logical, link, &own);
}

int flowmob_logical_del_slave(struct flowmob_logical *logical, const char *slave)
{
	uint8_t place = find_slave(logical, slave);
	struct flowmob__links links;
	int err;

	if (!place)
		return PMIP_ERR_NOENT;
	err = flowmob__links_read(&links, logical->nl);
	if (err == 0)
		err = release(logical, &links, place);
	flowmob__links_free(&links);
	if (err == 0)
		err = follow(logical);
	return err < 0 ? err : 0;
}

int flowmob_logical_remove(struct flowmob_logical *logical)
{
	struct flowmob__links links;
	int err = flowmob__links_read(&links, logical->nl), one;

	for (uint8_t place = 1; err == 0 && place < FLOWMOB__PLACES; place++) {
		one = logical->state->slaves[place].ifindex ? release(logical, &links, place) : 0;
		err = err ? err : one;
	}
	flowmob__links_free(&links);
	one = flowmob__link_delete(logical->nl, logical->name);
	return err ? err : one;
}

/* BND-2. */
int flowmob_logical_set_entry(struct flowmob_logical *logical, uint16_t first, uint16_t last, const char *slave)
{
	uint8_t place = slave ? find_slave(logical, slave) : 0;

	if (slave && !place)
		return PMIP_ERR_NOENT;
	if (last < first)
		return PMIP_ERR_INVALID;
	for (uint32_t port = first; port <= last; port++)
		logical->state->table[htons((uint16_t)port)] = place;
	return 0;
}

int flowmob_logical_set_active(struct flowmob_logical *logical, const char *slave)
{
	uint8_t place = find_slave(logical, slave);
	struct flowmob__links links;
	int err;

	if (!place)
		return PMIP_ERR_NOENT;
	if (!logical->state->slaves[place].up)
		return PMIP_ERR_NO_PATH;
	err = flowmob__links_read(&links, logical->nl);
	if (err == 0)
		err = logical->ops->set_active(logical, flowmob__links_by_index(&links, logical->state->slaves[place].ifindex), place);
	flowmob__links_free(&links);
	if (err == 0)
		err = follow(logical);
	return err < 0 ? err : 0;
}

void flowmob_logical_set_reflect(struct flowmob_logical *logical, bool on)
{
	logical->state->reflect = on;
	if (!on)
		flowmob__logical_forget_flows(logical, 0);
}

bool flowmob_logical_get_reflect(const struct flowmob_logical *logical)
{
	return logical->state->reflect;
}

int flowmob_logical_next_slave(struct flowmob_logical *logical, size_t *cursor, struct flowmob_logical_slave *slave)
{
	const struct flowmob__logical *state = logical->state;
	struct flowmob_logical_slave all;
	const struct flowmob__link *link;
	struct flowmob__links links;
	int err = flowmob__links_read(&links, logical->nl);

	while (err == 0 && ++*cursor < FLOWMOB__PLACES) {
		link = state->slaves[*cursor].ifindex ? flowmob__links_by_index(&links, state->slaves[*cursor].ifindex) : NULL;
		if (!link)
			continue;
		all = (struct flowmob_logical_slave){
			.size = slave->size,
			.ifindex = link->index,
			.up = state->slaves[*cursor].up,
			.active = state->active == *cursor,
			.tx_packets = link->tx_packets,
			.rx_packets = link->rx_packets,
		};
		snprintf(all.name, sizeof(all.name), "%s", link->name);
		memcpy(slave, &all, slave->size < sizeof(all) ? slave->size : sizeof(all));
		err = 1;
	}
	flowmob__links_free(&links);
	return err;
}

int flowmob_logical_next_entry(const struct flowmob_logical *logical, size_t *cursor, uint16_t *first, uint16_t *last, uint32_t *ifindex)
{
	const uint8_t *table = logical->state->table;
	uint8_t place = 0;

	for (; *cursor < FLOWMOB__PORTS && !place; (*cursor)++)
		place = table[htons((uint16_t)*cursor)];
	if (!place || place >= FLOWMOB__PLACES)
		return 0;
	*first = (uint16_t)(*cursor - 1);
	while (*cursor < FLOWMOB__PORTS && table[htons((uint16_t)*cursor)] == place)
		(*cursor)++;
	*last = (uint16_t)(*cursor - 1);
	*ifindex = logical->state->slaves[place].ifindex;
	return 1;
}

int flowmob_logical_fd(const struct flowmob_logical *logical)
{
	return pmip__rtnl_fd(logical->rtnl);
}
