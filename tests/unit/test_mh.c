/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages: every vector decoded, compared, encoded back, cut and corrupted; then what vectors do not show.
 */
#include <check.h>

#include "base/buf.h"
#include "vector.h"

static struct vector vectors[VECTOR_MAX];
static size_t vector_count;

/* Anew each time: in a debugger or under valgrind all tests are one process. */
static struct vector *load(int i)
{
	free(vectors[i].data);
	vectors[i].len = 0;
	vector_load(&vectors[i]);
	return &vectors[i];
}

static bool is_good(const struct vector *v)
{
	return strcmp(v->result, "OK") == 0;
}

/* Decoded octets in the notation of the .txt files. */
static void add_hex(struct pmip__text *out, const uint8_t *data, size_t len)
{
	pmip__text_add_hex(out, data, len, "");
	pmip__text_add(out, "\n");
}

static void describe_option(struct pmip__text *out, const struct pmip_option *o)
{
	if (o->type == PMIP_OPT_PAD1 || o->type == PMIP_OPT_PADN)
		return;
	pmip__text_add(out, "option %u len %u at %zu ", o->type, o->len, o->offset);
	switch (o->type) {
	case PMIP_OPT_MN_ID:
		pmip__text_add(out, "subtype=%u id=", o->u.mn_id.subtype);
		add_hex(out, o->u.mn_id.id, o->u.mn_id.len);
		return;
	case PMIP_OPT_HNP:
		pmip__text_add(out, "off_link=%d plen=%u prefix=", o->u.hnp.off_link, o->u.hnp.prefix.len);
		add_hex(out, o->u.hnp.prefix.addr.b, 16);
		return;
	case PMIP_OPT_HI:
		pmip__text_add(out, "hi=%u\n", o->u.hi);
		return;
	case PMIP_OPT_ATT:
		pmip__text_add(out, "att=%u\n", o->u.att);
		return;
	case PMIP_OPT_TIMESTAMP:
		pmip__text_add(out, "timestamp=%016llx\n", (unsigned long long)o->u.timestamp);
		return;
	case PMIP_OPT_LL_ID:
		pmip__text_add(out, "ll_id=");
		add_hex(out, o->u.ll_id.b, o->u.ll_id.len);
		return;
	case PMIP_OPT_LLA:
		pmip__text_add(out, "address=");
		add_hex(out, o->u.lla.b, 16);
		return;
	case PMIP_OPT_ALT_COA:
		pmip__text_add(out, "address=");
		add_hex(out, o->u.alt_coa.b, 16);
		return;
	default:
		pmip__text_add(out, "data=");
		add_hex(out, o->data, o->len);
	}
}

static void describe(char *buf, size_t cap, const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip__text out;

	pmip__text_init(&out, buf, cap);
	pmip__text_add(&out, "type %u\n", mh->type);
	if (mh->type == PMIP_MH_BU)
		pmip__text_add(&out, "seq %u\nflags 0x%04x\nlifetime_s %u\n", mh->u.bu.seq, mh->u.bu.flags, mh->u.bu.lifetime_s);
	else if (mh->type == PMIP_MH_BA)
		pmip__text_add(&out, "status %u\nflags 0x%02x\nseq %u\nlifetime_s %u\n", mh->u.ba.status, mh->u.ba.flags,
			       mh->u.ba.seq, mh->u.ba.lifetime_s);
	else
		pmip__text_add(&out, "status %u\nhome_addr ", mh->u.be.status);
	if (mh->type == PMIP_MH_BE)
		add_hex(&out, mh->u.be.home_addr.b, 16);
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		describe_option(&out, &option);
}

/* The result and the place that INDEX names. */
START_TEST(test_result)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_diag diag = {.offset = 9999};
	struct pmip_mh mh;
	int err = pmip_mh_decode(&mh, &dgram, vector_flags(v), &diag);

	ck_assert_msg(strcmp(err == 0 ? "OK" : pmip_err_name(err), v->result) == 0, "%s: %s", v->file, pmip_err_name(err));
	ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), err);
	if (err == 0) {
		ck_assert_uint_eq(diag.offset, 9999);
		return;
	}
	ck_assert_msg(diag.offset == strtoul(v->offset, NULL, 10), "%s: offset %zu", v->file, diag.offset);
	ck_assert_ptr_nonnull(diag.rule);
	ck_assert_ptr_nonnull(diag.ref);
	if (diag.offset > 6 && diag.offset < v->len)
		ck_assert_uint_eq(diag.option, v->data[diag.offset]);
}
END_TEST

