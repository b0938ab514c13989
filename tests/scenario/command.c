/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the language; README.md says what each does. A row of the table has a command's least number of words that are no
 * fields, and whether a trace may follow. */
#include "../unit/vector.h"
#include "command.h"
#include "expect.h"
#include "world.h"

#include <ctype.h>
#include <string.h>

static void take_apart(struct world *w, char *text, struct line *line)
{
	char *save = NULL, *word, *equals;

	memset(line, 0, sizeof(*line));
	for (word = strtok_r(text, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		equals = strchr(word, '=');
		if (line->words == WORDS_MAX || line->fields.count == FIELDS_MAX)
			fail(w, "too many words");
		if (!equals || equals == word) {
			line->word[line->words++] = word;
			continue;
		}
		*equals = '\0';
		line->fields.key[line->fields.count] = word;
		line->fields.value[line->fields.count++] = equals + 1;
	}
}

static void copy_name(struct world *w, char name[NAME_MAX_LEN], const char *text)
{
	if (strlen(text) >= NAME_MAX_LEN)
		fail(w, "\"%s\" is too long a name", text);
	snprintf(name, NAME_MAX_LEN, "%s", text);
}

/* ---- configuration ---- */

static void put_settings(struct world *w, struct node *node, struct fields *fields)
{
	for (unsigned int i = 0; i < fields->count; i++) {
		unsigned int k = 0;

		if (fields->used[i])
			continue;
		fields->used[i] = true;
		while (k < node->settings && strcmp(node->setting[k].key, fields->key[i]) != 0)
			k++;
		if (k == sizeof(node->setting) / sizeof(node->setting[0]))
			fail(w, "too many settings");
		node->settings += k == node->settings;
		copy_name(w, node->setting[k].key, fields->key[i]);
		if (strlen(fields->value[i]) >= sizeof(node->setting[k].value))
			fail(w, "\"%s\" is too long", fields->value[i]);
		snprintf(node->setting[k].value, sizeof(node->setting[k].value), "%s", fields->value[i]);
	}
}

/* lma is 2001:db8:f::1, lmaN 2001:db8:f::N, magN 2001:db8:f::aN, any other peer the next of 2001:db8:e::/64. */
static void add_node(struct world *w, const char *name, enum role role, struct fields *fields)
{
	struct node *node = &w->node[w->nodes];
	const char *text = field(fields, "addr");
	char own[64];

	for (unsigned int i = 0; i < w->nodes; i++)
		if (!strcmp(w->node[i].name, name))
			fail(w, "there is a node \"%s\" already", name);
	if (w->nodes == sizeof(w->node) / sizeof(w->node[0]))
		fail(w, "too many nodes");
	if (!text && !strcmp(name, "lma"))
		text = "2001:db8:f::1";
	if (!text && !strncmp(name, "lma", 3) && isdigit((unsigned char)name[3]))
		snprintf(own, sizeof(own), "2001:db8:f::%u", (unsigned int)read_number(w, name + 3, 99)), text = own;
	if (!text && !strncmp(name, "mag", 3) && isdigit((unsigned char)name[3]))
		snprintf(own, sizeof(own), "2001:db8:f::a%u", (unsigned int)read_number(w, name + 3, 99)), text = own;
	if (!text)
		snprintf(own, sizeof(own), "2001:db8:e::%x", w->nodes + 1), text = own;
	node->addr = read_addr(w, text);
	copy_name(w, node->name, name);
	node->role = role;
	w->nodes++;
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
		if (w->pools == sizeof(w->pool) / sizeof(w->pool[0]))
			fail(w, "too many pools");
		w->pool[w->pools] = read_prefix(w, line->word[i]);
		w->pool_of[w->pools] = of ? node_find(w, of) : NULL;
		w->pool_hnp_len[w->pools++] = len;
	}
}

/* pool4 SUBNET/LENGTH router=ADDRESS */
static void cmd_pool4(struct world *w, struct line *line)
{
	const char *router = field(&line->fields, "router");
	struct pmip_ipv4_home pool = read_ipv4_subnet(w, line->word[1], 32);

	if (!router || w->ipv4_pools == sizeof(w->ipv4_pool) / sizeof(w->ipv4_pool[0]))
		fail(w, "no router, or too many pools");
	pool.router = read_ipv4(w, router);
	w->ipv4_pool[w->ipv4_pools++] = pool;
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
	struct mn *mn = &w->mn[w->mns];
	const char *text = field(fields, "mnid");
	char own[64];

	if (w->mns == sizeof(w->mn) / sizeof(w->mn[0]))
		fail(w, "too many mobile nodes");
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
	w->mns++;
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
	struct profile made = {.none = false};
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
	if (profile == node->profile + sizeof(node->profile) / sizeof(node->profile[0]))
		fail(w, "too many profiles");
	node->profiles += profile == node->profile + node->profiles;
	*profile = made;
	profile->profile.mn_id.id = profile->octets;
}

