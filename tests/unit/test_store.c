/* SPDX-License-Identifier: BSD-2-Clause */
/* What every store does, asked of each; then what only those on a disk do. */
#include "store_rig.h"

#include <config.h>
#include <signal.h>
#include <sys/wait.h>

START_TEST(records_are_put_replaced_and_deleted_in_the_order_of_keys)
{
	begin((enum kind)_i);
	ck_assert_str_eq(all(), "");
	ck_assert_int_eq(put("b", "2"), 0);
	ck_assert_int_eq(put("ab", "1"), 0);
	ck_assert_int_eq(put("a", "0"), 0);
	ck_assert_int_eq(put("\xff", "4"), 0);
	ck_assert_str_eq(all(), "a=0 ab=1 b=2 \xff=4");
	ck_assert_int_eq(put("b", "two"), 0);
	ck_assert_int_eq(put("ab", ""), 0);
	ck_assert_int_eq(put("not there", ""), 0);
	ck_assert_str_eq(all(), "a=0 b=two \xff=4");
}
END_TEST

START_TEST(one_transaction_is_done_in_order)
{
	struct pmip_store_op ops[] = {
		{.key = octets("x"), .value = octets("1")}, {.key = octets("y"), .value = octets("1")}, {.key = octets("x"), .value = octets("2")},
		{.key = octets("y")},			    {.key = octets("z")},			{.key = octets("z"), .value = octets("3")},
	};

	begin((enum kind)_i);
	ck_assert_int_eq(store.ops->commit(store.ctx, ops, 6), 0);
	ck_assert_str_eq(all(), "x=2 z=3");
	ck_assert_int_eq(store.ops->commit(store.ctx, NULL, 0), 0);
	ck_assert_str_eq(all(), "x=2 z=3");
}
END_TEST

START_TEST(one_that_is_not_possible_changes_nothing)
{
	static uint8_t large[PMIP_STORE_VALUE_MAX + 1];
	struct pmip_store_op ops[2] = {{.key = octets("x"), .value = octets("1")}, {0}};

	memset(large, 0, sizeof(large));
	begin((enum kind)_i);
	ck_assert_int_eq(put("k", "v"), 0);
	ops[1].value = octets("no key");
	ck_assert_int_eq(store.ops->commit(store.ctx, ops, 2), PMIP_ERR_INVALID);
	ops[1].key = (struct pmip_bytes){large, 1};
	ck_assert_int_eq(store.ops->commit(store.ctx, ops, 2), PMIP_ERR_INVALID);
	memset(large, 'k', sizeof(large));
	ops[1].key.len = PMIP_STORE_KEY_MAX + 1;
	ck_assert_int_eq(store.ops->commit(store.ctx, ops, 2), PMIP_ERR_INVALID);
	ops[1].key.len = 1;
	ops[1].value = (struct pmip_bytes){large, PMIP_STORE_VALUE_MAX + 1};
	ck_assert_int_eq(store.ops->commit(store.ctx, ops, 2), PMIP_ERR_INVALID);
	ck_assert_str_eq(all(), "k=v");
}
END_TEST

START_TEST(records_may_change_while_they_are_walked_through)
{
	struct pmip_bytes key = {0}, value;

	begin((enum kind)_i);
	ck_assert_int_eq(put("a", "1") | put("c", "3"), 0);
	ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 1);
	ck_assert_mem_eq(key.data, "a", key.len);
	ck_assert_int_eq(put("b", "2"), 0);
	key = octets("a");
	ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 1);
	ck_assert_mem_eq(key.data, "b", key.len);
	ck_assert_int_eq(put("c", "") | put("d", "4"), 0);
	key = octets("b");
	ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 1);
	ck_assert_mem_eq(key.data, "d", key.len);
	ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 0);
	ck_assert_str_eq(all(), "a=1 b=2 d=4");
}
END_TEST

START_TEST(the_largest_are_taken)
{
	static uint8_t key[PMIP_STORE_KEY_MAX], value[PMIP_STORE_VALUE_MAX];
	struct pmip_store_op op = {.key = {key, sizeof(key)}, .value = {value, sizeof(value)}};
	struct pmip_bytes got_key = {0}, got_value;

	memset(key, 7, sizeof(key));
	memset(value, 9, sizeof(value));
	begin((enum kind)_i);
	ck_assert_int_eq(store.ops->commit(store.ctx, &op, 1), 0);
	ck_assert_int_eq(store.ops->next(store.ctx, &got_key, &got_value, &got_key), 1);
	ck_assert_uint_eq(got_key.len, sizeof(key));
	ck_assert_mem_eq(got_key.data, key, sizeof(key));
	ck_assert_uint_eq(got_value.len, sizeof(value));
	ck_assert_mem_eq(got_value.data, value, sizeof(value));
	ck_assert_int_eq(store.ops->next(store.ctx, &got_key, &got_value, &got_key), 0);
}
END_TEST

/* Against a plain array. */
START_TEST(many_at_random)
{
	unsigned int there[200] = {0}, random = (unsigned int)_i + 1;
	char key[16], value[16], expected[4096] = "";
	size_t len = 0;

	begin((enum kind)_i);
	for (unsigned int i = 1; i <= 2000; i++) {
		unsigned int which;

		random = random * 1103515245 + 12345;
		which = random / 65536 % 200;
		there[which] = random % 3 ? i : 0;
		snprintf(key, sizeof(key), "%03u", which);
		snprintf(value, sizeof(value), "%u", i);
		ck_assert_int_eq(put(key, there[which] ? value : ""), 0);
	}
	for (unsigned int i = 0; i < 200; i++)
		if (there[i])
			len += (size_t)snprintf(expected + len, sizeof(expected) - len, "%s%03u=%u", len ? " " : "", i, there[i]);
	ck_assert_str_eq(all(), expected);
}
END_TEST

