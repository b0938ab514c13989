// SPDX-License-Identifier: BSD-2-Clause
/* The logical interface of a mobile node (RFC 7847; the paper's section 3.2.1 and annex A.3): one IP interface, several slaves.
 *
 *   flowmob_leave   egress of the logical interface: chooses the slave by the source port. Over plain links it sends the packet out
 *                   there itself; a bonding device it tells by the queue that the slave has.
 *   flowmob_arrive  ingress of a slave: over plain links the packet goes on as one of the logical interface's.
 *
 * The Ethernet header is right on every slave, for all have the logical interface's MAC address, and the routers of a PMIPv6 domain all have
 * the same one too (RFC 6543).
 */
#include "backend/bpf/packet.bpf.h"
#include "libflowmob/backend/bpf/logical_maps.h"

#define FLOWS_MAX	 16384
#define ICMPV6_ND_FIRST	 133 /* Router Solicitation */
#define ICMPV6_ND_LAST	 137 /* Redirect */
#define SCOPE_LINK	 2

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flowmob__logical);
} flowmob_logical SEC(".maps");

/* Where flows have come in last, as packets that come in show them. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOWS_MAX);
	__type(key, struct pmip__bpf_flow);
	__type(value, __u8);
} flowmob_flows SEC(".maps");

static __always_inline struct flowmob__logical *state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&flowmob_logical, &zero);
}

static __always_inline int is_ip(const struct __sk_buff *skb)
{
	return skb->protocol == bpf_htons(ETH_P_IPV6) || skb->protocol == bpf_htons(ETH_P_IP);
}

static __always_inline int read_ip(const struct __sk_buff *skb, struct head *head)
{
	return read_head(skb, 0, skb->protocol == bpf_htons(ETH_P_IP) ? IPPROTO_IPIP : IPPROTO_IPV6, head);
}

/* Neighbour discovery is with whoever is on a link, so on each of them: the routers share one address, each must find us and get its answers.
 * So is all other multicast of link scope. RFC 7847. */
static __always_inline int is_for_all(const struct __sk_buff *skb, const struct head *head)
{
	const __u8 *dst = head->dst.s6_addr;
	__u8 type;

	if (head->number == IPPROTO_IPIP)
		return dst[12] == 224 && !dst[13] && !dst[14];
	if (dst[0] == 0xff && (dst[1] & 0xf) <= SCOPE_LINK)
		return 1;
	return head->inside == IPPROTO_ICMPV6 &&
	       !bpf_skb_load_bytes_relative(skb, sizeof(struct ipv6hdr), &type, sizeof(type), BPF_HDR_START_NET) &&
	       type >= ICMPV6_ND_FIRST && type <= ICMPV6_ND_LAST;
}

static __always_inline int leave_by_all(struct __sk_buff *skb, const struct flowmob__logical *logical)
{
	for (int i = 1; i < FLOWMOB__PLACES; i++)
		if (logical->slaves[i].ifindex)
			bpf_clone_redirect(skb, logical->slaves[i].ifindex, 0);
	return TC_ACT_STOLEN;
}

/* The place by which packets of the opposite direction have come in. LIF-2. */
static __always_inline __u8 reflected(const struct pmip__bpf_flow *flow)
{
	struct pmip__bpf_flow in = { .protocol = flow->protocol };
	const __u8 *place;

	__builtin_memcpy(in.src, flow->dst, sizeof(in.src));
	__builtin_memcpy(in.dst, flow->src, sizeof(in.dst));
	__builtin_memcpy(in.ports, flow->ports + 2, 2);
	__builtin_memcpy(in.ports + 2, flow->ports, 2);
	place = bpf_map_lookup_elem(&flowmob_flows, &in);
	return place ? *place : 0;
}

static __always_inline __u8 place_for(const struct __sk_buff *skb, const struct head *head, const struct flowmob__logical *logical)
{
	struct pmip__bpf_flow flow = {};
	struct walk walk;
	__u16 port;
	__u8 place;

	if (read_flow(skb, 0, head, &flow, &walk) || !has_ports(flow.protocol))
		return 0;
	place = logical->reflect ? reflected(&flow) : 0;
	__builtin_memcpy(&port, flow.ports, sizeof(port));
	return place ? place : logical->table[port];
}

static __always_inline int leave_by(const struct flowmob__logical *logical, __u32 place)
{
	if (place >= FLOWMOB__PLACES || !logical->slaves[place].up)
		place = logical->active;
	if (place >= FLOWMOB__PLACES || !logical->slaves[place].ifindex)
		return TC_ACT_SHOT;
	return (int)bpf_redirect(logical->slaves[place].ifindex, 0);
}

SEC("tc")
/* BND-1, BND-4. */
int flowmob_leave(struct __sk_buff *skb)
{
	struct flowmob__logical *logical = state();
	struct head head;
	__u8 place = 0;

	if (!logical)
		return TC_ACT_SHOT;
	if (skb->protocol == bpf_htons(ETH_P_ARP))
		return leave_by_all(skb, logical);
	if (is_ip(skb) && !read_ip(skb, &head)) {
		if (is_for_all(skb, &head))
			return leave_by_all(skb, logical);
		place = place_for(skb, &head, logical);
	}
	if (!logical->bonding)
		return leave_by(logical, place);
	/* The driver takes one off: for it this is a queue of receiving. 0 is the active slave. */
	skb->queue_mapping = place ? place + 1 : 0;
	return TC_ACT_UNSPEC;
}

/* LIF-2. */
static __always_inline void learn(const struct __sk_buff *skb, const struct flowmob__logical *logical)
{
	struct pmip__bpf_flow flow = {};
	const __u8 *known;
	struct walk walk;
	struct head head;
	__u8 place = 0;

	if (read_ip(skb, &head) || read_flow(skb, 0, &head, &flow, &walk) || !has_ports(flow.protocol))
		return;
	for (int i = 1; i < FLOWMOB__PLACES; i++)
		if (logical->slaves[i].ifindex == skb->ifindex)
			place = (__u8)i;
	known = bpf_map_lookup_elem(&flowmob_flows, &flow);
	if (place && (!known || *known != place))
		bpf_map_update_elem(&flowmob_flows, &flow, &place, BPF_ANY);
}

SEC("tc")
/* LIF-1, BND-3. */
int flowmob_arrive(struct __sk_buff *skb)
{
	const struct flowmob__logical *logical = state();

	if (!logical || (!is_ip(skb) && skb->protocol != bpf_htons(ETH_P_ARP)))
		return TC_ACT_UNSPEC; /* IEEE 802.1X and the like are the link's own */
	if (logical->reflect && is_ip(skb))
		learn(skb, logical);
	return logical->bonding ? TC_ACT_UNSPEC : (int)bpf_redirect(logical->ifindex, BPF_F_INGRESS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
