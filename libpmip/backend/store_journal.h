/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactions in a file that the disk is not waited for: what is written survives the process, and after a power cut what is left of it is
 * the first of them. There are two of them. When one has much, it is ended and put where it belongs, while the other one is written to; then it
 * begins anew. Each beginning has its number, counted through both, by which transactions that were put there before are told from others. */
#ifndef PMIP_BACKEND_STORE_JOURNAL_H
#define PMIP_BACKEND_STORE_JOURNAL_H

#include "backend/store.h"

struct pmip__journal {
	int fd;          /* -1 = not open */
	uint8_t *octets; /* what the file has */
	size_t len, cap;
	uint64_t epoch;
	bool ended; /* so all of it is there, and what the next one has counts */
};

/* Where a walk through it is: between this record and the end of its transaction. */
struct pmip__journal_place {
	size_t at, end;
};

/* Open it, or make it, in a directory; epoch: the number of this beginning. Transactions of it that are whole are there then.
 * 0, PMIP_ERR_OS or PMIP_ERR_NOMEM. */
int pmip__journal_open(struct pmip__journal *journal, int dir, const char *name, uint64_t epoch);
void pmip__journal_close(struct pmip__journal *journal);
/* 0, PMIP_ERR_FULL, PMIP_ERR_OS or PMIP_ERR_NOMEM; on error it is as before. */
int pmip__journal_append(struct pmip__journal *journal, const struct pmip_store_op *records, size_t n);
/* The next record; *place is all zero for the first. */
bool pmip__journal_next(const struct pmip__journal *journal, struct pmip__journal_place *place, struct pmip_store_op *record);
/* No more is appended. As pmip__journal_append(). */
int pmip__journal_end(struct pmip__journal *journal);
/* Begin anew, after the other one: what was there has been put where it belongs. goes_on: it will soon be as long again, so file and memory stay, and
 * are written over, which is faster. */
void pmip__journal_restart(struct pmip__journal *journal, bool goes_on);

#endif
