/* SPDX-License-Identifier: BSD-2-Clause */
/* Flow Mobility Initiate and Acknowledge (RFC 7864 sections 3.2.2 and 4.2) as octets, and where there is no memory for them. */
#include "revoke_rig.h"

#include "engine/lma.h"

#define A PMIP_UPN_A
#define D PMIP_UPN_D
#define OTHER "2001:db8:2::/64"

static struct pmip_lma_config *config(void)
{
	struct pmip_lma_config *made = rig_config();
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("flows@example.com"), .flow_mobility = true};

	ok(pmip_lma_config_add_profile(made, &profile));
	return made;
}

static void setup(void)
{
	rig_init(&rig, config(), NULL);
}

static void attach(const char *at, const char *ll_id, int hi)
{
	struct pbu pbu = {.mn = "flows@example.com", .mag = at, .hnp = {"0"}, .ll_id = ll_id, .hi = hi, .lifetime_s = 600};

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
}

/* The last message of the LMA, an Initiate for one prefix. */
static struct pmip_upn initiate(const char *to, struct pmip_prefix *told)
{
	struct pmip_addr expected = unit_addr(to);
	struct pmip_option_iter iter;
	struct pmip_option option;
	unsigned int prefixes = 0;
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, NULL, &rig.pba_dgram, 0));
	ck_assert_int_eq(mh.type, PMIP_MH_UPN);
	ck_assert_uint_eq(mh.u.upn.reason, PMIP_UPN_FLOW_MOBILITY);
	ck_assert(pmip_addr_equal(&rig.pba_dgram.dst, &expected));
	ok(pmip_mh_validate(&mh, NULL, PMIP_ROLE_MAG));
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option)) {
		if (option.type == PMIP_OPT_MN_ID)
			ck_assert(names(&option.u.mn_id, "flows@example.com"));
		if (option.type != PMIP_OPT_HNP)
			continue;
		ck_assert(option.u.hnp.off_link);
		*told = option.u.hnp.prefix;
		prefixes++;
	}
	ck_assert_uint_eq(prefixes, 1);
	return mh.u.upn;
}

static void give_acknowledgement(const char *from, uint16_t seq, uint8_t status, const struct pmip_prefix *told)
{
	const struct pmip_mh mh = {.type = PMIP_MH_UPA, .u.upa = {seq, status}};
	const struct pmip_option hnp = {.type = PMIP_OPT_HNP, .u.hnp = {true, *told}};

	ok(unit_again(rig_failed(&rig), rig_input(&rig, from, &mh, &hnp)));
}

static void acknowledge(const char *from, uint16_t seq, uint8_t status, const struct pmip_prefix *told)
{
	give_acknowledgement(from, seq, status, told);
	rig_run(&rig);
}

static struct pmip_flow_info add_flow(const struct pmip_prefix *to)
{
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .dst = to->addr, .protocol = 6, .src_port = 443, .dst_port = 50000};
	struct pmip_flow_info info = {.size = sizeof(info)};

	flow.dst.b[15] = 5;
	ok(unit_again(rig_failed(&rig), pmip_lma_add_flow(rig.lma, &info, &flow, rig.now)));
	rig_run(&rig);
	return info;
}

static struct pmip_flow_info flow_now(uint32_t id)
{
	struct pmip_flow_info info = {.size = sizeof(info)};

	ok(pmip_lma_get_flow(rig.lma, &info, id));
	ok(pmip_lma_find_flow(rig.lma, &info, &info.flow));
	ck_assert_uint_eq(info.flow_id, id);
	return info;
}

