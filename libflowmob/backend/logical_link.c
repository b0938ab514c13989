/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <net/if.h> /* before linux/if.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_bonding.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "libflowmob/backend/logical_link.h"

enum {
	MII_INTERVAL_MS = 20, /* how often the bonding driver looks at its slaves' links */
};

static const char bond[] = "bond", veth[] = "veth";

static void read_bond(struct flowmob__link *link, struct nlattr *data)
{
	struct nlattr *attrs[IFLA_BOND_MAX + 1];

	link->kind = FLOWMOB__LINK_BOND;
	if (!data || nla_parse_nested(attrs, IFLA_BOND_MAX, data, NULL) < 0)
		return;
	if (attrs[IFLA_BOND_MODE])
		link->mode = nla_get_u8(attrs[IFLA_BOND_MODE]);
	if (attrs[IFLA_BOND_ACTIVE_SLAVE])
		link->active = nla_get_u32(attrs[IFLA_BOND_ACTIVE_SLAVE]);
}

static void read_bond_slave(struct flowmob__link *link, struct nlattr *data)
{
	struct nlattr *attrs[IFLA_BOND_SLAVE_MAX + 1];

	if (!data || nla_parse_nested(attrs, IFLA_BOND_SLAVE_MAX, data, NULL) < 0)
		return;
	if (attrs[IFLA_BOND_SLAVE_QUEUE_ID])
		link->queue_id = nla_get_u16(attrs[IFLA_BOND_SLAVE_QUEUE_ID]);
	if (attrs[IFLA_BOND_SLAVE_MII_STATUS])
		link->up = nla_get_u8(attrs[IFLA_BOND_SLAVE_MII_STATUS]) == BOND_LINK_UP;
}

static void read_link_info(struct flowmob__link *link, struct nlattr *linkinfo)
{
	struct nlattr *info[IFLA_INFO_MAX + 1];

	if (!linkinfo || nla_parse_nested(info, IFLA_INFO_MAX, linkinfo, NULL) < 0)
		return;
	if (info[IFLA_INFO_KIND] && nla_strcmp(info[IFLA_INFO_KIND], bond) == 0)
		read_bond(link, info[IFLA_INFO_DATA]);
	else if (info[IFLA_INFO_KIND] && nla_strcmp(info[IFLA_INFO_KIND], veth) == 0)
		link->kind = FLOWMOB__LINK_VETH;
	if (info[IFLA_INFO_SLAVE_KIND] && nla_strcmp(info[IFLA_INFO_SLAVE_KIND], bond) == 0)
		read_bond_slave(link, info[IFLA_INFO_SLAVE_DATA]);
}

static void read_link(struct flowmob__link *link, const struct ifinfomsg *header, struct nlattr **attrs)
{
	struct rtnl_link_stats64 stats = { 0 };

	*link = (struct flowmob__link){ .index = (uint32_t)header->ifi_index, .flags = header->ifi_flags };
	link->up = (header->ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
	snprintf(link->name, sizeof(link->name), "%s", nla_get_string(attrs[IFLA_IFNAME]));
	link->ethernet = header->ifi_type == ARPHRD_ETHER && attrs[IFLA_ADDRESS] && nla_len(attrs[IFLA_ADDRESS]) == 6;
	if (link->ethernet)
		memcpy(link->mac, nla_data(attrs[IFLA_ADDRESS]), sizeof(link->mac));
	if (attrs[IFLA_MTU])
		link->mtu = nla_get_u32(attrs[IFLA_MTU]);
	if (attrs[IFLA_MASTER])
		link->master = nla_get_u32(attrs[IFLA_MASTER]);
	if (attrs[IFLA_LINK] && !attrs[IFLA_LINK_NETNSID])
		link->peer = nla_get_u32(attrs[IFLA_LINK]);
	if (attrs[IFLA_STATS64])
		nla_memcpy(&stats, attrs[IFLA_STATS64], (int)sizeof(stats));
	link->tx_packets = stats.tx_packets;
	link->rx_packets = stats.rx_packets;
	read_link_info(link, attrs[IFLA_LINKINFO]);
}

static void add_link(void *user, struct nlmsghdr *answer)
{
	const struct ifinfomsg *header = nlmsg_data(answer);
	struct flowmob__links *links = user;
	struct nlattr *attrs[IFLA_MAX + 1];
	struct flowmob__link *grown;

	if (answer->nlmsg_type != RTM_NEWLINK || nlmsg_parse(answer, (int)sizeof(*header), attrs, IFLA_MAX, NULL) < 0 || !attrs[IFLA_IFNAME])
		return;
	if (links->count == links->cap) {
		grown = reallocarray(links->links, links->cap * 2 + 16, sizeof(*grown));
		links->failed |= !grown;
		if (!grown)
			return;
		links->links = grown;
		links->cap = links->cap * 2 + 16;
	}
	read_link(&links->links[links->count++], header, attrs);
}

int flowmob__links_read(struct flowmob__links *links, struct pmip__nl *nl)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	int err;

	*links = (struct flowmob__links){ 0 };
	err = pmip__nl_dump(nl, pmip__nl_request(RTM_GETLINK, 0, &header, sizeof(header)), add_link, links);
	return links->failed ? PMIP_ERR_NOMEM : err;
}

