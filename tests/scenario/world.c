/* SPDX-License-Identifier: BSD-2-Clause */
/* Engines, datapaths and network of a scenario. A datapath does what it is told at once and remembers it; what an
 * engine must never ask of it ends the case. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t hash_key[16] = {7};

void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->last_status = -1;
}

void world_fini(struct world *w)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		pmip_lma_free(w->node[i].lma);
		pmip_mag_free(w->node[i].mag);
	}
	for (unsigned int i = 0; i < w->messages; i++)
		free(w->message[i]);
	for (unsigned int i = 0; i < w->traced; i++)
		free(w->trace[i]);
}

struct node *node_find(struct world *w, const char *name)
{
	for (unsigned int i = 0; i < w->nodes; i++)
		if (!strcmp(w->node[i].name, name))
			return &w->node[i];
	fail(w, "no node is called \"%s\"; declare it with lma, mag or peer", name);
}

struct node *node_at(struct world *w, const struct pmip_addr *addr)
{
	for (unsigned int i = 0; i < w->nodes; i++)
		if (pmip_addr_equal(&w->node[i].addr, addr))
			return &w->node[i];
	return NULL;
}

struct mn *mn_named(struct world *w, const char *name)
{
	for (unsigned int i = 0; i < w->mns; i++)
		if (!strcmp(w->mn[i].name, name))
			return &w->mn[i];
	return NULL;
}

struct mn *mn_find(struct world *w, const char *name)
{
	struct mn *mn = mn_named(w, name);

	if (!mn)
		fail(w, "no mobile node is called \"%s\"; declare it with mn", name);
	return mn;
}

struct pmip_now node_now(const struct world *w, const struct node *node)
{
	return (struct pmip_now){w->now_us, WALL_US + w->now_us + (uint64_t)node->clock_us};
}

/* ---- configuration ---- */

enum unit { NUMBER, SECONDS, MILLISECONDS };

static uint32_t setting_value(struct world *w, const struct setting *setting, enum unit unit)
{
	if (unit == NUMBER)
		return read_number(w, setting->value, UINT32_MAX);
	return (uint32_t)(read_time(w, setting->value) / (unit == SECONDS ? S : MS));
}

static bool is_on(struct world *w, const struct setting *setting)
{
	if (strcmp(setting->value, "on") && strcmp(setting->value, "off"))
		fail(w, "%s is \"on\" or \"off\", not \"%s\"", setting->key, setting->value);
	return !strcmp(setting->value, "on");
}

/* Which of three words it is: 0, 1 or 2. */
static int read_word(struct world *w, const struct setting *setting, const char *first, const char *second, const char *third)
{
	const char *const words[] = {first, second, third};

	for (int i = 0; i < 3; i++)
		if (!strcmp(setting->value, words[i]))
			return i;
	fail(w, "%s is \"%s\", \"%s\" or \"%s\", not \"%s\"", setting->key, first, second, third, setting->value);
}

/* redirect=LMA,LMA: those that sessions are sent to; redirect-from: those that they are taken from. */
static int add_lmas(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	char names[sizeof(setting->value)], *rest, *name;
	int err = 0;

	memcpy(names, setting->value, sizeof(names));
	for (name = strtok_r(names, ",", &rest); name && !err; name = strtok_r(NULL, ",", &rest)) {
		const struct pmip_addr *addr = &node_find(w, name)->addr;

		err = strcmp(setting->key, "redirect") ? pmip_lma_config_add_rflma(config, addr)
						       : pmip_lma_config_add_r2lma(config, addr, 0, 0);
	}
	return err;
}

/* FIRST,REST: the first in milliseconds, and what stands behind the comma. */
static uint32_t first_time(struct world *w, const struct setting *setting, const char **rest)
{
	char first[sizeof(setting->value)], *comma;

	snprintf(first, sizeof(first), "%s", setting->value);
	comma = strchr(first, ',');
	if (!comma)
		fail(w, "%s=FIRST,REST, for example %s=1s,2", setting->key, setting->key);
	*comma = '\0';
	*rest = setting->value + (comma - first) + 1;
	return (uint32_t)(read_time(w, first) / MS);
}