/* From two attachments to a flow of the first that goes over the second. */
static void move_a_flow(void)
{
	struct pmip_addr mag2 = unit_addr(MAG2);
	struct pmip_prefix first, second;
	struct pmip_flow_info flow;
	struct pmip_upn upn;

	attach(MAG1, "02:00:00:00:00:01", PMIP_HI_NEW_INTERFACE);
	first = rig.options.hnp[0].prefix;
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	ck_assert_uint_eq(rig.options.hnp_count, 2);
	ck_assert(rig.options.hnp[1].off_link && pmip_prefix_equal(&rig.options.hnp[1].prefix, &first));
	rig_run(&rig); /* what there was no memory for */
	upn = initiate(MAG1, &second);
	ck_assert(pmip_prefix_equal(&second, &rig.options.hnp[0].prefix));
	acknowledge(MAG1, upn.seq, 0, &second);
	flow = add_flow(&first);
	ok(unit_again(rig_failed(&rig), pmip_lma_move_flow(rig.lma, flow.flow_id, flow.tunnel, 0, rig.now)));
	ck_assert(flow_now(flow.flow_id).is_moving);
	rig_run(&rig);
	upn = initiate(MAG2, &second);
	ck_assert_uint_eq(upn.flags, A);
	ck_assert(pmip_prefix_equal(&second, &first));
	ck_assert(flow_now(flow.flow_id).is_moving && flow_now(flow.flow_id).is_default);
	acknowledge(MAG2, upn.seq, 0, &first);
	rig_run(&rig);
	flow = flow_now(flow.flow_id);
	ck_assert(!flow.is_moving && !flow.is_default && pmip_addr_equal(&flow.remote, &mag2));
	ck_assert(rig_has_event(&rig, PMIP_EVENT_FLOW_MOVED));
}

START_TEST(a_flow_moves) /* FLO-3, FLO-4, FMP-5, PAP-14 */
{
	move_a_flow();
}
END_TEST

START_TEST(a_flow_moves_without_memory) /* FLO-3 */
{
	rig_without_memory(&rig, config, move_a_flow, 30);
}
END_TEST

static void beat(const char *from, uint32_t counter)
{
	rig_advance(&rig, 1000);
	rig_heartbeat(&rig, from, counter);
}

START_TEST(a_mag_that_has_restarted_is_asked_again) /* FLO-3, FLO-7, HBT-4 */
{
	struct pmip_flow_info flow = {.size = sizeof(flow)};
	struct pmip_prefix told;
	size_t cursor = 0;

	move_a_flow();
	ck_assert_int_eq(pmip_lma_next_flow(rig.lma, &cursor, &flow), 1);
	beat(MAG2, 1);
	beat(MAG2, 2);
	ck_assert(!flow_now(flow.flow_id).is_default);
	rig_forget(&rig);
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	rig_run(&rig);
	acknowledge(MAG2, initiate(MAG2, &told).seq, PMIP_UPA_REASON_UNSPECIFIED, &told);
	ck_assert(flow_now(flow.flow_id).is_default);
}
END_TEST

/* Those whose MAGs need not be told of anything keep nobody from being told. */
START_TEST(the_last_of_many_is_told) /* PAP-16 */
{
	struct pmip_addr mag2 = unit_addr(MAG2);
	struct pmip_mh mh;

	for (int i = 0; i < 24; i++) {
		char mn[32];
		struct pbu pbu = {.mn = mn, .mag = MAG1, .hnp = {"0"}, .ll_id = "02:00:00:00:00:01", .hi = 1, .lifetime_s = 20};

		snprintf(mn, sizeof(mn), "mn%d@guests", i);
		if (i == 23) {
			pbu.mn = "flows@example.com";
			pbu.lifetime_s = 24;
		}
		ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
		pbu.mag = MAG2;
		pbu.ll_id = "02:00:00:00:00:02";
		pbu.lifetime_s = 60;
		ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
		rig_forget(&rig);
	}
	rig.now.mono_us += 30 * UINT64_C(1000000);
	ok(pmip_lma_handle_timeout(rig.lma, rig.now));
	rig_run(&rig);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 24);
	ok(pmip_mh_decode(&mh, NULL, &rig.pba_dgram, 0));
	ck_assert_int_eq(mh.type, PMIP_MH_UPN);
	ck_assert_uint_eq(mh.u.upn.reason, PMIP_UPN_FORCE_REREGISTRATION);
	ck_assert(pmip_addr_equal(&rig.pba_dgram.dst, &mag2));
}
END_TEST

