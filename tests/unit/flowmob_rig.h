/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow manager and the other end of its socket: an LMA that knows mobile nodes, tunnels and flows and says so by the codec of the flow socket. Its
 * tunnels carry so many packets a second and drop the rest, which is what the manager is given as counters. */
#ifndef PMIP_TESTS_FLOWMOB_RIG_H
#define PMIP_TESTS_FLOWMOB_RIG_H

#include "unit.h"

#include <flowmob/manager.h>

#define RIG_MS UINT64_C(1000)
#define RIG_S (1000 * RIG_MS)
#define RIG_MAX 512
#define RIG_TUNNELS 8

enum { RIG_WLAN = 4, RIG_LTE = 8 };

struct rig_message {
	size_t len;
	uint8_t data[FLOWMOB_FMP_MAX];
};

/* A flow of the LMA's, and what its sender sends. */
struct rig_flow {
	struct flowmob_placed_flow placed;
	uint64_t pps;
	uint64_t carried; /* octets of the last second */
	uint64_t octets, told;
};

struct rig {
	struct unit_mem counting;
	struct pmip_mem mem;
	struct flowmob_manager_config *config;
	struct flowmob_policy *policy;
	struct flowmob_applications *applications;
	struct flowmob_manager *manager;
	struct pmip_now now;
	bool retry; /* a call that ran out of memory is made again */

	/* the LMA */
	bool listening;       /* a connection can be made */
	bool connected;
	bool silent;          /* requests are kept, not answered */
	uint16_t move_status; /* of every MOVE, unless it is OK */
	uint16_t counters_status; /* of every request of counters, unless it is OK */
	unsigned int turns;       /* each request for counters is answered of the flows whose turn it is, 1 of so many; 0 = of all, which have no span */
	unsigned int turn;
	enum flowmob_watch watch;
	struct flowmob_attachment attachment[RIG_TUNNELS];
	size_t attachment_count;
	struct rig_flow flow[RIG_MAX];
	size_t flow_count;
	uint32_t next_id;
	unsigned int adds, moves, dels, lists, tunnels, watches, counters; /* requests */
	struct flowmob_fmp last;                       /* request */
	struct rig_message kept[RIG_MAX];
	size_t kept_count;
	uint64_t capacity[RIG_TUNNELS]; /* packets a second, by tunnel id; 0 = any */
	uint64_t sent[RIG_TUNNELS], dropped[RIG_TUNNELS];

	/* what the manager has done */
	struct { uint64_t handle; uint32_t tunnel; } verdict[RIG_MAX];
	size_t verdict_count;
	struct flowmob_flow_event event[RIG_MAX];
	size_t event_count;
	struct flowmob_action result;
	unsigned int results, connects, disconnects, forgets, polls;
};

/* A manager that is not connected; configure(config) first if there is one. */
void rig_init(struct rig *rig, void (*configure)(struct flowmob_manager_config *config));
/* Also proves that nothing is left of it. */
void rig_fini(struct rig *rig);
/* Connect, and let it learn what the LMA knows. */
void rig_connect(struct rig *rig);
/* The connection breaks; the LMA keeps what it knows. */
void rig_break(struct rig *rig);
/* Do what the manager wants done until there is no more. */
void rig_drain(struct rig *rig);
/* Let time pass, with every timer at its time. */
void rig_pass(struct rig *rig, uint64_t us);
/* Answer the requests that were kept, in their order. */
void rig_answer(struct rig *rig);
/* The LMA says something of itself; or somebody says it in its place. */
void rig_say(struct rig *rig, const struct flowmob_fmp *message);

/* Mobile node n (prefix 2001:db8:f:<n>::/64) comes to be reachable, or no longer. */
struct flowmob_attachment rig_attachment(unsigned int n, uint32_t tunnel, uint8_t att, enum flowmob_model model);
void rig_attach(struct rig *rig, const struct flowmob_attachment *attachment);
void rig_detach(struct rig *rig, const struct flowmob_attachment *attachment);

/* A packet to mobile node n, of the flow with this port. */
struct flowmob_packet rig_packet(unsigned int n, uint16_t port);
/* It comes; its handle is its number, from 1 on, which is returned. */
uint64_t rig_send(struct rig *rig, unsigned int n, uint16_t port);
/* The verdict on it: the tunnel, 0 = unmarked; PMIP_ERR_NOENT = it still waits. */
int rig_verdict(const struct rig *rig, uint64_t handle);
/* What the LMA knows of a flow; NULL = nothing. */
struct rig_flow *rig_flow(struct rig *rig, unsigned int n, uint16_t port);
/* Make a flow known that sends so many packets a second. @return its id. */
uint32_t rig_stream(struct rig *rig, unsigned int n, uint16_t port, uint64_t pps);

#endif
