/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every error has a name and a sentence of its own.
 */
#include "unit.h"

#include <string.h>

#include <pmip/error.h>

static const int all[] = {
	PMIP_ERR_SHORT, PMIP_ERR_CHECKSUM, PMIP_ERR_TYPE_UNKNOWN, PMIP_ERR_PAYLOAD_PROTO, PMIP_ERR_HDR_LEN, PMIP_ERR_OPT_TRUNC,
	PMIP_ERR_OPT_LEN, PMIP_ERR_OPT_VALUE, PMIP_ERR_OPT_DUP, PMIP_ERR_OPT_ORDER, PMIP_ERR_TOO_MANY, PMIP_ERR_NOBUF,
	PMIP_ERR_NOENT, PMIP_ERR_EXIST, PMIP_ERR_FULL, PMIP_ERR_TIME, PMIP_ERR_INVALID, PMIP_ERR_SYNTAX, PMIP_ERR_CONFIG,
	PMIP_ERR_DENIED, PMIP_ERR_AGAIN, PMIP_ERR_OS, PMIP_ERR_UNSUPPORTED, PMIP_ERR_NOMEM, PMIP_ERR_REENTRY,
};

#define COUNT (sizeof(all) / sizeof(all[0]))

START_TEST(test_distinct)
{
	for (size_t i = 0; i < COUNT; i++) {
		ck_assert_int_eq(strncmp(pmip_err_name(all[i]), "PMIP_ERR_", 9), 0);
		ck_assert_str_ne(pmip_err_name(all[i]), pmip_err_name(-1));
		ck_assert_str_ne(pmip_strerror(all[i]), pmip_strerror(-1));
		ck_assert_int_eq(pmip_err_is_fatal(all[i]), all[i] <= -9000);
		for (size_t k = 0; k < i; k++) {
			ck_assert_str_ne(pmip_err_name(all[i]), pmip_err_name(all[k]));
			ck_assert_str_ne(pmip_strerror(all[i]), pmip_strerror(all[k]));
		}
	}
}
END_TEST

START_TEST(test_others)
{
	ck_assert_str_eq(pmip_err_name(PMIP_ERR_NOMEM), "PMIP_ERR_NOMEM");
	ck_assert_str_eq(pmip_err_name(0), "PMIP_OK");
	ck_assert_str_eq(pmip_err_name(88), "PMIP_OK");
	ck_assert_str_eq(pmip_err_name(-1), "PMIP_ERR_UNKNOWN");
	ck_assert_str_eq(pmip_strerror(1), "success");
	ck_assert_str_eq(pmip_strerror(-1), "unknown error");
	ck_assert(!pmip_err_is_fatal(0));
	ck_assert(!pmip_err_is_fatal(-10000));
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		test_distinct, test_others, NULL,
	};

	return unit_run("error", tests);
}