/* Flows that wait keep none from following its attachment. */
START_TEST(a_flow_follows_behind_many_that_wait) /* FLO-11 */
{
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .protocol = 17, .src_port = 443};
	struct pmip_flow_info info = {.size = sizeof(info)};
	char text[PMIP_PREFIX_STRLEN];
	struct pbu handover = {.mn = "flows@example.com", .mag = "2001:db8:c::1", .hnp = {text}, .ll_id = "02:00:00:00:00:01", .hi = 3,
			       .lifetime_s = 600};
	uint32_t first = 0;

	attach(MAG1, "02:00:00:00:00:01", PMIP_HI_NEW_INTERFACE);
	flow.dst = rig.options.hnp[0].prefix.addr;
	pmip_prefix_format(&rig.options.hnp[0].prefix, text);
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	for (uint16_t port = 1; port <= 60; port++) {
		flow.dst_port = port;
		ok(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now));
		rig_run(&rig);
		first = first ? first : info.flow_id;
	}
	for (uint32_t id = first; id < info.flow_id; id++)
		ok(pmip_lma_move_flow(rig.lma, id, info.tunnel, 0, rig.now));
	rig_run(&rig);
	rig_forget(&rig);
	ck_assert_int_eq(rig_pbu(&rig, &handover), 0);
	ck_assert(flow_now(first).is_moving && flow_now(info.flow_id - 1).is_moving);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_MOVED));
	ck_assert(rig_has_event(&rig, PMIP_EVENT_FLOW_MOVED));
	ck_assert_uint_eq(rig.events[rig.event_count - 1].flow_id, info.flow_id);
}
END_TEST

/* The event tells why. */
START_TEST(a_flow_stays) /* FLO-7 */
{
	struct pmip_prefix told;
	struct pmip_flow_info flow;
	unsigned int i = 0;

	attach(MAG1, "02:00:00:00:00:01", PMIP_HI_NEW_INTERFACE);
	flow = add_flow(&rig.options.hnp[0].prefix);
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	ok(pmip_lma_move_flow(rig.lma, flow.flow_id, flow.tunnel, 0, rig.now));
	rig_run(&rig);
	acknowledge(MAG2, initiate(MAG2, &told).seq, PMIP_UPA_MN_NOT_ATTACHED, &told);
	while (i < rig.event_count && rig.events[i].type != PMIP_EVENT_FLOW_MOVE_FAILED)
		i++;
	ck_assert_uint_lt(i, rig.event_count);
	ck_assert_int_eq(rig.events[i].err, PMIP_ERR_NO_PATH);
	ck_assert_uint_eq(rig.events[i].status, PMIP_UPA_MN_NOT_ATTACHED);
	ck_assert_uint_eq(rig.events[i].flow_id, flow.flow_id);
	ck_assert_ptr_nonnull(rig.events[i].rule);
	ck_assert(flow_now(flow.flow_id).is_default && !flow_now(flow.flow_id).is_moving);
}
END_TEST

static struct pmip_lma_config *telling_config(void)
{
	struct pmip_lma_config *made = config();

	ok(pmip_lma_config_set_flowmob_flows(made, true));
	return made;
}

START_TEST(a_told_flow_moves_without_memory) /* FLO-6 */
{
	rig_without_memory(&rig, telling_config, move_a_flow, 30);
}
END_TEST

/* What the last Initiate says of flows: how many, and that one of them is this. */
static unsigned int told_flows(const struct pmip_flow_info *flow)
{
	struct pmip_suboption_iter subs;
	struct pmip_option_iter iter;
	struct pmip_suboption sub;
	struct pmip_option option;
	unsigned int count = 0;
	bool found = false;
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, NULL, &rig.pba_dgram, 0));
	ok(pmip_mh_validate(&mh, NULL, PMIP_ROLE_MAG));
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option)) {
		if (option.type != PMIP_OPT_FLOW_ID)
			continue;
		count++;
		pmip_suboption_iter_init(&subs, &option);
		ck_assert_int_eq(pmip_suboption_next(&subs, &sub), 1);
		ck_assert_int_eq(sub.type, PMIP_FLOW_SELECTOR);
		if (option.u.flow_id.fid != flow->fid)
			continue;
		found = true;
		ck_assert_uint_eq(option.u.flow_id.priority, flow->fid);
		ck_assert_mem_eq(sub.u.selector.src_start.b, flow->flow.src.b, 16);
		ck_assert_mem_eq(sub.u.selector.dst_start.b, flow->flow.dst.b, 16);
		ck_assert_uint_eq(sub.u.selector.src_port_start, flow->flow.src_port);
		ck_assert_uint_eq(sub.u.selector.dst_port_start, flow->flow.dst_port);
		ck_assert_uint_eq(sub.u.selector.protocol_start, flow->flow.protocol);
	}
	ck_assert(found);
	return count;
}

