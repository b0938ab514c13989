// SPDX-License-Identifier: BSD-2-Clause
/* The plain case by XDP, before the kernel has made a packet of what has come in. Whatever is not plain goes on as it is, to the kernel and the tc
 * programs, which are the complete way: no neighbour yet, a hop limit at its end, too big, extension headers, fragments, options, congestion,
 * and all that is to be dropped or answered. What leaves is to the octet what tc would send; the inner hop limit goes down here as the
 * kernel's forwarding does it there. Included by pmip.bpf.c alone.
 *
 * FWD-2, TUN-3, TUN-4, TUN-5. */
#define IPV4_PLAIN     0x45 /* version 4, no options */

/* The IP header at an offset from the frame's start. @return 0, or that it is not plain. */
static __always_inline int xdp_head(const struct xdp_md *ctx, __u32 at, __u8 number, struct head *head)
{
	const void *data = (const void *)(long)ctx->data, *end = (const void *)(long)ctx->data_end;
	const struct ipv6hdr *ip6 = data + at;
	const struct iphdr *ip4 = data + at;

	head->number = number;
	if (number == IPPROTO_IPIP) {
		if ((const void *)(ip4 + 1) > end || *(const __u8 *)ip4 != IPV4_PLAIN || ip4->ttl <= 1 ||
		    ip4->frag_off & bpf_htons(IPV4_OFFSET | IPV4_MORE))
			return -EINVAL;
		head->first = 6u << VERSION_SHIFT | (__u32)ip4->tos << TCLASS_SHIFT;
		head->octets = bpf_ntohs(ip4->tot_len);
		head->inside = ip4->protocol;
		head->src = mapped(ip4->saddr);
		head->dst = mapped(ip4->daddr);
	} else {
		if ((const void *)(ip6 + 1) > end || ip6->hop_limit <= 1)
			return -EINVAL;
		head->first = bpf_ntohl(*(const __be32 *)ip6);
		head->octets = bpf_ntohs(ip6->payload_len) + sizeof(*ip6);
		head->inside = ip6->nexthdr;
		head->src = ip6->saddr;
		head->dst = ip6->daddr;
	}
	if (head->first >> VERSION_SHIFT != 6 || is_extension(head, head->inside) || is_unroutable(&head->src, number) ||
	    is_unroutable(&head->dst, number) || data + at + head->octets > end)
		return -EINVAL;
	return 0;
}

/* Where a packet is routed. @return what bpf_fib_lookup() does */
static __always_inline long xdp_route(struct xdp_md *ctx, const struct head *head, __u32 in, struct bpf_fib_lookup *fib)
{
	*fib = (struct bpf_fib_lookup){ .l4_protocol = head->inside, .ifindex = in, .tot_len = (__u16)head->octets };
	if (head->number == IPPROTO_IPIP) {
		fib->family = FAMILY_INET;
		fib->tos = (__u8)(head->first >> TCLASS_SHIFT);
		fib->ipv4_src = head->src.s6_addr32[3];
		fib->ipv4_dst = head->dst.s6_addr32[3];
	} else {
		fib->family = FAMILY_INET6;
		fib->flowinfo = bpf_htonl(head->first) & bpf_htonl(FLOWINFO_MASK);
		__builtin_memcpy(fib->ipv6_src, &head->src, sizeof(fib->ipv6_src));
		__builtin_memcpy(fib->ipv6_dst, &head->dst, sizeof(fib->ipv6_dst));
	}
	return bpf_fib_lookup(ctx, fib, sizeof(*fib), 0);
}

/* Cut off what Ethernet has padded it with, and move its start. */
static __always_inline long xdp_resize(struct xdp_md *ctx, __u32 octets, int move)
{
	int more = (int)((long)ctx->data_end - (long)ctx->data) - (int)octets;

	if (more > 0 && bpf_xdp_adjust_tail(ctx, -more))
		return -EINVAL;
	return bpf_xdp_adjust_head(ctx, move);
}