static const char *action_name(int err, const struct pmip_diag *diag)
{
	static const char *const names[] = {
		[PMIP_REACT_DROP] = "drop",   [PMIP_REACT_ICMP] = "icmp-pp",            [PMIP_REACT_BINDING_ERROR] = "be",
		[PMIP_REACT_REPLY] = "reply", [PMIP_REACT_FLOW_REJECT] = "flow-reject", [PMIP_REACT_IGNORE] = "ignore-pba",
	};

	return err == 0 ? "accept" : names[diag->reaction];
}

/* What the role does about it, and with which status it answers. */
START_TEST(test_verdict)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_diag diag = {.offset = 0};
	struct pmip_mh mh;
	int err = pmip_mh_decode(&mh, &dgram, vector_flags(v), &diag);

	if (err == 0)
		err = pmip_mh_validate(&mh, v->role, &diag);
	ck_assert_msg(strcmp(err == 0 ? "-" : pmip_err_name(err), v->verdict) == 0, "%s: %s", v->file, pmip_err_name(err));
	ck_assert_msg(strcmp(action_name(err, &diag), v->action) == 0, "%s: %s", v->file, action_name(err, &diag));
	if (err == 0)
		return;
	ck_assert_msg(diag.offset == strtoul(v->offset, NULL, 10), "%s: offset %zu", v->file, diag.offset);
	ck_assert_ptr_nonnull(diag.rule);
	ck_assert_ptr_nonnull(diag.ref);
	if (strcmp(v->status, "-") == 0)
		ck_assert_uint_eq(diag.status, 0);
	else
		ck_assert_msg(diag.status == strtoul(v->status, NULL, 10), "%s: status %u", v->file, diag.status);
}
END_TEST

/* No role objects to a good message. */
START_TEST(test_valid)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_diag diag;
	struct pmip_mh mh;

	if (strncmp(v->file, "good/", 5) != 0)
		return;
	ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), 0);
	/* A global revocation without an identity may come from an LMA only (RFC 5846 section 8.2). */
	for (int role = PMIP_ROLE_ANY; role <= PMIP_ROLE_MAG; role++)
		ck_assert_msg((role == PMIP_ROLE_LMA && strcmp(v->file, "good/bri-global-lma.hex") == 0) || pmip_mh_validate(&mh, (enum pmip_role)role, &diag) == 0,
			      "%s: %s", v->file, diag.rule);
}
END_TEST

/* Every field against what another decoder said. */
START_TEST(test_fields)
{
	static char want[16384], got[16384];
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_mh mh;
	char file[64];
	FILE *f;

	/* Of other messages pmip-decode's test looks at the fields. */
	if (strncmp(v->file, "good/", 5) != 0 || v->data[2] < PMIP_MH_BU || v->data[2] > PMIP_MH_BE)
		return;
	snprintf(file, sizeof(file), "%.*s.txt", (int)(strlen(v->file) - 4), v->file);
	f = vector_open(file);
	want[fread(want, 1, sizeof(want) - 1, f)] = '\0';
	fclose(f);
	ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), 0);
	describe(got, sizeof(got), &mh);
	ck_assert_str_eq(got, want);
}
END_TEST

/* Adds the options again; without padding, the writer must find it itself. Alignment of unknown options it cannot know. */
static int encode(const struct pmip_mh *mh, const struct vector *v, bool with_padding, uint8_t *buf, size_t cap)
{
	struct pmip_option option, pad = {0};
	struct pmip_mh_writer writer;
	struct pmip_option_iter iter;
	bool have_pad = false;

	pmip_mh_begin(&writer, buf, cap, mh);
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0) {
		bool is_pad = option.type == PMIP_OPT_PAD1 || option.type == PMIP_OPT_PADN;

		if (is_pad && !with_padding) {
			pad = option;
			have_pad = true;
			continue;
		}
		if (have_pad && !option.known)
			pmip_mh_add_option(&writer, &pad);
		have_pad = false;
		pmip_mh_add_option(&writer, &option);
	}
	return pmip_mh_finish(&writer, &v->src, &v->dst);
}

