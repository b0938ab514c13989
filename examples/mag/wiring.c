/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAG's engine between the backends. */
#include <config.h>

#include "mag/wiring.h"

#include "common/log.h"
#include "mag/clock.h"
#include "mag/mag.h"

#include <pmip/wire.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const struct mag_settings *values(const struct settings *settings)
{
	return settings->values;
}

static int open_access(struct daemon *daemon)
{
	const struct mag_settings *s = values(daemon->settings);
	const struct mag_access *access = s->access.items;
	struct pmip_access_link *links = calloc(s->access.count, sizeof(*links));
	uint8_t (*networks)[ACCESS_NETWORK_MAX] = calloc(s->access.count, sizeof(*networks));
	struct pmip_access_config config = {
		.size = sizeof(config),
		.links = links,
		.link_count = (unsigned int)s->access.count,
		.link_local = s->link_local_address,
		.probe_interval_ms = s->probe_interval_ms,
		.log = &log_sink,
	};
	size_t i;
	int err;

	if (!links || !networks) {
		free(links);
		free(networks);
		return PMIP_ERR_NOMEM;
	}
	memcpy(config.mac, s->mac_address.b, sizeof(config.mac));
	for (i = 0; i < s->access.count; i++)
		links[i] = (struct pmip_access_link){ access[i].interface, (uint8_t)access[i].technology,
						      access[i].mobile_node.view,
						      mag_access_network(&access[i], networks[i]) };
	err = pmip_access_linux_new(&daemon->access, &config);
	free(links);
	free(networks);
	if (err)
		log_line(PMIP_LOG_ERROR, "daemon",
			 "cannot watch the access links: %s; see the lines above, and \"access\" in %s",
			 pmip_strerror(err), daemon->file);
	return err;
}

static int open_engine(struct daemon *daemon)
{
	struct pmip_mag_config *config = NULL;
	struct pmip_mag *mag = NULL;
	uint8_t key[16];
	int err = mag_engine_config(&config, daemon->settings);

	if (err)
		return err;
	pmip_mag_config_set_restart_counter(config, daemon->restart_counter);
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		err = PMIP_ERR_OS;
	if (!err)
		err = pmip_mag_new(&mag, config, NULL, key);
	pmip_mag_config_free(config);
	daemon->engine = mag;
	return err;
}

static int mag_open(struct daemon *daemon, struct pmip_runner_config *config)
{
	int err = open_access(daemon);

	if (err)
		return err;
	config->access = daemon->access;
	err = open_engine(daemon);
	if (!err && !(daemon->extra = clock_watch_new(daemon)))
		err = PMIP_ERR_NOMEM;
	if (!err)
		err = pmip_runner_new_mag(&daemon->runner, daemon->engine, config);
	if (err)
		log_line(PMIP_LOG_ERROR, "daemon", "cannot make the engine: %s", pmip_strerror(err));
	return err;
}

static void mag_close(struct daemon *daemon)
{
	pmip_mag_free(daemon->engine);
	clock_watch_free(daemon->extra);
}

static void mag_datapath_config(const struct settings *settings, struct pmip_datapath_config *config)
{
	static const char *names[ACCESS_MAX];
	const struct mag_settings *s = values(settings);
	const struct mag_access *access = s->access.items;

	for (size_t i = 0; i < s->access.count; i++)
		names[i] = access[i].interface;
	config->access = names;
	config->access_count = (unsigned int)s->access.count;
	config->role = PMIP_DATAPATH_MAG;
	config->bypass_netfilter = s->bypass_netfilter;
	config->table = s->table;
	config->rule_priority = s->rule_priority;
}

static const struct pmip_addr *mag_address(const struct settings *settings)
{
	return &values(settings)->address;
}

static bool mag_has_others(const struct settings *settings)
{
	return values(settings)->paths.count > 1;
}

static int mag_reconfigure(struct daemon *daemon, const struct settings *settings, struct pmip_now now)
{
	struct pmip_mag_config *config = NULL;
	int err = mag_engine_config(&config, settings);

	if (err)
		return err;
	pmip_mag_config_set_restart_counter(config, daemon->restart_counter);
	err = pmip_mag_reconfigure(daemon->engine, config, now);
	pmip_mag_config_free(config);
	return err;
}

static int mag_shutdown(struct daemon *daemon, struct pmip_now now)
{
	return pmip_mag_shutdown(daemon->engine, now);
}

static void mag_notify(struct daemon *daemon, const struct pmip_event *event, struct pmip_now now)
{
	if (event->type == PMIP_EVENT_REFUSED && event->status == PMIP_STATUS_TIMESTAMP_MISMATCH)
		clock_watch_begin(daemon->extra, now);
}

static size_t mag_binding_count(const struct daemon *daemon)
{
	return pmip_mag_count_bindings(daemon->engine);
}

static int mag_binding_next(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info)
{
	return pmip_mag_next_binding(daemon->engine, cursor, info);
}

static const char *mag_counter(const struct daemon *daemon, unsigned int i, uint64_t *value)
{
	if (i >= PMIP_MAG_COUNTERS)
		return NULL;
	*value = pmip_mag_get_counter(daemon->engine, (enum pmip_mag_counter)i);
	return pmip_mag_counter_name((enum pmip_mag_counter)i);
}

static uint64_t mag_denied(const struct daemon *daemon)
{
	return pmip_mag_get_counter(daemon->engine, PMIP_MAG_DENIED);
}

const struct daemon_role mag_role = {
	.program = {
		.name = "pmip-mag",
		.what = "Mobile access gateway of a Proxy Mobile IPv6 domain (RFC 5213).",
		.file = SYSCONFDIR "/pmip/pmip-mag.yaml",
		.socket = "/run/pmip/mag.sock",
		.has_events = true,
		.rows = mag_rows,
		.settings_size = sizeof(struct mag_settings),
		.check = mag_check,
	},
	.restart_file = "/var/lib/pmip/mag.restart",
	.open = mag_open,
	.datapath_config = mag_datapath_config,
	.address = mag_address,
	.has_others = mag_has_others,
	.reconfigure = mag_reconfigure,
	.shutdown = mag_shutdown,
	.close = mag_close,
	.notify = mag_notify,
	.binding_count = mag_binding_count,
	.binding_next = mag_binding_next,
	.counter = mag_counter,
	.denied = mag_denied,
	.commands = mag_commands,
};
