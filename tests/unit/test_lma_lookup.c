/* SPDX-License-Identifier: BSD-2-Clause */
/* Which session a PBU means: LKP of the requirement list (RFC 5213 section 5.4.1). */
#include "lma_rig.h"
#include "unit.h"

#include <stdlib.h>

#define MN "mn1@example.com"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define LL1 "02:00:00:5e:10:01"
#define LL2 "02:00:00:5e:20:02"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
}

static void teardown(void)
{
	rig_fini(&rig);
}

/* A session at MAG1; its prefix as text. ll_id may be NULL. */
static char *session(const char *mn, const char *ll_id, int hi)
{
	static char text[4][PMIP_PREFIX_STRLEN];
	static unsigned int turn;
	struct pbu pbu = {.mn = mn, .hnp = {"0"}, .ll_id = ll_id, .hi = hi, .lifetime_s = 600};
	size_t count = pmip_lma_count_bindings(rig.lma);

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), count + 1);
	turn = (turn + 1) % 4;
	return pmip_prefix_format(&rig.options.hnp[0].prefix, text[turn]);
}

static int pbu_at(const char *mag, struct pbu pbu)
{
	pbu.mag = mag;
	if (!pbu.mn)
		pbu.mn = MN;
	return rig_pbu(&rig, &pbu);
}

START_TEST(a1_prefix_of_nobody_is_a_new_session) /* LKP-A1 */
{
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100:77::/64"}, .ll_id = LL1, .hi = 5, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_binding(&rig, "2001:db8:100:77::/64");
}
END_TEST

START_TEST(a1_prefix_that_is_not_ours_is_155) /* LKP-A1 */
{
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:200:1::/64"}, .lifetime_s = 600}), 155);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100::/56"}, .lifetime_s = 600}), 155);
	/* LMA-21: one bad prefix spoils the good one beside it. */
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100:1::/64", "2001:db8:200:1::/64"}, .lifetime_s = 600}), 155);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100:1::/64"}, .lifetime_s = 600}), 0);
	/* What a profile fixes is that mobile node's alone. */
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100:f::/64"}, .ll_id = LL2, .lifetime_s = 600}), 155);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(a2_prefix_of_another_mn_is_155) /* LKP-A2 */
{
	char *prefix = session("mn2@example.com", LL2, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL2, .lifetime_s = 600}), 155);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
}
END_TEST

START_TEST(a3_other_prefix_set_is_159) /* LKP-A3 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {prefix, "2001:db8:100:77::/64"}, .ll_id = LL1, .lifetime_s = 600}), 159);
}
END_TEST

START_TEST(a3_two_sessions_prefixes_are_159) /* LKP-A3 */
{
	char *first = session(MN, LL1, 1);
	char *second = session(MN, LL2, 1);

	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {first, second}, .ll_id = LL1, .lifetime_s = 600}), 159);
}
END_TEST

START_TEST(a6_same_interface_moves) /* LKP-A6 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL1, .hi = 3, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

START_TEST(a7_handoff_between_interfaces) /* LKP-A7 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL2, .hi = 2, .att = PMIP_ATT_EUTRAN, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	/* LMA-32: the new interface is the session's now. */
	ck_assert_uint_eq(rig_binding(&rig, prefix).att, PMIP_ATT_EUTRAN);
	ck_assert_uint_eq(rig_binding(&rig, prefix).ll_id.b[5], 2);
}
END_TEST

START_TEST(a8_handoff_between_mags_without_link_layer_identifier) /* LKP-A8 */
{
	char *prefix = session(MN, NULL, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .hi = 3, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

START_TEST(a9_same_mag_same_technology) /* LKP-A9 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {prefix}, .hi = 5, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_REFRESHED), 1);
}
END_TEST

START_TEST(a10_a11_nothing_fits) /* LKP-A10, LKP-A11 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL2, .lifetime_s = 0}), -1);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL2, .lifetime_s = 600}), 155);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(b1_same_interface_whatever_hi_says) /* LKP-B1 */
{
	char *prefix = session(MN, LL1, 1);

	for (int hi = 1; hi <= 5; hi++) {
		const char *mag = hi % 2 ? MAG2 : MAG1;

		ck_assert_int_eq(pbu_at(mag, (struct pbu){.hnp = {"0"}, .ll_id = LL1, .hi = hi, .lifetime_s = 600}), 0);
		ck_assert_str_eq(rig_forwarding(&rig, prefix), mag);
	}
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(b2_handoff_between_interfaces_of_the_only_session) /* LKP-B2 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 2, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(b6_new_interface_is_a_new_session) /* LKP-B6 */
{
	char *first = session(MN, LL1, 1);
	char *second = session(MN, LL2, 1);
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_mnid mn_id = {1, sizeof(MN) - 1, (const uint8_t *)MN};
	size_t cursor = 0, seen = 0;

	ck_assert_str_ne(first, second);
	while (pmip_lma_next_binding_of_mn(rig.lma, &cursor, &info, &mn_id))
		seen++;
	ck_assert_uint_eq(seen, 2);
	/* HI 2 with two sessions says nothing about which: a third. */
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = "02:00:00:5e:30:03", .hi = 2, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 3);
}
END_TEST

START_TEST(b5_c4_de_registration_of_nothing_is_silent) /* LKP-B5, LKP-C4, DER-8 */
{
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"0"}, .ll_id = LL1, .lifetime_s = 0}), -1);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"0"}, .lifetime_s = 0}), -1);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"2001:db8:100:1::/64"}, .lifetime_s = 0}), -1);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_IGNORED), 3);
}
END_TEST

