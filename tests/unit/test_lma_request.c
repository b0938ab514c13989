/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's checks on a PBU and what a PBA looks like: LMA, PBA and ORD of the requirement list. */
#include "lma_rig.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define MN "mn1@example.com"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
	ck_assert_ptr_nonnull(rig.lma);
}

static void teardown(void)
{
	rig_fini(&rig);
}

static struct pbu attach(void)
{
	return (struct pbu){.mn = MN, .hnp = {"0"}, .ll_id = "02:00:00:5e:10:01", .lifetime_s = 600, .seq = 7};
}

START_TEST(lma_4_no_mn_id_is_160_with_an_empty_mn_id) /* LMA-4, PBA-3 */
{
	struct pbu pbu = attach();

	pbu.mn = NULL;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 160);
	ck_assert_uint_ne(rig.options.has & PMIP_HAS_MN_ID, 0);
	ck_assert_uint_eq(rig.options.mn_id.len, 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
}
END_TEST

START_TEST(lma_5_unlisted_mag_is_154) /* LMA-5, SEC-3 */
{
	struct pbu pbu = attach();

	pbu.mag = "2001:db8:bad::1";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 154);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(rig.op_count, 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_REFUSED), 1);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_REFUSED));
}
END_TEST

START_TEST(lma_6_unknown_mn_is_153) /* LMA-6 */
{
	struct pbu pbu = attach();

	pbu.mn = "stranger@example.com";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 153);
	pbu.mn = "";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 153);
}
END_TEST

START_TEST(lma_7_disabled_mn_is_152) /* LMA-7 */
{
	struct pbu pbu = attach();

	pbu.mn = "off@example";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 152);
}
END_TEST

START_TEST(lma_9_10_11_missing_options_in_their_order) /* LMA-9, LMA-10, LMA-11 */
{
	struct pbu pbu = attach();

	pbu.hnp[0] = NULL;
	pbu.hi = pbu.att = -1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 158);
	/* PBA-4: one ALL_ZERO prefix when there was none; PBA-5: HI and ATT as 0. */
	ck_assert_uint_eq(rig.options.hnp_count, 1);
	ck_assert(pmip_addr_is_unspecified(&rig.options.hnp[0].prefix.addr));
	ck_assert_uint_eq(rig.options.has & (PMIP_HAS_HI | PMIP_HAS_ATT), PMIP_HAS_HI | PMIP_HAS_ATT);
	ck_assert_uint_eq(rig.options.hi, 0);
	ck_assert_uint_eq(rig.options.att, 0);
	pbu.hnp[0] = "0";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 161);
	pbu.hi = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 162);
	pbu.att = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
}
END_TEST

START_TEST(lma_12_reserved_values_and_mixed_prefixes_are_128) /* LMA-12 */
{
	struct pbu pbu = attach();

	pbu.hi_zero = true;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 128);
	pbu = attach();
	pbu.att_zero = true;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 128);
	pbu = attach();
	pbu.hnp[1] = "2001:db8:100:1::/64";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 128);
	ck_assert_uint_eq(rig.options.hnp_count, 2); /* PBA-4: all of them go back */
	pbu.hnp[1] = "0";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 128);
}
END_TEST

START_TEST(care_of_address_must_be_unicast_174)
{
	struct pbu pbu = attach();

	pbu.alt_coa = "ff02::1";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 174);
}
END_TEST

START_TEST(alternate_care_of_address_is_the_tunnel_but_not_the_answer)
{
	struct pbu pbu = attach();
	char text[PMIP_ADDR_STRLEN];

	pbu.alt_coa = "2001:db8:a::ff";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_str_eq(pmip_addr_format(&rig.ops[0].remote, text), "2001:db8:a::ff");
	ck_assert_str_eq(pmip_addr_format(&rig.pba_dgram.dst, text), MAG1); /* PBA-1 */
	ck_assert_uint_eq(rig.options.has & PMIP_HAS_ALT_COA, 0);
}
END_TEST

START_TEST(not_a_pbu_is_ignored)
{
	struct pbu pbu = attach();

	pbu.flags = PMIP_BU_A | PMIP_BU_H;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	pbu.flags = PMIP_BU_P;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_IGNORED), 2);
}
END_TEST

