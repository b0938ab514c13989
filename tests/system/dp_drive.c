/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives a datapath backend by hand, for the system tests.
 *
 *   dp_drive --role lma|mag --backend bpf|netlink|auto [--core IF]... [--access IF] [--pool P]... [--mtu N]
 *            [--device PREFIX] [--max-bindings N] [--max-tunnels N] [--max-flows N] [--without-tcx] [--refused-tcx] [--without-nexthops]
 *            [--hook tc|xdp|auto] [--network IF]... [--bypass-netfilter]
 *
 * One command a line on stdin, one line on stdout for each: "ok ...", or "error NAME". Operations with ";" between them are one submit,
 * whose answer is that of the first that failed. Commands:
 *   ensure LOCAL REMOTE            release LOCAL REMOTE
 *   move LOCAL REMOTE OLD-REMOTE                               (all bindings of a tunnel)
 *   set PREFIX LOCAL REMOTE LINK   clear PREFIX                (LINK: interface name, - at an LMA; an IPv4 home address is
 *                                                              ::ffff:192.0.2.1/128)
 *   set PREFIX LOCAL REMOTE LINK gre SEND RECV                 (keys, - without)
 *   set PREFIX LOCAL REMOTE LINK group N | via ADDRESS
 *   path-set N LOCAL REMOTE        path-clear N LOCAL REMOTE
 *   flow-set SRC SPORT DST DPORT PROTO LOCAL REMOTE [gre SEND RECV | group N]   (LOCAL REMOTE: - - = as its binding)
 *   flow-clear SRC SPORT DST DPORT PROTO
 *   flows                          tunnel LOCAL REMOTE         (one line of counters)
 *   watch none|movable|all         unknown                     (flows that nobody has named)
 *   sweep                          counters
 *   lose                           (what the kernel answers by netlink next is lost)
 *   fail N                         (the Nth allocation of ours from now fails, 0 = none; "ok 1" = that of the last fail has)
 *   quit                           quit keep                   (end of input is "quit")
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pmip/datapath.h>

#include "scarce.h"

enum {
	WORDS = 13, /* of the longest command */
	BATCH = 8, /* operations of the longest line */
	TUNNELS = 64,
};

typedef int make_fn(struct pmip_datapath *, const struct pmip_datapath_config *);

static void log_write(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	static const char *const name[] = { "?", "error", "warn", "info", "debug" };

	(void)user;
	fprintf(stderr, "%s %s: %s\n", name[level], area, message);
}

static const struct pmip_log log_stderr = { sizeof(log_stderr), NULL, log_write };

static void usage(const char *what)
{
	fprintf(stderr, "dp_drive: %s; see the head of dp_drive.c\n", what);
	exit(2);
}

static void list_room(unsigned int count)
{
	if (count >= PMIP_DATAPATH_LIST_MAX)
		usage("too many --core, --pool or --network");
}

