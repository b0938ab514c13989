/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A decoded message as text for people, driven by the same tables as decoding. Padding is left out.
 */
#include <pmip/wire.h>

#include "wire/field.h"

static void print_unknown(const char *what, uint8_t type, uint8_t len, const uint8_t *data, const char *indent, struct pmip__text *text)
{
	pmip__text_add(text, "%s%s %u, %u octets: ", indent, what, type, len);
	pmip__text_add_hex(text, data, len, "");
	pmip__text_add(text, "\n");
}

static void print_suboptions(const struct pmip_option *option, struct pmip__text *text)
{
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;
	int more;

	pmip_suboption_iter_init(&iter, option);
	while ((more = pmip_suboption_next(&iter, &sub)) > 0) {
		const struct pmip_suboption_info *info = pmip_suboption_info(iter.family, sub.type);

		if (info == NULL) {
			print_unknown(iter.family == PMIP_SUB_CONTEXT ? "Option" : "Unknown sub-option", sub.type, sub.len, sub.data, "    ",
				      text);
		} else if (info->fields != NULL) {
			pmip__text_add(text, "    %s\n", info->name);
			pmip__fields_print(info->fields, &sub, "      ", text);
		}
	}
	if (more < 0)
		pmip__text_add(text, "    malformed: %s\n", pmip_strerror(more));
}

static void print_option(const struct pmip_option *option, struct pmip__text *text)
{
	const struct pmip_option_info *info = pmip_option_info(option->type);

	if (info == NULL) {
		print_unknown("Unknown option", option->type, option->len, option->data, "  ", text);
	} else if (info->fields != NULL) {
		pmip__text_add(text, "  %s\n", info->name);
		pmip__fields_print(info->fields, option, "    ", text);
		print_suboptions(option, text);
	}
}

size_t pmip_mh_print(const struct pmip_mh *mh, char *buf, size_t cap)
{
	const struct pmip_mh_info *info = pmip_mh_info(mh);
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip__text text;

	pmip__text_init(&text, buf, cap);
	if (info == NULL) {
		pmip__text_add(&text, "Unknown message %u\n", mh->type);
		return text.len;
	}
	pmip__text_add(&text, "%s, %zu octets\n", info->name, mh->len);
	pmip__fields_print(info->fields, mh, "  ", &text);
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		print_option(&option, &text);
	return text.len;
}
