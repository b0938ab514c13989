/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever changes, everything is listed anew: links, addresses, default routes. A mobile node has few of each, and changes are rare. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "backend/backend_log.h"
#include "backend/if_sysctl.h"
#include "backend/nl.h"
#include "libflowmob/backend/interface_routes.h"

enum {
	NEWS_OCTETS = 32768,
	LEFT_MAX = 256,	     /* rules and routes of a killed process that are removed */
	ADDRESSES_MAX = 1024 /* as many as the programs take */
};

static const char area[] = "interfaces";

struct addresses {
	unsigned int count;
	struct pmip_addr addr[ADDRESSES_MAX];
};

struct flowmob__interface_routes {
	struct pmip__nl *nl;
	struct nl_sock *news;
	struct pmip_log log;
	struct flowmob__interface_watch watch;
	uint32_t table, priority;
	unsigned int count;
	bool dirty; /* not listed since the last news */
	bool known; /* listed at least once */
	struct flowmob__interface interface[FLOWMOB_INTERFACES_MAX];
	struct addresses addresses; /* as told */
};

/* A list in the making. */
struct listing {
	const struct flowmob__interface_routes *routes;
	struct flowmob__interface interface[FLOWMOB_INTERFACES_MAX];
	uint64_t rank[FLOWMOB_INTERFACES_MAX][FLOWMOB__FAMILIES]; /* of the default route that was found: the least is the best */
	struct addresses addresses;
};

static int compare_addr(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pmip_addr));
}

static void on_link(void *user, struct nlmsghdr *answer)
{
	const struct ifinfomsg *ifi = nlmsg_data(answer);
	struct listing *listing = user;
	struct nlattr *attrs[IFLA_MAX + 1];

	if (answer->nlmsg_type != RTM_NEWLINK || nlmsg_parse(answer, (int)sizeof(*ifi), attrs, IFLA_MAX, NULL) < 0 || !attrs[IFLA_IFNAME])
		return;
	for (unsigned int i = 0; i < listing->routes->count; i++) {
		struct flowmob__interface *interface = &listing->interface[i];

		if (strcmp(interface->name, nla_get_string(attrs[IFLA_IFNAME])) != 0)
			continue;
		interface->index = (uint32_t)ifi->ifi_index;
		interface->up = (ifi->ifi_flags & IFF_UP) && (ifi->ifi_flags & IFF_RUNNING);
		interface->ethernet = ifi->ifi_type == ARPHRD_ETHER;
		interface->mtu = attrs[IFLA_MTU] ? nla_get_u32(attrs[IFLA_MTU]) : 0;
	}
}

static void on_address(void *user, struct nlmsghdr *answer)
{
	const struct ifaddrmsg *ifa = nlmsg_data(answer);
	struct addresses *list = &((struct listing *)user)->addresses;
	struct nlattr *attrs[IFA_MAX + 1], *attr;

	if (answer->nlmsg_type != RTM_NEWADDR || nlmsg_parse(answer, (int)sizeof(*ifa), attrs, IFA_MAX, NULL) < 0 ||
	    ifa->ifa_scope >= RT_SCOPE_LINK || list->count == ADDRESSES_MAX)
		return;
	attr = attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS]; /* of a point-to-point link the latter is the peer's */
	if (ifa->ifa_family == AF_INET && attr && nla_len(attr) == 4)
		list->addr[list->count++] = pmip_addr_from_ipv4(nla_data(attr));
	else if (ifa->ifa_family == AF_INET6 && attr && nla_len(attr) == 16)
		memcpy(&list->addr[list->count++], nla_data(attr), 16);
}

/* A default route over an interface: the main table's before those of others, then that of the lowest metric. */
static void take_way(struct listing *listing, const struct pmip__route *route)
{
	const int family = pmip__nl_is_ipv4(&route->dst) ? FLOWMOB__IPV4 : FLOWMOB__IPV6;
	const uint64_t rank = (uint64_t)(route->table != RT_TABLE_MAIN) << 32 | route->metric;

	for (unsigned int i = 0; i < listing->routes->count; i++) {
		struct flowmob__interface *interface = &listing->interface[i];

		if (!interface->up || interface->index != route->oif ||
		    (interface->way[family].there && listing->rank[i][family] <= rank))
			continue;
		interface->way[family].there = true;
		interface->way[family].router = route->via;
		listing->rank[i][family] = rank;
	}
}