/* mag-times=START,FIRST,LONGEST and mag-heartbeat=INTERVAL,DELAY,COUNT: seconds */
static int set_parameters(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	bool times = !strcmp(setting->key, "mag-times");
	unsigned int first, second, third;

	if (sscanf(setting->value, "%u,%u,%u", &first, &second, &third) != 3 || first > (times ? UINT32_MAX : UINT16_MAX) ||
	    second > UINT16_MAX || third > UINT16_MAX)
		fail(w, "%s=N,N,N, each of its range", setting->key);
	return times ? pmip_lma_config_set_mag_reregistration(config, first, (uint16_t)second, (uint16_t)third)
		     : pmip_lma_config_set_mag_heartbeat(config, (uint16_t)first, (uint16_t)second, (uint16_t)third);
}

static int set_updates(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	const char *count;
	uint32_t delay_ms = first_time(w, setting, &count);

	return pmip_lma_config_set_update_retransmission(config, delay_ms, read_number(w, count, UINT32_MAX));
}

static int set_lma(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	static const struct {
		const char *key;
		enum unit unit;
		int (*set)(struct pmip_lma_config *, uint32_t);
	} numbers[] = {
		{"max-bindings", NUMBER, pmip_lma_config_set_max_bindings},
		{"max-lifetime", SECONDS, pmip_lma_config_set_max_lifetime},
		{"delete-delay", MILLISECONDS, pmip_lma_config_set_min_delay_before_bce_delete},
		{"assign-delay", MILLISECONDS, pmip_lma_config_set_max_delay_before_new_bce_assign},
		{"window", MILLISECONDS, pmip_lma_config_set_timestamp_validity_window},
		{"redirect-above", NUMBER, pmip_lma_config_set_redirect_above},
	};
	struct pmip_addr addr;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(setting->key, numbers[i].key))
			return numbers[i].set(config, setting_value(w, setting, numbers[i].unit));
	if (!strcmp(setting->key, "flowmob"))
		return pmip_lma_config_set_flowmob(config, (enum pmip_flowmob)read_word(w, setting, "off", "rfc7864", "paper2011"));
	if (!strcmp(setting->key, "flowmob-flows"))
		return pmip_lma_config_set_flowmob_flows(config, is_on(w, setting));
	if (!strcmp(setting->key, "hi-logical"))
		return pmip_lma_config_set_hi_logical_interface(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "redirect") || !strcmp(setting->key, "redirect-from"))
		return add_lmas(w, config, setting);
	if (!strcmp(setting->key, "mag-times") || !strcmp(setting->key, "mag-heartbeat"))
		return set_parameters(w, config, setting);
	if (!strcmp(setting->key, "upn"))
		return set_updates(w, config, setting);
	if (!strcmp(setting->key, "global-revocation")) {
		addr = read_addr(w, setting->value);
		return pmip_lma_config_allow_global_revocation(config, &addr);
	}
	if (!strcmp(setting->key, "bulk"))
		return pmip_lma_config_set_bulk(config, is_on(w, setting));
	if (!strcmp(setting->key, "multipath"))
		return pmip_lma_config_set_multipath(config, is_on(w, setting));
	if (!strcmp(setting->key, "handover-revocation"))
		return pmip_lma_config_set_revoke_on_unknown_handoff(config, is_on(w, setting));
	if (!strcmp(setting->key, "gre"))
		return pmip_lma_config_set_gre(config, (enum pmip_lma_gre)read_word(w, setting, "off", "allowed", "required"));
	if (!strcmp(setting->key, "timestamps"))
		return pmip_lma_config_set_timestamp_in_use(config, is_on(w, setting));
	if (!strcmp(setting->key, "mn-timestamps"))
		return pmip_lma_config_set_mobile_node_generated_timestamp(config, is_on(w, setting));
	fail(w, "an LMA has no setting \"%s\"", setting->key);
}

