/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sockets, the access links and the runner share: the clock and the log. */
#ifndef PMIP_BACKEND_OS_H
#define PMIP_BACKEND_OS_H

#include <errno.h>
#include <string.h>
#include <time.h>

#include "backend/backend_log.h"

static inline uint64_t pmip__clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static inline void pmip__log_copy(struct pmip_log *to, const struct pmip_log *from)
{
	memset(to, 0, sizeof(*to));
	if (from)
		memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
}

#endif
