/* SPDX-License-Identifier: BSD-2-Clause */
/* What queues have dropped, by rtnetlink. */
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "backend/qdisc.h"

struct wanted {
	uint32_t ifindex;
	uint64_t dropped;
};

static void on_qdisc(void *user, struct nlmsghdr *answer)
{
	const struct tcmsg *header = nlmsg_data(answer);
	struct wanted *wanted = user;
	struct gnet_stats_queue queue;
	struct nlattr *stats, *at;

	if ((uint32_t)header->tcm_ifindex != wanted->ifindex || header->tcm_parent != TC_H_ROOT)
		return;
	stats = nlmsg_find_attr(answer, sizeof(*header), TCA_STATS2);
	at = stats ? nla_find(nla_data(stats), nla_len(stats), TCA_STATS_QUEUE) : NULL;
	if (!at || nla_len(at) < (int)sizeof(queue))
		return;
	memcpy(&queue, nla_data(at), sizeof(queue));
	wanted->dropped = queue.drops;
}

uint64_t pmip__qdisc_dropped(struct pmip__nl *nl, uint32_t ifindex)
{
	struct tcmsg header = { .tcm_ifindex = (int)ifindex };
	struct wanted wanted = { .ifindex = ifindex };

	if (ifindex)
		pmip__nl_dump(nl, pmip__nl_request(RTM_GETQDISC, 0, &header, sizeof(header)), on_qdisc, &wanted);
	return wanted.dropped;
}
