/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock is right when the kernel says that it is synchronised, or when it has been set since the refusal. That it was
 * right all the time is no contradiction: the LMA's may be wrong, or a message was late. So the engine tries
 * again at growing distances. */
#include <config.h>

#include "mag/clock.h"

#include "common/log.h"
#include "mag/mag.h"

#include <stdlib.h>
#include <sys/timex.h>

#define DELAY_MAX_S 32
#define CALM_US UINT64_C(100000000) /* so long after the last look a refusal is a new story */
#define STEP_US 100000

struct clock_watch {
	struct daemon *daemon;
	struct event *timer;
	unsigned int delay_s; /* until the next look */
	uint64_t looked_us;   /* the last one */
	int64_t offset_us;    /* wall clock from monotonic clock, when a timestamp was refused */
	bool warned;
};

static int64_t offset(struct pmip_now now)
{
	return (int64_t)(now.wall_us - now.mono_us);
}

static bool is_right(const struct clock_watch *watch, struct pmip_now now)
{
	const struct mag_settings *s = watch->daemon->settings->values;
	struct timex timex = { .modes = 0 };
	const int64_t step_us = offset(now) - watch->offset_us;

	return s->clock == MAG_CLOCK_OTHER || step_us >= STEP_US || step_us <= -STEP_US || adjtimex(&timex) != TIME_ERROR;
}

static void look_later(struct clock_watch *watch)
{
	event_add(watch->timer, &(struct timeval){ .tv_sec = watch->delay_s });
	if (watch->delay_s < DELAY_MAX_S)
		watch->delay_s *= 2;
}

/* MAG-14. */
static void on_look(evutil_socket_t fd, short what, void *user)
{
	const struct pmip_now now = pmip_runner_now();
	struct clock_watch *watch = user;

	(void)fd;
	(void)what;
	watch->looked_us = now.mono_us;
	if (is_right(watch, now)) {
		pmip_mag_clock_synchronised(watch->daemon->engine, now);
		daemon_turn(watch->daemon);
		return;
	}
	if (!watch->warned)
		log_line(PMIP_LOG_WARN, "clock",
			 "the LMA has refused a timestamp, and the clock of this machine is not synchronised: start its NTP "
			 "client; mobile nodes wait for that, or for pmipctl --mag clock-synchronised");
	watch->warned = true;
	look_later(watch);
}

void clock_watch_begin(struct clock_watch *watch, struct pmip_now now)
{
	if (event_pending(watch->timer, EV_TIMEOUT, NULL))
		return;
	if (now.mono_us - watch->looked_us > CALM_US) {
		watch->delay_s = 1;
		watch->warned = false;
	}
	watch->offset_us = offset(now);
	look_later(watch);
}

struct clock_watch *clock_watch_new(struct daemon *daemon)
{
	struct clock_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	watch->daemon = daemon;
	watch->delay_s = 1;
	watch->timer = evtimer_new(daemon->base, on_look, watch);
	if (watch->timer)
		return watch;
	free(watch);
	return NULL;
}

void clock_watch_free(struct clock_watch *watch)
{
	if (watch)
		event_free(watch->timer);
	free(watch);
}
