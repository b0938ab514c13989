/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses, prefixes and identifiers as values and as text.
 */
#include "unit.h"

#include <string.h>

#include <pmip/error.h>
#include <pmip/flow.h>
#include <pmip/types.h>

START_TEST(test_addr_text)
{
	static const char *const bad[] = {"", ":", "2001:db8", "1.2.3.4", "2001:db8::1/64", "::g", "fe80::1%eth0"};
	struct pmip_addr a = unit_addr("2001:0DB8:0:0:0::1");
	char buf[PMIP_ADDR_STRLEN];

	ck_assert_ptr_eq(pmip_addr_format(&a, buf), buf);
	ck_assert_str_eq(buf, "2001:db8::1");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(pmip_addr_parse(&a, bad[i]), PMIP_ERR_SYNTAX);
		ck_assert_str_eq(pmip_addr_format(&a, buf), "2001:db8::1");
	}
	a = unit_addr("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
	ck_assert_uint_lt(strlen(pmip_addr_format(&a, buf)), sizeof(buf));
}
END_TEST

START_TEST(test_addr_kind)
{
	static const struct {
		const char *text;
		bool unspecified, unicast, link_local;
	} rows[] = {
		{"::", true, false, false},          {"::1", false, false, false},     {"::2", false, true, false},
		{"ff02::1", false, false, false},    {"fe80::1", false, true, true},   {"febf::1", false, true, true},
		{"fec0::1", false, true, false},     {"fe7f::1", false, true, false},  {"2001:db8::1", false, true, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pmip_addr a = unit_addr(rows[i].text);

		ck_assert_int_eq(pmip_addr_is_unspecified(&a), rows[i].unspecified);
		ck_assert_int_eq(pmip_addr_is_unicast(&a), rows[i].unicast);
		ck_assert_int_eq(pmip_addr_is_link_local(&a), rows[i].link_local);
	}
	ck_assert(pmip_addr_equal(&(struct pmip_addr){{1}}, &(struct pmip_addr){{1}}));
	ck_assert(!pmip_addr_equal(&(struct pmip_addr){{1}}, &(struct pmip_addr){{[15] = 1}}));
}
END_TEST

START_TEST(test_prefix_text)
{
	static const char *const bad[] = {
		"",                "2001:db8::",      "2001:db8::/",       "2001:db8::/129", "2001:db8::/64x",  "2001:db8::/064",
		"2001:db8::/-1",   "2001:db8::/ 64",  "2001:db8::1/64",    "::1/127",        "/64",             "x/64",
		"2001:db8::/1000", "2001:db8::/+64",  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/64",
	};
	static const char *const good[] = {"::/0", "2001:db8::/32", "2001:db8:0:8000::/49", "2001:db8::1/128", "8000::/1"};
	struct pmip_prefix p = {.len = 77};
	char buf[PMIP_PREFIX_STRLEN];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(pmip_prefix_parse(&p, bad[i]) == PMIP_ERR_SYNTAX, "%s", bad[i]);
		ck_assert_uint_eq(p.len, 77);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		p = unit_prefix(good[i]);
		ck_assert_str_eq(pmip_prefix_format(&p, buf), good[i]);
	}
}
END_TEST

START_TEST(test_prefix_bits)
{
	struct pmip_prefix p = unit_prefix("2001:db8:0:8000::/49"), all = unit_prefix("::/0"), one = unit_prefix("2001:db8::1/128");
	struct pmip_addr in = unit_addr("2001:db8:0:ffff::1"), out = unit_addr("2001:db8:0:7fff::1"), host = unit_addr("2001:db8::1");

	ck_assert(pmip_prefix_contains(&p, &in) && !pmip_prefix_contains(&p, &out));
	ck_assert(pmip_prefix_contains(&all, &out));
	ck_assert(pmip_prefix_contains(&one, &host) && !pmip_prefix_contains(&one, &in));
	ck_assert(pmip_prefix_equal(&p, &p) && !pmip_prefix_equal(&p, &all));
	p.len = 48;
	ck_assert(!pmip_prefix_is_valid(&p));
	p.len = 129;
	ck_assert(!pmip_prefix_is_valid(&p));
	/* Every length: exactly the first len bits may be set. */
	for (unsigned int len = 0; len <= 128; len++) {
		for (unsigned int bit = 0; bit < 128; bit++) {
			struct pmip_prefix q = {.len = (uint8_t)len};

			q.addr.b[bit / 8] = (uint8_t)(0x80 >> bit % 8);
			ck_assert_int_eq(pmip_prefix_is_valid(&q), bit < len);
		}
	}
}
END_TEST

