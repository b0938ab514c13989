/* SPDX-License-Identifier: BSD-2-Clause */
/* Renumbering at the LMA (RFC 8191): what scenarios do not show of it. */
#include "revoke_rig.h"
#include "unit.h"

static void renumber(const char *to)
{
	struct pmip_prefix old = unit_prefix(prefix), other = unit_prefix(to);
	struct pmip_mnid mn_id = h_mnid(MN1);

	ok(pmip_lma_renumber(rig.lma, &mn_id, &old, &other, rig.now));
	rig_run(&rig);
}

/* UPN-7: packets of the new prefix may come out of the same tunnels as those of the old one */
START_TEST(belongs_to_the_same_mobile_node)
{
	const struct pmip_datapath_op *set;
	uint32_t group;

	ck_assert_int_eq(register_mn(MN1, MAG1, "02:00:00:5e:10:01", 600), 0);
	group = rig.ops[rig.op_count - 1].group;
	ck_assert_uint_ne(group, 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	rig_forget(&rig);
	renumber("2001:db8:100:77::/64");
	ck_assert_uint_eq(rig.op_count, 1);
	set = &rig.ops[0];
	ck_assert_int_eq(set->kind, PMIP_DATAPATH_BINDING_SET);
	ck_assert_uint_eq(set->group, group);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {belongs_to_the_same_mobile_node, NULL};

	return unit_run_fixture("lma_renumber", tests, lma_setup, lma_teardown);
}
