/* SPDX-License-Identifier: BSD-2-Clause */
/* A datapath does what it is told at once and remembers it; what an engine must never ask of it ends the case. */
#include "world.h"

#include <string.h>

static struct ends ends_of(const struct pmip_datapath_op *op)
{
	return (struct ends){op->local, op->remote};
}

static bool is_end(const struct ends *ends, const struct pmip_datapath_op *op)
{
	return pmip_addr_equal(&ends->local, &op->local) && pmip_addr_equal(&ends->remote, &op->remote);
}

static bool has_tunnel(const struct node *node, const struct pmip_datapath_op *op)
{
	for (unsigned int i = 0; i < node->tunnels; i++)
		if (is_end(&node->tunnel[i], op))
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

static void tunnel_release(struct world *w, struct node *node, const struct pmip_datapath_op *op)
{
	for (unsigned int i = 0; i < node->forwardings; i++)
		if (is_end(&node->forwarding[i].ends, op))
			fail(w, "%s releases a tunnel that a prefix goes through", node->name);
	for (unsigned int i = 0; i < node->paths; i++)
		if (is_end(&node->path[i].ends, op))
			fail(w, "%s releases a tunnel that is a path", node->name);
	for (unsigned int i = 0; i < node->steerings; i++)
		if (pmip_addr_equal(&node->steering[i].remote, &op->remote))
			fail(w, "%s releases a tunnel that a flow goes through", node->name);
	for (unsigned int i = 0; i < node->tunnels; i++)
		if (is_end(&node->tunnel[i], op))
			node->tunnel[i--] = node->tunnel[--node->tunnels];
}

static struct path *path_of(struct node *node, const struct pmip_datapath_op *op)
{
	for (unsigned int i = 0; i < node->paths; i++)
		if (node->path[i].group == op->group && is_end(&node->path[i].ends, op))
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

static int operate_path(struct world *w, struct node *node, const struct pmip_datapath_op *op)
{
	struct path *at = path_of(node, op);

	if (op->kind == PMIP_DATAPATH_PATH_CLEAR) {
		if (at)
			*at = node->path[--node->paths];
		return 0;
	}
	if (!has_tunnel(node, op))
		return PMIP_ERR_NOENT;
	if (!at)
		*next_of(w, node->path, node->paths, "paths of a node") = (struct path){op->group, ends_of(op)};
	return 0;
}

static int operate_flow(struct world *w, struct node *node, const struct pmip_datapath_op *op)
{
	struct steering *at = steering_of(node, &op->flow);

	if (op->kind == PMIP_DATAPATH_FLOW_CLEAR) {
		if (at)
			*at = node->steering[--node->steerings];
		return 0;
	}
	if (!pmip_addr_is_unspecified(&op->remote) && !has_tunnel(node, op))
		return PMIP_ERR_NOENT;
	if (!at)
		at = next_of(w, node->steering, node->steerings, "flows of a node");
	*at = (struct steering){op->flow, op->remote};
	return 0;
}

static int tunnel_move(struct node *node, const struct pmip_datapath_op *op)
{
	struct pmip_datapath_op old = *op;

	old.remote = op->old_remote;
	if (!has_tunnel(node, op) || !has_tunnel(node, &old))
		return PMIP_ERR_NOENT;
	for (unsigned int i = 0; i < node->forwardings; i++)
		if (is_end(&node->forwarding[i].ends, &old))
			node->forwarding[i].ends = ends_of(op);
	return 0;
}

/* 0, or why it cannot be. */
static int operate(struct world *w, struct node *node, const struct pmip_datapath_op *op)
{
	struct forwarding *at = forwarding_of(node, &op->prefix);

	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE:
		if (!has_tunnel(node, op))
			*next_of(w, node->tunnel, node->tunnels, "tunnels of a node") = ends_of(op);
		break;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		tunnel_release(w, node, op);
		break;
	case PMIP_DATAPATH_TUNNEL_MOVE:
		return tunnel_move(node, op);
	case PMIP_DATAPATH_BINDING_SET:
		if (!has_tunnel(node, op))
			return PMIP_ERR_NOENT;
		if (!at)
			at = next_of(w, node->forwarding, node->forwardings, "prefixes that a node forwards");
		*at = (struct forwarding){op->prefix, ends_of(op), op->link};
		break;
	case PMIP_DATAPATH_BINDING_CLEAR:
		if (at)
			*at = node->forwarding[--node->forwardings];
		break;
	case PMIP_DATAPATH_PATH_SET:
	case PMIP_DATAPATH_PATH_CLEAR:
		return operate_path(w, node, op);
	case PMIP_DATAPATH_FLOW_SET:
	case PMIP_DATAPATH_FLOW_CLEAR:
		return operate_flow(w, node, op);
	}
	return 0;
}

struct op *op_begin(struct world *w, struct node *node, const struct pmip_action *action)
{
	struct op *op = next_of(w, node->op, node->ops, "datapath operations of a node in a case");
	char number[16] = "";

	*op = (struct op){.op = action->u.datapath, .number = node->ops, .open = true};
	if (node->hold_ops)
		snprintf(number, sizeof(number), "op%u", op->number);
	trace_action(w, node, action, 0, number);
	return op;
}

void op_end(struct world *w, struct node *node, struct op *op, int err)
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
