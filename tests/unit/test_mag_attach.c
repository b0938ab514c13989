/* SPDX-License-Identifier: BSD-2-Clause */
/* Attach, solicitation, movement between links, detach, reconfiguration (RFC 5213 sections 6.9.1.1, 6.9.1.4, 6.9.3). */
#include "mag_harness.h"

#include <stdio.h>
#include <string.h>

static struct harness h;

static void setup(void)
{
	h_init(&h);
	h_start(&h);
}

static void teardown(void)
{
	h_fini(&h);
}

START_TEST(attach_sends_pbu) /* MAG-1, MAG-2, MAG-3, MAG-4, MAG-5, MAG-6 */
{
	struct sent *pbu;

	ok(h_attach_mn(&h));
	ck_assert_str_eq(h.trace, "NSN");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_ATTACHED);
	ck_assert_int_eq(h.event[1].type, PMIP_EVENT_PBU_SENT);
	pbu = h_last(&h);
	ck_assert_uint_eq(pbu->bu.flags, PMIP_BU_A | PMIP_BU_P);
	ck_assert_uint_eq(pbu->bu.lifetime_s, 600);
	ck_assert_uint_eq(pbu->options.has, PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID);
	ck_assert_uint_eq(pbu->options.hnp_count, 1);
	ck_assert_uint_eq(pbu->options.hnp[0].prefix.len, 0);
	ck_assert(pmip_addr_is_unspecified(&pbu->options.hnp[0].prefix.addr));
	ck_assert_uint_eq(pbu->options.hi, PMIP_HI_UNKNOWN);
	ck_assert_uint_eq(pbu->options.att, PMIP_ATT_WLAN);
	ck_assert_uint_eq(pbu->options.timestamp, pmip_timestamp_from_us(h.now.wall_us));
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_info(&h).expires_us, PMIP_TIME_NONE);
}
END_TEST

START_TEST(hint_of_the_trigger) /* MAG-4 */
{
	struct pmip_attach attach = h_attach_of("mn@example.com", "", LINK);

	attach.hi = PMIP_HI_NEW_INTERFACE;
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_NEW_INTERFACE);
}
END_TEST

START_TEST(no_profile_no_service) /* MAG-1 */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:99", LINK);
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("off@example.com"), .disabled = true};

	ck_assert_int_eq(h_attach(&h, &attach), PMIP_ERR_DENIED);
	attach = h_attach_of("who@example.com", "02:00:00:00:00:01", LINK);
	ck_assert_int_eq(h_solicit(&h, &attach), PMIP_ERR_DENIED);
	ok(pmip_mag_config_add_profile(h.config, &profile));
	ok(h_reconfigure(&h));
	attach = h_attach_of("off@example.com", "02:00:00:00:00:01", LINK);
	ck_assert_int_eq(h_attach(&h, &attach), PMIP_ERR_DENIED);
	ck_assert_uint_eq(h_counter(&h, DENIED), 3);
	ck_assert_uint_eq(h.traced, 0);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
}
END_TEST

