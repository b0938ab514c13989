/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a few hundred messages with varied values, each as a line: what was put in (name=value), then "octets=" and the
 * message in hexadecimal. check-tshark.py has another implementation read them.
 */
#include <stdio.h>
#include <string.h>

#include <pmip/wire.h>

#define MESSAGES 300

static uint64_t state = 5213;

/* The same numbers on each run (a linear congruential generator). */
static uint32_t next(uint32_t below)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(state >> 33) % below;
}

static struct pmip_addr next_addr(uint8_t first, uint8_t second)
{
	struct pmip_addr addr = {{first, second}};

	for (size_t i = 8; i < 16; i++)
		addr.b[i] = (uint8_t)next(256);
	return addr;
}

static void print_addr(const char *name, const struct pmip_addr *addr)
{
	char buf[PMIP_ADDR_STRLEN];

	printf("%s=%s ", name, pmip_addr_format(addr, buf));
}

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
	printf("%s=", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	putchar(' ');
}

/* Each subtype of RFC 8371 comes around; most are NAIs. */
static void fill_mn_id(struct pmip_binding_options *o, char nai[PMIP_MNID_MAX + 1])
{
	static const uint8_t lengths[] = {[2] = 16, [3] = 8, [4] = 4, [5] = 6, [6] = 8, [7] = 10, [8] = 14};
	uint8_t subtype = next(3) == 0 ? (uint8_t)(2 + next(7)) : 1;

	memset(nai, 0, PMIP_MNID_MAX + 1);
	if (subtype == 1)
		o->mn_id.len = (uint8_t)snprintf(nai, PMIP_MNID_MAX, "mn%u@%.*s.example.com", next(100000), (int)next(60),
						 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz");
	else
		o->mn_id.len = lengths[subtype];
	for (size_t i = 0; subtype != 1 && i < o->mn_id.len; i++)
		nai[i] = (char)('a' + next(26));
	o->mn_id.subtype = subtype;
	o->mn_id.id = (const uint8_t *)nai;
}

static void fill(struct pmip_binding_options *o, char nai[PMIP_MNID_MAX + 1])
{
	memset(o, 0, sizeof(*o));
	o->has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT;
	fill_mn_id(o, nai);
	o->hnp_count = 1 + next(PMIP_HNP_MAX);
	for (unsigned int i = 0; i < o->hnp_count; i++) {
		o->hnp[i].prefix.addr = (struct pmip_addr){{0x20, 0x01, 0x0d, 0xb8, (uint8_t)i, (uint8_t)next(256)}};
		o->hnp[i].prefix.len = (uint8_t)(48 + next(81));
	}
	/* A request for a prefix. */
	if (next(4) == 0) {
		o->hnp_count = 1;
		memset(&o->hnp[0], 0, sizeof(o->hnp[0]));
	}
	o->hi = (uint8_t)next(8);
	o->att = (uint8_t)next(16);
	if (next(8) != 0) {
		o->has |= PMIP_HAS_TIMESTAMP;
		/* The half second survives tshark's arithmetic without rounding. */
		o->timestamp = (1000000000ULL + next(1000000000)) << 16 | (uint64_t)next(2) << 15;
	}
	if (next(4) != 0) {
		o->has |= PMIP_HAS_LL_ID;
		o->ll_id.len = next(2) == 0 ? 6 : (uint8_t)(1 + next(PMIP_LLID_MAX));
		for (size_t i = 0; i < o->ll_id.len; i++)
			o->ll_id.b[i] = (uint8_t)(1 + next(255));
	}
	if (next(3) == 0) {
		o->has |= PMIP_HAS_LLA;
		o->lla = next(2) == 0 ? (struct pmip_addr){{0}} : next_addr(0xfe, 0x80);
	}
	if (next(3) == 0) {
		o->has |= PMIP_HAS_ALT_COA;
		o->alt_coa = next_addr(0x20, 0x01);
	}
}

static void print_options(const struct pmip_binding_options *o)
{
	char buf[PMIP_PREFIX_STRLEN];

	printf("mnid_subtype=%u ", o->mn_id.subtype);
	print_hex("mnid", o->mn_id.id, o->mn_id.len);
	for (unsigned int i = 0; i < o->hnp_count; i++)
		printf("hnp=%s ", pmip_prefix_format(&o->hnp[i].prefix, buf));
	printf("hi=%u att=%u ", o->hi, o->att);
	if (o->has & PMIP_HAS_TIMESTAMP)
		printf("timestamp=%llu.%u ", (unsigned long long)(o->timestamp >> 16), o->timestamp & 0x8000 ? 5 : 0);
	if (o->has & PMIP_HAS_LL_ID)
		print_hex("ll_id", o->ll_id.b, o->ll_id.len);
	if (o->has & PMIP_HAS_LLA)
		print_addr("lla", &o->lla);
	if (o->has & PMIP_HAS_ALT_COA)
		print_addr("alt_coa", &o->alt_coa);
}

static void print_fixed(const struct pmip_mh *mh)
{
	printf("type=%u ", mh->type);
	if (mh->type == PMIP_MH_BU)
		printf("seq=%u flags=%u lifetime_s=%u ", mh->u.bu.seq, mh->u.bu.flags, mh->u.bu.lifetime_s);
	else if (mh->type == PMIP_MH_BA)
		printf("status=%u seq=%u flags=%u lifetime_s=%u ", mh->u.ba.status, mh->u.ba.seq, mh->u.ba.flags, mh->u.ba.lifetime_s);
	else
		printf("status=%u ", mh->u.be.status);
	if (mh->type == PMIP_MH_BE)
		print_addr("home_addr", &mh->u.be.home_addr);
}

static struct pmip_mh next_message(unsigned int i)
{
	struct pmip_mh mh = {.type = i % 20 == 19 ? PMIP_MH_BE : i % 2 == 0 ? PMIP_MH_BU : PMIP_MH_BA};

	if (mh.type == PMIP_MH_BU)
		mh.u.bu = (struct pmip_bu){(uint16_t)next(65536), (uint16_t)(PMIP_BU_P | next(4096) << 4), next(65536) * 4};
	else if (mh.type == PMIP_MH_BA)
		mh.u.ba = (struct pmip_ba){(uint8_t)next(256), (uint8_t)(PMIP_BA_P | next(32) << 3), (uint16_t)next(65536),
					   next(65536) * 4};
	else
		mh.u.be = (struct pmip_be){(uint8_t)(1 + next(2)), next_addr(0x20, 0x01)};
	return mh;
}

int main(void)
{
	for (unsigned int i = 0; i < MESSAGES; i++) {
		struct pmip_addr src = next_addr(0x20, 0x01), dst = next_addr(0x20, 0x01);
		struct pmip_mh mh = next_message(i);
		struct pmip_binding_options options;
		struct pmip_mh_writer writer;
		char nai[PMIP_MNID_MAX + 1];
		uint8_t buf[PMIP_MH_MAX];
		int len;

		print_addr("src", &src);
		print_addr("dst", &dst);
		print_fixed(&mh);
		pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
		if (mh.type != PMIP_MH_BE) {
			fill(&options, nai);
			print_options(&options);
			pmip_binding_options_write(&writer, &options);
		}
		len = pmip_mh_finish(&writer, &src, &dst);
		if (len < 0) {
			fprintf(stderr, "message %u: %s\n", i, pmip_strerror(len));
			return 1;
		}
		print_hex("octets", buf, (size_t)len);
		putchar('\n');
	}
	return 0;
}
