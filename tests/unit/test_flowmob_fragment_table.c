/* SPDX-License-Identifier: BSD-2-Clause */
#include <flowmob/fragment_table.h>

#include "packet_maker.h"

#define TIMEOUT_US UINT64_C(60000000)

static const uint8_t key[16] = "fragment tables";
static struct unit_mem counter;
static struct flowmob_fragment_table *table;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counter);

	ck_assert_int_eq(flowmob_fragment_table_new(&table, 64, 60000, &mem, key), 0);
}

static void teardown(void)
{
	flowmob_fragment_table_free(table);
	flowmob_fragment_table_free(NULL);
	ck_assert_int_eq(counter.live, 0);
}

static struct flowmob_packet fragment(uint32_t id, uint16_t offset)
{
	struct maker maker;
	struct flowmob_packet packet;

	make_ipv6(&maker, "2001:db8:c::1", "2001:db8:100::2", 44);
	/* Next Header may differ: the first may have destination options. */
	make_fragment(&maker, offset > 0 ? 60 : 17, offset, true, id);
	make_ports(&maker, 1, 2);
	ck_assert_int_eq(flowmob_packet_decode(&packet, maker.buf, make_end(&maker)), 0);
	return packet;
}

START_TEST(later_fragments_follow_the_first) /* FMC-3 */
{
	struct flowmob_packet first = fragment(7, 0), later = fragment(7, 1448), other = fragment(8, 1448);
	uint32_t value = 99;

	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, 5), PMIP_ERR_NOENT);
	ck_assert_uint_eq(value, 99);
	flowmob_fragment_table_set(table, &first, 3, 5);
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, 6), 0);
	ck_assert_uint_eq(value, 3);
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &other, 6), PMIP_ERR_NOENT);
	flowmob_fragment_table_set(table, &first, 4, 7);
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, 6), 0);
	ck_assert_uint_eq(value, 4);
}
END_TEST

START_TEST(every_part_of_the_identity_counts)
{
	struct flowmob_packet first = fragment(7, 0), other = first;
	uint32_t value;

	flowmob_fragment_table_set(table, &first, 3, 0);
	other.flow.src.b[15] ^= 1;
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &other, 1), PMIP_ERR_NOENT);
	other = first;
	other.flow.dst.b[0] ^= 1;
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &other, 1), PMIP_ERR_NOENT);
	other = first;
	other.fragment_protocol = 17;
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &other, 1), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(forgotten_in_time)
{
	struct flowmob_packet first = fragment(7, 0), later = fragment(7, 8);
	uint32_t value;

	flowmob_fragment_table_set(table, &first, 3, 10);
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, 10 + TIMEOUT_US - 1), 0);
	ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, 10 + TIMEOUT_US), PMIP_ERR_NOENT);
}
END_TEST

/* However many there are, the latest ones are known, and no memory is taken. */
START_TEST(bounded)
{
	unsigned int calls = counter.calls, known = 0;

	for (uint32_t id = 0; id < 10000; id++) {
		struct flowmob_packet first = fragment(id, 0), later = fragment(id, 8);
		uint32_t value;

		flowmob_fragment_table_set(table, &first, id, id);
		ck_assert_int_eq(flowmob_fragment_table_find(table, &value, &later, id), 0);
		ck_assert_uint_eq(value, id);
	}
	for (uint32_t id = 0; id < 10000; id++) {
		struct flowmob_packet later = fragment(id, 8);
		uint32_t value;

		known += flowmob_fragment_table_find(table, &value, &later, 10000) == 0;
	}
	ck_assert_uint_eq(known, 64);
	ck_assert_uint_eq(counter.calls, calls);
}
END_TEST

START_TEST(limits_and_no_memory)
{
	struct unit_mem failing = {0};
	struct pmip_mem mem = unit_mem_callbacks(&failing);
	struct flowmob_fragment_table *none = NULL;
	unsigned int n;

	ck_assert_int_eq(flowmob_fragment_table_new(&none, 0, 1, &mem, key), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_fragment_table_new(&none, (1u << 20) + 1, 1, &mem, key), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_fragment_table_new(&none, 1, 0, &mem, key), PMIP_ERR_INVALID);
	for (n = 1; unit_no_memory(&failing, n, flowmob_fragment_table_new(&none, 1, 1, &mem, key)); n++)
		ck_assert_ptr_null(none);
	ck_assert_uint_gt(n, 1);
	flowmob_fragment_table_free(none);
	ck_assert_int_eq(failing.live, 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		later_fragments_follow_the_first, every_part_of_the_identity_counts, forgotten_in_time, bounded, limits_and_no_memory, NULL,
	};

	return unit_run_fixture("flowmob_fragment_table", tests, setup, teardown);
}
