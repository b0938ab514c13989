/* SPDX-License-Identifier: BSD-2-Clause */
/* What every procedure that takes packets asks of one. */
#ifndef FLOWMOB_LIB_PACKET_H
#define FLOWMOB_LIB_PACKET_H

#include <flowmob/packet.h>

/* Whether it is of a flow: signalling is of none (FMC-4, RFL-8), and a later fragment does not say of which. */
static inline bool flowmob__packet_has_flow(const struct flowmob_packet *packet)
{
	return !packet->is_signalling && (!packet->is_fragment || packet->is_first_fragment);
}

/* A packet of which only the flow is known. */
static inline struct flowmob_packet flowmob__packet_of_flow(const struct pmip_flow *flow)
{
	return (struct flowmob_packet){
		.flow = *flow,
		.version = pmip_addr_is_ipv4_mapped(&flow->dst) ? 4 : 6,
		.has_ports = flow->src_port || flow->dst_port,
	};
}

#endif
