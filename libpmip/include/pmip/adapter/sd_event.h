/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * A runner in a loop of libsystemd, sd-event(3), version 247 or later.
 */
#ifndef PMIP_ADAPTER_SD_EVENT_H
#define PMIP_ADAPTER_SD_EVENT_H

#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>

#include <pmip/adapter/turn.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A runner in a loop of libsystemd. The caller's to keep, where it is, until it is detached. */
struct pmip_sd_event {
	struct pmip_turn turn;     /**< the adapter's */
	sd_event_source *readable; /**< the adapter's; NULL = not attached */
	sd_event_source *timer;    /**< the adapter's; NULL = not attached */
};

/** Take a turn, and be called for the next; to be called after the engine was called directly. Since: 0.1. */
static inline void pmip_sd_event_turn(struct pmip_sd_event *loop)
{
	int ms;

	pmip_turn_take(&loop->turn);
	ms = pmip_turn_timeout_ms(&loop->turn);
	if (ms >= 0)
		sd_event_source_set_time_relative(loop->timer, (uint64_t)ms * 1000);
	sd_event_source_set_enabled(loop->timer, ms < 0 ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

/** The adapter's own: the time has come. */
static inline int pmip_sd_event_on_timer(sd_event_source *source, uint64_t usec, void *loop)
{
	(void)source;
	(void)usec;
	pmip_sd_event_turn((struct pmip_sd_event *)loop);
	return 0;
}

/** The adapter's own: the runner's descriptor is readable. */
static inline int pmip_sd_event_on_readable(sd_event_source *source, int fd, uint32_t events, void *loop)
{
	(void)source;
	(void)fd;
	(void)events;
	pmip_sd_event_turn((struct pmip_sd_event *)loop);
	return 0;
}

/** Take the runner out of the loop; one that is not attached is fine, when it was zeroed or pmip_sd_event_attach() has failed. Since: 0.1. */
static inline void pmip_sd_event_detach(struct pmip_sd_event *loop)
{
	loop->readable = sd_event_source_disable_unref(loop->readable);
	loop->timer = sd_event_source_disable_unref(loop->timer);
}

/** Put a runner into a loop; its first turn is among the loop's first acts.
 * @param[out] loop  filled.  @param[in] event, runner borrowed.  @param[in] done, user see struct pmip_turn.
 * @retval 0 done  @retval PMIP_ERR_OS libsystemd does not take it; nothing is attached. Since: 0.1. */
static inline int pmip_sd_event_attach(struct pmip_sd_event *loop, sd_event *event, struct pmip_runner *runner,
				       void (*done)(void *user, int result), void *user)
{
	pmip_turn_init(&loop->turn, runner, done, user);
	loop->readable = loop->timer = NULL;
	if (sd_event_add_io(event, &loop->readable, pmip_runner_fd(runner), EPOLLIN, pmip_sd_event_on_readable, loop) >= 0 &&
	    sd_event_add_time_relative(event, &loop->timer, CLOCK_MONOTONIC, 0, 0, pmip_sd_event_on_timer, loop) >= 0)
		return 0;
	pmip_sd_event_detach(loop);
	return PMIP_ERR_OS;
}

#ifdef __cplusplus
}
#endif

#endif
