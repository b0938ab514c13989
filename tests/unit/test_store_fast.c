/* SPDX-License-Identifier: BSD-2-Clause */
/* The journals of a store on a disk (store_fast.c, store_journal.c). */
#include "store_rig.h"

#include "backend/store_journal.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifdef HAVE_LMDB

static unsigned int syncs; /* how often the disk was waited for */
static bool disk_fails;
static int puts_left = -1; /* how often LMDB may have the disk write before the process is killed; negative = as often as it likes */

/* In the C library's place, also for LMDB: of journals it is counted, maybe on a thread of the store. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	char link[32], name[256] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, name, sizeof(name) - 1) < 0 || !strstr(name, "/journal.")) {
		if (puts_left >= 0 && __atomic_fetch_sub(&puts_left, 1, __ATOMIC_SEQ_CST) == 0)
			kill(getpid(), SIGKILL);
		return fsync(fd);
	}
	__atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);
	errno = EIO;
	return disk_fails ? -1 : fsync(fd);
}

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

/* A process that kills itself, and did not come to an end before. */
static void wait_for_killed(pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	ck_assert_msg(WIFSIGNALED(status), "child ended with %d", WEXITSTATUS(status));
}

/* A process that is killed with its journal in this state: cut, or with an octet of it changed. */
static void kill_with_journal(long cut, long changed)
{
	char file[160];
	pid_t child = fork();

	if (!child) {
		if (open_store() || put("a", "1") || put("b", "2") || put("c", "3"))
			_exit(1);
		snprintf(file, sizeof(file), "%s/journal.1", path);
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
	wait_for_killed(child);
}

/* What a power cut may leave of a journal: its first transactions are there, whole, and nothing else. */
START_TEST(a_torn_journal_counts_up_to_where_it_is_torn)
{
	long size, each;

	kind = FAST;
	kill_with_journal(-1, -1);
	size = size_of("journal.1");
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
		ck_assert_int_eq(size_of("journal.1"), 0);
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
	snprintf(file, sizeof(file), "%s/journal.1", path);
	journal = fopen(file, "r");
	len = fread(octets_of_old, 1, sizeof(octets_of_old), journal);
	fclose(journal);
	ck_assert_uint_gt(len, 0);
	ck_assert_str_eq(all(), "a=old"); /* to read it is to put it where it belongs */
	ck_assert_int_eq(size_of("journal.1"), 0);
	ck_assert_int_eq(put("a", "new"), 0);
	close_store();
	journal = fopen(file, "w");
	ck_assert_uint_eq(fwrite(octets_of_old, 1, len, journal), len);
	fclose(journal);
	ck_assert_int_eq(open_store(), 0);
	ck_assert_str_eq(all(), "a=new");
}
END_TEST

/* From when a sync is due until nothing more is. @return what was told */
static int wait_for_disk(uint64_t at_us)
{
	int err = 0;

	while (!err && store.ops->timeout_ms(store.ctx, at_us) >= 0) {
		err = store.ops->handle_timeout(store.ctx, at_us);
		usleep(1000);
		at_us += 10000;
	}
	return err;
}

START_TEST(the_disk_is_waited_for_in_time)
{
	uint64_t soon;
	int ms;

	begin(FAST);
	syncs = 0;
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, 0), -1);
	ck_assert_int_eq(put("a", "1"), 0);
	ms = store.ops->timeout_ms(store.ctx, 0);
	ck_assert_int_gt(ms, 0);
	soon = (uint64_t)ms * 1000;
	ck_assert_int_eq(store.ops->handle_timeout(store.ctx, soon - 2000), 0);
	ck_assert_int_ge(store.ops->timeout_ms(store.ctx, soon - 2000), 0);
	ck_assert_uint_eq(syncs, 0);
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, soon), 0);
	ck_assert_int_eq(wait_for_disk(soon), 0);
	ck_assert_uint_gt(syncs, 0);
	ck_assert_str_eq(all(), "a=1");
}
END_TEST

/* That is told although nobody writes any more, both journals have been tried, and what there is goes where it belongs by another way. */
START_TEST(what_the_disk_does_not_take_is_told_and_kept)
{
	begin(FAST);
	ck_assert_int_eq(put("a", "1"), 0);
	disk_fails = true;
	syncs = 0;
	ck_assert_int_eq(wait_for_disk(UINT64_MAX / 2), PMIP_ERR_OS);
	ck_assert_uint_eq(syncs, 2);
	ck_assert_int_eq(size_of("journal.1"), 0);
	ck_assert_int_eq(store.ops->timeout_ms(store.ctx, UINT64_MAX / 2), -1);
	disk_fails = false;
	ck_assert_int_eq(put("b", "2"), 0);
	ck_assert_int_eq(wait_for_disk(UINT64_MAX / 2), 0);
	ck_assert_str_eq(all(), "a=1 b=2");
}
END_TEST

