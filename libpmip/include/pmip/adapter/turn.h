/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What the adapters for event loops have in common: a runner's turn, and when the next one is due. The adapters are poll.h, libevent.h, libuv.h and
 * sd_event.h in this folder; each is a header alone, so that no library of ours needs the library of a loop.
 *
 * With each of them: attach once the runner is there, take a turn by hand after calling the engine directly, detach before the runner is freed.
 */
#ifndef PMIP_ADAPTER_TURN_H
#define PMIP_ADAPTER_TURN_H

#include <pmip/runner.h>

#ifdef __cplusplus
extern "C" {
#endif

/** After a turn that has failed the next one is so many milliseconds later at the earliest: no busy loop while the fault lasts. */
#define PMIP_TURN_PAUSE_MS 100

/** A runner in an event loop. */
struct pmip_turn {
	struct pmip_runner *runner; /**< borrowed */
	/** OPTIONAL. Called after each turn; may read the engine, must not take another turn. result: what pmip_runner_process() has returned. */
	void (*done)(void *user, int result);
	void *user; /**< handed to done; borrowed */
	int result; /**< of the last turn */
};

/** Fill one. Since: 0.1. */
static inline void pmip_turn_init(struct pmip_turn *turn, struct pmip_runner *runner, void (*done)(void *user, int result), void *user)
{
	turn->runner = runner;
	turn->done = done;
	turn->user = user;
	turn->result = 0;
}

/** Take a turn. Since: 0.1. */
static inline void pmip_turn_take(struct pmip_turn *turn)
{
	turn->result = pmip_runner_process(turn->runner);
	if (turn->done)
		turn->done(turn->user, turn->result);
}

/** Milliseconds until the next turn is due though nothing is readable; 0 = now, -1 = never. Since: 0.1. */
static inline int pmip_turn_timeout_ms(const struct pmip_turn *turn)
{
	int ms = pmip_runner_timeout_ms(turn->runner);

	return turn->result < 0 && ms < PMIP_TURN_PAUSE_MS ? PMIP_TURN_PAUSE_MS : ms;
}

#ifdef __cplusplus
}
#endif

#endif
