/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PMIP_BACKEND_QDISC_H
#define PMIP_BACKEND_QDISC_H

#include "backend/nl.h"

/* Packets that the root queue of a device has dropped; 0 when there is no telling. */
uint64_t pmip__qdisc_dropped(struct pmip__nl *nl, uint32_t ifindex);

#endif
