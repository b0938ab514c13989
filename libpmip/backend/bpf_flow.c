/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths and flows of the bpf datapath, and what flows and tunnels have counted. As with bindings, the maps are the state. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/datapath_bpf.h"
#include "backend/os.h"
#include "backend/qdisc.h"

enum { BATCH = 1024 }; /* entries read in one system call, or unknown flows told in one call */

static struct pmip__bpf_path path_of(const struct pmip_datapath_op *op)
{
	return (struct pmip__bpf_path){ .ends = pmip__bpf_ends(&op->local, &op->remote), .group = op->group };
}

static struct pmip__bpf_flow key_of(const struct pmip_flow *flow)
{
	struct pmip__bpf_flow key = {
		.ports = { (uint8_t)(flow->src_port >> 8), (uint8_t)flow->src_port, (uint8_t)(flow->dst_port >> 8),
			   (uint8_t)flow->dst_port },
		.protocol = flow->protocol,
	};

	memcpy(key.src, flow->src.b, sizeof(key.src));
	memcpy(key.dst, flow->dst.b, sizeof(key.dst));
	return key;
}

int pmip__bpf_path_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_path path = path_of(op);
	int err;

	if (!pmip__bpf_has_tunnel(dp, &path.ends))
		return PMIP_ERR_NOENT;
	err = bpf_map_update_elem(dp->bpf.paths, &path, &dp->epoch, BPF_ANY);
	return err < 0 ? pmip__bpf_err(err) : 0;
}

int pmip__bpf_path_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_path path = path_of(op);
	int err = bpf_map_delete_elem(dp->bpf.paths, &path);

	return err < 0 && err != -ENOENT ? pmip__bpf_err(err) : 0;
}

/* What it has counted goes on counting. */
int pmip__bpf_flow_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_steering steering = { .epoch = 0 };
	struct pmip__bpf_flow key = key_of(&op->flow);
	bool there = bpf_map_lookup_elem(dp->bpf.flows, &key, &steering) == 0;
	int err;

	steering.ends = pmip__bpf_ends(&op->local, &op->remote);
	steering.epoch = dp->epoch;
	steering.id = op->flow_id;
	if (!there)
		steering.seen_ns = pmip__clock_us(CLOCK_MONOTONIC) * 1000;
	if (!pmip_addr_is_unspecified(&op->remote) && !pmip__bpf_has_tunnel(dp, &steering.ends))
		return PMIP_ERR_NOENT;
	err = bpf_map_update_elem(dp->bpf.flows, &key, &steering, BPF_ANY);
	if (err < 0)
		return pmip__bpf_err(err);
	*dp->bpf.flow_count += !there;
	return 0;
}

int pmip__bpf_flow_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_flow key = key_of(&op->flow);
	int err = bpf_map_delete_elem(dp->bpf.flows, &key);

	if (err == -ENOENT)
		return 0;
	if (err < 0)
		return pmip__bpf_err(err);
	--*dp->bpf.flow_count;
	return 0;
}

static struct pmip_flow flow_of(const struct pmip__bpf_flow *key, uint32_t label)
{
	struct pmip_flow flow = {
		.label = label,
		.protocol = key->protocol,
		.src_port = (uint16_t)(key->ports[0] << 8 | key->ports[1]),
		.dst_port = (uint16_t)(key->ports[2] << 8 | key->ports[3]),
	};

	memcpy(flow.src.b, key->src, sizeof(key->src));
	memcpy(flow.dst.b, key->dst, sizeof(key->dst));
	return flow;
}

static struct pmip_flow_counters counters_of(const struct pmip__bpf_flow *key, const struct pmip__bpf_steering *steering)
{
	return (struct pmip_flow_counters){
		.flow = flow_of(key, steering->label),
		.packets = steering->packets,
		.octets = steering->octets,
		.seen_us = steering->packets ? steering->seen_ns / 1000 : 0,
		.quiet_us = steering->seen_ns / 1000,
		.flow_id = steering->id,
	};
}

