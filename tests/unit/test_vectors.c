/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages as data: every vector decoded, compared, encoded back, cut and corrupted. */
#include "unit.h"
#include "vector.h"

#include "base/buf.h"

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
	int err = pmip_mh_decode(&mh, &diag, &dgram, vector_flags(v));

	ck_assert_msg(strcmp(err == 0 ? "OK" : pmip_err_name(err), v->result) == 0, "%s: %s", v->file, pmip_err_name(err));
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), err);
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
	int err = pmip_mh_decode(&mh, &diag, &dgram, vector_flags(v));

	if (err == 0)
		err = pmip_mh_validate(&mh, &diag, v->role);
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
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), 0);
	/* A global revocation without an identity may come from an LMA only (RFC 5846 section 8.2). */
	for (int role = PMIP_ROLE_ANY; role <= PMIP_ROLE_MAG; role++)
		ck_assert_msg((role == PMIP_ROLE_LMA && strcmp(v->file, "good/bri-global-lma.hex") == 0) || pmip_mh_validate(&mh, &diag, (enum pmip_role)role) == 0,
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
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), 0);
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
				ck_assert_int_eq(pmip_suboption_encode(buf, cap, subs.family, &sub), PMIP_ERR_NOBUF);
			ck_assert_int_eq(pmip_suboption_encode(buf, sizeof(buf), subs.family, &sub), len);
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
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), 0);
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
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), 0);
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
		ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, vector_flags(v)), PMIP_ERR_SHORT);
		if (len >= 8 && len % 8 == 0) {
			cut[1] = (uint8_t)(len / 8 - 1);
			if (pmip_mh_decode(&mh, NULL, &dgram, PMIP_DECODE_NO_CHECKSUM) == 0)
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
				ck_assert_int_lt(pmip_mh_decode(&mh, NULL, &dgram, 0), 0);
			else
				ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, 0), PMIP_ERR_CHECKSUM);
			if (pmip_mh_decode(&mh, NULL, &dgram, PMIP_DECODE_NO_CHECKSUM) == 0)
				walk(&mh);
			v->data[i] = was;
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vectors");
	TCase *tcase = tcase_create("vectors");

	vector_count = vector_index(vectors);
	tcase_add_loop_test(tcase, test_result, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_verdict, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_valid, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_fields, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_encode, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_binding_options, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_truncated, 0, (int)vector_count);
	tcase_add_loop_test(tcase, test_corrupted, 0, (int)vector_count);
	tcase_set_timeout(tcase, 60); /* under valgrind on a busy machine */
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
