/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces by rtnetlink. Two sockets: one for news, on which the full listing is asked for too,
 * so that both are told in one order; one for requests, each waiting for its acknowledgement (some
 * tens of microseconds).
 *
 * The news socket never blocks. When it overflows, the listing is asked for again; so is one that
 * the kernel calls inconsistent. */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "if_sysctl.h"
#include "link.h"
#include "os.h"

#define AREA "link"
#define READ_BYTES 65536 /* the kernel fills at most 32 KiB per datagram of a listing */
#define QUEUE_BYTES (4 << 20)
#define OTHERS_MAX 16

struct pmip__rtnl {
	struct nl_sock *news;
	struct nl_sock *ask;
	bool torn; /* the listing under way was interrupted by a change */
	pmip__link_fn each;
	void *user;
	struct pmip_log log;
	uint8_t buf[READ_BYTES];
};

static int list_links(struct pmip__rtnl *r)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC};

	r->torn = false;
	return nl_send_simple(r->news, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi)) < 0 ? PMIP_ERR_OS
										       : 0;
}

static struct nl_sock *open_socket(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (!sk)
		return NULL;
	nl_socket_disable_auto_ack(sk);
	if (nl_connect(sk, NETLINK_ROUTE) < 0) {
		nl_socket_free(sk);
		return NULL;
	}
	return sk;
}

int pmip__rtnl_new(struct pmip__rtnl **rtnl, pmip__link_fn each, void *user,
		   const struct pmip_log *log)
{
	struct pmip__rtnl *r = calloc(1, sizeof(*r));
	int bytes = QUEUE_BYTES, on = 1;

	if (!r)
		return PMIP_ERR_NOMEM;
	pmip__log_copy(&r->log, log);
	r->each = each;
	r->user = user;
	r->news = open_socket();
	r->ask = open_socket();
	if (!r->news || !r->ask || nl_socket_add_memberships(r->news, RTNLGRP_LINK, 0) < 0 ||
	    nl_socket_set_nonblocking(r->news) < 0 || list_links(r) < 0) {
		pmip__backend_log(&r->log, PMIP_LOG_ERROR, AREA,
				  "cannot watch interfaces by rtnetlink: %s", strerror(errno));
		pmip__rtnl_free(r);
		return PMIP_ERR_OS;
	}
	nl_socket_enable_auto_ack(r->ask);
	if (setsockopt(nl_socket_get_fd(r->news), SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		       sizeof(bytes)) < 0)
		setsockopt(nl_socket_get_fd(r->news), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	setsockopt(nl_socket_get_fd(r->ask), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	*rtnl = r;
	return 0;
}

void pmip__rtnl_free(struct pmip__rtnl *rtnl)
{
	if (!rtnl)
		return;
	nl_socket_free(rtnl->news);
	nl_socket_free(rtnl->ask);
	free(rtnl);
}

int pmip__rtnl_fd(const struct pmip__rtnl *rtnl)
{
	return nl_socket_get_fd(rtnl->news);
}

static int read_addr_gen_mode(struct nlattr *spec)
{
	struct nlattr *inet6[IFLA_INET6_MAX + 1];
	struct nlattr *family;
	int left;

	nla_for_each_nested (family, spec, left) {
		if (nla_type(family) != AF_INET6)
			continue;
		if (nla_parse_nested(inet6, IFLA_INET6_MAX, family, NULL) == 0 &&
		    inet6[IFLA_INET6_ADDR_GEN_MODE])
			return nla_get_u8(inet6[IFLA_INET6_ADDR_GEN_MODE]);
	}
	return -1;
}

static void read_link(struct pmip__rtnl *r, struct nlmsghdr *h)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct ifinfomsg *ifi = nlmsg_data(h);
	struct pmip__link_info info = {.addr_gen_mode = -1};

	/* A port leaving a bridge is told as RTM_DELLINK of family AF_BRIDGE. */
	if (nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0 || ifi->ifi_family != AF_UNSPEC ||
	    ifi->ifi_index <= 0)
		return;
	info.index = (uint32_t)ifi->ifi_index;
	info.gone = h->nlmsg_type == RTM_DELLINK;
	info.flags = ifi->ifi_flags;
	if (tb[IFLA_IFNAME])
		nla_strlcpy(info.name, tb[IFLA_IFNAME], sizeof(info.name));
	if (tb[IFLA_MTU])
		info.mtu = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == (int)sizeof(info.mac) &&
	    ifi->ifi_type == ARPHRD_ETHER) {
		info.ethernet = true;
		memcpy(info.mac, nla_data(tb[IFLA_ADDRESS]), sizeof(info.mac));
	}
	if (tb[IFLA_AF_SPEC])
		info.addr_gen_mode = read_addr_gen_mode(tb[IFLA_AF_SPEC]);
	r->each(r->user, &info);
}

