/* SPDX-License-Identifier: BSD-2-Clause */
/* The world that a scenario plays in: LMAs, MAGs, mobile nodes, a network and datapaths, all in one process and on one virtual clock.
 * Everything an engine does becomes a line of the trace. */
#ifndef TESTS_SCENARIO_WORLD_H
#define TESTS_SCENARIO_WORLD_H

#include <pmip/pmip.h>
#include <stdio.h>

#define MS UINT64_C(1000)
#define S UINT64_C(1000000)
#define NAME_MAX_LEN 24
#define FLOWS_MAX 9
#define MNS_MAX 16
#define PROFILES_MAX 16
/* Wall clock at the start of a case, microseconds since 1970. */
#define WALL_US UINT64_C(1700000000000000)

struct setting {
	char key[NAME_MAX_LEN];
	char value[64];
};

struct mn {
	char name[NAME_MAX_LEN];
	struct pmip_mnid mn_id; /* views octets */
	uint8_t octets[PMIP_MNID_MAX];
	struct pmip_llid ll_id;
	uint8_t att;
	bool stranger; /* no profile unless one is given */
	bool ipv4;     /* its profiles have IPv4 */
};

/* A policy profile that a script gives. */
struct profile {
	struct pmip_profile profile; /* mn_id views octets */
	uint8_t octets[PMIP_MNID_MAX];
	bool none; /* no profile at all */
};

struct op {
	struct pmip_datapath_op op;
	unsigned int number; /* in the trace */
	bool open;
};

/* Of a tunnel. */
struct ends {
	struct pmip_addr local, remote;
};

struct forwarding {
	struct pmip_prefix prefix;
	struct ends ends;
	uint32_t link;
};

struct path {
	uint32_t group;
	struct ends ends;
};

struct steering {
	struct pmip_flow flow;
	struct pmip_addr remote; /* :: = as its binding */
};

/* Of prefixes, of an LMA. */
struct pool {
	struct pmip_prefix prefix;
	uint8_t hnp_len;
	const struct node *of; /* NULL = of the one that is called so */
};

enum role { ROLE_PEER, ROLE_LMA, ROLE_MAG };

struct node {
	char name[NAME_MAX_LEN];
	enum role role;
	struct pmip_addr addr;
	struct pmip_addr own[4]; /* its addresses when it has several, the first of them addr; with a label and a technology each */
	uint8_t own_label[4], own_att[4];
	unsigned int owns;
	struct pmip_lma *lma;
	struct pmip_mag *mag;
	int64_t clock_us; /* how much its wall clock is ahead */
	struct setting setting[16];
	unsigned int settings;
	struct profile profile[PROFILES_MAX];
	unsigned int profiles;
	bool hold_ops;
	unsigned int fails_in[PMIP_DATAPATH_TUNNEL_MOVE + 1]; /* by kind: operations until the one that fails */
	struct op op[128];
	unsigned int ops;
	struct ends tunnel[8];
	unsigned int tunnels;
	struct forwarding forwarding[32];
	unsigned int forwardings;
	struct path path[32];
	unsigned int paths;
	struct steering steering[32];
	unsigned int steerings;
	unsigned int last_pbu; /* message number, 0 = none */
};

/* How an engine treats one of its peers. */
struct treatment {
	const struct node *node, *peer;
	uint32_t tolerate; /* enum pmip_tolerance */
	struct pmip_prefix prefix[4];
	unsigned int prefixes;
	bool static_tunnel;
};

struct message {
	struct pmip_dgram dgram;
	uint8_t octets[PMIP_MH_MAX + 16];
	bool pending;
	uint64_t at_us; /* PMIP_TIME_NONE: when a script says so */
};

struct world {
	const char *file; /* for problems */
	int line;
	uint64_t now_us, event_us;
	struct node node[24];
	unsigned int nodes;
	struct treatment treatment[8];
	unsigned int treatments;
	struct mn mn[MNS_MAX];
	unsigned int mns;
	struct pool pool[8];
	unsigned int pools;
	struct pmip_ipv4_home ipv4_pool[8]; /* addr is that of the subnet */
	unsigned int ipv4_pools;
	bool hold_messages;
	struct message *message[256]; /* number n at n - 1 */
	unsigned int messages;
	uint16_t seq;        /* of the last hand-made PBU */
	uint32_t flow_id[FLOWS_MAX]; /* of flow n at n - 1 */
	int last_status;     /* of the last PBA, -1 = none */
	char *trace[4096];   /* lines since the last event */
	unsigned int traced;
	FILE *log;           /* every trace line of the run, or NULL */
};