static void assert_same(const struct vector *v, const struct pmip_mh *mh, uint8_t *buf, int len)
{
	ck_assert_msg(len == (int)mh->len, "%s: %d octets", v->file, len);
	if (v->no_checksum)
		buf[4] = buf[5] = 0;
	ck_assert_msg(memcmp(buf, v->data, mh->len) == 0, "%s: other octets", v->file);
}

/* Every sub-option of a canonical message is written as it stood. */
static void assert_suboptions(const struct pmip_mh *mh)
{
	struct pmip_suboption_iter subs;
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_suboption sub;
	uint8_t buf[257];

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0) {
		int more;

		pmip_suboption_iter_init(&subs, &option);
		while ((more = pmip_suboption_next(&subs, &sub)) > 0) {
			int len = (int)(subs.offset - sub.offset);

			for (size_t cap = 0; cap < (size_t)len; cap++)
				ck_assert_int_eq(pmip_suboption_write(buf, cap, subs.family, &sub), PMIP_ERR_NOBUF);
			ck_assert_int_eq(pmip_suboption_write(buf, sizeof(buf), subs.family, &sub), len);
			ck_assert_int_eq(memcmp(buf, subs.area.data + sub.offset, (size_t)len), 0);
		}
		ck_assert_int_eq(more, 0);
	}
}

/* GEN-7. The buffer has exactly the octets of the message; one less must fail. */
START_TEST(test_encode)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_mh mh;
	uint8_t *buf;

	if (!v->canonical)
		return;
	ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), 0);
	assert_suboptions(&mh);
	buf = malloc(mh.len);
	ck_assert_ptr_nonnull(buf);
	for (int with_padding = 0; with_padding < 2; with_padding++) {
		memset(buf, 0xee, mh.len);
		assert_same(v, &mh, buf, encode(&mh, v, with_padding, buf, mh.len));
		for (size_t cap = 0; cap < mh.len; cap++)
			ck_assert_int_eq(encode(&mh, v, with_padding, buf, cap), PMIP_ERR_NOBUF);
	}
	free(buf);
}
END_TEST

/* The gathered options, written again in canonical order, give the same message where all options are known. */
START_TEST(test_binding_options)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_binding_options options;
	struct pmip_mh_writer writer;
	struct pmip_option_iter iter;
	struct pmip_option option;
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_mh mh;

	if (!v->canonical)
		return;
	ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), 0);
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option) > 0) {
		bool proxy = option.type >= PMIP_OPT_HNP && option.type <= PMIP_OPT_TIMESTAMP;

		if (!proxy && option.type > PMIP_OPT_PADN && option.type != PMIP_OPT_ALT_COA && option.type != PMIP_OPT_MN_ID)
			return;
	}
	if (mh.type != PMIP_MH_BU && mh.type != PMIP_MH_BA)
		return;
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_binding_options_write(&writer, &options);
	assert_same(v, &mh, buf, pmip_mh_finish(&writer, &v->src, &v->dst));
}
END_TEST

/* Everything that reads a decoded message, so that a sanitizer sees what it touches. */
static void walk(const struct pmip_mh *mh)
{
	struct pmip_binding_options options;
	struct pmip_option_iter iter;
	struct pmip_option option;
	char small[16];
	char *text;
	size_t len;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		;
	ck_assert_uint_eq(iter.offset, mh->len);
	pmip_binding_options_read(&options, mh);
	len = pmip_mh_print(mh, small, sizeof(small));
	ck_assert_uint_lt(strlen(small), sizeof(small));
	text = malloc(len + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(pmip_mh_print(mh, text, len + 1), len);
	ck_assert_uint_eq(strlen(text), len);
	free(text);
}

/* Cut anywhere: refused. Cut with a Header Len to fit: whatever comes out, nothing behind the cut is read. */
START_TEST(test_truncated)
{
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	size_t total = v->len < 2 ? v->len : ((size_t)v->data[1] + 1) * 8;
	struct pmip_mh mh;

	for (size_t len = 0; len < v->len && len < total; len++) {
		uint8_t *cut = vector_copy(v->data, len);

		dgram.data = cut;
		dgram.len = len;
		ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, vector_flags(v), NULL), PMIP_ERR_SHORT);
		if (len >= 8 && len % 8 == 0) {
			cut[1] = (uint8_t)(len / 8 - 1);
			if (pmip_mh_decode(&mh, &dgram, PMIP_DECODE_NO_CHECKSUM, NULL) == 0)
				walk(&mh);
		}
		free(cut);
	}
}
END_TEST

