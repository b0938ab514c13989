/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations that a datapath refuses because there is as much of something as its configuration allows: counted, and each kind told once a minute. */
#ifndef PMIP_BACKEND_FULL_H
#define PMIP_BACKEND_FULL_H

#include <pmip/action.h>
#include <pmip/error.h>
#include <pmip/log.h>

struct pmip__full {
	uint64_t count;
	uint64_t told_us[PMIP_DATAPATH_FLOW_SET + 1]; /* when it was logged last, by kind of operation; 0 = never */
};

/* An operation of that kind has been refused, or with another result than PMIP_ERR_FULL has not. */
void pmip__full_note(struct pmip__full *full, enum pmip_datapath_kind kind, int result, const struct pmip_log *log, const char *area);

#endif
