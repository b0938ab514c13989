/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbered datagrams of many flows, and by which interface and when each of them came.
 *   flow_stream send SRC DST PORT FIRST FLOWS RATE COUNT   COUNT datagrams in all to PORT, RATE a second, of FLOWS flows in turn:
 *                                                          their source ports begin at FIRST
 *   flow_stream recv PORT                                  until SIGTERM; a record for each datagram on standard output
 *   flow_stream tunnel PORT                                the same of datagrams inside IPv6-in-IPv6, where the tunnel ends
 * A record is five numbers, little-endian: number in the flow (64 bits), sent and received, ns of the wall clock (64 bits each),
 * source port (32 bits), interface index (32 bits); of tunnels the last octets of the address in place of the index. */
#define _GNU_SOURCE /* recvmmsg, in6_pktinfo */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define BATCH 64
#define MOST_LATE (4 * BATCH) /* datagrams: a kernel's queue at the end of a cable holds 1000 */
#define INNER_HEADER 40
#define NS_PER_S 1000000000ull

struct datagram {
	uint16_t sport, dport, len, checksum;
	uint64_t number, sent;
};

struct record {
	uint64_t number, sent, received;
	uint32_t sport, ifindex;
};

static volatile sig_atomic_t ended;
static bool in_tunnel;

static void on_signal(int signum)
{
	(void)signum;
	ended = 1;
}

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* Source ports of its own choice take a raw socket; the kernel puts the checksum in. Who is late sends what is due in one call: user-mode
 * Linux takes longer to go to sleep than there is between two datagrams. What a machine that stood still has missed comes later, and
 * not at once, or its queues would lose it. */
static void send_all(char **args)
{
	struct sockaddr_in6 src = {.sin6_family = AF_INET6}, dst = {.sin6_family = AF_INET6};
	unsigned long port = strtoul(args[2], NULL, 10), first = strtoul(args[3], NULL, 10), flows = strtoul(args[4], NULL, 10);
	uint64_t rate = strtoull(args[5], NULL, 10), count = strtoull(args[6], NULL, 10), start = now_ns(CLOCK_MONOTONIC), now = start;
	uint64_t wall = now_ns(CLOCK_REALTIME) - start;
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_UDP), offset = 6, done;
	static struct datagram d[BATCH];
	static struct mmsghdr msgs[BATCH];
	static struct iovec iov[BATCH];
	unsigned int due;

	check(fd, "socket");
	check(inet_pton(AF_INET6, args[0], &src.sin6_addr) - 1, args[0]);
	check(inet_pton(AF_INET6, args[1], &dst.sin6_addr) - 1, args[1]);
	check(bind(fd, (struct sockaddr *)&src, sizeof(src)), "bind");
	check(setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, sizeof(offset)), "IPV6_CHECKSUM");
	for (uint64_t n = 0; n < count; n += due) {
		if (start + n * NS_PER_S / rate > now) {
			sleep_until(start + n * NS_PER_S / rate);
			now = now_ns(CLOCK_MONOTONIC);
		}
		if (start + (n + MOST_LATE) * NS_PER_S / rate < now)
			start = now - (n + MOST_LATE) * NS_PER_S / rate;
		for (due = 0; due < BATCH && n + due < count && (due == 0 || start + (n + due) * NS_PER_S / rate <= now); due++) {
			d[due] = (struct datagram){.sport = htons((uint16_t)(first + (n + due) % flows)), .dport = htons((uint16_t)port),
						   .len = htons(sizeof(d[0])), .number = htole64((n + due) / flows), .sent = htole64(now + wall)};
			iov[due] = (struct iovec){.iov_base = &d[due], .iov_len = sizeof(d[0])};
			msgs[due] = (struct mmsghdr){.msg_hdr = {.msg_name = &dst, .msg_namelen = sizeof(dst), .msg_iov = &iov[due], .msg_iovlen = 1}};
		}
		for (unsigned int sent = 0; sent < due; sent += done > 0 ? (unsigned int)done : 1) {
			done = sendmmsg(fd, msgs + sent, due - sent, 0);
			if (done < 0)
				perror("sendmmsg"); /* shows as lost */
		}
		now = now_ns(CLOCK_MONOTONIC);
	}
}