/* One wrong octet: the checksum finds it. Without checksum nothing worse than an error may come of it. */
START_TEST(test_corrupted)
{
	static const uint8_t patterns[] = {0x01, 0x10, 0x80, 0xff};
	struct vector *v = load(_i);
	struct pmip_dgram dgram = vector_dgram(v);
	struct pmip_mh mh;

	if (!is_good(v) || v->len > 512)
		return;
	for (size_t i = 0; i < ((size_t)v->data[1] + 1) * 8; i++) {
		for (size_t p = 0; p < sizeof(patterns); p++) {
			uint8_t was = v->data[i];

			v->data[i] ^= patterns[p];
			if (i == 1)
				ck_assert_int_lt(pmip_mh_decode(&mh, &dgram, 0, NULL), 0);
			else
				ck_assert_int_eq(pmip_mh_decode(&mh, &dgram, 0, NULL), PMIP_ERR_CHECKSUM);
			if (pmip_mh_decode(&mh, &dgram, PMIP_DECODE_NO_CHECKSUM, NULL) == 0)
				walk(&mh);
			v->data[i] = was;
		}
	}
}
END_TEST

/* A small PBU to start from. */
static const struct pmip_mh pbu = {.type = PMIP_MH_BU, .u.bu = {.seq = 7, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 62}};
static const struct pmip_addr src = {{0x20, 0x01, [15] = 1}}, dst = {{0x20, 0x01, [15] = 2}};

static int decode(struct pmip_mh *mh, const uint8_t *buf, int len)
{
	struct pmip_dgram dgram = {.src = src, .dst = dst, .data = buf, .len = (size_t)len};

	ck_assert_int_gt(len, 0);
	return pmip_mh_decode(mh, &dgram, 0, NULL);
}

START_TEST(test_lifetime)
{
	struct pmip_mh mh = pbu, back;
	struct pmip_mh_writer writer;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_uint_eq(back.u.bu.lifetime_s, 60);
	mh.u.bu.lifetime_s = 262140;
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_uint_eq(back.u.bu.lifetime_s, 262140);
	mh.u.bu.lifetime_s = 262144;
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(test_unknown_type)
{
	struct pmip_mh mh = {.type = 200};
	struct pmip_mh_writer writer;
	uint8_t buf[64];
	char text[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_mh_add_option(&writer, &(struct pmip_option){.type = PMIP_OPT_HI});
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_TYPE_UNKNOWN);
	pmip_mh_print(&mh, text, sizeof(text));
	ck_assert_str_eq(text, "Unknown message 200\n");
	mh.type = 10; /* Fast Neighbor Advertisement is withdrawn */
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(writer.err, PMIP_ERR_TYPE_UNKNOWN);
}
END_TEST

/* GEN-8: 2048 octets and not one more, however large the buffer. */
START_TEST(test_largest)
{
	static const uint8_t blob[255];
	static uint8_t buf[PMIP_MH_MAX + 512];
	struct pmip_option option = {.type = 200, .len = 252, .data = blob};
	struct pmip_mh_writer writer;
	struct pmip_mh mh;

	for (uint8_t last = 8; last < 12; last++) {
		pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
		option.len = 252;
		for (int i = 0; i < 7; i++)
			pmip_mh_add_option(&writer, &option);
		option.len = 242;
		pmip_mh_add_option(&writer, &option);
		ck_assert_uint_eq(writer.len, 2034);
		option.len = (uint8_t)(last + 4);
		pmip_mh_add_option(&writer, &option);
		if (last == 8)
			ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
		else
			ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_NOBUF);
	}
	ck_assert_uint_eq(mh.len, PMIP_MH_MAX);
}
END_TEST

