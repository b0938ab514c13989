/* SPDX-License-Identifier: BSD-2-Clause */
/* The access links of a MAG, those it was told of and those it has had bindings on, each with its rule "iif LINK lookup our table". A rule
 * stays as long as its link, bindings or not, so that what an unbound node sends is dropped and
 * never routed past the tunnel. */
#ifndef PMIP_BACKEND_ACCESS_LINKS_H
#define PMIP_BACKEND_ACCESS_LINKS_H

#include <net/if.h>

#include "backend/nl.h"

struct pmip__access_link {
	struct pmip__access_link *next;
	unsigned int ifindex; /* 0 = known by its name alone, and for good */
	char name[IF_NAMESIZE];
	unsigned int users; /* bindings */
	int rule_result;
};

struct pmip__access_links {
	struct pmip__access_link *first;
	struct pmip__nl *nl;
	uint32_t table;
	uint32_t priority;
	int ignored; /* results that nobody waits for */
};

/* Set the rules of links known beforehand.
 * @return 0 or an error of any of the rules */
int pmip__access_links_close(struct pmip__access_links *links, const char *const *names,
			     unsigned int count);
/* One more binding on the link. A new link's rule is queued; its result stands in rule_result after
 * the flush.
 * @retval PMIP_ERR_NOENT there is no such interface */
int pmip__access_link_use(struct pmip__access_links *links, unsigned int ifindex);
/* One binding less. The rule of a link that has vanished is queued for removal. */
void pmip__access_link_leave(struct pmip__access_links *links, unsigned int ifindex);
/* NULL = never used. */
struct pmip__access_link *pmip__access_link_find(const struct pmip__access_links *links,
						 unsigned int ifindex);
bool pmip__access_link_named(const struct pmip__access_links *links, const char *name);
void pmip__access_links_free(struct pmip__access_links *links);

#endif
