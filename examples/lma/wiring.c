/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's engine between the backends. */
#include <config.h>

#include "lma/wiring.h"

#include "common/log.h"
#include "lma/flow_aging.h"
#include "lma/flow_socket.h"
#include "lma/lma.h"
#include "lma/store.h"

#include <stdlib.h>
#include <sys/random.h>

/* What there is besides the engine. */
struct lma_extra {
	struct flow_socket *flow_socket; /* NULL = none */
	struct flow_aging *flow_aging;
};

static struct flow_socket *flow_socket_of(const struct daemon *daemon)
{
	const struct lma_extra *extra = daemon->extra;

	return extra ? extra->flow_socket : NULL;
}

static const struct lma_settings *values(const struct settings *settings)
{
	return settings->values;
}

static void on_flow_seen(void *user, const struct pmip_flow *flow, struct pmip_now now)
{
	struct daemon *daemon = user;

	(void)now;
	flow_socket_seen(flow_socket_of(daemon), flow);
}

static void lma_notify(struct daemon *daemon, const struct pmip_event *event, struct pmip_now now)
{
	(void)now;
	flow_socket_event(flow_socket_of(daemon), event);
}

static int open_extra(struct daemon *daemon)
{
	const char *path = values(daemon->settings)->flow_socket;
	struct lma_extra *extra = calloc(1, sizeof(*extra));

	daemon->extra = extra;
	if (!extra || flow_aging_new(&extra->flow_aging, daemon))
		return PMIP_ERR_NOMEM;
	return path && flow_socket_new(&extra->flow_socket, daemon, path) ? PMIP_ERR_OS : 0;
}

static int lma_open(struct daemon *daemon, struct pmip_runner_config *config)
{
	struct pmip_lma_config *engine_config = NULL;
	struct pmip_lma *lma = NULL;
	uint8_t key[16];
	bool stores = lma_has_store(daemon->settings);
	int err = stores ? lma_store_open(daemon) : 0;

	if (!err)
		err = lma_engine_config(&engine_config, daemon->settings);
	if (err)
		return err;
	pmip_lma_config_set_store(engine_config, stores);
	pmip_lma_config_set_restart_counter(engine_config, daemon->restart_counter);
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		err = PMIP_ERR_OS;
	if (!err)
		err = pmip_lma_new(&lma, engine_config, NULL, key);
	pmip_lma_config_free(engine_config);
	daemon->engine = lma;
	config->flow_seen = on_flow_seen;
	config->store = daemon->store;
	if (!err)
		err = pmip_runner_new_lma(&daemon->runner, lma, config);
	if (err)
		log_line(PMIP_LOG_ERROR, "daemon", "cannot make the engine: %s", pmip_strerror(err));
	if (!err && stores)
		err = lma_store_restore(daemon);
	return err ? err : open_extra(daemon);
}

static void lma_close(struct daemon *daemon)
{
	struct lma_extra *extra = daemon->extra;

	if (extra) {
		flow_socket_free(extra->flow_socket);
		flow_aging_free(extra->flow_aging);
		free(extra);
	}
	pmip_lma_free(daemon->engine);
}

static void lma_datapath_config(const struct settings *settings, struct pmip_datapath_config *config)
{
	const struct lma_settings *s = values(settings);
	const struct lma_pool *pool = s->pools.items;
	const struct lma_ipv4_pool *ipv4_pool = s->ipv4_pools.items;
	const struct setting_name *network = s->network_interfaces.items;
	size_t i;

	config->role = PMIP_DATAPATH_LMA;
	config->max_flows = s->max_flows;
	for (i = 0; i < s->pools.count; i++)
		config->pool[config->pool_count++] = pool[i].prefix;
	for (i = 0; i < s->network_interfaces.count; i++)
		config->network[config->network_count++] = network[i].name;
	for (i = 0; i < s->ipv4_pools.count; i++)
		config->pool[config->pool_count++] = lma_ipv4_pool_mapped(&ipv4_pool[i]);
}

static const struct pmip_addr *lma_address(const struct settings *settings)
{
	return &values(settings)->address;
}

static int lma_reconfigure(struct daemon *daemon, const struct settings *settings, struct pmip_now now)
{
	struct pmip_lma_config *config = NULL;
	int err = lma_engine_config(&config, settings);

	(void)now;
	if (err)
		return err;
	pmip_lma_config_set_restart_counter(config, daemon->restart_counter);
	err = pmip_lma_reconfigure(daemon->engine, config);
	pmip_lma_config_free(config);
	return err;
}

static int lma_shutdown(struct daemon *daemon, struct pmip_now now)
{
	return pmip_lma_shutdown(daemon->engine, now);
}

static size_t lma_binding_count(const struct daemon *daemon)
{
	return pmip_lma_count_bindings(daemon->engine);
}

static int lma_binding_next(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info)
{
	return pmip_lma_next_binding(daemon->engine, cursor, info);
}

static int lma_binding_next_of_mn(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info, const struct pmip_mnid *mn_id)
{
	return pmip_lma_next_binding_of_mn(daemon->engine, cursor, info, mn_id);
}

static const char *lma_counter(const struct daemon *daemon, unsigned int i, uint64_t *value)
{
	if (i >= PMIP_LMA_COUNTERS)
		return NULL;
	*value = pmip_lma_get_counter(daemon->engine, (enum pmip_lma_counter)i);
	return pmip_lma_counter_name((enum pmip_lma_counter)i);
}

const struct daemon_role lma_role = {
	.program = {
		.name = "pmip-lma",
		.what = "Local mobility anchor of a Proxy Mobile IPv6 domain (RFC 5213).",
		.file = SYSCONFDIR "/pmip/pmip-lma.yaml",
		.socket = "/run/pmip/lma.sock",
		.has_events = true,
		.rows = lma_rows,
		.settings_size = sizeof(struct lma_settings),
		.check = lma_check,
	},
	.restart_file = "/var/lib/pmip/lma.restart",
	.has_store = lma_has_store,
	.open = lma_open,
	.datapath_config = lma_datapath_config,
	.address = lma_address,
	.reconfigure = lma_reconfigure,
	.shutdown = lma_shutdown,
	.close = lma_close,
	.notify = lma_notify,
	.binding_count = lma_binding_count,
	.binding_next = lma_binding_next,
	.binding_next_of_mn = lma_binding_next_of_mn,
	.counter = lma_counter,
	.commands = lma_commands,
};
