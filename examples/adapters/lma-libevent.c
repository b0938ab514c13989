/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA in a loop of libevent; SIGTERM ends it. */
#include <pmip/adapter/libevent.h>

#include "anchor.h"

#include <signal.h>

static void on_signal(evutil_socket_t number, short what, void *base)
{
	(void)number;
	(void)what;
	event_base_loopbreak(base);
}

int main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	struct event *end = base ? evsignal_new(base, SIGTERM, on_signal, base) : NULL;
	struct pmip_libevent loop;
	struct anchor anchor;

	if (!end || anchor_open(&anchor, argc, argv))
		return 1;
	if (event_add(end, NULL) || pmip_libevent_attach(&loop, base, anchor.runner, NULL, NULL))
		return 1;
	event_base_dispatch(base);
	pmip_libevent_detach(&loop);
	anchor_close(&anchor);
	event_free(end);
	event_base_free(base);
	return 0;
}