/* More prefixes than are kept: decoded, and told. */
START_TEST(test_too_many)
{
	struct pmip_option hnp = {.type = PMIP_OPT_HNP, .u.hnp.prefix = {{{0x20, 0x01, 0x0d, 0xb8}}, 64}};
	struct pmip_option long_id = {.type = PMIP_OPT_LL_ID, .len = 2 + 40, .data = (const uint8_t[42]){0, 0, 1}};
	struct pmip_binding_options options;
	struct pmip_mh_writer writer;
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_mh mh;

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	for (uint8_t i = 0; i < 40; i++) {
		hnp.u.hnp.prefix.addr.b[7] = i;
		pmip_mh_add_option(&writer, &hnp);
	}
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), PMIP_ERR_TOO_MANY);
	ck_assert_uint_eq(options.hnp_count, PMIP_HNP_MAX);
	ck_assert_uint_eq(options.hnp[PMIP_HNP_MAX - 1].prefix.addr.b[7], PMIP_HNP_MAX - 1);

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	pmip_mh_add_option(&writer, &long_id);
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), PMIP_ERR_TOO_MANY);
	ck_assert_uint_eq(options.has & PMIP_HAS_LL_ID, 0);
}
END_TEST

/* RFC 5213 section 8.6: an all-zero link-layer identifier is none. */
START_TEST(test_zero_ll_id)
{
	struct pmip_option option = {.type = PMIP_OPT_LL_ID, .u.ll_id.len = 6};
	struct pmip_binding_options options;
	struct pmip_mh_writer writer;
	struct pmip_mh mh;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	pmip_mh_add_option(&writer, &option);
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
	ck_assert_uint_eq(options.has, 0);
	ck_assert_uint_eq(options.ll_id.len, 0);
}
END_TEST

START_TEST(test_print)
{
	static const uint8_t id[] = {'a', 0x1b, '@', 'b'}, blob[] = {1, 0xff};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID | PMIP_HAS_LLA,
		.mn_id = {1, sizeof(id), id}, .hnp_count = 1, .hnp = {{true, {{{0x20, 0x01, 0x0d, 0xb8}}, 64}}},
		.hi = 3, .att = 99, .timestamp = 0x18000, .ll_id = {2, {0xab, 0xcd}}, .lla = {{0xfe, 0x80, [15] = 1}},
	};
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {.status = 156, .flags = 0x21, .seq = 9, .lifetime_s = 8}};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[256];
	char text[2048];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_binding_options_write(&writer, &options);
	pmip_mh_add_option(&writer, &(struct pmip_option){.type = 200, .len = 2, .data = blob});
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	pmip_mh_print(&back, text, sizeof(text));
	ck_assert_str_eq(text,
			 "Binding Acknowledgement, 96 octets\n"
			 "  Status: 156 (TIMESTAMP_MISMATCH)\n"
			 "  Flags: P+0x1\n"
			 "  Sequence: 9\n"
			 "  Lifetime: 8 s\n"
			 "  Mobile Node Identifier\n"
			 "    Identifier: a\\x1b@b\n"
			 "  Home Network Prefix\n"
			 "    Off-link: yes\n"
			 "    Prefix: 2001:db8::/64\n"
			 "  Handoff Indicator\n"
			 "    Value: 3 (handoff between MAGs)\n"
			 "  Access Technology Type\n"
			 "    Value: 99\n"
			 "  Timestamp\n"
			 "    Time: 1.500000 s\n"
			 "  Mobile Node Link-layer Identifier\n"
			 "    Identifier: ab:cd\n"
			 "  Link-local Address\n"
			 "    Address: fe80::1\n"
			 "  Unknown option 200, 2 octets: 01ff\n");
	ck_assert_uint_eq(pmip_mh_print(&back, NULL, 0), strlen(text));
}
END_TEST

