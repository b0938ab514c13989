/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows at the LMA: flow N is TCP from 2001:db8:cc::1 port 443 to port 50000 + N of an address that a script gives. */
#include "command.h"

#include <string.h>

static struct node *the_lma(struct world *w)
{
	return node_find(w, "lma");
}

static unsigned int flow_number(struct world *w, const char *text)
{
	uint32_t number = read_number(w, text, FLOWS_MAX);

	if (!number)
		fail(w, "flows are numbered from 1 to %d", FLOWS_MAX);
	return number;
}

static uint32_t tunnel_id(struct world *w, const char *name)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_addr addr = read_addr(w, name);
	size_t cursor = 0;

	if (!pmip_lma_next_binding_of_mag(the_lma(w)->lma, &cursor, &info, &addr))
		fail(w, "no binding is at %s", name);
	return info.tunnel;
}

static void add(struct world *w, unsigned int number, const char *dst)
{
	struct pmip_flow flow = {.dst = read_addr(w, dst), .protocol = 6, .src_port = 443, .dst_port = (uint16_t)(50000 + number)};
	struct pmip_flow_info info = {.size = sizeof(info)};
	struct node *lma = the_lma(w);
	int err;

	flow.src = read_addr(w, "2001:db8:cc::1");
	err = pmip_lma_add_flow(lma->lma, &info, &flow, node_now(w, lma));
	if (!err)
		w->flow_id[number - 1] = info.flow_id;
	world_turn(w, lma, "flow add", err);
}

static void move(struct world *w, unsigned int number, const char *to, const char *from)
{
	struct pmip_flow_info info = {.size = sizeof(info)};
	struct node *lma = the_lma(w);
	uint32_t id = w->flow_id[number - 1], wanted = strcmp(to, "any") ? tunnel_id(w, to) : 0;
	uint32_t in_use = pmip_lma_get_flow(lma->lma, &info, id) ? 0 : info.tunnel;

	if (from)
		in_use = tunnel_id(w, from);
	world_turn(w, lma, "flow move", pmip_lma_move_flow(lma->lma, id, in_use, wanted, node_now(w, lma)));
}

void cmd_flow(struct world *w, struct line *line)
{
	unsigned int number = flow_number(w, line->word[2]);
	struct node *lma = the_lma(w);

	if (line->words == 4 && !strcmp(line->word[1], "add"))
		add(w, number, line->word[3]);
	else if (line->words == 4 && !strcmp(line->word[1], "move"))
		move(w, number, line->word[3], field(&line->fields, "from"));
	else if (line->words == 3 && !strcmp(line->word[1], "del"))
		world_turn(w, lma, "flow del", pmip_lma_del_flow(lma->lma, w->flow_id[number - 1], node_now(w, lma)));
	else
		fail(w, "flow add N ADDRESS, flow move N MAG|any [from=MAG], or flow del N");
}

void expect_flow(struct world *w, const struct node *node, const char *number, const char *where)
{
	struct pmip_flow_info info = {.size = sizeof(info)};
	uint32_t id = w->flow_id[flow_number(w, number) - 1];
	const char *steered = "default", *found = "none";

	if (!pmip_lma_get_flow(node->lma, &info, id))
		found = addr_text(w, &info.remote);
	if (strcmp(found, where) != 0)
		fail(w, "expected: flow %s %s; found: %s", number, where, found);
	for (unsigned int i = 0; i < node->steerings; i++)
		if (pmip_flow_equal(&node->steering[i].flow, &info.flow) && !pmip_addr_is_unspecified(&node->steering[i].remote))
			steered = addr_text(w, &node->steering[i].remote);
	if (info.flow_id && !info.is_moving && strcmp(steered, info.is_default ? "default" : found) != 0)
		fail(w, "flow %s is believed to be at %s; its packets go to: %s", number, found, steered);
}
