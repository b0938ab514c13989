/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that declare who and what there is, and how it behaves: they need no engine to run. */
#include "command.h"

#include <ctype.h>
#include <string.h>

static void copy_name(struct world *w, char name[NAME_MAX_LEN], const char *text)
{
	if (strlen(text) >= NAME_MAX_LEN)
		fail(w, "\"%s\" is too long a name", text);
	snprintf(name, NAME_MAX_LEN, "%s", text);
}

static void put_settings(struct world *w, struct node *node, struct fields *fields)
{
	for (unsigned int i = 0; i < fields->count; i++) {
		unsigned int k = 0;

		if (fields->used[i])
			continue;
		fields->used[i] = true;
		while (k < node->settings && strcmp(node->setting[k].key, fields->key[i]) != 0)
			k++;
		if (k == node->settings)
			next_of(w, node->setting, node->settings, "settings of a node");
		copy_name(w, node->setting[k].key, fields->key[i]);
		if (strlen(fields->value[i]) >= sizeof(node->setting[k].value))
			fail(w, "\"%s\" is too long", fields->value[i]);
		snprintf(node->setting[k].value, sizeof(node->setting[k].value), "%s", fields->value[i]);
	}
}

/* path=LABEL/ATT,LABEL/ATT: the first is the address that it has anyway, others 2001:db8:f:N::... */
static void read_paths(struct world *w, struct node *node, struct fields *fields)
{
	const char *text = field(fields, "path");
	unsigned int label, att;

	while (text) {
		unsigned int i = node->owns;
		struct pmip_addr *own = next_of(w, node->own, node->owns, "addresses of a node");

		if (sscanf(text, "%u/%u", &label, &att) != 2)
			fail(w, "path=LABEL/ATT,LABEL/ATT");
		*own = node->addr;
		own->b[7] = (uint8_t)i;
		node->own_label[i] = (uint8_t)label;
		node->own_att[i] = (uint8_t)att;
		text = strchr(text, ',');
		if (text)
			text++;
	}
}

/* lma is 2001:db8:f::1, lmaN 2001:db8:f::N, magN 2001:db8:f::aN, any other peer the next of 2001:db8:e::/64. */
static void add_node(struct world *w, const char *name, enum role role, struct fields *fields)
{
	const char *text = field(fields, "addr");
	struct node *node;
	char own[64];

	for (unsigned int i = 0; i < w->nodes; i++)
		if (!strcmp(w->node[i].name, name))
			fail(w, "there is a node \"%s\" already", name);
	if (!text && !strcmp(name, "lma"))
		text = "2001:db8:f::1";
	if (!text && !strncmp(name, "lma", 3) && isdigit((unsigned char)name[3]))
		snprintf(own, sizeof(own), "2001:db8:f::%u", (unsigned int)read_number(w, name + 3, 99)), text = own;
	if (!text && !strncmp(name, "mag", 3) && isdigit((unsigned char)name[3]))
		snprintf(own, sizeof(own), "2001:db8:f::a%u", (unsigned int)read_number(w, name + 3, 99)), text = own;
	if (!text)
		snprintf(own, sizeof(own), "2001:db8:e::%x", w->nodes + 1), text = own;
	node = next_of(w, w->node, w->nodes, "nodes");
	node->addr = read_addr(w, text);
	read_paths(w, node, fields);
	copy_name(w, node->name, name);
	node->role = role;
	put_settings(w, node, fields);
}

static void cmd_lma(struct world *w, struct line *line)
{
	add_node(w, line->words > 1 ? line->word[1] : "lma", ROLE_LMA, &line->fields);
}

static void cmd_mag(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++) {
		struct fields fields = line->fields;

		add_node(w, line->word[i], ROLE_MAG, &fields);
	}
	line->fields.count = 0;
}

static void cmd_peer(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++) {
		struct fields fields = line->fields;

		add_node(w, line->word[i], ROLE_PEER, &fields);
	}
	line->fields.count = 0;
}

static void cmd_set(struct world *w, struct line *line)
{
	put_settings(w, node_find(w, line->word[1]), &line->fields);
}

static void cmd_pool(struct world *w, struct line *line)
{
	const char *text = field(&line->fields, "hnp"), *of = field(&line->fields, "of");
	uint8_t len = (uint8_t)(text ? read_number(w, text, 128) : 64);

	for (unsigned int i = 1; i < line->words; i++) {
		struct pool *pool = next_of(w, w->pool, w->pools, "pools");

		pool->prefix = read_prefix(w, line->word[i]);
		pool->of = of ? node_find(w, of) : NULL;
		pool->hnp_len = len;
	}
}

/* pool4 SUBNET/LENGTH router=ADDRESS */
static void cmd_pool4(struct world *w, struct line *line)
{
	const char *router = field(&line->fields, "router");
	struct pmip_ipv4_home pool = read_ipv4_subnet(w, line->word[1], 32);

	if (!router)
		fail(w, "pool4 wants a router=ADDRESS");
	pool.router = read_ipv4(w, router);
	*next_of(w, w->ipv4_pool, w->ipv4_pools, "IPv4 pools") = pool;
}