/* The first or second of two times, "1s,32s". */
static uint32_t pair_ms(struct world *w, const struct setting *setting, unsigned int which)
{
	const char *second;
	uint32_t first_ms = first_time(w, setting, &second);

	return which ? (uint32_t)(read_time(w, second) / MS) : first_ms;
}

static int set_mag(struct world *w, struct pmip_mag_config *config, const struct setting *setting)
{
	static const struct {
		const char *key;
		enum unit unit;
		int (*set)(struct pmip_mag_config *, uint32_t);
	} numbers[] = {
		{"lifetime", SECONDS, pmip_mag_config_set_lifetime},
		{"router-lifetime", SECONDS, pmip_mag_config_set_router_lifetime},
		{"mtu", NUMBER, pmip_mag_config_set_tunnel_mtu},
		{"max-bindings", NUMBER, pmip_mag_config_set_max_bindings},
	};
	struct pmip_addr addr;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(setting->key, numbers[i].key))
			return numbers[i].set(config, setting_value(w, setting, numbers[i].unit));
	if (!strcmp(setting->key, "hi-logical"))
		return pmip_mag_config_set_hi_logical_interface(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "unknown-realm"))
		return pmip_mag_config_set_unknown_realm(config, strcmp(setting->value, "none") ? setting->value : NULL);
	if (!strcmp(setting->key, "flowmob-option"))
		return pmip_mag_config_set_flowmob_option_type(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "redirect"))
		return pmip_mag_config_set_redirect(config, is_on(w, setting));
	if (!strcmp(setting->key, "gre"))
		return pmip_mag_config_set_gre(config, (enum pmip_mag_gre)read_word(w, setting, "off", "on", "keys"));
	if (!strcmp(setting->key, "timestamps"))
		return pmip_mag_config_set_timestamp_in_use(config, is_on(w, setting));
	if (!strcmp(setting->key, "bulk"))
		return pmip_mag_config_set_bulk(config, strcmp(setting->value, "off") != 0,
						strcmp(setting->value, "off") ? setting_value(w, setting, NUMBER) : 1);
	if (!strcmp(setting->key, "lla")) {
		addr = read_addr(w, setting->value);
		return pmip_mag_config_set_fixed_link_local_address(config, &addr);
	}
	if (!strcmp(setting->key, "bindack"))
		return pmip_mag_config_set_bindack_timeout(config, pair_ms(w, setting, 0), pair_ms(w, setting, 1));
	if (!strcmp(setting->key, "presence"))
		return pmip_mag_config_set_presence(config, pair_ms(w, setting, 0), pair_ms(w, setting, 1));
	fail(w, "a MAG has no setting \"%s\"", setting->key);
}

static const struct profile *profile_given(const struct node *node, const struct pmip_mnid *mn_id)
{
	for (unsigned int i = 0; i < node->profiles; i++)
		if (pmip_mnid_equal(&node->profile[i].profile.mn_id, mn_id))
			return &node->profile[i];
	return NULL;
}

/* The profiles of a node: those given, and a plain one for every mobile node that has none. */
static unsigned int collect_profiles(struct world *w, const struct node *node, struct pmip_profile profile[32])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < node->profiles; i++)
		if (!node->profile[i].none)
			profile[count++] = node->profile[i].profile;
	for (unsigned int i = 0; i < w->mns; i++)
		if (!w->mn[i].stranger && !profile_given(node, &w->mn[i].mn_id))
			profile[count++] = (struct pmip_profile){.mn_id = w->mn[i].mn_id, .ll_id = w->mn[i].ll_id,
								  .ipv4 = w->mn[i].ipv4};
	return count;
}