/* Rows of the binding cache and of the flow mobility cache; sixteen flows a MAG. */
START_TEST(flows_are_told) /* FLO-6, FLO-8 */
{
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .protocol = 17, .src_port = 443};
	struct pmip_binding_info first, second;
	struct pmip_flow_info info = {.size = sizeof(info)};
	struct pmip_prefix told;
	char text[PMIP_PREFIX_STRLEN];

	rig_fini(&rig);
	rig_init(&rig, telling_config(), NULL);
	attach(MAG1, "02:00:00:00:00:01", PMIP_HI_NEW_INTERFACE);
	flow.dst = rig.options.hnp[0].prefix.addr;
	first = rig_binding(&rig, pmip_prefix_format(&rig.options.hnp[0].prefix, text));
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	second = rig_binding(&rig, pmip_prefix_format(&rig.options.hnp[0].prefix, text));
	ck_assert_uint_ne(first.bid, 0);
	ck_assert_uint_ne(second.bid, first.bid);
	ck_assert_uint_eq(first.priority, 1);
	ck_assert_uint_eq(second.priority, 2);
	for (unsigned int i = 1; i <= 17; i++) {
		flow.dst_port = (uint16_t)i;
		ok(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now));
		rig_run(&rig);
		ck_assert_uint_eq(info.fid, 0);
		ck_assert_uint_eq(info.bid, first.bid);
		ck_assert_int_eq(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now), i <= 16 ? 0 : PMIP_ERR_FULL);
		if (i == 17)
			break;
		rig_run(&rig);
		info = flow_now(info.flow_id);
		ck_assert_uint_eq(told_flows(&info), i);
		ck_assert(info.is_moving);
		acknowledge(MAG2, initiate(MAG2, &told).seq, 0, &told);
		ck_assert_uint_eq(flow_now(info.flow_id).bid, second.bid);
	}
	ck_assert(!flow_now(info.flow_id).is_moving);
}
END_TEST

/* A flow by its port in a cache with many. */
static struct pmip_flow_info add_port(struct pmip_flow flow, uint16_t port)
{
	struct pmip_flow_info info = {.size = sizeof(info)};

	flow.dst_port = port;
	ok(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now));
	if (!(port % 64))
		rig_forget(&rig);
	rig_run(&rig);
	return info;
}

/* 65535 flows of one mobile node have been told to MAGs at some time. */
START_TEST(a_flow_without_a_name_stays) /* FLO-6 */
{
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .protocol = 17, .src_port = 443};
	struct pmip_flow_info info, named = {.flow_id = 0};

	rig_fini(&rig);
	rig_init(&rig, telling_config(), NULL);
	attach(MAG1, "02:00:00:00:00:01", PMIP_HI_NEW_INTERFACE);
	flow.dst = rig.options.hnp[0].prefix.addr;
	attach(MAG2, "02:00:00:00:00:02", PMIP_HI_NEW_INTERFACE);
	info = add_port(flow, 0);
	for (unsigned int fid = 1; fid <= UINT16_MAX; fid++) {
		named = add_port(flow, (uint16_t)fid);
		pmip__flow_cache_by_id(&rig.lma->flows, named.flow_id)->fid = (uint16_t)fid;
	}
	ck_assert_int_eq(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now), PMIP_ERR_FULL);
	ck_assert(!flow_now(info.flow_id).is_moving);
	ok(pmip_lma_del_flow(rig.lma, named.flow_id, rig.now));
	ok(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now));
	rig_run(&rig);
	info = flow_now(info.flow_id);
	ck_assert_uint_eq(info.fid, UINT16_MAX);
	ck_assert_uint_eq(told_flows(&info), 1);
}
END_TEST

