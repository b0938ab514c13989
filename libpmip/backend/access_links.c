/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "backend/access_links.h"

struct pmip__access_link *pmip__access_link_find(const struct pmip__access_links *links,
						 unsigned int ifindex)
{
	struct pmip__access_link *link = links->first;

	while (link && (link->ifindex != ifindex || ifindex == 0))
		link = link->next;
	return link;
}

static struct pmip__access_link *add(struct pmip__access_links *links, unsigned int ifindex)
{
	struct pmip__access_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->ifindex = ifindex;
	link->next = links->first;
	links->first = link;
	return link;
}

static void set_rule(struct pmip__access_links *links, struct pmip__access_link *link)
{
	pmip__nl_rule_set(links->nl,
			  &(struct pmip__rule){ .iif = link->name,
						.table = links->table,
						.priority = links->priority },
			  &link->rule_result);
}

int pmip__access_links_close(struct pmip__access_links *links, const char *const *names,
			     unsigned int count)
{
	int err;

	for (unsigned int i = 0; i < count; i++) {
		struct pmip__access_link *link;

		if (strlen(names[i]) >= IF_NAMESIZE)
			return PMIP_ERR_INVALID;
		link = add(links, 0);
		if (!link)
			return PMIP_ERR_NOMEM;
		memcpy(link->name, names[i], strlen(names[i]) + 1);
		set_rule(links, link);
	}
	err = pmip__nl_flush(links->nl);
	for (struct pmip__access_link *link = links->first; link && !err; link = link->next)
		err = link->rule_result;
	return err;
}

bool pmip__access_link_named(const struct pmip__access_links *links, const char *name)
{
	for (const struct pmip__access_link *link = links->first; link; link = link->next) {
		if (!strcmp(link->name, name))
			return true;
	}
	return false;
}

int pmip__access_link_use(struct pmip__access_links *links, unsigned int ifindex)
{
	struct pmip__access_link *link = pmip__access_link_find(links, ifindex);
	char name[IF_NAMESIZE];

	if (link && link->rule_result == 0) {
		link->users++;
		return 0;
	}
	if (!if_indextoname(ifindex, name))
		return PMIP_ERR_NOENT;
	if (!link) {
		link = add(links, ifindex);
		if (!link)
			return PMIP_ERR_NOMEM;
	}
	memcpy(link->name, name, sizeof(link->name));
	link->users++;
	set_rule(links, link);
	return 0;
}

void pmip__access_link_leave(struct pmip__access_links *links, unsigned int ifindex)
{
	struct pmip__access_link **at = &links->first, *link;
	char name[IF_NAMESIZE];

	while (*at && (*at)->ifindex != ifindex)
		at = &(*at)->next;
	link = *at;
	if (!link || --link->users > 0 || if_indextoname(ifindex, name))
		return;
	pmip__nl_flush(links->nl); /* a queued rule_set writes to the link we free */
	*at = link->next;
	if (!pmip__access_link_named(links, link->name)) {
		pmip__nl_rule_del(links->nl,
				  &(struct pmip__rule){ .iif = link->name,
							.table = links->table,
							.priority = links->priority },
				  &links->ignored);
	}
	free(link);
}

void pmip__access_links_free(struct pmip__access_links *links)
{
	struct pmip__access_link *next;

	for (struct pmip__access_link *link = links->first; link; link = next) {
		next = link->next;
		free(link);
	}
	links->first = NULL;
}
