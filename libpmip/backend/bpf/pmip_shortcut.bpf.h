// SPDX-License-Identifier: BSD-2-Clause
/* What is plain goes on at once, which spares it the kernel's forwarding:
 *
 *   LMA  ingress of an interface to the network: into its tunnel; the kernel would route it to our device first
 *   MAG  out of its tunnel, if so configured: to the mobile node
 *
 * Whatever is not plain takes the kernel's way, which is the complete one: a hop limit at its end, too big, options for a router, no way to the MAG or the
 * mobile node. What goes by here no netfilter sees. Included by pmip.bpf.c alone.
 *
 * TUN-3, TUN-5, V4F-1. */
#define PACKET_HOST 0 /* linux/if_packet.h: for us, by its link-layer address */

/* Whether a router has nothing to do but to forward it, as far as its header tells. */
static __always_inline int is_simple(const struct head *head)
{
	return head->hops > 1 && head->first >> VERSION_SHIFT == 6 &&
	       (head->number == IPPROTO_IPIP ? head->own == sizeof(struct iphdr) : head->inside != NEXTHDR_HOP) &&
	       !is_unroutable(&head->dst, head->number) && !is_unroutable(&head->src, head->number);
}

static __always_inline int is_plain(struct __sk_buff *skb, const struct head *head)
{
	__u32 len = 0;

	if (skb->pkt_type != PACKET_HOST || head->octets != skb->len - ETH_HLEN || !is_simple(head))
		return 0;
	if (skb->gso_size)
		return !bpf_check_mtu(skb, pmip_role.device, &len, 0, BPF_MTU_CHK_SEGS);
	return head->octets <= pmip_role.tunnel_mtu;
}

/* One hop less in an IPv4 header at an offset. */
static __always_inline long take_hop(struct __sk_buff *skb, __u32 at, const struct head *head)
{
	__be16 old = bpf_htons((__u16)(head->hops << 8 | head->inside)), new = old - bpf_htons(0x0100);
	__u8 hops = head->hops - 1;

	if (bpf_skb_store_bytes(skb, at + offsetof(struct iphdr, ttl), &hops, sizeof(hops), 0))
		return -EINVAL;
	return bpf_l3_csum_replace(skb, at + offsetof(struct iphdr, check), old, new, sizeof(old));
}

/* All that is in front, and one hop less. */
static __always_inline long put_front(struct __sk_buff *skb, struct front *front, const struct head *inner)
{
	const __u32 octets = sizeof(front->link) + sizeof(front->outer);

	if (inner->number == IPPROTO_IPV6) {
		front->hop_limit = inner->hops - 1;
		front->first = bpf_htonl(inner->first);
		front->payload_len = bpf_htons((__u16)(inner->octets - sizeof(struct ipv6hdr)));
		front->nexthdr = inner->inside;
		return bpf_skb_store_bytes(skb, 0, &front->link, octets + sizeof(front->first) + sizeof(__be32), 0);
	}
	return bpf_skb_store_bytes(skb, 0, &front->link, octets, 0) || take_hop(skb, octets, inner);
}

SEC("tc")
int pmip_network(struct __sk_buff *skb)
{
	__u8 number = skb->protocol == bpf_htons(ETH_P_IP) ? IPPROTO_IPIP : IPPROTO_IPV6;
	struct pmip__bpf_steering *steering;
	const struct pmip__bpf_ends *ends;
	struct pmip__bpf_binding *binding;
	struct front front;
	struct head inner;
	struct next next;

	if ((skb->protocol != bpf_htons(ETH_P_IPV6) && number == IPPROTO_IPV6) || read_head(skb, 0, number, &inner) || !is_plain(skb, &inner))
		return TC_ACT_UNSPEC;
	binding = binding_of(&inner.dst, number);
	if (!binding)
		return TC_ACT_UNSPEC;
	steering = steer(skb, &inner, binding);
	ends = ends_of(steering, binding);
	if (find_next(skb, &inner, ends, &next))
		return TC_ACT_UNSPEC;
	make_front(&front, &inner, ends, &next);
	count_encap(&inner, packets_in(skb, &inner), steering, ends, (__u32)next.link);
	if (make_room(skb, number) || put_front(skb, &front, &inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	return send_outer(&next);
}

/* Who is next on the access link of a binding, by the route that it has there. is_new: the routing has been asked; then the kernel's neighbour table is to
 * send the packet, which sees to it that the mobile node is there still. @return NULL: the kernel is to see to it all */
static __always_inline const struct hop *find_mobile_node(struct __sk_buff *skb, const struct head *inner, const struct pmip__bpf_binding *binding,
							  struct bpf_redir_neigh *neighbour, int *is_new)
{
	const __u32 octets = skb->gso_size ? sizeof(struct iphdr) : inner->octets;
	const struct pmip__bpf_ends node = hop_node(inner);
	struct hop *hop = hop_place(&node);
	struct bpf_fib_lookup fib;
	__u32 len = 0;

	if (!hop || (skb->gso_size && bpf_check_mtu(skb, binding->link, &len, 0, BPF_MTU_CHK_SEGS)))
		return NULL;
	*is_new = !hop_answers(hop, inner, &node, octets);
	if (*is_new) {
		if (hop_ask(skb, hop, inner, &node, octets, skb->ingress_ifindex, &fib) != BPF_FIB_LKUP_RET_SUCCESS)
			return NULL;
		neighbour->nh_family = fib.family;
		__builtin_memcpy(neighbour->ipv6_nh, fib.ipv6_dst, sizeof(neighbour->ipv6_nh)); /* or ipv4_nh, in the same place */
	}
	return hop->link == binding->link ? hop : NULL;
}

/* The link header, and one hop less. */
static __always_inline long put_link(struct __sk_buff *skb, const struct hop *hop, const struct head *inner)
{
	const __u8 hops = inner->hops - 1;
	struct ethhdr link = { .h_proto = skb->protocol };

	__builtin_memcpy(link.h_dest, hop->to, sizeof(link.h_dest));
	__builtin_memcpy(link.h_source, hop->from, sizeof(link.h_source));
	if (bpf_skb_store_bytes(skb, 0, &link, sizeof(link), 0))
		return -EINVAL;
	if (inner->number == IPPROTO_IPIP)
		return take_hop(skb, ETH_HLEN, inner);
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &hops, sizeof(hops), 0);
}

/* A packet of a binding, which is in a tunnel still. @return the verdict, TC_ACT_UNSPEC = it is as it was and the kernel's */
static __always_inline int deliver(struct __sk_buff *skb, const struct head *outer, const struct head *inner, const struct pmip__bpf_binding *binding)
{
	struct bpf_redir_neigh neighbour = {};
	const struct hop *hop;
	int is_new;

	if (outer->octets != skb->len - ETH_HLEN || outer->octets != inner->octets + sizeof(struct ipv6hdr) || !is_simple(inner) ||
	    !keeps_ecn(outer, inner))
		return TC_ACT_UNSPEC;
	hop = find_mobile_node(skb, inner, binding, &neighbour, &is_new);
	if (!hop)
		return TC_ACT_UNSPEC;
	if (take_off(skb, inner->number, sizeof(struct ipv6hdr)) || put_link(skb, hop, inner))
		return count(PMIP__BPF_DROP_OTHER, TC_ACT_SHOT);
	if (!is_new)
		return count(PMIP__BPF_DECAP, (int)bpf_redirect((int)hop->link, 0));
	return count(PMIP__BPF_DECAP, (int)bpf_redirect_neigh((int)hop->link, &neighbour, sizeof(neighbour), 0));
}