#define LONG 4000

/* Its number is its key; its value is long. Good until the next one. */
static struct pmip_store_op long_record(int number)
{
	static uint8_t value[LONG];
	static char key[16];

	memset(value, 'a' + number % 26, sizeof(value));
	snprintf(key, sizeof(key), "%06d", number);
	return (struct pmip_store_op){.key = octets(key), .value = {value, sizeof(value)}};
}

/* Numbers from..to - 1. */
static void put_many(int from, int to)
{
	for (int i = from; i < to; i++) {
		struct pmip_store_op op = long_record(i);

		ck_assert_int_eq(store.ops->commit(store.ctx, &op, 1), 0);
	}
}

static void check_many(int from, int to)
{
	struct pmip_bytes key = {0}, value;

	for (int i = from; i < to; i++) {
		char expected[16];

		snprintf(expected, sizeof(expected), "%06d", i);
		ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 1);
		ck_assert_uint_eq(key.len, strlen(expected));
		ck_assert_mem_eq(key.data, expected, key.len);
		ck_assert_uint_eq(value.len, LONG);
		ck_assert_int_eq(value.data[value.len - 1], 'a' + i % 26);
	}
	ck_assert_int_eq(store.ops->next(store.ctx, &key, &value, &key), 0);
}

/* A journal is long with 512 kB, and is put where it belongs while the other one is written to. Killed or not, all is there. */
START_TEST(journals_take_turns)
{
	pid_t child = fork();

	kind = FAST;
	if (!child) {
		if (open_store())
			_exit(1);
		for (int i = 0; i < 12; i++)
			put_many(i % 2 ? 30 : 0, i % 2 ? 60 : 30);
		raise(SIGKILL);
	}
	wait_for_killed(child);
	begin(FAST);
	check_many(0, 60);
	for (int i = 0; i < 12; i++)
		put_many(0, 60);
	check_many(0, 60);
	close_store();
	begin(FAST);
	check_many(0, 60);
}
END_TEST

#define SHORTS 40000

static struct pmip_store_op short_number(int number)
{
	static char key[16], value[16];

	snprintf(key, sizeof(key), "%06d", number * 7919 % SHORTS); /* not in their order */
	snprintf(value, sizeof(value), "%d", number);
	return (struct pmip_store_op){.key = octets(key), .value = {(const uint8_t *)value, strlen(value) + 1}};
}

