/* SPDX-License-Identifier: BSD-2-Clause */
/* Two journals take turns (store_journal.h). One that is put where it belongs is left alone meanwhile. */
#include "config.h"

#include <unistd.h>

#include "backend/store_fast.h"

#define TOO_LONG 4       /* times the limit */
#define AGAIN_US 10000 /* until the disk has done it */

static struct pmip__journal *this_one(struct pmip__fast *fast)
{
	return &fast->journal[fast->at];
}

static struct pmip__journal *other_one(struct pmip__fast *fast)
{
	return &fast->journal[!fast->at];
}

static void put_other(void *user)
{
	struct pmip__fast *fast = user;

	if (!fast->below.put(fast->below.ctx, other_one(fast), NULL, other_one(fast)->epoch))
		pmip__journal_restart(other_one(fast), true);
}

/* Both, whatever comes of the first: one may have been ended since. */
static void sync_both(void *user)
{
	struct pmip__fast *fast = user;
	bool failed = false;

	for (size_t i = 0; i < 2; i++)
		failed |= fdatasync(fast->journal[i].fd) < 0;
	fast->sync_err = failed ? PMIP_ERR_OS : 0;
}

static int put_both(struct pmip__fast *fast)
{
	struct pmip__journal *first = other_one(fast), *second = this_one(fast);
	int err = fast->below.put(fast->below.ctx, first, second, second->epoch);

	if (err)
		return err;
	if (first->epoch < second->epoch) /* else its turn has not come yet */
		pmip__journal_restart(first, false);
	pmip__journal_restart(second, false);
	fast->at = !fast->at;
	return 0;
}

int pmip__fast_settle(struct pmip__fast *fast)
{
	pmip__aside_wait(&fast->putting);
	if (!other_one(fast)->len && !this_one(fast)->len)
		return 0;
	pmip__aside_wait(&fast->syncing);
	return put_both(fast);
}

int pmip__fast_open(struct pmip__fast *fast, const struct pmip__fast_below *below, int dir, uint64_t epoch)
{
	static const char *const names[] = { "journal.0", "journal.1" };
	bool torn;
	int err = 0;

	fast->below = *below;
	for (uint64_t i = epoch + 1; i <= epoch + 2 && !err; i++)
		err = pmip__journal_open(&fast->journal[i % 2], dir, names[i % 2], i);
	if (err) {
		pmip__fast_close(fast); /* one without the other is put nowhere */
		return err;
	}
	fast->at = epoch % 2;
	/* After a power cut the first one may have lost something that the second one builds on. Its number is then used up, too. */
	torn = !other_one(fast)->ended && this_one(fast)->len;
	if (torn)
		this_one(fast)->len = 0;
	if (torn || other_one(fast)->len || this_one(fast)->len)
		return put_both(fast);
	fast->at = !fast->at;
	return 0;
}

int pmip__fast_start(struct pmip__fast *fast, size_t limit, uint64_t sync_us)
{
	int err = pmip__aside_open(&fast->putting, put_other, fast);

	fast->limit = limit;
	fast->sync_us = sync_us;
	return err ? err : pmip__aside_open(&fast->syncing, sync_both, fast);
}

/* A long journal is ended, and the other one takes its place. One that cannot be put where it belongs must not grow for ever: then whoever has
 * more is told. */
static int take_turns(struct pmip__fast *fast)
{
	int err;

	if (this_one(fast)->len < fast->limit)
		return 0;
	if (this_one(fast)->len >= TOO_LONG * fast->limit)
		pmip__aside_wait(&fast->putting);
	if (pmip__aside_busy(&fast->putting))
		return 0;
	if (other_one(fast)->len)
		return pmip__fast_settle(fast);
	err = pmip__journal_end(this_one(fast));
	if (err)
		return err;
	fast->at = !fast->at;
	pmip__aside_begin(&fast->putting);
	return 0;
}

int pmip__fast_commit(struct pmip__fast *fast, const struct pmip_store_op *records, size_t n, uint64_t now_us)
{
	int err = take_turns(fast);

	if (!err)
		err = pmip__journal_append(this_one(fast), records, n);
	if (err)
		return err;
	if (!fast->unsynced)
		fast->due_us = now_us + fast->sync_us;
	fast->unsynced = true;
	return 0;
}

int pmip__fast_timeout_ms(const struct pmip__fast *fast, uint64_t mono_us)
{
	if (!fast->unsynced && !fast->awaited)
		return -1;
	return fast->due_us <= mono_us ? 0 : (int)((fast->due_us - mono_us + 999) / 1000);
}

/* What the disk has not taken it may not be asked to take again: the kernel has forgotten that it is not there. We have not. */
static int after_sync(struct pmip__fast *fast, uint64_t mono_us)
{
	int err = fast->sync_err;

	fast->awaited = false;
	if (!err)
		return 0;
	fast->unsynced = pmip__fast_settle(fast) != 0;
	fast->due_us = mono_us + fast->sync_us;
	return err;
}

int pmip__fast_timeout(struct pmip__fast *fast, uint64_t mono_us)
{
	int err;

	if (pmip__fast_timeout_ms(fast, mono_us) != 0)
		return 0;
	fast->due_us = mono_us + AGAIN_US;
	if (pmip__aside_busy(&fast->syncing))
		return 0;
	err = fast->awaited ? after_sync(fast, mono_us) : 0;
	if (err || !fast->unsynced)
		return err;
	fast->unsynced = false;
	fast->awaited = true;
	pmip__aside_begin(&fast->syncing);
	return 0;
}

/* What could not be put where it belongs the next process finds in the journals. */
void pmip__fast_close(struct pmip__fast *fast)
{
	pmip__aside_close(&fast->putting);
	pmip__aside_close(&fast->syncing);
	if (fast->journal[0].len || fast->journal[1].len)
		sync_both(fast);
	for (size_t i = 0; i < 2; i++)
		pmip__journal_close(&fast->journal[i]);
}