/* The link header, and one hop less in the IP header at an offset from the frame's start. */
static __always_inline int xdp_finish(struct xdp_md *ctx, const __u8 *to, const __u8 *from, __be16 proto, __u32 at, __u8 number)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6 = data + at;
	struct iphdr *ip4 = data + at;
	__u32 sum;

	if ((void *)(eth + 1) > end || (void *)(ip4 + 1) > end)
		return -EINVAL;
	__builtin_memcpy(eth->h_dest, to, sizeof(eth->h_dest));
	__builtin_memcpy(eth->h_source, from, sizeof(eth->h_source));
	eth->h_proto = proto;
	if (number == IPPROTO_IPIP) {
		sum = (__u32)ip4->check + bpf_htons(0x0100);
		ip4->check = (__sum16)(sum + (sum >= 0xffff));
		ip4->ttl--;
		return 0;
	}
	if ((void *)(ip6 + 1) > end)
		return -EINVAL;
	ip6->hop_limit--;
	return 0;
}

/* The flow of a plain packet, whose ports are behind its IP header; flow is all zero before. */
static __always_inline int xdp_flow(const struct xdp_md *ctx, const struct head *head, struct pmip__bpf_flow *flow)
{
	const void *end = (const void *)(long)ctx->data_end, *ports = (const void *)(long)ctx->data + ETH_HLEN +
			  (head->number == IPPROTO_IPIP ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));

	__builtin_memcpy(flow->src, &head->src, sizeof(flow->src));
	__builtin_memcpy(flow->dst, &head->dst, sizeof(flow->dst));
	flow->protocol = head->inside;
	if (!has_ports(head->inside))
		return 0;
	if (ports + sizeof(flow->ports) > end)
		return -EINVAL;
	__builtin_memcpy(flow->ports, ports, sizeof(flow->ports));
	return 0;
}

/* The outer header, behind the link header. */
static __always_inline int xdp_put_outer(struct xdp_md *ctx, const struct head *inner, const struct pmip__bpf_ends *ends)
{
	struct ipv6hdr *outer = (void *)(long)ctx->data + ETH_HLEN;

	if ((void *)(outer + 1) > (void *)(long)ctx->data_end)
		return -EINVAL;
	make_outer(outer, inner, ends);
	return 0;
}

/* Where the packets of a tunnel go, or at a MAG those to a mobile node, NULL = the kernel is to see to it. */
static __always_inline const struct hop *xdp_hop(struct xdp_md *ctx, const struct head *inner, const struct pmip__bpf_ends *ends, __u32 octets)
{
	struct hop *hop = hop_place(ends);
	struct bpf_fib_lookup fib;

	if (!hop)
		return NULL;
	if (!hop_answers(hop, inner, ends, octets) &&
	    hop_ask(ctx, hop, inner, ends, octets, ctx->ingress_ifindex, &fib) != BPF_FIB_LKUP_RET_SUCCESS)
		return NULL;
	return hop->is_port ? hop : NULL;
}

static __always_inline int xdp_encap(struct xdp_md *ctx, __u8 number)
{
	struct pmip__bpf_steering *steering = NULL;
	struct pmip__bpf_flow flow = {};
	struct pmip__bpf_binding *binding;
	struct bpf_fib_lookup fib;
	struct pmip__bpf_ends ends;
	const struct hop *hop;
	struct head inner;
	long err;

	if (xdp_head(ctx, ETH_HLEN, number, &inner) || inner.octets > pmip_role.tunnel_mtu)
		return XDP_PASS;
	binding = binding_of(pmip_role.is_mag ? &inner.src : &inner.dst, number);
	if (!binding)
		return XDP_PASS;
	if (pmip_role.is_mag) { /* not for what is for the MAG itself */
		if (binding->link != ctx->ingress_ifindex)
			return XDP_PASS;
		err = xdp_route(ctx, &inner, ctx->ingress_ifindex, &fib);
		if ((err != BPF_FIB_LKUP_RET_SUCCESS && err != BPF_FIB_LKUP_RET_NO_NEIGH) || fib.ifindex != pmip_role.device)
			return XDP_PASS;
	} else if (pmip_flow_count || pmip_watch) {
		if (xdp_flow(ctx, &inner, &flow))
			return XDP_PASS;
		steering = steering_of(&flow, inner.first, binding);
	}
	ends = *ends_of(steering, binding);
	hop = xdp_hop(ctx, &inner, &ends, inner.octets + sizeof(struct ipv6hdr));
	if (!hop)
		return XDP_PASS;
	if (xdp_resize(ctx, ETH_HLEN + inner.octets, -(int)sizeof(struct ipv6hdr)))
		return XDP_PASS;
	if (xdp_put_outer(ctx, &inner, &ends) ||
	    xdp_finish(ctx, hop->to, hop->from, bpf_htons(ETH_P_IPV6), ETH_HLEN + sizeof(struct ipv6hdr), number))
		return count(PMIP__BPF_DROP_OTHER, XDP_DROP);
	count_encap(&inner, 1, steering, &ends, hop->link);
	return count(PMIP__BPF_ENCAP, (int)bpf_redirect_map(&pmip_ports, hop->link, XDP_DROP));
}