static void must(struct world *w, const char *what, int err)
{
	if (err)
		fail(w, "%s: %s (%s)", what, pmip_err_name(err), pmip_strerror(err));
}

static const struct treatment *treatment_of(const struct world *w, const struct node *node, const struct node *peer)
{
	static const struct treatment strict;

	for (unsigned int i = 0; i < w->treatments; i++)
		if (w->treatment[i].node == node && w->treatment[i].peer == peer)
			return &w->treatment[i];
	return &strict;
}

/* Every MAG, and who plays one, may register mobile nodes. */
static void add_mags(struct world *w, const struct node *lma, struct pmip_lma_config *config)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		const struct node *mag = &w->node[i];
		const struct treatment *treatment = treatment_of(w, lma, mag);
		struct pmip_peer peer = {
			.size = sizeof(peer),
			.addr = mag->addr,
			.tolerate = treatment->tolerate,
			.prefixes = treatment->prefix,
			.prefix_count = treatment->prefixes,
			.tunnel = treatment->static_tunnel ? PMIP_TUNNEL_STATIC : PMIP_TUNNEL_DYNAMIC,
		};

		if (mag->role == ROLE_MAG || (mag->role == ROLE_PEER && !strncmp(mag->name, "mag", 3)))
			must(w, "MAG", pmip_lma_config_add_peer(config, &peer));
	}
}

static struct pmip_lma_config *lma_config(struct world *w, struct node *node)
{
	struct pmip_profile profile[32];
	struct pmip_lma_config *config;
	unsigned int count = collect_profiles(w, node, profile);
	int err;

	must(w, "configuration", pmip_lma_config_new(&config, NULL));
	for (unsigned int i = 0; i < node->settings; i++) {
		err = set_lma(w, config, &node->setting[i]);
		must(w, node->setting[i].key, err);
	}
	for (unsigned int i = 0; i < w->pools; i++)
		if (node == (w->pool_of[i] ? w->pool_of[i] : node_find(w, "lma")))
			must(w, "pool", pmip_lma_config_add_pool(config, &w->pool[i], w->pool_hnp_len[i]));
	for (unsigned int i = 0; i < w->ipv4_pools && !strcmp(node->name, "lma"); i++)
		must(w, "pool4", pmip_lma_config_add_ipv4_pool(config, &w->ipv4_pool[i].addr, w->ipv4_pool[i].plen,
							       &w->ipv4_pool[i].router));
	must(w, "address", pmip_lma_config_set_address(config, &node->addr));
	add_mags(w, node, config);
	for (unsigned int i = 0; i < count; i++)
		must(w, "profile", pmip_lma_config_add_profile(config, &profile[i]));
	return config;
}

static struct pmip_mag_config *mag_config(struct world *w, struct node *node)
{
	struct pmip_profile profile[32];
	struct pmip_mag_config *config;
	unsigned int count = collect_profiles(w, node, profile);

	must(w, "configuration", pmip_mag_config_new(&config, NULL));
	must(w, "Proxy-CoA", pmip_mag_config_set_proxy_coa(config, &node->addr));
	must(w, "LMA", pmip_mag_config_set_lma(config, &node_find(w, "lma")->addr));
	for (unsigned int i = 0; i < node->settings; i++)
		must(w, node->setting[i].key, set_mag(w, config, &node->setting[i]));
	for (unsigned int i = 0; i < w->treatments; i++)
		if (w->treatment[i].node == node)
			must(w, "treat", pmip_mag_config_tolerate(config, &w->treatment[i].peer->addr, w->treatment[i].tolerate));
	for (unsigned int i = 0; i < count; i++)
		must(w, "profile", pmip_mag_config_add_profile(config, &profile[i]));
	return config;
}

