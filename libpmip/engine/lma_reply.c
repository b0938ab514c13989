/* SPDX-License-Identifier: BSD-2-Clause */
/* Proxy Binding Acknowledgements (RFC 5213 section 5.3.6). */
#include "engine/lma.h"

#include "base/mnid.h"

#include <assert.h>
#include <string.h>

/* Refused for when it was sent; the reply says what time it is. */
static bool is_of_time(enum pmip_status status)
{
	return status == PMIP_STATUS_TIMESTAMP_MISMATCH || status == PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED;
}

/* Keep to what the PBU has: nothing that it has not asked for, and its Timestamp. Returns whether something has changed. TOL-10. */
static bool keep_to_request(const struct pmip__reply *reply, const struct pmip_ba *ba, struct pmip_binding_options *options)
{
	unsigned int asked = reply->options.has, had = options->has, count = 0, prefixes = options->hnp_count;
	uint64_t timestamp = options->timestamp;

	if (asked & PMIP_HAS_IPV4_REQUEST)
		asked |= PMIP_HAS_IPV4_REPLY | PMIP_HAS_IPV4_ROUTER | PMIP_HAS_IPV4_DHCP_MODE;
	options->has &= asked;
	options->timestamp = reply->options.timestamp;
	for (unsigned int i = 0; i < prefixes; i++)
		if (!options->hnp[i].off_link)
			options->hnp[count++] = options->hnp[i];
	options->hnp_count = ba->status >= PMIP_STATUS_REASON_UNSPECIFIED && !reply->options.hnp_count ? 0 : count;
	return options->has != had || options->hnp_count != prefixes ||
	       ((options->has & PMIP_HAS_TIMESTAMP) && options->timestamp != timestamp);
}

/* What a MAG that is not perfect needs. padded: room for its identifier. TOL-8, TOL-9, TOL-10. */
static void adapt(struct pmip_lma *lma, const struct pmip__reply *reply, const struct pmip_ba *ba, struct pmip_binding_options *options,
		  uint8_t padded[PMIP_MNID_MAX])
{
	if (reply->exact_echo && keep_to_request(reply, ba, options))
		pmip__lma_tolerated(lma, &reply->to, PMIP_TOLERATE_EXACT_ECHO);
	options->timestamp = pmip__timestamp_reorder(options->timestamp, reply->timestamp_order);
	if (!reply->mn_id_padding)
		return;
	memset(padded, 0, PMIP_MNID_MAX);
	memcpy(padded, options->mn_id.id, options->mn_id.len);
	options->mn_id.id = padded;
	options->mn_id.len = (uint8_t)(options->mn_id.len + reply->mn_id_padding);
}

/* A PBA holds what one PBU held, which fits one message, and flows. tell: whose, NULL = nobody's. SEC-6, RED-21, FLO-6. */
static void send_pba(struct pmip_lma *lma, const struct pmip__reply *reply, const struct pmip_ba *ba,
		     struct pmip_binding_options *options, const struct pmip__session *tell)
{
	uint8_t buf[PMIP_MH_MAX], padded[PMIP_MNID_MAX];
	struct pmip__told_flow told[PMIP__TOLD_FLOWS_MAX];
	unsigned int count = tell ? pmip__lma_told_flows(lma, tell, told) : 0;
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = *ba};
	struct pmip_option load = {.type = PMIP_OPT_LOAD_INFORMATION, .u.load = pmip__lma_load(lma)};
	struct pmip_mh_writer writer;
	struct pmip_action action = {.type = PMIP_ACTION_SEND, .durable = lma->store && ba->status < PMIP_STATUS_REASON_UNSPECIFIED,
				     .u.send = {reply->from, reply->to, buf, 0}};
	int len;

	if (reply->exact_echo || reply->timestamp_order || reply->mn_id_padding)
		adapt(lma, reply, ba, options, padded);
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_binding_options_write(&writer, options);
	for (unsigned int i = 0; i < count; i++)
		pmip__update_add_flow(&writer, &told[i]);
	if (pmip__addr_set_has(&lma->config.rflmas, &reply->to))
		pmip_mh_add_option(&writer, &load);
	len = pmip_mh_finish(&writer, &reply->from, &reply->to);
	assert(len > 0);
	action.u.send.len = (size_t)len;
	pmip__action_queue_push(&lma->actions, &action);
}

