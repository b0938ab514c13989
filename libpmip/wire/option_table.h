/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option table: one row per option type with all that the library knows about it. To add an option, give its value a
 * member in struct pmip_option, and add a row; a check function only where the value itself can be wrong.
 */
#ifndef PMIP_WIRE_OPTION_TABLE_H
#define PMIP_WIRE_OPTION_TABLE_H

#include <pmip/option.h>

#include "wire/field.h"

struct pmip__option_row {
	struct pmip_option_info info;
	const struct pmip__field *fields; /* option data; NULL: opaque (padding) */

	/* Optional. Check the value of u, and bring it to its one form where the RFC leaves octets undefined. Called after
	 * decoding and before encoding. Returns 0, PMIP_ERR_OPT_LEN or PMIP_ERR_OPT_VALUE; then rule says what is wrong. */
	int (*check)(struct pmip_option *option, const char **rule);

	/* Optional. The n of an alignment n * x + y that depends on the Option Length, instead of info's. */
	uint8_t (*align)(uint8_t len, uint8_t *y);

	/* Optional, with info.repeats. Whether two instances in one message are one too many. */
	bool (*same)(const struct pmip_option *a, const struct pmip_option *b);
};

/* NULL when the table does not know the type. */
const struct pmip__option_row *pmip__option_row(uint8_t type);

#endif
