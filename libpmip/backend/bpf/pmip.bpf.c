// SPDX-License-Identifier: BSD-2-Clause
/* IPv6-in-IPv6 (RFC 2473) for Proxy Mobile IPv6 (RFC 5213 sections 5.6 and 6.10), and IPv4-in-IPv6
 * (RFC 5844), in which an IPv4 address is ::ffff:a.b.c.d to the maps.
 *
 *   pmip_encap  egress of our device: everything the kernel routes there goes into the tunnel of
 *               its binding or nowhere. Hop limit and Packet Too Big are the kernel's work before.
 *   pmip_decap  ingress of a core interface: packets of our tunnels come out and go on to the
 *               kernel's routing.
 *
 * An LMA finds the binding by the mobile node's address as destination on the way in and as source
 * on the way out; a MAG the other way round.
 */
#include "packet.bpf.h"

#define FAMILY_INET6  10 /* AF_INET6: sys/socket.h is not for programs */
#define HOP_LIMIT     64
#define FLOWINFO_MASK 0x0fffffff
#define ECN_MASK      3
#define ECN_ECT1      1
#define ECN_ECT0      2
#define ECN_CE	      3

enum { ADJ_ROOM_DECAP_L3_IPV6 = 1 << 8 }; /* BPF_F_ADJ_ROOM_DECAP_L3_IPV6, of newer headers */

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
	__type(value, struct pmip__bpf_tunnel);
} pmip_tunnels SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct pmip__bpf_path);
	__type(value, __u64);
} pmip_paths SEC(".maps");

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

#include "pmip_flow.bpf.h"

static __always_inline int ecn_of(const struct head *head)
{
	return head->first >> TCLASS_SHIFT & ECN_MASK;
}

/* The kernel's own routing says where the outer packet goes. To a neighbour not known yet the
 * redirect must do its own lookup: a packet that waits for an answer is sent as its dst says, and
 * that would still be the inner packet's, our device. */
static __always_inline int send_outer(struct __sk_buff *skb, const struct ipv6hdr *outer, struct pmip__bpf_tunnel *tunnel)
{
	struct bpf_fib_lookup fib = { .family = FAMILY_INET6,
				      .l4_protocol = outer->nexthdr,
				      .ifindex = skb->ifindex };
	struct bpf_redir_neigh next = { .nh_family = FAMILY_INET6 };
	long err;

	fib.flowinfo = *(const __be32 *)outer & bpf_htonl(FLOWINFO_MASK);
	__builtin_memcpy(fib.ipv6_src, &outer->saddr, sizeof(fib.ipv6_src));
	__builtin_memcpy(fib.ipv6_dst, &outer->daddr, sizeof(fib.ipv6_dst));
	err = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	if (tunnel)
		tunnel->link = fib.ifindex;
	if (err == BPF_FIB_LKUP_RET_NO_NEIGH)
		return count(PMIP__BPF_ENCAP,
			     (int)bpf_redirect_neigh((int)fib.ifindex, NULL, 0, 0));
	if (err != BPF_FIB_LKUP_RET_SUCCESS)
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	__builtin_memcpy(next.ipv6_nh, fib.ipv6_dst, sizeof(next.ipv6_nh));
	return count(PMIP__BPF_ENCAP,
		     (int)bpf_redirect_neigh((int)fib.ifindex, &next, sizeof(next), 0));
}

/* Room for the outer header. It is an IPv6 packet afterwards. */
static __always_inline long make_room(struct __sk_buff *skb, __u8 number)
{
	const __u64 flags = BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 |
			    BPF_F_ADJ_ROOM_FIXED_GSO; /* UDP GSO is lost without FIXED_GSO */
	const int size = sizeof(struct ipv6hdr), more = sizeof(__u32);
	long err = bpf_skb_adjust_room(skb, size, BPF_ADJ_ROOM_MAC, flags);

	/* From one mobile node to another: the kernel takes it for encapsulated still, and knows its inner headers. That it has become
	 * IPv6 the kernel lets itself be told only when room is taken away (Linux 6.3). */
	if (err != -EALREADY)
		return err;
	if (number == IPPROTO_IPV6)
		return bpf_skb_adjust_room(skb, size, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
	err = bpf_skb_adjust_room(skb, size + more, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
	if (err)
		return err;
	return bpf_skb_adjust_room(skb, -more, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO | ADJ_ROOM_DECAP_L3_IPV6);
}

SEC("tc")
/* TUN-3, TUN-5, FWD-2, V4F-1, V4F-2, V4F-4. */
int pmip_encap(struct __sk_buff *skb)
{
	__u8 number = skb->protocol == bpf_htons(ETH_P_IP) ? IPPROTO_IPIP : IPPROTO_IPV6;
	const struct pmip__bpf_ends *ends = NULL;
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_tunnel *tunnel;
	struct ipv6hdr outer;
	struct head inner;

	if ((skb->protocol != bpf_htons(ETH_P_IPV6) && number == IPPROTO_IPV6) || read_head(skb, 0, number, &inner))
		return TC_ACT_SHOT;
	if (inner.dst.s6_addr[0] == 0xff)
		return TC_ACT_SHOT; /* the device's own MLD, nothing of a mobile node's */
	binding = binding_of(pmip_is_mag ? &inner.src : &inner.dst);
	if (!binding || (pmip_is_mag && binding->link != skb->ingress_ifindex))
		return count(PMIP__BPF_DROP_UNBOUND, TC_ACT_SHOT);
	if (!pmip_is_mag)
		ends = steer(skb, &inner, binding);
	if (!ends)
		ends = &binding->ends;

	/* Version, traffic class and flow label are the inner ones (RFC 2473 section 3.1, RFC 6438), but congestion met before the
	 * tunnel is not told again outside: RFC 3168 section 9.1.1, which RFC 5213 section 5.6.3 asks for. */
	if (ecn_of(&inner) == ECN_CE)
		inner.first ^= (ECN_CE ^ ECN_ECT0) << TCLASS_SHIFT;
	if (inner.octets > 0xffff)
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	*(__be32 *)&outer = bpf_htonl(inner.first);
	outer.payload_len = bpf_htons(inner.octets);
	outer.nexthdr = number;
	outer.hop_limit = HOP_LIMIT;
	__builtin_memcpy(&outer.saddr, ends->local, sizeof(outer.saddr));
	__builtin_memcpy(&outer.daddr, ends->remote, sizeof(outer.daddr));
	tunnel = bpf_map_lookup_elem(&pmip_tunnels, ends);
	if (tunnel) {
		__sync_fetch_and_add(&tunnel->packets, skb->gso_segs ? skb->gso_segs : 1);
		__sync_fetch_and_add(&tunnel->octets, inner.octets);
	}
	if (make_room(skb, number) || bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), 0))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	return send_outer(skb, &outer, tunnel);
}