START_TEST(attach_arguments)
{
	struct pmip_attach good = h_attach_of("mn@example.com", "", LINK), bad;
	struct pmip_now before = {h.now.mono_us - 1, h.now.wall_us};

	bad = good, bad.size--;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.link = 0;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.att = 0;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.hi = PMIP_HI_UNCHANGED;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.hi = PMIP_HI_SHARED + 1;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.ll_id.len = PMIP_LLID_MAX + 1;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.mn_id.len = 255;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad = good, bad.mn_id.len = 0;
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	bad.ll_id.len = 6; /* all zero is none */
	ck_assert_int_eq(h_attach(&h, &bad), PMIP_ERR_INVALID);
	ok(h_attach(&h, &good));
	ck_assert_int_eq(pmip_mag_attach(h.mag, &good, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_detach(h.mag, LINK, NULL, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_handle_timeout(h.mag, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_input(h.mag, &h_last(&h)->dgram, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_complete(h.mag, 1, 0, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_shutdown(h.mag, before), PMIP_ERR_TIME);
	ck_assert_int_eq(pmip_mag_reconfigure(h.mag, h.config, before), PMIP_ERR_TIME);
	ck_assert_int_eq(h_complete(&h, 1, 0), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(duplicate_attach_changes_nothing) /* MAG-1 */
{
	struct pmip_attach by_id = h_attach_of("mn@example.com", "", LINK);

	ok(h_attach_mn(&h));
	ok(h_attach_mn(&h));
	ok(h_attach(&h, &by_id));
	ck_assert_uint_eq(h.sents, 1);
	h_reply(&h, 0);
	ok(h_attach_mn(&h));
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_uint_eq(h_counter(&h, ATTACHED), 1);
}
END_TEST

START_TEST(accepted_in_order) /* MAG-17, RA-1, RA-2, RA-4 */
{
	struct pmip_addr lla = unit_addr("fe80::200:5eff:fe00:5213");
	struct pmip_prefix hnp = unit_prefix("2001:db8:1::/64");

	ok(h_attach_mn(&h));
	h_clear_log(&h);
	h.complete_later = true;
	h_send(&h, &(struct answer[]){h_answer(&h.sent[0], 0)}[0]);
	ck_assert_str_eq(h.trace, "E+");
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert(pmip_prefix_equal(&h.op[1].prefix, &hnp));
	ck_assert_uint_eq(h.op[1].link, LINK);
	ok(h_complete(&h, h.op[0].id, 0));
	h_pull(&h);
	ck_assert_uint_eq(h.ras, 0);
	h_pass(&h, 10 * MS);
	ok(h_complete(&h, h.op[1].id, 0));
	h_pull(&h);
	ck_assert_str_eq(h.trace, "E+RN");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_BINDING_ADDED);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert(pmip_addr_equal(&h.ra[0].src, &lla));
	ck_assert_uint_eq(h.ra[0].link, LINK);
	ck_assert_uint_eq(h.ra[0].router_lifetime_s, 1800);
	ck_assert_uint_eq(h.ra[0].lifetime_s, 599); /* never beyond the binding */
	ck_assert_uint_eq(h.ra[0].mtu, 1460);
	ck_assert_uint_eq(h.ra[0].prefix_count, 1);
	ck_assert(pmip_prefix_equal(&h.ra[0].prefix[0], &hnp));
	ck_assert_uint_eq(h.ra[0].ll_id.len, 6);
}
END_TEST

START_TEST(mtu_of_the_link) /* TUN-6 */
{
	struct pmip_attach attach = h_attach_of("mn@example.com", "", LINK);

	attach.link_mtu = 1400;
	ok(h_attach(&h, &attach));
	h_reply(&h, 0);
	ck_assert_uint_eq(h.ra[0].mtu, 1400);
	attach.link_mtu = 9000;
	h_pass(&h, S);
	ok(h_solicit(&h, &attach));
	ck_assert_uint_eq(h.ra[1].mtu, 1460);
}
END_TEST

START_TEST(solicitation_attaches_and_is_answered) /* RA-1 */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);

	ok(h_solicit(&h, &attach));
	ck_assert_uint_eq(h.sents, 1);
	ok(h_solicit(&h, &attach));
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_uint_eq(h.ras, 0);
	h_reply(&h, 0);
	ck_assert_uint_eq(h.ras, 1);
	for (int i = 0; i < 1000; i++) {
		h_pass(&h, MS);
		ok(h_solicit(&h, &attach));
	}
	ck_assert_uint_le(h.ras, 11); /* 10 a second */
	ck_assert_uint_ge(h.ras, 10);
}
END_TEST

START_TEST(known_by_place) /* attached by MN-ID with a link-layer identifier that no profile has: the solicitation finds it */
{
	struct pmip_attach by_id = h_attach_of("mn@example.com", "02:00:00:00:00:77", LINK);
	struct pmip_attach by_ll = h_attach_of("", "02:00:00:00:00:77", LINK);

	ok(h_attach(&h, &by_id));
	h_reply(&h, 0);
	h_pass(&h, S);
	h_clear_log(&h);
	ok(h_solicit(&h, &by_ll));
	ck_assert_str_eq(h.trace, "R");
}
END_TEST

START_TEST(detach_deregisters) /* MAG-50 */
{
	struct pmip_llid ll_id = unit_llid("02:00:00:00:00:01");
	struct sent *pbu;

	h_activate(&h);
	ck_assert_int_eq(h_detach(&h, LINK, &ll_id), 1);
	ck_assert_str_eq(h.trace, "NSN");
	pbu = h_last(&h);
	ck_assert_uint_eq(pbu->bu.lifetime_s, 0);
	ck_assert_uint_eq(pbu->options.hi, PMIP_HI_UNKNOWN);
	ck_assert_uint_eq(pbu->options.hnp[0].prefix.len, 64);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DEREGISTERING);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 0);
	h_reply(&h, 0);
	ck_assert_str_eq(h.trace, "NSN-XN");
	ck_assert_int_eq(h.event[h.events - 1].type, PMIP_EVENT_BINDING_REMOVED);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(pmip_mag_next_deadline(h.mag), PMIP_TIME_NONE);
	ck_assert_str_eq(h.trace, "NSN-XN");
}
END_TEST

START_TEST(detach_unanswered) /* MAG-50: INITIAL_BINDACK_TIMEOUT, one transmission */
{
	h_activate(&h);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	h_pass(&h, S - 1);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 1);
	h_pass(&h, 1);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_BINDING_CLEAR), 1);
}
END_TEST