void world_start(struct world *w)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		struct node *node = &w->node[i];

		if (node->role == ROLE_LMA && !node->lma) {
			struct pmip_lma_config *config = lma_config(w, node);

			must(w, "LMA", pmip_lma_new(&node->lma, config, NULL, hash_key));
			pmip_lma_config_free(config);
			world_turn(w, node, "start", 0);
		} else if (node->role == ROLE_MAG && !node->mag) {
			struct pmip_mag_config *config = mag_config(w, node);

			must(w, "MAG", pmip_mag_new(&node->mag, config, NULL, hash_key));
			pmip_mag_config_free(config);
		}
	}
}

void node_reconfigure(struct world *w, struct node *node)
{
	int err = 0;

	if (node->lma) {
		struct pmip_lma_config *config = lma_config(w, node);

		err = pmip_lma_reconfigure(node->lma, config);
		pmip_lma_config_free(config);
	} else if (node->mag) {
		struct pmip_mag_config *config = mag_config(w, node);

		err = pmip_mag_reconfigure(node->mag, config, node_now(w, node));
		pmip_mag_config_free(config);
	} else {
		fail(w, "%s has no engine to reconfigure", node->name);
	}
	world_turn(w, node, "reconfigure", err);
}

/* ---- datapath ---- */

static bool has_tunnel(const struct node *node, const struct pmip_addr *remote)
{
	for (unsigned int i = 0; i < node->tunnels; i++)
		if (pmip_addr_equal(&node->tunnel[i], remote))
			return true;
	return false;
}

static struct forwarding *forwarding_of(struct node *node, const struct pmip_prefix *prefix)
{
	for (unsigned int i = 0; i < node->forwardings; i++)
		if (pmip_prefix_equal(&node->forwarding[i].prefix, prefix))
			return &node->forwarding[i];
	return NULL;
}

static void tunnel_release(struct world *w, struct node *node, const struct pmip_addr *remote)
{
	for (unsigned int i = 0; i < node->forwardings; i++)
		if (pmip_addr_equal(&node->forwarding[i].remote, remote))
			fail(w, "%s releases a tunnel that a prefix goes through", node->name);
	for (unsigned int i = 0; i < node->paths; i++)
		if (pmip_addr_equal(&node->path[i].remote, remote))
			fail(w, "%s releases a tunnel that is a path", node->name);
	for (unsigned int i = 0; i < node->steerings; i++)
		if (pmip_addr_equal(&node->steering[i].remote, remote))
			fail(w, "%s releases a tunnel that a flow goes through", node->name);
	for (unsigned int i = 0; i < node->tunnels; i++)
		if (pmip_addr_equal(&node->tunnel[i], remote))
			node->tunnel[i--] = node->tunnel[--node->tunnels];
}

static struct path *path_of(struct node *node, const struct pmip_datapath_op *op)
{
	for (unsigned int i = 0; i < node->paths; i++)
		if (node->path[i].group == op->group && pmip_addr_equal(&node->path[i].remote, &op->remote))
			return &node->path[i];
	return NULL;
}

static struct steering *steering_of(struct node *node, const struct pmip_flow *flow)
{
	for (unsigned int i = 0; i < node->steerings; i++)
		if (pmip_flow_equal(&node->steering[i].flow, flow))
			return &node->steering[i];
	return NULL;
}

static int operate_path(struct node *node, const struct pmip_datapath_op *op)
{
	struct path *at = path_of(node, op);

	if (op->kind == PMIP_DATAPATH_PATH_CLEAR) {
		if (at)
			*at = node->path[--node->paths];
		return 0;
	}
	if (!has_tunnel(node, &op->remote))
		return PMIP_ERR_NOENT;
	if (!at)
		node->path[node->paths++] = (struct path){op->group, op->remote};
	return 0;
}