/* RFC 6040 section 4.2, for a packet already out of the tunnel: congestion is handed on, and so is
 * ECT(1) over ECT(0). TUN-5, V4F-4. */
static __always_inline void hand_on_ecn(struct __sk_buff *skb, const struct head *outer, const struct head *inner)
{
	__u32 at = skb->len - inner->octets; /* the link header's length */
	__u8 tclass = inner->first >> TCLASS_SHIFT, marked = tclass ^ (ECN_ECT0 ^ ECN_ECT1);
	__u8 octet = inner->first >> (TCLASS_SHIFT - 4) ^ (ECN_ECT0 ^ ECN_ECT1) << 4; /* of the traffic class and the flow label */

	if (ecn_of(outer) == ECN_CE) {
		bpf_skb_ecn_set_ce(skb);
	} else if (ecn_of(outer) != ECN_ECT1 || ecn_of(inner) != ECN_ECT0 || at > ETH_HLEN) {
		return;
	} else if (inner->number == IPPROTO_IPV6) {
		bpf_skb_store_bytes(skb, at + 1, &octet, sizeof(octet), BPF_F_RECOMPUTE_CSUM);
	} else {
		bpf_skb_store_bytes(skb, at + 1, &marked, sizeof(marked), 0);
		bpf_l3_csum_replace(skb, at + offsetof(struct iphdr, check), bpf_htons(tclass), bpf_htons(marked), sizeof(__be16));
	}
}

/* Without the outer header. An IPv4 packet becomes one as its first half goes, for the other way to tell the kernel,
 * BPF_F_ADJ_ROOM_DECAP_L3_IPV4, needs Linux 6.3. */
static __always_inline long take_off(struct __sk_buff *skb, __u8 number)
{
	int left = sizeof(struct ipv6hdr);

	if (number == IPPROTO_IPIP) {
		if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0))
			return -EINVAL;
		left = sizeof(struct iphdr);
	}
	return bpf_skb_adjust_room(skb, -left, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
}

/* Whether a packet out of this tunnel may be of this binding: it is its own, or another of its mobile node's. TUN-4, FLO-2, MPB-1. */
static __always_inline int may_come_from(const struct pmip__bpf_binding *binding, const struct pmip__bpf_ends *ends)
{
	struct pmip__bpf_path path = { .ends = *ends };

	if (same_ends(&binding->ends, ends))
		return 1;
	path.group = binding->group;
	return path.group && bpf_map_lookup_elem(&pmip_paths, &path);
}

SEC("tc")
/* TUN-3, TUN-4, TUN-5, FWD-1, V4F-1, V4F-2, V4F-4. */
int pmip_decap(struct __sk_buff *skb)
{
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_ends ends;
	struct head outer, inner;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || read_head(skb, 0, IPPROTO_IPV6, &outer) ||
	    (outer.inside != IPPROTO_IPV6 && outer.inside != IPPROTO_IPIP) ||
	    read_head(skb, sizeof(struct ipv6hdr), outer.inside, &inner))
		return TC_ACT_UNSPEC;
	__builtin_memcpy(ends.local, &outer.dst, sizeof(ends.local));
	__builtin_memcpy(ends.remote, &outer.src, sizeof(ends.remote));
	binding = binding_of(pmip_is_mag ? &inner.dst : &inner.src);
	if (!binding || !may_come_from(binding, &ends)) {
		if (!bpf_map_lookup_elem(&pmip_tunnels, &ends))
			return TC_ACT_UNSPEC;
		return count(PMIP__BPF_DROP_SPOOFED, TC_ACT_SHOT);
	}
	/* What a mobile node must not be able to say to the LMA itself through the tunnel (RFC 4291 section 2.5.6). */
	if (inner.first >> VERSION_SHIFT != 6 || is_link_scope(&inner.dst, inner.number))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	/* RFC 6040 section 4.2: congestion marked on a packet whose sender does not know ECN can
	 * only be told by dropping it. */
	if (ecn_of(&outer) == ECN_CE && !ecn_of(&inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (take_off(skb, outer.inside))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	hand_on_ecn(skb, &outer, &inner);
	return count(PMIP__BPF_DECAP, TC_ACT_OK);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