START_TEST(test_llid)
{
	static const char *const bad[] = {"", "0", "02:", ":02", "02:0", "02-00", "020", "0g", "02:00:5e:10:01 ", "02::00"};
	struct pmip_llid a = {0}, b;
	char buf[PMIP_LLID_STRLEN], longest[PMIP_LLID_MAX * 3 + 3];

	ck_assert_str_eq(pmip_llid_format(&a, buf), "");
	ck_assert_int_eq(pmip_llid_parse(&a, "02:00:5E:10:aF:01"), 0);
	ck_assert_str_eq(pmip_llid_format(&a, buf), "02:00:5e:10:af:01");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(pmip_llid_parse(&a, bad[i]) == PMIP_ERR_SYNTAX, "%s", bad[i]);
	ck_assert_uint_eq(a.len, 6);
	ck_assert_int_eq(pmip_llid_parse(&b, "02:00:5e:10:af"), 0);
	ck_assert(!pmip_llid_equal(&a, &b));
	b = a;
	ck_assert(pmip_llid_equal(&a, &b));
	b.b[5] ^= 1;
	ck_assert(!pmip_llid_equal(&a, &b));
	memset(longest, 0, sizeof(longest));
	for (size_t i = 0; i <= PMIP_LLID_MAX; i++)
		memcpy(longest + i * 3, "ab:", 3);
	longest[PMIP_LLID_MAX * 3 + 2] = '\0';
	ck_assert_int_eq(pmip_llid_parse(&b, longest), PMIP_ERR_SYNTAX);
	longest[PMIP_LLID_MAX * 3 - 1] = '\0';
	ck_assert_int_eq(pmip_llid_parse(&b, longest), 0);
	ck_assert_str_eq(pmip_llid_format(&b, buf), longest);
}
END_TEST

START_TEST(test_mnid)
{
	static const uint8_t nai[] = {'m', 'n', '@', 0xc3, 0xa9, '\n'};
	struct pmip_mnid a = {1, sizeof(nai), nai}, b = {1, sizeof(nai), nai}, none = {1, 0, NULL};
	char buf[PMIP_MNID_STRLEN];
	uint8_t worst[PMIP_MNID_MAX];

	ck_assert_str_eq(pmip_mnid_format(&a, buf), "mn@\\xc3\\xa9\\x0a");
	ck_assert(pmip_mnid_equal(&a, &b));
	b.subtype = 5;
	ck_assert_str_eq(pmip_mnid_format(&b, buf), "5:6d6e40c3a90a");
	ck_assert(!pmip_mnid_equal(&a, &b));
	b = a;
	b.len--;
	ck_assert(!pmip_mnid_equal(&a, &b));
	b = (struct pmip_mnid){1, sizeof(nai), (const uint8_t *)"MN@\xc3\xa9\n"};
	ck_assert(!pmip_mnid_equal(&a, &b));
	ck_assert_str_eq(pmip_mnid_format(&none, buf), "");
	ck_assert(pmip_mnid_equal(&none, &none));
	memset(worst, 0xff, sizeof(worst));
	a = (struct pmip_mnid){1, sizeof(worst), worst};
	ck_assert_uint_eq(strlen(pmip_mnid_format(&a, buf)), 4 * sizeof(worst));
	a.subtype = 255;
	ck_assert_uint_eq(strlen(pmip_mnid_format(&a, buf)), 4 + 2 * sizeof(worst));
}
END_TEST

