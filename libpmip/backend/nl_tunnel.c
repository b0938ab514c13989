/* SPDX-License-Identifier: BSD-2-Clause */
/* ip6tnl and ip6gre devices as rtnetlink messages. Making one takes three: the kernel gives a device that comes up a link-local address unless it
 * was told before not to, and it can be told only once the device is there.
 *
 * DEVIATES: from datapath.h in that a packet without a flow label gets one made of its flow's hash outside, while
 * net.ipv6.auto_flowlabels is on; that is the machine's setting, so it stays.
 *
 * DEVIATES: from RFC 6040 section 4.1 in that CE inside is ECT(0) outside: so the kernel's tunnels do it (RFC 3168 section 9.1.1), with no
 * setting for another. TUN-5. */
#include <errno.h>
#include <net/if.h> /* before linux/if.h */
#include <stdio.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "backend/nl_tunnel.h"

enum { OUTER_HOP_LIMIT = 64 }; /* datapath.h */

/* Copy traffic class and flow label, no Tunnel Encapsulation Limit option (RFC 2473 section 5.1). */
static const uint32_t tunnel_flags = IP6_TNL_F_IGN_ENCAP_LIMIT | IP6_TNL_F_USE_ORIG_TCLASS | IP6_TNL_F_USE_ORIG_FLOWLABEL;

static const char ip6tnl[] = "ip6tnl", ip6gre[] = "ip6gre";

static struct nl_msg *link_request(int type, int flags, const struct ifinfomsg *header, const char *name)
{
	struct nl_msg *msg = pmip__nl_request(type, flags, header, sizeof(*header));

	return msg == NULL ? NULL : pmip__nl_finished(msg, nla_put_string(msg, IFLA_IFNAME, name));
}

static int put_key(struct nl_msg *msg, int flags_type, int key_type, const struct pmip_key *key)
{
	int err = nla_put_u16(msg, flags_type, key->present ? GRE_KEY : 0);

	return err | nla_put_u32(msg, key_type, htonl(key->value));
}

/* GREF-1, GREF-2. */
static int put_gre_data(struct nl_msg *msg, const struct pmip__tunnel_dev *dev)
{
	int err = 0;

	err |= nla_put(msg, IFLA_GRE_LOCAL, sizeof(dev->local), &dev->local);
	err |= nla_put(msg, IFLA_GRE_REMOTE, sizeof(dev->remote), &dev->remote);
	err |= nla_put_u8(msg, IFLA_GRE_TTL, OUTER_HOP_LIMIT);
	err |= nla_put_u32(msg, IFLA_GRE_FLAGS, tunnel_flags);
	err |= put_key(msg, IFLA_GRE_OFLAGS, IFLA_GRE_OKEY, &dev->gre.send);
	err |= put_key(msg, IFLA_GRE_IFLAGS, IFLA_GRE_IKEY, &dev->gre.recv);
	return err;
}

static int put_ip6tnl_data(struct nl_msg *msg, const struct pmip__tunnel_dev *dev)
{
	int err = 0;

	err |= nla_put(msg, IFLA_IPTUN_LOCAL, sizeof(dev->local), &dev->local);
	err |= nla_put(msg, IFLA_IPTUN_REMOTE, sizeof(dev->remote), &dev->remote);
	err |= nla_put_u8(msg, IFLA_IPTUN_PROTO, 0); /* IPv6 and IPv4 */
	err |= nla_put_u8(msg, IFLA_IPTUN_TTL, OUTER_HOP_LIMIT);
	err |= nla_put_u32(msg, IFLA_IPTUN_FLAGS, tunnel_flags);
	return err;
}

static int put_tunnel_data(struct nl_msg *msg, const struct pmip__tunnel_dev *dev)
{
	struct nlattr *data = nla_nest_start(msg, IFLA_INFO_DATA);
	int err;

	if (data == NULL)
		return -1;
	err = dev->gre.in_use ? put_gre_data(msg, dev) : put_ip6tnl_data(msg, dev);
	nla_nest_end(msg, data);
	return err;
}

static void put_tunnel(struct pmip__nl *nl, int flags, const struct pmip__tunnel_dev *dev, int *result)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = link_request(RTM_NEWLINK, flags, &header, dev->name);
	struct nlattr *info;
	int err = -1;

	info = msg == NULL ? NULL : nla_nest_start(msg, IFLA_LINKINFO);
	if (info != NULL) {
		err = nla_put_string(msg, IFLA_INFO_KIND, dev->gre.in_use ? ip6gre : ip6tnl);
		err |= put_tunnel_data(msg, dev);
		nla_nest_end(msg, info);
	}
	pmip__nl_put(nl, msg == NULL ? NULL : pmip__nl_finished(msg, err), 0, result);
}

void pmip__nl_tunnel_add(struct pmip__nl *nl, const struct pmip__tunnel_dev *dev, int *result)
{
	put_tunnel(nl, NLM_F_CREATE | NLM_F_EXCL, dev, result);
}

void pmip__nl_tunnel_change(struct pmip__nl *nl, const struct pmip__tunnel_dev *dev, int *result)
{
	put_tunnel(nl, 0, dev, result);
}

static struct nl_msg *no_addresses_request(const char *name)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = link_request(RTM_NEWLINK, 0, &header, name);
	struct nlattr *af, *inet6;
	int err;

	if (msg == NULL)
		return NULL;
	af = nla_nest_start(msg, IFLA_AF_SPEC);
	inet6 = af == NULL ? NULL : nla_nest_start(msg, AF_INET6);
	if (inet6 == NULL)
		return pmip__nl_finished(msg, -1);
	err = nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nla_nest_end(msg, inet6);
	nla_nest_end(msg, af);
	return pmip__nl_finished(msg, err);
}

