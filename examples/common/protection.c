/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "common/protection.h"

#include "common/log.h"

const struct setting_choice protection_choices[] = { { "ipsec", PROTECTION_IPSEC }, { "off", PROTECTION_OFF }, { NULL, 0 } };

const char *protection_name(enum protection protection)
{
	const struct setting_choice *choice = protection_choices;

	while (choice->value != (uint32_t)protection)
		choice++;
	return choice->name;
}

/* SEC-1, SEC-5. */
int protection_open(struct pmip_io *io, enum protection protection, const struct pmip_addr *address)
{
	char text[PMIP_ADDR_STRLEN];
	int err;

	if (protection == PROTECTION_IPSEC) {
		err = pmip_io_ipsec_new(io, address, &log_sink);
	} else {
		log_line(PMIP_LOG_WARN, "daemon",
			 "protection is off: whoever can send packets from a listed address can register mobile nodes "
			 "(RFC 5213 section 4); for tests, or where something else protects signalling");
		err = pmip_io_raw_new(io, address, &log_sink);
	}
	if (err)
		log_line(PMIP_LOG_ERROR, "daemon",
			 "cannot receive at %s; see the line above, and whether an interface of this namespace has that "
			 "address",
			 pmip_addr_format(address, text));
	return err;
}
