// SPDX-License-Identifier: BSD-2-Clause
/* Where the packets of a tunnel go next, or at a MAG those to a mobile node. The kernel's routing says it, for policies, MTU and neighbour with it, and what it
 * has said is kept for HOP_NS: a route or a neighbour that changes is noticed that late, a mobile node's, which are many, after NODE_NS. Each processor keeps its own, in a place that the addresses say, so
 * nobody waits for another one, and two that share a place only ask more often. Included by pmip.bpf.c alone.
 *
 * The flow label has no part in it: the packets of a tunnel go to one neighbour, as those of Linux's own tunnels do, in their order; routers behind it see
 * the label (RFC 6438). */
#define HOP_NS	  10000000ull
#define NODE_NS	  100000000ull
#define HOP_BITS  12
#define HOP_MIX	  0x9e3779b97f4a7c15ull /* only the highest bits of the product depend on all octets */
#define DSCP_MASK 0x0fc00000
#define XDP_PORTS_MAX 256

struct hop {
	struct pmip__bpf_ends ends; /* of a mobile node: its address as remote, no local */
	__u64 until_ns;
	__u32 link;
	__u32 dscp; /* policies may look at it, and at the protocol */
	__u16 mtu;
	__u8 number;
	__u8 is_port; /* XDP may send by the link */
	__u8 to[ETH_ALEN], from[ETH_ALEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << HOP_BITS);
	__type(key, __u32);
	__type(value, struct hop);
} pmip_hops SEC(".maps");

/* Interfaces that may be redirected to: those that the program is at. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, XDP_PORTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} pmip_ports SEC(".maps");

/* A mobile node in the place of a tunnel. */
static __always_inline struct pmip__bpf_ends hop_node(const struct head *inner)
{
	struct pmip__bpf_ends node = {};

	__builtin_memcpy(node.remote, &inner->dst, sizeof(node.remote));
	return node;
}

static __always_inline int is_node(const struct pmip__bpf_ends *ends)
{
	return !(ends->local[0] | ends->local[1]);
}

/* The question to the routing: where a packet of so many octets goes, of a tunnel, or what has come in by a link to a mobile node. */
static __always_inline struct bpf_fib_lookup hop_question(const struct head *inner, const struct pmip__bpf_ends *ends, __u32 octets, __u32 in)
{
	struct bpf_fib_lookup fib = {
		.family = FAMILY_INET6,
		.l4_protocol = is_node(ends) ? 0 : inner->number,
		.ifindex = is_node(ends) ? in : pmip_role.device,
		.tot_len = (__u16)octets,
		.flowinfo = bpf_htonl(inner->first & DSCP_MASK),
	};

	__builtin_memcpy(fib.ipv6_src, ends->local, sizeof(fib.ipv6_src));
	__builtin_memcpy(fib.ipv6_dst, ends->remote, sizeof(fib.ipv6_dst));
	if (is_node(ends) && inner->number == IPPROTO_IPIP) {
		fib.family = FAMILY_INET;
		fib.tos = 0;
		fib.ipv4_dst = inner->dst.s6_addr32[3];
	}
	return fib;
}

/* A mobile node is where the route of its binding has it, which no policy changes. */
static __always_inline __u32 hop_flags(const struct pmip__bpf_ends *ends)
{
	return is_node(ends) ? BPF_FIB_LOOKUP_DIRECT : 0;
}

/* The place of what is known. */
static __always_inline struct hop *hop_place(const struct pmip__bpf_ends *ends)
{
	__u32 place = (__u32)((ends->remote[0] ^ ends->remote[1] ^ ends->local[1]) * HOP_MIX >> (64 - HOP_BITS));

	return bpf_map_lookup_elem(&pmip_hops, &place);
}

/* Whether what is known answers the question. */
static __always_inline int hop_answers(const struct hop *hop, const struct head *inner, const struct pmip__bpf_ends *ends, __u32 octets)
{
	return hop->until_ns > bpf_ktime_get_coarse_ns() && same_ends(&hop->ends, ends) && hop->dscp == (inner->first & DSCP_MASK) &&
	       hop->number == inner->number && octets <= hop->mtu;
}

/* Keep an answer. */
static __always_inline void hop_keep(struct hop *hop, const struct head *inner, const struct pmip__bpf_ends *ends, const struct bpf_fib_lookup *fib)
{
	hop->ends = *ends;
	hop->until_ns = bpf_ktime_get_coarse_ns() + (is_node(ends) ? NODE_NS : HOP_NS);
	hop->link = fib->ifindex;
	hop->dscp = inner->first & DSCP_MASK;
	hop->mtu = fib->mtu_result;
	hop->number = inner->number;
	hop->is_port = bpf_map_lookup_elem(&pmip_ports, &hop->link) != NULL;
	__builtin_memcpy(hop->to, fib->dmac, sizeof(hop->to));
	__builtin_memcpy(hop->from, fib->smac, sizeof(hop->from));
}

/* Ask the routing; what it says is kept if there is a place for it. @return what bpf_fib_lookup() does */
static __always_inline long hop_ask(void *ctx, struct hop *hop, const struct head *inner, const struct pmip__bpf_ends *ends, __u32 octets, __u32 in,
				    struct bpf_fib_lookup *fib)
{
	long err;

	*fib = hop_question(inner, ends, octets, in);
	err = bpf_fib_lookup(ctx, fib, sizeof(*fib), hop_flags(ends));
	if (hop && err == BPF_FIB_LKUP_RET_SUCCESS)
		hop_keep(hop, inner, ends, fib);
	return err;
}
