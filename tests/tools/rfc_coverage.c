/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doc/rfc-coverage.md from the library's tables, to standard output.
 */
#include <stdio.h>

#include <pmip/pmip.h>

static void print_messages(void)
{
	const struct pmip_mh_info *info;

	puts("## Messages\n\n| type | message | defined in | least Header Len |\n|---|---|---|---|");
	for (size_t n = 0; (info = pmip_mh_info_nth(n)) != NULL; n++) {
		printf("| %u", info->type);
		if (info->subtype != 0)
			printf(".%u", info->subtype);
		printf(" | %s (%s) | %s | %u |\n", info->name, info->id, info->ref, info->hdr_len_min);
	}
}

/* The messages that an option is defined for, each type once. */
static void print_where(uint32_t messages)
{
	const struct pmip_mh_info *info;
	const char *comma = "";

	if (messages == UINT32_MAX) {
		printf("any");
		return;
	}
	for (size_t n = 0; (info = pmip_mh_info_nth(n)) != NULL; n++) {
		if ((messages & 1u << info->type) == 0 || info->subtype > 1)
			continue;
		printf("%s%s", comma, info->id);
		comma = ", ";
	}
}

static void print_options(void)
{
	puts("\n## Options\n\n| type | option | defined in | Option Length | alignment | several | in |\n|---|---|---|---|---|---|---|");
	for (unsigned int type = 0; type < 256; type++) {
		const struct pmip_option_info *info = pmip_option_info((uint8_t)type);

		if (info == NULL)
			continue;
		printf("| %u | %s (%s) | %s | ", type, info->name, info->id, info->ref);
		printf(info->len_min == info->len_max ? "%u" : "%u to %u", info->len_min, info->len_max);
		if (info->align_n == 1)
			printf(" | - ");
		else if (info->align_y == 0)
			printf(" | %un ", info->align_n);
		else
			printf(" | %un+%u ", info->align_n, info->align_y);
		printf("| %s | ", info->repeats ? "yes" : "no");
		print_where(info->messages);
		puts(" |");
	}
}

static void print_family(enum pmip_suboption_family family, const char *title)
{
	printf("\n## %s\n\n| type | sub-option | defined in | length | several |\n|---|---|---|---|---|\n", title);
	for (unsigned int type = 0; type < 256; type++) {
		const struct pmip_suboption_info *info = pmip_suboption_info(family, (uint8_t)type);

		if (info != NULL)
			printf("| %u | %s | %s | %u to %u | %s |\n", type, info->name, info->ref, info->len_min, info->len_max,
			       info->repeats ? "yes" : "no");
	}
}

static void print_statuses(void)
{
	puts("\n## Status of a Binding Acknowledgement\n\n| status | name |\n|---|---|");
	for (unsigned int status = 0; status < 256; status++) {
		if (pmip_status_name((uint8_t)status) != NULL)
			printf("| %u | %s |\n", status, pmip_status_name((uint8_t)status));
	}
}

int main(void)
{
	puts("# What of the RFCs the codec knows\n\nMade by `tests/tools/check-coverage.py --write` from the tables of `libpmip/wire`; do not edit.\n"
	     "Every row is decoded, checked, printed, encoded and tested. Other options and sub-options pass through untouched, options 60 and\n"
	     "61 among them (RFC 7411), whose length counts words instead of octets. Message 10 is withdrawn (RFC 5568) and not known.\n");
	print_messages();
	print_options();
	print_family(PMIP_SUB_FLOW, "Sub-options of Flow Identification and IPv4 Traffic Offload Selector");
	print_family(PMIP_SUB_ANI, "Sub-options of Access Network Identifier");
	print_family(PMIP_SUB_MAG_PARAMETERS, "Sub-options of LMA-Controlled MAG Parameters");
	print_family(PMIP_SUB_QOS, "Attributes of Quality of Service");
	print_statuses();
	return 0;
}