/* prefix=P, as often as there are some; IPv4 as ::ffff:a.b.c.d/N. */
static void read_bounds(struct world *w, struct fields *fields, struct treatment *treatment)
{
	const char *text;

	while ((text = field(fields, "prefix"))) {
		if (treatment->prefixes == sizeof(treatment->prefix) / sizeof(treatment->prefix[0]))
			fail(w, "too many prefixes");
		treatment->prefix[treatment->prefixes++] = read_prefix(w, text);
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
	if (treatment == w->treatment + sizeof(w->treatment) / sizeof(w->treatment[0]))
		fail(w, "too many peers are treated");
	w->treatments += treatment == w->treatment + w->treatments;
	*treatment = (struct treatment){.node = node, .peer = peer};
	read_bounds(w, &line->fields, treatment);
	treatment->static_tunnel = field(&line->fields, "tunnel");
	snprintf(names, sizeof(names), "%s", text ? text : "");
	for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		if (!pmip_tolerance_by_name(name))
			fail(w, "no tolerance is called \"%s\"", name);
		treatment->tolerate |= pmip_tolerance_by_name(name);
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
	};
	struct node *node = node_find(w, line->word[1]);

	for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i], line->word[2])) {
			node->fails_in[i] = line->words > 3 ? read_number(w, line->word[3], 1000) : 1;
			return;
		}
	}
	fail(w, "\"%s\" is no operation; write ensure, release, set, clear, path-set, path-clear, flow-set or flow-clear", line->word[2]);
}

static void cmd_clock(struct world *w, struct line *line)
{
	const char *text = line->word[2];
	int64_t us = (int64_t)read_time(w, text + (*text == '-' || *text == '+'));

	node_find(w, line->word[1])->clock_us = *text == '-' ? -us : us;
}

/* ---- messages ---- */

/* At once, or when the script says so. */
void submit(struct world *w, struct message *message, struct fields *fields)
{
	if (field(fields, "hold")) {
		message->pending = true;
		message->at_us = PMIP_TIME_NONE;
		trace(w, "held #%u", w->messages);
	} else {
		message_deliver(w, message);
	}
}

static void cmd_pbu(struct world *w, struct line *line)
{
	struct node *from = node_find(w, line->word[1]);
	struct mn *mn = mn_find(w, line->word[2]);

	submit(w, make_pbu(w, from, node_find(w, "lma"), mn, &line->fields), &line->fields);
}

static void cmd_pba(struct world *w, struct line *line)
{
	submit(w, make_pba(w, node_find(w, "lma"), node_find(w, line->word[1]), &line->fields), &line->fields);
}

static struct message *message_numbered(struct world *w, const char *text)
{
	unsigned int number = read_number(w, *text == '#' ? text + 1 : text, UINT16_MAX);

	if (!number || number > w->messages)
		fail(w, "there is no message %s", text);
	return w->message[number - 1];
}

static void cmd_deliver(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++)
		message_deliver(w, message_numbered(w, line->word[i]));
}

static void cmd_drop(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++) {
		struct message *message = message_numbered(w, line->word[i]);

		if (!message->pending)
			fail(w, "message %s is not under way", line->word[i]);
		message->pending = false;
	}
}

static void cmd_delay(struct world *w, struct line *line)
{
	struct message *message = message_numbered(w, line->word[1]);

	message->pending = true;
	message->at_us = w->now_us + read_time(w, line->word[2]);
}

static void cmd_corrupt(struct world *w, struct line *line)
{
	struct message *message = message_numbered(w, line->word[1]);

	message->octets[read_number(w, line->word[2], (uint32_t)message->dgram.len - 1)] ^= 0xff;
}