START_TEST(pba_is_not_for_an_lma)
{
	struct pbu pbu = attach();
	struct pmip_dgram back;

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	back = rig.pba_dgram;
	ck_assert_int_eq(pmip_lma_input(rig.lma, &back, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_IGNORED), 1);
}
END_TEST

START_TEST(pba_of_an_accepted_pbu) /* LMA-3, ORD-1 */
{
	struct pbu pbu = attach();
	char text[PMIP_ADDR_STRLEN];

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.pba.flags, PMIP_BA_P);                   /* PBA-1 */
	ck_assert_uint_eq(rig.pba.seq, 7);                             /* PBA-2 */
	ck_assert_uint_eq(rig.pba.lifetime_s, 600);                    /* LMA-24 */
	ck_assert_mem_eq(rig.options.mn_id.id, MN, strlen(MN));        /* PBA-3 */
	ck_assert_uint_eq(rig.options.hnp_count, 1);                   /* PBA-4 */
	ck_assert_uint_eq(rig.options.hnp[0].prefix.len, 64);
	ck_assert_uint_eq(rig.options.hi, PMIP_HI_UNKNOWN);            /* PBA-5 */
	ck_assert_uint_eq(rig.options.att, PMIP_ATT_WLAN);
	ck_assert_uint_ne(rig.options.has & PMIP_HAS_TIMESTAMP, 0);
	ck_assert_uint_ne(rig.options.has & PMIP_HAS_LL_ID, 0);
	ck_assert_uint_eq(rig.options.has & PMIP_HAS_LLA, 0);
	ck_assert_uint_eq(rig.options.timestamp, pmip_timestamp_from_us(rig.now.wall_us - 1000)); /* PBA-7 */
	ck_assert_str_eq(pmip_addr_format(&rig.pba_dgram.src, text), "2001:db8:1a::1");
}
END_TEST

START_TEST(pba_6_link_local_address) /* PBA-6 */
{
	struct pbu pbu = attach();
	struct pmip_addr first;

	pbu.lla = "::";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	first = rig.options.lla;
	ck_assert(pmip_addr_is_link_local(&first));
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert(pmip_addr_equal(&first, &rig.options.lla));
	pbu.lla = "fe80::7";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.lla = "::";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.lla.b[15], 7);
}
END_TEST

START_TEST(lma_24_lifetime_is_bounded) /* LMA-24 */
{
	struct pbu pbu = attach();

	pbu.lifetime_s = 262140;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.pba.lifetime_s, 3600);
	pbu.mn = "someone@guests";
	pbu.ll_id = NULL;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.pba.lifetime_s, 60); /* its realm's profile */
	pbu.lifetime_s = 4;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1); /* HI 4: waits */
	rig_advance(&rig, 1500);
	ck_assert_uint_eq(rig.pba.lifetime_s, 4);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 3);
}
END_TEST

START_TEST(ord_timestamps)
{
	struct pbu pbu = attach();
	uint64_t accepted;

	pbu.skew_us = 302000; /* the clock moves by one ms before it arrives */
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 156);
	ck_assert_uint_eq(rig.options.timestamp, pmip_timestamp_from_us(rig.now.wall_us)); /* ORD-4 */
	pbu.skew_us = -300000;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 156);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	pbu.skew_us = 301000; /* ORD-9: exactly on the edge */
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	accepted = rig.options.timestamp;
	pbu.skew_us = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 157); /* ORD-2 */
	ck_assert_uint_eq(rig.options.timestamp, pmip_timestamp_from_us(rig.now.wall_us));
	rig_advance(&rig, 400); /* now later than the accepted one */
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_gt(rig.options.timestamp, accepted);
}
END_TEST

START_TEST(ord_7_8_sequence_numbers) /* ORD-7, PBA-5 */
{
	struct pbu pbu = attach();

	pbu.by_sequence = true;
	pbu.seq = 65535;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.has & PMIP_HAS_TIMESTAMP, 0);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 135);
	ck_assert_uint_eq(rig.pba.seq, 65535); /* PBA-2: the last accepted one */
	pbu.seq = 32767;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 135);
	ck_assert_uint_eq(rig.pba.seq, 65535);
	pbu.seq = 32766;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.by_sequence = false;
	pbu.seq = 3;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.by_sequence = true;
	pbu.seq = 1; /* ORD-8: any, after a timestamp */
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
}
END_TEST

