/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of RFC 6275 section 6.1.1, against a plain one and the values that vectors carry.
 */

#include "vector.h"
#include "unit.h"

/* The definition, octet by octet, over an explicit pseudo-header. */
static uint16_t plain(const struct pmip_dgram *dgram, size_t len)
{
	static uint8_t all[40 + PMIP_MH_MAX];
	uint64_t sum = 0;

	memset(all, 0, 40);
	memcpy(all, dgram->src.b, 16);
	memcpy(all + 16, dgram->dst.b, 16);
	all[34] = (uint8_t)(len >> 8);
	all[35] = (uint8_t)len;
	all[39] = 135;
	memcpy(all + 40, dgram->data, len);
	all[44] = all[45] = 0;
	for (size_t i = 0; i < 40 + len; i++)
		sum += i % 2 == 0 ? (uint64_t)all[i] << 8 : all[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(0xffff - sum);
}

START_TEST(test_vectors)
{
	static struct vector vectors[VECTOR_MAX];
	size_t count = vector_index(vectors), checked = 0;

	for (size_t i = 0; i < count; i++) {
		struct vector *v = &vectors[i];
		struct pmip_dgram dgram;

		if (strncmp(v->file, "good/", 5) != 0)
			continue;
		vector_load(v);
		dgram = vector_dgram(v);
		ck_assert_uint_eq(pmip_mh_checksum(&dgram), plain(&dgram, ((size_t)v->data[1] + 1) * 8));
		if (!v->no_checksum) {
			ck_assert_uint_eq(pmip_mh_checksum(&dgram), (unsigned int)(v->data[4] << 8 | v->data[5]));
			checked++;
		}
		free(v->data);
	}
	ck_assert_uint_ge(checked, 70);
}
END_TEST

/* The worst case must not overflow, odd and short inputs must not be overread. */
START_TEST(test_extremes)
{
	uint8_t *ones = malloc(PMIP_MH_MAX);
	struct pmip_dgram dgram = {.data = ones, .len = PMIP_MH_MAX};

	ck_assert_ptr_nonnull(ones);
	memset(ones, 0xff, PMIP_MH_MAX);
	memset(&dgram.src, 0xff, 16);
	memset(&dgram.dst, 0xff, 16);
	ck_assert_uint_eq(pmip_mh_checksum(&dgram), plain(&dgram, PMIP_MH_MAX));
	free(ones);
	for (size_t len = 0; len <= 7; len++) {
		uint8_t *few = vector_copy((const uint8_t[7]){0}, len);

		dgram.data = few;
		dgram.len = len;
		ck_assert_uint_eq(pmip_mh_checksum(&dgram), (uint16_t)~(135 + len));
		free(few);
	}
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		test_vectors, test_extremes, NULL,
	};

	return unit_run("checksum", tests);
}
