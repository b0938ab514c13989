/* SPDX-License-Identifier: BSD-2-Clause */
/* The paper's packet reflector (annex A.2): engine 1 sees packets that come in, engine 2 marks those that leave, and a rule for each mark leads
 * to the routing table of an interface. Both engines are the reflector of flowmob/reflector.h; the kernel looks the route up anew for a
 * packet whose mark has changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include <flowmob/nfqueue.h>
#include <flowmob/packet.h>

#include "backend/os.h"
#include "libflowmob/backend/command.h"
#include "libflowmob/backend/weak_host.h"

#define CHAIN "flowmob-mn"
#define SCRIPT_MAX 8192
#define BATCHES 16 /* of one queue in one turn */

enum { IN, OUT, QUEUES };

static const char area[] = "reflector";

struct weak_host_nfqueue {
	struct pmip_log log;
	struct flowmob_weak_host_config config; /* interface[] and log not used */
	struct flowmob_reflector *reflector;
	struct flowmob__interface_routes *routes;
	struct flowmob_nfqueue *queue[QUEUES];
	int epoll;
	uint64_t reflected, no_path;
};

static const struct {
	const char *program, *restore, *link_scope; /* rules for what is never queued */
} netfilter[] = {
	{ "ip6tables", "ip6tables-restore",
	  "-A " CHAIN "-%1$s -s fe80::/10 -j RETURN\n-A " CHAIN "-%1$s -d fe80::/10 -j RETURN\n-A " CHAIN "-%1$s -d ff00::/8 -j RETURN\n" },
	{ "iptables", "iptables-restore", "-A " CHAIN "-%1$s -d 224.0.0.0/4 -j RETURN\n" },
};

static const struct {
	const char *name, *hook, *option;
} directions[QUEUES] = { { "in", "INPUT", "-i" }, { "out", "OUTPUT", "-o" } };

static uint64_t now_us(void)
{
	return pmip__clock_us(CLOCK_MONOTONIC);
}

/* No rule of the kernel's hooks leads to our chains any more, however many did. */
static void unhook(const char *program, int direction)
{
	char chain[32];
	const char *const argv[] = { program, "-w", "-t", "mangle", "-D", directions[direction].hook, "-j", chain, NULL };

	snprintf(chain, sizeof(chain), CHAIN "-%s", directions[direction].name);
	while (flowmob__command(argv, NULL) == 0)
		;
}

static void remove_chains(void)
{
	static const char *const steps[] = { "-F", "-X" };
	char chain[32];

	for (size_t family = 0; family < sizeof(netfilter) / sizeof(netfilter[0]); family++) {
		for (int direction = 0; direction < QUEUES; direction++) {
			unhook(netfilter[family].program, direction);
			snprintf(chain, sizeof(chain), CHAIN "-%s", directions[direction].name);
			for (int step = 0; step < 2; step++)
				flowmob__command((const char *const[]){ netfilter[family].program, "-w", "-t", "mangle", steps[step], chain, NULL },
						 NULL);
		}
	}
}

/* A chain for each direction, which takes the place of one that a killed process has left. RFL-1, RFL-7, RFL-8. */
static void write_script(const struct weak_host_nfqueue *h, char script[SCRIPT_MAX], size_t family)
{
	const struct flowmob__interface *interface;
	size_t len = (size_t)snprintf(script, SCRIPT_MAX, "*mangle\n:" CHAIN "-in - [0:0]\n:" CHAIN "-out - [0:0]\n");

	for (int direction = 0; direction < QUEUES; direction++) {
		const char *name = directions[direction].name;

		len += (size_t)snprintf(script + len, SCRIPT_MAX - len, netfilter[family].link_scope, name);
		for (unsigned int i = 0; (interface = flowmob__interface_routes_get(h->routes, i)); i++)
			len += (size_t)snprintf(script + len, SCRIPT_MAX - len,
						"-A " CHAIN "-%s %s %s -j NFQUEUE --queue-num %u --queue-bypass\n", name,
						directions[direction].option, interface->name, h->config.queue[direction]);
		len += (size_t)snprintf(script + len, SCRIPT_MAX - len, "-A %s -j " CHAIN "-%s\n", directions[direction].hook, name);
	}
	snprintf(script + len, SCRIPT_MAX - len, "COMMIT\n");
}

