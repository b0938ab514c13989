/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Traffic selectors (RFC 6088) held against packets.
 */
#ifndef FLOWMOB_SELECTOR_H
#define FLOWMOB_SELECTOR_H

#include <flowmob/packet.h>
#include <pmip/suboption.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where packets go. Selectors speak of packets to the mobile node. */
enum flowmob_direction {
	FLOWMOB_DOWNLINK = 0, /**< to the mobile node: as the selector has it */
	FLOWMOB_UPLINK = 1,   /**< from the mobile node: source and destination exchanged; a flow label is not looked at, since it says
			       * nothing of the other direction's, while an SPI is */
};

/** Whether a packet is one of those that a selector means. A field that the selector lacks may have any value; ranges include both ends;
 * of the traffic class the ECN bits do not count; the next header is that of the upper layer. A packet that lacks a field that the
 * selector has is not meant: ports of ICMPv6 and ESP, the SPI of all but ESP and AH, either and the
 * next header of a later fragment. A selector for IPv4
 * means no IPv6 packet, and the other way round.
 * @param[in] selector   borrowed; with a start and no end in flags the end is not looked at.
 * @param[in] direction  of the packet.
 * @retval 1 it is  @retval 0 it is not  @retval PMIP_ERR_SELECTOR_FORMAT neither IPv4 nor IPv6
 * @retval PMIP_ERR_SUBOPT_VALUE an end without a start or below it, or an address of the other family. Since: 0.1. */
FLOWMOB_API int flowmob_selector_match(const struct pmip_selector *selector, enum flowmob_direction direction,
				       const struct flowmob_packet *packet);

#ifdef __cplusplus
}
#endif

#endif
