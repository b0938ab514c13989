// SPDX-License-Identifier: BSD-2-Clause
/* IPv6-in-IPv6 (RFC 2473) for Proxy Mobile IPv6 (RFC 5213 sections 5.6 and 6.10), and IPv4-in-IPv6
 * (RFC 5844), in which an IPv4 address is ::ffff:a.b.c.d to the maps.
 *
 *   pmip_encap  egress of our device: everything the kernel routes there goes into the tunnel of
 *               its binding or nowhere. Hop limit and Packet Too Big are the kernel's work before.
 *   pmip_decap  ingress of a core interface: packets of our tunnels come out and go on to the
 *               kernel's routing, or at a MAG, if so configured, to the mobile node.
 *   pmip_network  ingress of an LMA's interface to the network: what is plain goes into its tunnel
 *               at once.
 *   pmip_xdp    both, for the plain case, at interfaces whose driver can.
 *
 * An LMA finds the binding by the mobile node's address as destination on the way in and as source
 * on the way out; a MAG the other way round.
 */
#include "packet.bpf.h"

#define FAMILY_INET   2 /* AF_INET: sys/socket.h is not for programs */
#define FAMILY_INET6  10
#define HOP_LIMIT     64
#define FLOWINFO_MASK 0x0fffffff
#define TCP_WORDS_AT  12 /* the header's length, in its upper half */
#define ECN_MASK      3
#define ECN_ECT1      1
#define ECN_ECT0      2
#define ECN_CE	      3

enum { ADJ_ROOM_DECAP_L3_IPV6 = 1 << 8 }; /* BPF_F_ADJ_ROOM_DECAP_L3_IPV6, of newer headers */

__u64 pmip_lengths[2]; /* of IPv6, of IPv4 */
const volatile struct pmip__bpf_role pmip_role SEC(PMIP__BPF_ROLE_MAP);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
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

/* An address cut to a length. */
static __always_inline void cut(struct pmip__bpf_prefix *key, const __u64 *addr, __u32 len)
{
	key->len = len;
	key->addr[0] = addr[0];
	key->addr[1] = 0;
	if (len < 64)
		key->addr[0] &= len ? bpf_cpu_to_be64(~0ull << (64 - len)) : 0;
	else if (len > 64)
		key->addr[1] = addr[1] & bpf_cpu_to_be64(~0ull << ((128 - len) & 63));
}

/* The binding of an address, which came in a packet inside a tunnel by this protocol number. */
static __always_inline struct pmip__bpf_binding *binding_of(const struct in6_addr *addr, __u8 number)
{
	__u64 lengths = *(const volatile __u64 *)&pmip_lengths[number == IPPROTO_IPIP];
	struct pmip__bpf_prefix key = { .zero = 0 };
	struct pmip__bpf_binding *binding = NULL;
	__u64 whole[2];

	__builtin_memcpy(whole, addr, sizeof(whole));
	for (__u32 i = 0; i < PMIP__BPF_LENGTHS_MAX && lengths && !binding; i++, lengths >>= 8) {
		cut(&key, whole, (__u32)(lengths & 0xff) - 1);
		binding = bpf_map_lookup_elem(&pmip_bindings, &key);
	}
	return binding;
}

static __always_inline int same_ends(const struct pmip__bpf_ends *a, const struct pmip__bpf_ends *b)
{
	return a->local[0] == b->local[0] && a->local[1] == b->local[1] &&
	       a->remote[0] == b->remote[0] && a->remote[1] == b->remote[1];
}

#include "pmip_flow.bpf.h"
#include "pmip_hop.bpf.h"

static __always_inline int ecn_of(const struct head *head)
{
	return head->first >> TCLASS_SHIFT & ECN_MASK;
}

/* The outer header. Version, traffic class and flow label are the inner ones (RFC 2473 section 3.1, RFC 6438), ECN with them: the normal
 * mode of RFC 6040 section 4.1. */
static __always_inline void make_outer(struct ipv6hdr *outer, const struct head *inner, const struct pmip__bpf_ends *ends)
{
	*(__be32 *)outer = bpf_htonl(inner->first);
	outer->payload_len = bpf_htons((__u16)inner->octets);
	outer->nexthdr = inner->number;
	outer->hop_limit = HOP_LIMIT;
	__builtin_memcpy(&outer->saddr, ends->local, sizeof(outer->saddr));
	__builtin_memcpy(&outer->daddr, ends->remote, sizeof(outer->daddr));
}

/* Where an outer packet goes. */
struct next {
	int link;
	const struct hop *hop; /* the neighbour's address and ours, NULL = the kernel is to find them */
	int is_known;	       /* the neighbour */
	struct bpf_redir_neigh neighbour;
};

/* @return 0, or that it does not go. Who asks the routing has the kernel's neighbour table send the packet, which sees to it that the neighbour is there
 * still. */
