/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets: what is found lies inside what was given, octets behind the packet count for nothing, and the flow is a flow. The first octet is not
 * looked at.
 */
#include <stdlib.h>
#include <string.h>

#include <flowmob/packet.h>

#include "need.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need_sound(const struct flowmob_packet *packet, size_t size)
{
	need(packet->version == 4 || packet->version == 6);
	need(packet->payload_offset <= size && packet->payload_offset <= packet->total_len);
	need(packet->flow.label <= 0xfffff && (packet->version == 6 || packet->flow.label == 0));
	need(packet->has_ports || (packet->flow.src_port == 0 && packet->flow.dst_port == 0));
	need(packet->has_spi || packet->spi == 0);
	need(packet->is_fragment || (packet->fragment_offset == 0 && !packet->is_first_fragment && packet->fragment_protocol == 0));
	need(packet->is_first_fragment == (packet->is_fragment && packet->fragment_offset == 0));
	need(!packet->has_ports || !packet->is_fragment || packet->is_first_fragment);
	need(pmip_addr_is_ipv4_mapped(&packet->flow.src) || packet->version == 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flowmob_packet packet, again;
	uint8_t *longer;

	if (size == 0 || flowmob_packet_decode(&packet, data + 1, size - 1) < 0)
		return 0;
	need_sound(&packet, size - 1);
	longer = calloc(1, size + 64);
	need(longer != NULL);
	memcpy(longer, data + 1, size - 1);
	need(flowmob_packet_decode(&again, longer, size - 1 + 64) == 0);
	need(pmip_flow_equal(&packet.flow, &again.flow) && packet.payload_offset == again.payload_offset);
	free(longer);
	return 0;
}
