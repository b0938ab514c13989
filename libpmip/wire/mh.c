/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages. Decoding follows the receive checks of RFC 6275 section 9.2 in this order, the first failure decides:
 *   1. fewer octets than a header, or than Header Len announces
 *   2. checksum
 *   3. MH Type
 *   4. Payload Proto
 *   5. Header Len against the type's minimum
 *   6. what the fixed part itself may not say: a count, a subtype
 *   7. every option: length, value, repetition, order
 * pmip_diag says what the receiver is to do about it.
 */
#include <string.h>

#include <pmip/wire.h>

#include "base/mnid.h"
#include "wire/checksum.h"
#include "wire/field.h"
#include "wire/mh_table.h"
#include "wire/option.h"
#include "wire/option_table.h"

#define PAYLOAD_PROTO_OFFSET 0
#define HDR_LEN_OFFSET 1
#define TYPE_OFFSET 2
#define CHECKSUM_OFFSET 4
#define MH_MIN 8            /* octets of the shortest message */
#define NO_NEXT_HEADER 59   /* the only Payload Proto (RFC 6275 section 6.1.1) */
#define REF_RECEIVE "RFC 6275 9.2"

/* Options with a same() rule that are held against later ones. A bound keeps decoding linear; whoever sends more such options
 * sends more than PMIP_HNP_MAX, which is refused anyway. */
#define SAME_MAX 16

/* Octets of the message by its Header Len. */
static size_t announced(const struct pmip_dgram *dgram)
{
	return ((size_t)dgram->data[HDR_LEN_OFFSET] + 1) * 8;
}

static int fail(struct pmip_diag *diag, int err, size_t offset, const char *rule, const char *ref)
{
	if (diag != NULL)
		*diag = (struct pmip_diag){.offset = offset, .rule = rule, .ref = ref};
	return err;
}

static int answer(struct pmip_diag *diag, int err, enum pmip_reaction reaction, uint8_t status)
{
	if (diag != NULL) {
		diag->reaction = reaction;
		diag->status = status;
	}
	return err;
}

/* len: of the message, 0 = what Header Len announces. */
static int check_header(struct pmip_mh *mh, const struct pmip_dgram *dgram, unsigned int flags, size_t len, struct pmip_diag *diag)
{
	const uint8_t *data = dgram->data;

	if (dgram->len < MH_MIN)
		return fail(diag, PMIP_ERR_SHORT, dgram->len, "fewer than 8 octets", REF_RECEIVE);
	mh->type = data[TYPE_OFFSET];
	mh->len = len > 0 ? len : announced(dgram);
	if (mh->len > dgram->len)
		return fail(diag, PMIP_ERR_SHORT, HDR_LEN_OFFSET, "Header Len announces more octets than there are", REF_RECEIVE);
	if ((flags & PMIP_DECODE_NO_CHECKSUM) == 0 &&
	    pmip__checksum(dgram, mh->len) != (data[CHECKSUM_OFFSET] << 8 | data[CHECKSUM_OFFSET + 1]))
		return fail(diag, PMIP_ERR_CHECKSUM, CHECKSUM_OFFSET, "wrong checksum", "RFC 6275 6.1.1");
	return 0;
}

static int check_type(const struct pmip_mh *mh, const struct pmip_mh_info *row, const struct pmip_dgram *dgram, struct pmip_diag *diag)
{
	int err;

	if (row == NULL) {
		err = fail(diag, PMIP_ERR_TYPE_UNKNOWN, TYPE_OFFSET, "MH Type not known", REF_RECEIVE);
		/* RFC 6275 section 9.3.3: no Binding Error to what is no node's address. */
		return pmip_addr_is_unicast(&dgram->src) ? answer(diag, err, PMIP_REACT_BINDING_ERROR, PMIP_BE_UNKNOWN_TYPE) : err;
	}
	if (dgram->data[PAYLOAD_PROTO_OFFSET] != NO_NEXT_HEADER)
		err = fail(diag, PMIP_ERR_PAYLOAD_PROTO, PAYLOAD_PROTO_OFFSET, "Payload Proto is not 59", REF_RECEIVE);
	else if (mh->len < ((size_t)row->hdr_len_min + 1) * 8)
		err = fail(diag, PMIP_ERR_HDR_LEN, HDR_LEN_OFFSET, "Header Len below the minimum of the MH Type", row->ref);
	else
		return 0;
	return answer(diag, err, PMIP_REACT_ICMP, 0);
}

