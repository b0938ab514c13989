/* SPDX-License-Identifier: BSD-2-Clause */
/* A product's local mobility anchor: libpmip decides, the socket, the clock and the forwarding are the product's own.
 * Here a raw socket, poll() and printf(). Usage: lma ADDRESS POOL MAG..., e.g. lma 2001:db8::1 2001:db8:100::/48 2001:db8::2 */
#include <pmip/pmip.h>

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void must(int err, const char *what)
{
	if (err < 0) {
		fprintf(stderr, "%s: %s\n", what, pmip_strerror(err));
		exit(1);
	}
}

static uint64_t clock_us(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static struct pmip_now now(void)
{
	return (struct pmip_now){clock_us(CLOCK_MONOTONIC), clock_us(CLOCK_REALTIME)};
}

/* Where a product would program its forwarding plane. 0, or an enum pmip_err: the mobile node is refused then. */
static int forward(const struct pmip_datapath_op *op)
{
	char remote[PMIP_ADDR_STRLEN], prefix[PMIP_PREFIX_STRLEN];

	pmip_addr_format(&op->remote, remote);
	pmip_prefix_format(&op->prefix, prefix);
	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE: printf("tunnel to %s\n", remote); return 0;
	case PMIP_DATAPATH_TUNNEL_RELEASE: printf("no tunnel to %s\n", remote); return 0;
	case PMIP_DATAPATH_BINDING_SET: printf("%s through the tunnel to %s\n", prefix, remote); return 0;
	case PMIP_DATAPATH_BINDING_CLEAR: printf("%s nowhere\n", prefix); return 0;
	default: return PMIP_ERR_UNSUPPORTED; /* flows, paths and bulk moves: for configurations that ask for them */
	}
}

static void send_message(int fd, const struct pmip_dgram *message)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6};

	memcpy(&to.sin6_addr, message->dst.b, sizeof(to.sin6_addr));
	if (sendto(fd, message->data, message->len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		perror("sendto"); /* lost, as on any network: MAGs send again */
}

static void do_actions(struct pmip_lma *lma, int fd)
{
	struct pmip_action action;

	while (pmip_lma_next_action(lma, &action) == 1) {
		if (action.type == PMIP_ACTION_DATAPATH)
			must(pmip_lma_complete(lma, action.u.datapath.id, forward(&action.u.datapath), now()), "complete");
		else if (action.type == PMIP_ACTION_SEND)
			send_message(fd, &action.u.send);
		else if (action.type == PMIP_ACTION_NOTIFY)
			printf("event %s\n", pmip_event_name(action.u.event.type));
	}
	fflush(stdout);
}

static void receive(struct pmip_lma *lma, int fd, const struct pmip_addr *own)
{
	static uint8_t octets[PMIP_MH_MAX];
	struct pmip_dgram message = {.dst = *own, .data = octets};
	struct sockaddr_in6 from = {0};
	socklen_t from_len = sizeof(from);
	ssize_t len = recvfrom(fd, octets, sizeof(octets), MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

	memcpy(message.src.b, &from.sin6_addr, sizeof(message.src.b));
	message.len = (size_t)len;
	if (len >= 0)
		must(pmip_lma_input(lma, &message, now()), "input");
}

static struct pmip_lma *make_lma(char **argv, struct pmip_addr *own)
{
	struct pmip_profile anybody = {.size = sizeof(anybody), .mn_id = {1, 1, (const uint8_t *)"*"}};
	struct pmip_peer mag = {.size = sizeof(mag)};
	struct pmip_lma_config *config;
	struct pmip_prefix pool;
	struct pmip_lma *lma;
	uint8_t key[16];

	must(pmip_addr_parse(own, argv[1]), argv[1]);
	must(pmip_prefix_parse(&pool, argv[2]), argv[2]);
	must(getrandom(key, sizeof(key), 0) == sizeof(key) ? 0 : PMIP_ERR_OS, "getrandom");
	must(pmip_lma_config_new(&config, NULL), "configuration");
	must(pmip_lma_config_set_address(config, own), argv[1]);
	must(pmip_lma_config_add_pool(config, &pool, 64), argv[2]);
	must(pmip_lma_config_add_profile(config, &anybody), "profile");
	for (argv += 3; *argv; argv++) {
		must(pmip_addr_parse(&mag.addr, *argv), *argv);
		must(pmip_lma_config_add_peer(config, &mag), *argv);
	}
	must(pmip_lma_new(&lma, config, NULL, key), "engine");
	pmip_lma_config_free(config);
	return lma;
}

int main(int argc, char **argv)
{
	struct sigaction end = {.sa_handler = on_signal};
	struct sockaddr_in6 address = {.sin6_family = AF_INET6};
	struct pmip_addr own = {{0}};
	struct pmip_lma *lma = argc > 3 ? make_lma(argv, &own) : NULL;
	struct pollfd fd = {lma ? socket(AF_INET6, SOCK_RAW, PMIP_IPPROTO_MH) : -1, POLLIN, 0};

	memcpy(&address.sin6_addr, own.b, sizeof(own.b));
	if (!lma || fd.fd < 0 || bind(fd.fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return fprintf(stderr, "usage: lma ADDRESS POOL MAG..., as root; ADDRESS is one of this machine\n"), 1;
	sigaction(SIGTERM, &end, NULL);
	printf("ready\n");
	while (!stop) {
		uint64_t due = pmip_lma_next_deadline(lma), time = now().mono_us, most = time + 1000000;

		do_actions(lma, fd.fd);
		if (poll(&fd, 1, due <= time ? 0 : (int)(((due < most ? due : most) - time) / 1000) + 1) > 0)
			receive(lma, fd.fd, &own);
		must(pmip_lma_handle_timeout(lma, now()), "timeout");
	}
	must(pmip_lma_shutdown(lma, now()), "shutdown");
	do_actions(lma, fd.fd);
	pmip_lma_free(lma);
	return close(fd.fd);
}
