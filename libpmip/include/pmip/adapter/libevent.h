/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * A runner in a loop of libevent 2.
 */
#ifndef PMIP_ADAPTER_LIBEVENT_H
#define PMIP_ADAPTER_LIBEVENT_H

#include <event2/event.h>

#include <pmip/adapter/turn.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A runner in a loop of libevent. The caller's to keep, where it is, until it is detached. */
struct pmip_libevent {
	struct pmip_turn turn;  /**< the adapter's */
	struct event *readable; /**< the adapter's; NULL = not attached */
	struct event *timer;    /**< the adapter's; NULL = not attached */
};

/** Take a turn, and be called for the next; to be called after the engine was called directly. Since: 0.1. */
static inline void pmip_libevent_turn(struct pmip_libevent *loop)
{
	struct timeval due;
	int ms;

	pmip_turn_take(&loop->turn);
	ms = pmip_turn_timeout_ms(&loop->turn);
	due.tv_sec = ms / 1000;
	due.tv_usec = ms % 1000 * 1000;
	if (ms < 0)
		event_del(loop->timer);
	else
		event_add(loop->timer, &due);
}

/** The adapter's own: either event has come. */
static inline void pmip_libevent_on_event(evutil_socket_t fd, short what, void *loop)
{
	(void)fd;
	(void)what;
	pmip_libevent_turn((struct pmip_libevent *)loop);
}

/** Take the runner out of the loop; one that is not attached is fine, when it was zeroed or pmip_libevent_attach() has failed. Since: 0.1. */
static inline void pmip_libevent_detach(struct pmip_libevent *loop)
{
	if (loop->readable)
		event_free(loop->readable);
	if (loop->timer)
		event_free(loop->timer);
	loop->readable = loop->timer = NULL;
}

/** Put a runner into a loop; its first turn is the loop's first act.
 * @param[out] loop  filled.  @param[in] base, runner borrowed.  @param[in] done, user see struct pmip_turn.
 * @retval 0 done  @retval PMIP_ERR_NOMEM libevent does not take it; nothing is attached. Since: 0.1. */
static inline int pmip_libevent_attach(struct pmip_libevent *loop, struct event_base *base, struct pmip_runner *runner,
				       void (*done)(void *user, int result), void *user)
{
	static const struct timeval now = {0, 0};

	pmip_turn_init(&loop->turn, runner, done, user);
	loop->readable = event_new(base, pmip_runner_fd(runner), EV_READ | EV_PERSIST, pmip_libevent_on_event, loop);
	loop->timer = event_new(base, -1, 0, pmip_libevent_on_event, loop);
	if (loop->readable && loop->timer && !event_add(loop->readable, NULL) && !event_add(loop->timer, &now))
		return 0;
	pmip_libevent_detach(loop);
	return PMIP_ERR_NOMEM;
}

#ifdef __cplusplus
}
#endif

#endif
