// SPDX-License-Identifier: BSD-2-Clause
/* The two ends of a flood of UDP datagrams of many flows.
 *
 *   flood_source  sends a frame out of an interface, each as one of so many flows: BPF_PROG_RUN with live frames. Whoever forwards one writes in it, so
 *                 it is made anew each time, of one that user space has made
 *   flood_sink    ingress of an interface of the mobile node: counts what comes and lets go of it
 *
 * Flow n has source port FLOOD_PORT + n % 2^15, and 2^15 of them a source address, of which the first ends in 1. It goes to mobile node n % flood_nodes,
 * each of which has a prefix of 64 bits, the next one after the other.
 * Which flow is next is random, as the caches would have it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "flood.h"

const volatile __u32 flood_flows = 1;
const volatile __u32 flood_nodes = 1;
const volatile __u32 flood_prefix; /* the fourth group of the first one's */
const volatile __u32 flood_out;	  /* index of the interface */
const volatile __u32 flood_sum;	  /* checksum of the frame that user space has made, as it adds up */
const volatile __u32 flood_second; /* index of the sink's second interface */
struct flood_frame flood_frame = {};
__u64 flood_received[2];

SEC("xdp")
int flood_source(struct xdp_md *ctx)
{
	struct flood_frame *frame = (void *)(long)ctx->data;
	__u32 n = bpf_get_prandom_u32() % flood_flows, sum;
	__u16 port = FLOOD_PORT + (n & FLOOD_PORT_MASK), host = 1 + (n >> FLOOD_PORT_BITS), prefix = flood_prefix + n % flood_nodes;

	if ((void *)(frame + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	__builtin_memcpy(frame, &flood_frame, sizeof(*frame));
	frame->ip.saddr.s6_addr16[7] = bpf_htons(host);
	frame->ip.daddr.s6_addr16[3] = bpf_htons(prefix);
	frame->udp.source = bpf_htons(port);
	sum = flood_sum + host + prefix + port;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	frame->udp.check = bpf_htons(sum ? sum : 0xffff);
	return (int)bpf_redirect(flood_out, 0);
}

SEC("tc")
int flood_sink(struct __sk_buff *skb)
{
	struct flood_frame *frame = (void *)(long)skb->data;

	if ((void *)(frame + 1) > (void *)(long)skb->data_end || frame->ip.nexthdr != IPPROTO_UDP ||
	    frame->udp.dest != bpf_htons(FLOOD_PORT))
		return TC_ACT_UNSPEC;
	__sync_fetch_and_add(&flood_received[skb->ifindex == flood_second], 1);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
