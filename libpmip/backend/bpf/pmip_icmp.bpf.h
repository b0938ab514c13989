// SPDX-License-Identifier: BSD-2-Clause
/* ICMPv6 errors that a router in the core answers our tunnel packets with, told on to the sender of what was inside (RFC 2473 section 8, as
 * Linux's own tunnels do it): Packet Too Big with the outer header taken off the MTU, Destination Unreachable and an exceeded hop limit as
 * an unreachable address; in IPv4 as Fragmentation Needed and an unreachable host. Included by pmip.bpf.c alone.
 *
 * Such an error comes from anywhere, so only what it quotes says whether it may be true: a packet of a tunnel of ours, of a binding that
 * the tunnel carries. Nothing of it is remembered: who sends too much is told by the router again.
 * TUN-8. */
#include <linux/icmpv6.h>

#define ICMP_DUMMY    0xc0000008 /* 192.0.0.8, of whoever has no IPv4 address to say it with (RFC 7600 section 4.8); Linux does so, too */
#define ICMP_TOS      0xc0	 /* RFC 1812 section 4.3.2.5 */
#define ICMP_HOPS     64
#define IPV4_DF	      0x4000
#define IPV6_LEAST    1280
#define IPV4_QUOTE    512 /* octets of the packet in an ICMPv4 error, which has 576 at most (RFC 1812 section 4.3.2.3) */
#define QUOTE_AT      (sizeof(struct ipv6hdr) + sizeof(struct icmp6hdr))
#define INNER_AT      (QUOTE_AT + sizeof(struct ipv6hdr))
#define ICMP_ECHOREPLY	  0 /* linux/icmp.h is not for programs */
#define ICMP_ECHO	  8
#define ICMP_DEST_UNREACH 3
#define ICMP_HOST_UNREACH 1
#define ICMP_FRAG_NEEDED  4
#define CHUNK	      64
#define CHUNKS	      (IPV6_LEAST / CHUNK)
#define FIRST_MESSAGE 128 /* ICMPv6 types below are errors */

/* ICMPv4, Destination Unreachable. */
struct unreachable {
	__u8 type, code;
	__be16 checksum, zero, mtu;
};

/* An error, and what of it goes on. */
struct trouble {
	struct icmp6hdr icmp;
	struct head outer, quoted, inner;
	__be32 chunk[CHUNK / sizeof(__be32)];
	__u32 quote; /* octets of the inner packet that are there */
	__u32 sum;   /* of them */
	__u32 start; /* sum of the first IPV4_QUOTE of them */
	__u32 mtu;   /* for the sender; 0: it is not a matter of size */
};

/* The one that is in hand: too much for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trouble);
} pmip_trouble SEC(".maps");

static __always_inline __u16 folded(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)((sum & 0xffff) + (sum >> 16));
}

static __always_inline __u32 sum_of(const void *octets, __u32 n, __u32 sum)
{
	return (__u32)bpf_csum_diff(NULL, 0, (__be32 *)octets, n, sum);
}

static __always_inline int same_address(const struct in6_addr *a, const struct in6_addr *b)
{
	const __be32 *x = a->s6_addr32, *y = b->s6_addr32;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])); /* with && it would be a call of memcmp() */
}

/* @return 0, or that the quote is longer than it may be, or than what is there. */
static __always_inline int sum_quote(const struct __sk_buff *skb, struct trouble *trouble)
{
	__u64 len, done = 0;

	trouble->sum = 0;
	for (int i = 0; i < CHUNKS && done < trouble->quote; i++, done += CHUNK) {
		len = trouble->quote - done;
		len = len < CHUNK ? len : CHUNK;
		/* What it is already, 1 to CHUNK, as the verifier sees it: that of Linux 6.1 learns nothing from a comparison with 0. */
		len--;
		asm volatile("" : "+r"(len));
		len = (len & (CHUNK - 1)) + 1;
		__builtin_memset(trouble->chunk, 0, sizeof(trouble->chunk));
		if (bpf_skb_load_bytes_relative(skb, INNER_AT + done, trouble->chunk, len, BPF_HDR_START_NET))
			return -EINVAL;
		trouble->sum = sum_of(trouble->chunk, sizeof(trouble->chunk), trouble->sum);
		if (done < IPV4_QUOTE)
			trouble->start = trouble->sum;
	}
	return done < trouble->quote ? -EINVAL : 0;
}