/* The options that go back as they came; HI and ATT as 0 and MN-ID empty when they were not there. PBA-3, PBA-5, MPB-1. */
static struct pmip_binding_options echo(const struct pmip__reply *reply)
{
	struct pmip_binding_options options = reply->options;

	if (!(options.has & PMIP_HAS_MN_ID))
		options.mn_id = (struct pmip_mnid){.subtype = PMIP__MNID_NAI};
	options.has &= PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID | PMIP_HAS_LLA | PMIP_HAS_MULTIPATH;
	options.has |= PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT;
	return options;
}

/* Why there is no IPv4 home address, with what the PBU has asked for. V4-10. */
static void say_no_ipv4(struct pmip_binding_options *options, const struct pmip__reply *reply, enum pmip_status status)
{
	uint8_t reason = reply->ipv4_status;

	if (!(reply->options.has & PMIP_HAS_IPV4_REQUEST))
		return;
	options->has |= PMIP_HAS_IPV4_REPLY;
	options->ipv4_reply = reply->options.ipv4_request;
	if (!reason)
		reason = status == PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS ? PMIP_IPV4_ADMIN_PROHIBITED
										    : PMIP_IPV4_REASON_UNSPECIFIED;
	options->ipv4_reply.status = reason;
}

/* The IPv4 home address, its subnet and default router; there is no DHCP server here, so that the MAG is to be one (RFC 5844 section
 * 3.3.4). V4-10. */
static void say_ipv4(struct pmip_binding_options *options, const struct pmip_ipv4_home *ipv4)
{
	options->has |= PMIP_HAS_IPV4_REPLY | PMIP_HAS_IPV4_ROUTER | PMIP_HAS_IPV4_DHCP_MODE;
	options->ipv4_reply = (struct pmip_opt_ipv4){.status = PMIP_IPV4_SUCCESS, .plen = ipv4->plen, .addr = ipv4->addr};
	options->ipv4_router = ipv4->router;
	options->ipv4_dhcp_server = true;
}

/* Registered, but without what was asked for. */
static void notify_no_ipv4(struct pmip_lma *lma, const struct pmip__reply *reply, const struct pmip__session *session)
{
	struct pmip_event event = pmip__lma_session_event(PMIP_EVENT_IPV4_REFUSED, session);

	event.status = reply->ipv4_status;
	pmip__lma_notify(lma, &event);
}

/* The tolerance with which a PBU would not have been refused so; 0 = there is none. TOL-3. */
static enum pmip_tolerance tolerance_of(const struct pmip_lma *lma, const struct pmip__reply *reply, enum pmip_status status,
					struct pmip_now now)
{
	const struct pmip__peer_rule *rule = pmip__lma_config_rule(&lma->config, &reply->to);
	const struct pmip_binding_options *options = &reply->options;
	enum pmip_tolerance tolerance = 0;
	struct pmip_mnid bare;

	if (status == PMIP_STATUS_REASON_UNSPECIFIED && (options->has & PMIP_HAS_ATT) && !options->att && options->hi)
		tolerance = PMIP_TOLERATE_ATT_ZERO;
	else if (is_of_time(status) && pmip__timestamp_order_of(options->timestamp, now.wall_us))
		tolerance = PMIP_TOLERATE_HOST_ORDER_TIMESTAMP;
	else if (status == PMIP_STATUS_NOT_LMA_FOR_THIS_MOBILE_NODE && pmip__mnid_unpad(&options->mn_id, &bare) &&
		 pmip__profiles_by_mn_id(&lma->config.profiles, &bare))
		tolerance = PMIP_TOLERATE_PADDED_MN_ID;
	return rule && !(rule->tolerate & tolerance) ? tolerance : 0;
}

/* PBA-1, PBA-2, PBA-4, PBA-7, PBA-8, ORD-4. */
void pmip__lma_reply_refuse(struct pmip_lma *lma, const struct pmip__reply *reply, enum pmip_status status,
			    struct pmip_now now)
{
	struct pmip_ba ba = {.status = (uint8_t)status, .flags = PMIP_BA_P, .seq = reply->seq};
	struct pmip_binding_options options = echo(reply);
	struct pmip_event event = {
		.type = PMIP_EVENT_REFUSED,
		.mn_id = reply->options.mn_id,
		.peer = reply->to,
		.ll_id = reply->options.ll_id,
		.status = (uint8_t)status,
		.rule = reply->rule,
		.tolerance = tolerance_of(lma, reply, status, now),
	};

