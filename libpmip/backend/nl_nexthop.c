/* SPDX-License-Identifier: BSD-2-Clause */
/* Nexthop objects as rtnetlink messages. One of IPv6 without an address serves routes of IPv4 as well. */
#include <errno.h>
#include <sys/socket.h>

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "backend/nl_nexthop.h"

static struct nl_msg *nexthop_request(struct pmip__nl *nl, int type, int flags, uint32_t id, uint32_t oif)
{
	struct nhmsg header = { .nh_family = type == RTM_NEWNEXTHOP ? AF_INET6 : AF_UNSPEC,
				.nh_protocol = type == RTM_NEWNEXTHOP ? pmip__nl_protocol(nl) : 0 };
	struct nl_msg *msg = pmip__nl_request(type, flags, &header, sizeof(header));
	int err;

	if (msg == NULL)
		return NULL;
	err = nla_put_u32(msg, NHA_ID, id);
	if (oif != 0)
		err |= nla_put_u32(msg, NHA_OIF, oif);
	return pmip__nl_finished(msg, err);
}

void pmip__nl_nexthop_add(struct pmip__nl *nl, const struct pmip__nexthop *nexthop, bool again, int *result)
{
	pmip__nl_put(nl, nexthop_request(nl, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_EXCL, nexthop->id, nexthop->oif), again ? EEXIST : 0,
		     result);
}

void pmip__nl_nexthop_move(struct pmip__nl *nl, const struct pmip__nexthop *nexthop, int *result)
{
	pmip__nl_put(nl, nexthop_request(nl, RTM_NEWNEXTHOP, NLM_F_REPLACE, nexthop->id, nexthop->oif), 0, result);
}

void pmip__nl_nexthop_del(struct pmip__nl *nl, uint32_t id, int *result)
{
	pmip__nl_put(nl, nexthop_request(nl, RTM_DELNEXTHOP, 0, id, 0), ENOENT, result);
}

struct walk {
	void *user;
	void (*each)(void *user, const struct pmip__nexthop *nexthop);
};

static void walk_nexthop(void *user, struct nlmsghdr *answer)
{
	const struct walk *walk = user;
	const struct nhmsg *header = nlmsg_data(answer);
	struct nlattr *attrs[NHA_MAX + 1];
	struct pmip__nexthop nexthop;

	if (answer->nlmsg_type != RTM_NEWNEXTHOP || nlmsg_parse(answer, (int)sizeof(*header), attrs, NHA_MAX, NULL) < 0 ||
	    attrs[NHA_ID] == NULL)
		return;
	nexthop = (struct pmip__nexthop){ .id = nla_get_u32(attrs[NHA_ID]), .protocol = header->nh_protocol };
	if (attrs[NHA_OIF] != NULL && attrs[NHA_GATEWAY] == NULL)
		nexthop.oif = nla_get_u32(attrs[NHA_OIF]);
	walk->each(walk->user, &nexthop);
}

int pmip__nl_each_nexthop(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__nexthop *nexthop), void *user)
{
	struct walk walk = { .user = user, .each = each };
	struct nhmsg header = { .nh_family = AF_UNSPEC };

	return pmip__nl_dump(nl, pmip__nl_request(RTM_GETNEXTHOP, 0, &header, sizeof(header)), walk_nexthop, &walk);
}