/* What a socket receives: a datagram's payload, or in_tunnel a packet. @return whether there is a datagram to this port in it. */
static bool read_payload(struct record *r, const uint8_t *data, size_t len, uint16_t port)
{
	struct datagram d;

	if (!in_tunnel) {
		memcpy(&r->number, data, 2 * sizeof(uint64_t));
		return true;
	}
	if (len < INNER_HEADER + sizeof(d) || data[6] != IPPROTO_UDP)
		return false;
	memcpy(&d, data + INNER_HEADER, sizeof(d));
	r->number = d.number;
	r->sent = d.sent;
	r->sport = htole32(ntohs(d.sport));
	return ntohs(d.dport) == port;
}

static void record(const struct msghdr *msg, const uint8_t *data, size_t len, uint16_t port)
{
	struct record r = {.sport = htole32(ntohs(((struct sockaddr_in6 *)msg->msg_name)->sin6_port))};

	if (!read_payload(&r, data, len, port))
		return;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR((struct msghdr *)(uintptr_t)msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec t;

			memcpy(&t, CMSG_DATA(c), sizeof(t));
			r.received = htole64((uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			r.ifindex = in_tunnel ? htole32(ntohl(info.ipi6_addr.s6_addr32[3])) : htole32((uint32_t)info.ipi6_ifindex);
		}
	}
	fwrite(&r, sizeof(r), 1, stdout);
}

static void receive(char **args)
{
	uint16_t port = (uint16_t)strtoul(args[0], NULL, 10);
	struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_port = in_tunnel ? 0 : htons(port)};
	int fd = in_tunnel ? socket(AF_INET6, SOCK_RAW, IPPROTO_IPV6) : socket(AF_INET6, SOCK_DGRAM, 0), on = 1, room = 64 << 20, got = 0;
	struct timeval patience = {.tv_usec = 100000};
	struct sigaction action = {.sa_handler = on_signal};
	static struct mmsghdr msgs[BATCH];
	static struct iovec iov[BATCH];
	static struct sockaddr_in6 from[BATCH];
	static uint8_t payloads[BATCH][INNER_HEADER + sizeof(struct datagram)];
	static char control[BATCH][256];

	check(fd, "socket");
	check(bind(fd, (struct sockaddr *)&here, sizeof(here)), "bind");
	check(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), "SO_RCVBUFFORCE");
	check(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), "SO_TIMESTAMPNS");
	check(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)), "IPV6_RECVPKTINFO");
	check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), "SO_RCVTIMEO");
	check(sigaction(SIGTERM, &action, NULL), "sigaction");
	fprintf(stderr, "ready\n");
	for (bool last = false; got > 0 || !last;) {
		for (int i = 0; i < BATCH; i++) {
			iov[i] = (struct iovec){.iov_base = payloads[i], .iov_len = sizeof(payloads[i])};
			msgs[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof(from[i]), .msg_iov = &iov[i], .msg_iovlen = 1,
							  .msg_control = control[i], .msg_controllen = sizeof(control[i])};
		}
		last = ended; /* what has come until then is read */
		got = recvmmsg(fd, msgs, BATCH, last ? MSG_DONTWAIT : MSG_WAITFORONE, NULL);
		for (int i = 0; i < got; i++)
			record(&msgs[i].msg_hdr, payloads[i], msgs[i].msg_len, port);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc == 9 && !strcmp(argv[1], "send"))
		send_all(argv + 2);
	else if (argc == 3 && ((in_tunnel = !strcmp(argv[1], "tunnel")) || !strcmp(argv[1], "recv")))
		receive(argv + 2);
	else
		return 2;
	return 0;
}