/* The next hops of a multipath route. */
static void take_ways(struct listing *listing, struct pmip__route *route, const struct nlattr *multipath)
{
	const uint8_t *at = nla_data(multipath);
	size_t left = (size_t)nla_len(multipath);
	struct rtnexthop hop;

	for (; left >= sizeof(hop); at += NLMSG_ALIGN(hop.rtnh_len), left -= NLMSG_ALIGN(hop.rtnh_len)) {
		memcpy(&hop, at, sizeof(hop));
		if (hop.rtnh_len < sizeof(hop) || NLMSG_ALIGN(hop.rtnh_len) > left)
			return;
		route->oif = (uint32_t)hop.rtnh_ifindex;
		pmip__nl_read_addr(&route->via, nla_find((const struct nlattr *)(const void *)(at + sizeof(hop)),
							 (int)(hop.rtnh_len - sizeof(hop)), RTA_GATEWAY));
		take_way(listing, route);
	}
}

static void on_route(void *user, struct nlmsghdr *answer)
{
	struct listing *listing = user;
	struct nlattr *multipath;
	struct pmip__route route;
	uint8_t protocol;

	if (answer->nlmsg_type != RTM_NEWROUTE)
		return;
	protocol = pmip__nl_read_route(&route, answer);
	if (!protocol || protocol == pmip__nl_protocol(listing->routes->nl) || route.src.len ||
	    route.dst.len != (pmip__nl_is_ipv4(&route.dst) ? pmip__nl_ipv4.len : 0))
		return;
	multipath = nlmsg_find_attr(answer, (int)sizeof(struct rtmsg), RTA_MULTIPATH);
	if (multipath)
		take_ways(listing, &route, multipath);
	else if (route.oif)
		take_way(listing, &route);
}

static int list_routes(struct flowmob__interface_routes *r, struct listing *listing, uint8_t family)
{
	struct rtmsg header = { .rtm_family = family };

	return pmip__nl_dump(r->nl, pmip__nl_request(RTM_GETROUTE, 0, &header, sizeof(header)), on_route, listing);
}

static int list_all(struct flowmob__interface_routes *r, struct listing *listing)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	int err = pmip__nl_dump(r->nl, pmip__nl_request(RTM_GETLINK, 0, &ifi, sizeof(ifi)), on_link, listing);

	if (err == 0)
		err = pmip__nl_dump(r->nl, pmip__nl_request(RTM_GETADDR, 0, &ifa, sizeof(ifa)), on_address, listing);
	if (err == 0)
		err = list_routes(r, listing, AF_INET6);
	if (err == 0)
		err = list_routes(r, listing, AF_INET);
	return err;
}

/* IPv4 takes packets for any of our addresses on any interface, unless told otherwise. */
static void advise(const struct flowmob__interface_routes *r, const struct flowmob__interface *is)
{
	const int all = pmip__if_sysctl_get("ipv4/conf", "all", "rp_filter"), own = pmip__if_sysctl_get("ipv4/conf", is->name, "rp_filter");

	if ((all == 1 && own <= 1) || (own == 1 && all <= 1))
		pmip__backend_log(&r->log, PMIP_LOG_WARN, area,
				  "IPv4 flows that move to %s may be dropped, for their addresses are another interface's; "
				  "`sysctl -w net.ipv4.conf.%s.rp_filter=2`",
				  is->name, is->name);
}

/* The table of an interface. A route that is there is set all the same: an interface that was down for a moment has lost it. */
static void set_ways(struct flowmob__interface_routes *r, const struct flowmob__interface *was, const struct flowmob__interface *is)
{
	int result;

	for (int family = 0; family < FLOWMOB__FAMILIES; family++) {
		struct pmip__route route = {
			.dst = family == FLOWMOB__IPV4 ? pmip__nl_ipv4 : (struct pmip_prefix){ .len = 0 },
			.table = is->table,
			.metric = PMIP__ROUTE_METRIC,
		};

		if (is->way[family].there) {
			route.oif = is->index;
			route.via = is->way[family].router;
			route.onlink = !pmip_addr_is_unspecified(&route.via);
			pmip__nl_route_set(r->nl, &route, &result);
		} else if (was->way[family].there || !r->known) {
			pmip__nl_route_del(r->nl, &route, &result);
		}
		pmip__nl_flush(r->nl);
	}
}