/* The kernel's place is the number of a bucket, the next one. */
int pmip__bpf_flows(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user)
{
	struct pmip__datapath_bpf *dp = ctx;
	struct pmip__bpf_flow *keys = calloc(BATCH, sizeof(*keys));
	struct pmip__bpf_steering *values = calloc(BATCH, sizeof(*values));
	int err = keys && values ? 0 : -ENOMEM;
	uint32_t bucket = (uint32_t)*place, got;
	size_t n = 0;

	while (err == 0 && n < count) {
		got = BATCH;
		err = bpf_map_lookup_batch(dp->bpf.flows, bucket ? &bucket : NULL, &bucket, keys, values, &got, NULL);
		if (err < 0 && err != -ENOENT)
			break;
		for (uint32_t i = 0; i < got; i++) {
			struct pmip_flow_counters counters = counters_of(&keys[i], &values[i]);

			if (values[i].epoch == dp->epoch)
				each(user, &counters);
		}
		n += got;
	}
	free(keys);
	free(values);
	*place = err == 0 ? bucket : 0;
	return err == 0 || err == -ENOENT ? (int)n : pmip__bpf_err(err);
}

int pmip__bpf_flow_counters(void *ctx, struct pmip_flow_counters *counters, const struct pmip_flow *flow)
{
	struct pmip__datapath_bpf *dp = ctx;
	struct pmip__bpf_flow key = key_of(flow);
	struct pmip__bpf_steering steering;

	if (bpf_map_lookup_elem(dp->bpf.flows, &key, &steering) < 0 || steering.epoch != dp->epoch)
		return PMIP_ERR_NOENT;
	*counters = counters_of(&key, &steering);
	return 0;
}

int pmip__bpf_tunnel_counters(void *ctx, struct pmip_tunnel_counters *counters, const struct pmip_addr *local,
			      const struct pmip_addr *remote)
{
	struct pmip__datapath_bpf *dp = ctx;
	struct pmip__bpf_ends ends = pmip__bpf_ends(local, remote);
	struct pmip__bpf_tunnel tunnel;
	struct pmip_tunnel_counters all = { .size = counters->size };

	if (bpf_map_lookup_elem(dp->bpf.tunnels, &ends, &tunnel) < 0)
		return PMIP_ERR_NOENT;
	all.packets = tunnel.packets;
	all.octets = tunnel.octets;
	all.dropped = pmip__qdisc_dropped(dp->nl, tunnel.link);
	memcpy(counters, &all, counters->size < sizeof(all) ? counters->size : sizeof(all));
	return 0;
}

/* One call of pmip__bpf_unknown(). */
struct sight {
	void (*each)(void *user, const struct pmip_flow *flow);
	void *user;
	int count;
};

static int on_unknown(void *user, void *data, size_t size)
{
	struct pmip__datapath_bpf *dp = user;
	const struct pmip__bpf_unknown *unknown = data;
	struct pmip_flow flow;

	if (size < sizeof(*unknown))
		return 0;
	flow = flow_of(&unknown->flow, unknown->label);
	dp->sight->each(dp->sight->user, &flow);
	return ++dp->sight->count < BATCH ? 0 : -EAGAIN; /* the rest waits for the next call */
}

int pmip__bpf_unknown_open(struct pmip__datapath_bpf *dp)
{
	if (dp->is_mag)
		return 0;
	dp->unknown = ring_buffer__new(dp->bpf.unknown, on_unknown, dp, NULL);
	return dp->unknown ? 0 : pmip__bpf_err(-errno);
}

int pmip__bpf_watch(void *ctx, enum pmip_datapath_watch watch)
{
	struct pmip__datapath_bpf *dp = ctx;

	*dp->bpf.watch = (uint32_t)watch;
	return 0;
}

int pmip__bpf_unknown_fd(void *ctx)
{
	return ring_buffer__epoll_fd(((struct pmip__datapath_bpf *)ctx)->unknown);
}

int pmip__bpf_unknown(void *ctx, void (*each)(void *user, const struct pmip_flow *flow), void *user)
{
	struct sight sight = { .each = each, .user = user };
	struct pmip__datapath_bpf *dp = ctx;
	int err;

	dp->sight = &sight;
	err = ring_buffer__consume(dp->unknown);
	dp->sight = NULL;
	return err < 0 && err != -EAGAIN ? pmip__bpf_err(err) : sight.count;
}