/* A long journal is put where it belongs in parts. A process that is killed between them has lost nothing. */
START_TEST(a_journal_of_which_a_part_is_there_is_put_there_again)
{
	struct pmip_bytes key = {0}, value;
	int *written = mmap(NULL, sizeof(*written), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int found = 0;
	pid_t child;

	ck_assert_ptr_ne(written, MAP_FAILED);
	kind = FAST;
	child = fork();
	if (!child) {
		if (open_store())
			_exit(1);
		puts_left = _i;
		for (; *written < SHORTS; ++*written) {
			struct pmip_store_op op = short_number(*written);

			if (store.ops->commit(store.ctx, &op, 1))
				_exit(2);
		}
		close_store();
		_exit(3);
	}
	wait_for_killed(child);
	begin(FAST);
	for (; store.ops->next(store.ctx, &key, &value, &key) == 1; found++) {
		struct pmip_store_op op = short_number((int)strtol((const char *)value.data, NULL, 10));

		ck_assert(op.key.len == key.len && !memcmp(op.key.data, key.data, key.len));
	}
	ck_assert_int_ge(*written, 10000);
	ck_assert(found == *written || found == *written + 1);
	munmap(written, sizeof(*written));
}
END_TEST

/* A process that is killed with this in its two journals: so many records in each, from 0 and from 500 on. */
static void kill_with_journals(struct pmip_store_op (*record)(int number), int first, int second)
{
	const int counts[] = {first, second}, numbers[] = {0, 500};
	pid_t child = fork();

	kind = FAST;
	if (!child) {
		struct pmip__journal journal;
		int dir;

		begin(STRICT); /* makes the directory */
		close_store();
		dir = open(path, O_RDONLY | O_DIRECTORY);
		for (uint64_t epoch = 1; epoch <= 2; epoch++) {
			if (pmip__journal_open(&journal, dir, epoch == 1 ? "journal.1" : "journal.0", epoch))
				_exit(1);
			for (int i = 0; i < counts[epoch - 1]; i++) {
				struct pmip_store_op op = record(numbers[epoch - 1] + i);

				if (pmip__journal_append(&journal, &op, 1))
					_exit(1);
			}
			if (epoch == 1 && first && pmip__journal_end(&journal))
				_exit(1);
		}
		raise(SIGKILL);
	}
	wait_for_killed(child);
}

static struct pmip_store_op short_record(int number)
{
	return (struct pmip_store_op){.key = octets(number ? "b" : "a"), .value = octets("1")};
}

/* After a power cut the second of two journals may be there, and the first one not to its end: then the second does not count. */
START_TEST(a_journal_does_not_count_without_the_end_of_the_one_before)
{
	for (int torn = 0; torn < 2; torn++) {
		char first[160];

		teardown();
		setup();
		kill_with_journals(short_record, 1, 1);
		snprintf(first, sizeof(first), "%s/journal.1", path);
		if (torn)
			ck_assert_int_eq(truncate(first, size_of("journal.1") - 1), 0);
		begin(FAST);
		ck_assert_str_eq(all(), torn ? "a=1" : "a=1 b=1");
		ck_assert_int_eq(put("c", "1"), 0);
		ck_assert_str_eq(all(), torn ? "a=1 c=1" : "a=1 b=1 c=1");
	}
}
END_TEST

/* One that does not count does not count later either, when its turn comes: 512 kB are the first one's, the rest is of the same size as what
 * was there. */
START_TEST(a_journal_that_does_not_count_never_does)
{
	pid_t child;

	kill_with_journals(long_record, 0, 5);
	child = fork();
	if (!child) {
		if (open_store())
			_exit(1);
		put_many(0, 132);
		raise(SIGKILL);
	}
	wait_for_killed(child);
	ck_assert_int_gt(size_of("journal.0"), 0);
	begin(FAST);
	check_many(0, 132);
}
END_TEST

/* One of them cannot be opened: nothing has been done to the other one when it can be. */
START_TEST(journals_are_opened_both_or_neither)
{
	const char *name = _i ? "journal.1" : "journal.0";
	char file[160], aside[160];
	struct pmip_bytes key = {0}, value;
	unsigned int count = 0;

	kill_with_journals(long_record, 5, 5);
	snprintf(file, sizeof(file), "%s/%s", path, name);
	snprintf(aside, sizeof(aside), "%s/aside", path);
	ck_assert_int_eq(rename(file, aside), 0);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	ck_assert_int_eq(open_store(), PMIP_ERR_OS);
	ck_assert_int_eq(rmdir(file), 0);
	ck_assert_int_eq(rename(aside, file), 0);
	begin(FAST);
	for (; store.ops->next(store.ctx, &key, &value, &key) == 1; count++)
		;
	ck_assert_uint_eq(count, 10);
}
END_TEST

/* What the store has no room for when it is closed is in the journals, on the disk, for one that has. */
START_TEST(what_has_no_room_waits_for_it)
{
	int i = 0, err = 0;

	begin(FAST);
	for (; !err; i++) {
		struct pmip_store_op op = long_record(i);

		err = store.ops->commit(store.ctx, &op, 1);
	}
	ck_assert_int_eq(err, PMIP_ERR_FULL);
	syncs = 0;
	close_store();
	ck_assert_uint_gt(syncs, 0);
	ck_assert_int_eq(open_store(), PMIP_ERR_FULL);
	max_octets = 16 << 20;
	begin(FAST);
	check_many(0, i - 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store_fast");
	TCase *tcase = tcase_create("journals");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_torn_journal_counts_up_to_where_it_is_torn);
	tcase_add_test(tcase, an_old_journal_does_not_count);
	tcase_add_test(tcase, journals_take_turns);
	tcase_add_loop_test(tcase, a_journal_of_which_a_part_is_there_is_put_there_again, 0, 4);
	tcase_add_test(tcase, a_journal_does_not_count_without_the_end_of_the_one_before);
	tcase_add_test(tcase, a_journal_that_does_not_count_never_does);
	tcase_add_loop_test(tcase, journals_are_opened_both_or_neither, 0, 2);
	tcase_add_test(tcase, what_has_no_room_waits_for_it);
	tcase_add_test(tcase, the_disk_is_waited_for_in_time);
	tcase_add_test(tcase, what_the_disk_does_not_take_is_told_and_kept);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}

#else

int main(void)
{
	puts("built without LMDB: there is no store on a disk");
	return 77;
}

#endif
