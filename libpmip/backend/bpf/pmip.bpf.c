// SPDX-License-Identifier: BSD-2-Clause
/* IPv6-in-IPv6 (RFC 2473) for Proxy Mobile IPv6 (RFC 5213 sections 5.6 and 6.10).
 *
 *   pmip_encap  egress of our device: everything the kernel routes there goes into the tunnel of
 *               its binding or nowhere. Hop limit and Packet Too Big are the kernel's work before.
 *   pmip_decap  ingress of a core interface: packets of our tunnels come out and go on to the
 *               kernel's routing.
 *
 * An LMA finds the binding by the mobile node's address as destination on the way in and as source
 * on the way out; a MAG the other way round.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "pmip_maps.h"

#define NULL	      ((void *)0)
#define FAMILY_INET6  10 /* AF_INET6: sys/socket.h is not for programs */
#define HOP_LIMIT     64
#define FLOWINFO_MASK 0x0fffffff
#define ECN_MASK      3
#define ECN_ECT1      1
#define ECN_ECT0      2
#define ECN_CE	      3

const volatile __u32 pmip_is_mag;

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct pmip__bpf_prefix);
	__type(value, struct pmip__bpf_binding);
} pmip_bindings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct pmip__bpf_ends);
	__type(value, __u64);
} pmip_tunnels SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PMIP__BPF_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} pmip_counters SEC(".maps");

static __always_inline int count(__u32 counter, int verdict)
{
	__u64 *n = bpf_map_lookup_elem(&pmip_counters, &counter);

	if (n)
		(*n)++;
	return verdict;
}

static __always_inline struct pmip__bpf_binding *binding_of(const struct in6_addr *addr)
{
	struct pmip__bpf_prefix key = { .len = 128 };

	__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	return bpf_map_lookup_elem(&pmip_bindings, &key);
}

static __always_inline int same_ends(const struct pmip__bpf_ends *a, const struct pmip__bpf_ends *b)
{
	return a->local[0] == b->local[0] && a->local[1] == b->local[1] &&
	       a->remote[0] == b->remote[0] && a->remote[1] == b->remote[1];
}

static __always_inline int ecn_of(const struct ipv6hdr *ip)
{
	return ip->flow_lbl[0] >> 4 & ECN_MASK;
}

/* The kernel's own routing says where the outer packet goes. To a neighbour not known yet the
 * redirect must do its own lookup: a packet that waits for an answer is sent as its dst says, and
 * that would still be the inner packet's, our device. */
static __always_inline int send_outer(struct __sk_buff *skb, const struct ipv6hdr *outer)
{
	struct bpf_fib_lookup fib = { .family = FAMILY_INET6,
				      .l4_protocol = IPPROTO_IPV6,
				      .ifindex = skb->ifindex };
	struct bpf_redir_neigh next = { .nh_family = FAMILY_INET6 };
	long err;

	fib.flowinfo = *(const __be32 *)outer & bpf_htonl(FLOWINFO_MASK);
	__builtin_memcpy(fib.ipv6_src, &outer->saddr, sizeof(fib.ipv6_src));
	__builtin_memcpy(fib.ipv6_dst, &outer->daddr, sizeof(fib.ipv6_dst));
	err = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	if (err == BPF_FIB_LKUP_RET_NO_NEIGH)
		return count(PMIP__BPF_ENCAP,
			     (int)bpf_redirect_neigh((int)fib.ifindex, NULL, 0, 0));
	if (err != BPF_FIB_LKUP_RET_SUCCESS)
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	__builtin_memcpy(next.ipv6_nh, fib.ipv6_dst, sizeof(next.ipv6_nh));
	return count(PMIP__BPF_ENCAP,
		     (int)bpf_redirect_neigh((int)fib.ifindex, &next, sizeof(next), 0));
}