/* Both lists are sorted. */
static void tell_addresses(struct flowmob__interface_routes *r, const struct addresses *is)
{
	const struct addresses *was = &r->addresses;
	unsigned int a = 0, b = 0;
	int order;

	while (r->watch.address && (a < was->count || b < is->count)) {
		order = a == was->count ? 1 : b == is->count ? -1 : compare_addr(&was->addr[a], &is->addr[b]);
		if (order < 0)
			r->watch.address(r->watch.user, &was->addr[a++], false);
		else if (order > 0)
			r->watch.address(r->watch.user, &is->addr[b++], true);
		else
			a++, b++;
	}
	r->addresses = *is;
}

static void refresh(struct flowmob__interface_routes *r)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	if (!listing)
		return; /* stays dirty */
	listing->routes = r;
	for (unsigned int i = 0; i < r->count; i++) {
		snprintf(listing->interface[i].name, sizeof(listing->interface[i].name), "%s", r->interface[i].name);
		listing->interface[i].mark = r->interface[i].mark;
		listing->interface[i].table = r->interface[i].table;
	}
	if (list_all(r, listing) < 0)
		goto out;
	r->dirty = false;
	qsort(listing->addresses.addr, listing->addresses.count, sizeof(listing->addresses.addr[0]), compare_addr);
	tell_addresses(r, &listing->addresses);
	for (unsigned int i = 0; i < r->count; i++) {
		struct flowmob__interface was = r->interface[i];

		set_ways(r, &was, &listing->interface[i]);
		if (listing->interface[i].index && listing->interface[i].index != was.index)
			advise(r, &listing->interface[i]);
		r->interface[i] = listing->interface[i];
		if (memcmp(&was, &r->interface[i], sizeof(was)) != 0)
			r->watch.interface(r->watch.user, &was, &r->interface[i]);
	}
	r->known = true;
out:
	free(listing);
}

/* Whether a message tells of something that is not our own doing. */
static bool is_news(const struct flowmob__interface_routes *r, const struct nlmsghdr *message)
{
	const struct rtmsg *route = nlmsg_data(message);

	return (message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE) ||
	       route->rtm_protocol != pmip__nl_protocol(r->nl);
}

void flowmob__interface_routes_read(struct flowmob__interface_routes *routes)
{
	union {
		struct nlmsghdr header;
		char octets[NEWS_OCTETS];
	} news;
	ssize_t got;
	int left;

	for (;;) {
		got = recv(nl_socket_get_fd(routes->news), news.octets, sizeof(news.octets), MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == ENOBUFS) {
			routes->dirty = true;
			continue;
		}
		if (got <= 0)
			break;
		left = (int)got;
		for (struct nlmsghdr *at = &news.header; nlmsg_ok(at, left); at = nlmsg_next(at, &left))
			routes->dirty |= is_news(routes, at);
	}
	if (routes->dirty)
		refresh(routes);
}

static void set_rules(struct flowmob__interface_routes *r)
{
	int result[FLOWMOB__FAMILIES * FLOWMOB_INTERFACES_MAX], *at = result;

	for (unsigned int i = 0; i < r->count; i++) {
		for (int family = 0; family < FLOWMOB__FAMILIES; family++) {
			struct pmip__rule rule = {
				.src = family == FLOWMOB__IPV4 ? pmip__nl_ipv4 : (struct pmip_prefix){ .len = 0 },
				.mark = r->interface[i].mark,
				.mask = UINT32_MAX,
				.table = r->interface[i].table,
				.priority = r->priority,
			};

			pmip__nl_rule_set(r->nl, &rule, at++);
		}
	}
	pmip__nl_flush(r->nl);
}

