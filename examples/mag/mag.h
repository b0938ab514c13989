/* SPDX-License-Identifier: BSD-2-Clause */
/* pmip-mag: settings and wiring. */
#ifndef EXAMPLES_MAG_H
#define EXAMPLES_MAG_H

#include "common/daemon.h"

/* Most access links. */
#define ACCESS_MAX 1024

struct mag_access {
	unsigned int line;
	const char *interface;
	uint32_t technology;             /* enum pmip_att */
	struct setting_mnid mobile_node; /* len 0 = not known beforehand */
	const char *network, *access_point, *operator_realm; /* or NULL */
	struct setting_location location;
};

/* Most octets of what is told of an access link. */
#define ACCESS_NETWORK_MAX 255

struct mag_node_mac {
	unsigned int line;
	struct pmip_llid mac;
};

struct mag_node {
	unsigned int line;
	struct setting_mnid id; /* len 0 = the MAC address is the identifier */
	struct pmip_llid mac;   /* len 0 = told by the link or by an attach command */
	struct setting_list other_macs; /* of struct mag_node_mac */
	uint32_t lifetime_s;    /* 0 = lifetime */
	bool shares_prefixes;
	bool multipath;
	struct pmip_addr lma;   /* :: = lma */
	bool disabled;
	struct setting_ipv4 ipv4;
	bool ipv6;
};

/* One of several addresses (RFC 8278). */
struct mag_path {
	unsigned int line;
	struct pmip_addr address;
	uint32_t bid, label;
	uint32_t technology; /* enum pmip_att */
};

struct mag_lma_tolerance {
	unsigned int line;
	struct pmip_addr address;
	struct setting_list tolerate; /* of struct setting_tolerance */
};

enum mag_clock {
	MAG_CLOCK_NTP = 1,
	MAG_CLOCK_OTHER = 2,
};

struct mag_settings {
	struct daemon_settings common;
	struct pmip_addr address;
	struct pmip_addr lma;
	struct setting_list lma_tolerate; /* of struct mag_lma_tolerance */
	struct setting_list paths;        /* of struct mag_path */
	struct setting_list access;       /* of struct mag_access */
	struct setting_list mobile_nodes; /* of struct mag_node */
	uint32_t lifetime_s;
	bool timestamps;
	bool bulk;
	uint32_t bulk_group;
	bool redirect;
	uint32_t gre; /* enum pmip_mag_gre */
	struct pmip_addr link_local_address;
	struct pmip_llid mac_address;
	bool bypass_netfilter;
	uint32_t router_lifetime_s;
	uint32_t bindack_timeout_ms;
	uint32_t max_bindack_timeout_ms;
	uint32_t probe_interval_ms;
	bool presence;
	uint32_t clock; /* enum mag_clock */
	uint32_t table;
	uint32_t rule_priority;
	uint32_t hi_logical_interface;
	uint32_t flowmob_option_type;
	const char *unknown_realm; /* NULL = none */
};

extern const struct setting_row mag_rows[];

/* Report settings that do not fit together. */
void mag_check(const struct settings *settings, struct report *report);
/* The engine's configuration. @return 0 or an enum pmip_err. */
int mag_engine_config(struct pmip_mag_config **config, const struct settings *settings);
/* What an LMA that asks is told of an access link: sub-options of an Access Network Identifier (RFC 6757). */
struct pmip_bytes mag_access_network(const struct mag_access *access, uint8_t octets[ACCESS_NETWORK_MAX]);
/* The identifier that a mobile node of the list registers with. */
struct pmip_mnid mag_node_id(const struct mag_node *node);

/* The commands that only a MAG has. */
extern const struct control_command mag_commands[];

#endif