/* A problem at the current line of the script: told, and the case ends. */
_Noreturn void fail(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where the next one goes of an array with a count beside it; what: what it is one of, told when there is no room. */
#define next_of(w, array, count, what)                                                                       \
	({                                                                                                   \
		if ((count) == sizeof(array) / sizeof((array)[0]))                                           \
			fail(w, "at most %zu %s, see world.h", sizeof(array) / sizeof((array)[0]), what);    \
		&(array)[(count)++];                                                                         \
	})

/* A line of the trace. */
void trace(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

void world_init(struct world *w);
void world_fini(struct world *w);
struct node *node_find(struct world *w, const char *name);
struct node *node_at(struct world *w, const struct pmip_addr *addr);
/* Which of its several addresses this is, from 1 on; 0 = none. */
unsigned int node_own(const struct node *node, const struct pmip_addr *addr);
/* NULL when there is none; mn_find() fails then. */
struct mn *mn_named(struct world *w, const char *name);
struct mn *mn_find(struct world *w, const char *name);
struct pmip_now node_now(const struct world *w, const struct node *node);
/* Do all that an engine wants, and what other engines want because of that. err: what the call before has returned. */
void world_turn(struct world *w, struct node *node, const char *call, int err);
/* datapath.c: an operation that an engine wants done, in the trace; and its result: err, or what comes of doing it. */
struct op *op_begin(struct world *w, struct node *node, const struct pmip_action *action);
void op_end(struct world *w, struct node *node, struct op *op, int err);
/* The result of an operation that was held. */
void op_complete(struct world *w, struct node *node, unsigned int number, int err);
/* settings.c: make the engines that have been declared and do not run yet. */
void world_start(struct world *w);
/* Give a running engine its settings anew. */
void node_reconfigure(struct world *w, struct node *node);
/* A new message, numbered; data is copied. */
struct message *message_add(struct world *w, const struct pmip_dgram *dgram);
/* Give a message to the engine it is for, if there is one. */
void message_deliver(struct world *w, struct message *message);
/* Let time pass: timers and delayed messages in order of time. */
void world_advance(struct world *w, uint64_t us);

/* text.c: text to values and back. The readers fail() on what they cannot read. */
uint64_t read_time(struct world *w, const char *text); /* microseconds: "3s", "1.5s", "300ms", "10us" */
uint32_t read_number(struct world *w, const char *text, uint32_t max);
uint64_t read_timestamp(struct world *w, const char *text, const struct node *node);
struct pmip_addr read_addr(struct world *w, const char *text);
struct pmip_prefix read_prefix(struct world *w, const char *text);
struct pmip_ip read_ipv4(struct world *w, const char *text);
/* ADDRESS or ADDRESS/LENGTH; otherwise is the length of the first. */
struct pmip_ipv4_home read_ipv4_subnet(struct world *w, const char *text, uint8_t otherwise);
/* ADDRESS/LENGTH, or none. */
const char *ipv4_text(const struct pmip_ip *addr, uint8_t plen);
/* SEND/RECV keys, or none. */
const char *gre_text(const struct pmip_gre *gre);
int read_err(struct world *w, const char *text);
/* Hexadecimal text. Returns how many octets. */
size_t read_octets(struct world *w, const char *text, uint8_t *octets, size_t cap);
const char *addr_text(struct world *w, const struct pmip_addr *addr);
const char *mnid_text(struct world *w, const struct pmip_mnid *mn_id);
void trace_action(struct world *w, struct node *node, const struct pmip_action *action, unsigned int number, const char *result);

/* message.c: messages by fields. */
#define FIELDS_MAX 32
/* KEY=VALUE words behind a command. */
struct fields {
	char *key[FIELDS_MAX], *value[FIELDS_MAX];
	bool used[FIELDS_MAX];
	unsigned int count;
};
/* Value of a field, NULL when it is not there. It counts as used. */
const char *field(struct fields *fields, const char *key);
struct message *make_pbu(struct world *w, struct node *from, struct node *to, struct mn *mn, struct fields *fields);
/* A message with exactly the options that fields name. */
struct message *make_signal(struct world *w, struct node *from, struct node *to, const struct pmip_mh *mh, struct fields *fields);
uint32_t number_field(struct world *w, struct fields *fields, const char *key, uint32_t otherwise, uint32_t max);
struct message *make_pba(struct world *w, struct node *from, struct node *to, struct fields *fields);

/* flow.c: flows at the LMA. */
void expect_flow(struct world *w, const struct node *node, const char *number, const char *where);

/* command.c: one line of a script. Returns whether a trace may follow. */
bool command_run(struct world *w, char *line);

#endif
