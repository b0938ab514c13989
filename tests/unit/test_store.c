/* SPDX-License-Identifier: BSD-2-Clause */
/* What every store does, asked of each; then what only those on a disk do. */
#include "unit.h"

#include <pmip/store.h>

#include <config.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { MEMORY, STRICT, FAST, KINDS };

static char directory[64], path[128];
static struct pmip_store store;
static enum kind kind;

static int open_store(void)
{
	struct pmip_store_lmdb_config config = {.size = sizeof(config), .path = path, .max_octets = 4 << 20};

	config.durability = kind == FAST ? PMIP_DURABILITY_FAST : PMIP_DURABILITY_STRICT;
	config.sync_ms = 60000;
	return kind == MEMORY ? pmip_store_memory_new(&store) : pmip_store_lmdb_new(&store, &config);
}

static void close_store(void)
{
	store.ops->free(store.ctx);
	store = (struct pmip_store){0};
}

static void setup(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/store-XXXXXX", parent && strlen(parent) < 40 ? parent : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/lma", directory);
}

static void teardown(void)
{
	static const char *const files[] = {"/lma/data.mdb", "/lma/lock.mdb", "/lma/journal", "/lma", ""};
	char file[160];

	if (store.ops)
		close_store();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", directory, files[i]);
		remove(file);
	}
}

static void begin(enum kind which)
{
	kind = which;
	ck_assert_int_eq(open_store(), 0);
}

static struct pmip_bytes octets(const char *text)
{
	return (struct pmip_bytes){(const uint8_t *)text, strlen(text)};
}

static int put(const char *key, const char *value)
{
	struct pmip_store_op op = {.key = octets(key), .value = octets(value)};

	return store.ops->commit(store.ctx, &op, 1);
}

/* All that there is, in order: "key=value key=value". */
static const char *all(void)
{
	static char text[4096];
	struct pmip_bytes key = {0}, value;
	int got;

	text[0] = '\0';
	while ((got = store.ops->next(store.ctx, &key, &key, &value)) == 1) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%.*s=%.*s", len ? " " : "", (int)key.len, (const char *)key.data, (int)value.len,
			 (const char *)value.data);
	}
	ck_assert_int_eq(got, 0);
	return text;
}

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

START_TEST(the_largest_are_taken)
{
	static uint8_t key[PMIP_STORE_KEY_MAX], value[PMIP_STORE_VALUE_MAX];
	struct pmip_store_op op = {.key = {key, sizeof(key)}, .value = {value, sizeof(value)}};
	struct pmip_bytes got_key = {0}, got_value;

	memset(key, 7, sizeof(key));
	memset(value, 9, sizeof(value));
	begin((enum kind)_i);
	ck_assert_int_eq(store.ops->commit(store.ctx, &op, 1), 0);
	ck_assert_int_eq(store.ops->next(store.ctx, &got_key, &got_key, &got_value), 1);
	ck_assert_uint_eq(got_key.len, sizeof(key));
	ck_assert_mem_eq(got_key.data, key, sizeof(key));
	ck_assert_uint_eq(got_value.len, sizeof(value));
	ck_assert_mem_eq(got_value.data, value, sizeof(value));
	ck_assert_int_eq(store.ops->next(store.ctx, &got_key, &got_key, &got_value), 0);
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
		store.ops->timeout(store.ctx, i % 50 ? 0 : UINT64_MAX);
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
			ck_assert_int_eq(store.ops->next(store.ctx, &key, &key, &got_value), 1);
		key = octets("counte");
		ck_assert_int_eq(store.ops->next(store.ctx, &key, &got_key, &got_value), 1);
		snprintf(expected, sizeof(expected), "%.*s", (int)got_value.len, (const char *)got_value.data);
		last = (unsigned int)strtoul(expected, NULL, 10);
		ck_assert_uint_ge(last, said);
		ck_assert_uint_le(last, said + 1);
		close_store();
	}
}
END_TEST

static long size_of(const char *name)
{
	char file[160];
	FILE *opened;
	long size;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	opened = fopen(file, "r");
	ck_assert_ptr_nonnull(opened);
	fseek(opened, 0, SEEK_END);
	size = ftell(opened);
	fclose(opened);
	return size;
}

