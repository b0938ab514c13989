/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives a queue of packets for nfqueue.py: nfqueue_check QUEUE WORD=NUMBER...
 *   verdict=0|1|4      as enum flowmob_nfqueue_verdict; 1 without
 *   mark=N             of the verdict
 *   hold=N             verdicts wait until N packets have come, and are then given from the last to the first
 *   deaf=1             nothing is received before a line comes on standard input
 *   copy=N, waiting=N, buffer=N, open=1    the queue's settings
 * It says "ready", a line for each packet, and the counters at the end of standard input. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <flowmob/nfqueue.h>

#define HOLD_MAX 1024

struct options {
	unsigned long verdict, mark, hold, deaf, copy, waiting, buffer, open;
};

static void log_line(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	printf("log %d %s: %s\n", (int)level, area, message);
}

static const struct pmip_log log_here = { .size = sizeof(log_here), .write = log_line };

static struct options read_options(char **words)
{
	struct options o = { .verdict = FLOWMOB_NFQUEUE_ACCEPT };
	const struct {
		const char *name;
		unsigned long *value;
	} known[] = {
		{ "verdict", &o.verdict }, { "mark", &o.mark },	      { "hold", &o.hold },     { "deaf", &o.deaf },
		{ "copy", &o.copy },	   { "waiting", &o.waiting }, { "buffer", &o.buffer }, { "open", &o.open },
	};

	for (; *words != NULL; words++) {
		size_t i = 0, len = strcspn(*words, "=");

		while (i < sizeof(known) / sizeof(known[0]) && (strlen(known[i].name) != len || strncmp(known[i].name, *words, len) != 0))
			i++;
		if (i == sizeof(known) / sizeof(known[0]) || (*words)[len] != '=') {
			fprintf(stderr, "nfqueue_check: %s is no option\n", *words);
			exit(2);
		}
		*known[i].value = strtoul(*words + len + 1, NULL, 0);
	}
	return o;
}

static void judge(struct flowmob_nfqueue *queue, const struct options *o, uint32_t id)
{
	static uint32_t held[HOLD_MAX];
	static size_t count;
	uint32_t mark = (uint32_t)o->mark;

	held[count++] = id;
	if (count < o->hold)
		return;
	while (count > 0)
		flowmob_nfqueue_verdict(queue, held[--count], (enum flowmob_nfqueue_verdict)o->verdict, o->mark ? &mark : NULL);
}

static int take_all(struct flowmob_nfqueue *queue, const struct options *o)
{
	struct flowmob_nfqueue_packet p[FLOWMOB_NFQUEUE_BATCH];
	int n;

	while ((n = flowmob_nfqueue_recv(queue, p, FLOWMOB_NFQUEUE_BATCH)) > 0) {
		for (int i = 0; i < n; i++) {
			printf("packet hook %u type %x in %u out %u mark %u len %zu of %zu first %02x\n", p[i].hook, p[i].ethertype,
			       p[i].in_ifindex, p[i].out_ifindex, p[i].mark, p[i].len, p[i].total_len, p[i].data[0]);
			judge(queue, o, p[i].id);
		}
	}
	flowmob_nfqueue_flush(queue);
	fflush(stdout);
	return n;
}

static void tell_counters(const struct flowmob_nfqueue *queue)
{
	struct flowmob_nfqueue_counters c = { .size = sizeof(c) };

	flowmob_nfqueue_get_counters(queue, &c);
	printf("received %llu verdicts %llu refused %llu overruns %llu malformed %llu\n", (unsigned long long)c.received,
	       (unsigned long long)c.verdicts, (unsigned long long)c.refused, (unsigned long long)c.overruns,
	       (unsigned long long)c.malformed);
}

int main(int argc, char **argv)
{
	struct options o = read_options(argv + (argc > 2 ? 2 : argc));
	struct flowmob_nfqueue_config config = {
		.size = sizeof(config),
		.queue = (uint16_t)strtoul(argc > 1 ? argv[1] : "0", NULL, 0),
		.copy_range = (uint32_t)o.copy,
		.max_waiting = (uint32_t)o.waiting,
		.socket_buffer = (uint32_t)o.buffer,
		.fail_open = o.open != 0,
		.log = &log_here,
	};
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
	struct flowmob_nfqueue *queue;
	char line[16];
	int err = flowmob_nfqueue_new(&queue, &config);

	if (err < 0) {
		printf("open %s\n", pmip_err_name(err));
		return 1;
	}
	p[1].fd = flowmob_nfqueue_fd(queue);
	printf("ready\n");
	fflush(stdout);
	while (err >= 0 && poll(p, o.deaf ? 1 : 2, -1) > 0) {
		if (p[0].revents) {
			if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
				break;
			o.deaf = 0;
		}
		err = take_all(queue, &o);
	}
	tell_counters(queue);
	flowmob_nfqueue_free(queue);
	return err < 0;
}
