// SPDX-License-Identifier: BSD-2-Clause
/* Single flows at an LMA (RFC 7864): which one a packet belongs to, and where that one goes. Included by pmip.bpf.c alone.
 *
 * A flow is its addresses, protocol and ports; the flow label is noted and no more, for senders change it when a path fails. A later fragment
 * goes where its first one went, if that was a flow's. FMC-3, FMC-5, PAP-20. */

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

#define TELL_AGAIN_NS	 1000000000ull

/* So many flows there are; with none, and nobody watched, nobody pays for looking. */
__u32 pmip_flow_count;
__u32 pmip_watch;
/* Of the process that is in charge: what a killed one has steered goes on, and is unknown to the new one. */
__u64 pmip_epoch;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct pmip__bpf_flow);
	__type(value, struct pmip__bpf_steering);
} pmip_flows SEC(".maps");

/* Flows that nobody has named, for the process that watches. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 262144);
} pmip_unknown SEC(".maps");

/* When such a flow was told last. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct pmip__bpf_flow);
	__type(value, __u64);
} pmip_told SEC(".maps");

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
	__u32 at; /* of the next header, from the first octet of the packet */
	__u8 next;
	__u8 is_fragment;
	__u8 is_later; /* not the first */
	__u32 id;
};

/* One extension header. @return whether to go on. */
static __always_inline int step(const struct __sk_buff *skb, struct walk *walk)
{
	__u8 octets[8];

	if (walk->next != NEXTHDR_HOP && walk->next != NEXTHDR_ROUTING && walk->next != NEXTHDR_DEST && walk->next != NEXTHDR_AUTH &&
	    walk->next != NEXTHDR_FRAGMENT)
		return 0;
	if (bpf_skb_load_bytes_relative(skb, walk->at, octets, sizeof(octets), BPF_HDR_START_NET))
		return 0;
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
	return !walk->is_later;
}

static __always_inline int walk_ipv4(const struct __sk_buff *skb, struct walk *walk)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes_relative(skb, 0, &ip, sizeof(ip), BPF_HDR_START_NET))
		return -EINVAL;
	walk->at = ip.ihl * 4;
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

/* The flow of a packet, or of the datagram that it is a fragment of. @return 0, or that it cannot be told. */
static __always_inline int read_flow(const struct __sk_buff *skb, const struct head *head, struct pmip__bpf_flow *flow)
{
	struct fragments fragments = { .src = head->src, .dst = head->dst };
	struct walk walk = { .at = sizeof(struct ipv6hdr), .next = head->inside };
	const struct pmip__bpf_flow *first;

	if (head->number == IPPROTO_IPIP) {
		if (walk_ipv4(skb, &walk))
			return -EINVAL;
		fragments.protocol = walk.next;
	} else {
		for (int i = 0; i < HEADERS_MAX; i++)
			if (!step(skb, &walk))
				break;
	}
	fragments.id = walk.id;
	if (walk.is_later) {
		first = bpf_map_lookup_elem(&pmip_fragments, &fragments);
		if (!first)
			return -EINVAL;
		*flow = *first;
		return 0;
	}
	__builtin_memcpy(flow->src, &head->src, sizeof(flow->src));
	__builtin_memcpy(flow->dst, &head->dst, sizeof(flow->dst));
	flow->protocol = walk.next;
	if (has_ports(walk.next) && bpf_skb_load_bytes_relative(skb, walk.at, flow->ports, sizeof(flow->ports), BPF_HDR_START_NET))
		return -EINVAL;
	if (walk.is_fragment)
		bpf_map_update_elem(&pmip_fragments, &fragments, flow, BPF_ANY);
	return 0;
}

/* Whether unknown flows of this binding are told. FMP-1. */
static __always_inline int is_watched(const struct pmip__bpf_binding *binding)
{
	struct pmip__bpf_path path = { .ends = binding->ends };

	if (pmip_watch != PMIP__BPF_WATCH_MOVABLE)
		return pmip_watch == PMIP__BPF_WATCH_ALL;
	path.group = binding->group;
	return path.group && bpf_map_lookup_elem(&pmip_paths, &path);
}

/* A flow is told at once and then once a second for as long as nobody names it: whoever was told may have died of it. The packet goes on. */
static __always_inline void tell(const struct pmip__bpf_flow *flow, __u32 label)
{
	__u64 now = bpf_ktime_get_ns(), *told = bpf_map_lookup_elem(&pmip_told, flow);
	struct pmip__bpf_unknown *unknown;

	if (flow->protocol == IPPROTO_MH || (told && now - *told < TELL_AGAIN_NS))
		return;
	unknown = bpf_ringbuf_reserve(&pmip_unknown, sizeof(*unknown), 0);
	if (!unknown)
		return;
	unknown->flow = *flow;
	unknown->label = label;
	unknown->zero = 0;
	bpf_ringbuf_submit(unknown, 0);
	bpf_map_update_elem(&pmip_told, flow, &now, BPF_ANY);
}

/* Count the packet for its flow. @return the tunnel that the flow was moved to, NULL = it goes where its binding goes. FLO-2. */
static __always_inline const struct pmip__bpf_ends *steer(const struct __sk_buff *skb, const struct head *head,
							 const struct pmip__bpf_binding *binding)
{
	struct pmip__bpf_steering *steering;
	struct pmip__bpf_flow flow = {};

	if ((!pmip_flow_count && !pmip_watch) || read_flow(skb, head, &flow))
		return NULL;
	steering = bpf_map_lookup_elem(&pmip_flows, &flow);
	if (pmip_watch && (!steering || steering->epoch != pmip_epoch) && is_watched(binding))
		tell(&flow, head->first & FLOW_LABEL);
	if (!steering)
		return NULL;
	__sync_fetch_and_add(&steering->packets, skb->gso_segs ? skb->gso_segs : 1);
	__sync_fetch_and_add(&steering->octets, head->octets);
	steering->seen_ns = bpf_ktime_get_ns();
	steering->label = head->first & FLOW_LABEL;
	return steering->ends.remote[0] | steering->ends.remote[1] ? &steering->ends : NULL;
}
