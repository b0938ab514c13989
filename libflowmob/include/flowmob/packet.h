/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * From the octets of an IPv4 or IPv6 packet to the flow that it belongs to, and to all else that a traffic selector may ask of it.
 */
#ifndef FLOWMOB_PACKET_H
#define FLOWMOB_PACKET_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most extension headers of a packet; one with more is refused. */
#define FLOWMOB_EXTENSION_HEADERS_MAX 16

/** What a packet says of itself. Owns nothing. */
struct flowmob_packet {
	struct pmip_flow flow;     /**< the packet's own direction; of a fragment that is not the first, addresses and label only are sure */
	uint8_t version;           /**< 4 or 6 */
	uint8_t traffic_class;     /**< Traffic Class or Type of Service, ECN bits included */
	bool has_ports;            /**< whether flow has ports: TCP, UDP, UDP-Lite, SCTP or DCCP, and not a later fragment */
	bool has_spi;              /**< whether there is an ESP header or an Authentication Header */
	uint32_t spi;              /**< IPsec SPI, the innermost one in sight; 0 without one */
	bool is_fragment;          /**< whether there are other fragments of it */
	bool is_first_fragment;    /**< whether the fragment is the first one, which has the ports */
	uint16_t fragment_offset;  /**< octets of the original packet's fragmentable part before this fragment's */
	uint32_t fragment_id;      /**< Identification, 16 bits in IPv4 */
	uint8_t fragment_protocol; /**< Protocol of an IPv4 fragment, part of its identity (RFC 791); 0 in IPv6, whose fragments may differ in
				    * Next Header (RFC 8200 section 4.5) */
	bool is_signalling;        /**< never to be routed by flow: mobility signalling, neighbour and multicast listener discovery, DHCP,
				    * whatever has a link-local or multicast address */
	bool is_icmp_error;        /**< whether it tells of a packet of the other direction: flowmob_packet_decode_cause() */
	size_t payload_offset;     /**< octets before the upper-layer header, or before a later fragment's part of it */
	size_t total_len;          /**< octets of the packet as its header has it; those given may be fewer */
};

/** Look at a packet. Walks IPv4 options and IPv6 extension headers; what lies behind ESP or in a tunnel stays unseen.
 * @param[out] packet  filled on success; not to be used on error.
 * @param[in]  data    from the first octet of the IP header; may end anywhere behind what is looked at.
 * @param[in]  len     octets in data.
 * @retval 0 done
 * @retval PMIP_ERR_SHORT     a header or the ports are cut off, by data or by the packet's own length
 * @retval PMIP_ERR_VALUE     not IPv4 or IPv6, or a header length below the least
 * @retval PMIP_ERR_TOO_MANY  more than FLOWMOB_EXTENSION_HEADERS_MAX extension headers
 * Since: 0.1. */
FLOWMOB_API int flowmob_packet_decode(struct flowmob_packet *packet, const uint8_t *data, size_t len);

/** Look at the packet that an ICMP error is about (RFC 4443 section 3, RFC 792), which has gone the other way.
 * @param[out] cause  filled on success; not to be used on error.
 * @param[in]  error  what flowmob_packet_decode() made of data; is_icmp_error is set.
 * @return as flowmob_packet_decode(). Since: 0.1. */
FLOWMOB_API int flowmob_packet_decode_cause(struct flowmob_packet *cause, const struct flowmob_packet *error, const uint8_t *data, size_t len);

#ifdef __cplusplus
}
#endif

#endif
