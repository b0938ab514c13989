/* SPDX-License-Identifier: BSD-2-Clause */
/* pmip-perf: load for a local mobility anchor (RFC 5213), and how well it bears it. */
#include "perf/echo.h"
#include "perf/generator.h"
#include "perf/report.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_RUNTIME 1
#define EXIT_EXPECTATION 3

static volatile sig_atomic_t stop;

static void on_signal(int signum)
{
	(void)signum;
	stop = 1;
}

/* Without SA_RESTART: a signal wakes who sleeps. */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Everything to the end of the plan. @return 0, or -1: said why. */
static int measure(const struct settings *settings, const struct pmip_addr *peer, bool is_echo, struct stats *stats)
{
	struct generator *generator = generator_new(settings, peer, is_echo);
	int err = generator != NULL ? generator_run(generator, &stop) : -1;

	if (err == 0)
		*stats = *generator_stats(generator);
	generator_free(generator);
	return err;
}

static int run(const struct settings *settings)
{
	static struct stats echo, lma;
	struct stats_kind all = {.begun = 0};

	if (settings->baseline && measure(settings, &settings->echo_address, true, &echo) != 0)
		return EXIT_RUNTIME;
	if (settings->baseline && echo.first.events == 0) {
		fputs("pmip-perf: no answers from the responder; is pmip-perf --echo running there?\n", stderr);
		return EXIT_RUNTIME;
	}
	if (measure(settings, &settings->lma, false, &lma) != 0)
		return EXIT_RUNTIME;
	(settings->json ? report_json : report_table)(settings, &lma, settings->baseline ? &echo : NULL);
	stats_sum(&lma, &all);
	return report_failed(settings, &lma, &all) != 0 ? EXIT_EXPECTATION : 0;
}

int main(int argc, char **argv)
{
	struct settings settings;
	int code = settings_parse(&settings, argc, argv);

	if (code >= 0)
		return code;
	catch_signals();
	if (settings.echo)
		return echo_run(&settings.echo_address, &stop) == 0 ? 0 : EXIT_RUNTIME;
	return run(&settings);
}