static void set_mnid(struct world *w, struct pmip_mnid *mn_id, uint8_t octets[PMIP_MNID_MAX], const char *text)
{
	size_t len = strlen(text);

	if (len > PMIP_MNID_MAX)
		fail(w, "\"%s\" is too long an identifier", text);
	memcpy(octets, text, len);
	*mn_id = (struct pmip_mnid){1, (uint8_t)len, octets};
}

/* mnN is mnN@example.com with link-layer identifier 02:00:00:00:00:N on WLAN. */
static void add_mn(struct world *w, const char *name, struct fields *fields)
{
	struct mn *mn = next_of(w, w->mn, w->mns, "mobile nodes");
	const char *text = field(fields, "mnid");
	char own[64];

	copy_name(w, mn->name, name);
	snprintf(own, sizeof(own), "%s@example.com", name);
	set_mnid(w, &mn->mn_id, mn->octets, text ? text : own);
	text = field(fields, "subtype");
	if (text)
		mn->mn_id.subtype = (uint8_t)read_number(w, text, 255);
	text = field(fields, "ipv4");
	mn->ipv4 = text && !strcmp(text, "on");
	text = field(fields, "att");
	mn->att = text ? (uint8_t)read_number(w, text, 255) : PMIP_ATT_WLAN;
	text = field(fields, "llid");
	if (!text && !strncmp(name, "mn", 2) && isdigit((unsigned char)name[2]))
		mn->ll_id = (struct pmip_llid){6, {2, 0, 0, 0, 0, (uint8_t)read_number(w, name + 2, 99)}};
	else if (text && strcmp(text, "none") != 0 && pmip_llid_parse(&mn->ll_id, text))
		fail(w, "\"%s\" is no link-layer identifier; write 02:00:00:00:00:01", text);
}

static void cmd_mn(struct world *w, struct line *line)
{
	bool stranger = line->words > 1 && !strcmp(line->word[line->words - 1], "stranger");

	line->words -= stranger;
	for (unsigned int i = 1; i < line->words; i++) {
		struct fields fields = line->fields;

		add_mn(w, line->word[i], &fields);
		w->mn[w->mns - 1].stranger = stranger;
	}
	line->fields.count = 0;
}

/* ipv4=on|off|ADDRESS ipv6=on|off */
static void read_families(struct world *w, struct fields *fields, struct pmip_profile *profile)
{
	const char *text = field(fields, "ipv4");

	if (text)
		profile->ipv4 = strcmp(text, "off") != 0;
	if (profile->ipv4 && text && strcmp(text, "on") != 0)
		profile->ipv4_addr = read_ipv4(w, text);
	text = field(fields, "ipv6");
	profile->no_ipv6 = text && !strcmp(text, "off");
}

/* profile NODE MN|IDENTIFIER [none|disabled|plain] [lifetime=T] [hnp=P,P] [ipv4=] [ipv6=] */
static void cmd_profile(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);
	const struct mn *mn = mn_named(w, line->word[2]);
	struct profile *profile = node->profile;
	struct profile made = {.profile.size = sizeof(made.profile)};
	const char *text, *kind = line->words > 3 ? line->word[3] : "plain";

	if (mn) {
		memcpy(made.octets, mn->octets, mn->mn_id.len);
		made.profile.mn_id = mn->mn_id;
		made.profile.ll_id = mn->ll_id;
		made.profile.ipv4 = mn->ipv4;
	} else {
		set_mnid(w, &made.profile.mn_id, made.octets, line->word[2]);
	}
	if (strcmp(kind, "none") && strcmp(kind, "disabled") && strcmp(kind, "plain"))
		fail(w, "a profile is \"none\", \"disabled\" or \"plain\", not \"%s\"", kind);
	made.none = !strcmp(kind, "none");
	made.profile.disabled = !strcmp(kind, "disabled");
	read_families(w, &line->fields, &made.profile);
	text = field(&line->fields, "lifetime");
	if (text)
		made.profile.lifetime_s = (uint32_t)(read_time(w, text) / S);
	text = field(&line->fields, "flowmob");
	if (text && strcmp(text, "on") != 0)
		fail(w, "flowmob=on, or nothing");
	made.profile.flow_mobility = text;
	text = field(&line->fields, "shares");
	if (text && strcmp(text, "on") != 0)
		fail(w, "shares=on, or nothing");
	made.profile.shares_prefixes = text;
	text = field(&line->fields, "multipath");
	if (text && strcmp(text, "on") != 0)
		fail(w, "multipath=on, or nothing");
	made.profile.multipath = text;
	while ((text = field(&line->fields, "other-llid")) && made.profile.alias_count < PMIP_ALIAS_MAX)
		if (pmip_llid_parse(&made.profile.alias[made.profile.alias_count++], text))
			fail(w, "\"%s\" is no link-layer identifier", text);
	text = field(&line->fields, "lma");
	if (text)
		made.profile.lma = node_find(w, text)->addr;
	while ((text = field(&line->fields, "hnp"))) {
		if (made.profile.prefix_count == PMIP_HNP_MAX)
			fail(w, "at most %d prefixes", PMIP_HNP_MAX);
		made.profile.prefix[made.profile.prefix_count++] = read_prefix(w, text);
	}
	while (profile < node->profile + node->profiles && !pmip_mnid_equal(&profile->profile.mn_id, &made.profile.mn_id))
		profile++;
	if (profile == node->profile + node->profiles)
		profile = next_of(w, node->profile, node->profiles, "profiles of a node");
	*profile = made;
	profile->profile.mn_id.id = profile->octets;
}

