/* SPDX-License-Identifier: BSD-2-Clause */
/* What flood.bpf.c and flood.c agree on. */
#ifndef PMIP_TESTS_FLOOD_H
#define PMIP_TESTS_FLOOD_H

#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#define FLOOD_PORT	10000 /* destination, and the first of the sources */
#define FLOOD_PORT_BITS 15
#define FLOOD_PORT_MASK ((1 << FLOOD_PORT_BITS) - 1)

/* 64 octets with the headers of IPv6 and UDP. */
struct flood_frame {
	struct ethhdr ethernet;
	struct ipv6hdr ip;
	struct udphdr udp;
	__u8 payload[16];
} __attribute__((packed));

#endif
