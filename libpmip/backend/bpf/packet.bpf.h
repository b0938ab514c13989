// SPDX-License-Identifier: BSD-2-Clause
/* From the octets of an IPv6 or IPv4 packet to its flow, for the programs of LMA, MAG and mobile node: what libflowmob/packet.c is above.
 *
 * A flow is its addresses, protocol and ports; the flow label is noted and no more, for senders change it when a path fails. A later fragment
 * is of the flow of its first one. FMC-3, FMC-5, PAP-20. */
#ifndef PMIP_BACKEND_PACKET_BPF_H
#define PMIP_BACKEND_PACKET_BPF_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "pmip_maps.h"

#define NULL		 ((void *)0)
#define VERSION_SHIFT	 28
#define TCLASS_SHIFT	 20
#define NEXTHDR_HOP	 0
#define NEXTHDR_ROUTING	 43
#define NEXTHDR_FRAGMENT 44
#define NEXTHDR_AUTH	 51
#define NEXTHDR_DEST	 60
#define HEADERS_MAX	 6 /* extension headers that are looked behind */
#define FRAGMENTS_MAX	 4096
#define FRAGMENT_OFFSET	 0xfff8 /* in the Fragment header */
#define FLOW_LABEL	 0x000fffff
#define IPV4_OFFSET	 0x1fff
#define IPV4_MORE	 0x2000

/* What counts of an IP header, IPv6 or IPv4. */
struct head {
	__u32 first; /* version, traffic class and flow label as IPv6 writes them */
	__u32 octets; /* of the packet, header included */
	__u8 number; /* what it is inside another: IPPROTO_IPV6 or IPPROTO_IPIP */
	__u8 inside; /* what is inside it */
	__u8 hops;   /* it may still take */
	__u8 own;    /* octets of this header alone: of IPv4 with its options */
	struct in6_addr src, dst;
};

static __always_inline struct in6_addr mapped(__be32 ipv4)
{
	struct in6_addr addr = { .s6_addr32 = { 0, 0, bpf_htonl(0xffff), ipv4 } };

	return addr;
}

/* The header at an offset from the first; an IPv4 header of another version says so in its first word. @return 0, or that there is none. */
static __always_inline int read_head(const struct __sk_buff *skb, __u32 at, __u8 number, struct head *head)
{
	struct ipv6hdr ip6;
	struct iphdr ip4;

	head->number = number;
	if (number == IPPROTO_IPIP) {
		if (bpf_skb_load_bytes_relative(skb, at, &ip4, sizeof(ip4), BPF_HDR_START_NET))
			return -EINVAL;
		head->first = (ip4.version == 4 ? 6u << VERSION_SHIFT : 0) | (__u32)ip4.tos << TCLASS_SHIFT;
		head->octets = bpf_ntohs(ip4.tot_len);
		head->inside = ip4.protocol;
		head->hops = ip4.ttl;
		head->own = ip4.ihl * 4;
		head->src = mapped(ip4.saddr);
		head->dst = mapped(ip4.daddr);
		return 0;
	}
	if (bpf_skb_load_bytes_relative(skb, at, &ip6, sizeof(ip6), BPF_HDR_START_NET))
		return -EINVAL;
	head->first = bpf_ntohl(*(const __be32 *)&ip6);
	head->octets = bpf_ntohs(ip6.payload_len) + sizeof(ip6);
	head->inside = ip6.nexthdr;
	head->hops = ip6.hop_limit;
	head->own = sizeof(ip6);
	head->src = ip6.saddr;
	head->dst = ip6.daddr;
	return 0;
}

/* Whether an address is good on one link only, or is that of a group; IPv4 from 224.0.0.0 on is multicast, reserved or the broadcast
 * address. */
static __always_inline int is_link_scope(const struct in6_addr *addr, __u8 number)
{
	const __u8 *b = addr->s6_addr, *ipv4 = b + 12;

	if (number == IPPROTO_IPIP)
		return ipv4[0] >= 224 || (ipv4[0] == 169 && ipv4[1] == 254);
	return b[0] == 0xff || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

/* Whether it is none that a router forwards to or from, as the kernel sees it: of link scope, this host's, unspecified; in an IPv6 header also one of
 * IPv4, for the maps know those as such. */
static __always_inline int is_unroutable(const struct in6_addr *addr, __u8 number)
{
	if (number == IPPROTO_IPIP)
		return !addr->s6_addr[12] || addr->s6_addr[12] == 127 || is_link_scope(addr, number);
	return !(addr->s6_addr32[0] | addr->s6_addr32[1]) || is_link_scope(addr, number);
}

/* A datagram in fragments, and the flow that its first one belongs to. */
struct fragments {
	struct in6_addr src, dst;
	__u32 id;
	__u32 protocol; /* IPv4: part of the identity */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FRAGMENTS_MAX);
	__type(key, struct fragments);
	__type(value, struct pmip__bpf_flow);
} pmip_fragments SEC(".maps");

