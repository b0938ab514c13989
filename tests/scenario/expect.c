/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations beside the trace. What was found is told as the script would have written it. */
#include "expect.h"

#include <string.h>

static void number(struct world *w, const char *what, unsigned long long found, const char *text)
{
	if (found != read_number(w, text, UINT32_MAX))
		fail(w, "expected: %s %s; found: %llu", what, text, found);
}

static int next_binding(const struct node *node, size_t *cursor, struct pmip_binding_info *info)
{
	return node->lma ? pmip_lma_next_binding(node->lma, cursor, info) : pmip_mag_next_binding(node->mag, cursor, info);
}

static void put_value(struct world *w, const struct pmip_binding_info *info, const char *key, char value[512])
{
	size_t len = 0;

	*value = '\0';
	if (!strcmp(key, "state"))
		snprintf(value, 512, "%s", pmip_binding_state_name(info->state));
	else if (!strcmp(key, "at"))
		snprintf(value, 512, "%s", addr_text(w, &info->remote));
	else if (!strcmp(key, "att"))
		snprintf(value, 512, "%u", info->att);
	else if (!strcmp(key, "hi"))
		snprintf(value, 512, "%u", info->hi);
	else if (!strcmp(key, "seq"))
		snprintf(value, 512, "%u", info->seq);
	else if (!strcmp(key, "link"))
		snprintf(value, 512, "%u", (unsigned int)info->link);
	else if (!strcmp(key, "lifetime"))
		snprintf(value, 512, "%u", (unsigned int)info->lifetime_s);
	else if (!strcmp(key, "group"))
		snprintf(value, 512, "%u", (unsigned int)info->group);
	else if (!strcmp(key, "left"))
		snprintf(value, 512, "%gs", (double)(info->expires_us - w->now_us) / 1e6);
	else if (!strcmp(key, "llid"))
		info->ll_id.len ? (void)pmip_llid_format(&info->ll_id, value) : (void)snprintf(value, 512, "none");
	else if (!strcmp(key, "hnp"))
		for (unsigned int i = 0; i < info->prefix_count; i++) {
			char s[PMIP_PREFIX_STRLEN];

			len += (size_t)snprintf(value + len, 512 - len, "%s%s", i ? "," : "", pmip_prefix_format(&info->prefix[i], s));
		}
	else if (!strcmp(key, "v4"))
		snprintf(value, 512, "%s", ipv4_text(&info->ipv4.addr, info->ipv4.plen));
	else if (!strcmp(key, "path"))
		snprintf(value, 512, "%u/%u/%u", info->path_bid, info->path_label, info->path_att);
	else if (!strcmp(key, "gre"))
		snprintf(value, 512, "%s", gre_text(&info->gre));
	else
		fail(w, "a binding has no \"%s\"", key);
}

/* One binding of the mobile node says all that is expected; else the last one tells what was found. */
static void binding(struct world *w, struct node *node, const struct mn *mn, const char *how, struct fields *fields)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;
	unsigned int count = 0;
	char found[2048] = "no binding", value[512];

	while (next_binding(node, &cursor, &info)) {
		bool same = true;
		size_t len = 0;

		if (!pmip_mnid_equal(&info.mn_id, &mn->mn_id))
			continue;
		count++;
		for (unsigned int i = 0; i < fields->count; i++) {
			put_value(w, &info, fields->key[i], value);
			same = same && !strcmp(value, fields->value[i]);
			len += (size_t)snprintf(found + len, sizeof(found) - len, " %s=%s", fields->key[i], value);
		}
		if (same && !how)
			memset(fields->used, true, sizeof(fields->used));
		if (same && !how)
			return;
	}
	if (how && strcmp(how, "none") != 0)
		number(w, "bindings of the mobile node", count, how);
	else if (!how || count)
		fail(w, "expected: this binding of %s at %s; found: %s", mn->name, node->name, how ? "one" : found);
}

static void counter(struct world *w, const struct node *node, const char *name, const char *text)
{
	unsigned int count = node->lma ? PMIP_LMA_COUNTERS : PMIP_MAG_COUNTERS;

	for (unsigned int i = 0; i < count; i++) {
		const char *known = node->lma ? pmip_lma_counter_name((enum pmip_lma_counter)i)
					      : pmip_mag_counter_name((enum pmip_mag_counter)i);

		if (strcmp(known, name) != 0)
			continue;
		number(w, name, node->lma ? pmip_lma_get_counter(node->lma, (enum pmip_lma_counter)i)
					  : pmip_mag_get_counter(node->mag, (enum pmip_mag_counter)i), text);
		return;
	}
	fail(w, "%s has no counter \"%s\"", node->name, name);
}

