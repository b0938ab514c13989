/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages: what decodes prints, and encodes to something that decodes to the same. The first octet of the input says which
 * addresses and role, the rest is the message; its checksum is not looked at, or no input would pass it.
 */
#include <stdlib.h>
#include <string.h>

#include <pmip/wire.h>

#include "need.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const struct pmip_mh *mh)
{
	size_t len = pmip_mh_print(mh, NULL, 0);
	char *text = malloc(len + 1);

	need(text != NULL && pmip_mh_print(mh, text, len + 1) == len && strlen(text) == len);
	return text;
}

/* Options one behind the other as they stood, padding included. */
static int encode(const struct pmip_mh *mh, uint8_t *buf)
{
	struct pmip_mh_writer writer;
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_mh_begin(&writer, buf, PMIP_MH_MAX, mh);
	writer.unaligned = true;
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		pmip_mh_add_option(&writer, &option);
	need(iter.offset == mh->len);
	return pmip_mh_finish(&writer, NULL, NULL);
}

/* Tolerance takes what decodes without it, and beyond that only what ends where the datagram does. */
static void tolerate(const struct pmip_dgram *dgram, int err)
{
	struct pmip_mh mh;
	uint32_t used;
	int tolerated = pmip_mh_decode_tolerant(&mh, &used, NULL, dgram, PMIP_DECODE_NO_CHECKSUM, UINT32_MAX);

	need(tolerated == 0 || used == 0);
	need(tolerated == err || (err != 0 && tolerated == 0 && used != 0 && mh.len == dgram->len));
	if (tolerated == 0)
		free(print(&mh));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pmip_dgram dgram = {.data = data + 1, .len = size - 1};
	struct pmip_diag diag;
	struct pmip_mh mh, again;
	uint8_t buf[PMIP_MH_MAX];
	char *before, *after;
	int err, len;

	if (size == 0)
		return 0;
	err = pmip_mh_decode(&mh, &diag, &dgram, PMIP_DECODE_NO_CHECKSUM);
	tolerate(&dgram, err);
	if (err < 0)
		return 0;
	pmip_mh_validate(&mh, &diag, (enum pmip_role)(data[0] % 3));
	len = encode(&mh, buf);
	need(len == (int)mh.len);
	dgram = (struct pmip_dgram){.data = buf, .len = (size_t)len};
	need(pmip_mh_decode(&again, &diag, &dgram, PMIP_DECODE_NO_CHECKSUM) == 0);
	before = print(&mh);
	after = print(&again);
	need(strcmp(before, after) == 0);
	free(before);
	free(after);
	return 0;
}
