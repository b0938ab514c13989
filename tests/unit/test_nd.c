/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of the access links: what a mobile node's show, what ours look like. RFC:
 * 4861 4.1-4.4, 6.1.1, 7.1; 3810 5.1; 6085. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/nd.h"
#include "unit.h"

static const uint8_t mag_mac[6] = {0x00, 0x00, 0x5e, 0x00, 0x52, 0x13};
static const uint8_t mn_mac[6] = {0x02, 0, 0, 0, 0, 0x01};
static const struct pmip_addr mag_ll = {
	{0xfe, 0x80, [8] = 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}};
static const struct pmip_addr mn_ll = {{0xfe, 0x80, [15] = 1}};

/* Written apart from the code under test, octet pair by octet pair over a copy. */
static uint16_t sum_of(const uint8_t *frame, size_t at, size_t len)
{
	uint64_t sum = 58 + (len - at);

	for (size_t i = 22; i < 54; i += 2)
		sum += (uint64_t)frame[i] * 256 + frame[i + 1];
	for (size_t i = at; i < len; i += 2)
		sum += (uint64_t)frame[i] * 256 + (i + 1 < len ? frame[i + 1] : 0);
	return (uint16_t)(sum % 65535);
}

static void fix_sum(uint8_t *frame, size_t at, size_t len)
{
	uint16_t sum;

	frame[at + 2] = frame[at + 3] = 0;
	sum = (uint16_t)(65535 - sum_of(frame, at, len));
	frame[at + 2] = (uint8_t)(sum >> 8);
	frame[at + 3] = (uint8_t)sum;
}

/* A message of the mobile node: type, then body; hbh: behind a router alert. */
static size_t make(uint8_t *frame, uint8_t type, const struct pmip_addr *src, const void *body,
		   size_t len, bool hbh)
{
	static const uint8_t alert[8] = {58, 0, 5, 2, 0, 0, 1, 0};
	size_t at = hbh ? 62 : 54, payload = at - 54 + 4 + len;

	memset(frame, 0, 54);
	memcpy(frame, mag_mac, 6);
	memcpy(frame + 6, mn_mac, 6);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	frame[14] = 0x60;
	frame[18] = (uint8_t)(payload >> 8);
	frame[19] = (uint8_t)payload;
	frame[20] = hbh ? 0 : 58;
	frame[21] = hbh ? 1 : 255;
	memcpy(frame + 22, src, 16);
	frame[38] = 0xff;
	frame[39] = 0x02;
	frame[53] = 0x02;
	if (hbh)
		memcpy(frame + 54, alert, 8);
	frame[at] = type;
	frame[at + 1] = 0;
	memcpy(frame + at + 4, body, len);
	fix_sum(frame, at, at + 4 + len);
	return at + 4 + len;
}

/* From a heap block of just that size, so that one octet too many is seen by the sanitizer. */
static struct pmip__nd_seen seen(const uint8_t *frame, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct pmip__nd_seen s;

	ck_assert_ptr_nonnull(exact);
	memcpy(exact, frame, len);
	pmip__nd_read(&s, exact, len);
	free(exact);
	return s;
}

static size_t make_rs(uint8_t *frame, const struct pmip_addr *src, bool slla)
{
	uint8_t body[12] = {0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1};

	return make(frame, 133, src, body, slla ? 12 : 4, false);
}

START_TEST(router_solicitation)
{
	uint8_t frame[256];
	size_t len = make_rs(frame, &mn_ll, true);
	struct pmip__nd_seen s = seen(frame, len);

	ck_assert_int_eq(s.kind, PMIP__ND_SOLICIT);
	ck_assert_mem_eq(s.mac, mn_mac, 6);
	ck_assert(s.has_addr);
	ck_assert(pmip_addr_equal(&s.addr, &mn_ll));
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(seen(frame, i).kind, PMIP__ND_NOTHING);
	len = make_rs(frame, &(struct pmip_addr){{0}}, false);
	s = seen(frame, len);
	ck_assert_int_eq(s.kind, PMIP__ND_SOLICIT);
	ck_assert(!s.has_addr);
}
END_TEST

static void assert_nothing_if(size_t at, uint8_t value, bool fix)
{
	uint8_t frame[256];
	size_t len = make_rs(frame, &mn_ll, true);

	frame[at] = value;
	if (fix)
		fix_sum(frame, 54, len);
	ck_assert_msg(seen(frame, len).kind == PMIP__ND_NOTHING, "octet %zu = %u", at, value);
}

