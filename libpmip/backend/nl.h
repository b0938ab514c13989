/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and rules by netlink, many in one send, and a queue for other kinds of request. Results arrive with the flush. Used by both
 * datapaths. */
#ifndef PMIP_BACKEND_NL_H
#define PMIP_BACKEND_NL_H

#include <linux/netlink.h>

#include <pmip/error.h>
#include <pmip/log.h>

struct nl_msg;
struct nlattr;
struct nlmsghdr;
struct pmip__nl;

/* All of IPv4, ::ffff:0.0.0.0/96: what stands for 0.0.0.0/0 here. */
extern const struct pmip_prefix pmip__nl_ipv4;

static inline bool pmip__nl_is_ipv4(const struct pmip_prefix *prefix)
{
	return pmip_addr_is_ipv4_mapped(&prefix->addr);
}

/* The metric of our routes: between the kernel's on-link routes, 256 (IPv4: 0), and an administrator's, 1024 (IPv4: 0), so that they
 * replace neither. */
enum { PMIP__ROUTE_METRIC = 512 };

/* A route, of IPv4 if dst is in pmip__nl_ipv4. Zero fields mean "any" or "none". */
struct pmip__route {
	struct pmip_prefix dst;
	struct pmip_prefix src; /* len > 0: source-specific (CONFIG_IPV6_SUBTREES); not with IPv4 */
	uint32_t table;         /* 0 = main */
	uint32_t oif;           /* 0 = blackhole, unless there is a nexthop */
	uint32_t nexthop;       /* number of a nexthop object (nl_nexthop.h) instead of oif and via; not with src; 0 = none */
	struct pmip_addr via;   /* next hop, of the same family; :: = on-link */
	bool onlink;            /* via is a neighbour whatever the other routes say */
	uint32_t mtu;           /* 0 = the device's */
	uint32_t metric;        /* 0 = kernel's default, 1024; a set replaces only the route with the same metric */
};

/* A rule "from SRC iif IFACE fwmark MARK/MASK lookup TABLE", of IPv4 if src is in pmip__nl_ipv4. To remove one: iif NULL, table 0 and
 * mask 0 are any. */
struct pmip__rule {
	struct pmip_prefix src; /* len 0 = all of IPv6 */
	const char *iif;
	uint32_t table;
	uint32_t priority;
	uint32_t mark;
	uint32_t mask; /* 0 = whatever the mark */
};

/* family: NETLINK_ROUTE for routes and rules; protocol: the number that they carry. */
int pmip__nl_new(struct pmip__nl **nl, int family, uint8_t protocol, const struct pmip_log *log);
void pmip__nl_free(struct pmip__nl *nl);
/* Queue a change. *result (borrowed until the flush) becomes 0 or an enum pmip_err; setting what is there and removing what is not
 * there are both successes. A full queue flushes itself. Nothing is done before the flush, and all is done in the order queued. */
void pmip__nl_route_set(struct pmip__nl *nl, const struct pmip__route *route, int *result);
void pmip__nl_route_del(struct pmip__nl *nl, const struct pmip__route *route, int *result);
void pmip__nl_rule_set(struct pmip__nl *nl, const struct pmip__rule *rule, int *result);
void pmip__nl_rule_del(struct pmip__nl *nl, const struct pmip__rule *rule, int *result);
/* Send what is queued in one system call and read what the kernel answers. @return 0, or PMIP_ERR_OS when the send itself failed. */
int pmip__nl_flush(struct pmip__nl *nl);
/* Walk the kernel's routes and rules that carry our protocol number, whoever made them. The callback must not call nl. What changes
 * during the walk may be shown twice. */
int pmip__nl_each_route(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__route *route), void *user);
int pmip__nl_each_rule(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__rule *rule), void *user);

/* Read a route that the kernel tells. @return its protocol number, 0 when it is no IP route. */
uint8_t pmip__nl_read_route(struct pmip__route *route, struct nlmsghdr *header);
/* Read the attribute of an address; untouched when there is none. */
void pmip__nl_read_addr(struct pmip_addr *addr, const struct nlattr *attr);

/* For other kinds of request (nl_tunnel.c). A request with its fixed header, NULL without memory. */
struct nl_msg *pmip__nl_request(int type, int flags, const void *header, size_t len);
/* msg when err, of all the attributes put into it, is 0; else NULL, and msg is freed. */
struct nl_msg *pmip__nl_finished(struct nl_msg *msg, int err);
/* Queue msg, which is consumed (NULL: there was no memory for it); the errno `harmless`
 * counts as success. */
void pmip__nl_put(struct pmip__nl *nl, struct nl_msg *msg, int harmless, int *result);
/* Dump: send the request (consumed, NULL as above), hand each answer to each.
 * @retval 0 done  @retval PMIP_ERR_UNSUPPORTED the kernel does not know such requests, nothing is logged  @retval PMIP_ERR_OS, PMIP_ERR_NOMEM. */
int pmip__nl_dump(struct pmip__nl *nl, struct nl_msg *request, void (*each)(void *user, struct nlmsghdr *answer), void *user);
/* Ask for one thing: hand the answer to each. @retval 0 done  @retval PMIP_ERR_NOENT there is none  @retval PMIP_ERR_OS, PMIP_ERR_NOMEM. */
int pmip__nl_ask(struct pmip__nl *nl, struct nl_msg *request, void (*each)(void *user, struct nlmsghdr *answer), void *user);
/* The interface by which packets to an address leave; 0 = there is no route. */
uint32_t pmip__nl_route_oif(struct pmip__nl *nl, const struct pmip_addr *addr);
/* The protocol number given to pmip__nl_new(). */
uint8_t pmip__nl_protocol(const struct pmip__nl *nl);
/* What a request asks, for people: "set route 2001:db8::/64 dev 5 table 254". @return buf. */
char *pmip__nl_describe(struct nlmsghdr *request, char *buf, size_t size);

#endif
