/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "backend/access_links.h"
#include "backend/if_sysctl.h"

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

static struct pmip__rule rule_of(const struct pmip__access_links *links,
				 const struct pmip__access_link *link, struct pmip_prefix src)
{
	return (struct pmip__rule){ .src = src,
				    .iif = link->name,
				    .table = links->table,
				    .priority = links->priority };
}

static bool has_own_table(const struct pmip__access_links *links, const struct pmip__access_link *link)
{
	return links->own_tables && link->ifindex != 0;
}

/* FWD-2. */
static struct pmip__rule own_rule_of(const struct pmip__access_links *links, const struct pmip__access_link *link)
{
	return (struct pmip__rule){ .iif = link->name,
				    .table = links->table + link->ifindex,
				    .priority = links->priority - 1 };
}

static void set_rules(struct pmip__access_links *links, struct pmip__access_link *link)
{
	struct pmip__rule rule = rule_of(links, link, (struct pmip_prefix){ .len = 0 });

	pmip__nl_rule_set(links->nl, &rule, &link->rule_result);
	if (!has_own_table(links, link))
		return;
	rule = own_rule_of(links, link);
	pmip__nl_rule_set(links->nl, &rule, &link->own_result);
}

/* The MAG is the IPv4 default router, by the same link-layer address everywhere (RFC 5844 section 3.2.3.2). Whatever a node says of its own
 * address is not answered: it would take us for another owner (RFC 5227 section 2.4). Off is what the kernel begins with, for what
 * was there before a killed predecessor nobody knows.
 * V4F-3. */
static int answer_arp(const char *ifname, bool on)
{
	static const struct {
		const char *tree, *name;
		int on, off;
	} setting[] = {
		{ "ipv4/conf", "drop_gratuitous_arp", 1, 0 },
		{ "ipv4/neigh", "proxy_delay", 0, 80 }, /* of broadcast requests, 1/100 s, random */
		{ "ipv4/conf", "proxy_arp", 1, 0 },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(setting) / sizeof(setting[0]) && err == 0; i++)
		err = pmip__if_sysctl_set(setting[i].tree, ifname, setting[i].name,
					  on ? setting[i].on : setting[i].off);
	return err;
}

/* IPv4 too goes into a tunnel or nowhere. V4F-2, V4F-3. */
static int use_ipv4(struct pmip__access_links *links, struct pmip__access_link *link)
{
	struct pmip__rule rule = rule_of(links, link, pmip__nl_ipv4);
	int err;

	if (link->ipv4 && link->ipv4_result == 0)
		return 0;
	err = answer_arp(link->name, true);
	if (err < 0)
		return err;
	link->ipv4 = true;
	pmip__nl_rule_set(links->nl, &rule, &link->ipv4_result);
	return 0;
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
		set_rules(links, link);
	}
	err = pmip__nl_flush(links->nl);
	for (struct pmip__access_link *link = links->first; link && !err; link = link->next)
		err = link->rule_result;
	return err;
}

static bool leads_alike(const struct pmip__rule *a, const struct pmip__rule *b)
{
	return a->table == b->table && a->priority == b->priority && !strcmp(a->iif, b->iif);
}

bool pmip__access_rule_wanted(const struct pmip__access_links *links, const struct pmip__rule *rule)
{
	bool ipv4 = pmip__nl_is_ipv4(&rule->src);

	for (const struct pmip__access_link *link = links->first; link; link = link->next) {
		struct pmip__rule closing = rule_of(links, link, rule->src), own = own_rule_of(links, link);

		if (leads_alike(rule, &closing) && (link->ipv4 || !ipv4))
			return true;
		if (leads_alike(rule, &own) && has_own_table(links, link) && !ipv4)
			return true;
	}
	return false;
}

void pmip__access_rule_del(struct pmip__nl *nl, const struct pmip__rule *rule, int *result)
{
	if (rule->iif && pmip_prefix_equal(&rule->src, &pmip__nl_ipv4))
		answer_arp(rule->iif, false);
	pmip__nl_rule_del(nl, rule, result);
}

int pmip__access_link_use(struct pmip__access_links *links, unsigned int ifindex,
			  const struct pmip_prefix *prefix)
{
	struct pmip__access_link *link = pmip__access_link_find(links, ifindex);
	char name[IF_NAMESIZE];
	int err;

	if (!link || link->rule_result < 0 || link->own_result < 0) {
		if (!if_indextoname(ifindex, name))
			return PMIP_ERR_NOENT;
		if (!link)
			link = add(links, ifindex);
		if (!link)
			return PMIP_ERR_NOMEM;
		memcpy(link->name, name, sizeof(link->name));
		set_rules(links, link);
	}
	link->users++;
	err = pmip__nl_is_ipv4(prefix) ? use_ipv4(links, link) : 0;
	if (err < 0)
		pmip__access_link_leave(links, ifindex);
	return err;
}

int pmip__access_link_result(const struct pmip__access_link *link, const struct pmip_prefix *prefix)
{
	if (link->rule_result < 0)
		return link->rule_result;
	return pmip__nl_is_ipv4(prefix) ? link->ipv4_result : link->own_result;
}

void pmip__access_link_leave(struct pmip__access_links *links, unsigned int ifindex)
{
	struct pmip__access_link **at = &links->first, *link;
	struct pmip__rule rules[3];
	char name[IF_NAMESIZE];

	while (*at && (*at)->ifindex != ifindex)
		at = &(*at)->next;
	link = *at;
	if (!link || --link->users > 0 || if_indextoname(ifindex, name))
		return;
	pmip__nl_flush(links->nl); /* a queued rule_set writes to the link we free */
	*at = link->next;
	rules[0] = rule_of(links, link, (struct pmip_prefix){ .len = 0 });
	rules[1] = own_rule_of(links, link);
	rules[2] = rule_of(links, link, pmip__nl_ipv4);
	for (size_t i = 0; i < 2 + (size_t)link->ipv4; i++) {
		if (!pmip__access_rule_wanted(links, &rules[i]))
			pmip__access_rule_del(links->nl, &rules[i], &links->ignored);
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
