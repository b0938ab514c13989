/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binary traffic selectors of RFC 6088, as sub-option of Flow Identification and as QoS attribute.
 */
#ifndef PMIP_WIRE_SELECTOR_H
#define PMIP_WIRE_SELECTOR_H

#include <pmip/suboption.h>

#include "base/buf.h"

/* Read all octets left. With qos set the reserved octet stands before the format (RFC 7222 section 4.2.9). Returns 0 with the reader
 * failed when the length is wrong, PMIP_ERR_SELECTOR_FORMAT or PMIP_ERR_SUBOPT_VALUE. */
int pmip__selector_read(struct pmip_selector *selector, bool qos, struct pmip__reader *reader, const char **rule);
void pmip__selector_write(const struct pmip_selector *selector, bool qos, struct pmip__writer *writer);
void pmip__selector_print(const struct pmip_selector *selector, struct pmip__text *text);

#endif
