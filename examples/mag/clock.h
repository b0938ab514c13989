/* SPDX-License-Identifier: BSD-2-Clause */
/* When the LMA refuses our timestamps, the mobile nodes concerned wait until this machine's clock has come right
 * (RFC 5213 section 6.9.1.2). */
#ifndef EXAMPLES_MAG_CLOCK_H
#define EXAMPLES_MAG_CLOCK_H

#include "common/daemon.h"

struct clock_watch;

/* @return NULL = no memory. */
struct clock_watch *clock_watch_new(struct daemon *daemon);
void clock_watch_free(struct clock_watch *watch);
/* The LMA has refused a timestamp of ours: look at the clock until it is right, and then tell the engine. */
void clock_watch_begin(struct clock_watch *watch, struct pmip_now now);

#endif