static const struct option options[] = {
	{ "role", required_argument, NULL, 'r' },
	{ "backend", required_argument, NULL, 'b' },
	{ "core", required_argument, NULL, 'c' },
	{ "access", required_argument, NULL, 'a' },
	{ "pool", required_argument, NULL, 'p' },
	{ "mtu", required_argument, NULL, 'm' },
	{ "device", required_argument, NULL, 'd' },
	{ "max-bindings", required_argument, NULL, 'x' },
	{ "max-tunnels", required_argument, NULL, 'l' },
	{ "max-flows", required_argument, NULL, 'f' },
	{ "hook", required_argument, NULL, 'h' },
	{ "network", required_argument, NULL, 'w' },
	{ "bypass-netfilter", no_argument, NULL, 'y' },
	{ "without-tcx", no_argument, NULL, 't' },
	{ "refused-tcx", no_argument, NULL, 'T' },
	{ "without-nexthops", no_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

static make_fn *parse_options(struct pmip_datapath_config *config, int argc, char **argv)
{
	static const char *access;
	make_fn *make = pmip_datapath_auto_new;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			config->role =
				strcmp(optarg, "mag") ? PMIP_DATAPATH_LMA : PMIP_DATAPATH_MAG;
			break;
		case 'b':
			if (!strcmp(optarg, "bpf"))
				make = pmip_datapath_bpf_new;
			else if (!strcmp(optarg, "netlink"))
				make = pmip_datapath_netlink_new;
			break;
		case 'c':
			list_room(config->core_count);
			config->core[config->core_count++] = optarg;
			break;
		case 'a':
			access = optarg;
			config->access = &access;
			config->access_count = 1;
			break;
		case 'p':
			list_room(config->pool_count);
			if (pmip_prefix_parse(&config->pool[config->pool_count++], optarg) < 0)
				usage("bad --pool");
			break;
		case 'm':
			config->tunnel_mtu = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'x':
			config->max_bindings = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'l':
			config->max_tunnels = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'n':
			scarce_nexthops();
			break;
		case 'f':
			config->max_flows = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'd':
			config->device_prefix = optarg;
			break;
		case 'h':
			config->hook = !strcmp(optarg, "xdp") ? PMIP_DATAPATH_XDP : !strcmp(optarg, "auto") ? PMIP_DATAPATH_XDP_AUTO : PMIP_DATAPATH_TC;
			break;
		case 'w':
			list_room(config->network_count);
			config->network[config->network_count++] = optarg;
			break;
		case 'y':
			config->bypass_netfilter = true;
			break;
		case 't':
			scarce_tcx(EINVAL);
			break;
		case 'T':
			scarce_tcx(EPERM);
			break;
		default:
			usage("unknown option");
		}
	}
	return make;
}

static bool parse_ends(struct pmip_datapath_op *op, char *const *word)
{
	return pmip_addr_parse(&op->local, word[0]) == 0 &&
	       pmip_addr_parse(&op->remote, word[1]) == 0;
}

/* The number of a tunnel: which of those ensured so far it is. */
static uint32_t tunnel_number(const struct pmip_datapath_op *op)
{
	static struct pmip_datapath_op known[TUNNELS];
	static uint32_t count;
	uint32_t n = 0;

	while (n < count && !(pmip_addr_equal(&known[n].local, &op->local) && pmip_addr_equal(&known[n].remote, &op->remote)))
		n++;
	if (n == count && count < TUNNELS)
		known[count++] = *op;
	return n + 1;
}

static struct pmip_key parse_key(const char *word)
{
	return (struct pmip_key){ .present = strcmp(word, "-") != 0, .value = (uint32_t)strtoul(word, NULL, 0) };
}

/* What stands behind "set PREFIX LOCAL REMOTE LINK". */
static bool parse_extra(struct pmip_datapath_op *op, char *const *word, unsigned int words)
{
	if (words == 3 && !strcmp(word[0], "gre"))
		op->gre = (struct pmip_gre){ .in_use = true, .send = parse_key(word[1]), .recv = parse_key(word[2]) };
	else if (words == 2 && !strcmp(word[0], "group"))
		op->group = (uint32_t)strtoul(word[1], NULL, 10);
	else if (words == 2 && !strcmp(word[0], "via"))
		return pmip_addr_parse(&op->via, word[1]) == 0;
	else
		return !words;
	return true;
}

/* SRC SPORT DST DPORT PROTO */
static bool parse_flow(struct pmip_flow *flow, char *const *word)
{
	flow->src_port = (uint16_t)strtoul(word[1], NULL, 10);
	flow->dst_port = (uint16_t)strtoul(word[3], NULL, 10);
	flow->protocol = (uint8_t)strtoul(word[4], NULL, 10);
	return pmip_addr_parse(&flow->src, word[0]) == 0 && pmip_addr_parse(&flow->dst, word[2]) == 0;
}

/* Whether the words are an operation on a path or a flow. */
static bool parse_steering(struct pmip_datapath_op *op, char *const *word, unsigned int words)
{
	if (words == 4 && (!strcmp(word[0], "path-set") || !strcmp(word[0], "path-clear"))) {
		op->kind = strcmp(word[0], "path-set") ? PMIP_DATAPATH_PATH_CLEAR : PMIP_DATAPATH_PATH_SET;
		op->group = (uint32_t)strtoul(word[1], NULL, 10);
		return parse_ends(op, word + 2);
	}
	if (words >= 8 && !strcmp(word[0], "flow-set")) {
		op->kind = PMIP_DATAPATH_FLOW_SET;
		if (!parse_flow(&op->flow, word + 1) || (strcmp(word[6], "-") && !parse_ends(op, word + 6)))
			return false;
		op->tunnel = strcmp(word[6], "-") ? tunnel_number(op) : 0;
		return parse_extra(op, word + 8, words - 8);
	}
	if (words == 6 && !strcmp(word[0], "flow-clear")) {
		op->kind = PMIP_DATAPATH_FLOW_CLEAR;
		return parse_flow(&op->flow, word + 1);
	}
	return false;
}