START_TEST(mobile_node_generated_timestamps_are_not_held_against_our_clock) /* ORD-3 */
{
	struct pmip_lma_config *config = rig_config();
	struct pbu pbu = attach();

	rig_fini(&rig);
	ck_assert_int_eq(pmip_lma_config_set_mobile_node_generated_timestamp(config, true), 0);
	rig_init(&rig, config, NULL);
	pbu.skew_us = 86400LL * 1000000;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.skew_us = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 157);
}
END_TEST

/* A PBU cut at every length, and with every octet changed: no state, no crash, a counter goes up. */
START_TEST(hostile_every_truncation_and_corruption) /* GEN-2, GEN-5 */
{
	struct pbu pbu = attach();
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_dgram dgram;
	size_t len = rig_encode(&rig, &pbu, buf, sizeof(buf), &dgram);
	uint64_t dropped = 0;

	for (size_t n = 0; n < len; n++) {
		uint8_t *exact = malloc(n ? n : 1);

		memcpy(exact, buf, n);
		dgram.data = exact;
		dgram.len = n;
		ck_assert_int_eq(pmip_lma_input(rig.lma, &dgram, rig.now), 0);
		free(exact);
		rig_run(&rig);
		ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_MALFORMED), ++dropped);
		rig_forget(&rig);
	}
	for (size_t i = 0; i < len; i++) {
		dgram.data = buf;
		dgram.len = len;
		buf[i] ^= 0x5a;
		ck_assert_int_eq(pmip_lma_input(rig.lma, &dgram, rig.now), 0);
		buf[i] ^= 0x5a;
		rig_run(&rig);
		rig_forget(&rig);
	}
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_RECEIVED), 2 * len);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_MALFORMED) +
			  pmip_lma_get_counter(rig.lma, PMIP_LMA_BAD_CHECKSUM), 2 * len);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(rig.pba_count, 0);
	ck_assert_uint_eq(rig.op_count, 0);
}
END_TEST

START_TEST(time_must_not_go_back)
{
	struct pbu pbu = attach();
	struct pmip_now earlier;

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	earlier = rig.now;
	earlier.mono_us--;
	ck_assert_int_eq(pmip_lma_handle_timeout(rig.lma, earlier), PMIP_ERR_TIME);
}
END_TEST

START_TEST(order_comes_before_missing_options) /* LMA-8 */
{
	struct pbu pbu = attach();

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.skew_us = -100000;
	pbu.hi = -1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 157);
	pbu.hnp[0] = NULL;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 157);
	pbu.skew_us = 1000000;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 156);
	pbu.skew_us = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 158);
	pbu = attach();
	pbu.by_sequence = true;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu.hi = -1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 135);
}
END_TEST

START_TEST(each_check_comes_before_the_next) /* LMA-13 */
{
	struct pbu pbu = attach();
	char taken[PMIP_PREFIX_STRLEN];

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, taken);
	/* Somebody else's prefix would be 155, were it not for what else is wrong. */
	pbu = (struct pbu){.mag = "2001:db8:bad::1", .hnp = {taken}, .hi = -1, .att = -1, .skew_us = 1000000, .lifetime_s = 600};
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 160);
	pbu.mn = "stranger@example.com";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 154);
	pbu.mag = MAG1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 153);
	pbu.mn = "off@example";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 152);
	pbu.mn = "mn2@example.com";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 156);
	pbu.skew_us = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 161);
	pbu.hi = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 162);
	pbu.att = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 155);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	/* A de-registration runs through the same checks. */
	pbu.lifetime_s = 0;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 155);
	pbu.hi = -1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 161);
}
END_TEST