START_TEST(detach_while_registering) /* MAG-6 */
{
	ok(h_attach_mn(&h));
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 0);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 0);
	h_send(&h, &(struct answer[]){h_answer(&h.sent[0], 0)}[0]); /* that of the registration comes late */
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DEREGISTERING);
	ck_assert_uint_eq(h.ops, 0);
	h_pass(&h, 60 * S);
	ck_assert_uint_eq(h.sents, 2);
}
END_TEST

START_TEST(detach_nobody)
{
	struct pmip_llid other = unit_llid("02:00:00:00:00:02"), none = {0};

	ck_assert_int_eq(h_detach(&h, LINK, NULL), 0);
	h_activate(&h);
	ck_assert_int_eq(h_detach(&h, LINK, &other), 0);
	ck_assert_int_eq(h_detach(&h, LINK, &none), 0);
	ck_assert_int_eq(h_detach(&h, LINK + 1, NULL), 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(detach_everybody_on_a_link) /* TUN-7: the tunnel stays for who is left */
{
	char mn_id[32], ll_id[24];

	for (int i = 2; i < 12; i++) {
		struct pmip_attach attach;

		snprintf(mn_id, sizeof(mn_id), "mn%d@example.com", i);
		snprintf(ll_id, sizeof(ll_id), "02:00:00:00:00:%02x", i);
		h_profile(&h, mn_id, ll_id);
		ok(h_reconfigure(&h));
		attach = h_attach_of(mn_id, "", i == 2 ? LINK : LINK + 1);
		ok(h_attach(&h, &attach));
		h_reply(&h, 0);
	}
	h_clear_log(&h);
	ck_assert_int_eq(h_detach(&h, LINK + 1, NULL), 9);
	ck_assert_uint_eq(h.sents, 9);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_BINDING_CLEAR), 9);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_TUNNEL_RELEASE), 0);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 1);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
}
END_TEST

START_TEST(reattach_while_deregistering) /* MAG-51 */
{
	struct answer late;
	uint64_t timestamp;

	h_activate(&h);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	late = h_answer(h_last(&h), 0);
	timestamp = h_last(&h)->options.timestamp;
	ok(h_attach_mn(&h));
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_gt(h_last(&h)->options.timestamp, timestamp);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 64); /* the known prefix */
	h_send(&h, &late);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	h_reply(&h, 0);
	h_send(&h, &late);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	h_pass(&h, 100 * S);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 2);
}
END_TEST

