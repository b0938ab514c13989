/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector in the kernel. There is no copy of its flows here: the map is the state. The process tells the programs which interfaces and
 * addresses there are, forgets flows whose interface has gone or that are idle, and shows them. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/bpf_attach.h"
#include "backend/bpf_inherit.h"
#include "backend/os.h"
#include "libflowmob/backend/bpf/reflector_maps.h"
#include "libflowmob/backend/interface_routes.h"
#include "libflowmob/backend/weak_host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "libflowmob/backend/bpf/reflector.skel.h"
#pragma GCC diagnostic pop

#define LEARN "flowmob_learn"
#define REFLECT "flowmob_reflect"
#define SLOT UINT32_C(0x52464c) /* among the filters of an interface; "RFL" */
#define LEASE_US UINT64_C(60000000)
#define ROUND_US UINT64_C(15000000) /* from one look at idle flows to the next */
#define CONFIRM_US UINT64_C(50000)  /* as in the program */

static const char area[] = "reflector";

struct weak_host_bpf {
	struct pmip_log log;
	struct reflector_bpf *skeleton;
	int flows, links, addresses, counters;
	struct flowmob__interface_routes *routes;
	uint32_t attached[FLOWMOB_INTERFACES_MAX]; /* index of the interface with our programs */
	uint32_t max_flows;
	uint64_t idle_us;
	uint64_t round_us; /* when the next is due */
};

static struct pmip__bpf_hook hook_of(uint32_t index, bool egress)
{
	return (struct pmip__bpf_hook){ .ifindex = index, .egress = egress, .handle = SLOT };
}

static uint64_t now_us(void)
{
	return pmip__clock_us(CLOCK_MONOTONIC);
}

static uint32_t link_of(const struct flowmob__bpf_reflection *reflection, uint64_t mono_us)
{
	return reflection->elsewhere && mono_us >= reflection->since_ns / 1000 + CONFIRM_US ? reflection->elsewhere : reflection->link;
}

static bool is_idle(const struct weak_host_bpf *r, const struct flowmob__bpf_reflection *reflection, uint64_t mono_us)
{
	return reflection->seen_ns / 1000 + r->idle_us <= mono_us;
}

/* The flow behind one, or the first. Idle ones are none. @return whether there is one. */
static bool next_flow(const struct weak_host_bpf *r, const struct pmip__bpf_flow *before, struct pmip__bpf_flow *flow,
		      struct flowmob__bpf_reflection *reflection)
{
	const uint64_t mono_us = now_us();
	struct pmip__bpf_flow at;

	/* The kernel starts anew from a flow that is gone: without this bound a walk among flows that come and go might not end. */
	for (uint32_t n = 0; n < 2 * (uint64_t)r->max_flows; n++) {
		if (bpf_map_get_next_key(r->flows, before, &at) < 0)
			return false;
		*flow = at;
		before = flow;
		if (bpf_map_lookup_elem(r->flows, flow, reflection) == 0 && !is_idle(r, reflection, mono_us))
			return true;
	}
	return false;
}

/* Those that are idle, and those whose interface has gone, 0 = none has. RFL-6. */
static void forget(struct weak_host_bpf *r, uint32_t gone)
{
	const uint64_t mono_us = now_us();
	struct flowmob__bpf_reflection reflection;
	struct pmip__bpf_flow at, next;
	bool more = bpf_map_get_next_key(r->flows, NULL, &at) == 0;

	for (uint32_t n = 0; more && n < 2 * (uint64_t)r->max_flows; n++, at = next) {
		more = bpf_map_get_next_key(r->flows, &at, &next) == 0;
		if (bpf_map_lookup_elem(r->flows, &at, &reflection) < 0)
			continue;
		if (is_idle(r, &reflection, mono_us) || (gone && link_of(&reflection, mono_us) == gone)) {
			bpf_map_delete_elem(r->flows, &at);
		} else if (gone && reflection.elsewhere == gone) {
			reflection.elsewhere = 0;
			bpf_map_update_elem(r->flows, &at, &reflection, BPF_EXIST);
		}
	}
}

static void drop_link(struct weak_host_bpf *r, uint32_t index)
{
	if (index && bpf_map_delete_elem(r->links, &index) == 0)
		forget(r, index);
}

static void on_interface(void *user, const struct flowmob__interface *was, const struct flowmob__interface *is)
{
	struct weak_host_bpf *r = user;
	struct flowmob__bpf_link link = {
		.mark = is->mark,
		.flags = (is->way[FLOWMOB__IPV6].there ? FLOWMOB__BPF_IPV6 : 0) | (is->way[FLOWMOB__IPV4].there ? FLOWMOB__BPF_IPV4 : 0) |
			 (is->ethernet ? FLOWMOB__BPF_ETHERNET : 0),
	};

	if (was->index != is->index)
		drop_link(r, was->index);
	if (!is->up)
		drop_link(r, is->index);
	else if (bpf_map_update_elem(r->links, &is->index, &link, BPF_ANY) < 0)
		pmip__backend_log(&r->log, PMIP_LOG_ERROR, area, "cannot tell the kernel of %s: %s", is->name, strerror(errno));
}

