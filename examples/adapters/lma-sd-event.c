/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA in a loop of libsystemd; SIGTERM ends it. */
#include <pmip/adapter/sd_event.h>

#include "anchor.h"

#include <signal.h>

int main(int argc, char **argv)
{
	struct pmip_sd_event loop;
	struct anchor anchor;
	sd_event *event;
	sigset_t end;
	int err;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &end, NULL) || sd_event_new(&event) < 0 || anchor_open(&anchor, argc, argv))
		return 1;
	if (sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL) < 0 || pmip_sd_event_attach(&loop, event, anchor.runner, NULL, NULL))
		return 1;
	err = sd_event_loop(event);
	pmip_sd_event_detach(&loop);
	anchor_close(&anchor);
	sd_event_unref(event);
	return err != 0;
}