static void read_message(struct pmip__rtnl *r, struct nlmsghdr *h)
{
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		r->torn = true;
	if (h->nlmsg_type == RTM_NEWLINK || h->nlmsg_type == RTM_DELLINK)
		read_link(r, h);
	else if (h->nlmsg_type == NLMSG_DONE && r->torn)
		list_links(r);
	else if (h->nlmsg_type == NLMSG_DONE)
		r->each(r->user, &(struct pmip__link_info){.index = 0});
}

int pmip__rtnl_read(struct pmip__rtnl *rtnl)
{
	ssize_t got;
	int left;

	do
		got = recv(nl_socket_get_fd(rtnl->news), rtnl->buf, sizeof(rtnl->buf),
			   MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == ENOBUFS) {
		pmip__backend_log(&rtnl->log, PMIP_LOG_WARN, AREA,
				  "too much happened to interfaces at once; listing them again");
		return list_links(rtnl) < 0 ? PMIP_ERR_OS : 1;
	}
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : PMIP_ERR_OS;
	left = (int)got;
	for (struct nlmsghdr *h = (void *)rtnl->buf; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
		read_message(rtnl, h);
	return 1;
}

struct change {
	uint32_t index;
	const uint8_t *mac;   /* NULL = leave */
	int addr_gen_mode;    /* -1 = leave */
	unsigned int up_mask; /* IFF_UP = set it to up, 0 = leave */
	unsigned int up;
};

/* The kernel applies the MAC address first, IFF_UP after it, the address generation mode last. */
static int change_link(struct pmip__rtnl *r, const struct change *c)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC,
				.ifi_index = (int)c->index,
				.ifi_flags = c->up,
				.ifi_change = c->up_mask};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct nlattr *spec, *family;
	bool full;

	if (!msg)
		return -NLE_NOMEM;
	full = nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0;
	if (c->mac)
		full |= nla_put(msg, IFLA_ADDRESS, 6, c->mac) < 0;
	if (c->addr_gen_mode >= 0) {
		spec = nla_nest_start(msg, IFLA_AF_SPEC);
		family = spec ? nla_nest_start(msg, AF_INET6) : NULL;
		full |= !family ||
			nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, (uint8_t)c->addr_gen_mode) < 0;
		if (family) {
			nla_nest_end(msg, family);
			nla_nest_end(msg, spec);
		}
	}
	if (full) {
		nlmsg_free(msg);
		return -NLE_NOMEM;
	}
	return nl_send_sync(r->ask, msg);
}

int pmip__rtnl_take(struct pmip__rtnl *rtnl, const struct pmip__link_info *info,
		    const uint8_t mac[6])
{
	struct change c = {.index = info->index, .addr_gen_mode = IN6_ADDR_GEN_MODE_NONE};
	int err;

	if (memcmp(info->mac, mac, 6) != 0)
		c.mac = mac;
	err = change_link(rtnl, &c);
	/* Drivers that cannot change it while up want to be down for it. */
	if (err < 0 && c.mac && (info->flags & IFF_UP)) {
		err = change_link(rtnl, &(struct change){.index = info->index,
							 .addr_gen_mode = -1,
							 .up_mask = IFF_UP});
		c.up_mask = c.up = IFF_UP;
		if (err >= 0)
			err = change_link(rtnl, &c);
	}
	if (err < 0) {
		pmip__backend_log(&rtnl->log, PMIP_LOG_ERROR, AREA,
				  "cannot set up access link %s: %s; CAP_NET_ADMIN, "
				  "IPv6 enabled on it and a changeable MAC address are needed",
				  info->name, nl_geterror(err));
		return PMIP_ERR_OS;
	}
	return 0;
}

