/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum over as much of a datagram as the caller says.
 */
#ifndef PMIP_WIRE_CHECKSUM_H
#define PMIP_WIRE_CHECKSUM_H

#include <pmip/types.h>

/* pmip_mh_checksum() of a message of len octets, whatever its Header Len. */
uint16_t pmip__checksum(const struct pmip_dgram *dgram, size_t len);

#endif
