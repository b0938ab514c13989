/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * A runner in a loop around poll(2).
 *
 *     pmip_poll_attach(&loop, runner, NULL, NULL);
 *     for (;;) {
 *             int ms = pmip_poll_prepare(&loop, &fds[0]);   the others' entries are behind; poll for less if they want so
 *             poll(fds, n, ms);
 *             pmip_poll_dispatch(&loop, &fds[0]);
 *     }
 */
#ifndef PMIP_ADAPTER_POLL_H
#define PMIP_ADAPTER_POLL_H

#include <poll.h>

#include <pmip/adapter/turn.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A runner in a loop around poll(2). The caller's to keep; there is nothing to detach. */
struct pmip_poll {
	struct pmip_turn turn; /**< the adapter's */
};

/** Attach a runner and take its first turn.
 * @param[out] loop  filled.  @param[in] runner borrowed.  @param[in] done, user see struct pmip_turn. Since: 0.1. */
static inline void pmip_poll_attach(struct pmip_poll *loop, struct pmip_runner *runner, void (*done)(void *user, int result), void *user)
{
	pmip_turn_init(&loop->turn, runner, done, user);
	pmip_turn_take(&loop->turn);
}

/** What to wait for. @param[out] fd filled. @return how long at most, milliseconds; -1 = as long as you like. Since: 0.1. */
static inline int pmip_poll_prepare(const struct pmip_poll *loop, struct pollfd *fd)
{
	fd->fd = pmip_runner_fd(loop->turn.runner);
	fd->events = POLLIN;
	fd->revents = 0;
	return pmip_turn_timeout_ms(&loop->turn);
}

/** Take a turn if one is due, after each poll(), whatever that has returned. @param[in] fd what pmip_poll_prepare() has filled. Since: 0.1. */
static inline void pmip_poll_dispatch(struct pmip_poll *loop, const struct pollfd *fd)
{
	if (fd->revents || pmip_runner_timeout_ms(loop->turn.runner) == 0)
		pmip_turn_take(&loop->turn);
}

/** Take a turn; to be called after the engine was called directly. Since: 0.1. */
static inline void pmip_poll_turn(struct pmip_poll *loop)
{
	pmip_turn_take(&loop->turn);
}

#ifdef __cplusplus
}
#endif

#endif