START_TEST(moves_to_another_link) /* MAG-4: handover inside the MAG: forwarding at once, PBU with HI 3 */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK + 1);

	h_activate(&h);
	ok(h_attach(&h, &attach));
	ck_assert_str_eq(h.trace, "NE+SNR");
	ck_assert_uint_eq(h.op[1].link, LINK + 1);
	ck_assert_uint_eq(h.ra[0].link, LINK + 1);
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_BETWEEN_MAGS);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 64);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 0);
	ck_assert_int_eq(h_detach(&h, LINK + 1, NULL), 1);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
}
END_TEST

START_TEST(moves_to_another_technology) /* MAG-4 */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK + 1);

	h_activate(&h);
	attach.att = PMIP_ATT_ETHERNET;
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_BETWEEN_INTERFACES);
	ck_assert_uint_eq(h_last(&h)->options.att, PMIP_ATT_ETHERNET);
}
END_TEST

START_TEST(moves_while_installing) /* results of the first installation do not count for the second */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK + 1);

	ok(h_attach_mn(&h));
	h.complete_later = true;
	h_reply(&h, 0);
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h.ops, 4);
	ok(h_complete(&h, h.op[0].id, PMIP_ERR_OS));
	ok(h_complete(&h, h.op[1].id, 0));
	ok(h_complete(&h, h.op[2].id, 0));
	h_pull(&h);
	ck_assert_uint_eq(h.ras, 0);
	ok(h_complete(&h, h.op[3].id, 0));
	h_pull(&h);
	ck_assert_uint_eq(h.ras, 1);
	ck_assert_uint_eq(h.ra[0].link, LINK + 1);
	ck_assert_int_eq(h_complete(&h, h.op[3].id, 0), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(moves_while_registering)
{
	struct pmip_attach link = h_attach_of("mn@example.com", "02:00:00:00:00:01", LINK + 1);
	struct pmip_attach ll_id = h_attach_of("mn@example.com", "02:00:00:00:00:05", LINK + 1);
	struct answer old;

	ok(h_attach_mn(&h));
	ok(h_attach(&h, &link)); /* the same request serves */
	ck_assert_uint_eq(h.sents, 1);
	old = h_answer(h_last(&h), 0);
	ok(h_attach(&h, &ll_id)); /* another request */
	ck_assert_uint_eq(h.sents, 2);
	h_send(&h, &old);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h.ra[0].link, LINK + 1);
}
END_TEST

START_TEST(other_ll_id_on_the_link)
{
	struct pmip_attach attach = h_attach_of("mn@example.com", "02:00:00:00:00:05", LINK);
	struct pmip_llid old = unit_llid("02:00:00:00:00:01");

	h_activate(&h);
	ok(h_attach(&h, &attach));
	ck_assert_str_eq(h.trace, "NRSN");
	ck_assert_uint_eq(h.ra[0].ll_id.b[5], 5);
	ck_assert_uint_eq(h_last(&h)->options.ll_id.b[5], 5);
	ck_assert_int_eq(h_detach(&h, LINK, &old), 0);
}
END_TEST

START_TEST(another_node_with_the_ll_id) /* one link-layer identifier on a link is one mobile node; the MN-ID wins */
{
	struct pmip_attach attach = h_attach_of("b@example.com", "02:00:00:00:00:01", LINK);

	h_profile(&h, "b@example.com", "");
	ok(h_reconfigure(&h));
	h_activate(&h);
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h.sent[0].bu.lifetime_s, 0);
	ck_assert_uint_eq(h.sent[1].options.mn_id.len, 13);
	h_reply(&h, 0);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 1);
	ck_assert_uint_eq(h_info(&h).mn_id.len, 13);
}
END_TEST

