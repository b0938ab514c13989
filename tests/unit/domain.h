/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain in one process: LMAs, MAGs and mobile nodes that come, move and go, on a network that loses, doubles, delays and reorders,
 * with a datapath that fails now and then. The seed alone decides what happens. */
#ifndef TESTS_DOMAIN_H
#define TESTS_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

struct domain_plan {
	uint64_t seed;
	int lmas, mags, mns; /* at most DOMAIN_LMAS, DOMAIN_MAGS and DOMAIN_MNS; the second LMA has sessions from the first (RFC 6463) */
	uint64_t chaos_us;   /* how long faults last */
	uint32_t pause_us;   /* most time from one move to the next */
	uint32_t loss, twice; /* messages in a hundred that are lost, that are doubled */
	uint32_t late;       /* messages in a hundred that may take two seconds; the others take up to 100 ms */
	bool flows;          /* some mobile nodes have a second interface at another MAG, and flows that are moved (RFC 7864); one LMA then */
	bool asks_old_mags;  /* about handovers (RFC 5846 section 8.1) */
	bool bulk;           /* groups, at both ends (RFC 6602), which are revoked and de-registered now and then */
	uint32_t fail_every; /* datapath operations to the next that fails, about; 0 = none does */
	uint32_t kill_every; /* things that the LMA does until it is killed, about, and begins again from its store; 0 = it has none. One LMA then */
};

#define DOMAIN_LMAS 2
#define DOMAIN_MAGS 16
#define DOMAIN_MNS 10000

/* Let it all happen, then be quiet, and check that LMAs, MAGs and datapaths agree within the protocol's own timers; then shut down, and
 * check that nothing is left. @return a hash over everything that every engine did, and when. */
uint64_t domain_run(const struct domain_plan *plan);

#endif
