/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-1-3 against values of another implementation, CPython 3.11's hash() of bytes:
 * PYTHONHASHSEED=5213 python3 -c 'print(hex(hash(bytes(range(8))) & (1 << 64) - 1))'
 * Seed 0 gives the all-zero key; the one below is what CPython draws from seed 5213. */
#include "base/hash.h"
#include "unit.h"

static const uint8_t zero[16];
static const uint8_t drawn[16] = {0xa6, 0xfa, 0x1c, 0x8b, 0x2b, 0x30, 0x64, 0x31, 0xfa, 0xbf, 0x02, 0xb4, 0x9d, 0x97, 0x78, 0x9c};

static uint64_t hash_of_count(const uint8_t octets[16], size_t len)
{
	struct pmip__hash_key key = pmip__hash_key(octets);
	uint8_t data[33];

	ck_assert_uint_le(len, sizeof(data));
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)i;
	return pmip__hash(&key, data, len);
}

START_TEST(reference_values)
{
	static const struct {
		size_t len;
		uint64_t with_zero, with_drawn;
	} rows[] = {
		{1, 0x68a914128e01e473, 0x9f26b33df91834e5},
		{7, 0x2f098ab0c751325a, 0x7e0f7ceefaeeed51},
		{8, 0xead411e67ebe2eea, 0x703c1c6b967b5415},
		{9, 0x75927f9d95124362, 0x7156bae92533c15b},
		{15, 0xf30eb725bb91c9ea, 0x8aae6ef168e03e5b},
		{16, 0x8972188433a5c5b7, 0x034cb478ef05b37a},
		{17, 0x4883c49a2c009c1d, 0x9e4f2d1f673f3e39},
		{24, 0x31185a47af932f3a, 0xd55067dab7982e84},
		{33, 0x7fb71d24dfa4c9f6, 0x3c7d79dc27c28f43},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_uint_eq(hash_of_count(zero, rows[i].len), rows[i].with_zero);
		ck_assert_uint_eq(hash_of_count(drawn, rows[i].len), rows[i].with_drawn);
	}
}
END_TEST

/* Zero octets more are another text. */
START_TEST(length_counts)
{
	static const uint8_t nothing[40];
	struct pmip__hash_key key = pmip__hash_key(drawn);

	for (size_t a = 0; a < sizeof(nothing); a++)
		for (size_t b = 0; b < a; b++)
			ck_assert_uint_ne(pmip__hash(&key, nothing, a), pmip__hash(&key, nothing, b));
}
END_TEST

START_TEST(every_key_bit_counts)
{
	uint64_t before = hash_of_count(drawn, 16);

	for (unsigned int bit = 0; bit < 128; bit++) {
		uint8_t other[16];

		memcpy(other, drawn, sizeof(other));
		other[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_uint_ne(hash_of_count(other, 16), before);
	}
}
END_TEST

/* One input bit turns about half of the 64 output bits: far from 32 on average would show a broken round. */
START_TEST(avalanche)
{
	struct pmip__hash_key key = pmip__hash_key(drawn);
	uint8_t data[19] = {0};
	uint64_t before = pmip__hash(&key, data, sizeof(data));
	int turned = 0;

	for (unsigned int bit = 0; bit < 8 * sizeof(data); bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		turned += __builtin_popcountll(pmip__hash(&key, data, sizeof(data)) ^ before);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_gt(turned, 30 * 8 * (int)sizeof(data));
	ck_assert_int_lt(turned, 34 * 8 * (int)sizeof(data));
}
END_TEST

int main(void)
{
	const TTest *tests[] = {reference_values, length_counts, every_key_bit_counts, avalanche, NULL};

	return unit_run("hash", tests);
}