static int operate_flow(struct node *node, const struct pmip_datapath_op *op)
{
	struct steering *at = steering_of(node, &op->flow);

	if (op->kind == PMIP_DATAPATH_FLOW_CLEAR) {
		if (at)
			*at = node->steering[--node->steerings];
		return 0;
	}
	if (!pmip_addr_is_unspecified(&op->remote) && !has_tunnel(node, &op->remote))
		return PMIP_ERR_NOENT;
	if (!at)
		at = &node->steering[node->steerings++];
	*at = (struct steering){op->flow, op->remote};
	return 0;
}

/* 0, or why it cannot be. */
static int operate(struct world *w, struct node *node, const struct pmip_datapath_op *op)
{
	struct forwarding *at = forwarding_of(node, &op->prefix);

	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE:
		if (!has_tunnel(node, &op->remote))
			node->tunnel[node->tunnels++] = op->remote;
		break;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		tunnel_release(w, node, &op->remote);
		break;
	case PMIP_DATAPATH_BINDING_SET:
		if (!has_tunnel(node, &op->remote))
			return PMIP_ERR_NOENT;
		if (!at)
			at = &node->forwarding[node->forwardings++];
		*at = (struct forwarding){op->prefix, op->remote, op->link};
		break;
	case PMIP_DATAPATH_BINDING_CLEAR:
		if (at)
			*at = node->forwarding[--node->forwardings];
		break;
	case PMIP_DATAPATH_PATH_SET:
	case PMIP_DATAPATH_PATH_CLEAR:
		return operate_path(node, op);
	case PMIP_DATAPATH_FLOW_SET:
	case PMIP_DATAPATH_FLOW_CLEAR:
		return operate_flow(node, op);
	}
	return 0;
}

static struct op *op_begin(struct world *w, struct node *node, const struct pmip_action *action)
{
	struct op *op = &node->op[node->ops++];
	char number[16] = "";

	if (node->ops > sizeof(node->op) / sizeof(node->op[0]))
		fail(w, "%s: too many datapath operations for one case", node->name);
	*op = (struct op){.op = action->u.datapath, .number = node->ops, .open = true};
	if (node->hold_ops)
		snprintf(number, sizeof(number), "op%u", op->number);
	trace_action(w, node, action, 0, number);
	return op;
}

static void op_end(struct world *w, struct node *node, struct op *op, int err)
{
	int told;

	op->open = false;
	if (!err)
		err = operate(w, node, &op->op);
	if (err)
		trace(w, "%s datapath: the operation on %s fails, %s", node->name, op->op.prefix.len ? "a prefix" : "a tunnel",
		      pmip_err_name(err));
	told = node->lma ? pmip_lma_complete(node->lma, op->op.id, err, node_now(w, node))
			 : pmip_mag_complete(node->mag, op->op.id, err, node_now(w, node));
	if (told)
		fail(w, "%s: completion: %s", node->name, pmip_err_name(told));
}

void op_complete(struct world *w, struct node *node, unsigned int number, int err)
{
	if (!number || number > node->ops || !node->op[number - 1].open)
		fail(w, "%s has no open operation %u", node->name, number);
	op_end(w, node, &node->op[number - 1], err);
	world_turn(w, node, "complete", 0);
}

/* ---- turns ---- */

static bool is_due_to_fail(struct node *node, enum pmip_datapath_kind kind)
{
	return node->fails_in[kind] && !--node->fails_in[kind];
}

static void note_status(struct world *w, const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	if (!pmip_mh_decode(&mh, dgram, 0, NULL) && mh.type == PMIP_MH_BA)
		w->last_status = mh.u.ba.status;
}

static void do_send(struct world *w, struct node *node, const struct pmip_action *action)
{
	struct message *message = message_add(w, &action->u.send);

	trace_action(w, node, action, w->messages, NULL);
	note_status(w, &message->dgram);
	node->last_pbu = w->messages;
	message->pending = true;
	message->at_us = w->hold_messages ? PMIP_TIME_NONE : w->now_us;
}