static int change_addr(struct pmip__rtnl *r, int type, uint32_t index, const struct pmip_addr *addr)
{
	struct ifaddrmsg ifa = {.ifa_family = AF_INET6,
				.ifa_prefixlen = 64,
				.ifa_index = index,
				.ifa_flags = IFA_F_NODAD | IFA_F_PERMANENT,
				.ifa_scope = RT_SCOPE_LINK};
	struct nl_msg *msg =
		nlmsg_alloc_simple(type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0);

	if (!msg)
		return -NLE_NOMEM;
	if (nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) < 0 ||
	    nla_put(msg, IFA_LOCAL, sizeof(*addr), addr) < 0) {
		nlmsg_free(msg);
		return -NLE_NOMEM;
	}
	return nl_send_sync(r->ask, msg);
}

struct others {
	uint32_t index;
	const struct pmip_addr *ours;
	size_t count;
	struct pmip_addr addr[OTHERS_MAX];
};

static int collect_other(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct ifaddrmsg *ifa = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1];
	struct others *o = arg;

	if (h->nlmsg_type != RTM_NEWADDR || nlmsg_parse(h, sizeof(*ifa), tb, IFA_MAX, NULL) < 0 ||
	    ifa->ifa_index != o->index || ifa->ifa_scope != RT_SCOPE_LINK || !tb[IFA_ADDRESS] ||
	    nla_len(tb[IFA_ADDRESS]) != 16 || o->count == OTHERS_MAX)
		return NL_OK;
	memcpy(&o->addr[o->count], nla_data(tb[IFA_ADDRESS]), 16);
	if (!o->ours || memcmp(&o->addr[o->count], o->ours, 16) != 0)
		o->count++;
	return NL_OK;
}

static void remove_others(struct pmip__rtnl *r, uint32_t index, const struct pmip_addr *ours)
{
	struct ifaddrmsg ifa = {.ifa_family = AF_INET6, .ifa_index = index};
	struct others others = {.index = index, .ours = ours};

	nl_socket_modify_cb(r->ask, NL_CB_VALID, NL_CB_CUSTOM, collect_other, &others);
	if (nl_send_simple(r->ask, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa)) >= 0)
		nl_recvmsgs_default(r->ask);
	nl_socket_modify_cb(r->ask, NL_CB_VALID, NL_CB_DEFAULT, NULL, NULL);
	for (size_t i = 0; i < others.count; i++)
		change_addr(r, RTM_DELADDR, index, &others.addr[i]);
}

/* An address that the kernel has made itself, from the same MAC address, may still be in duplicate
 * address detection: replaced. */
int pmip__rtnl_set_link_local(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr,
			      bool others)
{
	int err = addr ? change_addr(rtnl, RTM_NEWADDR, index, addr) : 0;

	if (err == -NLE_EXIST) {
		change_addr(rtnl, RTM_DELADDR, index, addr);
		err = change_addr(rtnl, RTM_NEWADDR, index, addr);
	}
	if (others)
		remove_others(rtnl, index, addr);
	if (err < 0) {
		pmip__backend_log(&rtnl->log, PMIP_LOG_ERROR, AREA,
				  "cannot give interface %u its link-local address: %s", index,
				  nl_geterror(err));
		return PMIP_ERR_OS;
	}
	return 0;
}

void pmip__rtnl_remove_link_local(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr)
{
	change_addr(rtnl, RTM_DELADDR, index, addr);
}

int pmip__rtnl_give_back(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr,
			 const uint8_t *mac, int addr_gen_mode)
{
	char ifname[IF_NAMESIZE];
	int err = 0;

	if (addr)
		change_addr(rtnl, RTM_DELADDR, index, addr);
	if (mac)
		err = change_link(
			rtnl, &(struct change){.index = index, .mac = mac, .addr_gen_mode = -1});
	/* Not by netlink: only so does the kernel make the link-local address of an interface that is up. */
	if (addr_gen_mode >= 0 && (!if_indextoname(index, ifname) ||
				   pmip__if_sysctl_set("ipv6/conf", ifname, "addr_gen_mode", addr_gen_mode) < 0))
		err = -NLE_FAILURE;
	if (err < 0)
		pmip__backend_log(
			&rtnl->log, PMIP_LOG_WARN, AREA,
			"interface %u did not get its own MAC and link-local address back; "
			"set it down and up",
			index);
	return err < 0 ? PMIP_ERR_OS : 0;
}
