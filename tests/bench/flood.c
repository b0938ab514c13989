/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP datagrams of 64 octets at any rate, made in the kernel and counted where they arrive:
 *
 *   flood IF MAC SRC DST FLOWS NODES AT_ONCE SECONDS WINDOW NETNS IF1 IF2
 *
 * They leave by interface IF of this network namespace to MAC, AT_ONCE of them together, from SRC and the addresses behind it to DST and the same address in
 * the NODES - 1 prefixes behind its own, and are counted and let go of at the ingress of IF1 and IF2 of namespace NETNS, a path. WINDOW: so many are sent, and the next when they have come or are lost; 0 = without waiting.
 * It prints how many were sent, how many came by each interface, and its own CPU time, which the kernel spends forwarding in it where that is not left
 * to ksoftirqd: SENT CAME1 CAME2 CPU_NS */
#define _GNU_SOURCE /* setns */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "flood.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "flood.skel.h"
#pragma GCC diagnostic pop

enum {
	REPEAT = 65536, /* frames of a call, without a window */
	LOST_AFTER_NS = 500000000, /* who forwards may have to wait for a busy processor */
	POLL_NS = 20000, /* at first */
	POLL_MAX_NS = 5000000,
};

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "flood: %s: %s\n", what, strerror(-result));
	exit(1);
}

static int or_errno(int result)
{
	return result < 0 ? -errno : result;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint32_t add_up(const void *octets, size_t len)
{
	const uint8_t *octet = octets;
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)octet[i] << 8 | octet[i + 1];
	return sum;
}

/* @return what the program goes on from: the checksum of all but what it writes, which is zero here */
static uint32_t make_frame(struct flood_frame *frame, char **args)
{
	const uint16_t len = sizeof(frame->udp) + sizeof(frame->payload);
	struct ether_addr to;

	*frame = (struct flood_frame){ .ethernet = { .h_proto = htons(ETH_P_IPV6), .h_source = { 2 } },
				       .ip = { .version = 6, .payload_len = htons(len), .nexthdr = IPPROTO_UDP, .hop_limit = 64 },
				       .udp = { .dest = htons(FLOOD_PORT), .len = htons(len) } };
	if (!ether_aton_r(args[1], &to) || inet_pton(AF_INET6, args[2], &frame->ip.saddr) != 1 ||
	    inet_pton(AF_INET6, args[3], &frame->ip.daddr) != 1)
		check(-EINVAL, "address");
	memcpy(frame->ethernet.h_dest, &to, sizeof(to));
	memset(frame->ip.saddr.s6_addr + 12, 0, 4);
	frame->ip.daddr.s6_addr16[3] = 0;
	return add_up(&frame->ip.saddr, 2 * sizeof(frame->ip.saddr)) + add_up(&frame->udp, sizeof(frame->udp)) + len + IPPROTO_UDP;
}

static void enter(int netns, const char *what)
{
	check(or_errno(netns), what);
	check(or_errno(setns(netns, CLONE_NEWNET)), what);
}

static unsigned int number(const char *word)
{
	return (unsigned int)strtoul(word, NULL, 10);
}

/* The sink goes with its interface's namespace, or when the next one takes its place. */
static void attach_sink(const struct flood_bpf *bpf, const char *ifname)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex(ifname), .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = 1, .prog_fd = bpf_program__fd(bpf->progs.flood_sink), .flags = BPF_TC_F_REPLACE);
	int err = bpf_tc_hook_create(&hook);

	check(err == -EEXIST ? 0 : err, ifname);
	check(bpf_tc_attach(&hook, &opts), ifname);
}

static struct flood_bpf *load(char **args)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = open(args[9], O_RDONLY | O_CLOEXEC);
	struct flood_bpf *bpf = flood_bpf__open();
	struct in6_addr first;

	if (!bpf)
		check(-errno, "program");
	bpf->rodata->flood_flows = number(args[4]);
	bpf->rodata->flood_nodes = number(args[5]);
	inet_pton(AF_INET6, args[3], &first);
	bpf->rodata->flood_prefix = ntohs(first.s6_addr16[3]);
	bpf->rodata->flood_out = if_nametoindex(args[0]);
	bpf->rodata->flood_sum = make_frame(&bpf->bss->flood_frame, args);
	enter(there, args[9]);
	bpf->rodata->flood_second = if_nametoindex(args[11]);
	check(flood_bpf__load(bpf), "program");
	attach_sink(bpf, args[10]);
	attach_sink(bpf, args[11]);
	enter(home, "home");
	return bpf;
}

static uint64_t received(const struct flood_bpf *bpf)
{
	const volatile __u64 *came = bpf->bss->flood_received;

	return came[0] + came[1];
}

/* Until all have come, or none has for a while. */
static void wait_for(const struct flood_bpf *bpf, uint64_t sent)
{
	uint64_t came = received(bpf), now = now_ns(CLOCK_MONOTONIC), last = now;
	struct timespec pause = { .tv_nsec = POLL_NS };

	while (came < sent && now - last < LOST_AFTER_NS) {
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		now = now_ns(CLOCK_MONOTONIC);
		if (received(bpf) == came) {
			pause.tv_nsec = pause.tv_nsec < POLL_MAX_NS ? 2 * pause.tv_nsec : POLL_MAX_NS;
			continue;
		}
		came = received(bpf);
		last = now;
		pause.tv_nsec = POLL_NS;
	}
}

/* @return how many were sent */
static uint64_t flood(const struct flood_bpf *bpf, unsigned int at_once, uint64_t for_ns, unsigned int window)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = &bpf->bss->flood_frame, .data_size_in = sizeof(bpf->bss->flood_frame), .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .repeat = window ? (int)window : REPEAT, .batch_size = at_once);
	uint64_t start = now_ns(CLOCK_MONOTONIC), sent = 0, lost = 0;

	do {
		check(bpf_prog_test_run_opts(bpf_program__fd(bpf->progs.flood_source), &run), "sending");
		sent += (uint64_t)run.repeat;
		if (window) {
			wait_for(bpf, sent - lost);
			lost = sent - received(bpf);
		}
	} while (now_ns(CLOCK_MONOTONIC) - start < for_ns);
	if (!window)
		wait_for(bpf, sent);
	return sent;
}

int main(int argc, char **argv)
{
	struct flood_bpf *bpf;
	uint64_t cpu, sent;

	if (argc != 13) {
		fprintf(stderr, "usage: see the head of flood.c\n");
		return 2;
	}
	libbpf_set_print(NULL); /* that a hook is there already */
	bpf = load(argv + 1);
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	sent = flood(bpf, number(argv[7]), (uint64_t)(strtod(argv[8], NULL) * 1e9), number(argv[9]));
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sent, (uint64_t)bpf->bss->flood_received[0], (uint64_t)bpf->bss->flood_received[1],
	       cpu);
	flood_bpf__destroy(bpf);
	return 0;
}
