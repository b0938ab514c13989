/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "perf/settings.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2
#define CLIENTS_MAX 16000000

static const char help[] =
	"Usage: pmip-perf [OPTION]... --mag ADDRESS[,ADDRESS]... LMA\n"
	"       pmip-perf --echo ADDRESS\n"
	"Puts load on the local mobility anchor at the address LMA, checks its answers and measures how long they take.\n\n"
	"  -m, --mag ADDRESS[,...]   our addresses, each a MAG\n"
	"  -n, --clients N           mobile nodes, all of which are registered first (default 1000)\n"
	"  -e, --events N            what happens to them after that (default as many as clients)\n"
	"  -p, --period SECONDS      for so long, in place of a number of events\n"
	"  -r, --rate N              events a second (default: as fast as they are answered)\n"
	"  -w, --window N            most events that wait for an answer (default 64; with --rate any number)\n"
	"      --handover PERCENT    of the events (default 20; with one MAG 0)\n"
	"      --release PERCENT     of the events; as many are registered again, the rest are refreshes (default 10)\n"
	"  -s, --seed N              another one makes another sequence of events (default 1)\n"
	"      --mn-id TEXT          identifiers, with the number in place of # (default mn#@example.org)\n"
	"      --first N             number of the first mobile node (default 0)\n"
	"      --lifetime SECONDS    to be asked for (default 3600)\n"
	"      --timeout MS          until a PBU is sent again; then twice that, up to 32 s (default 1000)\n"
	"      --retries N           how often it is, before it counts as lost (default 5)\n"
	"      --no-timestamp        no Timestamp option: the LMA orders PBUs by their sequence numbers\n"
	"  -b, --baseline ADDRESS    measure a responder (--echo) there first, with the same events\n"
	"      --echo ADDRESS        be that responder: answer each PBU at once, until interrupted\n"
	"  -i, --interval SECONDS    a line that often, on standard error\n"
	"  -j, --json                one JSON object at the end, no table\n"
	"      --max-drop PERCENT    most events that are lost or refused (default 0)\n"
	"      --max-p99 MS          longest latency of 99 percent of the answers (default: any)\n"
	"  -h, --help                print this and exit\n"
	"      --version             print the version and exit\n\n"
	"Exit status: 0 all is as expected, 1 it could not run, 2 wrong command line, 3 something is not as expected.\n";

enum {
	OPT_HANDOVER = 256,
	OPT_RELEASE,
	OPT_MN_ID,
	OPT_FIRST,
	OPT_LIFETIME,
	OPT_TIMEOUT,
	OPT_RETRIES,
	OPT_NO_TIMESTAMP,
	OPT_ECHO,
	OPT_MAX_DROP,
	OPT_MAX_P99,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"mag", required_argument, NULL, 'm'},
	{"clients", required_argument, NULL, 'n'},
	{"events", required_argument, NULL, 'e'},
	{"period", required_argument, NULL, 'p'},
	{"rate", required_argument, NULL, 'r'},
	{"window", required_argument, NULL, 'w'},
	{"handover", required_argument, NULL, OPT_HANDOVER},
	{"release", required_argument, NULL, OPT_RELEASE},
	{"seed", required_argument, NULL, 's'},
	{"mn-id", required_argument, NULL, OPT_MN_ID},
	{"first", required_argument, NULL, OPT_FIRST},
	{"lifetime", required_argument, NULL, OPT_LIFETIME},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"retries", required_argument, NULL, OPT_RETRIES},
	{"no-timestamp", no_argument, NULL, OPT_NO_TIMESTAMP},
	{"baseline", required_argument, NULL, 'b'},
	{"echo", required_argument, NULL, OPT_ECHO},
	{"interval", required_argument, NULL, 'i'},
	{"json", no_argument, NULL, 'j'},
	{"max-drop", required_argument, NULL, OPT_MAX_DROP},
	{"max-p99", required_argument, NULL, OPT_MAX_P99},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

/* What was said, where the default depends on something else. */
struct said {
	bool events, window, handover;
	uint32_t first;
	const char *mn_id;
	uint64_t number; /* of the option that is being read */
};

static int usage(const char *what, const char *text)
{
	fprintf(stderr, "pmip-perf: %s%s%s; try pmip-perf --help\n", what, text ? ": " : "", text ? text : "");
	return EXIT_USAGE;
}

static bool read_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number >= min && *number <= max;
}

static bool read_real(const char *text, double max, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return *text >= '0' && *text <= '9' && *end == '\0' && isfinite(*number) && *number <= max;
}