START_TEST(test_ipv4_mapped)
{
	struct pmip_addr a = pmip_addr_from_ipv4((const uint8_t[]){192, 0, 2, 1}), b;
	char buf[PMIP_ADDR_STRLEN];

	ck_assert_str_eq(pmip_addr_format(&a, buf), "::ffff:192.0.2.1");
	ck_assert(pmip_addr_is_ipv4_mapped(&a));
	b = a;
	b.b[9] = 1;
	ck_assert(!pmip_addr_is_ipv4_mapped(&b));
	ck_assert_int_eq(pmip_addr_parse(&b, "::192.0.2.1"), 0);
	ck_assert(!pmip_addr_is_ipv4_mapped(&b));
}
END_TEST

START_TEST(test_ipv4_prefixes)
{
	struct pmip_prefix prefix = pmip_prefix_from_ipv4((const uint8_t[]){192, 0, 2, 0}, 24);
	char buf[PMIP_PREFIX_STRLEN];

	ck_assert_str_eq(pmip_prefix_format(&prefix, buf), "::ffff:192.0.2.0/120");
	ck_assert(pmip_prefix_is_ipv4(&prefix));
	prefix = pmip_prefix_from_ipv4((const uint8_t[]){0, 0, 0, 0}, 0);
	ck_assert_uint_eq(prefix.len, 96);
	ck_assert(pmip_prefix_is_ipv4(&prefix));
	prefix.len = 95;
	ck_assert(!pmip_prefix_is_ipv4(&prefix));
	ck_assert_int_eq(pmip_prefix_parse(&prefix, "2001:db8::/96"), 0);
	ck_assert(!pmip_prefix_is_ipv4(&prefix));
}
END_TEST

static struct pmip_flow flow_of(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
	struct pmip_flow flow = {.label = 0x1a2b3, .protocol = 6, .src_port = src_port, .dst_port = dst_port};

	ck_assert_int_eq(pmip_addr_parse(&flow.src, src), 0);
	ck_assert_int_eq(pmip_addr_parse(&flow.dst, dst), 0);
	return flow;
}

/* FMP-4. */
START_TEST(test_flow_mark)
{
	ck_assert_uint_eq(pmip_flow_mark(0), 0);
	ck_assert_uint_eq(pmip_flow_mark(1), 0x10000);
	ck_assert_uint_eq(pmip_flow_mark(65535), 0xffff0000);
	ck_assert_uint_eq(pmip_flow_mark(65536), 0x10000);
	ck_assert_uint_eq(pmip_flow_mark(UINT32_MAX), 0xffff0000);
}
END_TEST

START_TEST(test_flow) /* PAP-20 */
{
	struct pmip_flow a = flow_of("2001:db8::1", 443, "2001:db8:1::2", 50000), b = a;
	struct pmip_flow ipv4 = flow_of("::ffff:192.0.2.1", 0, "::ffff:198.51.100.7", 0);
	char buf[PMIP_FLOW_STRLEN];

	ck_assert_str_eq(pmip_flow_format(&a, buf), "tcp [2001:db8::1]:443 > [2001:db8:1::2]:50000 label 0x1a2b3");
	b.label = 0;
	ck_assert(pmip_flow_equal(&a, &b));
	b.src_port++;
	ck_assert(!pmip_flow_equal(&a, &b));
	b = pmip_flow_reverse(&a);
	ck_assert_str_eq(pmip_flow_format(&b, buf), "tcp [2001:db8:1::2]:50000 > [2001:db8::1]:443");
	b = pmip_flow_reverse(&b);
	ck_assert(pmip_flow_equal(&a, &b));
	ipv4.label = 0;
	ipv4.protocol = 47;
	ck_assert_str_eq(pmip_flow_format(&ipv4, buf), "47 192.0.2.1:0 > 198.51.100.7:0");
	a = flow_of("2001:db8:1111:2222:3333:4444:5555:6666", 65535, "2001:db8:1111:2222:3333:4444:5555:7777", 65535);
	a.protocol = 136;
	a.label = 0xfffff;
	ck_assert_uint_lt(strlen(pmip_flow_format(&a, buf)), PMIP_FLOW_STRLEN - 1);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		test_addr_text, test_addr_kind, test_prefix_text, test_prefix_bits, test_llid, test_mnid, test_ipv4_mapped, test_ipv4_prefixes, test_flow,
		test_flow_mark, NULL,
	};

	return unit_run("addr", tests);
}