void pmip__nl_tunnel_config(struct pmip__nl *nl, const char *name, uint32_t mtu, bool just_added, int results[2])
{
	struct ifinfomsg up = { .ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct nl_msg *msg = link_request(RTM_NEWLINK, 0, &up, name);
	int harmless = just_added ? ENODEV : 0;

	pmip__nl_put(nl, no_addresses_request(name), harmless, &results[0]);
	pmip__nl_put(nl, msg == NULL ? NULL : pmip__nl_finished(msg, nla_put_u32(msg, IFLA_MTU, mtu)), harmless, &results[1]);
}

void pmip__nl_tunnel_del(struct pmip__nl *nl, const char *name, int *result)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };

	pmip__nl_put(nl, link_request(RTM_DELLINK, 0, &header, name), ENODEV, result);
}

struct walk {
	void *user;
	void (*each)(void *user, const struct pmip__tunnel_dev *dev);
};

static bool read_addr(struct pmip_addr *addr, const struct nlattr *attr)
{
	if (attr == NULL || nla_len(attr) != (int)sizeof(*addr))
		return false;
	memcpy(addr, nla_data(attr), sizeof(*addr));
	return true;
}

static struct pmip_key read_key(const struct nlattr *flags, const struct nlattr *key)
{
	struct pmip_key read = { .present = flags != NULL && (nla_get_u16(flags) & GRE_KEY) != 0 };

	if (read.present && key != NULL)
		read.value = ntohl(nla_get_u32(key));
	return read;
}

/* What IFLA_LINKINFO says. @return whether it is a tunnel of one of our kinds. */
static bool read_tunnel(struct pmip__tunnel_dev *dev, struct nlattr *linkinfo)
{
	struct nlattr *info[IFLA_INFO_MAX + 1], *gre[IFLA_GRE_MAX + 1], *tnl[IFLA_IPTUN_MAX + 1];

	if (linkinfo == NULL || nla_parse_nested(info, IFLA_INFO_MAX, linkinfo, NULL) < 0 || info[IFLA_INFO_KIND] == NULL ||
	    info[IFLA_INFO_DATA] == NULL)
		return false;
	if (nla_strcmp(info[IFLA_INFO_KIND], ip6tnl) == 0)
		return nla_parse_nested(tnl, IFLA_IPTUN_MAX, info[IFLA_INFO_DATA], NULL) == 0 &&
		       read_addr(&dev->local, tnl[IFLA_IPTUN_LOCAL]) && read_addr(&dev->remote, tnl[IFLA_IPTUN_REMOTE]);
	if (nla_strcmp(info[IFLA_INFO_KIND], ip6gre) != 0 || nla_parse_nested(gre, IFLA_GRE_MAX, info[IFLA_INFO_DATA], NULL) < 0)
		return false;
	dev->gre.in_use = true;
	dev->gre.send = read_key(gre[IFLA_GRE_OFLAGS], gre[IFLA_GRE_OKEY]);
	dev->gre.recv = read_key(gre[IFLA_GRE_IFLAGS], gre[IFLA_GRE_IKEY]);
	return read_addr(&dev->local, gre[IFLA_GRE_LOCAL]) && read_addr(&dev->remote, gre[IFLA_GRE_REMOTE]);
}

static void walk_link(void *user, struct nlmsghdr *answer)
{
	const struct walk *walk = user;
	const struct ifinfomsg *header = nlmsg_data(answer);
	struct nlattr *attrs[IFLA_MAX + 1];
	struct pmip__tunnel_dev dev = { .index = 0 };
	struct rtnl_link_stats64 stats;

	if (answer->nlmsg_type != RTM_NEWLINK || nlmsg_parse(answer, (int)sizeof(*header), attrs, IFLA_MAX, NULL) < 0 ||
	    attrs[IFLA_IFNAME] == NULL || !read_tunnel(&dev, attrs[IFLA_LINKINFO]))
		return;
	snprintf(dev.name, sizeof(dev.name), "%s", nla_get_string(attrs[IFLA_IFNAME]));
	dev.index = (uint32_t)header->ifi_index;
	dev.up = (header->ifi_flags & IFF_UP) != 0;
	if (attrs[IFLA_MTU] != NULL)
		dev.mtu = nla_get_u32(attrs[IFLA_MTU]);
	if (attrs[IFLA_STATS64] != NULL && nla_len(attrs[IFLA_STATS64]) >= (int)offsetof(struct rtnl_link_stats64, collisions)) {
		memset(&stats, 0, sizeof(stats));
		nla_memcpy(&stats, attrs[IFLA_STATS64], (int)sizeof(stats));
		dev.tx_packets = stats.tx_packets;
		dev.tx_octets = stats.tx_bytes;
		dev.rx_packets = stats.rx_packets;
		dev.errors = stats.tx_errors + stats.rx_errors;
	}
	walk->each(walk->user, &dev);
}

static void keep(void *user, const struct pmip__tunnel_dev *dev)
{
	*(struct pmip__tunnel_dev *)user = *dev;
}

int pmip__nl_tunnel_get(struct pmip__nl *nl, uint32_t index, struct pmip__tunnel_dev *dev)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = (int)index };
	struct walk walk = { .user = dev, .each = keep };
	int err;

	dev->index = 0;
	err = pmip__nl_ask(nl, pmip__nl_request(RTM_GETLINK, 0, &header, sizeof(header)), walk_link, &walk);
	return err == 0 && dev->index == 0 ? PMIP_ERR_NOENT : err;
}

int pmip__nl_each_tunnel(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__tunnel_dev *dev), void *user)
{
	struct walk walk = { .user = user, .each = each };
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };

	return pmip__nl_dump(nl, pmip__nl_request(RTM_GETLINK, 0, &header, sizeof(header)), walk_link, &walk);
}
