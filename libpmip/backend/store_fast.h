/* SPDX-License-Identifier: BSD-2-Clause */
/* What makes a store fast: transactions go to a journal, and nobody waits for the disk but threads of its own. One has the disk write the
 * journal now and then; one puts a journal that has become long where it belongs. */
#ifndef PMIP_BACKEND_STORE_FAST_H
#define PMIP_BACKEND_STORE_FAST_H

#include "backend/aside.h"
#include "backend/store_journal.h"

/* The store behind it. */
struct pmip__fast_below {
	void *ctx;
	/* Put what the first journal has there, then what the second one has, and at last the number: as one transaction, or, once the disk
	 * has the journals, in parts: as long as the number is not there they are put there again. 0 or an enum pmip_err. May be called on another
	 * thread; never twice at a time. */
	int (*put)(void *ctx, const struct pmip__journal *first, const struct pmip__journal *second, uint64_t epoch);
};

struct pmip__fast {
	struct pmip__fast_below below;
	struct pmip__journal journal[2]; /* the other one is empty, or ended and before this one */
	unsigned int at;                 /* which one is written to */
	size_t limit;                    /* octets of a long one */
	struct pmip__aside putting, syncing;
	int sync_err;  /* of the last time */
	bool unsynced; /* there is more since the disk was asked */
	bool awaited;  /* it was asked, and what came of it is not told yet */
	uint64_t sync_us, due_us;
};

/* Find what a predecessor has left, and put it where it belongs; epoch: the number that stands there, 0 = none. Then, if wanted, open for
 * transactions. 0, or an enum pmip_err. */
int pmip__fast_open(struct pmip__fast *fast, const struct pmip__fast_below *below, int dir, uint64_t epoch);
int pmip__fast_start(struct pmip__fast *fast, size_t limit, uint64_t sync_us);
int pmip__fast_commit(struct pmip__fast *fast, const struct pmip_store_op *records, size_t n, uint64_t now_us);
/* Put all of it where it belongs, now. */
int pmip__fast_settle(struct pmip__fast *fast);
/* As those of struct pmip_store_ops. */
int pmip__fast_timeout_ms(const struct pmip__fast *fast, uint64_t mono_us);
int pmip__fast_timeout(struct pmip__fast *fast, uint64_t mono_us);
void pmip__fast_close(struct pmip__fast *fast);

#endif
