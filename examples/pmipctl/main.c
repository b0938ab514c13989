/* SPDX-License-Identifier: BSD-2-Clause */
/* pmipctl: one command to the control socket of pmip-lma, pmip-mag, flowmob-manager or flowmob-mn, its reply to standard output. */
#include <config.h>

#include "pmipctl/print.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LMA_SOCKET "/run/pmip/lma.sock"
#define MAG_SOCKET "/run/pmip/mag.sock"
#define MN_SOCKET "/run/pmip/mn.sock"
#define MANAGER_SOCKET "/run/pmip/flow-manager.sock"

#define EXIT_RUNTIME 1
#define EXIT_USAGE 2

static const char help[] =
	"Usage: pmipctl [OPTION]... COMMAND [KEY=VALUE]...\n"
	"Talks to a running pmip-lma, pmip-mag, flowmob-manager or flowmob-mn.\n\n"
	"  --lma                 the socket " LMA_SOCKET "\n"
	"  --mag                 the socket " MAG_SOCKET "\n"
	"  --manager             the socket " MANAGER_SOCKET "\n"
	"  --mn                  the socket " MN_SOCKET "\n"
	"  -s, --socket PATH     another socket\n"
	"                        (none of these: the one of the first four that is there)\n"
	"  -j, --json            print what the daemon says as it is\n"
	"  -h, --help            print this and exit\n"
	"      --version         print the version and exit\n\n"
	"Commands:\n"
	"  status                what runs\n"
	"  bindings [mn_id=ID] [limit=N]                (LMA, MAG)\n"
	"  counters              of whatever it counts\n"
	"  events                (LMA, MAG, manager) whatever happens, until Ctrl-C\n"
	"  reload                read the configuration again\n"
	"  log-level [level=error|warn|info|debug]\n"
	"  sweep                 (LMA, MAG) remove now what a killed daemon left in the kernel and nobody has registered again\n"
	"  attach link=IFACE [mac=MAC] [id=ID] [hi=N]   (MAG) a mobile node has come\n"
	"  detach link=IFACE [mac=MAC]                  (MAG) it, or everybody there, has left\n"
	"  clock-synchronised                           (MAG) the clock is right: send again what the LMA refused for its timestamp\n"
	"  revoke id=ID [prefix=PREFIX] [trigger=0..7]  revoke bindings (RFC 5846); trigger 1: administrative, default;\n"
	"                                               prefix: (LMA) this one only\n"
	"  revoke-mag address=ADDRESS                   (LMA) revoke all bindings at this MAG\n"
	"  revoke-realm realm=REALM                     (LMA) revoke the bindings of a realm, not of those below it\n"
	"  revoke-all [lma=ADDRESS]                     (MAG) revoke all bindings at this LMA, or at the general one\n"
	"  revoke-group [address=MAG] [trigger=0..7]    (LMA) revoke what this MAG, or any, registers as a group (RFC 6602)\n"
	"  revoke-group [lma=ADDRESS] [group=N] [trigger=0..7]    (MAG) the same; group: 1, any\n"
	"  reregister id=ID                             (LMA) have the MAG register it again (RFC 7077)\n"
	"  reregister-mag address=ADDRESS               (LMA) have this MAG register all its mobile nodes again\n"
	"  renumber id=ID prefix=PREFIX [to=PREFIX]     (LMA) give it another prefix in place of this one (RFC 8191)\n"
	"  access-network id=ID                         (LMA) ask the MAG where it is; an event tells (RFC 6757)\n"
	"  notify id=ID vendor=N [subtype=N] [data=HEX] (LMA) tell the MAG something in a vendor's own way\n"
	"  mobile-node id=ID                            (LMA) its MAGs and prefixes, and what its flows have counted\n"
	"  flows [mn_id=ID] [limit=N]                   (LMA) the flows that are known, and what each has counted\n"
	"  flow-add src=IP dst=IP [proto=N] [sport=N] [dport=N]   (LMA) make one known; dst: the mobile node's; proto: 6\n"
	"  flow-move id=N [to=TUNNEL|MAG]               (LMA) to another tunnel of its mobile node\n"
	"  flow-del id=N                                (LMA) forget it: it goes where its prefix goes\n"
	"  flows [limit=N]                              (MN) the flows that are known, and the interface of each\n"
	"  list [mn_id=ID] [limit=N]                    (manager) the flows that are known, and why they are where they are\n"
	"  add src=IP dst=IP [proto=N] [sport=N] [dport=N]        (manager) as flow-add, and del as flow-del\n"
	"  move id=N [to=TUNNEL]                        (manager) to another tunnel; the policy leaves it there\n"
	"  del id=N                                     (manager) forget it; its next packet brings it back\n"
	"  explain id=N                                 (manager) what the policy makes of a flow, and why\n"
	"  policy mn_id=ID ways=TECHNOLOGY[:DROP],... [application=NAME]   (manager) what it would make of one; the first way is in use,\n"
	"                                               DROP: packets of a thousand that are dropped there\n"
	"  interfaces                                   (MN) its interfaces and their routers\n\n"
	"Exit status: 0 done, 1 the daemon refused or cannot be reached, 2 wrong command line.\n";

