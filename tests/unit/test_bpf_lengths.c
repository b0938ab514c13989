/* SPDX-License-Identifier: BSD-2-Clause */
/* bpf_lengths.c: which prefix lengths the programs try. */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "backend/bpf_lengths.h"
#include "unit.h"

static __u64 told[2];
static struct pmip__bpf_lengths lengths;

static void begin(void)
{
	memset(told, 0, sizeof(told));
	lengths = (struct pmip__bpf_lengths){ .told = told };
}

static struct pmip__bpf_prefix prefix_of(const char *text)
{
	const struct pmip_prefix prefix = unit_prefix(text);
	struct pmip__bpf_prefix key = { .len = prefix.len };

	memcpy(key.addr, prefix.addr.b, sizeof(key.addr));
	return key;
}

static int use(const char *text)
{
	const struct pmip__bpf_prefix prefix = prefix_of(text);

	return pmip__bpf_lengths_use(&lengths, &prefix);
}

static void leave(const char *text)
{
	const struct pmip__bpf_prefix prefix = prefix_of(text);

	pmip__bpf_lengths_leave(&lengths, &prefix);
}

/* The list is these lengths, 0 ends them. */
static void expect(const __u64 *list, const uint32_t *expected)
{
	for (__u64 rest = *list; rest; rest >>= 8)
		ck_assert_uint_eq((rest & 0xff) - 1, *expected++);
	ck_assert_uint_eq(*expected, 0);
}

START_TEST(longest_comes_first)
{
	begin();
	ck_assert_int_eq(use("2001:db8::/64"), 0);
	ck_assert_int_eq(use("2001:db8:1::/48"), 0);
	ck_assert_int_eq(use("2001:db8:2::1/128"), 0);
	ck_assert_int_eq(use("2001:db8:3::/56"), 0);
	expect(&told[0], (const uint32_t[]){ 128, 64, 56, 48, 0 });
	expect(&told[1], (const uint32_t[]){ 0 });
}
END_TEST

START_TEST(length_goes_with_its_last_binding)
{
	begin();
	ck_assert_int_eq(use("2001:db8::/64"), 0);
	ck_assert_int_eq(use("2001:db8:0:1::/64"), 0);
	ck_assert_int_eq(use("2001:db8:1::/48"), 0);
	leave("2001:db8::/64");
	expect(&told[0], (const uint32_t[]){ 64, 48, 0 });
	leave("2001:db8:0:1::/64");
	expect(&told[0], (const uint32_t[]){ 48, 0 });
	leave("2001:db8:1::/48");
	expect(&told[0], (const uint32_t[]){ 0 });
}
END_TEST

/* No IPv6 packet is looked up with a length that only IPv4 has, and the other way round. */
START_TEST(ipv4_has_its_own)
{
	begin();
	ck_assert_int_eq(use("::ffff:192.0.2.1/128"), 0);
	ck_assert_int_eq(use("::ffff:192.0.2.0/120"), 0);
	ck_assert_int_eq(use("::/64"), 0);
	ck_assert_int_eq(use("2001:db8:0:0:0:ffff:c000:200/120"), 0);
	expect(&told[0], (const uint32_t[]){ 120, 64, 0 });
	expect(&told[1], (const uint32_t[]){ 128, 120, 0 });
}
END_TEST

START_TEST(one_too_many_is_refused)
{
	static const uint32_t all[] = { 64, 60, 59, 58, 57, 56, 55, 54, 0 };
	char text[32];

	begin();
	for (int len = 54; len < 61; len++) {
		snprintf(text, sizeof(text), "2001:db8::/%d", len);
		ck_assert_int_eq(use(text), 0);
	}
	ck_assert_int_eq(use("2001:db8::/64"), 0);
	expect(&told[0], all);
	ck_assert_int_eq(use("2001:db8::/48"), PMIP_ERR_FULL);
	ck_assert_int_eq(use("2001:db8:0:1::/64"), 0);
	ck_assert_int_eq(use("::ffff:192.0.2.1/128"), 0);
	expect(&told[0], all);
	leave("2001:db8::/54");
	ck_assert_int_eq(use("2001:db8::/48"), 0);
	expect(&told[0], (const uint32_t[]){ 64, 60, 59, 58, 57, 56, 55, 48, 0 });
}
END_TEST

static uint32_t is_over;

/* As the program does for packets, while the list changes. @return how often there was no 64. */
static void *walk(void *list)
{
	uintptr_t missed = 0;

	for (unsigned int i = 0; i < 500000 / unit_one_of(); i++) {
		__u64 rest = *(const volatile __u64 *)list;

		while (rest && (rest & 0xff) != 64 + 1)
			rest >>= 8;
		missed += !rest;
		if (i % 256 == 0)
			sched_yield(); /* to the other, where there is only one processor */
	}
	__atomic_store_n(&is_over, 1, __ATOMIC_RELAXED);
	return (void *)missed;
}

/* No packet is lost of a binding that stays while the last of another length goes. */
START_TEST(one_that_stays_is_always_there)
{
	const struct pmip__bpf_prefix longer = prefix_of("2001:db8:2::1/128");
	pthread_t packets;
	void *missed;

	begin();
	ck_assert_int_eq(use("2001:db8::/64"), 0);
	ck_assert_int_eq(use("2001:db8:1::/48"), 0);
	ck_assert_int_eq(pthread_create(&packets, NULL, walk, told), 0);
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		pmip__bpf_lengths_use(&lengths, &longer);
		pmip__bpf_lengths_leave(&lengths, &longer);
	}
	ck_assert_int_eq(pthread_join(packets, &missed), 0);
	ck_assert_ptr_null(missed);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		longest_comes_first, length_goes_with_its_last_binding, ipv4_has_its_own, one_too_many_is_refused,
		one_that_stays_is_always_there, NULL,
	};

	return unit_run("bpf_lengths", tests);
}