START_TEST(c1_only_session_and_a_sure_handoff) /* LKP-C1 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .hi = 3, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"0"}, .hi = 2, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
}
END_TEST

START_TEST(c5_otherwise_new) /* LKP-C5 */
{
	session(MN, LL1, 1);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .hi = 1, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

START_TEST(w1_unknown_handoff_waits_then_is_new) /* LKP-B3, LKP-W1 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600}), -1);
	rig_advance(&rig, 1400);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_forget(&rig);
	rig_advance(&rig, 200);
	ck_assert_uint_eq(rig.pba_count, 1); /* and its timestamp is not too old: W5 */
	ck_assert_uint_eq(rig.pba.status, 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
	rig_binding(&rig, prefix);
}
END_TEST

START_TEST(w1_unknown_handoff_takes_the_session_once_it_is_released) /* LKP-B3, LKP-W1 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600}), -1);
	rig_advance(&rig, 700);
	rig_forget(&rig);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {prefix}, .ll_id = LL1, .lifetime_s = 0}), 0);
	ck_assert_uint_eq(rig.pba_count, 2); /* one to each MAG */
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	rig_advance(&rig, 60000);
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(w2_a_newer_one_replaces_the_held) /* LKP-W2 */
{
	struct pbu pbu = {.mn = MN, .mag = MAG2, .hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600, .seq = 1};

	session(MN, LL1, 1);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	rig_advance(&rig, 1000);
	pbu.seq = 2;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	rig_forget(&rig);
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(rig.pba_count, 1);
	ck_assert_uint_eq(rig.pba.seq, 2);
}
END_TEST

/* Else a MAG that sends again more often than that is kept waiting for ever. */
START_TEST(w2_a_newer_one_does_not_wait_longer) /* LKP-W2 */
{
	struct pbu pbu = {.mn = MN, .mag = MAG2, .hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600};

	session(MN, LL1, 1);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	rig_advance(&rig, 1000);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	rig_advance(&rig, 450);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 50);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

/* The mobile node has left again: nothing may come of the PBU that waits. */
START_TEST(w2_a_de_registration_replaces_the_held) /* LKP-W2 */
{
	session(MN, LL1, 1);
	rig_forget(&rig);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600}), -1);
	rig_advance(&rig, 500);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 0}), -1);
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_uint_eq(rig.pba_count, 0);
}
END_TEST

START_TEST(w2_an_older_one_does_not_replace_the_held) /* LKP-W2 */
{
	struct pbu pbu = {.mn = MN, .mag = MAG2, .hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600, .seq = 2};

	session(MN, LL1, 1);
	rig_advance(&rig, 1000);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	pbu.seq = 1;
	pbu.skew_us = -100000;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), -1);
	rig_advance(&rig, 1500);
	ck_assert_uint_eq(rig.pba.seq, 2);
}
END_TEST

