/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * A runner in a loop of libuv.
 */
#ifndef PMIP_ADAPTER_LIBUV_H
#define PMIP_ADAPTER_LIBUV_H

#include <uv.h>

#include <pmip/adapter/turn.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A runner in a loop of libuv. The caller's to keep, where it is, until the loop has run once more after pmip_libuv_detach(). */
struct pmip_libuv {
	struct pmip_turn turn; /**< the adapter's */
	uv_poll_t readable;    /**< the adapter's */
	uv_timer_t timer;      /**< the adapter's */
};

/** The adapter's own: the time has come. */
static inline void pmip_libuv_on_timer(uv_timer_t *timer);

/** Take a turn, and be called for the next; to be called after the engine was called directly. Since: 0.1. */
static inline void pmip_libuv_turn(struct pmip_libuv *loop)
{
	int ms;

	pmip_turn_take(&loop->turn);
	ms = pmip_turn_timeout_ms(&loop->turn);
	uv_update_time(loop->timer.loop); /* the turn may have taken a while */
	if (ms < 0)
		uv_timer_stop(&loop->timer);
	else
		uv_timer_start(&loop->timer, pmip_libuv_on_timer, (uint64_t)ms, 0);
}

static inline void pmip_libuv_on_timer(uv_timer_t *timer)
{
	pmip_libuv_turn((struct pmip_libuv *)timer->data);
}

/** The adapter's own: the runner's descriptor is readable, or at fault, which the runner tells. */
static inline void pmip_libuv_on_readable(uv_poll_t *readable, int status, int events)
{
	(void)status;
	(void)events;
	pmip_libuv_turn((struct pmip_libuv *)readable->data);
}

/** Take the runner out of the loop, which has to run once more, for libuv to let go of the memory. Since: 0.1. */
static inline void pmip_libuv_detach(struct pmip_libuv *loop)
{
	uv_close((uv_handle_t *)&loop->readable, NULL);
	uv_close((uv_handle_t *)&loop->timer, NULL);
}

/** Put a runner into a loop; its first turn is among the loop's first acts.
 * @param[out] loop  filled.  @param[in] uv, runner borrowed.  @param[in] done, user see struct pmip_turn.
 * @retval 0 done  @retval PMIP_ERR_OS libuv cannot watch the runner's descriptor; nothing is attached. Since: 0.1. */
static inline int pmip_libuv_attach(struct pmip_libuv *loop, uv_loop_t *uv, struct pmip_runner *runner, void (*done)(void *user, int result),
				    void *user)
{
	pmip_turn_init(&loop->turn, runner, done, user);
	if (uv_poll_init(uv, &loop->readable, pmip_runner_fd(runner)) != 0)
		return PMIP_ERR_OS;
	uv_timer_init(uv, &loop->timer);
	loop->readable.data = loop->timer.data = loop;
	uv_poll_start(&loop->readable, UV_READABLE, pmip_libuv_on_readable);
	uv_timer_start(&loop->timer, pmip_libuv_on_timer, 0, 0);
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