static __always_inline int find_next(struct __sk_buff *skb, const struct head *inner, const struct pmip__bpf_ends *ends, struct next *next)
{
	/* The parts of a large one are measured elsewhere; gso_segs is not known of what has been an IPv6 packet. */
	const __u32 octets = skb->gso_size ? sizeof(struct ipv6hdr) : inner->octets + sizeof(struct ipv6hdr);
	struct hop *hop = hop_place(ends);
	struct bpf_fib_lookup fib;
	long err;

	*next = (struct next){ .neighbour = { .nh_family = FAMILY_INET6 } };
	if (hop && hop_answers(hop, inner, ends, octets)) {
		next->link = (int)hop->link;
		next->hop = hop;
		return 0;
	}
	err = hop_ask(skb, hop, inner, ends, octets, 0, &fib);
	next->link = (int)fib.ifindex;
	next->is_known = err == BPF_FIB_LKUP_RET_SUCCESS;
	__builtin_memcpy(next->neighbour.ipv6_nh, fib.ipv6_dst, sizeof(next->neighbour.ipv6_nh));
	return err == BPF_FIB_LKUP_RET_SUCCESS || err == BPF_FIB_LKUP_RET_NO_NEIGH ? 0 : -EINVAL;
}

/* To a neighbour not known yet the redirect must do its own lookup: a packet that waits for an answer is sent as its dst says, and that would
 * still be the inner packet's. */
static __always_inline int send_outer(struct next *next)
{
	if (next->hop)
		return count(PMIP__BPF_ENCAP, (int)bpf_redirect(next->link, 0));
	if (!next->is_known)
		return count(PMIP__BPF_ENCAP, (int)bpf_redirect_neigh(next->link, NULL, 0, 0));
	return count(PMIP__BPF_ENCAP, (int)bpf_redirect_neigh(next->link, &next->neighbour, sizeof(next->neighbour), 0));
}

/* What is in front of the inner packet, and as much of an IPv6 one as its hop limit needs. */
struct front {
	__be16 zero; /* so that the rest has its places */
	struct ethhdr link;
	struct ipv6hdr outer;
	__be32 first;
	__be16 payload_len;
	__u8 nexthdr;
	__u8 hop_limit;
};

static __always_inline void make_front(struct front *front, const struct head *inner, const struct pmip__bpf_ends *ends, const struct next *next)
{
	*front = (struct front){ .link.h_proto = bpf_htons(ETH_P_IPV6) };
	if (next->hop) {
		__builtin_memcpy(front->link.h_dest, next->hop->to, sizeof(front->link.h_dest));
		__builtin_memcpy(front->link.h_source, next->hop->from, sizeof(front->link.h_source));
	}
	make_outer(&front->outer, inner, ends);
}

/* The packets that a large one will be. What has come out of a tunnel has the size of each only. */
static __always_inline __u32 packets_in(const struct __sk_buff *skb, const struct head *head)
{
	__u32 headers = head->own + sizeof(struct udphdr);
	__u8 words;

	if (skb->gso_segs || !skb->gso_size)
		return skb->gso_segs ? skb->gso_segs : 1;
	if (head->inside == IPPROTO_TCP) {
		if (bpf_skb_load_bytes_relative(skb, head->own + TCP_WORDS_AT, &words, sizeof(words), BPF_HDR_START_NET))
			return 1;
		headers = head->own + (words >> 4) * 4;
	}
	return (head->octets - headers + skb->gso_size - 1) / skb->gso_size;
}

