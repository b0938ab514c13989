/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <flowmob/slave_selector.h>

#define WLAN 3
#define LTE 7

static struct unit_mem counting;
static struct flowmob_slave_selector *selector;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counting);

	ck_assert_int_eq(flowmob_slave_selector_new(&selector, &mem), 0);
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, WLAN), 0);
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, LTE), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, WLAN, true), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, LTE, true), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_active(selector, WLAN), 0);
}

static void teardown(void)
{
	flowmob_slave_selector_free(selector);
	flowmob_slave_selector_free(NULL);
	ck_assert_int_eq(counting.live, 0);
}

START_TEST(unknown_port_goes_by_the_active_slave) /* BND-1 */
{
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 5000), WLAN);
	ck_assert_int_eq(flowmob_slave_selector_set_active(selector, LTE), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 5000), LTE);
	ck_assert_int_eq(flowmob_slave_selector_set_active(selector, 0), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 5000), 0);
}
END_TEST

START_TEST(entry_decides_and_every_port_has_its_own) /* BND-1 */
{
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 0, LTE), 0);
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 65535, LTE), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 0), LTE);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 65535), LTE);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 1), WLAN);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 65534), WLAN);
}
END_TEST

START_TEST(entry_to_a_down_slave_falls_back_and_comes_back) /* BND-1 */
{
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 443, LTE), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, LTE, false), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 443), WLAN);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, LTE, true), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 443), LTE);
}
END_TEST

START_TEST(change_applies_to_the_next_packet) /* BND-2 */
{
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 80, LTE), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 80), LTE);
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 80, WLAN), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_active(selector, LTE), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 80), WLAN);
	ck_assert_int_eq(flowmob_slave_selector_clear(selector, 80), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 80), LTE);
	ck_assert_int_eq(flowmob_slave_selector_clear(selector, 80), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(entries_are_listed_by_port) /* BND-2 */
{
	static const uint16_t ports[] = {0, 22, 40000, 65535};
	size_t cursor = 0;
	uint32_t interface;
	uint16_t port;

	for (size_t i = 4; i-- > 0;)
		ck_assert_int_eq(flowmob_slave_selector_set(selector, ports[i], i % 2 ? LTE : WLAN), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(flowmob_slave_selector_next(selector, &cursor, &port, &interface), 1);
		ck_assert_uint_eq(port, ports[i]);
		ck_assert_uint_eq(interface, i % 2 ? LTE : WLAN);
	}
	ck_assert_int_eq(flowmob_slave_selector_next(selector, &cursor, &port, &interface), 0);
}
END_TEST

START_TEST(slaves_come_and_go) /* BND-1 */
{
	size_t cursor = 0;
	uint32_t interface;
	uint16_t port;

	ck_assert_int_eq(flowmob_slave_selector_set(selector, 443, LTE), 0);
	ck_assert_int_eq(flowmob_slave_selector_del_slave(selector, LTE), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 443), WLAN);
	ck_assert_int_eq(flowmob_slave_selector_next(selector, &cursor, &port, &interface), 0);
	/* A slave that takes the place of one removed does not inherit its entries. */
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, 9), 0);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, 9, true), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 443), WLAN);
	ck_assert_int_eq(flowmob_slave_selector_del_slave(selector, WLAN), 0);
	ck_assert_uint_eq(flowmob_slave_selector_select(selector, 443), 0);
}
END_TEST

START_TEST(what_is_not_there_is_refused)
{
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, WLAN), PMIP_ERR_EXIST);
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 1, 99), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_slave_selector_set(selector, 1, 0), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_slave_selector_set_up(selector, 0, true), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_slave_selector_set_active(selector, 99), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_slave_selector_del_slave(selector, 0), PMIP_ERR_NOENT);
	for (uint32_t i = 100; i < 100 + FLOWMOB_SLAVES_MAX - 2; i++)
		ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, i), 0);
	ck_assert_int_eq(flowmob_slave_selector_add_slave(selector, 1000), PMIP_ERR_FULL);
}
END_TEST

START_TEST(no_memory_no_selector)
{
	struct unit_mem failing = {0};
	struct pmip_mem mem = unit_mem_callbacks(&failing);
	struct flowmob_slave_selector *none = NULL;
	unsigned int n;

	for (n = 1; unit_no_memory(&failing, n, flowmob_slave_selector_new(&none, &mem)); n++)
		ck_assert_ptr_null(none);
	ck_assert_uint_gt(n, 1);
	flowmob_slave_selector_free(none);
	ck_assert_int_eq(failing.live, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		unknown_port_goes_by_the_active_slave,
		entry_decides_and_every_port_has_its_own,
		entry_to_a_down_slave_falls_back_and_comes_back,
		change_applies_to_the_next_packet,
		entries_are_listed_by_port,
		slaves_come_and_go,
		what_is_not_there_is_refused,
		no_memory_no_selector,
		NULL,
	};

	return unit_run_fixture("flowmob_slave_selector", tests, setup, teardown);
}
