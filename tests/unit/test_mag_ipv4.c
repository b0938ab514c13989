/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 home addresses at the MAG beside what scenario/ipv4.scn shows: revocation, lack of memory, what is told. */
#include "revoke_rig.h"
#include "unit.h"

static void use_profile(bool no_ipv6)
{
	h_add_profile(&mag, &(struct pmip_profile){.size = sizeof(struct pmip_profile),
		.mn_id = h_mnid("v4@example.com"), .ll_id = unit_llid("02:00:00:00:00:04"), .ipv4 = true,
						   .no_ipv6 = no_ipv6});
}

static void answer_with_ipv4(const char *addr)
{
	struct answer answer = h_answer(h_last(&mag), 0);

	answer.options.has &= ~(unsigned int)PMIP_HAS_IPV4_REQUEST;
	answer.options.has |= PMIP_HAS_IPV4_REPLY | PMIP_HAS_IPV4_ROUTER;
	answer.options.ipv4_reply.plen = 24;
	answer.options.ipv4_reply.addr = unit_ip(addr);
	answer.options.ipv4_router = unit_ip("192.0.2.1");
	h_send(&mag, &answer);
}

static void attach(const char *addr)
{
	struct pmip_attach event = h_attach_of("", "02:00:00:00:00:04", LINK);

	ok(h_attach(&mag, &event));
	answer_with_ipv4(addr);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
}

static void start(bool no_ipv6)
{
	h_init(&mag);
	use_profile(no_ipv6);
	h_start(&mag);
}

static void both(void)
{
	start(false);
	attach("192.0.2.10");
	h_clear_log(&mag);
}

static struct message bri(void)
{
	struct message message = bri_for_mag(1);

	message.mn = "v4@example.com";
	message.fixed.flags = P | V;
	message.ipv4 = "192.0.2.10";
	return message;
}

START_TEST(what_is_told) /* V4-12 */
{
	struct pmip_binding_info info;

	start(false);
	attach("192.0.2.10");
	info = h_info(&mag);
	ck_assert_uint_eq(info.ipv4.plen, 24);
	ck_assert_mem_eq(info.ipv4.addr.b, ((uint8_t[]){192, 0, 2, 10}), 4);
	ck_assert_mem_eq(info.ipv4.router.b, ((uint8_t[]){192, 0, 2, 1}), 4);
	ck_assert_mem_eq(&mag.event[mag.events - 1].ipv4, &info.ipv4, sizeof(info.ipv4));
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_BINDING_SET), 2);
	ck_assert_uint_eq(mag.op[2].link, LINK);
}
END_TEST

START_TEST(the_lma_revokes_the_address_only) /* REV-8 */
{
	struct message message = bri();

	both();
	ck_assert_int_eq(ask_mag(&message), 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_info(&mag).ipv4.addr.len, 0);
	ck_assert_uint_eq(h_info(&mag).prefix_count, 1);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_BINDING_CLEAR), 1);
	ck_assert_uint_eq(mag.ras, 0);
	ck_assert_int_eq(ask_mag(&message), PMIP_REVOCATION_NO_BINDING);
	/* The next extension does not ask for it. */
	h_pass(&mag, 560 * S);
	ck_assert_uint_eq(h_last(&mag)->options.has & PMIP_HAS_IPV4_REQUEST, 0);
}
END_TEST

START_TEST(indications_that_are_wrong) /* REV-8 */
{
	struct message message = bri();

	both();
	message.ipv4 = "192.0.2.11";
	ck_assert_int_eq(ask_mag(&message), PMIP_REVOCATION_NO_BINDING);
	message.ipv4 = "192.0.2.10";
	message.hnp[0] = OWN_PREFIX;
	ck_assert_int_eq(ask_mag(&message), PMIP_REVOCATION_NO_BINDING);
	message.hnp[0] = NULL;
	message.ipv4 = NULL;
	ck_assert_int_eq(ask_mag(&message), PMIP_REVOCATION_IPV4_HOA_REQUIRED);
	ck_assert_uint_eq(h_info(&mag).ipv4.addr.len, 4);
	ck_assert_uint_eq(mag.ops, 0);
}
END_TEST

START_TEST(the_lma_revokes_the_prefix_only) /* REV-8 */
{
	struct message message = bri();

	both();
	message.fixed.flags = P;
	message.ipv4 = NULL;
	message.hnp[0] = OWN_PREFIX;
	ck_assert_int_eq(ask_mag(&message), 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_info(&mag).prefix_count, 0);
	ck_assert_uint_eq(h_info(&mag).ipv4.addr.len, 4);
	ck_assert_uint_eq(mag.ras, 1);
	ck_assert_uint_eq(mag.ra[0].router_lifetime_s, 0);
	h_pass(&mag, 560 * S);
	ck_assert_uint_eq(h_last(&mag)->options.hnp_count, 0);
	ck_assert_uint_eq(h_last(&mag)->options.ipv4_request.addr.b[3], 10);
}
END_TEST

START_TEST(nothing_is_left_of_ipv4_alone) /* REV-8 */
{
	struct message message = bri();
	struct answer answer;

	start(true);
	ok(h_attach(&mag, &(struct pmip_attach){.size = sizeof(struct pmip_attach), .link = LINK, .ll_id = unit_llid("02:00:00:00:00:04"),
						.att = PMIP_ATT_WLAN}));
	answer = h_answer(h_last(&mag), 0);
	ck_assert_uint_eq(answer.options.hnp_count, 0);
	answer_with_ipv4("192.0.2.10");
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_int_eq(ask_mag(&message), 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_uint_eq(mag.ras, 0);
}
END_TEST

/* All of it, so that the LMA is told nothing narrower. */
START_TEST(the_mag_revokes_both) /* REV-8 */
{
	struct pmip_mnid mn_id = h_mnid("v4@example.com");
	struct said said;

	both();
	ok(pmip_mag_revoke(mag.mag, &mn_id, PMIP_TRIGGER_USER_TERMINATION, mag.now));
	h_pull(&mag);
	said = read_message(&mag.other.dgram);
	ck_assert_uint_eq(said.fixed.flags, P);
	ck_assert_uint_eq(said.prefixes, 0);
	answer_mag(0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_BINDING_CLEAR), 2);
}
END_TEST

static void life(void)
{
	use_profile(false);
	h_start(&mag);
	attach("192.0.2.10");
	h_pass(&mag, 560 * S);
	answer_with_ipv4("192.0.2.11");
	ck_assert_uint_eq(h_info(&mag).ipv4.addr.b[3], 11);
	h_pass(&mag, 560 * S);
	h_reply(&mag, 171);
	answer_with_ipv4("192.0.2.12");
	ck_assert_uint_eq(h_info(&mag).ipv4.addr.b[3], 12);
	ok(h_shutdown(&mag));
}

START_TEST(out_of_memory_anywhere) /* V4-12 */
{
	h_without_memory(&mag, life, 12);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		what_is_told, the_lma_revokes_the_address_only, indications_that_are_wrong, the_lma_revokes_the_prefix_only,
		nothing_is_left_of_ipv4_alone, the_mag_revokes_both, out_of_memory_anywhere, NULL,
	};

	return unit_run_fixture("mag_ipv4", tests, NULL, mag_teardown);
}