static const struct option long_options[] = {
	{ "lma", no_argument, NULL, 'L' },
	{ "mag", no_argument, NULL, 'M' },
	{ "manager", no_argument, NULL, 'F' },
	{ "mn", no_argument, NULL, 'N' },
	{ "socket", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int usage(const char *what)
{
	fprintf(stderr, "pmipctl: %s; try pmipctl --help\n", what);
	return EXIT_USAGE;
}

/* The default socket, when it is clear which. */
static const char *guess_socket(void)
{
	static const char *const sockets[] = { LMA_SOCKET, MAG_SOCKET, MANAGER_SOCKET, MN_SOCKET };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		if (access(sockets[i], F_OK) != 0)
			continue;
		if (found)
			return NULL;
		found = sockets[i];
	}
	return found ? found : LMA_SOCKET;
}

/* "cmd key=value ..." as a request. @return NULL when an argument is not key=value. */
static json_t *make_request(char **words, int count)
{
	json_t *request = json_object();
	char *equals;
	int i;

	json_object_set_new(request, "cmd", json_string(words[0]));
	for (i = 1; i < count; i++) {
		equals = strchr(words[i], '=');
		if (!equals || equals == words[i] ||
		    json_object_set_new(request, strtok(words[i], "="), json_string(equals + 1))) {
			json_decref(request);
			return NULL;
		}
	}
	return request;
}

static FILE *connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *stream = NULL;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		stream = fdopen(fd, "r+");
	if (!stream) {
		fprintf(stderr,
			"pmipctl: cannot reach a daemon at %s: %s; start it, be root, or name its socket with -s\n",
			path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return stream;
}

static int send_request(FILE *stream, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	int err = !text || fprintf(stream, "%s\n", text) < 0 || fflush(stream);

	free(text);
	return err ? -1 : 0;
}

/* One reply. @return 0, or EXIT_RUNTIME when the daemon refused. */
static int show_reply(const json_t *reply)
{
	const char *error = json_string_value(json_object_get(reply, "error"));
	const json_t *fault;
	size_t i;

	if (json_is_true(json_object_get(reply, "ok"))) {
		print_reply(reply);
		return 0;
	}
	json_array_foreach (json_object_get(reply, "faults"), i, fault)
		fprintf(stderr, "%s\n", json_string_value(fault));
	fprintf(stderr, "pmipctl: %s\n", error ? error : "the daemon's answer cannot be read");
	return EXIT_RUNTIME;
}

static int show_line(const char *line, bool raw, bool event)
{
	json_t *json = json_loads(line, 0, NULL);
	int code = 0;

	if (raw) {
		fputs(line, stdout);
		if (!event && !json_is_true(json_object_get(json, "ok")))
			code = EXIT_RUNTIME;
	} else if (event) {
		print_event(json);
	} else {
		code = show_reply(json);
	}
	fflush(stdout);
	json_decref(json);
	return code;
}

static int talk(const char *path, const json_t *request, bool raw, bool follow)
{
	FILE *stream = connect_to(path);
	int code = EXIT_RUNTIME;
	char *line = NULL;
	size_t cap = 0;

	if (!stream)
		return code;
	if (send_request(stream, request) || getline(&line, &cap, stream) < 0)
		fprintf(stderr, "pmipctl: the daemon at %s has closed the connection without an answer\n",
			path);
	else
		code = show_line(line, raw, false);
	while (follow && code == 0 && getline(&line, &cap, stream) >= 0)
		show_line(line, raw, true);
	free(line);
	fclose(stream);
	return code;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	bool raw = false;
	json_t *request;
	int c, code;

	while ((c = getopt_long(argc, argv, "+s:jh", long_options, NULL)) != -1) {
		switch (c) {
		case 'L':
			path = LMA_SOCKET;
			break;
		case 'M':
			path = MAG_SOCKET;
			break;
		case 'F':
			path = MANAGER_SOCKET;
			break;
		case 'N':
			path = MN_SOCKET;
			break;
		case 's':
			path = optarg;
			break;
		case 'j':
			raw = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		case 'V':
			printf("pmipctl %s\n", PACKAGE_VERSION);
			return 0;
		default:
			return usage("wrong option");
		}
	}
	if (optind == argc)
		return usage("no command");
	path = path ? path : guess_socket();
	if (!path)
		return usage("several programs are running here; say --lma, --mag, --manager or --mn");
	request = make_request(argv + optind, argc - optind);
	if (!request)
		return usage("arguments of a command are KEY=VALUE");
	code = talk(path, request, raw, strcmp(argv[optind], "events") == 0);
	json_decref(request);
	return code;
}