/* A process that is killed with its journal in this state: cut, or with an octet of it changed. */
static void kill_with_journal(long cut, long changed)
{
	char file[160];
	int status;
	pid_t child = fork();

	if (!child) {
		if (open_store() || put("a", "1") || put("b", "2") || put("c", "3"))
			_exit(1);
		snprintf(file, sizeof(file), "%s/journal", path);
		if (cut >= 0 && truncate(file, cut))
			_exit(2);
		if (changed >= 0) {
			int fd = open(file, O_RDWR);
			uint8_t octet;

			if (pread(fd, &octet, 1, changed) != 1)
				_exit(3);
			octet ^= 0x40;
			if (pwrite(fd, &octet, 1, changed) != 1)
				_exit(4);
		}
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	ck_assert_msg(WIFSIGNALED(status), "child ended with %d", WEXITSTATUS(status));
}

/* What a power cut may leave of a journal: its first transactions are there, whole, and nothing else. */
START_TEST(a_torn_journal_counts_up_to_where_it_is_torn)
{
	long size, each;

	kind = FAST;
	kill_with_journal(-1, -1);
	size = size_of("journal");
	each = size / 3;
	ck_assert_int_gt(each, 0);
	for (long i = 0; i < 2 * size; i++) {
		static const char *const expected[] = {"", "a=1", "a=1 b=2", "a=1 b=2 c=3"};
		long whole = (i < size ? i : i - size) / each;

		teardown();
		setup();
		kill_with_journal(i < size ? i : -1, i < size ? -1 : i - size);
		ck_assert_int_eq(open_store(), 0);
		ck_assert_str_eq(all(), expected[whole]);
		ck_assert_int_eq(size_of("journal"), 0);
		close_store();
	}
}
END_TEST

/* The file of an earlier journal comes back: its transactions have been put where they belong before, and more since. */
START_TEST(an_old_journal_does_not_count)
{
	char file[160], octets_of_old[4096];
	size_t len;
	FILE *journal;

	begin(FAST);
	ck_assert_int_eq(put("a", "old"), 0);
	snprintf(file, sizeof(file), "%s/journal", path);
	journal = fopen(file, "r");
	len = fread(octets_of_old, 1, sizeof(octets_of_old), journal);
	fclose(journal);
	ck_assert_uint_gt(len, 0);
	ck_assert_int_eq(store.ops->timeout(store.ctx, UINT64_MAX), 0);
	ck_assert_int_eq(put("a", "new"), 0);
	close_store();
	journal = fopen(file, "w");
	ck_assert_uint_eq(fwrite(octets_of_old, 1, len, journal), len);
	fclose(journal);
	ck_assert_int_eq(open_store(), 0);
	ck_assert_str_eq(all(), "a=new");
}
END_TEST

START_TEST(the_disk_is_waited_for_in_time)
{
	uint64_t soon;
	int ms;

	begin(FAST);
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, 0), -1);
	ck_assert_int_eq(put("a", "1"), 0);
	ms = store.ops->timeout_ms(store.ctx, 0);
	ck_assert_int_gt(ms, 0);
	soon = (uint64_t)ms * 1000;
	ck_assert_int_eq(store.ops->timeout(store.ctx, soon - 2000), 0);
	ck_assert_int_gt(size_of("journal"), 0);
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, soon), 0);
	ck_assert_int_eq(store.ops->timeout(store.ctx, soon), 0);
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, soon), -1);
	ck_assert_int_eq(size_of("journal"), 0);
	ck_assert_str_eq(all(), "a=1");
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
	tcase_add_loop_test(tcase, the_largest_are_taken, 0, kinds);
	tcase_add_loop_test(tcase, many_at_random, 0, kinds);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(disk, setup, teardown);
#ifdef HAVE_LMDB
	tcase_add_loop_test(disk, records_are_there_the_next_time, 0, 2);
	tcase_add_loop_test(disk, a_killed_process_loses_nothing, 0, 2);
	tcase_add_test(disk, a_torn_journal_counts_up_to_where_it_is_torn);
	tcase_add_test(disk, an_old_journal_does_not_count);
	tcase_add_test(disk, the_disk_is_waited_for_in_time);
	tcase_add_test(disk, one_process_has_it);
	tcase_add_test(disk, a_full_one_says_so_and_goes_on);
	tcase_add_test(disk, a_damaged_one_is_refused);
#endif
	tcase_set_timeout(disk, 60);
	suite_add_tcase(suite, disk);
	return unit_run_suite(suite);
}