/* The fixed part; mh has its type, length and octets. */
static int read_fixed(struct pmip_mh *mh, struct pmip_diag *diag)
{
	const struct pmip_mh_info *row;
	struct pmip__reader reader;
	const char *rule = NULL;
	int err;

	pmip__mh_read_subtype(mh, mh->data);
	row = pmip_mh_info(mh);
	if (row == NULL)
		return fail(diag, PMIP_ERR_VALUE, PMIP__MH_HEADER, "neither the indication nor the acknowledgement", pmip__mh_row(mh->type)->ref);
	pmip__reader_init(&reader, mh->data, mh->len);
	pmip__get(&reader, PMIP__MH_HEADER);
	err = pmip__fields_read(row->fields, mh, &reader, &rule);
	mh->options_offset = reader.pos;
	return err < 0 ? fail(diag, err, PMIP__MH_HEADER, rule, row->ref) : 0;
}

/* What the options before this one leave to be checked. */
struct seen {
	bool type[256];                    /* this type stood before */
	struct pmip_option same[SAME_MAX]; /* options whose type has a same() rule */
	size_t same_count;
	struct pmip_option last;           /* one that only padding may follow, when have_last */
	bool have_last;
};

/* row: of the option, NULL = it is not known. */
static int check_repetition(struct seen *seen, const struct pmip_option *option, const struct pmip__option_row *row, uint8_t mh_type,
			    const char **rule)
{
	if (row == NULL)
		return 0;
	if (seen->type[option->type] && !row->info.repeats && (row->repeats_in & 1u << mh_type) == 0) {
		*rule = "the option may stand once only";
		return PMIP_ERR_OPT_DUP;
	}
	seen->type[option->type] = true;
	if (row->same == NULL)
		return 0;
	for (size_t i = 0; i < seen->same_count; i++) {
		if (seen->same[i].type == option->type && row->same(&seen->same[i], option)) {
			*rule = "the option stands twice with the same value";
			return PMIP_ERR_OPT_DUP;
		}
	}
	if (seen->same_count < SAME_MAX)
		seen->same[seen->same_count++] = *option;
	return 0;
}

/* RFC 6275 section 6.2.7. The fault is that of the option that should have been the last one. */
static int check_order(struct seen *seen, struct pmip_option *option, const struct pmip__option_row *row, const char **rule)
{
	if (seen->have_last && option->type != PMIP_OPT_PAD1 && option->type != PMIP_OPT_PADN) {
		*option = seen->last;
		*rule = "something stands behind the option that must be the last";
		return PMIP_ERR_OPT_ORDER;
	}
	if (row != NULL && row->last) {
		seen->last = *option;
		seen->have_last = true;
	}
	return 0;
}

static int option_fault(const struct pmip_mh *mh, const struct pmip_option *option, int err, const char *rule, struct pmip_diag *diag)
{
	const struct pmip__option_row *row = pmip__option_row(option->type);

	fail(diag, err, option->offset, rule, row == NULL ? "RFC 6275 6.2.1" : row->info.ref);
	if (diag != NULL)
		diag->option = option->type;
	if (row == NULL)
		return err;
	if (row->reaction == PMIP_REACT_REPLY && mh->type == PMIP_MH_BU && (err == PMIP_ERR_OPT_LEN || err == PMIP_ERR_OPT_VALUE))
		return answer(diag, err, row->reaction, row->status);
	if (row->reaction == PMIP_REACT_IGNORE && mh->type == PMIP_MH_BA && err == PMIP_ERR_SUBOPT_VALUE)
		return answer(diag, err, row->reaction, 0);
	return err;
}