/* Whether the words are a datapath operation. */
static bool parse_op(struct pmip_datapath_op *op, char *const *word, unsigned int words)
{
	*op = (struct pmip_datapath_op){ .id = 1 };
	if (words == 3 && !strcmp(word[0], "ensure"))
		op->kind = PMIP_DATAPATH_TUNNEL_ENSURE;
	else if (words == 3 && !strcmp(word[0], "release"))
		op->kind = PMIP_DATAPATH_TUNNEL_RELEASE;
	else if (words == 4 && !strcmp(word[0], "move"))
		op->kind = PMIP_DATAPATH_TUNNEL_MOVE;
	else if (words >= 5 && !strcmp(word[0], "set"))
		op->kind = PMIP_DATAPATH_BINDING_SET;
	else if (words == 2 && !strcmp(word[0], "clear"))
		op->kind = PMIP_DATAPATH_BINDING_CLEAR;
	else
		return parse_steering(op, word, words);
	if (words == 3 || words == 4)
		return parse_ends(op, word + 1) && tunnel_number(op) && (words == 3 || pmip_addr_parse(&op->old_remote, word[3]) == 0);
	if (pmip_prefix_parse(&op->prefix, word[1]) < 0)
		return false;
	if (words == 2)
		return true;
	if (!parse_extra(op, word + 5, words - 5))
		return false;
	if (strcmp(word[4], "-")) {
		op->link = if_nametoindex(word[4]);
		if (!op->link)
			return false;
	}
	return parse_ends(op, word + 2);
}

static void answer(int err)
{
	if (err < 0)
		printf("error %s\n", pmip_err_name(err));
	else
		printf("ok %d\n", err);
}

static void print_counters(struct pmip_datapath *datapath)
{
	struct pmip_datapath_counters c = { .size = sizeof(c) };
	int err = datapath->ops->counters(datapath->ctx, &c);

	if (err < 0) {
		answer(err);
		return;
	}
	printf("ok tunnels=%" PRId64 " bindings=%" PRId64 " encap=%" PRId64 " decap=%" PRId64
	       " drop_unbound=%" PRId64 " drop_spoofed=%" PRId64 " drop_other=%" PRId64 " errors=%" PRId64 " full=%" PRId64 "\n",
	       (int64_t)c.tunnels, (int64_t)c.bindings, (int64_t)c.encap, (int64_t)c.decap,
	       (int64_t)c.drop_unbound, (int64_t)c.drop_spoofed, (int64_t)c.drop_other,
	       (int64_t)c.errors, (int64_t)c.full);
}

static void print_flow(void *user, const struct pmip_flow_counters *counters)
{
	char text[PMIP_FLOW_STRLEN];

	(void)user;
	printf(" {%s packets=%" PRIu64 " octets=%" PRIu64 " seen=%d}", pmip_flow_format(&counters->flow, text), counters->packets,
	       counters->octets, counters->seen_us != 0);
}

static void print_flows(struct pmip_datapath *datapath)
{
	uint64_t place = 0;
	int n = 0, some;

	printf("ok");
	do {
		some = datapath->ops->flows(datapath->ctx, &place, 1, print_flow, NULL);
		n += some;
	} while (some >= 0 && place != 0);
	printf(" %d\n", n);
}

static void watch(struct pmip_datapath *datapath, const char *whose)
{
	static const char *const scope[] = { "none", "movable", "all" };
	int i = 2;

	while (i > 0 && strcmp(scope[i], whose))
		i--;
	answer(datapath->ops->watch(datapath->ctx, (enum pmip_datapath_watch)i));
}

