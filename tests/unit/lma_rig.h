/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA on a virtual clock: PBUs are described by a struct, operations complete at once unless told otherwise, and what came out
 * is kept for looking at. */
#ifndef TESTS_LMA_RIG_H
#define TESTS_LMA_RIG_H

#include "unit.h"

#include <pmip/pmip.h>

#define RIG_MAX 256

/* A PBU; zero fields are left out of it. */
struct pbu {
	const char *mn;      /* NAI; NULL = option missing */
	const char *mag;     /* source; NULL = 2001:db8:a::1 */
	const char *alt_coa; /* Alternate Care-of Address */
	const char *hnp[3];  /* prefixes; "0" = ALL_ZERO; NULL = end. none at all = option missing */
	int hi, att;         /* -1 = option missing, 0 = as a fresh WLAN attachment (HI 4, ATT 4) */
	const char *ll_id;   /* link-layer identifier */
	const char *lla;     /* link-local address */
	uint32_t lifetime_s;
	uint16_t seq;
	bool by_sequence;    /* no Timestamp option */
	int64_t skew_us;     /* of the timestamp */
	unsigned int flags;  /* 0 = A and P */
	bool hi_zero, att_zero;
	const char *gre;     /* GRE Key: a number, or "none" = without key */
	uint32_t group;      /* identifier of a group (RFC 6602) */
	const char *ipv4;    /* IPv4 home address to ask for, "0.0.0.0" = any */
};

struct shelf;

struct rig {
	struct pmip_lma *lma; /* NULL = there was no memory for it */
	struct pmip_now now;
	/* What came out since rig_forget(). */
	unsigned int op_count, event_count, pba_count;
	struct pmip_datapath_op ops[RIG_MAX];
	struct pmip_event events[RIG_MAX];
	/* The last PBA, decoded. */
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_dgram pba_dgram;
	struct pmip_ba pba;
	struct pmip_binding_options options;
	/* Behaviour. */
	bool hold;      /* leave operations open */
	int fail_next;  /* how many of the next operations fail */
	const struct unit_mem *scarce; /* an allocation of this fails; NULL = none */
	struct shelf *shelf; /* where records go; NULL = there are none */
	int store_fails;     /* how many of the next records are not stored */
};

struct pmip_lma_config *rig_config(void);
void rig_init(struct rig *rig, struct pmip_lma_config *config, const struct pmip_mem *mem);
void rig_fini(struct rig *rig);
/* Write the message. Returns its length. */
size_t rig_encode(const struct rig *rig, const struct pbu *pbu, uint8_t *buf, size_t cap, struct pmip_dgram *dgram);
/* Give it to the LMA, again when it had no memory (then nothing has changed), and run its actions. Returns the status of the PBA that
 * this has brought about, or -1 when there was none. */
int rig_pbu(struct rig *rig, const struct pbu *pbu);
/* Pull and do actions until there are none. */
void rig_run(struct rig *rig);
/* Complete the operations that were held. */
void rig_complete_held(struct rig *rig, int err);
void rig_advance(struct rig *rig, uint64_t ms);
void rig_forget(struct rig *rig);
/* The one binding of a prefix, by the public API; fails the test when there is none. */
struct pmip_binding_info rig_binding(const struct rig *rig, const char *prefix);
bool rig_has_event(const struct rig *rig, enum pmip_event_type type);
unsigned int rig_count_ops(const struct rig *rig, enum pmip_datapath_kind kind);
/* A MAG sends a message with one option. @return what came of it; what is to be done is not done yet */
int rig_input(struct rig *rig, const char *mag, const struct pmip_mh *mh, const struct pmip_option *option);
/* A MAG says without being asked how often it was started. */
void rig_heartbeat(struct rig *rig, const char *mag, uint32_t restart_counter);
/* The process is killed, and another begins after a while, with the same shelf; its monotonic clock may be anything. */
void rig_kill_and_begin(struct rig *rig, struct pmip_lma_config *config, struct shelf *shelf, uint64_t after_us);
/* Give it what is in this place of its shelf. @return what came of it */
int rig_restore(struct rig *rig, const struct shelf *shelf, size_t i);
/* Both, with all that is on the shelf. */
void rig_restart(struct rig *rig, struct pmip_lma_config *config, struct shelf *shelf, uint64_t after_us);
/* Where the recorded operations leave a prefix: the tunnel's far end as text, or "-". */
const char *rig_forwarding(const struct rig *rig, const char *prefix);
/* Whether an allocation has failed: what unit_again() asks. */
bool rig_failed(const struct rig *rig);
/* The story of a fresh LMA, told again and again: each time the next allocation fails, of which there are at least so many. */
void rig_without_memory(struct rig *rig, struct pmip_lma_config *(*config)(void), void (*story)(void), unsigned int least);

#endif