/* What the walk over a packet's headers has found. */
struct walk {
	__u32 at; /* of the next header, from the first octet of the outermost */
	__u8 next;
	__u8 is_fragment;
	__u8 is_later; /* not the first */
	__u32 id;
};

/* Whether this is a header before the upper layer's. IPv4 has one of them. */
static __always_inline int is_extension(const struct head *head, __u8 next)
{
	if (next == NEXTHDR_AUTH)
		return 1;
	return head->number == IPPROTO_IPV6 &&
	       (next == NEXTHDR_HOP || next == NEXTHDR_ROUTING || next == NEXTHDR_DEST || next == NEXTHDR_FRAGMENT);
}

/* One extension header. @return 0, or that it is cut off. */
static __always_inline int step(const struct __sk_buff *skb, struct walk *walk)
{
	__u8 octets[8];

	if (bpf_skb_load_bytes_relative(skb, walk->at, octets, sizeof(octets), BPF_HDR_START_NET))
		return -EINVAL;
	if (walk->next == NEXTHDR_FRAGMENT) {
		walk->is_fragment = 1;
		walk->is_later = (((__u32)octets[2] << 8 | octets[3]) & FRAGMENT_OFFSET) != 0;
		walk->id = (__u32)octets[4] << 24 | (__u32)octets[5] << 16 | (__u32)octets[6] << 8 | octets[7];
		walk->at += 8;
	} else if (walk->next == NEXTHDR_AUTH) {
		walk->at += (octets[1] + 2) * 4;
	} else {
		walk->at += (octets[1] + 1) * 8;
	}
	walk->next = octets[0];
	return 0;
}

static __always_inline int walk_ipv4(const struct __sk_buff *skb, struct walk *walk)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes_relative(skb, walk->at, &ip, sizeof(ip), BPF_HDR_START_NET))
		return -EINVAL;
	walk->at += ip.ihl * 4;
	walk->is_later = (bpf_ntohs(ip.frag_off) & IPV4_OFFSET) != 0;
	walk->is_fragment = walk->is_later || bpf_ntohs(ip.frag_off) & IPV4_MORE;
	walk->id = bpf_ntohs(ip.id);
	return 0;
}

static __always_inline int has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_DCCP;
}

/* The flow of the packet whose header, at an offset from the first octet of the outermost, is head; or of the datagram that it is a
 * fragment of. flow is all zero before, walk is at the upper-layer header afterwards. @return 0, or that it cannot be told. */
static __always_inline int read_flow(const struct __sk_buff *skb, __u32 at, const struct head *head, struct pmip__bpf_flow *flow,
				     struct walk *walk)
{
	struct fragments fragments = { .src = head->src, .dst = head->dst };
	const struct pmip__bpf_flow *first;

	*walk = (struct walk){ .at = at, .next = head->inside };
	if (head->number == IPPROTO_IPIP) {
		if (walk_ipv4(skb, walk))
			return -EINVAL;
		fragments.protocol = walk->next;
	} else {
		walk->at += sizeof(struct ipv6hdr);
	}
	for (int i = 0; i < HEADERS_MAX && !walk->is_later && is_extension(head, walk->next); i++)
		if (step(skb, walk))
			return -EINVAL;
	if (!walk->is_later && is_extension(head, walk->next))
		return -EINVAL;
	fragments.id = walk->id;
	if (walk->is_later) {
		first = bpf_map_lookup_elem(&pmip_fragments, &fragments);
		if (!first)
			return -EINVAL;
		*flow = *first;
		return 0;
	}
	__builtin_memcpy(flow->src, &head->src, sizeof(flow->src));
	__builtin_memcpy(flow->dst, &head->dst, sizeof(flow->dst));
	flow->protocol = walk->next;
	if (has_ports(walk->next) && bpf_skb_load_bytes_relative(skb, walk->at, flow->ports, sizeof(flow->ports), BPF_HDR_START_NET))
		return -EINVAL;
	if (walk->is_fragment)
		bpf_map_update_elem(&pmip_fragments, &fragments, flow, BPF_ANY);
	return 0;
}

#endif
