/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups (RFC 6602) at size and without memory; renumbering and revocation of many without memory. */
#include "revoke_rig.h"

#define MEMBERS 10000

#define again(expr) unit_again(rig_failed(&rig), expr)
#define again_at_mag(expr) unit_again(mag.failed, expr)

static struct {
	unsigned int sends, events, ops;
	uint32_t group;
	size_t count; /* of the last event about a group */
	uint8_t status;
	uint16_t seq; /* of the last message */
} out;

/* Do what the LMA wants done, and note what it was. */
static void drain(void)
{
	struct pmip_binding_options options;
	struct pmip_action action;
	struct pmip_mh mh;

	while (pmip_lma_next_action(rig.lma, &action)) {
		if (action.type == PMIP_ACTION_DATAPATH) {
			out.ops++;
			ok(again(pmip_lma_complete(rig.lma, action.u.datapath.id, 0, rig.now)));
		} else if (action.type == PMIP_ACTION_NOTIFY) {
			out.events++;
			if (action.u.event.count)
				out.count = action.u.event.count;
		} else if (action.type == PMIP_ACTION_SEND) {
			out.sends++;
			ok(pmip_mh_decode(&mh, NULL, &action.u.send, 0));
			if (mh.type == PMIP_MH_REVOCATION)
				out.seq = mh.u.revocation.seq;
			else if (mh.type == PMIP_MH_UPN)
				out.seq = mh.u.upn.seq;
			if (mh.type != PMIP_MH_BA)
				continue;
			ok(pmip_binding_options_read(&options, &mh));
			out.status = mh.u.ba.status;
			out.group = options.group.id;
		}
	}
}

static void input(const struct pmip_mh *mh, const struct pmip_binding_options *options)
{
	struct pmip_dgram dgram = {unit_addr(MAG1), unit_addr(LMAA), NULL, 0};
	struct pmip_mh_writer writer;
	uint8_t octets[512];
	int len;

	rig.now.mono_us += 1000;
	rig.now.wall_us += 1000;
	pmip_mh_begin(&writer, octets, sizeof(octets), mh);
	pmip_binding_options_write(&writer, options);
	len = pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	ck_assert_int_gt(len, 0);
	dgram.data = octets;
	dgram.len = (size_t)len;
	memset(&out, 0, sizeof(out));
	ok(again(pmip_lma_input(rig.lma, &dgram, rig.now)));
	drain();
}

/* mn: NULL = for the group. */
static void register_bulk(const char *mn, uint32_t group, uint32_t lifetime_s)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = lifetime_s}};
	struct pmip_binding_options options = {.has = PMIP_HAS_GROUP | PMIP_HAS_TIMESTAMP, .group = {1, group}};

	options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
	if (mn) {
		mh.u.bu.flags |= PMIP_BU_B;
		options.has |= PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT;
		options.mn_id = h_mnid(mn);
		options.hnp_count = 1;
		options.hi = PMIP_HI_NEW_INTERFACE;
		options.att = PMIP_ATT_WLAN;
	}
	input(&mh, &options);
}

static struct pmip_lma_config *bulk_config(void)
{
	struct pmip_lma_config *config = rig_config();
	struct pmip_profile everybody = {.size = sizeof(everybody), .mn_id = {1, 1, (const uint8_t *)"*"}};
	struct pmip_addr at = unit_addr(MAG1);

	ok(pmip_lma_config_add_profile(config, &everybody));
	ok(pmip_lma_config_set_bulk(config, true));
	ok(pmip_lma_config_allow_global_revocation(config, &at));
	return config;
}

/* BLK-2, BLK-3: whatever the size of the group, one message in, one out, one event, and no memory. */
START_TEST(ten_thousand_in_one_message)
{
	struct unit_mem memory = {.calls = 0};
	struct pmip_mem callbacks = unit_mem_callbacks(&memory);
	char mn[32];
	uint32_t group;

	rig_init(&rig, bulk_config(), &callbacks);
	for (int i = 0; i < MEMBERS; i++) {
		snprintf(mn, sizeof(mn), "mn%d@example.net", i);
		register_bulk(mn, 1, 600);
		ck_assert_uint_eq(out.status, 0);
	}
	group = out.group;
	ck_assert_uint_gt(group, 1);
	rig.now.mono_us += 500 * S;
	rig.now.wall_us += 500 * S;
	memory.calls = 0;
	register_bulk(NULL, group, 600);
	ck_assert_uint_eq(out.status, 0);
	ck_assert_uint_eq(out.group, group);
	ck_assert_uint_eq(out.sends + out.events + out.ops, 2);
	ck_assert_uint_eq(out.count, MEMBERS);
	ck_assert_uint_eq(memory.calls, 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_REFRESHED), MEMBERS);
	ck_assert_uint_eq(bindings(), MEMBERS);
	ck_assert(pmip_lma_next_deadline(rig.lma) == rig.now.mono_us + 600 * S);
	register_bulk(NULL, group, 0);
	ck_assert_uint_eq(out.status, 0);
	ck_assert_uint_eq(out.sends, 1);
	ck_assert_uint_eq(out.events, MEMBERS + 1);
	ck_assert_uint_eq(out.ops, MEMBERS);
	ck_assert_uint_eq(out.count, MEMBERS);
	rig.now.mono_us += 10 * S;
	ok(pmip_lma_handle_timeout(rig.lma, rig.now));
	drain();
	ck_assert_uint_eq(bindings(), 0);
	rig_fini(&rig);
	ck_assert_int_eq(memory.live, 0);
}
END_TEST