/* inject FROM TO HEX... [checksum=right] */
static void cmd_inject(struct world *w, struct line *line)
{
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_dgram dgram = {.src = read_addr(w, line->word[1]), .dst = read_addr(w, line->word[2]), .data = octets};

	for (unsigned int i = 3; i < line->words; i++)
		dgram.len += read_octets(w, line->word[i], octets + dgram.len, sizeof(octets) - dgram.len);
	if (field(&line->fields, "checksum") && dgram.len >= 8) {
		uint16_t sum = pmip_mh_checksum(&dgram);

		octets[4] = (uint8_t)(sum >> 8);
		octets[5] = (uint8_t)sum;
	}
	message_deliver(w, message_add(w, &dgram));
}

/* vector FILE: one of tests/vectors, with its own addresses. */
static void cmd_vector(struct world *w, struct line *line)
{
	const char *top = getenv("top_srcdir");
	struct vector v = {.len = 0};
	struct pmip_dgram dgram;
	char path[512];
	FILE *f;

	snprintf(v.file, sizeof(v.file), "%s", line->word[1]);
	snprintf(path, sizeof(path), "%s/tests/vectors/%s", top ? top : ".", v.file);
	f = fopen(path, "r");
	if (!f)
		fail(w, "%s cannot be opened", path);
	fclose(f);
	vector_load(&v);
	dgram = vector_dgram(&v);
	message_add(w, &dgram);
	free(v.data);
	message_deliver(w, w->message[w->messages - 1]);
}

/* ---- events ---- */

#define ATTACH_OCTETS 256

static struct pmip_attach attach_of(struct world *w, struct line *line, uint8_t octets[ATTACH_OCTETS])
{
	struct mn *mn = mn_find(w, line->word[2]);
	struct pmip_attach attach = {.size = sizeof(attach), .link = 1, .ll_id = mn->ll_id, .mn_id = mn->mn_id, .att = mn->att};
	const char *text;

	text = field(&line->fields, "link");
	if (text)
		attach.link = read_number(w, text, UINT32_MAX);
	text = field(&line->fields, "att");
	if (text)
		attach.att = (uint8_t)read_number(w, text, 255);
	text = field(&line->fields, "hi");
	if (text)
		attach.hi = (uint8_t)read_number(w, text, 255);
	text = field(&line->fields, "mtu");
	if (text)
		attach.link_mtu = read_number(w, text, UINT32_MAX);
	text = field(&line->fields, "ani");
	if (text)
		attach.access_network = (struct pmip_bytes){octets, read_octets(w, text, octets, ATTACH_OCTETS)};
	text = field(&line->fields, "mnid");
	if (text && !strcmp(text, "none"))
		attach.mn_id = (struct pmip_mnid){0};
	text = field(&line->fields, "llid");
	if (text && !strcmp(text, "none"))
		attach.ll_id = (struct pmip_llid){0};
	else if (text && pmip_llid_parse(&attach.ll_id, text))
		fail(w, "\"%s\" is no link-layer identifier; write 02:00:00:00:00:01", text);
	return attach;
}

static struct node *live_mag(struct world *w, const char *name)
{
	struct node *node = node_find(w, name);

	if (!node->mag)
		fail(w, "%s is not a MAG of this scenario", name);
	return node;
}

static void cmd_attach(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	uint8_t octets[ATTACH_OCTETS];
	struct pmip_attach attach = attach_of(w, line, octets);
	bool solicit = !strcmp(line->word[0], "rs");

	world_turn(w, node, line->word[0], solicit ? pmip_mag_router_solicit(node->mag, &attach, node_now(w, node))
						   : pmip_mag_attach(node->mag, &attach, node_now(w, node)));
}

static void cmd_clock_ok(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	int count = pmip_mag_clock_synchronised(node->mag, node_now(w, node));

	trace(w, "%s clock-ok: %d waited", node->name, count);
	world_turn(w, node, "clock-ok", count);
}

static void cmd_lla_in_use(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	struct pmip_addr addr = read_addr(w, line->word[2]);
	const char *text = field(&line->fields, "link");
	int count = pmip_mag_link_local_in_use(node->mag, text ? read_number(w, text, UINT32_MAX) : 1, &addr, node_now(w, node));

	if (!count)
		trace(w, "%s lla-in-use: nobody's", node->name);
	world_turn(w, node, "lla-in-use", count);
}

static void cmd_detach(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	bool all = !strcmp(line->word[2], "all");
	const char *text = field(&line->fields, "link");
	uint32_t link = text ? read_number(w, text, UINT32_MAX) : 1;
	int count = pmip_mag_detach(node->mag, link, all ? NULL : &mn_find(w, line->word[2])->ll_id, node_now(w, node));

	if (!count)
		trace(w, "%s detach: nobody", node->name);
	world_turn(w, node, "detach", count);
}

