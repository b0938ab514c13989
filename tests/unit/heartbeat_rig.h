/* SPDX-License-Identifier: BSD-2-Clause */
/* One side of heartbeats, an LMA or a MAG, on a virtual clock; the test is the other side. */
#ifndef TESTS_UNIT_HEARTBEAT_RIG_H
#define TESTS_UNIT_HEARTBEAT_RIG_H

#include "lma_rig.h"
#include "mag_harness.h"

#define LMAA "2001:db8:1a::1"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define NOBODY "2001:db8:dead::1"
#define OWN_COUNTER 7
#define NONE (-1)

/* An engine under test, of either kind. */
struct side {
	struct rig lma;    /* lma.lma NULL = it is the MAG */
	struct harness mag;
	const char *self, *peer;
	/* Heartbeats that it has sent. */
	struct {
		struct pmip_heartbeat message;
		struct pmip_addr src, dst;
		int64_t counter; /* NONE = no option */
		uint64_t at_us;
	} sent[64];
	unsigned int sents;
	unsigned int events[PMIP_EVENT_PEER_RESTARTED + 1];
	unsigned int pbus;
	const char *rule; /* of the last event that has one */
};

extern struct side s;

struct pmip_now *side_now(void);
/* Do what the engine wants, looking at it first. */
void side_pull(void);
void side_pass(uint64_t us);
/* A message, in a block of its exact size, for the address sanitizer. */
void side_give(const char *from, const uint8_t *octets, size_t len);
/* counter: NONE = no option. Returns the length. */
size_t side_encode(const char *from, const struct pmip_mh *mh, int64_t counter, uint8_t octets[64]);
void side_heartbeat_from(const char *from, bool unsolicited, bool response, uint32_t seq, int64_t counter);
void side_request(uint32_t seq);
/* Answer the last request. */
void side_respond(int64_t counter);
void side_unsolicited(int64_t counter);
void side_binding_error(uint8_t status);
/* To the LMA. */
void side_pbu(const char *mn, uint32_t lifetime_s);
/* The one session, registered. */
void side_attach(void);
void side_detach(void);
size_t side_bindings(void);
void side_start_with(int i, uint32_t interval_s, uint32_t missing, bool with_address);
/* i even: the LMA, odd: the MAG. Heartbeats every 60 s, three may be missing; what is told at the start is over. */
void side_start(int i);
void side_end(void);

#define counter(name) \
	(s.lma.lma ? pmip_lma_get_counter(s.lma.lma, PMIP_LMA_##name) : pmip_mag_get_counter(s.mag.mag, PMIP_MAG_##name))

#endif