static int check_options(const struct pmip_mh *mh, struct pmip_diag *diag)
{
	struct pmip__reader reader;
	struct pmip_option option;
	const char *rule = NULL;
	struct seen seen;
	int err = 0;

	memset(seen.type, 0, sizeof(seen.type));
	seen.same_count = 0;
	seen.have_last = false;
	pmip__reader_init(&reader, mh->data, mh->len);
	pmip__get(&reader, mh->options_offset);
	while (err == 0 && pmip__reader_left(&reader) > 0) {
		const struct pmip__option_row *row;

		err = pmip__option_read(&reader, &option, &rule);
		row = pmip__option_row(option.type);
		if (err == 0)
			err = check_repetition(&seen, &option, row, mh->type, &rule);
		if (err == 0)
			err = check_order(&seen, &option, row, &rule);
	}
	return err == 0 ? 0 : option_fault(mh, &option, err, rule, diag);
}

static int decode(struct pmip_mh *mh, const struct pmip_dgram *dgram, unsigned int flags, size_t len, struct pmip_diag *diag)
{
	struct pmip_mh decoded;
	int err;

	memset(&decoded, 0, sizeof(decoded));
	err = check_header(&decoded, dgram, flags, len, diag);
	if (err < 0)
		goto out;
	err = check_type(&decoded, pmip__mh_row(decoded.type), dgram, diag);
	if (err < 0)
		goto out;
	decoded.data = dgram->data;
	err = read_fixed(&decoded, diag);
	if (err < 0)
		goto out;
	err = check_options(&decoded, diag);
	if (err < 0)
		goto out;
	*mh = decoded;
	return 0;
out:
	mh->type = decoded.type;
	mh->len = decoded.len;
	return err;
}

int pmip_mh_decode(struct pmip_mh *mh, struct pmip_diag *diag, const struct pmip_dgram *dgram, unsigned int flags)
{
	return decode(mh, dgram, flags, 0, diag);
}

/* The tolerance by which the message ends where the datagram does; 0 = it is not that. */
static uint32_t length_tolerance(const struct pmip_dgram *dgram)
{
	if (dgram->len < MH_MIN)
		return 0;
	if (dgram->len < announced(dgram))
		return announced(dgram) - dgram->len < 8 ? PMIP_TOLERATE_UNALIGNED_OPTIONS : 0;
	return dgram->len > announced(dgram) && dgram->len - announced(dgram) < 8 ? PMIP_TOLERATE_SHORT_HEADER_LEN : 0;
}

static bool has_padded_mn_id(const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_mnid bare;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, &option, PMIP_OPT_MN_ID) > 0) {
		if (pmip__mnid_unpad(&option.u.mn_id, &bare))
			return true;
	}
	return false;
}

/* TOL-4, TOL-5, TOL-9. */
int pmip_mh_decode_tolerant(struct pmip_mh *mh, uint32_t *used, struct pmip_diag *diag, const struct pmip_dgram *dgram, unsigned int flags,
			    uint32_t tolerate)
{
	int err = decode(mh, dgram, flags, 0, diag);
	uint32_t needed = err < 0 ? length_tolerance(dgram) & tolerate : 0;

	*used = 0;
	if (err < 0 && (needed == 0 || decode(mh, dgram, flags, dgram->len, NULL) < 0))
		return err;
	*used = needed;
	mh->mn_id_padded = (tolerate & PMIP_TOLERATE_PADDED_MN_ID) != 0 && has_padded_mn_id(mh);
	if (mh->mn_id_padded)
		*used |= PMIP_TOLERATE_PADDED_MN_ID;
	return 0;
}

