/* SPDX-License-Identifier: BSD-2-Clause */
/* A MAG restarts whose mobile nodes are at another address than it speaks from, by an Alternate Care-of Address. */
#include "heartbeat_rig.h"
#include "unit.h"

static void pbu(const char *mn, const char *mag, const char *alt_coa)
{
	struct pbu message = {.mn = mn, .mag = mag, .alt_coa = alt_coa, .hnp = {"0"}, .lifetime_s = 36000};
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_dgram dgram;

	rig_encode(&s.lma, &message, octets, sizeof(octets), &dgram);
	ok(pmip_lma_input(s.lma.lma, &dgram, *side_now()));
	side_pull();
}

/* HBT-4: its sessions are lost, wherever their packets go; those of another MAG are not */
START_TEST(sessions_are_of_who_speaks_for_them)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;

	side_start(0);
	pbu("mn1@example.com", MAG1, "2001:db8:e::1");
	pbu("mn2@example.com", MAG2, "2001:db8:e::2");
	side_pass(1 * S);
	side_unsolicited(1);
	side_pass(1 * S);
	side_unsolicited(2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	ck_assert_uint_eq(side_bindings(), 2);
	side_pass(10 * S);
	ck_assert_uint_eq(side_bindings(), 1);
	ck_assert_int_eq(pmip_lma_next_binding(s.lma.lma, &cursor, &info), 1);
	ck_assert_uint_eq(info.mn_id.id[2], '2');
	side_end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {sessions_are_of_who_speaks_for_them, NULL};

	return unit_run("lma_heartbeat", tests);
}