START_TEST(unknown_ll_id) /* MAG-5: no LL-ID option, advertised to all */
{
	struct pmip_attach attach = h_attach_of("b@example.com", "", LINK);

	h_profile(&h, "b@example.com", "");
	ok(h_reconfigure(&h));
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h_last(&h)->options.has & PMIP_HAS_LL_ID, 0);
	h_reply(&h, 0);
	ck_assert_uint_eq(h.ra[0].ll_id.len, 0);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
}
END_TEST

START_TEST(no_more_than_configured)
{
	struct pmip_attach attach = h_attach_of("b@example.com", "", LINK);

	h_profile(&h, "b@example.com", "");
	ok(pmip_mag_config_set_max_bindings(h.config, 1));
	ok(h_reconfigure(&h));
	h_activate(&h);
	ck_assert_int_eq(h_attach(&h, &attach), PMIP_ERR_FULL);
	ok(h_attach_mn(&h));
	h_detach(&h, LINK, NULL);
	h_pass(&h, 2 * S);
	ok(h_attach(&h, &attach));
}
END_TEST

START_TEST(reconfigure_detaches_who_may_not) /* and tells it: RA-5 */
{
	struct pmip_mag_config *config;
	struct pmip_addr proxy_coa = unit_addr("2001:db8:f::1"), lma = unit_addr("2001:db8:f::ff"), other = unit_addr("2001:db8:f::2");

	h_activate(&h);
	ok(pmip_mag_config_new(&config, NULL));
	ok(pmip_mag_config_set_proxy_coa(config, &other));
	ok(pmip_mag_config_set_lma(config, &lma));
	ck_assert_int_eq(pmip_mag_reconfigure(h.mag, config, h.now), PMIP_ERR_CONFIG);
	ok(pmip_mag_config_set_proxy_coa(config, &proxy_coa));
	ok(pmip_mag_reconfigure(h.mag, config, h.now));
	h_pull(&h);
	ck_assert_str_eq(h.trace, "RNSN");
	ck_assert_uint_eq(h.ra[0].router_lifetime_s, 0);
	ck_assert_uint_eq(h.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 0);
	ck_assert_int_eq(h_attach_mn(&h), PMIP_ERR_DENIED);
	pmip_mag_config_free(config);
}
END_TEST

START_TEST(shutdown_takes_all_down)
{
	struct pmip_attach attach = h_attach_of("b@example.com", "", LINK + 1);

	h_profile(&h, "b@example.com", "");
	ok(h_reconfigure(&h));
	h_activate(&h);
	ok(h_attach(&h, &attach));
	h_clear_log(&h);
	ok(h_shutdown(&h));
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h.sent[0].bu.lifetime_s + h.sent[1].bu.lifetime_s, 0);
	ck_assert_uint_eq(h.ras, 1);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_BINDING_CLEAR), 1);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
	h_reply(&h, 0);
	ok(h_shutdown(&h));
	h_pass(&h, 10 * S);
	ck_assert_uint_eq(h.sents, 2);
	ok(h_attach_mn(&h));
	ck_assert_uint_eq(h.sents, 3);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		attach_sends_pbu,
		hint_of_the_trigger,
		no_profile_no_service,
		attach_arguments,
		duplicate_attach_changes_nothing,
		accepted_in_order,
		mtu_of_the_link,
		solicitation_attaches_and_is_answered,
		known_by_place,
		detach_deregisters,
		detach_unanswered,
		detach_while_registering,
		detach_nobody,
		detach_everybody_on_a_link,
		reattach_while_deregistering,
		moves_to_another_link,
		moves_to_another_technology,
		moves_while_installing,
		moves_while_registering,
		other_ll_id_on_the_link,
		another_node_with_the_ll_id,
		unknown_ll_id,
		no_more_than_configured,
		reconfigure_detaches_who_may_not,
		shutdown_takes_all_down,
		NULL,
	};

	return unit_run_fixture("mag_attach", tests, setup, teardown);
}