static void on_address(void *user, const struct pmip_addr *addr, bool there)
{
	const struct weak_host_bpf *r = user;
	struct flowmob__bpf_address key;
	const uint32_t value = 1;

	memcpy(key.octets, addr->b, sizeof(key.octets));
	if (!there)
		bpf_map_delete_elem(r->addresses, &key);
	else if (bpf_map_update_elem(r->addresses, &key, &value, BPF_ANY) < 0)
		pmip__backend_log(&r->log, PMIP_LOG_ERROR, area, "cannot tell the kernel of an address: %s", strerror(errno));
}

static void detach(uint32_t index)
{
	struct pmip__bpf_hook ingress = hook_of(index, false), egress = hook_of(index, true);

	if (pmip__bpf_hook_find(&egress, REFLECT))
		pmip__bpf_hook_detach(&egress);
	if (pmip__bpf_hook_find(&ingress, LEARN))
		pmip__bpf_hook_detach(&ingress);
}

/* Only now that all interfaces are told: a packet that is reflected may leave by any. */
static int attach(struct weak_host_bpf *r)
{
	const struct flowmob__interface *interface;
	int err;

	for (unsigned int i = 0; (interface = flowmob__interface_routes_get(r->routes, i)); i++) {
		struct pmip__bpf_hook ingress = hook_of(interface->index, false), egress = hook_of(interface->index, true);

		if (interface->index == r->attached[i])
			continue;
		r->attached[i] = interface->index;
		if (!interface->index)
			continue;
		err = pmip__bpf_hook_attach(&ingress, bpf_program__fd(r->skeleton->progs.flowmob_learn), &r->log);
		if (err == 0)
			err = pmip__bpf_hook_attach(&egress, bpf_program__fd(r->skeleton->progs.flowmob_reflect), &r->log);
		if (err < 0)
			return err;
	}
	return 0;
}

static void extend_lease(struct weak_host_bpf *r)
{
	r->round_us = now_us() + ROUND_US;
	__atomic_store_n(&r->skeleton->bss->rfl_lease_ns, (now_us() + LEASE_US) * 1000, __ATOMIC_RELAXED);
}

static int bpf_process(void *ctx)
{
	struct weak_host_bpf *r = ctx;

	flowmob__interface_routes_read(r->routes);
	if (now_us() >= r->round_us) {
		forget(r, 0);
		extend_lease(r);
	}
	/* An interface that refuses the programs, say because it has just gone, is left to the routing; the log has it. */
	attach(r);
	return 0;
}

static int bpf_fd(const void *ctx)
{
	return flowmob__interface_routes_fd(((const struct weak_host_bpf *)ctx)->routes);
}

static int bpf_timeout_ms(const void *ctx)
{
	const struct weak_host_bpf *r = ctx;
	uint64_t now = now_us();

	return r->round_us <= now ? 0 : (int)((r->round_us - now + 999) / 1000);
}

static int bpf_interface(const void *ctx, struct flowmob_weak_host_interface *out, unsigned int i)
{
	return flowmob__weak_host_interface(((const struct weak_host_bpf *)ctx)->routes, out, i);
}

static struct pmip__bpf_flow to_key(const struct pmip_flow *flow)
{
	struct pmip__bpf_flow key = {
		.ports = { (uint8_t)(flow->src_port >> 8), (uint8_t)flow->src_port, (uint8_t)(flow->dst_port >> 8), (uint8_t)flow->dst_port },
		.protocol = flow->protocol,
	};

	memcpy(key.src, flow->src.b, sizeof(key.src));
	memcpy(key.dst, flow->dst.b, sizeof(key.dst));
	return key;
}

static int bpf_next(const void *ctx, struct flowmob_reflected *out, const struct pmip_flow *before)
{
	const struct weak_host_bpf *r = ctx;
	struct pmip__bpf_flow key, flow;
	struct flowmob__bpf_reflection reflection;

	if (before)
		key = to_key(before);
	if (!next_flow(r, before ? &key : NULL, &flow, &reflection))
		return 0;
	*out = (struct flowmob_reflected){
		.flow = {
			.label = reflection.label,
			.protocol = flow.protocol,
			.src_port = (uint16_t)(flow.ports[0] << 8 | flow.ports[1]),
			.dst_port = (uint16_t)(flow.ports[2] << 8 | flow.ports[3]),
		},
		.interface = link_of(&reflection, now_us()),
		.octets = reflection.octets,
		.seen_us = reflection.seen_ns / 1000,
	};
	memcpy(out->flow.src.b, flow.src, sizeof(flow.src));
	memcpy(out->flow.dst.b, flow.dst, sizeof(flow.dst));
	return 1;
}

static uint32_t bpf_count(const void *ctx)
{
	const struct weak_host_bpf *r = ctx;
	struct flowmob__bpf_reflection reflection;
	struct pmip__bpf_flow at, *before = NULL;
	uint32_t n = 0;

	for (; n < r->max_flows && next_flow(r, before, &at, &reflection); before = &at)
		n++;
	return n;
}

