/* SPDX-License-Identifier: BSD-2-Clause */
/* pmip-lma: settings and wiring. */
#ifndef EXAMPLES_LMA_H
#define EXAMPLES_LMA_H

#include "common/daemon.h"

struct lma_pool {
	unsigned int line;
	struct pmip_prefix prefix;
	uint32_t hnp_length;
};

struct lma_ipv4_pool {
	unsigned int line;
	struct pmip_ipv4_home subnet;
};

struct lma_prefix {
	unsigned int line;
	struct pmip_prefix prefix;
};

struct lma_address {
	unsigned int line;
	struct pmip_addr address;
};

struct lma_mag {
	unsigned int line;
	struct pmip_addr address;
	struct setting_list tolerate; /* of struct setting_tolerance */
	struct setting_list prefixes; /* of struct lma_prefix */
	uint32_t tunnel;              /* enum pmip_tunnel_kind */
};

struct lma_r2lma {
	unsigned int line;
	struct pmip_addr address;
	uint32_t priority;
	uint32_t max_sessions; /* 0 = what it tells */
};

struct lma_node {
	unsigned int line;
	struct setting_mnid id; /* one of these two */
	struct pmip_llid mac;
	struct setting_list prefixes; /* of struct lma_prefix */
	uint32_t lifetime_s;          /* 0 = max_lifetime */
	bool flow_mobility;
	bool multipath;
	bool disabled;
	struct setting_ipv4 ipv4;
	bool ipv6;
};

/* What MAGs are told to do; 0 = they are not told. */
struct lma_mag_parameters {
	uint32_t reregistration_start_s, reregistration_initial_s, reregistration_max_s;
	uint32_t heartbeat_interval_s, heartbeat_delay_s, heartbeat_max;
};

struct lma_settings {
	struct daemon_settings common;
	struct pmip_addr address;
	struct setting_list pools;        /* of struct lma_pool */
	struct setting_list ipv4_pools;   /* of struct lma_ipv4_pool */
	struct setting_list network_interfaces; /* of struct setting_name */
	struct setting_list mags;         /* of struct lma_mag */
	struct setting_list mobile_nodes; /* of struct lma_node */
	uint32_t max_lifetime_s;
	uint32_t min_delay_before_bce_delete_ms;
	uint32_t max_delay_before_new_bce_assign_ms;
	uint32_t timestamp_validity_window_ms;
	bool timestamps;
	bool mobile_node_generated_timestamp;
	uint32_t flowmob;             /* enum pmip_flowmob */
	uint32_t hi_logical_interface;
	uint32_t flowmob_option_type;
	bool flowmob_flows;
	uint32_t max_flows;
	uint32_t flow_idle_timeout_s; /* 0 = never */
	const char *flow_socket; /* NULL = none */
	const char *store;       /* NULL = none */
	uint32_t durability;     /* enum pmip_durability */
	uint32_t store_sync_ms;
	struct setting_list redirect;      /* of struct lma_r2lma */
	uint32_t redirect_above;
	struct setting_list redirect_from; /* of struct lma_address */
	uint32_t gre; /* enum pmip_lma_gre */
	bool revoke_on_unknown_handoff;
	struct setting_list global_revocation; /* of struct lma_address */
	bool bulk;
	bool multipath;
	uint32_t update_delay_ms;
	uint32_t update_retransmissions;
	struct lma_mag_parameters mag_parameters;
};

extern const struct setting_row lma_rows[];
/* Those of signalling.c, their check, and their part of the engine's configuration. */
extern const struct setting_row lma_signalling_rows[];
void lma_check_signalling(const struct settings *settings, struct report *report);
int lma_fill_signalling(struct pmip_lma_config *config, const struct lma_settings *s);

/* Those of config_peers.c, the same. */
extern const struct setting_row lma_peer_rows[];
void lma_check_peers(const struct lma_settings *s, struct report *report);
int lma_fill_peers(struct pmip_lma_config *config, const struct lma_settings *s);

extern const struct control_command lma_commands[];

/* Report settings that do not fit together. */
void lma_check(const struct settings *settings, struct report *report);
/* config_ipv4.c: what of that is about IPv4. */
void lma_check_ipv4(const struct lma_settings *s, struct report *report);
/* A pool as an IPv4-mapped prefix. */
struct pmip_prefix lma_ipv4_pool_mapped(const struct lma_ipv4_pool *pool);
/* The engine's configuration. @return 0 or an enum pmip_err. */
int lma_engine_config(struct pmip_lma_config **config, const struct settings *settings);

#endif