/* ICMPv6 of so many octets. */
static __always_inline __u32 sum_pseudo(const struct in6_addr *src, const struct in6_addr *dst, __u32 octets, __u32 sum)
{
	const __be32 rest[] = { bpf_htonl(octets), bpf_htonl(IPPROTO_ICMPV6) };

	return sum_of(rest, sizeof(rest), sum_of(src, sizeof(*src), sum_of(dst, sizeof(*dst), sum)));
}

/* Whether all of the error is there and its checksum right. */
static __always_inline int is_whole(const struct __sk_buff *skb, struct trouble *trouble)
{
	__be32 headers[(INNER_AT - sizeof(struct ipv6hdr)) / sizeof(__be32)];
	__u32 octets = trouble->outer.octets, sum;

	if (octets <= INNER_AT || bpf_skb_load_bytes_relative(skb, sizeof(struct ipv6hdr), headers, sizeof(headers), BPF_HDR_START_NET))
		return 0;
	trouble->quote = octets - INNER_AT;
	if (sum_quote(skb, trouble))
		return 0;
	sum = sum_pseudo(&trouble->outer.src, &trouble->outer.dst, octets - sizeof(struct ipv6hdr), trouble->sum);
	return folded(sum_of(headers, sizeof(headers), sum)) == 0xffff;
}

/* Whether there may be an answer to the inner packet: RFC 4443 section 2.4 (e), RFC 1122 section 3.2.2. */
static __always_inline int is_answered(const struct __sk_buff *skb, const struct head *inner)
{
	struct walk walk = { .at = INNER_AT };
	__u8 type;

	if (is_link_scope(&inner->src, inner->number))
		return 0;
	if (inner->number == IPPROTO_IPIP) {
		if (walk_ipv4(skb, &walk) || walk.is_later)
			return 0;
		return inner->inside != IPPROTO_ICMP ||
		       (!bpf_skb_load_bytes_relative(skb, walk.at, &type, sizeof(type), BPF_HDR_START_NET) &&
			(type == ICMP_ECHO || type == ICMP_ECHOREPLY));
	}
	return inner->inside != IPPROTO_ICMPV6 ||
	       (!bpf_skb_load_bytes_relative(skb, INNER_AT + sizeof(struct ipv6hdr), &type, sizeof(type), BPF_HDR_START_NET) &&
		type >= FIRST_MESSAGE);
}

/* What the sender can do about it, if anything. A Parameter Problem is ours: we have written what it is about. A router that cannot take
 * the least MTU of IPv6 is none (RFC 8201 section 4). */
static __always_inline int is_told(struct trouble *trouble)
{
	__u32 mtu = bpf_ntohl(trouble->icmp.icmp6_mtu);

	trouble->mtu = 0;
	if (trouble->icmp.icmp6_type == ICMPV6_PKT_TOOBIG) {
		mtu = (mtu > IPV6_LEAST ? mtu : IPV6_LEAST) - sizeof(struct ipv6hdr);
		if (trouble->inner.number == IPPROTO_IPV6 && mtu < IPV6_LEAST)
			mtu = IPV6_LEAST;
		trouble->mtu = mtu;
		return trouble->inner.octets > mtu;
	}
	return trouble->icmp.icmp6_type == ICMPV6_DEST_UNREACH ||
	       (trouble->icmp.icmp6_type == ICMPV6_TIME_EXCEED && trouble->icmp.icmp6_code == ICMPV6_EXC_HOPLIMIT);
}

/* Make the packet an error of ours to the inner source. at: the link header's length. */
static __always_inline long tell_ipv6(struct __sk_buff *skb, __u32 at, struct trouble *trouble)
{
	struct {
		struct ipv6hdr ip;
		struct icmp6hdr icmp;
	} told = { .ip = { .nexthdr = IPPROTO_ICMPV6, .hop_limit = ICMP_HOPS, .saddr = trouble->outer.dst, .daddr = trouble->inner.src } };
	__u32 octets = sizeof(told.icmp) + trouble->quote, sum;

	*(__be32 *)&told.ip = bpf_htonl(6u << VERSION_SHIFT);
	told.ip.payload_len = bpf_htons(octets);
	told.icmp.icmp6_type = trouble->mtu ? ICMPV6_PKT_TOOBIG : ICMPV6_DEST_UNREACH;
	told.icmp.icmp6_code = trouble->mtu ? 0 : ICMPV6_ADDR_UNREACH;
	told.icmp.icmp6_mtu = bpf_htonl(trouble->mtu);
	sum = sum_pseudo(&told.ip.saddr, &told.ip.daddr, octets, trouble->sum);
	told.icmp.icmp6_cksum = ~folded(sum_of(&told.icmp, sizeof(told.icmp), sum));
	if (take_off(skb, IPPROTO_IPV6, sizeof(struct ipv6hdr)))
		return -EINVAL;
	return bpf_skb_store_bytes(skb, at, &told, sizeof(told), BPF_F_RECOMPUTE_CSUM);
}

