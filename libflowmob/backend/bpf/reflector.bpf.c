// SPDX-License-Identifier: BSD-2-Clause
/* The packet reflector of a mobile node: packets of a flow leave by the interface by which those of its other direction come in. What
 * libflowmob/reflector.c is for packets that come to a process, these two programs are where packets stay in the kernel.
 *
 *   flowmob_learn    ingress of each interface: by which one a flow comes in.
 *   flowmob_reflect  egress of each interface: a packet of a flow that comes in by another one is sent there. Its next hop and the rest of
 *                    its link header are the kernel's work, which looks the route up with the mark of that interface.
 *
 * The process tells the interfaces and the addresses of this machine. When it is killed the programs go on, for as long as it has vouched
 * for what it told; after that packets go where the routing says. FLO-12, RFL-7. */
#include "backend/bpf/packet.bpf.h"
#include "libflowmob/backend/bpf/reflector_maps.h"

#define PROTOCOL_MOBILITY 135
#define DISCOVERY_FIRST	  130 /* ICMPv6 types of neighbour and multicast listener discovery */
#define DISCOVERY_LAST	  137
#define DISCOVERY_MLD2	  143
#define ICMPV6_INFORM	  128 /* from here on no errors */
#define ICMP_HEADER	  8   /* before the packet that an error is about */
#define CONFIRM_NS	  50000000 /* RFL-9 */

/* A flow moves with the second packet in a row on another interface, not with the first. */
const volatile __u32 rfl_confirm;
const volatile __u64 rfl_idle_ns = 60000000000;

/* Until then rfl_links is true. */
__u64 rfl_lease_ns;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct pmip__bpf_flow);
	__type(value, struct flowmob__bpf_reflection);
} rfl_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct flowmob__bpf_link);
} rfl_links SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flowmob__bpf_address);
	__type(value, __u32);
} rfl_addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FLOWMOB__BPF_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} rfl_counters SEC(".maps");

static __always_inline void count(__u32 counter)
{
	__u64 *n = bpf_map_lookup_elem(&rfl_counters, &counter);

	if (n)
		(*n)++;
}

static __always_inline int is_ours(const struct in6_addr *addr)
{
	return bpf_map_lookup_elem(&rfl_addresses, addr) != NULL;
}

/* The first header, when the packet may be of a flow as far as its addresses tell. RFL-8. */
static __always_inline int read_first(const struct __sk_buff *skb, struct head *head)
{
	__u8 number = skb->protocol == bpf_htons(ETH_P_IP) ? IPPROTO_IPIP : IPPROTO_IPV6;

	if ((skb->protocol != bpf_htons(ETH_P_IPV6) && number == IPPROTO_IPV6) || read_head(skb, 0, number, head))
		return -EINVAL;
	return is_link_scope(&head->src, number) || is_link_scope(&head->dst, number) ? -EINVAL : 0;
}

/* To a DHCP client or server: RFC 8415 section 7.2, RFC 2131 section 4.1. */
static __always_inline int is_dhcp(const struct pmip__bpf_flow *flow, __u8 number)
{
	__u32 port = (__u32)flow->ports[2] << 8 | flow->ports[3];

	return flow->protocol == IPPROTO_UDP && (number == IPPROTO_IPV6 ? port == 546 || port == 547 : port == 67 || port == 68);
}

enum kind { OF_A_FLOW, ICMP_ERROR, SIGNALLING };

static __always_inline enum kind kind_of(const struct __sk_buff *skb, const struct pmip__bpf_flow *flow, const struct head *head,
					 const struct walk *walk)
{
	__u8 type = 0;

	if (flow->protocol == PROTOCOL_MOBILITY || is_dhcp(flow, head->number))
		return SIGNALLING;
	if (walk->is_later || (flow->protocol != IPPROTO_ICMPV6 && flow->protocol != IPPROTO_ICMP))
		return OF_A_FLOW;
	if (bpf_skb_load_bytes_relative(skb, walk->at, &type, sizeof(type), BPF_HDR_START_NET))
		return SIGNALLING;
	if (flow->protocol == IPPROTO_ICMP) /* unreachable, source quench, redirect, time exceeded, parameter problem */
		return (type >= 3 && type <= 5) || type == 11 || type == 12 ? ICMP_ERROR : OF_A_FLOW;
	if (type < ICMPV6_INFORM)
		return ICMP_ERROR;
	return (type >= DISCOVERY_FIRST && type <= DISCOVERY_LAST) || type == DISCOVERY_MLD2 ? SIGNALLING : OF_A_FLOW;
}

/* RFL-3: whoever reads the entry finds the old interface or the new one. */
static __always_inline void move(struct flowmob__bpf_reflection *reflection, __u32 link)
{
	reflection->elsewhere = 0;
	reflection->link = link;
	count(FLOWMOB__BPF_MOVED);
}

/* RFL-9: for 50 ms no packet on the old interface has come to contradict. */
static __always_inline void settle(struct flowmob__bpf_reflection *reflection, __u64 now)
{
	if (reflection->elsewhere && now >= reflection->since_ns + CONFIRM_NS)
		move(reflection, reflection->elsewhere);
}

static __always_inline void seen(struct flowmob__bpf_reflection *reflection, const struct head *head, __u64 now)
{
	__sync_fetch_and_add(&reflection->octets, head->octets);
	reflection->seen_ns = now;
}

