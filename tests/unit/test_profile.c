/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/profile.h"

#include "unit.h"

static struct unit_mem counter;
static struct pmip_mem mem;
static struct pmip__profiles profiles;

static void setup(void)
{
	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	pmip__profiles_init(&profiles, &mem);
}

static void finish(void)
{
	pmip__profiles_fini(&profiles);
	ck_assert_int_eq(counter.live, 0);
}

static struct pmip_mnid nai(const char *text)
{
	return (struct pmip_mnid){1, (uint8_t)strlen(text), (const uint8_t *)text};
}

/* ll: last octet of the link-layer identifier, 0 = none. */
static int add(const char *text, uint8_t ll)
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = nai(text)};

	if (ll)
		profile.ll_id = (struct pmip_llid){6, {2, 0, 0, 0, 0, ll}};
	return pmip__profiles_add(&profiles, &profile);
}

static void expect(struct pmip_mnid mn_id, const char *found)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&profiles, &mn_id);
	struct pmip_mnid want;

	if (!found) {
		ck_assert_ptr_null(profile);
		return;
	}
	want = nai(found);
	ck_assert_ptr_nonnull(profile);
	ck_assert(pmip_mnid_equal(&profile->mn_id, &want));
}

START_TEST(nearest_profile)
{
	setup();
	expect(nai("mn1@example.com"), NULL);
	ck_assert_int_eq(add("mn1@example.com", 0), 0);
	expect(nai("mn2@example.com"), NULL);
	ck_assert_int_eq(add("*@example.com", 0), 0);
	expect(nai("mn1@example.com"), "mn1@example.com");
	expect(nai("mn2@example.com"), "*@example.com");
	expect(nai("mn2@example.net"), NULL);
	expect(nai("mn2@example.community"), NULL);
	ck_assert_int_eq(add("*", 0), 0);
	expect(nai("mn1@example.com"), "mn1@example.com");
	expect(nai("mn2@example.com"), "*@example.com");
	expect(nai("mn2@example.net"), "*");
	expect(nai("no-realm"), "*");
	finish();
}
END_TEST

/* An MN-ID without a user part has no realm to share, and one of no octets is nobody. */
START_TEST(odd_identifiers)
{
	struct pmip_mnid nobody = {1, 0, NULL};

	setup();
	ck_assert_int_eq(add("*@example.com", 0), 0);
	expect(nai("@example.com"), NULL);
	ck_assert_int_eq(add("*", 0), 0);
	expect(nai("@example.com"), "*");
	expect(nobody, NULL);
	finish();
}
END_TEST

/* The subtype is part of the identity: an IPv6 address or an IMSI has no realm, even with an @ among its octets. */
START_TEST(subtypes_differ)
{
	struct pmip_mnid other = nai("mn1@example.com");

	other.subtype = 2;
	setup();
	ck_assert_int_eq(add("mn1@example.com", 0), 0);
	ck_assert_int_eq(add("*@example.com", 0), 0);
	expect(other, NULL);
	ck_assert_int_eq(add("*", 0), 0);
	expect(other, "*");
	finish();
}
END_TEST

START_TEST(longest_identifiers)
{
	char text[PMIP_MNID_MAX + 1];

	memset(text, 'a', PMIP_MNID_MAX);
	text[PMIP_MNID_MAX] = '\0';
	text[1] = '@';
	setup();
	expect(nai(text), NULL);
	text[0] = '*';
	ck_assert_int_eq(add(text, 0), 0);
	text[0] = 'u';
	text[PMIP_MNID_MAX] = '\0';
	{
		struct pmip_mnid mn_id = nai(text);
		const struct pmip_profile *profile = pmip__profiles_by_mn_id(&profiles, &mn_id);

		ck_assert_ptr_nonnull(profile);
		ck_assert_uint_eq(profile->mn_id.len, PMIP_MNID_MAX);
		ck_assert_uint_eq(profile->mn_id.id[0], '*');
	}
	finish();
}
END_TEST

