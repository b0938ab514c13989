/* SPDX-License-Identifier: BSD-2-Clause */
/* flowmob-slaves: the user-space part of a logical interface (the paper's annex A.3). It makes the interface, shows and changes its table, and
 * follows its links. BND-2. */
#include <config.h>

#include "common/log.h"

#include <errno.h>
#include <flowmob/logical.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_RUNTIME 1
#define EXIT_USAGE 2

static const char help[] =
	"Usage: flowmob-slaves [OPTION]... COMMAND INTERFACE [ARGUMENT]...\n"
	"Looks after the logical interface of a mobile node: one IP interface over several access networks.\n\n"
	"  -k, --kind KIND       of an interface to be made: bonding or bpf (default: bonding where the kernel has it)\n"
	"  -h, --help            print this and exit\n"
	"      --version         print the version and exit\n\n"
	"Commands:\n"
	"  add INTERFACE [SLAVE]...         make it, or take it over, and add these slaves\n"
	"  del INTERFACE [SLAVE]...         release these slaves; without any, end it\n"
	"  set INTERFACE PORTS SLAVE        packets of these source ports leave by this slave, from the next one on\n"
	"  unset INTERFACE [PORTS]          they leave by the active slave; without PORTS: all\n"
	"  list INTERFACE                   what was set\n"
	"  active INTERFACE SLAVE           this slave is the active one\n"
	"  select INTERFACE source-port     as set (default)\n"
	"  select INTERFACE reflect         a flow leaves by the slave that it comes in by; as set, until it has come in\n"
	"  status INTERFACE                 its slaves\n"
	"  watch INTERFACE                  follow its links until interrupted; one of kind bpf needs that\n\n"
	"PORTS: PORT or FIRST-LAST.\n"
	"Exit status: 0 done, 1 it failed, 2 wrong command line.\n";