/* RFC 4861 section 6.1.1, point by point. */
START_TEST(invalid_solicitations)
{
	uint8_t frame[256];
	size_t len;

	assert_nothing_if(21, 254, true);   /* hop limit */
	assert_nothing_if(56, 0x55, false); /* checksum */
	assert_nothing_if(55, 1, true);	    /* code */
	assert_nothing_if(63, 0, true);	    /* option length 0 */
	assert_nothing_if(63, 2, true);	    /* option beyond the end */
	assert_nothing_if(6, 0x03, true);   /* group as Ethernet source */
	assert_nothing_if(22, 0xff, true);  /* group as IPv6 source */
	assert_nothing_if(14, 0x40, true);  /* not IPv6 */
	assert_nothing_if(12, 0x08, true);
	assert_nothing_if(19, 200, true); /* payload longer than the frame */
	assert_nothing_if(54, 134, true); /* only routers send these */
	assert_nothing_if(54, 137, true);
	assert_nothing_if(54, 128, true);
	len = make_rs(frame, &(struct pmip_addr){{0}}, true);
	ck_assert_int_eq(seen(frame, len).kind, PMIP__ND_NOTHING);
	len = make(frame, 133, &mn_ll, "", 0, false); /* four octets */
	ck_assert_int_eq(seen(frame, len).kind, PMIP__ND_NOTHING);
}
END_TEST

START_TEST(neighbour_messages)
{
	uint8_t frame[256], body[20] = {0};
	struct pmip__nd_seen s;
	size_t len;

	memcpy(body + 4, &mn_ll, 16);
	s = seen(frame, make(frame, 136, &mn_ll, body, 20, false));
	ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
	ck_assert(s.has_addr);
	ck_assert(pmip_addr_equal(&s.claimed, &mn_ll));
	/* It may have several addresses, and claim one from another. */
	s = seen(frame, make(frame, 136, &mag_ll, body, 20, false));
	ck_assert(pmip_addr_equal(&s.addr, &mag_ll) && pmip_addr_equal(&s.claimed, &mn_ll));
	s = seen(frame, make(frame, 135, &mag_ll, body, 20, false));
	ck_assert(pmip_addr_is_unspecified(&s.claimed));
	/* Duplicate address detection names the address to be. */
	s = seen(frame, make(frame, 135, &(struct pmip_addr){{0}}, body, 20, false));
	ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
	ck_assert(s.has_addr && pmip_addr_equal(&s.addr, &mn_ll));
	ck_assert_int_eq(
		seen(frame, make(frame, 136, &(struct pmip_addr){{0}}, body, 20, false)).kind,
		PMIP__ND_NOTHING);
	ck_assert_int_eq(seen(frame, make(frame, 135, &mn_ll, body, 16, false)).kind,
			 PMIP__ND_NOTHING);
	body[4] = 0xff;
	ck_assert_int_eq(seen(frame, make(frame, 135, &mn_ll, body, 20, false)).kind,
			 PMIP__ND_NOTHING);
	/* From a global address: a sign, but no link-local address to probe. */
	body[4] = 0xfe;
	len = make(frame, 135, &(struct pmip_addr){{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, body, 20,
		   false);
	s = seen(frame, len);
	ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
	ck_assert(!s.has_addr);
}
END_TEST

START_TEST(listener_reports)
{
	static const uint8_t types[] = {131, 132, 143};
	uint8_t frame[256], body[24] = {0, 0, 0, 1, 4};
	struct pmip__nd_seen s;
	size_t len;

	for (size_t i = 0; i < sizeof(types); i++) {
		len = make(frame, types[i], &mn_ll, body, 24, true);
		s = seen(frame, len);
		ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
		ck_assert(s.has_addr && pmip_addr_equal(&s.addr, &mn_ll));
		ck_assert_int_eq(seen(frame, len - 1).kind, PMIP__ND_NOTHING);
	}
	ck_assert_int_eq(seen(frame, make(frame, 130, &mn_ll, body, 24, true)).kind,
			 PMIP__ND_NOTHING);
	ck_assert_int_eq(seen(frame, make(frame, 143, &mn_ll, body, 24, false)).kind,
			 PMIP__ND_NOTHING);
	len = make(frame, 143, &mn_ll, body, 24, true);
	frame[55] = 1; /* a longer hop-by-hop header */
	ck_assert_int_eq(seen(frame, len).kind, PMIP__ND_NOTHING);
}
END_TEST

START_TEST(router_advertisement) /* RA-2, RA-3, RA-4 */
{
	/* clang-format off */
	static const uint8_t expected[] = {
		0x02, 0, 0, 0, 0, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x52, 0x13, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 64, 58, 255,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 1, 0x00, 0x00, 0x5e, 0x00, 0x52, 0x13,
		5, 1, 0, 0, 0, 0, 0x05, 0xb4,
		3, 4, 64, 0xc0, 0, 0, 0x02, 0x58, 0, 0, 0x02, 0x58, 0, 0, 0, 0,
		0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	/* clang-format on */
	struct pmip_ra ra = {
		.link = 3,
		.ll_id = {.len = 6, .b = {2, 0, 0, 0, 0, 1}},
		.src = mag_ll,
		.router_lifetime_s = 1800,
		.lifetime_s = 600,
		.mtu = 1460,
		.prefix_count = 1,
		.prefix = {{.addr = {{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2}}, .len = 64}}};
	uint8_t frame[PMIP__ND_FRAME_MAX];
	size_t len = pmip__nd_write_ra(frame, mag_mac, &ra);

	ck_assert_uint_eq(len, sizeof(expected));
	ck_assert_uint_eq(sum_of(frame, 54, len), 0);
	frame[56] = frame[57] = 0;
	ck_assert_mem_eq(frame, expected, len);
	ra.ll_id.len = 0;
	ra.mtu = 0;
	ra.prefix_count = PMIP_HNP_MAX;
	len = pmip__nd_write_ra(frame, mag_mac, &ra);
	ck_assert_uint_eq(len, 54 + 16 + 8 + 32 * PMIP_HNP_MAX);
	ck_assert_mem_eq(frame, "\x33\x33\0\0\0\x01", 6);
	ck_assert_uint_eq(sum_of(frame, 54, len), 0);
}
END_TEST

START_TEST(neighbour_solicitation)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];
	size_t len = pmip__nd_write_ns(frame, mag_mac, &mag_ll, mn_mac, &mn_ll);
	struct pmip__nd_seen s = seen(frame, len);

	ck_assert_uint_eq(len, 54 + 32);
	ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
	ck_assert(pmip_addr_equal(&s.addr, &mag_ll));
	ck_assert_mem_eq(frame, mn_mac, 6);
	ck_assert_mem_eq(frame + 38, &mn_ll, 16);
	ck_assert_mem_eq(frame + 62, &mn_ll, 16);
	ck_assert_mem_eq(frame + 78, "\x01\x01\x00\x00\x5e\x00\x52\x13", 8);
}
END_TEST

START_TEST(duplicate_address_detection) /* MAG-18 */
{
	uint8_t frame[PMIP__ND_FRAME_MAX];
	size_t len = pmip__nd_write_dad(frame, mag_mac, &mag_ll);
	struct pmip__nd_seen s = seen(frame, len);

	ck_assert_uint_eq(len, 54 + 24);
	ck_assert_int_eq(s.kind, PMIP__ND_SIGN);
	ck_assert(pmip_addr_equal(&s.addr, &mag_ll));
	ck_assert_mem_eq(frame, "\x33\x33\xff\x00\x52\x13", 6);
	ck_assert_mem_eq(frame + 22, &(struct pmip_addr){0}, 16);
	ck_assert_mem_eq(frame + 38, "\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff\x00\x52\x13", 16);
	ck_assert_mem_eq(frame + 62, &mag_ll, 16);
}
END_TEST

START_TEST(listener_query)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];
	size_t len = pmip__nd_write_query(frame, mag_mac, &mag_ll);

	ck_assert_uint_eq(len, 62 + 28);
	ck_assert_uint_eq(frame[62], 130);
	ck_assert_uint_eq(frame[21], 1);
	ck_assert_mem_eq(frame + 54, "\x3a\x00\x05\x02\x00\x00\x01\x00", 8);
	ck_assert_uint_eq(sum_of(frame, 62, len), 0);
}
END_TEST