/* What carries our protocol number. */
struct left {
	const struct flowmob__interface_routes *routes;
	bool all; /* what is in force now, too */
	unsigned int rule_count, route_count;
	struct pmip__rule rules[LEFT_MAX];
	struct pmip__route found[LEFT_MAX];
};

static bool is_in_force(const struct left *left, uint32_t table)
{
	return !left->all && table >= left->routes->table && table < left->routes->table + left->routes->count;
}

static void on_our_rule(void *user, const struct pmip__rule *rule)
{
	struct left *left = user;

	if (rule->mask && left->rule_count < LEFT_MAX &&
	    !(is_in_force(left, rule->table) && rule->priority == left->routes->priority &&
	      rule->mark == left->routes->interface[rule->table - left->routes->table].mark))
		left->rules[left->rule_count++] = *rule;
}

static void on_our_route(void *user, const struct pmip__route *route)
{
	struct left *left = user;

	if (left->route_count < LEFT_MAX && !is_in_force(left, route->table))
		left->found[left->route_count++] = *route;
}

/* FMP-13 for a mobile node: what a killed process has left, or what we have made. */
static void sweep(struct flowmob__interface_routes *r, bool all)
{
	struct left *left = calloc(1, sizeof(*left));
	int result;

	if (!left)
		return;
	left->routes = r;
	left->all = all;
	pmip__nl_each_rule(r->nl, on_our_rule, left);
	pmip__nl_each_route(r->nl, on_our_route, left);
	for (unsigned int i = 0; i < left->rule_count; i++) {
		left->rules[i].iif = NULL;
		pmip__nl_rule_del(r->nl, &left->rules[i], &result);
	}
	for (unsigned int i = 0; i < left->route_count; i++)
		pmip__nl_route_del(r->nl, &left->found[i], &result);
	pmip__nl_flush(r->nl);
	free(left);
}

static int watch_news(struct flowmob__interface_routes *r)
{
	r->news = nl_socket_alloc();
	if (!r->news)
		return PMIP_ERR_NOMEM;
	if (nl_connect(r->news, NETLINK_ROUTE) == 0 && nl_socket_set_nonblocking(r->news) == 0 &&
	    nl_socket_add_memberships(r->news, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
				      RTNLGRP_IPV6_ROUTE, 0) == 0)
		return 0;
	pmip__backend_log(&r->log, PMIP_LOG_ERROR, area, "cannot watch interfaces and routes by rtnetlink: %s", strerror(errno));
	return PMIP_ERR_OS;
}

int flowmob__interface_routes_new(struct flowmob__interface_routes **routes, const struct flowmob_weak_host_config *config,
				  const struct flowmob__interface_watch *watch, const struct pmip_log *log)
{
	struct flowmob__interface_routes *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return PMIP_ERR_NOMEM;
	if (log)
		r->log = *log;
	r->watch = *watch;
	r->dirty = true;
	r->table = config->table;
	r->priority = config->rule_priority;
	r->count = config->interface_count;
	for (unsigned int i = 0; i < r->count; i++) {
		snprintf(r->interface[i].name, sizeof(r->interface[i].name), "%s", config->interface[i]);
		r->interface[i].mark = config->mark + i;
		r->interface[i].table = config->table + i;
	}
	err = pmip__nl_new(&r->nl, NETLINK_ROUTE, config->route_protocol, log);
	if (err == 0)
		err = watch_news(r);
	if (err < 0) {
		flowmob__interface_routes_free(r);
		return err;
	}
	sweep(r, false);
	set_rules(r);
	*routes = r;
	return 0;
}

void flowmob__interface_routes_free(struct flowmob__interface_routes *routes)
{
	if (!routes)
		return;
	if (routes->nl && routes->news)
		sweep(routes, true);
	nl_socket_free(routes->news);
	pmip__nl_free(routes->nl);
	free(routes);
}

int flowmob__interface_routes_fd(const struct flowmob__interface_routes *routes)
{
	return nl_socket_get_fd(routes->news);
}

const struct flowmob__interface *flowmob__interface_routes_get(const struct flowmob__interface_routes *routes, unsigned int i)
{
	return i < routes->count ? &routes->interface[i] : NULL;
}