static int next_action(struct node *node, struct pmip_action *action)
{
	return node->lma ? pmip_lma_next_action(node->lma, action) : pmip_mag_next_action(node->mag, action);
}

/* Everything that is wanted now, then the results. Returns whether there were any. */
static bool turn_once(struct world *w, struct node *node)
{
	unsigned int first = node->ops;
	int result[sizeof(node->op) / sizeof(node->op[0])];
	struct pmip_action action;

	while (next_action(node, &action)) {
		if (action.type == PMIP_ACTION_DATAPATH) {
			op_begin(w, node, &action);
			result[node->ops - 1] = is_due_to_fail(node, action.u.datapath.kind) ? PMIP_ERR_OS : 0;
		} else if (action.type == PMIP_ACTION_SEND) {
			do_send(w, node, &action);
		} else {
			trace_action(w, node, &action, 0, NULL);
		}
	}
	if (node->hold_ops || first == node->ops)
		return false;
	for (unsigned int end = node->ops; first < end; first++)
		op_end(w, node, &node->op[first], result[first]);
	return true;
}

void world_turn(struct world *w, struct node *node, const char *call, int err)
{
	if (err < 0)
		trace(w, "%s %s: %s", node->name, call, pmip_err_name(err));
	if (node->role == ROLE_PEER)
		return;
	while (turn_once(w, node))
		continue;
	for (unsigned int i = 0; i < w->messages; i++)
		if (w->message[i]->pending && w->message[i]->at_us <= w->now_us)
			message_deliver(w, w->message[i]);
}

/* ---- network and time ---- */

struct message *message_add(struct world *w, const struct pmip_dgram *dgram)
{
	struct message *message = calloc(1, sizeof(*message));

	if (!message || w->messages == sizeof(w->message) / sizeof(w->message[0]) || dgram->len > sizeof(message->octets))
		fail(w, "too many messages for one case, or one that is too long");
	message->dgram = *dgram;
	memcpy(message->octets, dgram->data, dgram->len);
	message->dgram.data = message->octets;
	w->message[w->messages++] = message;
	return message;
}

void message_deliver(struct world *w, struct message *message)
{
	struct node *node = node_at(w, &message->dgram.dst);
	int err;

	message->pending = false;
	if (!node || node->role == ROLE_PEER)
		return;
	err = node->lma ? pmip_lma_input(node->lma, &message->dgram, node_now(w, node))
			: pmip_mag_input(node->mag, &message->dgram, node_now(w, node));
	world_turn(w, node, "input", err);
}

static uint64_t deadline(const struct node *node)
{
	if (node->lma)
		return pmip_lma_next_deadline(node->lma);
	return node->mag ? pmip_mag_next_deadline(node->mag) : PMIP_TIME_NONE;
}

void world_advance(struct world *w, uint64_t us)
{
	uint64_t end_us = w->now_us + us;

	for (unsigned int step = 0;; step++) {
		uint64_t at_us = end_us;
		struct message *message = NULL;
		struct node *due = NULL;

		for (unsigned int i = 0; i < w->nodes; i++)
			if (deadline(&w->node[i]) <= at_us && (!due || deadline(&w->node[i]) < at_us))
				due = &w->node[i], at_us = deadline(due);
		for (unsigned int i = 0; i < w->messages; i++)
			if (w->message[i]->pending && w->message[i]->at_us <= at_us && (!message || w->message[i]->at_us < at_us))
				message = w->message[i], at_us = message->at_us;
		w->now_us = at_us > w->now_us ? at_us : w->now_us;
		if (message) {
			message_deliver(w, message);
		} else if (due) {
			int err = due->lma ? pmip_lma_handle_timeout(due->lma, node_now(w, due))
					   : pmip_mag_handle_timeout(due->mag, node_now(w, due));

			world_turn(w, due, "timeout", err);
		} else {
			return;
		}
		if (step > 10000)
			fail(w, "time does not pass: a deadline comes again and again");
	}
}