/* The entry of a flow, unless it has been idle for too long. RFL-6. */
static __always_inline struct flowmob__bpf_reflection *find(const struct pmip__bpf_flow *flow, __u64 now)
{
	struct flowmob__bpf_reflection *reflection = bpf_map_lookup_elem(&rfl_flows, flow);

	return reflection && now < reflection->seen_ns + rfl_idle_ns ? reflection : NULL;
}

SEC("tc")
/* RFL-2, RFL-3, RFL-8, RFL-9. */
int flowmob_learn(struct __sk_buff *skb)
{
	struct flowmob__bpf_reflection *reflection, added = { .link = skb->ifindex };
	struct pmip__bpf_flow flow = {};
	struct walk walk;
	struct head head;
	__u64 now;

	if (read_first(skb, &head) || !is_ours(&head.dst) || read_flow(skb, 0, &head, &flow, &walk) || walk.is_later ||
	    kind_of(skb, &flow, &head, &walk) != OF_A_FLOW)
		return TC_ACT_UNSPEC;
	now = bpf_ktime_get_ns();
	reflection = find(&flow, now);
	if (!reflection) {
		added.seen_ns = now;
		added.octets = head.octets;
		added.label = head.first & FLOW_LABEL;
		if (!bpf_map_update_elem(&rfl_flows, &flow, &added, BPF_ANY))
			count(FLOWMOB__BPF_ADDED);
		return TC_ACT_UNSPEC;
	}
	settle(reflection, now);
	if (reflection->link == skb->ifindex) {
		reflection->elsewhere = 0;
	} else if (!rfl_confirm || reflection->elsewhere == skb->ifindex) {
		move(reflection, skb->ifindex);
	} else {
		reflection->since_ns = now;
		reflection->elsewhere = skb->ifindex;
	}
	seen(reflection, &head, now);
	reflection->label = head.first & FLOW_LABEL;
	return TC_ACT_UNSPEC;
}

/* The packet that an ICMP error of ours is about has come in: it is of its flow as it stands. */
static __always_inline int read_cause(const struct __sk_buff *skb, const struct head *head, const struct walk *walk,
				      struct pmip__bpf_flow *flow)
{
	const __u32 at = walk->at + ICMP_HEADER;
	struct pmip__bpf_flow cause = {};
	struct head inner;
	struct walk inside;

	if (read_head(skb, at, head->number, &inner) || read_flow(skb, at, &inner, &cause, &inside))
		return -EINVAL;
	*flow = cause;
	return 0;
}

static __always_inline void reverse(struct pmip__bpf_flow *flow)
{
	const struct pmip__bpf_flow was = *flow;

	__builtin_memcpy(flow->src, was.dst, sizeof(flow->src));
	__builtin_memcpy(flow->dst, was.src, sizeof(flow->dst));
	__builtin_memcpy(flow->ports, was.ports + 2, 2);
	__builtin_memcpy(flow->ports + 2, was.ports, 2);
}

/* Out of another interface than the one it is at. */
static __always_inline int send(struct __sk_buff *skb, __u32 ifindex, __u8 number)
{
	const struct flowmob__bpf_link *link = bpf_map_lookup_elem(&rfl_links, &ifindex);
	const struct flowmob__bpf_link *here = bpf_map_lookup_elem(&rfl_links, &(__u32){ skb->ifindex });
	__u32 mtu = 0;

	if (!link || !here || !(link->flags & (number == IPPROTO_IPV6 ? FLOWMOB__BPF_IPV6 : FLOWMOB__BPF_IPV4))) {
		count(FLOWMOB__BPF_NO_PATH);
		return TC_ACT_UNSPEC;
	}
	if (bpf_check_mtu(skb, ifindex, &mtu, 0, BPF_MTU_CHK_SEGS)) {
		count(FLOWMOB__BPF_TOO_BIG);
		return TC_ACT_UNSPEC;
	}
	/* The helper expects a link header, which interfaces such as PPP do not have. */
	if (!(here->flags & FLOWMOB__BPF_ETHERNET) && bpf_skb_change_head(skb, ETH_HLEN, 0))
		return TC_ACT_SHOT;
	skb->mark = link->mark;
	count(FLOWMOB__BPF_REFLECTED);
	return (int)bpf_redirect_neigh((int)ifindex, NULL, 0, 0);
}

SEC("tc")
/* RFL-4, RFL-5, RFL-6, RFL-8, FMC-3. */
int flowmob_reflect(struct __sk_buff *skb)
{
	struct flowmob__bpf_reflection *reflection;
	struct pmip__bpf_flow flow = {};
	__u64 now = bpf_ktime_get_ns();
	struct walk walk;
	struct head head;
	enum kind kind;
	int verdict;

	if (now > rfl_lease_ns || read_first(skb, &head) || !is_ours(&head.src) || read_flow(skb, 0, &head, &flow, &walk))
		return TC_ACT_UNSPEC;
	kind = kind_of(skb, &flow, &head, &walk);
	if (kind == OF_A_FLOW)
		reverse(&flow);
	else if (kind == SIGNALLING || read_cause(skb, &head, &walk, &flow))
		return TC_ACT_UNSPEC;
	reflection = find(&flow, now);
	if (!reflection)
		return TC_ACT_UNSPEC;
	settle(reflection, now);
	verdict = reflection->link == skb->ifindex ? TC_ACT_UNSPEC : send(skb, reflection->link, head.number);
	/* One that is sent elsewhere is seen there. */
	if (kind == OF_A_FLOW && verdict == TC_ACT_UNSPEC)
		seen(reflection, &head, now);
	return verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