static bool read_mags(struct settings *settings, const char *text)
{
	char part[PMIP_ADDR_STRLEN];

	for (;;) {
		size_t len = strcspn(text, ",");

		if (len >= sizeof(part) || settings->plan.mags == SETTINGS_MAGS_MAX)
			return false;
		memcpy(part, text, len);
		part[len] = '\0';
		if (pmip_addr_parse(&settings->mags[settings->plan.mags++], part) != 0)
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

/* A number between limits, for the options that are one. */
static bool read_limited(int option, const char *text, uint64_t *number)
{
	switch (option) {
	case 'n':
		return read_number(text, 1, CLIENTS_MAX, number);
	case 'e':
		return read_number(text, 0, UINT64_C(1000000000000), number);
	case 'p':
	case 'i':
		return read_number(text, 1, 86400 * 365, number);
	case 'r':
	case 'w':
		return read_number(text, 1, 100000000, number);
	case OPT_HANDOVER:
	case OPT_RELEASE:
		return read_number(text, 0, 100, number);
	case OPT_FIRST:
		return read_number(text, 0, UINT32_MAX - CLIENTS_MAX, number);
	case OPT_LIFETIME:
		return read_number(text, 4, 262140, number);
	case OPT_TIMEOUT:
		return read_number(text, 1, 32000, number);
	case OPT_RETRIES:
		return read_number(text, 0, 15, number);
	case 's':
		return read_number(text, 0, UINT64_MAX, number);
	default:
		return true;
	}
}

static void set_number(struct settings *settings, struct said *said, int option, uint64_t number)
{
	switch (option) {
	case 'n':
		settings->plan.clients = (uint32_t)number;
		break;
	case 'e':
		settings->events = number;
		said->events = true;
		break;
	case 'p':
		settings->period_s = (uint32_t)number;
		break;
	case 'i':
		settings->interval_s = (uint32_t)number;
		break;
	case 'r':
		settings->rate = (uint32_t)number;
		break;
	case 'w':
		settings->window = (uint32_t)number;
		said->window = true;
		break;
	case OPT_HANDOVER:
		settings->plan.handover = (unsigned int)number;
		said->handover = true;
		break;
	case OPT_RELEASE:
		settings->plan.release = (unsigned int)number;
		break;
	case OPT_FIRST:
		said->first = (uint32_t)number;
		break;
	case OPT_LIFETIME:
		settings->lifetime_s = (uint32_t)number;
		break;
	case OPT_TIMEOUT:
		settings->timeout_ms = (uint32_t)number;
		break;
	case OPT_RETRIES:
		settings->retries = (unsigned int)number;
		break;
	default:
		settings->plan.seed = number;
		break;
	}
}

/* Options that are no number. @return 1 taken, 0 not one of them, -1 wrong value */
static int read_other(struct settings *settings, struct said *said, int option, const char *text)
{
	switch (option) {
	case 'm':
		return read_mags(settings, text) ? 1 : -1;
	case 'b':
	case OPT_ECHO:
		settings->echo = settings->echo || option == OPT_ECHO;
		settings->baseline = settings->baseline || option == 'b';
		return pmip_addr_parse(&settings->echo_address, text) == 0 ? 1 : -1;
	case OPT_MN_ID:
		said->mn_id = text;
		return 1;
	case OPT_NO_TIMESTAMP:
		settings->no_timestamp = true;
		return 1;
	case 'j':
		settings->json = true;
		return 1;
	case OPT_MAX_DROP:
		return read_real(text, 100, &settings->max_drop) ? 1 : -1;
	case OPT_MAX_P99:
		return read_real(text, 1e9, &settings->max_p99_ms) ? 1 : -1;
	default:
		return 0;
	}
}

/* Defaults, and what does not go together. */
static int complete(struct settings *settings, const struct said *said, char **args, int count)
{
	if (settings->echo)
		return count == 0 && !settings->baseline ? -1 : usage("--echo goes alone", NULL);
	if (count != 1 || pmip_addr_parse(&settings->lma, args[0]) != 0)
		return usage("one address of an LMA is needed", NULL);
	if (settings->plan.mags == 0)
		return usage("--mag is needed", NULL);
	if (!said->handover && settings->plan.mags == 1)
		settings->plan.handover = 0;
	if (settings->plan.handover > 0 && settings->plan.mags == 1)
		return usage("--handover needs two MAGs", NULL);
	if (settings->plan.handover + 2 * settings->plan.release > 100)
		return usage("--handover and twice --release are more than 100 percent", NULL);
	if (said->events && settings->period_s > 0)
		return usage("--events or --period, not both", NULL);
	if (!said->events)
		settings->events = settings->period_s > 0 ? UINT64_MAX / 2 : settings->plan.clients;
	if (!said->window)
		settings->window = settings->rate > 0 ? 0 : 64;
	if (naming_init(&settings->naming, said->mn_id, said->first, settings->plan.clients) != 0)
		return usage("--mn-id is to have one # and at most 118 characters", said->mn_id);
	return -1;
}

int settings_parse(struct settings *settings, int argc, char **argv)
{
	struct said said = {.mn_id = "mn#@example.org"};
	int option, taken;

	*settings = (struct settings){
		.plan = {.clients = 1000, .handover = 20, .release = 10, .seed = 1},
		.lifetime_s = 3600,
		.timeout_ms = 1000,
		.retries = 5,
	};
	while ((option = getopt_long(argc, argv, "m:n:e:p:r:w:s:b:i:jh", long_options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option == OPT_VERSION) {
			puts("pmip-perf " PACKAGE_VERSION);
			return 0;
		}
		if (option == '?')
			return usage("wrong option", NULL);
		taken = read_other(settings, &said, option, optarg);
		if (taken < 0 || (taken == 0 && !read_limited(option, optarg, &said.number)))
			return usage("wrong value", optarg);
		if (taken == 0)
			set_number(settings, &said, option, said.number);
	}
	return complete(settings, &said, argv + optind, argc - optind);
}
