/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pmip/error.h>

#include "backend/aside.h"

/* What nobody waits for gets only what others leave of the processors, or it would keep from its processor who answers messages, for ms at a time.
 * Where a thread may not be told so, it goes on as it is. */
static void schedule(pthread_t thread, int policy)
{
	const struct sched_param none = { 0 };

	pthread_setschedparam(thread, policy, &none);
}

/* At the disk it has its turn like others: an idle thread's writes may wait for 10 s, and with them whoever shares a transaction of the file system. */
static void write_in_turn(void)
{
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4));
}

static void *run(void *user)
{
	struct pmip__aside *aside = user;

	write_in_turn();
	pthread_mutex_lock(&aside->lock);
	for (;;) {
		while (!aside->busy && !aside->ending)
			pthread_cond_wait(&aside->changed, &aside->lock);
		if (!aside->busy)
			break;
		pthread_mutex_unlock(&aside->lock);
		aside->job(aside->ctx);
		pthread_mutex_lock(&aside->lock);
		aside->busy = false;
		pthread_cond_broadcast(&aside->changed);
	}
	pthread_mutex_unlock(&aside->lock);
	return NULL;
}

int pmip__aside_open(struct pmip__aside *aside, void (*job)(void *ctx), void *ctx)
{
	sigset_t all, before;

	*aside = (struct pmip__aside){ .job = job, .ctx = ctx };
	pthread_mutex_init(&aside->lock, NULL);
	pthread_cond_init(&aside->changed, NULL);
	/* Signals are the program's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	aside->open = pthread_create(&aside->thread, NULL, run, aside) == 0;
	if (aside->open)
		schedule(aside->thread, SCHED_IDLE);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return aside->open ? 0 : PMIP_ERR_OS;
}

void pmip__aside_begin(struct pmip__aside *aside)
{
	pthread_mutex_lock(&aside->lock);
	aside->busy = true;
	pthread_cond_broadcast(&aside->changed);
	pthread_mutex_unlock(&aside->lock);
}

bool pmip__aside_busy(struct pmip__aside *aside)
{
	bool busy;

	pthread_mutex_lock(&aside->lock);
	busy = aside->busy;
	pthread_mutex_unlock(&aside->lock);
	return busy;
}

void pmip__aside_wait(struct pmip__aside *aside)
{
	if (!aside->open || !pmip__aside_busy(aside))
		return;
	schedule(aside->thread, SCHED_OTHER);
	pthread_mutex_lock(&aside->lock);
	while (aside->busy)
		pthread_cond_wait(&aside->changed, &aside->lock);
	pthread_mutex_unlock(&aside->lock);
	schedule(aside->thread, SCHED_IDLE);
}

void pmip__aside_close(struct pmip__aside *aside)
{
	if (!aside->open)
		return;
	pthread_mutex_lock(&aside->lock);
	aside->ending = true;
	schedule(aside->thread, SCHED_OTHER);
	pthread_cond_broadcast(&aside->changed);
	pthread_mutex_unlock(&aside->lock);
	pthread_join(aside->thread, NULL);
	pthread_cond_destroy(&aside->changed);
	pthread_mutex_destroy(&aside->lock);
	aside->open = false;
}