void pmip_option_iter_init(struct pmip_option_iter *iter, const struct pmip_mh *mh)
{
	*iter = (struct pmip_option_iter){.mh = mh, .offset = mh->options_offset};
}

int pmip_option_next(struct pmip_option_iter *iter, struct pmip_option *option)
{
	struct pmip__reader reader;
	struct pmip_mnid padded;
	const char *rule;

	pmip__reader_init(&reader, iter->mh->data, iter->mh->len);
	pmip__get(&reader, iter->offset);
	if (pmip__reader_left(&reader) == 0 || pmip__option_read(&reader, option, &rule) < 0)
		return 0;
	iter->offset = reader.pos;
	if (iter->mh->mn_id_padded && option->type == PMIP_OPT_MN_ID) {
		padded = option->u.mn_id;
		pmip__mnid_unpad(&padded, &option->u.mn_id);
	}
	return 1;
}

int pmip_option_next_of(struct pmip_option_iter *iter, struct pmip_option *option, uint8_t type)
{
	const struct pmip_mh *mh = iter->mh;

	while (iter->offset + 1 < mh->len && mh->data[iter->offset] != type)
		iter->offset += mh->data[iter->offset] == PMIP_OPT_PAD1 ? 1 : (size_t)2 + mh->data[iter->offset + 1];
	return iter->offset + 1 < mh->len ? pmip_option_next(iter, option) : 0;
}

/* The public writer as the one of base/, which must not know it, and back. */
static struct pmip__writer writer_open(const struct pmip_mh_writer *writer)
{
	return (struct pmip__writer){writer->buf, writer->cap, writer->len, writer->err};
}

static void writer_close(struct pmip_mh_writer *writer, const struct pmip__writer *out)
{
	writer->len = out->len;
	writer->err = out->err;
}

void pmip_mh_begin(struct pmip_mh_writer *writer, uint8_t *buf, size_t cap, const struct pmip_mh *mh)
{
	const struct pmip_mh_info *row = pmip_mh_info(mh);
	struct pmip__writer out;

	*writer = (struct pmip_mh_writer){.buf = buf, .cap = cap < PMIP_MH_MAX ? cap : PMIP_MH_MAX};
	if (row == NULL) {
		writer->err = PMIP_ERR_TYPE_UNKNOWN;
		return;
	}
	out = writer_open(writer);
	pmip__put_u8(&out, NO_NEXT_HEADER);
	pmip__put_u8(&out, 0); /* Header Len: pmip_mh_finish() */
	pmip__put_u8(&out, mh->type);
	pmip__put_u8(&out, 0);
	pmip__put_u16(&out, 0); /* Checksum: pmip_mh_finish() */
	pmip__fields_write(row->fields, mh, &out);
	writer_close(writer, &out);
}

void pmip_mh_add_option(struct pmip_mh_writer *writer, const struct pmip_option *option)
{
	struct pmip__writer out = writer_open(writer);

	pmip__option_write(&out, option, writer->unaligned);
	writer_close(writer, &out);
}

int pmip_mh_finish(struct pmip_mh_writer *writer, const struct pmip_addr *src, const struct pmip_addr *dst)
{
	struct pmip__writer out = writer_open(writer);
	struct pmip_dgram dgram;
	uint16_t checksum;

	pmip__padding_write(&out, (8 - out.len % 8) % 8);
	writer_close(writer, &out);
	if (writer->err != 0)
		return writer->err;
	writer->buf[HDR_LEN_OFFSET] = (uint8_t)(writer->len / 8 - 1);
	if (src == NULL)
		return (int)writer->len;
	dgram = (struct pmip_dgram){.src = *src, .dst = *dst, .data = writer->buf, .len = writer->len};
	checksum = pmip_mh_checksum(&dgram);
	writer->buf[CHECKSUM_OFFSET] = (uint8_t)(checksum >> 8);
	writer->buf[CHECKSUM_OFFSET + 1] = (uint8_t)checksum;
	return (int)writer->len;
}