void flowmob__links_free(struct flowmob__links *links)
{
	free(links->links);
}

const struct flowmob__link *flowmob__links_by_index(const struct flowmob__links *links, uint32_t index)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->links[i].index == index)
			return &links->links[i];
	return NULL;
}

const struct flowmob__link *flowmob__links_by_name(const struct flowmob__links *links, const char *name)
{
	for (size_t i = 0; i < links->count; i++)
		if (strcmp(links->links[i].name, name) == 0)
			return &links->links[i];
	return NULL;
}

static struct nl_msg *request(int type, int flags, const char *name, const struct flowmob__link_change *change)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_flags = change->flags, .ifi_change = change->mask };
	struct nl_msg *msg = pmip__nl_request(type, flags, &header, sizeof(header));

	return msg ? pmip__nl_finished(msg, nla_put_string(msg, IFLA_IFNAME, name)) : NULL;
}

/* Attributes of a bonding device or its slave, in IFLA_LINKINFO. */
static int put_bonding(struct nl_msg *msg, const struct flowmob__link_change *change)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO), *data;
	int err;

	if (!info)
		return -1;
	err = nla_put_string(msg, change->queue_id ? IFLA_INFO_SLAVE_KIND : IFLA_INFO_KIND, bond);
	data = nla_nest_start(msg, change->queue_id ? IFLA_INFO_SLAVE_DATA : IFLA_INFO_DATA);
	if (!data)
		return -1;
	if (change->queue_id) {
		err |= nla_put_u16(msg, IFLA_BOND_SLAVE_QUEUE_ID, change->queue_id);
	} else {
		if (change->accept_all)
			err |= nla_put_u8(msg, IFLA_BOND_ALL_SLAVES_ACTIVE, 1);
		if (change->active)
			err |= nla_put_u32(msg, IFLA_BOND_ACTIVE_SLAVE, change->active);
	}
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return err;
}

void flowmob__link_change(struct pmip__nl *nl, const char *name, const struct flowmob__link_change *change, int *result)
{
	struct nl_msg *msg = request(RTM_NEWLINK, 0, name, change);
	int err = 0;

	if (msg && change->mac)
		err |= nla_put(msg, IFLA_ADDRESS, 6, change->mac);
	if (msg && change->mtu)
		err |= nla_put_u32(msg, IFLA_MTU, change->mtu);
	if (msg && change->master)
		err |= nla_put_u32(msg, IFLA_MASTER, *change->master);
	if (msg && (change->queue_id || change->active || change->accept_all))
		err |= put_bonding(msg, change);
	pmip__nl_put(nl, msg ? pmip__nl_finished(msg, err) : NULL, 0, result);
}

/* The message so far with its kind and what put_data() puts in. */
static int make(struct pmip__nl *nl, const char *name, const char *kind, int (*put_data)(struct nl_msg *msg), int harmless)
{
	struct nl_msg *msg = request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name, &(struct flowmob__link_change){ 0 });
	struct nlattr *info = msg ? nla_nest_start(msg, IFLA_LINKINFO) : NULL, *data = NULL;
	int err = -1, result = 0;

	if (info) {
		err = nla_put_string(msg, IFLA_INFO_KIND, kind);
		data = nla_nest_start(msg, IFLA_INFO_DATA);
	}
	if (data) {
		err |= put_data(msg);
		nla_nest_end(msg, data);
		nla_nest_end(msg, info);
	}
	pmip__nl_put(nl, msg ? pmip__nl_finished(msg, data ? err : -1) : NULL, harmless, &result);
	pmip__nl_flush(nl);
	return result;
}

static int put_bond_data(struct nl_msg *msg)
{
	return nla_put_u8(msg, IFLA_BOND_MODE, BOND_MODE_ACTIVEBACKUP) | nla_put_u32(msg, IFLA_BOND_MIIMON, MII_INTERVAL_MS);
}

int flowmob__link_make_bond(struct pmip__nl *nl, const char *name)
{
	return make(nl, name, bond, put_bond_data, EOPNOTSUPP);
}

static int put_veth_data(struct nl_msg *msg)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nlattr *peer = nla_nest_start(msg, VETH_INFO_PEER);
	int err;

	if (!peer)
		return -1;
	err = nlmsg_append(msg, (void *)(uintptr_t)&header, sizeof(header), NLMSG_ALIGNTO);
	err |= nla_put_string(msg, IFLA_IFNAME, "flowmob%d");
	nla_nest_end(msg, peer);
	return err;
}

int flowmob__link_make_veth(struct pmip__nl *nl, const char *name)
{
	return make(nl, name, veth, put_veth_data, 0);
}

int flowmob__link_delete(struct pmip__nl *nl, const char *name)
{
	struct nl_msg *msg = request(RTM_DELLINK, 0, name, &(struct flowmob__link_change){ 0 });
	int result = 0;

	pmip__nl_put(nl, msg, ENODEV, &result);
	pmip__nl_flush(nl);
	return result;
}