static __always_inline long tell_ipv4(struct __sk_buff *skb, __u32 at, struct trouble *trouble)
{
	struct {
		struct iphdr ip;
		struct unreachable icmp;
	} told = { .ip = { .version = 4, .ihl = sizeof(struct iphdr) / 4, .tos = ICMP_TOS, .ttl = ICMP_HOPS, .protocol = IPPROTO_ICMP } };

	if (trouble->quote > IPV4_QUOTE) {
		trouble->quote = IPV4_QUOTE;
		trouble->sum = trouble->start;
		if (bpf_skb_change_tail(skb, at + INNER_AT + IPV4_QUOTE, 0))
			return -EINVAL;
	}
	told.ip.tot_len = bpf_htons(sizeof(told) + trouble->quote);
	told.ip.frag_off = bpf_htons(IPV4_DF);
	told.ip.saddr = bpf_htonl(ICMP_DUMMY);
	told.ip.daddr = trouble->inner.src.s6_addr32[3];
	told.ip.check = ~folded(sum_of(&told.ip, sizeof(told.ip), 0));
	told.icmp.type = ICMP_DEST_UNREACH;
	told.icmp.code = trouble->mtu ? ICMP_FRAG_NEEDED : ICMP_HOST_UNREACH;
	told.icmp.mtu = bpf_htons(trouble->mtu);
	told.icmp.checksum = ~folded(sum_of(&told.icmp, sizeof(told.icmp), trouble->sum));
	if (take_off(skb, IPPROTO_IPIP, INNER_AT - sizeof(told)))
		return -EINVAL;
	return bpf_skb_store_bytes(skb, at, &told, sizeof(told), BPF_F_RECOMPUTE_CSUM);
}

/* Whether it is the answer to a packet of a tunnel of ours; which one. */
static __always_inline int is_ours(const struct __sk_buff *skb, struct trouble *trouble, struct pmip__bpf_ends *ends)
{
	const struct head *quoted = &trouble->quoted;

	if (bpf_skb_load_bytes_relative(skb, sizeof(struct ipv6hdr), &trouble->icmp, sizeof(trouble->icmp), BPF_HDR_START_NET) ||
	    trouble->icmp.icmp6_type >= FIRST_MESSAGE || read_head(skb, 0, IPPROTO_IPV6, &trouble->outer) ||
	    read_head(skb, QUOTE_AT, IPPROTO_IPV6, &trouble->quoted) ||
	    (quoted->inside != IPPROTO_IPV6 && quoted->inside != IPPROTO_IPIP) || !same_address(&quoted->src, &trouble->outer.dst))
		return 0;
	__builtin_memcpy(ends->local, &quoted->src, sizeof(ends->local));
	__builtin_memcpy(ends->remote, &quoted->dst, sizeof(ends->remote));
	return bpf_map_lookup_elem(&pmip_tunnels, ends) != NULL;
}

/* ICMPv6 that has come in from the core. */
static __noinline int tell_sender(struct __sk_buff *skb)
{
	const __u32 only = 0;
	struct trouble *trouble = bpf_map_lookup_elem(&pmip_trouble, &only);
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_ends ends;
	__u32 at;

	if (!trouble || !is_ours(skb, trouble, &ends))
		return TC_ACT_UNSPEC;
	if (read_head(skb, INNER_AT, trouble->quoted.inside, &trouble->inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	binding = binding_of(pmip_role.is_mag ? &trouble->inner.src : &trouble->inner.dst, trouble->inner.number);
	if (!binding || !may_come_from(binding, &ends))
		return count(PMIP__BPF_DROP_SPOOFED, TC_ACT_SHOT);
	at = skb->len - trouble->outer.octets; /* the link header's length */
	if (at > ETH_HLEN || trouble->inner.first >> VERSION_SHIFT != 6 || !is_whole(skb, trouble) ||
	    !is_answered(skb, &trouble->inner) || !is_told(trouble))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (trouble->inner.number == IPPROTO_IPV6 ? tell_ipv6(skb, at, trouble) : tell_ipv4(skb, at, trouble))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	return count(PMIP__BPF_ERRORS, TC_ACT_OK);
}
