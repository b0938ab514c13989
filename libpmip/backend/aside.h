/* SPDX-License-Identifier: BSD-2-Clause */
/* A job that is done aside, on a thread of its own, one at a time: what waits for the disk while messages are answered. Unless it is waited for, it
 * has what the rest of the machine leaves of the processors. */
#ifndef PMIP_BACKEND_ASIDE_H
#define PMIP_BACKEND_ASIDE_H

#include <pthread.h>
#include <stdbool.h>

struct pmip__aside {
	void (*job)(void *ctx);
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open, busy, ending;
};

/* Zero is one that is not open. 0 or PMIP_ERR_OS. */
int pmip__aside_open(struct pmip__aside *aside, void (*job)(void *ctx), void *ctx);
/* Do the job; not while it is being done. What it reads and writes is not touched until it is over. */
void pmip__aside_begin(struct pmip__aside *aside);
bool pmip__aside_busy(struct pmip__aside *aside);
/* Until it is over. */
void pmip__aside_wait(struct pmip__aside *aside);
void pmip__aside_close(struct pmip__aside *aside);

#endif
