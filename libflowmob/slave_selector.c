/* SPDX-License-Identifier: BSD-2-Clause */
/* One octet a port: finding a slave is one look, and nobody can make the table grow. BND-1, BND-2. */
#include <flowmob/slave_selector.h>

#include "base/mem.h"

#define PORTS 65536

struct slave {
	uint32_t interface; /* 0 = this place is free */
	bool up;
};

struct flowmob_slave_selector {
	struct pmip_mem mem;
	struct slave slaves[FLOWMOB_SLAVES_MAX];
	uint32_t active;
	uint8_t entries[PORTS]; /* index of a slave + 1; 0 = no entry */
};

int flowmob_slave_selector_new(struct flowmob_slave_selector **selector, const struct pmip_mem *mem)
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct flowmob_slave_selector *made = pmip__mem_alloc(&use, sizeof(*made));

	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = use;
	*selector = made;
	return 0;
}

void flowmob_slave_selector_free(struct flowmob_slave_selector *selector)
{
	if (!selector)
		return;
	pmip__mem_free(&selector->mem, selector);
}

/* The index + 1 of the slave with this interface, with 0 of a place that is free; 0 when there is none. */
static uint8_t find(const struct flowmob_slave_selector *selector, uint32_t interface)
{
	for (uint8_t i = 0; i < FLOWMOB_SLAVES_MAX; i++)
		if (selector->slaves[i].interface == interface)
			return (uint8_t)(i + 1);
	return 0;
}

static uint8_t find_slave(const struct flowmob_slave_selector *selector, uint32_t interface)
{
	return interface ? find(selector, interface) : 0;
}

int flowmob_slave_selector_add_slave(struct flowmob_slave_selector *selector, uint32_t interface)
{
	uint8_t place;

	if (!interface)
		return PMIP_ERR_INVALID;
	if (find_slave(selector, interface))
		return PMIP_ERR_EXIST;
	place = find(selector, 0);
	if (!place)
		return PMIP_ERR_FULL;
	selector->slaves[place - 1] = (struct slave){.interface = interface};
	return 0;
}

int flowmob_slave_selector_del_slave(struct flowmob_slave_selector *selector, uint32_t interface)
{
	uint8_t place = find_slave(selector, interface);

	if (!place)
		return PMIP_ERR_NOENT;
	for (size_t port = 0; port < PORTS; port++)
		if (selector->entries[port] == place)
			selector->entries[port] = 0;
	if (selector->active == interface)
		selector->active = 0;
	selector->slaves[place - 1] = (struct slave){0};
	return 0;
}

int flowmob_slave_selector_set_up(struct flowmob_slave_selector *selector, uint32_t interface, bool up)
{
	uint8_t place = find_slave(selector, interface);

	if (!place)
		return PMIP_ERR_NOENT;
	selector->slaves[place - 1].up = up;
	return 0;
}

int flowmob_slave_selector_set_active(struct flowmob_slave_selector *selector, uint32_t interface)
{
	if (interface && !find_slave(selector, interface))
		return PMIP_ERR_NOENT;
	selector->active = interface;
	return 0;
}

int flowmob_slave_selector_set(struct flowmob_slave_selector *selector, uint16_t port, uint32_t interface)
{
	uint8_t place = find_slave(selector, interface);

	if (!place)
		return PMIP_ERR_NOENT;
	selector->entries[port] = place;
	return 0;
}

int flowmob_slave_selector_clear(struct flowmob_slave_selector *selector, uint16_t port)
{
	if (!selector->entries[port])
		return PMIP_ERR_NOENT;
	selector->entries[port] = 0;
	return 0;
}

uint32_t flowmob_slave_selector_select(const struct flowmob_slave_selector *selector, uint16_t port)
{
	uint8_t place = selector->entries[port];

	return place && selector->slaves[place - 1].up ? selector->slaves[place - 1].interface : selector->active;
}

int flowmob_slave_selector_next(const struct flowmob_slave_selector *selector, size_t *cursor, uint16_t *port, uint32_t *interface)
{
	while (*cursor < PORTS) {
		uint16_t at = (uint16_t)(*cursor)++;

		if (!selector->entries[at])
			continue;
		*port = at;
		*interface = selector->slaves[selector->entries[at] - 1].interface;
		return 1;
	}
	return 0;
}