/* prefix=P, as often as there are some; IPv4 as ::ffff:a.b.c.d/N. */
static void read_bounds(struct world *w, struct fields *fields, struct treatment *treatment)
{
	const char *text;

	while ((text = field(fields, "prefix"))) {
		*next_of(w, treatment->prefix, treatment->prefixes, "prefixes of a peer") = read_prefix(w, text);
	}
}

/* treat NODE PEER [tolerate=NAME,NAME] [prefix=P ...] [tunnel=static] */
static void cmd_treat(struct world *w, struct line *line)
{
	const struct node *node = node_find(w, line->word[1]), *peer = node_find(w, line->word[2]);
	struct treatment *treatment = w->treatment;
	char names[64], *rest, *name;
	const char *text = field(&line->fields, "tolerate");

	while (treatment < w->treatment + w->treatments && (treatment->node != node || treatment->peer != peer))
		treatment++;
	if (treatment == w->treatment + w->treatments)
		treatment = next_of(w, w->treatment, w->treatments, "peers that are treated");
	*treatment = (struct treatment){.node = node, .peer = peer};
	read_bounds(w, &line->fields, treatment);
	treatment->static_tunnel = field(&line->fields, "tunnel");
	snprintf(names, sizeof(names), "%s", text ? text : "");
	for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		enum pmip_tolerance tolerance;

		if (pmip_tolerance_parse(&tolerance, name))
			fail(w, "no tolerance is called \"%s\"", name);
		treatment->tolerate |= tolerance;
	}
}

static bool hold_or_on(struct world *w, const char *text)
{
	if (strcmp(text, "hold") != 0 && strcmp(text, "on") != 0)
		fail(w, "\"%s\" is neither hold nor on", text);
	return !strcmp(text, "hold");
}

static void cmd_network(struct world *w, struct line *line)
{
	w->hold_messages = hold_or_on(w, line->word[1]);
}

static void cmd_datapath(struct world *w, struct line *line)
{
	node_find(w, line->word[1])->hold_ops = hold_or_on(w, line->word[2]);
}

static void cmd_fail(struct world *w, struct line *line)
{
	static const char *const kinds[] = {
		[PMIP_DATAPATH_TUNNEL_ENSURE] = "ensure",
		[PMIP_DATAPATH_TUNNEL_RELEASE] = "release",
		[PMIP_DATAPATH_BINDING_SET] = "set",
		[PMIP_DATAPATH_BINDING_CLEAR] = "clear",
		[PMIP_DATAPATH_PATH_SET] = "path-set",
		[PMIP_DATAPATH_PATH_CLEAR] = "path-clear",
		[PMIP_DATAPATH_FLOW_SET] = "flow-set",
		[PMIP_DATAPATH_FLOW_CLEAR] = "flow-clear",
		[PMIP_DATAPATH_TUNNEL_MOVE] = "move",
	};
	struct node *node = node_find(w, line->word[1]);

	for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i], line->word[2])) {
			node->fails_in[i] = line->words > 3 ? read_number(w, line->word[3], 1000) : 1;
			return;
		}
	}
	fail(w, "\"%s\" is no operation; write ensure, release, set, clear, path-set, path-clear, flow-set, flow-clear or move", line->word[2]);
}

static void cmd_clock(struct world *w, struct line *line)
{
	const char *text = line->word[2];
	int64_t us = (int64_t)read_time(w, text + (*text == '-' || *text == '+'));

	node_find(w, line->word[1])->clock_us = *text == '-' ? -us : us;
}

const struct command declare_commands[] = {
	{"clock", 3, true, false, cmd_clock},
	{"datapath", 3, true, false, cmd_datapath},
	{"fail", 3, true, false, cmd_fail},
	{"lma", 1, true, false, cmd_lma},
	{"mag", 2, true, false, cmd_mag},
	{"mn", 2, true, false, cmd_mn},
	{"network", 2, true, false, cmd_network},
	{"peer", 2, true, false, cmd_peer},
	{"pool", 2, true, false, cmd_pool},
	{"pool4", 2, true, false, cmd_pool4},
	{"profile", 3, true, false, cmd_profile},
	{"set", 2, true, false, cmd_set},
	{"treat", 3, true, false, cmd_treat},
	{NULL, 0, false, false, NULL},
};