START_TEST(pba_of_a_refused_pbu) /* PBA-1, PBA-2, PBA-3, PBA-4, PBA-5, PBA-6, PBA-7, PBA-8 */
{
	struct pbu pbu = attach();
	char text[PMIP_ADDR_STRLEN];

	pbu.mn = "stranger@example.com";
	pbu.hnp[0] = "2001:db8:100:1::/64";
	pbu.hnp[1] = "2001:db8:100:2::/64";
	pbu.lla = "fe80::99";
	pbu.alt_coa = "2001:db8:a::ff";
	pbu.hi = PMIP_HI_BETWEEN_MAGS;
	pbu.skew_us = 12345;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 153);
	ck_assert_str_eq(pmip_addr_format(&rig.pba_dgram.dst, text), MAG1);
	ck_assert_uint_eq(rig.pba.flags, PMIP_BA_P);
	ck_assert_uint_eq(rig.pba.seq, 7);
	ck_assert_uint_eq(rig.pba.lifetime_s, 0);
	ck_assert_mem_eq(rig.options.mn_id.id, pbu.mn, strlen(pbu.mn));
	ck_assert_uint_eq(rig.options.hnp_count, 2);
	ck_assert_str_eq(pmip_prefix_format(&rig.options.hnp[1].prefix, (char[PMIP_PREFIX_STRLEN]){0}), pbu.hnp[1]);
	ck_assert_uint_eq(rig.options.hi, PMIP_HI_BETWEEN_MAGS);
	ck_assert_uint_eq(rig.options.att, PMIP_ATT_WLAN);
	ck_assert_uint_eq(rig.options.ll_id.b[5], 1);
	ck_assert_str_eq(pmip_addr_format(&rig.options.lla, text), "fe80::99");
	ck_assert_uint_eq(rig.options.timestamp, pmip_timestamp_from_us(rig.now.wall_us - 1000 + 12345));
	pbu.lla = "::";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 153);
	ck_assert(pmip_addr_is_unspecified(&rig.options.lla));
}
END_TEST

START_TEST(pba_has_only_what_was_asked_for) /* PBA-5 */
{
	struct pbu pbu = {.mn = MN, .hnp = {"0"}, .lifetime_s = 600, .by_sequence = true};

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.has, PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT);
}
END_TEST

START_TEST(ord_5_6_the_option_value_of_each_session) /* ORD-5, ORD-6 */
{
	struct pbu first = attach(), second = attach();
	char prefix[PMIP_PREFIX_STRLEN];

	first.skew_us = 250000;
	ck_assert_int_eq(rig_pbu(&rig, &first), 0);
	/* The other interface's MAG has a slower clock. */
	second.mag = MAG2;
	second.hi = PMIP_HI_NEW_INTERFACE;
	second.ll_id = "02:00:00:5e:20:02";
	ck_assert_int_eq(rig_pbu(&rig, &second), 0);
	/* Received long after, but its value is lower. */
	rig_advance(&rig, 200);
	first.skew_us = 0;
	ck_assert_int_eq(rig_pbu(&rig, &first), 157);
	rig_advance(&rig, 100);
	ck_assert_int_eq(rig_pbu(&rig, &first), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	ck_assert_uint_eq(rig_binding(&rig, prefix).timestamp, pmip_timestamp_from_us(rig.now.wall_us - 1000));
	ck_assert_uint_eq(rig_binding(&rig, prefix).received_us, rig.now.wall_us);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		lma_4_no_mn_id_is_160_with_an_empty_mn_id, lma_5_unlisted_mag_is_154, lma_6_unknown_mn_is_153,
		lma_7_disabled_mn_is_152, lma_9_10_11_missing_options_in_their_order,
		lma_12_reserved_values_and_mixed_prefixes_are_128, care_of_address_must_be_unicast_174,
		alternate_care_of_address_is_the_tunnel_but_not_the_answer, not_a_pbu_is_ignored,
		pba_is_not_for_an_lma, pba_of_an_accepted_pbu, pba_6_link_local_address, lma_24_lifetime_is_bounded,
		ord_timestamps, ord_7_8_sequence_numbers,
		mobile_node_generated_timestamps_are_not_held_against_our_clock,
		hostile_every_truncation_and_corruption, time_must_not_go_back, order_comes_before_missing_options,
		each_check_comes_before_the_next, pba_of_a_refused_pbu, pba_has_only_what_was_asked_for,
		ord_5_6_the_option_value_of_each_session, NULL,
	};

	return unit_run_fixture("lma_request", tests, setup, teardown);
}
