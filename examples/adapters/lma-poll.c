/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA in a loop around poll(2); SIGTERM ends it. */
#include <pmip/adapter/poll.h>

#include "anchor.h"

#include <signal.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct sigaction end = {.sa_handler = on_signal};
	struct anchor anchor;
	struct pmip_poll loop;
	struct pollfd fd;

	if (anchor_open(&anchor, argc, argv))
		return 1;
	sigaction(SIGTERM, &end, NULL);
	pmip_poll_attach(&loop, anchor.runner, NULL, NULL);
	while (!stop) {
		int ms = pmip_poll_prepare(&loop, &fd);

		poll(&fd, 1, ms < 0 || ms > 1000 ? 1000 : ms); /* a signal may have come just before */
		pmip_poll_dispatch(&loop, &fd);
	}
	anchor_close(&anchor);
	return 0;
}