static const struct option long_options[] = {
	{ "kind", required_argument, NULL, 'k' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* What the command line says. */
struct request {
	const char *interface;
	enum flowmob_logical_kind kind;
	char **args; /* behind the interface */
	int count;
};

struct command {
	const char *name;
	int min, max; /* arguments behind the interface; max -1 = any number */
	int (*run)(struct flowmob_logical *logical, const struct request *request);
};

static volatile sig_atomic_t ended;

static int usage(const char *what)
{
	fprintf(stderr, "flowmob-slaves: %s; try flowmob-slaves --help\n", what);
	return EXIT_USAGE;
}

/* What a library call has said, in the exit status. */
static int told(int err, const char *about)
{
	if (err >= 0)
		return 0;
	fprintf(stderr, "flowmob-slaves: %s: %s\n", about, pmip_strerror(err));
	return EXIT_RUNTIME;
}

/* PORT or FIRST-LAST. @return whether it is that */
static bool read_ports(const char *text, uint16_t *first, uint16_t *last)
{
	unsigned int numbers[2], n = 0;
	char *end;

	do {
		if (n == 2 || *text < '0' || *text > '9' || strspn(text, "0123456789") > 5)
			return false;
		numbers[n] = (unsigned int)strtoul(text, &end, 10);
		if (numbers[n++] > UINT16_MAX)
			return false;
		text = end + 1;
	} while (*end == '-');
	*first = (uint16_t)numbers[0];
	*last = (uint16_t)numbers[n - 1];
	return *end == '\0' && *first <= *last;
}

static int run_add(struct flowmob_logical *logical, const struct request *request)
{
	int code = 0;

	for (int i = 0; code == 0 && i < request->count; i++)
		code = told(flowmob_logical_add_slave(logical, request->args[i]), request->args[i]);
	return code;
}

static int run_del(struct flowmob_logical *logical, const struct request *request)
{
	int code = 0;

	if (request->count == 0)
		return told(flowmob_logical_remove(logical), request->interface);
	for (int i = 0; code == 0 && i < request->count; i++)
		code = told(flowmob_logical_del_slave(logical, request->args[i]), request->args[i]);
	return code;
}

static int run_set(struct flowmob_logical *logical, const struct request *request)
{
	uint16_t first, last;

	if (!read_ports(request->args[0], &first, &last))
		return usage("ports are PORT or FIRST-LAST, from 0 to 65535");
	return told(flowmob_logical_set_entry(logical, first, last, request->args[1]), request->args[1]);
}

static int run_unset(struct flowmob_logical *logical, const struct request *request)
{
	uint16_t first = 0, last = UINT16_MAX;

	if (request->count == 1 && !read_ports(request->args[0], &first, &last))
		return usage("ports are PORT or FIRST-LAST, from 0 to 65535");
	return told(flowmob_logical_set_entry(logical, first, last, NULL), request->interface);
}

static int run_active(struct flowmob_logical *logical, const struct request *request)
{
	return told(flowmob_logical_set_active(logical, request->args[0]), request->args[0]);
}

static int run_select(struct flowmob_logical *logical, const struct request *request)
{
	bool reflect = strcmp(request->args[0], "reflect") == 0;

	if (!reflect && strcmp(request->args[0], "source-port") != 0)
		return usage("select source-port or reflect");
	flowmob_logical_set_reflect(logical, reflect);
	return 0;
}

static const char *name_of(struct flowmob_logical *logical, uint32_t ifindex, struct flowmob_logical_slave *slave)
{
	size_t cursor = 0;

	while (flowmob_logical_next_slave(logical, &cursor, slave) == 1)
		if (slave->ifindex == ifindex)
			return slave->name;
	return "?";
}

static int run_list(struct flowmob_logical *logical, const struct request *request)
{
	struct flowmob_logical_slave slave = { .size = sizeof(slave) };
	size_t cursor = 0;
	uint32_t ifindex;
	uint16_t first, last;

	(void)request;
	while (flowmob_logical_next_entry(logical, &cursor, &first, &last, &ifindex) == 1) {
		printf("%u", first);
		if (last != first)
			printf("-%u", last);
		printf(" %s\n", name_of(logical, ifindex, &slave));
	}
	return 0;
}

static int run_status(struct flowmob_logical *logical, const struct request *request)
{
	bool bonding = flowmob_logical_get_kind(logical) == FLOWMOB_LOGICAL_BONDING;
	struct flowmob_logical_slave slave = { .size = sizeof(slave) };
	size_t cursor = 0;
	int err;

	printf("%s kind=%s select=%s\n", request->interface, bonding ? "bonding" : "bpf",
	       flowmob_logical_get_reflect(logical) ? "reflect" : "source-port");
	while ((err = flowmob_logical_next_slave(logical, &cursor, &slave)) == 1)
		printf("%s link=%s active=%s tx_packets=%llu rx_packets=%llu\n", slave.name, slave.up ? "up" : "down", slave.active ? "yes" : "no",
		       (unsigned long long)slave.tx_packets, (unsigned long long)slave.rx_packets);
	return told(err, request->interface);
}

static void on_signal(int signum)
{
	(void)signum;
	ended = 1;
}

static int run_watch(struct flowmob_logical *logical, const struct request *request)
{
	struct pollfd wait = { .fd = flowmob_logical_fd(logical), .events = POLLIN };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block, open;
	int err = 0;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &open);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	log_set_level(PMIP_LOG_INFO);
	while (!ended && err >= 0) {
		if (ppoll(&wait, 1, NULL, &open) < 0 && errno != EINTR)
			return told(PMIP_ERR_OS, request->interface);
		err = flowmob_logical_process(logical);
	}
	return told(err, request->interface);
}

static const struct command commands[] = {
	{ "add", 0, -1, run_add },
	{ "del", 0, -1, run_del },
	{ "set", 2, 2, run_set },
	{ "unset", 0, 1, run_unset },
	{ "list", 0, 0, run_list },
	{ "active", 1, 1, run_active },
	{ "select", 1, 1, run_select },
	{ "status", 0, 0, run_status },
	{ "watch", 0, 0, run_watch },
};

static int run(const char *name, const struct request *request)
{
	const struct command *command = NULL;
	struct flowmob_logical *logical;
	int code;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && !command; i++)
		if (strcmp(commands[i].name, name) == 0)
			command = &commands[i];
	if (!command)
		return usage("no such command");
	if (request->count < command->min || (command->max >= 0 && request->count > command->max))
		return usage("too few or too many arguments");
	log_set_level(PMIP_LOG_WARN);
	if (command->run == run_add)
		code = told(flowmob_logical_new(&logical, request->interface, request->kind, &log_sink), request->interface);
	else
		code = told(flowmob_logical_open(&logical, request->interface, &log_sink), request->interface);
	if (code)
		return code;
	code = command->run(logical, request);
	flowmob_logical_free(logical);
	return code;
}

int main(int argc, char **argv)
{
	struct request request = { .kind = FLOWMOB_LOGICAL_ANY };
	int c;

	while ((c = getopt_long(argc, argv, "+k:h", long_options, NULL)) != -1) {
		switch (c) {
		case 'k':
			if (strcmp(optarg, "bonding") != 0 && strcmp(optarg, "bpf") != 0)
				return usage("a kind is bonding or bpf");
			request.kind = optarg[1] == 'o' ? FLOWMOB_LOGICAL_BONDING : FLOWMOB_LOGICAL_BPF;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		case 'V':
			printf("flowmob-slaves %s\n", PACKAGE_VERSION);
			return 0;
		default:
			return usage("wrong option");
		}
	}
	if (argc - optind < 2)
		return usage("no command, or no interface");
	request.interface = argv[optind + 1];
	request.args = argv + optind + 2;
	request.count = argc - optind - 2;
	return run(argv[optind], &request);
}