static void cmd_advance(struct world *w, struct line *line)
{
	world_advance(w, read_time(w, line->word[1]));
}

static void cmd_complete(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);
	const char *text = field(&line->fields, "error");
	int err = text ? read_err(w, text) : 0;

	for (unsigned int i = 2; i < line->words; i++)
		op_complete(w, node, read_number(w, line->word[i] + 2 * !strncmp(line->word[i], "op", 2), 1000), err);
}

static void cmd_shutdown(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);

	if (node->role == ROLE_PEER)
		fail(w, "%s has no engine to shut down", node->name);
	world_turn(w, node, "shutdown", node->lma ? pmip_lma_shutdown(node->lma, node_now(w, node))
						  : pmip_mag_shutdown(node->mag, node_now(w, node)));
}

static void cmd_reconfigure(struct world *w, struct line *line)
{
	node_reconfigure(w, node_find(w, line->word[1]));
}

/* Its engine starts anew, all state lost. */
static void cmd_restart(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);

	pmip_lma_free(node->lma);
	pmip_mag_free(node->mag);
	node->lma = NULL;
	node->mag = NULL;
	node->tunnels = node->forwardings = 0;
	world_start(w);
}

static void cmd_expect(struct world *w, struct line *line)
{
	expect(w, line->word + 1, line->words - 1, &line->fields);
}

static const struct command commands[] = {
	{"attach", 3, false, true, cmd_attach},
	{"advance", 2, false, true, cmd_advance},
	{"clock", 3, true, false, cmd_clock},
	{"clock-ok", 2, false, true, cmd_clock_ok},
	{"complete", 3, false, true, cmd_complete},
	{"corrupt", 3, false, false, cmd_corrupt},
	{"datapath", 3, true, false, cmd_datapath},
	{"delay", 3, false, false, cmd_delay},
	{"deliver", 2, false, true, cmd_deliver},
	{"detach", 3, false, true, cmd_detach},
	{"drop", 2, false, false, cmd_drop},
	{"expect", 2, false, false, cmd_expect},
	{"fail", 3, true, false, cmd_fail},
	{"flow", 3, false, true, cmd_flow},
	{"inject", 4, false, true, cmd_inject},
	{"lla-in-use", 3, false, true, cmd_lla_in_use},
	{"lma", 1, true, false, cmd_lma},
	{"mag", 2, true, false, cmd_mag},
	{"mn", 2, true, false, cmd_mn},
	{"network", 2, true, false, cmd_network},
	{"pba", 2, false, true, cmd_pba},
	{"pbu", 3, false, true, cmd_pbu},
	{"peer", 2, true, false, cmd_peer},
	{"pool", 2, true, false, cmd_pool},
	{"pool4", 2, true, false, cmd_pool4},
	{"profile", 3, true, false, cmd_profile},
	{"reconfigure", 2, false, true, cmd_reconfigure},
	{"restart", 2, false, true, cmd_restart},
	{"rs", 3, false, true, cmd_attach},
	{"set", 2, true, false, cmd_set},
	{"shutdown", 2, false, true, cmd_shutdown},
	{"treat", 3, true, false, cmd_treat},
	{"vector", 2, false, true, cmd_vector},
	{NULL, 0, false, false, NULL},
};

static const struct command *find(const struct command *command, const char *name)
{
	while (command->name && strcmp(command->name, name) != 0)
		command++;
	return command->name ? command : NULL;
}

bool command_run(struct world *w, char *text)
{
	const struct command *command;
	struct line line;

	take_apart(w, text, &line);
	w->event_us = w->now_us;
	command = line.words ? find(commands, line.word[0]) : NULL;
	if (!command && line.words)
		command = find(signal_commands, line.word[0]);
	if (!command)
		fail(w, "unknown command \"%s\"; see README.md", line.words ? line.word[0] : "");
	if (line.words < command->words)
		fail(w, "%s wants more words; see README.md", command->name);
	if (!command->configures)
		world_start(w);
	command->run(w, &line);
	for (unsigned int k = 0; k < line.fields.count; k++)
		if (!line.fields.used[k])
			fail(w, "%s has no field \"%s\"", command->name, line.fields.key[k]);
	return command->traces;
}