static void route(struct world *w, const struct node *node, const char *prefix_text, const char *to)
{
	struct pmip_prefix prefix = read_prefix(w, prefix_text);
	const char *found = "none";

	for (unsigned int i = 0; i < node->forwardings; i++)
		if (pmip_prefix_equal(&node->forwarding[i].prefix, &prefix))
			found = addr_text(w, &node->forwarding[i].ends.remote);
	if (strcmp(found, to) != 0)
		fail(w, "expected: %s route %s %s; found: %s", node->name, prefix_text, to, found);
}

static void tunnel(struct world *w, const struct node *node, const char *peer, const char *text)
{
	struct pmip_addr addr = read_addr(w, peer);
	const char *found = "no";

	for (unsigned int i = 0; i < node->tunnels; i++)
		if (pmip_addr_equal(&node->tunnel[i].remote, &addr) || pmip_addr_equal(&node->tunnel[i].local, &addr))
			found = "yes";
	if (strcmp(found, text) != 0)
		fail(w, "expected: %s tunnel %s %s; found: %s", node->name, peer, text, found);
}

static void timer(struct world *w, const struct node *node, const char *text)
{
	uint64_t at_us = node->lma ? pmip_lma_next_deadline(node->lma) : pmip_mag_next_deadline(node->mag);
	uint64_t wanted_us = strcmp(text, "none") ? w->now_us + read_time(w, text) : PMIP_TIME_NONE;

	if (at_us == wanted_us)
		return;
	if (at_us == PMIP_TIME_NONE)
		fail(w, "expected: %s timer %s; found: none", node->name, text);
	fail(w, "expected: %s timer %s; found: %gs", node->name, text, (double)(at_us - w->now_us) / 1e6);
}

/* expect status N, expect pending N: nothing of one node. */
static bool of_world(struct world *w, char **word, unsigned int words)
{
	unsigned int pending = 0;

	if (words != 2)
		return false;
	if (!strcmp(word[0], "status")) {
		if (w->last_status < 0)
			fail(w, "expected: status %s; found: no PBA yet", word[1]);
		number(w, "status", (unsigned long long)w->last_status, word[1]);
		return true;
	}
	if (strcmp(word[0], "pending") != 0)
		return false;
	for (unsigned int i = 0; i < w->messages; i++)
		pending += w->message[i]->pending;
	number(w, "pending", pending, word[1]);
	return true;
}

/* How many flows of a mobile node a MAG has been told of. */
static size_t flows_of(const struct node *mag, const struct mn *mn)
{
	struct pmip_mag_flow_info info = {.size = sizeof(info)};
	size_t cursor = 0, count = 0;

	while (pmip_mag_next_flow_of_mn(mag->mag, &cursor, &info, &mn->mn_id))
		count++;
	return count;
}

void expect(struct world *w, char **word, unsigned int words, struct fields *fields)
{
	struct node *node;

	if (of_world(w, word, words))
		return;
	node = node_find(w, word[0]);
	if (node->role == ROLE_PEER)
		fail(w, "%s has no engine of which to expect something", node->name);
	if (words == 4 && node->mag && !strcmp(word[1], "flows-of"))
		number(w, "flows", flows_of(node, mn_find(w, word[2])), word[3]);
	else if (words == 3 && !strcmp(word[1], "bindings"))
		number(w, "bindings", node->lma ? pmip_lma_count_bindings(node->lma) : pmip_mag_count_bindings(node->mag), word[2]);
	else if ((words == 3 || words == 4) && !strcmp(word[1], "binding"))
		binding(w, node, mn_find(w, word[2]), words == 4 ? word[3] : NULL, fields);
	else if (words == 4 && !strcmp(word[1], "counter"))
		counter(w, node, word[2], word[3]);
	else if (words == 4 && !strcmp(word[1], "flow"))
		expect_flow(w, node, word[2], word[3]);
	else if (words == 4 && !strcmp(word[1], "route"))
		route(w, node, word[2], word[3]);
	else if (words == 4 && !strcmp(word[1], "tunnel"))
		tunnel(w, node, word[2], word[3]);
	else if (words == 3 && !strcmp(word[1], "tunnels"))
		number(w, "tunnels", node->tunnels, word[2]);
	else if (words == 3 && !strcmp(word[1], "timer"))
		timer(w, node, word[2]);
	else
		fail(w, "this cannot be expected; see README.md");
}
