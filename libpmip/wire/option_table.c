/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option table as a whole: its rows lie in option_mip6.c, option_proxy.c and option_later.c.
 */
#include "wire/option_table.h"
#include "wire/suboption.h"

const struct pmip_option_info *pmip_option_info(uint8_t type)
{
	const struct pmip__option_row *row = pmip__option_row(type);

	return row == NULL ? NULL : &row->info;
}

int pmip__check_suboptions(struct pmip_option *option, const char **rule)
{
	return pmip__suboptions_check(option, rule);
}

int pmip__check_prefix(struct pmip_option *option, const char **rule)
{
	*rule = "the prefix length is over 128, or bits beyond it are set";
	return pmip_prefix_is_valid(&option->u.prefix) ? 0 : PMIP_ERR_OPT_VALUE;
}