/* IPv4 home addresses are at one MAG only. */
START_TEST(an_ipv4_flow_stays) /* FLO-11 */
{
	struct pmip_flow flow = {.src = unit_addr("::ffff:198.51.100.1"), .dst = unit_addr("::ffff:0.0.0.0"), .protocol = 6, .src_port = 1, .dst_port = 2};
	struct pbu first = {.mn = "both@example.com", .mag = MAG1, .hnp = {"0"}, .ll_id = "02:00:00:00:00:01", .hi = 1, .ipv4 = "0.0.0.0",
			    .lifetime_s = 600};
	struct pbu second = {.mn = "both@example.com", .mag = MAG2, .hnp = {"0"}, .ll_id = "02:00:00:00:00:02", .hi = 1, .lifetime_s = 600};
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("both@example.com"), .flow_mobility = true, .ipv4 = true};
	struct pmip_ip subnet = unit_ip("192.0.2.0"), router = unit_ip("192.0.2.1");
	struct pmip_flow_info info = {.size = sizeof(info)};
	struct pmip_lma_config *made = config();

	rig_fini(&rig);
	ok(pmip_lma_config_add_profile(made, &profile));
	ok(pmip_lma_config_add_ipv4_pool(made, &subnet, 24, &router));
	rig_init(&rig, made, NULL);
	ck_assert_int_eq(rig_pbu(&rig, &first), 0);
	for (int i = 0; i < 4; i++)
		flow.dst.b[12 + i] = rig.options.ipv4_reply.addr.b[i];
	ck_assert_int_eq(rig_pbu(&rig, &second), 0);
	ok(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now));
	ck_assert_int_eq(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now), PMIP_ERR_NO_PATH);
}
END_TEST

/* Send an Initiate to the MAG. Returns the status of the answer, -1 = none. */
static int fmi_with(uint16_t seq, uint16_t flags, const char *told, unsigned int *answered, const struct pmip_flow_info *flow)
{
	struct pmip_addr src = unit_addr(H_LMA), dst = unit_addr(H_COA);
	struct pmip_mh mh = {.type = PMIP_MH_UPN, .u.upn = {seq, PMIP_UPN_FLOW_MOBILITY, flags}}, answer;
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = h_mnid(MN)},
			   hnp = {.type = PMIP_OPT_HNP, .u.hnp = {true, unit_prefix(told)}};
	struct pmip_option_iter iter;
	struct pmip_mh_writer writer;
	uint8_t octets[512];
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_mh_add_option(&writer, &mn_id);
	pmip_mh_add_option(&writer, &hnp);
	if (flow)
		pmip__update_add_flow(&writer, &(struct pmip__told_flow){flow->fid, flow->flow});
	len = pmip_mh_finish(&writer, &src, &dst);
	ck_assert_int_gt(len, 0);
	mag.other.len = 0;
	ok(h_input(&mag, octets, (size_t)len, &src, &dst));
	if (!mag.other.len)
		return -1;
	ok(pmip_mh_decode(&answer, NULL, &mag.other.dgram, 0));
	ck_assert_int_eq(answer.type, PMIP_MH_UPA);
	ck_assert_uint_eq(answer.u.upa.seq, seq);
	*answered = 0;
	pmip_option_iter_init(&iter, &answer);
	while (pmip_option_next(&iter, &hnp))
		*answered += hnp.type == PMIP_OPT_HNP && hnp.u.hnp.off_link;
	return answer.u.upa.status;
}

static int fmi(uint16_t seq, uint16_t flags, const char *told, unsigned int *answered)
{
	return fmi_with(seq, flags, told, answered, NULL);
}

static unsigned int flows_at_mag(uint16_t *fid)
{
	struct pmip_mag_flow_info info = {.size = sizeof(info)};
	struct pmip_mnid mn_id = h_mnid(MN);
	unsigned int count = 0;
	size_t cursor = 0;

	while (pmip_mag_next_flow_of_mn(mag.mag, &cursor, &info, &mn_id)) {
		ck_assert_uint_eq(info.selector.dst_port_start, 50000);
		*fid = info.fid;
		count++;
	}
	return count;
}

