/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of mobile nodes and their flows when attachments go. */
#include "flowmob_rig.h"

static struct rig rig;

static void teardown(void)
{
	rig_fini(&rig);
}

/* Mobile node 1 with a logical interface at so many tunnels, from 1 on; WLAN is the first one. */
static struct flowmob_attachment attachment(uint32_t tunnel)
{
	return rig_attachment(1, tunnel, tunnel == 1 ? RIG_WLAN : RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);
}

static void start(uint32_t tunnels)
{
	rig_init(&rig, NULL);
	for (uint32_t t = 1; t <= tunnels; t++) {
		struct flowmob_attachment at = attachment(t);

		rig_attach(&rig, &at);
	}
	rig_connect(&rig);
}

START_TEST(last_attachment_of_a_node_without_flows) /* FMP-11 */
{
	struct flowmob_attachment only = attachment(1);

	start(1);
	rig_detach(&rig, &only);
	ck_assert_uint_eq(rig.dels, 0);
	/* It is nobody's destination until it comes again. */
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 0);
	rig_attach(&rig, &only);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 2)), 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		last_attachment_of_a_node_without_flows,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_bindings", tests, NULL, teardown);
}