static void print_unknown_flow(void *user, const struct pmip_flow *flow)
{
	char text[PMIP_FLOW_STRLEN];

	(void)user;
	printf(" {%s}", pmip_flow_format(flow, text));
}

/* Those that are there, or come within 200 ms. */
static void print_unknown(struct pmip_datapath *datapath)
{
	struct pollfd readable = { .fd = datapath->ops->unknown_fd(datapath->ctx), .events = POLLIN };

	poll(&readable, 1, 200);
	printf("ok");
	printf(" %d\n", datapath->ops->unknown(datapath->ctx, print_unknown_flow, NULL));
}

static void print_tunnel(struct pmip_datapath *datapath, char *const *word)
{
	struct pmip_tunnel_counters c = { .size = sizeof(c) };
	struct pmip_datapath_op op;
	int err = parse_ends(&op, word) ? datapath->ops->tunnel(datapath->ctx, &c, &op.local, &op.remote) : PMIP_ERR_SYNTAX;

	if (err < 0)
		answer(err);
	else
		printf("ok packets=%" PRIu64 " octets=%" PRIu64 " dropped=%" PRIu64 " \n", c.packets, c.octets, c.dropped);
}

static void submit(struct pmip_datapath *datapath, const struct pmip_datapath_op *ops, unsigned int n)
{
	int results[BATCH] = { 0 };
	int err = datapath->ops->submit(datapath->ctx, results, ops, n);

	for (unsigned int i = 0; i < n && err == 0; i++)
		err = results[i];
	answer(err);
}

/* Words of text, each ended in its place. */
static unsigned int split(char *text, char **word)
{
	unsigned int words = 0;
	char *save;

	for (char *w = strtok_r(text, " \n", &save); w && words < WORDS; w = strtok_r(NULL, " \n", &save))
		word[words++] = w;
	return words;
}

/* Operations of a line. @return how many, 0 = it cannot be read */
static unsigned int parse_batch(struct pmip_datapath_op *ops, char *line)
{
	char *word[WORDS], *save;
	unsigned int n = 0;

	for (char *text = strtok_r(line, ";", &save); text; text = strtok_r(NULL, ";", &save))
		if (n == BATCH || !parse_op(&ops[n++], word, split(text, word)))
			return 0;
	return n;
}

int main(int argc, char **argv)
{
	struct pmip_datapath_config config = { .size = sizeof(config),
					       .role = PMIP_DATAPATH_LMA,
					       .log = &log_stderr };
	struct pmip_datapath datapath;
	struct pmip_datapath_op ops[BATCH];
	char line[512], copy[512], *word[WORDS];
	unsigned int words, n;
	bool keep = false;
	int err = parse_options(&config, argc, argv)(&datapath, &config);

	setvbuf(stdout, NULL, _IOLBF, 0);
	answer(err);
	if (err < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		memcpy(copy, line, sizeof(copy));
		n = parse_batch(ops, copy);
		words = split(line, word);
		if (!words)
			continue;
		if (!strcmp(word[0], "quit")) {
			keep = words == 2 && !strcmp(word[1], "keep");
			break;
		}
		if (!strcmp(word[0], "sweep"))
			answer(datapath.ops->sweep(datapath.ctx));
		else if (!strcmp(word[0], "counters"))
			print_counters(&datapath);
		else if (words == 1 && !strcmp(word[0], "flows"))
			print_flows(&datapath);
		else if (words == 2 && !strcmp(word[0], "watch"))
			watch(&datapath, word[1]);
		else if (words == 2 && !strcmp(word[0], "fail"))
			answer(scarce_set((unsigned int)strtoul(word[1], NULL, 10)));
		else if (words == 1 && !strcmp(word[0], "lose")) {
			scarce_answers();
			answer(0);
		} else if (words == 1 && !strcmp(word[0], "unknown"))
			print_unknown(&datapath);
		else if (words == 3 && !strcmp(word[0], "tunnel"))
			print_tunnel(&datapath, word + 1);
		else if (n)
			submit(&datapath, ops, n);
		else
			printf("error cannot read this command\n");
	}
	datapath.ops->free(datapath.ctx, keep);
	printf("ok bye\n");
	return 0;
}