START_TEST(by_link_layer_identifier)
{
	struct pmip_llid ll_id = {6, {2, 0, 0, 0, 0, 7}};
	const struct pmip_profile *profile;

	setup();
	ck_assert_ptr_null(pmip__profiles_by_ll_id(&profiles, &ll_id));
	ck_assert_int_eq(add("mn6@example.com", 6), 0);
	ck_assert_int_eq(add("mn7@example.com", 7), 0);
	profile = pmip__profiles_by_ll_id(&profiles, &ll_id);
	ck_assert_ptr_nonnull(profile);
	ck_assert_mem_eq(profile->mn_id.id, "mn7@example.com", 15);
	ll_id.len = 5;
	ck_assert_ptr_null(pmip__profiles_by_ll_id(&profiles, &ll_id));
	finish();
}
END_TEST

START_TEST(refused)
{
	struct pmip_profile many = {.size = sizeof(many), .mn_id = nai("many"), .prefix_count = PMIP_HNP_MAX + 1};
	size_t cursor = 0;

	setup();
	ck_assert_int_eq(add("", 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip__profiles_add(&profiles, &many), PMIP_ERR_INVALID);
	ck_assert_ptr_null(pmip__profiles_next(&profiles, &cursor));
	ck_assert_int_eq(add("mn1", 1), 0);
	ck_assert_int_eq(add("mn1", 2), PMIP_ERR_EXIST);
	ck_assert_int_eq(add("mn2", 1), PMIP_ERR_EXIST);
	ck_assert_int_eq(add("mn2", 2), 0);
	finish();
}
END_TEST

START_TEST(copied)
{
	char text[] = "mn1@example.com";

	setup();
	ck_assert_int_eq(add(text, 0), 0);
	text[2] = '2';
	expect(nai("mn1@example.com"), "mn1@example.com");
	expect(nai("mn2@example.com"), NULL);
	finish();
}
END_TEST

START_TEST(add_all)
{
	struct pmip__profiles copy;
	struct pmip_mnid mn_id = nai("mn2");
	const struct pmip_profile *a, *b;
	size_t cursor = 0, n = 0;

	setup();
	ck_assert_int_eq(add("mn1", 1), 0);
	ck_assert_int_eq(add("mn2", 2), 0);
	ck_assert_int_eq(add("mn3", 0), 0);
	pmip__profiles_init(&copy, &mem);
	ck_assert_int_eq(pmip__profiles_add_all(&copy, &profiles), 0);
	while (pmip__profiles_next(&copy, &cursor))
		n++;
	ck_assert_uint_eq(n, 3);
	a = pmip__profiles_by_mn_id(&profiles, &mn_id);
	b = pmip__profiles_by_mn_id(&copy, &mn_id);
	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_ne(a, b);
	ck_assert(pmip_llid_equal(&a->ll_id, &b->ll_id));
	ck_assert_int_eq(pmip__profiles_add_all(&copy, &profiles), PMIP_ERR_EXIST);
	pmip__profiles_fini(&copy);
	finish();
}
END_TEST

/* The Nth allocation fails, for every N that filling a set asks for: what was in it stays, what failed is not in it, no leak. */
START_TEST(no_memory)
{
	unsigned int failures = 0;

	for (unsigned int fail_at = 1;; fail_at++) {
		int err = 0, added = 0;
		size_t cursor = 0;

		setup();
		counter.fail_at = fail_at;
		while (added < 30 && !err) {
			char text[] = "mn00@example.com";

			text[2] = (char)('0' + added / 10);
			text[3] = (char)('0' + added % 10);
			err = add(text, (uint8_t)(added + 1));
			if (err)
				expect(nai(text), NULL);
			else
				added++;
		}
		for (int i = 0; i < added; i++) {
			struct pmip_llid ll_id = {6, {2, 0, 0, 0, 0, (uint8_t)(i + 1)}};

			ck_assert_ptr_nonnull(pmip__profiles_next(&profiles, &cursor));
			ck_assert_ptr_nonnull(pmip__profiles_by_ll_id(&profiles, &ll_id));
		}
		ck_assert_ptr_null(pmip__profiles_next(&profiles, &cursor));
		finish();
		if (!err)
			break;
		ck_assert_int_eq(err, PMIP_ERR_NOMEM);
		failures++;
	}
	/* 30 profiles and at least two tables that grew. */
	ck_assert_uint_gt(failures, 32);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		nearest_profile, odd_identifiers, subtypes_differ, longest_identifiers, by_link_layer_identifier,
		refused, copied, add_all, no_memory, NULL,
	};

	return unit_run("profile", tests);
}
