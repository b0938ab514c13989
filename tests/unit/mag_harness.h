/* SPDX-License-Identifier: BSD-2-Clause */
/* A MAG engine on a virtual clock for tests: what it wants done is written down, datapath operations are
 * completed, and the test plays the LMA. Each allocation may be made to fail; then nothing may have changed,
 * and the call is made again. */
#ifndef TESTS_UNIT_MAG_HARNESS_H
#define TESTS_UNIT_MAG_HARNESS_H

#include "unit.h"

#include <pmip/mag.h>
#include <pmip/wire.h>

#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define LINK 7
#define WALL_US UINT64_C(1700000000000000)
#define LOG_MAX 512
/* The harness's own address, its LMA's, and its mobile node. */
#define H_COA "2001:db8:f::1"
#define H_LMA "2001:db8:f::ff"
#define MN "mn@example.com"

#define ok(expr) ck_assert_int_eq((expr), 0)

/* A PBU that was sent, taken apart, with octets of its own. */
struct sent {
	uint64_t at_us;
	struct pmip_dgram dgram;
	struct pmip_bu bu;
	struct pmip_binding_options options;
	uint8_t octets[1024];
	size_t len;
};

struct harness {
	struct pmip_mag_config *config;
	struct pmip_mag *mag;
	struct pmip_now now;
	bool complete_later; /* do not complete datapath operations by itself */
	uint32_t fail_kind;  /* datapath operations of this kind fail */
	struct sent sent[64];
	unsigned int sents;
	struct pmip_ra ra[LOG_MAX];
	unsigned int ras;
	struct pmip_datapath_op op[LOG_MAX];
	unsigned int ops;
	struct pmip_event event[LOG_MAX];
	unsigned int events;
	struct pmip_probe probe; /* the last */
	/* One letter an action: S send, R advertise, N notify, P parameter problem, Q probe, E X tunnel, + - binding. */
	char trace[LOG_MAX];
	unsigned int traced;
	unsigned int others; /* messages sent that are no PBU, parameter problems */
	struct sent other;   /* the last message that was no PBU */
	void (*on_send)(const struct pmip_dgram *dgram); /* told of every message, NULL = nobody */
	/* allocations */
	long allocations, fail_at; /* the fail_at-th fails; 0 = none */
	long in_use;
	bool failed;
};

/* An engine with one mobile node's profile: MN, 02:00:00:00:00:01. */
void h_init(struct harness *h);
/* The same with fail_at set. */
void h_init_failing(struct harness *h, long fail_at);
void h_start(struct harness *h);
void h_fini(struct harness *h);
/* The story of a MAG that has been initialised, told again and again: each time the next allocation fails, of which there are at least so
 * many. Starting it is part of the story. */
void h_without_memory(struct harness *h, void (*story)(void), long least);

struct pmip_mnid h_mnid(const char *text);
struct pmip_attach h_attach_of(const char *mn_id, const char *ll_id, uint32_t link);
void h_add_profile(struct harness *h, const struct pmip_profile *profile);
void h_profile(struct harness *h, const char *mn_id, const char *ll_id);

/* Calls that go on after a failed allocation, having seen that nothing changed. Each pulls the actions afterwards. */
int h_attach(struct harness *h, const struct pmip_attach *attach);
int h_solicit(struct harness *h, const struct pmip_attach *attach);
int h_detach(struct harness *h, uint32_t link, const struct pmip_llid *ll_id);
int h_input(struct harness *h, const uint8_t *octets, size_t len, const struct pmip_addr *src, const struct pmip_addr *dst);
int h_complete(struct harness *h, uint32_t id, int err);
int h_reconfigure(struct harness *h);
int h_shutdown(struct harness *h);
/* Let time pass, doing what falls due at its time. */
void h_pass(struct harness *h, uint64_t us);
void h_pull(struct harness *h);

/* The default attach event of the one mobile node. */
int h_attach_mn(struct harness *h);
/* Last PBU; there must be one. */
struct sent *h_last(struct harness *h);
/* The answer an LMA gives to a PBU; may be changed before it is sent. */
struct answer {
	uint8_t status, flags;
	uint16_t seq;
	uint32_t lifetime_s;
	struct pmip_addr src, dst;
	struct pmip_binding_options options;
};
struct answer h_answer(const struct sent *pbu, uint8_t status);
size_t h_encode(const struct answer *answer, uint8_t octets[1024]);
void h_send(struct harness *h, const struct answer *answer);
/* Answer the last PBU. */
void h_reply(struct harness *h, uint8_t status);
/* Attach and accept: an active binding, the log emptied. */
void h_activate(struct harness *h);
void h_clear_log(struct harness *h);

/* Info of the only binding. */
struct pmip_binding_info h_info(const struct harness *h);
unsigned int h_count_events(const struct harness *h, enum pmip_event_type type);
unsigned int h_count_ops(const struct harness *h, enum pmip_datapath_kind kind);
#define h_state(h) ((int)h_info(h).state)
#define h_counter(h, name) ck_counter((h), PMIP_MAG_##name)
uint64_t ck_counter(const struct harness *h, enum pmip_mag_counter counter);

#endif