#ifdef HAVE_LMDB

START_TEST(records_are_there_the_next_time)
{
	begin(_i ? FAST : STRICT);
	ck_assert_int_eq(put("a", "1"), 0);
	close_store();
	for (kind = STRICT; kind <= FAST; kind++) { /* whichever way it is opened then */
		ck_assert_int_eq(open_store(), 0);
		ck_assert_str_eq(all(), "a=1");
		close_store();
	}
}
END_TEST

/* Child: writes until it is killed, and says by a pipe how far it has come. */
static void write_on(int to, unsigned int from)
{
	char value[16];

	for (unsigned int i = from;; i++) {
		snprintf(value, sizeof(value), "%u", i);
		if (put("counted", value) || put(value, "there") || write(to, &i, sizeof(i)) != sizeof(i))
			_exit(1);
		store.ops->handle_timeout(store.ctx, i % 50 ? 0 : UINT64_MAX);
	}
}

/* Killed again and again, while it writes: what it has said that it has written is there, whatever comes of the one after that. */
START_TEST(a_killed_process_loses_nothing)
{
	unsigned int last = 0;

	for (int round = 0; round < 20; round++) {
		unsigned int said = last;
		char expected[16];
		int ends[2], status;
		struct pmip_bytes key = {0}, got_key, got_value;
		pid_t child;

		ck_assert_int_eq(pipe(ends), 0);
		child = fork();
		if (!child) {
			kind = _i ? FAST : STRICT;
			if (open_store())
				_exit(1);
			write_on(ends[1], last ? last : 1); /* the last one may be half done */
		}
		close(ends[1]);
		while (said < last + 20u + (unsigned int)round)
			ck_assert_int_eq(read(ends[0], &said, sizeof(said)), sizeof(said));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		ck_assert(WIFSIGNALED(status));
		while (read(ends[0], &said, sizeof(said)) == sizeof(said))
			;
		close(ends[0]);
		begin(_i ? FAST : STRICT);
		for (unsigned int there = 0; there <= said; there++) /* "counted", too, which is last */
			ck_assert_int_eq(store.ops->next(store.ctx, &key, &got_value, &key), 1);
		key = octets("counte");
		ck_assert_int_eq(store.ops->next(store.ctx, &got_key, &got_value, &key), 1);
		snprintf(expected, sizeof(expected), "%.*s", (int)got_value.len, (const char *)got_value.data);
		last = (unsigned int)strtoul(expected, NULL, 10);
		ck_assert_uint_ge(last, said);
		ck_assert_uint_le(last, said + 1);
		close_store();
	}
}
END_TEST

START_TEST(one_process_has_it)
{
	struct pmip_store first;

	begin(STRICT);
	first = store;
	ck_assert_int_eq(open_store(), PMIP_ERR_EXIST);
	store = first;
	close_store();
	ck_assert_int_eq(open_store(), 0);
}
END_TEST

START_TEST(a_full_one_says_so_and_goes_on)
{
	static uint8_t value[PMIP_STORE_VALUE_MAX];
	char key[16];
	int err = 0, i = 0;

	begin(STRICT);
	for (; !err; i++) {
		struct pmip_store_op op = {.value = {value, sizeof(value)}};

		snprintf(key, sizeof(key), "%06d", i);
		op.key = octets(key);
		err = store.ops->commit(store.ctx, &op, 1);
	}
	ck_assert_int_eq(err, PMIP_ERR_FULL);
	ck_assert_int_gt(i, 100);
	for (int j = 0; j < 10; j++) {
		snprintf(key, sizeof(key), "%06d", j);
		ck_assert_int_eq(put(key, ""), 0);
	}
	ck_assert_int_eq(put("more", "is taken"), 0);
}
END_TEST

START_TEST(a_damaged_one_is_refused)
{
	char file[160];

	begin(STRICT);
	for (int i = 0; i < 200; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d", i);
		ck_assert_int_eq(put(key, "a value of some octets, so that there are some pages of them"), 0);
	}
	close_store();
	snprintf(file, sizeof(file), "%s/data.mdb", path);
	ck_assert_int_eq(truncate(file, 8192), 0);
	ck_assert_int_eq(open_store(), PMIP_ERR_OS);
	ck_assert_int_eq(truncate(file, 100), 0);
	ck_assert_int_eq(open_store(), PMIP_ERR_OS);
	store = (struct pmip_store){0};
}
END_TEST

#endif

int main(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("every"), *disk = tcase_create("disk");
#ifdef HAVE_LMDB
	int kinds = KINDS;
#else
	int kinds = MEMORY + 1;
#endif

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, records_are_put_replaced_and_deleted_in_the_order_of_keys, 0, kinds);
	tcase_add_loop_test(tcase, one_transaction_is_done_in_order, 0, kinds);
	tcase_add_loop_test(tcase, one_that_is_not_possible_changes_nothing, 0, kinds);
	tcase_add_loop_test(tcase, records_may_change_while_they_are_walked_through, 0, kinds);
	tcase_add_loop_test(tcase, the_largest_are_taken, 0, kinds);
	tcase_add_loop_test(tcase, many_at_random, 0, kinds);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(disk, setup, teardown);
#ifdef HAVE_LMDB
	tcase_add_loop_test(disk, records_are_there_the_next_time, 0, 2);
	tcase_add_loop_test(disk, a_killed_process_loses_nothing, 0, 2);
	tcase_add_test(disk, one_process_has_it);
	tcase_add_test(disk, a_full_one_says_so_and_goes_on);
	tcase_add_test(disk, a_damaged_one_is_refused);
#endif
	tcase_set_timeout(disk, 60);
	suite_add_tcase(suite, disk);
	return unit_run_suite(suite);
}