	if (!options.hnp_count)
		options.hnp[options.hnp_count++] = (struct pmip_opt_hnp){0};
	if (is_of_time(status))
		options.timestamp = pmip_timestamp_from_us(now.wall_us);
	say_no_ipv4(&options, reply, status);
	lma->counters[PMIP_LMA_REFUSED]++;
	send_pba(lma, reply, &ba, &options, NULL);
	pmip__lma_notify(lma, &event);
}

/* BLK-3, PBA-7. */
void pmip__lma_reply_group(struct pmip_lma *lma, const struct pmip__reply *reply, enum pmip_status status, uint32_t lifetime_s,
			   struct pmip_now now)
{
	struct pmip_ba ba = {.status = (uint8_t)status, .flags = PMIP_BA_P, .seq = reply->seq, .lifetime_s = lifetime_s};
	struct pmip_binding_options options = {
		.has = reply->options.has & (PMIP_HAS_TIMESTAMP | PMIP_HAS_GROUP),
		.timestamp = reply->options.timestamp,
		.group = reply->options.group,
	};
	struct pmip_event event = {.type = PMIP_EVENT_REFUSED, .peer = reply->to, .status = (uint8_t)status, .group = reply->options.group.id};

	if (is_of_time(status))
		options.timestamp = pmip_timestamp_from_us(now.wall_us);
	lma->counters[status ? PMIP_LMA_REFUSED : PMIP_LMA_ACCEPTED]++;
	send_pba(lma, reply, &ba, &options, NULL);
	if (status)
		pmip__lma_notify(lma, &event);
}

/* PBA-1, PBA-2, PBA-4, PBA-6, PBA-7, BLK-1. */
void pmip__lma_reply_accept(struct pmip_lma *lma, const struct pmip__reply *reply, struct pmip__session *session,
			    uint32_t lifetime_s)
{
	struct pmip_ba ba = {
		.status = reply->accepted,
		.flags = PMIP_BA_P,
		.seq = reply->seq,
		.lifetime_s = lifetime_s,
	};
	struct pmip_binding_options options = echo(reply);
	const struct pmip__session *anchor = pmip__binding_cache_anchor(session);
	uint8_t octets[PMIP__MAG_PARAMETERS_MAX];
	struct pmip_ipv4_home ipv4 = pmip__lma_ipv4_of(session);
	struct pmip_gre gre = pmip__lma_gre_of(session);
	/* What names no prefix is not about those that there are (RFC 5844 section 3.1.2.6). V4-9, V4-10. */
	bool ipv4_only = !reply->options.hnp_count;

	options.mn_id = session->mn->mn_id;
	options.hnp_count = ipv4_only ? 0 : anchor->hnp_count;
	for (unsigned int i = 0; i < options.hnp_count; i++)
		options.hnp[i] = (struct pmip_opt_hnp){.prefix = anchor->hnp[i].prefix};
	if (lifetime_s && !ipv4_only)
		pmip__lma_announce(lma, session, &options, reply);
	options.lla = session->reg.lla;
	if (lifetime_s && session->reg.bulk) {
		ba.flags |= PMIP_BA_B;
		options.has |= PMIP_HAS_GROUP;
		options.group = (struct pmip_opt_group){PMIP__GROUP_BULK, session->reg.tunnel->group};
	}
	if (lifetime_s) {
		options.mag_parameters = pmip__lma_parameters(lma, octets);
		options.has |= options.mag_parameters.len ? PMIP_HAS_MAG_PARAMETERS : 0;
	}
	if (ipv4.addr.len && !reply->ipv4_status && (reply->options.has & PMIP_HAS_IPV4_REQUEST))
		say_ipv4(&options, &ipv4);
	else
		say_no_ipv4(&options, reply, PMIP_STATUS_ACCEPTED);
	if (gre.in_use && lifetime_s) {
		options.has |= PMIP_HAS_GRE_KEY; /* GRE-2 */
		options.gre_key = gre.recv;
	}
	lma->counters[PMIP_LMA_ACCEPTED]++;
	send_pba(lma, reply, &ba, &options, lifetime_s && !reply->exact_echo ? session : NULL);
	if (reply->ipv4_status)
		notify_no_ipv4(lma, reply, session);
}
