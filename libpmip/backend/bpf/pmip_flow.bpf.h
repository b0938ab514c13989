// SPDX-License-Identifier: BSD-2-Clause
/* Single flows at an LMA (RFC 7864): which one a packet belongs to, and where that one goes. Included by pmip.bpf.c alone.
 *
 * A later fragment goes where its first one went, if that was a flow's. FMC-3. */

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

/* How a flow is steered, NULL = nobody has named it. */
static __always_inline struct pmip__bpf_steering *steering_of(const struct pmip__bpf_flow *flow, __u32 first,
							      const struct pmip__bpf_binding *binding)
{
	struct pmip__bpf_steering *steering = bpf_map_lookup_elem(&pmip_flows, flow);

	if (pmip_watch && (!steering || steering->epoch != pmip_epoch) && is_watched(binding))
		tell(flow, first & FLOW_LABEL);
	return steering;
}

static __always_inline void count_flow(struct pmip__bpf_steering *steering, const struct head *head, __u32 packets)
{
	__sync_fetch_and_add(&steering->packets, packets);
	__sync_fetch_and_add(&steering->octets, head->octets);
	steering->seen_ns = bpf_ktime_get_coarse_ns();
	steering->label = head->first & FLOW_LABEL;
}

static __always_inline void count_tunnel(struct pmip__bpf_tunnel *tunnel, const struct head *head, __u32 packets)
{
	__sync_fetch_and_add(&tunnel->packets, packets);
	__sync_fetch_and_add(&tunnel->octets, head->octets);
}

/* To another tunnel than its binding's. */
static __always_inline int is_moved(const struct pmip__bpf_steering *steering)
{
	return (steering->ends.remote[0] | steering->ends.remote[1]) != 0;
}

/* How the flow of a packet is steered, NULL = nobody has named it. FLO-2. */
static __always_inline struct pmip__bpf_steering *steer(const struct __sk_buff *skb, const struct head *head, const struct pmip__bpf_binding *binding)
{
	struct pmip__bpf_flow flow = {};
	struct walk walk;

	if ((!pmip_flow_count && !pmip_watch) || read_flow(skb, 0, head, &flow, &walk))
		return NULL;
	return steering_of(&flow, head->first, binding);
}