static void answer_revocation(void)
{
	struct pmip_mh bra = {.type = PMIP_MH_REVOCATION, .u.revocation = {.type = PMIP_REVOCATION_ACK, .seq = out.seq, .flags = P}};

	input(&bra, &(struct pmip_binding_options){0});
}

static void lma_story(void)
{
	struct pmip_mh bri = {.type = PMIP_MH_REVOCATION,
			      .u.revocation = {PMIP_REVOCATION_INDICATION, PMIP_TRIGGER_PER_PEER_POLICY, 0, 7, P | G}};
	struct pmip_mh upa = {.type = PMIP_MH_UPA};
	struct pmip_binding_options self = {.has = PMIP_HAS_MN_ID, .mn_id = h_mnid("mag1")};
	struct pmip_mnid mn_id = h_mnid(MN1), realm = h_mnid("@example.com");
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_addr at = unit_addr(MAG1);
	size_t cursor = 0;

	register_bulk(MN1, 1, 600);
	register_bulk("mn2@example.com", 1, 600);
	register_bulk(NULL, 1, 600);
	ck_assert_uint_eq(out.status, 0);
	ck_assert_int_eq(pmip_lma_next_binding_of_mn(rig.lma, &cursor, &info, &mn_id), 1);
	ok(again(pmip_lma_renumber(rig.lma, &mn_id, &info.prefix[0], NULL, rig.now)));
	drain();
	upa.u.upa.seq = out.seq;
	input(&upa, &(struct pmip_binding_options){0});
	ck_assert_int_eq(pmip_lma_find_binding(rig.lma, &info, &info.prefix[0]), PMIP_ERR_NOENT);
	ok(again(pmip_lma_revoke_realm(rig.lma, &realm, rig.now)));
	drain();
	answer_revocation();
	ck_assert_uint_eq(bindings(), 0);
	register_bulk(MN1, 1, 600);
	register_bulk("mn2@example.com", 1, 600);
	ok(again(pmip_lma_revoke_group(rig.lma, &at, PMIP_TRIGGER_UNSPECIFIED, rig.now)));
	drain();
	answer_revocation();
	ck_assert_uint_eq(bindings(), 0);
	register_bulk(MN1, 1, 600);
	register_bulk("mn2@example.com", 1, 600);
	input(&bri, &self);
	ck_assert_uint_eq(bindings(), 0);
	register_bulk(MN1, 1, 600);
	ok(again(pmip_lma_force_reregistration_mag(rig.lma, &at, rig.now)));
	drain();
	cursor = 0;
	ck_assert_int_eq(pmip_lma_next_binding_of_mn(rig.lma, &cursor, &info, &mn_id), 1);
	/* One that is under way when all ends. */
	ok(again(pmip_lma_renumber(rig.lma, &mn_id, &info.prefix[0], NULL, rig.now)));
}

/* REV-4, REV-5, REV-12, UPN-3, UPN-7, BLK-2: each allocation fails once; then the call is made again. */
START_TEST(lma_without_memory)
{
	rig_without_memory(&rig, bulk_config, lma_story, 21);
}
END_TEST

static void start_bulk(void)
{
	ok(pmip_mag_config_set_bulk(mag.config, true, 1));
	h_profile(&mag, "other@example.com", "02:00:00:00:00:02");
	h_start(&mag);
}

static void accept_into(uint32_t group)
{
	struct answer answer = h_answer(h_last(&mag), 0);

	ck_assert_uint_eq(answer.options.has & PMIP_HAS_GROUP, PMIP_HAS_GROUP);
	answer.flags |= PMIP_BA_B;
	answer.options.group.id = group;
	h_send(&mag, &answer);
}

static void attach_both(uint32_t group)
{
	struct pmip_attach other = h_attach_of("", "02:00:00:00:00:02", LINK);

	ok(h_attach_mn(&mag));
	accept_into(group);
	ok(h_attach(&mag, &other));
	accept_into(group);
}

