/* SPDX-License-Identifier: BSD-2-Clause */
/* Protection of signalling (RFC 5213 section 4): the setting, and the socket that it asks for. */
#ifndef EXAMPLES_PROTECTION_H
#define EXAMPLES_PROTECTION_H

#include "common/settings.h"

#include <pmip/io.h>

enum protection {
	PROTECTION_OFF = 1,
	PROTECTION_IPSEC = 2,
};

extern const struct setting_choice protection_choices[];

const char *protection_name(enum protection protection);
/* Open the socket for Mobility Header messages. @return 0 or an enum pmip_err; the log says why. */
int protection_open(struct pmip_io *io, enum protection protection, const struct pmip_addr *address);

#endif