SEC("tc")
/* TUN-3, TUN-5, FWD-2. */
int pmip_encap(struct __sk_buff *skb)
{
	const __u64 flags = BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 |
			    BPF_F_ADJ_ROOM_FIXED_GSO; /* UDP GSO is lost without FIXED_GSO */
	struct pmip__bpf_binding *binding;
	struct ipv6hdr inner, outer;
	long err;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) ||
	    bpf_skb_load_bytes_relative(skb, 0, &inner, sizeof(inner), BPF_HDR_START_NET))
		return TC_ACT_SHOT;
	if (inner.daddr.s6_addr[0] == 0xff)
		return TC_ACT_SHOT; /* the device's own MLD, nothing of a mobile node's */
	binding = binding_of(pmip_is_mag ? &inner.saddr : &inner.daddr);
	if (!binding || (pmip_is_mag && binding->link != skb->ingress_ifindex))
		return count(PMIP__BPF_DROP_UNBOUND, TC_ACT_SHOT);

	/* Version, traffic class and flow label are the inner ones (RFC 2473 section 3.1, RFC 6438), but congestion met before the
	 * tunnel is not told again outside: RFC 3168 section 9.1.1, which RFC 5213 section 5.6.3 asks for. */
	outer = inner;
	if (ecn_of(&inner) == ECN_CE)
		outer.flow_lbl[0] = (inner.flow_lbl[0] & ~(ECN_MASK << 4)) | ECN_ECT0 << 4;
	if (bpf_ntohs(inner.payload_len) > 0xffff - sizeof(outer))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	outer.payload_len = bpf_htons(bpf_ntohs(inner.payload_len) + sizeof(outer));
	outer.nexthdr = IPPROTO_IPV6;
	outer.hop_limit = HOP_LIMIT;
	__builtin_memcpy(&outer.saddr, binding->ends.local, sizeof(outer.saddr));
	__builtin_memcpy(&outer.daddr, binding->ends.remote, sizeof(outer.daddr));
	err = bpf_skb_adjust_room(skb, sizeof(outer), BPF_ADJ_ROOM_MAC, flags);
	/* From one mobile node to another: the kernel takes it for encapsulated still, and knows its inner headers. */
	if (err == -EALREADY)
		err = bpf_skb_adjust_room(skb, sizeof(outer), BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
	if (err || bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), 0))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	return send_outer(skb, &outer);
}

/* What a mobile node must not be able to say to the LMA itself through the tunnel (RFC 4291
 * section 2.5.6). */
static __always_inline int is_link_scope(const struct in6_addr *addr)
{
	return addr->s6_addr[0] == 0xff ||
	       (addr->s6_addr[0] == 0xfe && (addr->s6_addr[1] & 0xc0) == 0x80);
}

/* RFC 6040 section 4.2, for a packet already out of the tunnel: congestion is handed on, and so is
 * ECT(1) over ECT(0). TUN-5. */
static __always_inline void hand_on_ecn(struct __sk_buff *skb, const struct ipv6hdr *outer,
					const struct ipv6hdr *inner)
{
	__u32 link_header = skb->len - sizeof(*inner) - bpf_ntohs(inner->payload_len);
	__u8 octet = (inner->flow_lbl[0] & ~(ECN_MASK << 4)) | ECN_ECT1 << 4;

	if (ecn_of(outer) == ECN_CE)
		bpf_skb_ecn_set_ce(skb);
	else if (ecn_of(outer) == ECN_ECT1 && ecn_of(inner) == ECN_ECT0 && link_header <= ETH_HLEN)
		bpf_skb_store_bytes(skb, link_header + 1, &octet, sizeof(octet),
				    BPF_F_RECOMPUTE_CSUM);
}

SEC("tc")
/* TUN-3, TUN-4, TUN-5, FWD-1. */
int pmip_decap(struct __sk_buff *skb)
{
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_ends ends;
	struct ipv6hdr outer, inner;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) ||
	    bpf_skb_load_bytes_relative(skb, 0, &outer, sizeof(outer), BPF_HDR_START_NET) ||
	    outer.nexthdr != IPPROTO_IPV6 ||
	    bpf_skb_load_bytes_relative(skb, sizeof(outer), &inner, sizeof(inner),
					BPF_HDR_START_NET))
		return TC_ACT_UNSPEC;
	__builtin_memcpy(ends.local, &outer.daddr, sizeof(ends.local));
	__builtin_memcpy(ends.remote, &outer.saddr, sizeof(ends.remote));
	binding = binding_of(pmip_is_mag ? &inner.daddr : &inner.saddr);
	if (!binding || !same_ends(&binding->ends, &ends)) {
		if (!bpf_map_lookup_elem(&pmip_tunnels, &ends))
			return TC_ACT_UNSPEC;
		return count(PMIP__BPF_DROP_SPOOFED, TC_ACT_SHOT);
	}
	if (inner.version != 6 || is_link_scope(&inner.daddr))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	/* RFC 6040 section 4.2: congestion marked on a packet whose sender does not know ECN can
	 * only be told by dropping it. */
	if (ecn_of(&outer) == ECN_CE && !ecn_of(&inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (bpf_skb_adjust_room(skb, -(int)sizeof(outer), BPF_ADJ_ROOM_MAC,
				BPF_F_ADJ_ROOM_FIXED_GSO))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	hand_on_ecn(skb, &outer, &inner);
	return count(PMIP__BPF_DECAP, TC_ACT_OK);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