static int make_chains(const struct weak_host_nfqueue *h)
{
	char script[SCRIPT_MAX];

	for (size_t family = 0; family < sizeof(netfilter) / sizeof(netfilter[0]); family++) {
		write_script(h, script, family);
		unhook(netfilter[family].program, IN);
		unhook(netfilter[family].program, OUT);
		if (flowmob__command((const char *const[]){ netfilter[family].restore, "-w", "--noflush", NULL }, script) == 0)
			continue;
		pmip__backend_log(&h->log, PMIP_LOG_ERROR, area,
				  "%s does not take our rules; it must be installed, and the kernel needs the mangle table and NFQUEUE",
				  netfilter[family].restore);
		return PMIP_ERR_UNSUPPORTED;
	}
	return 0;
}

static void on_interface(void *user, const struct flowmob__interface *was, const struct flowmob__interface *is)
{
	struct weak_host_nfqueue *h = user;

	if (was->index && (was->index != is->index || !is->up))
		flowmob_reflector_del_interface(h->reflector, was->index, now_us());
}

static const struct flowmob__interface *by_index(const struct weak_host_nfqueue *h, uint32_t index)
{
	const struct flowmob__interface *interface;

	for (unsigned int i = 0; (interface = flowmob__interface_routes_get(h->routes, i)); i++)
		if (interface->index == index)
			return interface;
	return NULL;
}

/* RFL-2, RFL-3. */
static void learn(struct weak_host_nfqueue *h, const struct flowmob_nfqueue_packet *queued)
{
	struct flowmob_packet packet;

	if (flowmob_packet_decode(&packet, queued->data, queued->len) == 0 && by_index(h, queued->in_ifindex))
		flowmob_reflector_input(h->reflector, &packet, queued->in_ifindex, now_us());
}

/* The interface of a packet's flow; 0 = it is of none. */
static uint32_t interface_of(struct weak_host_nfqueue *h, const struct flowmob_nfqueue_packet *queued, struct flowmob_packet *packet)
{
	struct flowmob_packet cause;

	if (flowmob_packet_decode(packet, queued->data, queued->len) < 0)
		return 0;
	if (!packet->is_icmp_error)
		return flowmob_reflector_output(h->reflector, packet, now_us());
	if (packet->is_signalling || flowmob_packet_decode_cause(&cause, packet, queued->data, queued->len) < 0)
		return 0;
	return flowmob_reflector_output_error(h->reflector, &cause, now_us());
}

/* The mark of a packet that is to leave by another interface than it is about to; NULL = it goes on as it is. RFL-4, RFL-5. */
static const uint32_t *mark_of(struct weak_host_nfqueue *h, const struct flowmob_nfqueue_packet *queued)
{
	struct flowmob_packet packet;
	const uint32_t index = interface_of(h, queued, &packet);
	const struct flowmob__interface *interface = index && index != queued->out_ifindex ? by_index(h, index) : NULL;

	if (index == 0 || index == queued->out_ifindex)
		return NULL;
	if (!interface || !interface->up || !interface->way[packet.version == 4 ? FLOWMOB__IPV4 : FLOWMOB__IPV6].there) {
		h->no_path++;
		return NULL;
	}
	h->reflected++;
	return &interface->mark;
}

static int serve(struct weak_host_nfqueue *h, int direction)
{
	struct flowmob_nfqueue_packet packets[FLOWMOB_NFQUEUE_BATCH];
	struct flowmob_nfqueue *queue = h->queue[direction];
	int n = 1;

	for (int batch = 0; n > 0 && batch < BATCHES; batch++) {
		n = flowmob_nfqueue_recv(queue, packets, FLOWMOB_NFQUEUE_BATCH);
		for (int i = 0; i < n; i++) {
			const uint32_t *mark = NULL;

			if (direction == IN)
				learn(h, &packets[i]);
			else
				mark = mark_of(h, &packets[i]);
			flowmob_nfqueue_verdict(queue, packets[i].id, FLOWMOB_NFQUEUE_ACCEPT, mark);
		}
		flowmob_nfqueue_flush(queue);
	}
	return n < 0 ? n : 0;
}

static int nfqueue_process(void *ctx)
{
	struct weak_host_nfqueue *h = ctx;
	int err;

	flowmob__interface_routes_read(h->routes);
	err = serve(h, IN);
	if (err == 0)
		err = serve(h, OUT);
	flowmob_reflector_handle_timeout(h->reflector, now_us());
	return err;
}

static int nfqueue_fd(const void *ctx)
{
	return ((const struct weak_host_nfqueue *)ctx)->epoll;
}

