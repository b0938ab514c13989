/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A decoded message as text for people, driven by the same tables as decoding. Padding is left out.
 */
#include <pmip/wire.h>

#include "wire/mh_table.h"
#include "wire/option_table.h"

static void print_option(const struct pmip_option *option, struct pmip__text *text)
{
	const struct pmip__option_row *row = pmip__option_row(option->type);

	if (row == NULL) {
		pmip__text_add(text, "  Unknown option %u, %u octets: ", option->type, option->len);
		pmip__text_add_hex(text, option->data, option->len, "");
		pmip__text_add(text, "\n");
	} else if (row->fields != NULL) {
		pmip__text_add(text, "  %s\n", row->info.name);
		pmip__fields_print(row->fields, option, "    ", text);
	}
}

size_t pmip_mh_print(const struct pmip_mh *mh, char *buf, size_t cap)
{
	const struct pmip__mh_row *row = pmip__mh_row(mh->type);
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip__text text;

	pmip__text_init(&text, buf, cap);
	if (row == NULL) {
		pmip__text_add(&text, "Unknown message %u\n", mh->type);
		return text.len;
	}
	pmip__text_add(&text, "%s, %zu octets\n", row->name, mh->len);
	pmip__fields_print(row->fields, mh, "  ", &text);
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		print_option(&option, &text);
	return text.len;
}
