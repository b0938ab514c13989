/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "libflowmob/backend/weak_host.h"

#define RULE_PRIORITY_MAX 32765 /* before the main table's */
#define TABLE_MIN 256		/* behind the kernel's own */

int flowmob__weak_host_configure(struct flowmob_weak_host_config *own, const struct flowmob_weak_host_config *config)
{
	memset(own, 0, sizeof(*own));
	memcpy(own, config, config->size < sizeof(*own) ? config->size : sizeof(*own));
	own->mode = own->mode ? own->mode : FLOWMOB_REFLECTOR_IMMEDIATE;
	own->max_flows = own->max_flows ? own->max_flows : 65536;
	own->idle_timeout_ms = own->idle_timeout_ms ? own->idle_timeout_ms : 60000;
	own->mark = own->mark ? own->mark : 5250;
	own->table = own->table ? own->table : 5250;
	own->rule_priority = own->rule_priority ? own->rule_priority : 5250;
	own->route_protocol = own->route_protocol ? own->route_protocol : 214;
	own->queue[0] = own->queue[0] ? own->queue[0] : 1;
	own->queue[1] = own->queue[1] ? own->queue[1] : 2;
	if (own->interface_count == 0 || own->interface_count > FLOWMOB_INTERFACES_MAX || own->queue[0] == own->queue[1] ||
	    (own->mode != FLOWMOB_REFLECTOR_IMMEDIATE && own->mode != FLOWMOB_REFLECTOR_CONFIRMED) || own->table < TABLE_MIN ||
	    own->table > UINT32_MAX - FLOWMOB_INTERFACES_MAX || own->mark > UINT32_MAX - FLOWMOB_INTERFACES_MAX ||
	    own->rule_priority > RULE_PRIORITY_MAX)
		return PMIP_ERR_INVALID;
	for (unsigned int i = 0; i < own->interface_count; i++)
		if (!own->interface[i] || strlen(own->interface[i]) >= IF_NAMESIZE)
			return PMIP_ERR_INVALID;
	return 0;
}

int flowmob__weak_host_interface(const struct flowmob__interface_routes *routes, struct flowmob_weak_host_interface *out, unsigned int i)
{
	const struct flowmob__interface *interface = flowmob__interface_routes_get(routes, i);
	struct flowmob_weak_host_interface filled = { .size = out->size };

	if (!interface)
		return 0;
	filled.name = interface->name;
	filled.ifindex = interface->index;
	filled.up = interface->up;
	filled.mark = interface->mark;
	for (int family = 0; family < FLOWMOB__FAMILIES; family++) {
		filled.has_way[family] = interface->way[family].there;
		filled.router[family] = interface->way[family].router;
	}
	memcpy(out, &filled, out->size < sizeof(filled) ? out->size : sizeof(filled));
	return 1;
}

int flowmob__weak_host_counters(struct flowmob_weak_host_counters *out, const struct flowmob_weak_host_counters *counted)
{
	const size_t size = out->size < sizeof(*counted) ? out->size : sizeof(*counted);

	if (size < sizeof(out->size))
		return PMIP_ERR_INVALID;
	memcpy(out, counted, size);
	out->size = size;
	return 0;
}

int flowmob_weak_host_auto_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config)
{
	int err = flowmob_weak_host_bpf_new(host, config);

	return err == PMIP_ERR_UNSUPPORTED ? flowmob_weak_host_nfqueue_new(host, config) : err;
}