/* Classic BPF, as far as the filter goes: it must let pass all that pmip__nd_read() takes. */
static uint32_t filter_run(const uint8_t *frame, size_t len)
{
	uint32_t a = 0;

	for (unsigned int pc = 0; pc < pmip__nd_filter.len; pc++) {
		const struct sock_filter *i = &pmip__nd_filter.filter[pc];
		bool yes;

		switch (i->code) {
		case BPF_LD | BPF_H | BPF_ABS:
			if (i->k + 2 > len)
				return 0;
			a = (uint32_t)(frame[i->k] << 8 | frame[i->k + 1]);
			continue;
		case BPF_LD | BPF_B | BPF_ABS:
			if (i->k + 1 > len)
				return 0;
			a = frame[i->k];
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		default:
			ck_abort_msg("instruction %u is unknown here", pc);
		}
		pc += yes ? i->jt : i->jf;
	}
	ck_abort_msg("the filter runs off its end");
}

START_TEST(the_filter_passes_what_counts)
{
	uint8_t frame[256], body[20] = {0};
	size_t len;

	memcpy(body + 4, &mn_ll, 16);
	for (unsigned int type = 0; type < 256; type++) {
		bool nd = type >= 131 && type <= 136, mld = nd || type == 143;

		len = make(frame, (uint8_t)type, &mn_ll, body, 20, false);
		ck_assert_msg((filter_run(frame, len) != 0) == mld, "type %u", type);
		if (seen(frame, len).kind != PMIP__ND_NOTHING)
			ck_assert_uint_ne(filter_run(frame, len), 0);
		frame[21] = 64;
		ck_assert_uint_eq(filter_run(frame, len), 0);
		len = make(frame, (uint8_t)type, &mn_ll, body, 20, true);
		ck_assert_msg((filter_run(frame, len) != 0) == mld, "type %u behind hop-by-hop",
			      type);
		frame[54] = 17;
		ck_assert_uint_eq(filter_run(frame, len), 0);
	}
	len = make_rs(frame, &mn_ll, true);
	frame[20] = 6;
	ck_assert_uint_eq(filter_run(frame, len), 0);
	frame[12] = 0x08;
	ck_assert_uint_eq(filter_run(frame, len), 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		router_solicitation, invalid_solicitations, neighbour_messages, listener_reports,
		router_advertisement, neighbour_solicitation, duplicate_address_detection, listener_query, the_filter_passes_what_counts, NULL,
	};

	return unit_run("nd", tests);
}
