/* SPDX-License-Identifier: BSD-2-Clause */
/* Steering as the paper did it: each packet comes up whole by an NFQUEUE and goes on by a verdict of its own, with the mark of its flow, for which
 * there is a rule: queue_reader QUEUE. It prints "ready". The flow's mark is reckoned from the source of flood.bpf.c's datagrams: no table is
 * faster. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>

#include "flood.h"

enum { PACKET_MAX = 65535 };

static uint32_t mark_of(const uint8_t *packet, int len)
{
	struct ipv6hdr ip;
	struct udphdr udp;
	uint16_t host;

	if (len < (int)(sizeof(ip) + sizeof(udp)))
		return 0;
	memcpy(&ip, packet, sizeof(ip));
	memcpy(&udp, packet + sizeof(ip), sizeof(udp));
	memcpy(&host, ip.saddr.s6_addr + 14, sizeof(host));
	return 1 + (((uint32_t)ntohs(host) - 1) << FLOOD_PORT_BITS | (uint32_t)(ntohs(udp.source) - FLOOD_PORT));
}

static int judge(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *user)
{
	struct nfqnl_msg_packet_hdr *head = nfq_get_msg_packet_hdr(data);
	uint8_t *packet;
	int len = nfq_get_payload(data, &packet);

	(void)message;
	(void)user;
	return nfq_set_verdict2(queue, head ? ntohl(head->packet_id) : 0, NF_ACCEPT, mark_of(packet, len), 0, NULL);
}

int main(int argc, char **argv)
{
	static char octets[PACKET_MAX + 4096];
	struct nfq_handle *handle = nfq_open();
	struct nfq_q_handle *queue;

	if (argc != 2 || !handle)
		return 2;
	queue = nfq_create_queue(handle, (uint16_t)strtoul(argv[1], NULL, 10), judge, NULL);
	if (!queue || nfq_set_mode(queue, NFQNL_COPY_PACKET, PACKET_MAX) < 0) {
		perror("queue_reader");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		ssize_t len = recv(nfq_fd(handle), octets, sizeof(octets), 0);

		if (len > 0)
			nfq_handle_packet(handle, octets, (int)len);
		else if (errno != ENOBUFS && errno != EINTR)
			return 1;
	}
}
