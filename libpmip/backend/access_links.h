/* SPDX-License-Identifier: BSD-2-Clause */
/* The access links of a MAG, those it was told of and those it has had bindings on, each with its rule "iif LINK lookup our table". A rule
 * stays as long as its link, bindings or not, so that what an unbound node sends is dropped and
 * never routed past the tunnel. Where each link has a table of its own for IPv6, our table's number plus its interface index, a rule for that
 * stands before the link's, as soon as it has had a binding.
 *
 * A link that has had an IPv4 binding (RFC 5844) has such a rule for IPv4 too, and answers ARP for whatever address a mobile node takes
 * for its default router. So every MAG is that router, and as their links have one link-layer address, a handover changes nothing for
 * the mobile node. */
#ifndef PMIP_BACKEND_ACCESS_LINKS_H
#define PMIP_BACKEND_ACCESS_LINKS_H

#include <net/if.h>

#include "backend/nl.h"

struct pmip__access_link {
	struct pmip__access_link *next;
	unsigned int ifindex; /* 0 = known by its name alone, and for good */
	char name[IF_NAMESIZE];
	unsigned int users; /* bindings */
	bool ipv4;          /* has had an IPv4 binding */
	int rule_result;
	int own_result;     /* of the rule for its own table */
	int ipv4_result;    /* of the IPv4 rule */
};

struct pmip__access_links {
	struct pmip__access_link *first;
	struct pmip__nl *nl;
	uint32_t table;
	uint32_t priority;  /* of the rules that close links; the others' is one less */
	bool own_tables;    /* each link has one for IPv6 */
	int ignored; /* results that nobody waits for */
};

/* Set the rules of links known beforehand.
 * @return 0 or an error of any of the rules */
int pmip__access_links_close(struct pmip__access_links *links, const char *const *names,
			     unsigned int count);
/* One more binding of prefix's family on the link. A new link's rule is queued; pmip__access_link_result() after the flush.
 * @retval PMIP_ERR_NOENT there is no such interface  @retval PMIP_ERR_OS it cannot be made to answer ARP */
int pmip__access_link_use(struct pmip__access_links *links, unsigned int ifindex,
			  const struct pmip_prefix *prefix);
/* Whether the link is as a binding of prefix needs it: 0 or an error. */
int pmip__access_link_result(const struct pmip__access_link *link, const struct pmip_prefix *prefix);
/* One binding less. The rule of a link that has vanished is queued for removal. */
void pmip__access_link_leave(struct pmip__access_links *links, unsigned int ifindex);
/* NULL = never used. */
struct pmip__access_link *pmip__access_link_find(const struct pmip__access_links *links,
						 unsigned int ifindex);
/* Whether it is the rule of a link that there is. */
bool pmip__access_rule_wanted(const struct pmip__access_links *links, const struct pmip__rule *rule);
/* Queue removing a link's rule; with that of IPv4 the link no longer answers ARP for others. */
void pmip__access_rule_del(struct pmip__nl *nl, const struct pmip__rule *rule, int *result);
void pmip__access_links_free(struct pmip__access_links *links);

#endif
