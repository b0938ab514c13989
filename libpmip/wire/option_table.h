/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option table: one row per option type with all that the library knows about it. To add an option, give its value a
 * member in struct pmip_option, and add a row; a check function only where the value itself can be wrong. The rows lie in three
 * files by number: Mobile IPv6 and its security (0..21), PMIPv6, IPv4 and fast handovers (22..43), flows and what came later (44..).
 */
#ifndef PMIP_WIRE_OPTION_TABLE_H
#define PMIP_WIRE_OPTION_TABLE_H

#include <pmip/error.h>
#include <pmip/wire.h>

#include "wire/field.h"

struct pmip__option_row {
	struct pmip_option_info info;

	/* Optional. Check the value of u, and bring it to its one form where the RFC leaves octets undefined. Called after
	 * decoding and before encoding. Returns 0 or a wire error; then rule says what is wrong. */
	int (*check)(struct pmip_option *option, const char **rule);

	/* Optional. The n of an alignment n * x + y that depends on the Option Length, instead of info's. */
	uint8_t (*align)(uint8_t len, uint8_t *y);

	/* Optional, with info.repeats. Whether two instances in one message are one too many. */
	bool (*same)(const struct pmip_option *a, const struct pmip_option *b);

	/* Instead of dropping the message: PMIP_REACT_REPLY to any malformed value in a Binding Update, PMIP_REACT_IGNORE to a wrong
	 * sub-option value in a Binding Acknowledgement. */
	enum pmip_reaction reaction;
	uint8_t status; /* of that reply */

	uint32_t repeats_in; /* without info.repeats: messages in which it may stand more than once all the same */
	bool last;           /* nothing but padding may stand behind it */
};

/* Messages an option is defined for, as bits. */
#define IN(type) (1u << PMIP_MH_##type)
#define ANY UINT32_MAX
#define ONCE false
#define REPEATS true
#define ROW(type_, name_, id_, ref_, min, max, n, y, repeats_, messages_, fields_) \
	.info = {.type = (type_), .name = (name_), .id = (id_), .ref = (ref_), .len_min = (min), .len_max = (max), .align_n = (n), \
		 .align_y = (y), .repeats = (repeats_), .messages = (messages_), .fields = (fields_)}

/* First type of each file's rows, in the order of the files, and how many there are. */
#define PMIP__ROWS_MIP6_FIRST PMIP_OPT_PAD1
#define PMIP__ROWS_PROXY_FIRST PMIP_OPT_HNP
#define PMIP__ROWS_LATER_FIRST PMIP_OPT_FLOW_SUMMARY
#define PMIP__ROWS_END (PMIP_OPT_DLIF_LL + 1)
extern const struct pmip__option_row pmip__rows_mip6[PMIP__ROWS_PROXY_FIRST - PMIP__ROWS_MIP6_FIRST];
extern const struct pmip__option_row pmip__rows_proxy[PMIP__ROWS_LATER_FIRST - PMIP__ROWS_PROXY_FIRST];
extern const struct pmip__option_row pmip__rows_later[PMIP__ROWS_END - PMIP__ROWS_LATER_FIRST];

/* Checks that several rows share: all sub-options; a prefix in u.prefix. */
int pmip__check_suboptions(struct pmip_option *option, const char **rule);
int pmip__check_prefix(struct pmip_option *option, const char **rule);

/* NULL when the table does not know the type. */
static inline const struct pmip__option_row *pmip__option_row(uint8_t type)
{
	const struct pmip__option_row *row;

	if (type >= PMIP__ROWS_END)
		return NULL;
	if (type >= PMIP__ROWS_LATER_FIRST)
		row = &pmip__rows_later[type - PMIP__ROWS_LATER_FIRST];
	else if (type >= PMIP__ROWS_PROXY_FIRST)
		row = &pmip__rows_proxy[type - PMIP__ROWS_PROXY_FIRST];
	else
		row = &pmip__rows_mip6[type];
	return row->info.name == NULL ? NULL : row;
}

#endif