static void mag_story(void)
{
	struct message bri = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);
	struct pmip_addr lma = unit_addr(H_LMA);

	start_bulk();
	attach_both(9);
	h_pass(&mag, 561 * S);
	ck_assert_uint_eq(h_last(&mag)->options.has, PMIP_HAS_GROUP | PMIP_HAS_TIMESTAMP);
	h_reply(&mag, 0);
	ck_assert_uint_eq(h_counter(&mag, GROUP_REFRESHED), 1);
	bri.mn = NULL;
	bri.group = 9;
	ck_assert_uint_eq(ask_mag(&bri), 0);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 2);
	attach_both(10);
	ok(again_at_mag(pmip_mag_revoke_lma(mag.mag, &lma, mag.now)));
	h_pull(&mag);
	answer_mag(0);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 4);
	attach_both(11);
	ok(again_at_mag(pmip_mag_revoke_group(mag.mag, &lma, 11, PMIP_TRIGGER_UNSPECIFIED, mag.now)));
	h_pull(&mag);
	h_pass(&mag, 4 * S);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 6);
	attach_both(12);
	h_clear_log(&mag);
	ok(h_shutdown(&mag));
	ck_assert_uint_eq(mag.sents, 1);
	ck_assert_uint_eq(h_last(&mag)->bu.lifetime_s, 0);
	ck_assert_uint_eq(h_last(&mag)->options.group.id, 12);
	ck_assert_uint_eq(pmip_mag_count_bindings(mag.mag), 0);
}

/* BLK-1, BLK-2, BLK-3, REV-5, REV-12 */
START_TEST(mag_without_memory)
{
	h_without_memory(&mag, mag_story, 11);
}
END_TEST

/* REV-13 */
START_TEST(mag_asks_no_more)
{
	struct pmip_addr lma = unit_addr(H_LMA);

	h_init(&mag);
	start_bulk();
	attach_both(9);
	ok(pmip_mag_revoke_lma(mag.mag, &lma, mag.now));
	h_pull(&mag);
	answer_mag(PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED);
	ck_assert_uint_eq(h_count_events(&mag, PMIP_EVENT_REVOCATION_FAILED), 1);
	ck_assert_int_eq(pmip_mag_revoke_lma(mag.mag, &lma, mag.now), PMIP_ERR_DENIED);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 0);
	ok(h_reconfigure(&mag));
	ok(pmip_mag_revoke_lma(mag.mag, &lma, mag.now));
	h_pull(&mag);
	lma = unit_addr("2001:db8:f::fe");
	ck_assert_int_eq(pmip_mag_revoke_lma(mag.mag, &lma, mag.now), PMIP_ERR_NOENT);
	h_fini(&mag);
}
END_TEST

/* UPN-2, LCM-1, HBT-9, BLK-1: what no configuration takes. */
START_TEST(configurations_are_checked)
{
	struct pmip_lma_config *config = rig_config();
	struct pmip_mag_config *other;

	ck_assert_int_eq(pmip_lma_config_set_update_retransmission(config, 499, 1), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_update_retransmission(config, 5001, 1), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_update_retransmission(config, 1000, 6), PMIP_ERR_INVALID);
	ok(pmip_lma_config_set_update_retransmission(config, 500, 0));
	ok(pmip_lma_config_set_update_retransmission(config, 5000, 5));
	ck_assert_int_eq(pmip_lma_config_set_mag_reregistration(config, 3, 1, 32), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_reregistration(config, 262141, 1, 32), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_reregistration(config, 40, 0, 32), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_reregistration(config, 40, 2, 1), PMIP_ERR_INVALID);
	ok(pmip_lma_config_set_mag_reregistration(config, 40, 1, 1));
	ok(pmip_lma_config_set_mag_reregistration(config, 0, 0, 0));
	ck_assert_int_eq(pmip_lma_config_set_mag_heartbeat(config, 29, 0, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_heartbeat(config, 3601, 0, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_heartbeat(config, 30, 31, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_mag_heartbeat(config, 30, 0, 0), PMIP_ERR_INVALID);
	ok(pmip_lma_config_set_mag_heartbeat(config, 3600, 3600, 65535));
	pmip_lma_config_free(config);
	ok(pmip_mag_config_new(&other, NULL));
	ck_assert_int_eq(pmip_mag_config_set_bulk(other, true, 0), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_bulk(other, true, UINT32_MAX));
	pmip_mag_config_free(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bulk");
	TCase *tcase = tcase_create("bulk");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, ten_thousand_in_one_message);
	tcase_add_test(tcase, lma_without_memory);
	tcase_add_test(tcase, mag_without_memory);
	tcase_add_test(tcase, mag_asks_no_more);
	tcase_add_test(tcase, configurations_are_checked);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
