/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "libflowmob/manager_nodes.h"

static const uint8_t key[16] = {3};
static struct unit_mem counting;
static struct pmip_mem mem;
static struct flowmob__nodes nodes;
static struct flowmob__node *node;

static void setup(void)
{
	mem = unit_mem_callbacks(&counting);
	flowmob__nodes_init(&nodes, &mem, key, 20);
}

static void teardown(void)
{
	flowmob__nodes_fini(&nodes);
	ck_assert_int_eq(counting.live, 0);
}

static struct flowmob_attachment attachment(const char *mn_id, uint32_t tunnel, const char *prefix)
{
	struct flowmob_attachment made = {.tunnel = tunnel, .att = 4, .model = FLOWMOB_MODEL_WEAK_HOST, .prefix_count = 1};

	made.mn_id = (struct pmip_mnid){1, 2, (const uint8_t *)mn_id};
	made.prefix[0] = unit_prefix(prefix);
	return made;
}

static int add(const char *mn_id, uint32_t tunnel, const char *prefix)
{
	struct flowmob_attachment made = attachment(mn_id, tunnel, prefix);

	return flowmob__nodes_add(&nodes, &node, &made);
}

static void del(const char *mn_id, uint32_t tunnel, const char *prefix)
{
	struct flowmob_attachment made = attachment(mn_id, tunnel, prefix);
	struct flowmob__attachment *found = flowmob__nodes_find(&nodes, &made);

	ck_assert_ptr_nonnull(found);
	node = found->node;
	flowmob__nodes_remove(&nodes, found);
	flowmob__nodes_put(&nodes, node);
}

/* Whose address it is, by the last character of the identifier. */
static char owner(const char *text)
{
	const struct flowmob__node *found;
	struct pmip_addr addr;

	addr = unit_addr(text);
	found = flowmob__nodes_by_addr(&nodes, &addr);
	return found ? (char)found->mn_id.id[1] : '-';
}

START_TEST(longest_prefix_tells_the_node)
{
	ck_assert_int_eq(add("mA", 1, "2001:db8::/32"), 0);
	ck_assert_int_eq(add("mB", 1, "2001:db8:0:1::/64"), 0);
	ck_assert_int_eq(add("mC", 1, "2001:db8:0:1::5/128"), 0);
	ck_assert_int_eq(add("mD", 1, "::ffff:192.0.2.7/128"), 0);
	ck_assert_int_eq(owner("2001:db8:7::1"), 'A');
	ck_assert_int_eq(owner("2001:db8:0:1::4"), 'B');
	ck_assert_int_eq(owner("2001:db8:0:1::5"), 'C');
	ck_assert_int_eq(owner("::ffff:192.0.2.7"), 'D');
	ck_assert_int_eq(owner("2001:db9::1"), '-');
	del("mB", 1, "2001:db8:0:1::/64");
	ck_assert_int_eq(owner("2001:db8:0:1::4"), 'A');
}
END_TEST

START_TEST(one_node_with_several_attachments)
{
	ck_assert_int_eq(add("mA", 1, "2001:db8::/64"), 0);
	ck_assert_int_eq(add("mA", 2, "2001:db8::/64"), 0);
	ck_assert_int_eq(add("mA", 3, "2001:db8:1::/64"), 0);
	ck_assert_uint_eq(node->attachment_count, 3);
	ck_assert(flowmob__node_has_tunnel(node, flowmob__nodes_tunnel(&nodes, 3)));
	/* The prefix stays as long as one of them has it. */
	del("mA", 1, "2001:db8::/64");
	ck_assert_int_eq(owner("2001:db8::1"), 'A');
	ck_assert_ptr_null(flowmob__nodes_tunnel(&nodes, 1));
	del("mA", 2, "2001:db8::/64");
	ck_assert_int_eq(owner("2001:db8::1"), '-');
	ck_assert_int_eq(owner("2001:db8:1::1"), 'A');
	del("mA", 3, "2001:db8:1::/64");
	ck_assert_uint_eq(nodes.by_mn_id.count, 0);
	ck_assert_uint_eq(nodes.count, 0);
}
END_TEST

START_TEST(further_prefixes_change)
{
	struct flowmob_attachment made = attachment("mA", 1, "2001:db8::/64");

	ck_assert_int_eq(add("mA", 1, "2001:db8::/64"), 0);
	made.prefix_count = 2;
	made.prefix[1] = attachment("mA", 1, "2001:db8:1::/64").prefix[0];
	ck_assert_int_eq(flowmob__nodes_add(&nodes, &node, &made), 0);
	ck_assert_uint_eq(node->attachment_count, 1);
	ck_assert_int_eq(owner("2001:db8:1::1"), 'A');
	ck_assert_int_eq(add("mA", 1, "2001:db8::/64"), 0);
	ck_assert_int_eq(owner("2001:db8:1::1"), '-');
	ck_assert_int_eq(owner("2001:db8::1"), 'A');
}
END_TEST

START_TEST(prefix_of_another_node_is_refused)
{
	struct flowmob_attachment made = attachment("mB", 2, "2001:db8:1::/64");

	ck_assert_int_eq(add("mA", 1, "2001:db8::/64"), 0);
	ck_assert_int_eq(add("mB", 1, "2001:db8::/64"), PMIP_ERR_EXIST);
	/* Not in part either. */
	made.prefix_count = 2;
	made.prefix[1] = attachment("mA", 1, "2001:db8::/64").prefix[0];
	ck_assert_int_eq(flowmob__nodes_add(&nodes, &node, &made), PMIP_ERR_EXIST);
	ck_assert_int_eq(owner("2001:db8:1::1"), '-');
	ck_assert_uint_eq(nodes.by_mn_id.count, 1);
	ck_assert_ptr_null(flowmob__nodes_tunnel(&nodes, 2));
}
END_TEST

START_TEST(limits)
{
	for (uint32_t t = 1; t <= FLOWMOB__ATTACHMENTS_MAX; t++)
		ck_assert_int_eq(add("mA", t, "2001:db8::/64"), 0);
	ck_assert_int_eq(add("mA", 100, "2001:db8::/64"), PMIP_ERR_FULL);
	for (uint32_t t = 1; t <= 20 - FLOWMOB__ATTACHMENTS_MAX; t++)
		ck_assert_int_eq(add("mB", t, "2001:db8:1::/64"), 0);
	ck_assert_int_eq(add("mC", 1, "2001:db8:2::/64"), PMIP_ERR_FULL);
	ck_assert_int_eq(add("mB", 1, "2001:db8:1::/64"), 0);
}
END_TEST

START_TEST(no_memory_nothing_changed)
{
	unsigned int n;

	for (n = 1; unit_no_memory(&counting, n, add("mA", 1, "2001:db8::/64")); n++)
		ck_assert(!nodes.count && !nodes.by_mn_id.count && !nodes.tunnels.count && !nodes.prefixes.count);
	ck_assert_uint_gt(n, 4);
	ck_assert_int_eq(owner("2001:db8::1"), 'A');
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		longest_prefix_tells_the_node,
		one_node_with_several_attachments,
		further_prefixes_change,
		prefix_of_another_node_is_refused,
		limits,
		no_memory_nothing_changed,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_nodes", tests, setup, teardown);
}