static int bpf_counters(const void *ctx, struct flowmob_weak_host_counters *counters)
{
	const int map = ((const struct weak_host_bpf *)ctx)->counters;

	return flowmob__weak_host_counters(counters, &(struct flowmob_weak_host_counters){
		.added = pmip__bpf_sum(map, FLOWMOB__BPF_ADDED),
		.moved = pmip__bpf_sum(map, FLOWMOB__BPF_MOVED),
		.evicted = UINT64_MAX,
		.reflected = pmip__bpf_sum(map, FLOWMOB__BPF_REFLECTED),
		.no_path = pmip__bpf_sum(map, FLOWMOB__BPF_NO_PATH),
		.too_big = pmip__bpf_sum(map, FLOWMOB__BPF_TOO_BIG),
	});
}

static void bpf_free(void *ctx)
{
	struct weak_host_bpf *r = ctx;

	if (!r)
		return;
	for (unsigned int i = 0; i < FLOWMOB_INTERFACES_MAX; i++)
		if (r->attached[i])
			detach(r->attached[i]);
	flowmob__interface_routes_free(r->routes);
	reflector_bpf__destroy(r->skeleton);
	free(r);
}

static const struct flowmob_weak_host_ops bpf_ops = {
	.size = sizeof(bpf_ops),
	.name = "bpf",
	.fd = bpf_fd,
	.timeout_ms = bpf_timeout_ms,
	.process = bpf_process,
	.interface = bpf_interface,
	.next = bpf_next,
	.count = bpf_count,
	.counters = bpf_counters,
	.free = bpf_free,
};

static bool is_configured(const struct flowmob_weak_host_config *config, const char *name)
{
	for (unsigned int i = 0; i < config->interface_count; i++)
		if (strcmp(config->interface[i], name) == 0)
			return true;
	return false;
}

/* A program of a killed process, 0 = there is none; those at interfaces that are no longer ours are detached. */
static uint32_t find_predecessor(const struct flowmob_weak_host_config *config)
{
	struct if_nameindex *list = if_nameindex();
	uint32_t found = 0;

	for (struct if_nameindex *at = list; at && at->if_index; at++) {
		struct pmip__bpf_hook hook = hook_of(at->if_index, false);
		uint32_t id = pmip__bpf_hook_find(&hook, LEARN);

		if (id && is_configured(config, at->if_name))
			found = id;
		else if (id)
			detach(at->if_index);
	}
	if_freenameindex(list);
	return found;
}

static int load(struct weak_host_bpf *r, const struct flowmob_weak_host_config *config)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	uint32_t predecessor = find_predecessor(config);
	int err, old;

	r->skeleton = reflector_bpf__open();
	if (!r->skeleton) {
		libbpf_set_print(print);
		return PMIP_ERR_NOMEM;
	}
	r->skeleton->rodata->rfl_confirm = config->mode == FLOWMOB_REFLECTOR_CONFIRMED;
	r->skeleton->rodata->rfl_idle_ns = (uint64_t)config->idle_timeout_ms * 1000000;
	bpf_map__set_max_entries(r->skeleton->maps.rfl_flows, config->max_flows);
	old = pmip__bpf_inherit(r->skeleton->maps.rfl_flows, predecessor, &r->log);
	pmip__bpf_inherit(r->skeleton->maps.rfl_counters, predecessor, &r->log);
	err = reflector_bpf__load(r->skeleton);
	libbpf_set_print(print);
	if (err < 0) {
		if (old >= 0)
			close(old);
		return pmip__bpf_refused(err, "the nfqueue backend", &r->log);
	}
	pmip__bpf_copy_and_close(old, r->skeleton->maps.rfl_flows, &r->log);
	r->flows = bpf_map__fd(r->skeleton->maps.rfl_flows);
	r->links = bpf_map__fd(r->skeleton->maps.rfl_links);
	r->addresses = bpf_map__fd(r->skeleton->maps.rfl_addresses);
	r->counters = bpf_map__fd(r->skeleton->maps.rfl_counters);
	return 0;
}

int flowmob_weak_host_bpf_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config)
{
	struct flowmob__interface_watch watch = { .interface = on_interface, .address = on_address };
	struct weak_host_bpf *r = calloc(1, sizeof(*r));
	struct flowmob_weak_host_config own;
	int err = flowmob__weak_host_configure(&own, config);

	if (!r || err < 0) {
		free(r);
		return r ? err : PMIP_ERR_NOMEM;
	}
	pmip__log_copy(&r->log, own.log);
	r->max_flows = own.max_flows;
	r->idle_us = (uint64_t)own.idle_timeout_ms * 1000;
	watch.user = r;
	err = load(r, &own);
	if (err == 0) {
		extend_lease(r);
		err = flowmob__interface_routes_new(&r->routes, &own, &watch, &r->log);
	}
	if (err == 0) {
		flowmob__interface_routes_read(r->routes);
		err = attach(r);
	}
	if (err < 0) {
		bpf_free(r);
		return err;
	}
	*host = (struct flowmob_weak_host){ .ops = &bpf_ops, .ctx = r };
	return 0;
}
