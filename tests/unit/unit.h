/* SPDX-License-Identifier: BSD-2-Clause */
/* What unit tests share: running a list of tests, addresses from text, and an allocator that counts and can be told to fail. */
#ifndef PMIP_TESTS_UNIT_H
#define PMIP_TESTS_UNIT_H

#include <check.h>
#include <pmip/error.h>
#include <pmip/mem.h>
#include <pmip/types.h>
#include <stdlib.h>

/* Of what is tried many times, one of so many: with a tool that takes fifty times as long all of it takes minutes, which say no more. */
static inline unsigned int unit_one_of(void)
{
	const char *text = getenv("UNIT_ONE_OF");

	return text ? (unsigned int)strtoul(text, NULL, 10) : 1;
}

/* Run every test of a suite; the exit status for main(). */
static inline int unit_run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The tests of a NULL-terminated list, each in a process of its own, between setup and teardown where there are any. */
static inline void unit_add(Suite *suite, const char *name, const TTest *const *tests, void (*setup)(void), void (*teardown)(void))
{
	TCase *tcase = tcase_create(name);

	if (setup || teardown)
		tcase_add_checked_fixture(tcase, setup, teardown);
	for (; *tests; tests++)
		tcase_add_test(tcase, *tests);
	suite_add_tcase(suite, tcase);
}

static inline int unit_run_fixture(const char *name, const TTest *const *tests, void (*setup)(void), void (*teardown)(void))
{
	Suite *suite = suite_create(name);

	unit_add(suite, name, tests, setup, teardown);
	return unit_run_suite(suite);
}

static inline int unit_run(const char *name, const TTest *const *tests)
{
	return unit_run_fixture(name, tests, NULL, NULL);
}

static inline struct pmip_addr unit_addr(const char *text)
{
	struct pmip_addr addr;

	ck_assert_int_eq(pmip_addr_parse(&addr, text), 0);
	return addr;
}

static inline struct pmip_prefix unit_prefix(const char *text)
{
	struct pmip_prefix prefix;

	ck_assert_int_eq(pmip_prefix_parse(&prefix, text), 0);
	return prefix;
}

static inline struct pmip_ip unit_ip(const char *text)
{
	struct pmip_ip ip;

	ck_assert_int_eq(pmip_ip_parse(&ip, text), 0);
	return ip;
}

/* An empty text is none. */
static inline struct pmip_llid unit_llid(const char *text)
{
	struct pmip_llid ll_id = {0};

	if (*text)
		ck_assert_int_eq(pmip_llid_parse(&ll_id, text), 0);
	return ll_id;
}

/* An allocator for one test. Blocks that are still there at the end are leaks. */
struct unit_mem {
	unsigned int calls;   /* allocations asked for so far */
	unsigned int fail_at; /* the one that fails, counted from 1, and every later one; 0 = none */
	bool once;            /* no later one */
	int live;             /* blocks not freed yet */
};

static inline void *unit_mem_realloc(void *user, void *ptr, size_t size)
{
	struct unit_mem *mem = user;
	void *bigger;

	ck_assert_uint_gt(size, 0);
	mem->calls++;
	if (mem->fail_at && (mem->calls == mem->fail_at || (mem->calls > mem->fail_at && !mem->once)))
		return NULL;
	bigger = realloc(ptr, size);
	ck_assert_ptr_nonnull(bigger);
	mem->live += !ptr;
	return bigger;
}

static inline void unit_mem_free(void *user, void *ptr)
{
	struct unit_mem *mem = user;

	mem->live -= !!ptr;
	free(ptr);
}

static inline struct pmip_mem unit_mem_callbacks(struct unit_mem *mem)
{
	return (struct pmip_mem){sizeof(struct pmip_mem), mem, unit_mem_realloc, unit_mem_free};
}

/* Whether an allocation has failed. */
static inline bool unit_mem_failed(const struct unit_mem *mem)
{
	return mem->fail_at && mem->calls >= mem->fail_at;
}

/* Make a call whose nth allocation fails, and with it every later one unless mem says once; whether there was an nth. Then, and only then, it
 * has no memory; otherwise it succeeds. For a loop that ends when all allocations have failed. */
#define unit_no_memory(mem, nth, expr)                                                  \
	({                                                                              \
		struct unit_mem *mem_ = (mem);                                          \
		bool failed_;                                                           \
		int err_;                                                               \
		mem_->fail_at = mem_->calls + (nth);                                    \
		err_ = (expr);                                                          \
		failed_ = unit_mem_failed(mem_);                                        \
		mem_->fail_at = 0;                                                      \
		ck_assert_int_eq(err_ < 0 ? err_ : 0, failed_ ? PMIP_ERR_NOMEM : 0);    \
		failed_;                                                                \
	})

/* A call that had no memory is made a second time; failed: that it could have had none, looked at only then. */
#define unit_again(failed, expr)                \
	({                                      \
		int result_ = (expr);           \
		if (result_ == PMIP_ERR_NOMEM) { \
			ck_assert(failed);      \
			result_ = (expr);       \
		}                               \
		result_;                        \
	})

#endif
