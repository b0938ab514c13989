/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of a daemon. */
#include <config.h>

#include "common/options.h"
#include "common/service.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	OPT_CHECK = 256,
	OPT_KEYS,
	OPT_EVENTS,
	OPT_READY_FD,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "keys", no_argument, NULL, OPT_KEYS },
	{ "events", required_argument, NULL, OPT_EVENTS },
	{ "ready-fd", required_argument, NULL, OPT_READY_FD },
	{ "foreground", no_argument, NULL, 'f' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void print_help(const struct program *program)
{
	printf("Usage: %s [OPTION]...\n"
	       "%s\n"
	       "It runs in the foreground, in the network namespace it is started in, and logs to standard error.\n\n"
	       "  -c, --config FILE   configuration [%s]\n"
	       "      --check-config  say what is wrong with the configuration and exit; changes nothing, needs no rights\n"
	       "      --keys          list every key of the configuration and exit\n"
	       "%s"
	       "      --ready-fd N    write a newline to descriptor N and close it once everything is up\n"
	       "  -f, --foreground    stay in the foreground (it always does)\n"
	       "  -v, --verbose       log at level debug, whatever the configuration says\n"
	       "  -h, --help          print this and exit\n"
	       "      --version       print the version and exit\n\n"
	       "Signals: TERM and INT end it and remove everything of it from the kernel; HUP reads the configuration again.\n"
	       "Control: pmipctl talks to the socket that the configuration names [%s].\n"
	       "Exit status: 0 ended as asked, 1 failed, 2 wrong command line or configuration.\n",
	       program->name, program->what, program->file,
	       program->has_events ? "      --events FILE   append what happens to FILE, one JSON object per line\n" : "", program->socket);
}

static int usage(const struct program *program, const char *what)
{
	fprintf(stderr, "%s: %s; try %s --help\n", program->name, what, program->name);
	return EXIT_USAGE;
}

static int parse_ready_fd(const char *text)
{
	char *end;
	long fd = strtol(text, &end, 10);

	if (end == text || *end != '\0' || fd < 0 || fd > 65535 || fcntl((int)fd, F_GETFD) < 0)
		return -1;
	return (int)fd;
}

int options_parse(struct options *options, const struct program *program, int argc, char **argv)
{
	int c;

	*options = (struct options){ .file = program->file, .ready_fd = -1 };
	while ((c = getopt_long(argc, argv, "c:fvh", long_options, NULL)) != -1) {
		switch (c) {
		case 'c':
			options->file = optarg;
			break;
		case OPT_CHECK:
			options->check = true;
			break;
		case OPT_KEYS:
			settings_print_keys(program->rows);
			return 0;
		case OPT_EVENTS:
			if (!program->has_events)
				return usage(program, "wrong option");
			options->events = optarg;
			break;
		case OPT_READY_FD:
			options->ready_fd = parse_ready_fd(optarg);
			if (options->ready_fd < 0)
				return usage(program, "--ready-fd wants the number of an open descriptor");
			break;
		case 'f':
			break;
		case 'v':
			options->verbose = true;
			break;
		case 'h':
			print_help(program);
			return 0;
		case OPT_VERSION:
			printf("%s %s\n", program->name, PACKAGE_VERSION);
			return 0;
		default:
			return usage(program, "wrong option");
		}
	}
	return optind < argc ? usage(program, "arguments without option are not taken") : -1;
}