START_TEST(test_flowmob_option) /* PAP-2: a Home Network Prefix option but for the type, aligned like one or not at all */
{
	const bool unaligned = _i;
	const size_t at = unaligned ? 16 : 20;
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID, .mn_id = {1, 1, (const uint8_t *)"a"}, .hnp_count = 1, .hnp = {{true, {{{0x20, 0x01, 0x0d, 0xb8}}, 64}}},
		.flowmob_type = 200,
	};
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {.flags = PMIP_BA_P}};
	struct pmip_binding_options read = {.hnp_count = 0};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	writer.unaligned = unaligned;
	pmip_binding_options_write(&writer, &options);
	ck_assert_uint_eq(writer.len, at + 20);
	ck_assert_uint_eq(buf[at], 200);
	ck_assert_uint_eq(buf[at + 1], 18);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read_flowmob(&read, &back, 200), 0);
	ck_assert_uint_eq(read.hnp_count, 1);
	ck_assert(read.hnp[0].off_link);
	ck_assert(pmip_prefix_equal(&read.hnp[0].prefix, &options.hnp[0].prefix));
	pmip_mh_begin(&writer, buf, at + 19, &mh);
	writer.unaligned = unaligned;
	pmip_binding_options_write(&writer, &options);
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_NOBUF);
}
END_TEST

START_TEST(test_binding_error)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be = {.status = PMIP_BE_UNKNOWN_TYPE}};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[24];
	char text[256];

	for (uint8_t status = 1; status <= 3; status++) {
		mh.u.be.status = status;
		pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
		ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
		ck_assert_uint_eq(back.u.be.status, status);
		pmip_mh_print(&back, text, sizeof(text));
		ck_assert_int_eq(strstr(text, " (un") != NULL, status < 3);
	}
}
END_TEST

START_TEST(test_status_name)
{
	size_t names = 0;

	ck_assert_str_eq(pmip_status_name(PMIP_STATUS_TIMESTAMP_MISMATCH), "TIMESTAMP_MISMATCH");
	ck_assert_str_eq(pmip_status_name(0), "Binding Update accepted");
	ck_assert_str_eq(pmip_status_name(180), "CANNOT_SUPPORT_MULTIPATH_BINDING");
	ck_assert_ptr_null(pmip_status_name(7));
	ck_assert_ptr_null(pmip_status_name(255));
	for (unsigned int status = 0; status < 256; status++)
		names += pmip_status_name((uint8_t)status) != NULL;
	ck_assert_uint_eq(names, 7 + 53);
}
END_TEST

/* RFC 5213 section 8.8, and the example of 2010-01-01T00:00:00.5Z. */
START_TEST(test_timestamp)
{
	ck_assert_uint_eq(pmip_timestamp_from_us(1262304000500000), 0x00004b3d3b008000);
	ck_assert_uint_eq(pmip_timestamp_to_us(0x00004b3d3b008000), 1262304000500000);
	ck_assert_uint_eq(pmip_timestamp_from_us(0), 0);
	ck_assert_uint_eq(pmip_timestamp_from_us(999999), 0xffff);
	ck_assert_uint_eq(pmip_timestamp_to_us(1), 15);
	ck_assert_uint_eq(pmip_timestamp_to_us(UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(pmip_timestamp_to_us((18446744073709ULL << 16) | 0xffff), UINT64_MAX);
	ck_assert_uint_eq(pmip_timestamp_to_us(18446744073709ULL << 16), 18446744073709000000ULL);
	ck_assert_uint_eq(pmip_timestamp_from_us(UINT64_MAX) >> 16, 18446744073709ULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mh");
	TCase *vector_case = tcase_create("vectors"), *own_case = tcase_create("own");
	SRunner *runner = srunner_create(suite);
	int failed;

	vector_count = vector_index(vectors);
	tcase_add_loop_test(vector_case, test_result, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_verdict, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_valid, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_fields, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_encode, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_binding_options, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_truncated, 0, (int)vector_count);
	tcase_add_loop_test(vector_case, test_corrupted, 0, (int)vector_count);
	tcase_set_timeout(vector_case, 60); /* under valgrind on a busy machine */
	suite_add_tcase(suite, vector_case);
	tcase_add_test(own_case, test_lifetime);
	tcase_add_test(own_case, test_unknown_type);
	tcase_add_test(own_case, test_largest);
	tcase_add_test(own_case, test_too_many);
	tcase_add_test(own_case, test_zero_ll_id);
	tcase_add_test(own_case, test_print);
	tcase_add_loop_test(own_case, test_flowmob_option, 0, 2);
	tcase_add_test(own_case, test_binding_error);
	tcase_add_test(own_case, test_status_name);
	tcase_add_test(own_case, test_timestamp);
	suite_add_tcase(suite, own_case);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
