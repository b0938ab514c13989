/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/update.h"

#include "engine/group.h"

#include <assert.h>
#include <string.h>

/* UPN-1: sequence numbers follow each other. */
int pmip__update_add(struct pmip__outstanding_set *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, const struct pmip__update_content *content, const struct pmip_mnid *mn_id)
{
	struct pmip__outstanding *request;
	int err = pmip__outstanding_add(all, &request, sizeof(**added), local, peer, mn_id);

	if (err)
		return err;
	*added = pmip__update_of(request);
	(*added)->content = *content;
	(*added)->content.vendor.data.data = (*added)->content.vendor_data;
	return 0;
}

/* Fields of an IPv6 selector (RFC 6088 section 3.2): A, C, I, K, O. */
#define SELECTED (0x8000 | 0x2000 | 0x0080 | 0x0020 | 0x0002)

static struct pmip_ip ip_of(const struct pmip_addr *addr)
{
	struct pmip_ip ip = {.len = sizeof(addr->b)};

	memcpy(ip.b, addr->b, sizeof(addr->b));
	return ip;
}

/* FLO-6. */
void pmip__update_add_flow(struct pmip_mh_writer *writer, const struct pmip__told_flow *told)
{
	struct pmip_suboption sub = {
		.type = PMIP_FLOW_SELECTOR,
		.known = true,
		.u.selector = {
			.format = PMIP_SELECTOR_IPV6,
			.flags = SELECTED,
			.src_start = ip_of(&told->flow.src),
			.dst_start = ip_of(&told->flow.dst),
			.src_port_start = told->flow.src_port,
			.dst_port_start = told->flow.dst_port,
			.protocol_start = told->flow.protocol,
		},
	};
	struct pmip_option option = {.type = PMIP_OPT_FLOW_ID, .u.flow_id = {.fid = told->fid, .priority = told->fid}};
	uint8_t octets[64];
	int len = pmip_suboption_encode(octets, sizeof(octets), PMIP_SUB_FLOW, &sub);

	assert(len > 0);
	option.u.flow_id.suboptions = (struct pmip_bytes){octets, (size_t)len};
	pmip_mh_add_option(writer, &option);
}

/* UPN-3. */
static void add_options(struct pmip_mh_writer *writer, const struct pmip__update *update)
{
	const struct pmip__update_content *content = &update->content;
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = update->request.mn_id},
			   hnp = {.type = PMIP_OPT_HNP, .u.hnp.off_link = content->reason == PMIP_UPN_FLOW_MOBILITY},
			   vendor = {.type = PMIP_OPT_VENDOR_SPECIFIC, .u.vendor = content->vendor},
			   group = {.type = PMIP_OPT_MN_GROUP_ID, .u.group = {PMIP__GROUP_BULK, content->group}};

	if (mn_id.u.mn_id.len)
		pmip_mh_add_option(writer, &mn_id);
	if (content->reason == PMIP_UPN_VENDOR_SPECIFIC)
		pmip_mh_add_option(writer, &vendor);
	for (unsigned int i = 0; i < content->prefix_count; i++) {
		hnp.u.hnp.prefix = content->prefix[i];
		pmip_mh_add_option(writer, &hnp);
	}
	for (unsigned int i = 0; i < content->flow_count; i++)
		pmip__update_add_flow(writer, &content->flow[i]);
	if (content->group)
		pmip_mh_add_option(writer, &group);
}

/* UPN-1, UPN-2. */
void pmip__update_send(struct pmip__outstanding_set *all, struct pmip__update *update, const struct pmip__update_config *config,
		       struct pmip__action_queue *queue, uint64_t now_us)
{
	struct pmip_mh mh = {
		.type = PMIP_MH_UPN,
		.u.upn = {
			.seq = update->request.seq,
			.reason = update->content.reason,
			.flags = update->request.sends ? PMIP_UPN_A | PMIP_UPN_D : PMIP_UPN_A,
		},
	};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__UPDATE_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	add_options(&writer, update);
	len = pmip_mh_finish(&writer, &update->request.local, &update->request.peer);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){update->request.local, update->request.peer, octets, (size_t)len};
	pmip__action_queue_push(queue, &action);
	update->request.sends++;
	pmip__timerq_set(&all->timers, &update->request.timer, now_us + (uint64_t)config->delay_ms * 1000);
}

bool pmip__update_is_spent(const struct pmip__update *update, const struct pmip__update_config *config)
{
	return update->request.sends > config->max_retransmit;
}