static int nfqueue_timeout_ms(const void *ctx)
{
	const uint64_t due = flowmob_reflector_next_deadline(((const struct weak_host_nfqueue *)ctx)->reflector), now = now_us();

	if (due == PMIP_TIME_NONE)
		return -1;
	return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static int nfqueue_interface(const void *ctx, struct flowmob_weak_host_interface *out, unsigned int i)
{
	return flowmob__weak_host_interface(((const struct weak_host_nfqueue *)ctx)->routes, out, i);
}

static int nfqueue_next(const void *ctx, struct flowmob_reflected *out, const struct pmip_flow *before)
{
	return flowmob_reflector_next(((const struct weak_host_nfqueue *)ctx)->reflector, out, before);
}

static uint32_t nfqueue_count(const void *ctx)
{
	return flowmob_reflector_count(((const struct weak_host_nfqueue *)ctx)->reflector);
}

static int nfqueue_counters(const void *ctx, struct flowmob_weak_host_counters *counters)
{
	const struct weak_host_nfqueue *h = ctx;
	struct flowmob_reflector_counters counted = { .size = sizeof(counted) };

	flowmob_reflector_get_counters(h->reflector, &counted);
	return flowmob__weak_host_counters(counters, &(struct flowmob_weak_host_counters){
		.added = counted.added,
		.moved = counted.moved,
		.evicted = counted.evicted,
		.reflected = h->reflected,
		.no_path = h->no_path,
		.too_big = UINT64_MAX,
	});
}

static void nfqueue_free(void *ctx)
{
	struct weak_host_nfqueue *h = ctx;

	if (!h)
		return;
	remove_chains();
	flowmob_nfqueue_free(h->queue[IN]);
	flowmob_nfqueue_free(h->queue[OUT]);
	flowmob__interface_routes_free(h->routes);
	flowmob_reflector_free(h->reflector);
	if (h->epoll >= 0)
		close(h->epoll);
	free(h);
}

static const struct flowmob_weak_host_ops nfqueue_ops = {
	.size = sizeof(nfqueue_ops),
	.name = "nfqueue",
	.fd = nfqueue_fd,
	.timeout_ms = nfqueue_timeout_ms,
	.process = nfqueue_process,
	.interface = nfqueue_interface,
	.next = nfqueue_next,
	.count = nfqueue_count,
	.counters = nfqueue_counters,
	.free = nfqueue_free,
};

static int watch(const struct weak_host_nfqueue *h, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? PMIP_ERR_OS : 0;
}

static int open_queues(struct weak_host_nfqueue *h)
{
	int err = watch(h, flowmob__interface_routes_fd(h->routes));

	for (int direction = 0; err == 0 && direction < QUEUES; direction++) {
		const struct flowmob_nfqueue_config config = {
			.size = sizeof(config),
			.queue = h->config.queue[direction],
			.fail_open = true,
			.log = &h->log,
		};

		err = flowmob_nfqueue_new(&h->queue[direction], &config);
		if (err == 0)
			err = watch(h, flowmob_nfqueue_fd(h->queue[direction]));
	}
	return err;
}

static int open_all(struct weak_host_nfqueue *h)
{
	const struct flowmob__interface_watch interfaces = { .user = h, .interface = on_interface };
	uint8_t key[16];
	int err;

	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (h->epoll < 0 || getrandom(key, sizeof(key), 0) != sizeof(key))
		return PMIP_ERR_OS;
	err = flowmob_reflector_new(&h->reflector, h->config.mode, h->config.max_flows, h->config.idle_timeout_ms, NULL, key);
	if (err == 0)
		err = flowmob__interface_routes_new(&h->routes, &h->config, &interfaces, &h->log);
	if (err == 0)
		err = open_queues(h);
	if (err == 0)
		flowmob__interface_routes_read(h->routes);
	return err == 0 ? make_chains(h) : err;
}

int flowmob_weak_host_nfqueue_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config)
{
	struct weak_host_nfqueue *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return PMIP_ERR_NOMEM;
	h->epoll = -1;
	err = flowmob__weak_host_configure(&h->config, config);
	if (err < 0) {
		free(h);
		return err;
	}
	pmip__log_copy(&h->log, h->config.log);
	err = open_all(h);
	if (err < 0) {
		nfqueue_free(h);
		return err;
	}
	*host = (struct flowmob_weak_host){ .ops = &nfqueue_ops, .ctx = h };
	return 0;
}