START_TEST(w4_delete_wait_counts_as_released) /* LKP-W4 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {prefix}, .ll_id = LL1, .lifetime_s = 0}), 0);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .ll_id = LL2, .hi = 4, .lifetime_s = 600}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

START_TEST(w1_no_waiting_when_configured) /* LKP-W1 */
{
	struct pmip_lma_config *config = rig_config();

	rig_fini(&rig);
	ck_assert_int_eq(pmip_lma_config_set_max_delay_before_new_bce_assign(config, 0), 0);
	rig_init(&rig, config, NULL);
	session(MN, LL1, 1);
	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .hi = 4, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

START_TEST(a4_shared_hint_of_the_same_interface) /* LKP-A4 */
{
	char *prefix = session(MN, LL1, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {prefix}, .ll_id = LL1, .hi = PMIP_HI_SHARED, .lifetime_s = 600}), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

START_TEST(b6_c5_what_hints_cannot_tell_is_a_new_session) /* LKP-B6, LKP-C5 */
{
	static const struct {
		const char *ll_id;
		int hi;
	} steps[] = {
		/* None yet: whatever HI says. */
		{LL1, 4},
		/* One: HI 3 and 5 do not go with another link-layer identifier, HI 5 not with none. */
		{LL2, 3}, {"02:00:00:5e:30:03", 5}, {NULL, 5},
		/* More: nor do HI 2 and 4, and without identifier HI 2, 3 and 4. */
		{"02:00:00:5e:30:04", 2}, {"02:00:00:5e:30:05", 4}, {NULL, 2}, {NULL, 3}, {NULL, 4},
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct pbu pbu = {.hnp = {"0"}, .ll_id = steps[i].ll_id, .hi = steps[i].hi, .lifetime_s = 600};

		ck_assert_int_eq(pbu_at(MAG2, pbu), 0);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), i + 1);
	}
}
END_TEST

START_TEST(c2_unknown_handoff_without_link_layer_identifier) /* LKP-C2, LKP-W1 */
{
	char *prefix = session(MN, NULL, 1);

	ck_assert_int_eq(pbu_at(MAG2, (struct pbu){.hnp = {"0"}, .hi = 4, .lifetime_s = 600}), -1);
	rig_advance(&rig, 1000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {prefix}, .lifetime_s = 0}), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	ck_assert_int_eq(pbu_at(MAG1, (struct pbu){.hnp = {"0"}, .hi = 4, .lifetime_s = 600}), -1);
	rig_advance(&rig, 1499);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 2);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

START_TEST(w5_order_is_judged_when_it_is_taken_up) /* LKP-W5 */
{
	struct pbu early = {.mn = MN, .mag = MAG1, .hnp = {"0"}, .ll_id = LL1, .lifetime_s = 600};
	struct pbu late = {.mn = MN, .mag = MAG2, .hnp = {"0"}, .ll_id = LL1, .lifetime_s = 600, .skew_us = 200000};

	/* The later one's forwarding is being set up while the earlier one comes: by its end that is out of order. */
	rig.hold = true;
	ck_assert_int_eq(rig_pbu(&rig, &late), -1);
	ck_assert_int_eq(rig_pbu(&rig, &early), -1);
	rig_complete_held(&rig, 0);
	ck_assert_uint_eq(rig.pba_count, 2);
	ck_assert_uint_eq(rig.pba.status, 157);
	/* One that waited longer than the window is not too old for that. */
	rig_advance(&rig, 1000);
	rig_forget(&rig);
	rig.hold = true;
	late.mag = MAG1;
	ck_assert_int_eq(rig_pbu(&rig, &late), -1);
	late.mag = MAG2;
	late.skew_us += 50000;
	ck_assert_int_eq(rig_pbu(&rig, &late), -1);
	rig_advance(&rig, 2000);
	rig_complete_held(&rig, 0);
	ck_assert_uint_eq(rig.pba_count, 2);
	ck_assert_uint_eq(rig.pba.status, 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		a1_prefix_of_nobody_is_a_new_session, a1_prefix_that_is_not_ours_is_155,
		a2_prefix_of_another_mn_is_155, a3_other_prefix_set_is_159, a3_two_sessions_prefixes_are_159,
		a6_same_interface_moves, a7_handoff_between_interfaces,
		a8_handoff_between_mags_without_link_layer_identifier, a9_same_mag_same_technology,
		a10_a11_nothing_fits, b1_same_interface_whatever_hi_says,
		b2_handoff_between_interfaces_of_the_only_session, b5_c4_de_registration_of_nothing_is_silent,
		b6_new_interface_is_a_new_session, c1_only_session_and_a_sure_handoff, c5_otherwise_new,
		w1_unknown_handoff_waits_then_is_new, w1_unknown_handoff_takes_the_session_once_it_is_released,
		w1_no_waiting_when_configured, w2_a_newer_one_replaces_the_held, w2_a_newer_one_does_not_wait_longer,
		w2_a_de_registration_replaces_the_held, w2_an_older_one_does_not_replace_the_held,
		w4_delete_wait_counts_as_released, a4_shared_hint_of_the_same_interface,
		b6_c5_what_hints_cannot_tell_is_a_new_session, c2_unknown_handoff_without_link_layer_identifier,
		w5_order_is_judged_when_it_is_taken_up, NULL,
	};

	return unit_run_fixture("lma_lookup", tests, setup, teardown);
}