/* What goes into a tunnel, for its flow and for the tunnel. */
static __always_inline void count_encap(const struct head *inner, __u32 packets, struct pmip__bpf_steering *steering,
					const struct pmip__bpf_ends *ends, __u32 link)
{
	struct pmip__bpf_tunnel *tunnel = bpf_map_lookup_elem(&pmip_tunnels, ends);

	if (steering)
		count_flow(steering, inner, packets);
	if (!tunnel)
		return;
	count_tunnel(tunnel, inner, packets);
	tunnel->link = link;
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

/* The tunnel of a packet: that which its flow was moved to, or its binding's. */
static __always_inline const struct pmip__bpf_ends *ends_of(const struct pmip__bpf_steering *steering, const struct pmip__bpf_binding *binding)
{
	return steering && is_moved(steering) ? &steering->ends : &binding->ends;
}

SEC("tc")
/* TUN-3, TUN-5, FWD-2, V4F-1, V4F-2, V4F-4. */
int pmip_encap(struct __sk_buff *skb)
{
	__u8 number = skb->protocol == bpf_htons(ETH_P_IP) ? IPPROTO_IPIP : IPPROTO_IPV6;
	struct pmip__bpf_steering *steering = NULL;
	const struct pmip__bpf_ends *ends;
	struct pmip__bpf_binding *binding;
	struct front front;
	struct head inner;
	struct next next;

	if ((skb->protocol != bpf_htons(ETH_P_IPV6) && number == IPPROTO_IPV6) || read_head(skb, 0, number, &inner))
		return TC_ACT_SHOT;
	if (inner.dst.s6_addr[0] == 0xff)
		return TC_ACT_SHOT; /* the device's own MLD, nothing of a mobile node's */
	binding = binding_of(pmip_role.is_mag ? &inner.src : &inner.dst, number);
	if (!binding || (pmip_role.is_mag && binding->link != skb->ingress_ifindex))
		return count(PMIP__BPF_DROP_UNBOUND, TC_ACT_SHOT);
	if (!pmip_role.is_mag)
		steering = steer(skb, &inner, binding);
	ends = ends_of(steering, binding);
	if (inner.octets > 0xffff || find_next(skb, &inner, ends, &next))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	make_front(&front, &inner, ends, &next);
	count_encap(&inner, packets_in(skb, &inner), steering, ends, (__u32)next.link);
	if (make_room(skb, number) || bpf_skb_store_bytes(skb, 0, &front.link, sizeof(front.link) + sizeof(front.outer), 0))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	return send_outer(&next);
}

/* As RFC 6040 section 4.2 has it, the inner ECN field stays. */
static __always_inline int keeps_ecn(const struct head *outer, const struct head *inner)
{
	return ecn_of(outer) != ECN_CE && (ecn_of(outer) != ECN_ECT1 || ecn_of(inner) != ECN_ECT0);
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
	} else if (keeps_ecn(outer, inner) || at > ETH_HLEN) {
		return;
	} else if (inner->number == IPPROTO_IPV6) {
		bpf_skb_store_bytes(skb, at + 1, &octet, sizeof(octet), BPF_F_RECOMPUTE_CSUM);
	} else {
		bpf_skb_store_bytes(skb, at + 1, &marked, sizeof(marked), 0);
		bpf_l3_csum_replace(skb, at + offsetof(struct iphdr, check), bpf_htons(tclass), bpf_htons(marked), sizeof(__be16));
	}
}

/* Without so many octets of the outer headers, in front. An IPv4 packet becomes one as the first of them go, for the other way to tell the
 * kernel, BPF_F_ADJ_ROOM_DECAP_L3_IPV4, needs Linux 6.3. */
static __always_inline long take_off(struct __sk_buff *skb, __u8 number, __u32 octets)
{
	if (number == IPPROTO_IPIP) {
		if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0))
			return -EINVAL;
		octets -= sizeof(struct ipv6hdr) - sizeof(struct iphdr);
	}
	return bpf_skb_adjust_room(skb, -(__s32)octets, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
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

#include "pmip_icmp.bpf.h"
#include "pmip_options.bpf.h"
#include "pmip_shortcut.bpf.h"

SEC("tc")
/* TUN-3, TUN-4, TUN-5, FWD-1, V4F-1, V4F-2, V4F-4. */
int pmip_decap(struct __sk_buff *skb)
{
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_ends ends;
	struct head outer, inner;
	__u32 at = sizeof(struct ipv6hdr);
	int verdict;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || read_head(skb, 0, IPPROTO_IPV6, &outer))
		return TC_ACT_UNSPEC;
	if (outer.inside == IPPROTO_ICMPV6)
		return tell_sender(skb);
	if (outer.inside == NEXTHDR_DEST)
		at = skip_options(skb, &outer.inside);
	if (!at || (outer.inside != IPPROTO_IPV6 && outer.inside != IPPROTO_IPIP) || read_head(skb, at, outer.inside, &inner))
		return TC_ACT_UNSPEC;
	__builtin_memcpy(ends.local, &outer.dst, sizeof(ends.local));
	__builtin_memcpy(ends.remote, &outer.src, sizeof(ends.remote));
	binding = binding_of(pmip_role.is_mag ? &inner.dst : &inner.src, outer.inside);
	if (!binding || !may_come_from(binding, &ends)) {
		if (!bpf_map_lookup_elem(&pmip_tunnels, &ends))
			return TC_ACT_UNSPEC;
		return count(PMIP__BPF_DROP_SPOOFED, TC_ACT_SHOT);
	}
	/* What a mobile node must not be able to say to the LMA itself through the tunnel (RFC 4291 section 2.5.6). */
	if (inner.first >> VERSION_SHIFT != 6 || is_link_scope(&inner.dst, inner.number))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (pmip_role.is_direct) {
		verdict = deliver(skb, &outer, &inner, binding);
		if (verdict != TC_ACT_UNSPEC)
			return verdict;
	}
	/* RFC 6040 section 4.2: congestion marked on a packet whose sender does not know ECN can
	 * only be told by dropping it. */
	if (ecn_of(&outer) == ECN_CE && !ecn_of(&inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (take_off(skb, outer.inside, at))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	hand_on_ecn(skb, &outer, &inner);
	return count(PMIP__BPF_DECAP, TC_ACT_OK);
}

#include "pmip_xdp.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
