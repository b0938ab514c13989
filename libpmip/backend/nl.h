/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and rules by netlink, many in one send. Results arrive with the flush. Used by both datapaths. */
#ifndef PMIP_BACKEND_NL_H
#define PMIP_BACKEND_NL_H

#include <pmip/error.h>
#include <pmip/log.h>

struct pmip__nl;

/* An IPv6 route. Zero fields mean "any" or "none". */
struct pmip__route {
	struct pmip_prefix dst;
	struct pmip_prefix src; /* len > 0: source-specific (CONFIG_IPV6_SUBTREES) */
	uint32_t table;         /* 0 = main */
	uint32_t oif;           /* 0 = blackhole */
	uint32_t mtu;           /* 0 = the device's */
	uint32_t metric;        /* 0 = kernel's default */
};

/* A rule "from all iif IFACE lookup TABLE". */
struct pmip__rule {
	const char *iif;
	uint32_t table;
	uint32_t priority;
};

int pmip__nl_new(struct pmip__nl **nl, uint8_t protocol, const struct pmip_log *log);
void pmip__nl_free(struct pmip__nl *nl);
/* Queue a change. *result (borrowed until the flush) becomes 0 or an enum pmip_err; setting what is there and removing what is not
 * there are both successes. A full queue flushes itself. */
void pmip__nl_route_set(struct pmip__nl *nl, const struct pmip__route *route, int *result);
void pmip__nl_route_del(struct pmip__nl *nl, const struct pmip__route *route, int *result);
void pmip__nl_rule_set(struct pmip__nl *nl, const struct pmip__rule *rule, int *result);
void pmip__nl_rule_del(struct pmip__nl *nl, const struct pmip__rule *rule, int *result);
/* Send what is queued in one system call and read the acknowledgements. */
int pmip__nl_flush(struct pmip__nl *nl);
/* Walk the kernel's routes and rules that carry our protocol number, whoever made them. The callback must not call nl. */
int pmip__nl_each_route(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__route *route), void *user);
int pmip__nl_each_rule(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__rule *rule), void *user);

#endif