/* They are there when forwarding is, and go with it. */
START_TEST(a_mag_is_told_of_flows) /* FLO-6 */
{
	const struct pmip_flow_info flow = {.fid = 7, .flow = {.protocol = 6, .dst_port = 50000}};
	unsigned int prefixes;
	uint16_t fid = 0;

	h_activate(&mag);
	mag.complete_later = true;
	ck_assert_int_eq(fmi_with(1, A, OTHER, &prefixes, &flow), -1);
	ck_assert_uint_eq(flows_at_mag(&fid), 0);
	for (unsigned int i = 0; i < 3; i++)
		ok(h_complete(&mag, mag.op[mag.ops - 3 + i].id, 0));
	ck_assert_uint_eq(flows_at_mag(&fid), 1);
	ck_assert_uint_eq(fid, 7);
	mag.complete_later = false;
	ok(h_shutdown(&mag));
	ck_assert_uint_eq(flows_at_mag(&fid), 0);
}
END_TEST

START_TEST(a_mag_forwards_and_answers) /* FLO-3, FLO-5, FLO-7, MAG-20 */
{
	struct pmip_prefix other = unit_prefix(OTHER);
	unsigned int prefixes;

	h_activate(&mag);
	ck_assert_int_eq(fmi(1, A, OTHER, &prefixes), 0);
	ck_assert_uint_eq(prefixes, 1);
	ck_assert(pmip_prefix_equal(&mag.op[mag.ops - 1].prefix, &other));
	ck_assert(pmip_addr_is_link_local(&mag.op[mag.ops - 1].via));
	for (unsigned int i = 0; i < mag.ras; i++)
		for (unsigned int k = 0; k < mag.ra[i].prefix_count; k++)
			ck_assert(!pmip_prefix_equal(&mag.ra[i].prefix[k], &other));
	h_clear_log(&mag);
	ck_assert_int_eq(fmi(1, A | D, OTHER, &prefixes), 0);
	ck_assert_uint_eq(prefixes, 1);
	ck_assert_uint_eq(mag.ops, 0);
	ck_assert_int_eq(fmi(2, D, OTHER, &prefixes), -1);
}
END_TEST

/* Forwarding fails for good: the session ends as it does without an Initiate. */
START_TEST(a_mag_that_cannot_forward) /* FLO-7 */
{
	unsigned int prefixes;

	h_activate(&mag);
	mag.fail_kind = PMIP_DATAPATH_BINDING_SET;
	ck_assert_int_eq(fmi(1, A, OTHER, &prefixes), PMIP_UPA_REASON_UNSPECIFIED);
	ck_assert_uint_eq(prefixes, 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DEREGISTERING);
}
END_TEST

static void mag_story(void)
{
	const struct pmip_flow_info flow = {.fid = 7, .flow = {.protocol = 6, .dst_port = 50000}};
	unsigned int prefixes;
	uint16_t fid;

	h_start(&mag);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ck_assert_int_eq(fmi_with(1, A, OTHER, &prefixes, &flow), 0);
	ck_assert_uint_eq(prefixes, 1);
	ck_assert_uint_eq(flows_at_mag(&fid), 1);
}

START_TEST(a_mag_without_memory) /* FLO-6, FLO-7 */
{
	h_without_memory(&mag, mag_story, 26);
}
END_TEST

/* What waits goes with the engine. */
START_TEST(a_mag_is_freed_while_it_is_at_it) /* FLO-7 */
{
	unsigned int prefixes;

	h_activate(&mag);
	mag.complete_later = true;
	ck_assert_int_eq(fmi(1, A, OTHER, &prefixes), -1);
}
END_TEST

int main(void)
{
	const TTest *const lma[] = {
		a_flow_moves,
		a_flow_stays,
		an_ipv4_flow_stays,
		flows_are_told,
		a_flow_without_a_name_stays,
		a_mag_that_has_restarted_is_asked_again,
		the_last_of_many_is_told,
		a_flow_follows_behind_many_that_wait,
		NULL,
	};
	const TTest *const gateway[] = {
		a_mag_forwards_and_answers,
		a_mag_that_cannot_forward,
		a_mag_is_freed_while_it_is_at_it,
		a_mag_is_told_of_flows,
		NULL,
	};
	const TTest *const memory[] = {
		a_flow_moves_without_memory,
		a_told_flow_moves_without_memory,
		a_mag_without_memory,
		NULL,
	};
	Suite *suite = suite_create("fmi");

	unit_add(suite, "lma", lma, setup, lma_teardown);
	unit_add(suite, "mag", gateway, mag_setup, mag_teardown);
	unit_add(suite, "memory", memory, NULL, NULL);
	return unit_run_suite(suite);
}