/* Where what has come out of a tunnel goes. A MAG knows: to the link of its binding. @return 0, or that the kernel is to see to it */
static __always_inline int xdp_onward(struct xdp_md *ctx, const struct head *inner, const struct pmip__bpf_binding *binding, struct hop *onward)
{
	const struct pmip__bpf_ends node = hop_node(inner);
	struct bpf_fib_lookup fib;
	const struct hop *hop;

	if (pmip_role.is_mag) {
		hop = xdp_hop(ctx, inner, &node, inner->octets);
		if (!hop || hop->link != binding->link)
			return -EINVAL;
		*onward = *hop;
		return 0;
	}
	if (xdp_route(ctx, inner, ctx->ingress_ifindex, &fib) != BPF_FIB_LKUP_RET_SUCCESS)
		return -EINVAL;
	hop_keep(onward, inner, &node, &fib);
	return onward->is_port ? 0 : -EINVAL;
}

static __always_inline int xdp_decap(struct xdp_md *ctx, const struct head *outer)
{
	const __u32 at = ETH_HLEN + sizeof(struct ipv6hdr);
	struct pmip__bpf_binding *binding;
	struct pmip__bpf_ends ends;
	struct head inner;
	struct hop onward;

	if (xdp_head(ctx, at, outer->inside, &inner) || inner.octets + sizeof(struct ipv6hdr) != outer->octets || !keeps_ecn(outer, &inner))
		return XDP_PASS;
	__builtin_memcpy(ends.local, &outer->dst, sizeof(ends.local));
	__builtin_memcpy(ends.remote, &outer->src, sizeof(ends.remote));
	binding = binding_of(pmip_role.is_mag ? &inner.dst : &inner.src, outer->inside);
	if (!binding || !may_come_from(binding, &ends) || xdp_onward(ctx, &inner, binding, &onward))
		return XDP_PASS;
	if (xdp_resize(ctx, at + inner.octets, sizeof(struct ipv6hdr)))
		return XDP_PASS;
	if (xdp_finish(ctx, onward.to, onward.from, bpf_htons(inner.number == IPPROTO_IPIP ? ETH_P_IP : ETH_P_IPV6), ETH_HLEN, inner.number))
		return count(PMIP__BPF_DROP_OTHER, XDP_DROP);
	return count(PMIP__BPF_DECAP, (int)bpf_redirect_map(&pmip_ports, onward.link, XDP_DROP));
}

SEC("xdp")
int pmip_xdp(struct xdp_md *ctx)
{
	const struct ethhdr *eth = (const void *)(long)ctx->data;
	struct head outer;

	if ((const void *)(eth + 1) > (const void *)(long)ctx->data_end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return xdp_encap(ctx, IPPROTO_IPIP);
	if (eth->h_proto != bpf_htons(ETH_P_IPV6))
		return XDP_PASS;
	if (xdp_head(ctx, ETH_HLEN, IPPROTO_IPV6, &outer))
		return XDP_PASS;
	if (outer.inside == IPPROTO_IPV6 || outer.inside == IPPROTO_IPIP)
		return xdp_decap(ctx, &outer);
	return xdp_encap(ctx, IPPROTO_IPV6);
}
