/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/waiting.h"

#include <stdlib.h>

int waiting_init(struct waiting *waiting, uint32_t clients, unsigned int levels, uint64_t first_ns, uint64_t longest_ns)
{
	uint64_t wait_ns = first_ns, sum_ns = 0;

	*waiting = (struct waiting){.levels = levels, .links = calloc(clients, sizeof(*waiting->links))};
	for (unsigned int i = 0; i < levels; i++) {
		sum_ns += wait_ns;
		waiting->after_ns[i] = sum_ns;
		wait_ns = wait_ns > longest_ns / 2 ? longest_ns : wait_ns * 2;
		waiting->ends[i] = (struct waiting_link){WAITING_NONE, WAITING_NONE};
	}
	return waiting->links != NULL ? 0 : -1;
}

void waiting_fini(struct waiting *waiting)
{
	free(waiting->links);
	waiting->links = NULL;
}

void waiting_add(struct waiting *waiting, uint32_t client, unsigned int level)
{
	struct waiting_link *ends = &waiting->ends[level];

	waiting->links[client] = (struct waiting_link){ends->prev, WAITING_NONE};
	if (ends->prev == WAITING_NONE)
		ends->next = client;
	else
		waiting->links[ends->prev].next = client;
	ends->prev = client;
}

void waiting_remove(struct waiting *waiting, uint32_t client, unsigned int level)
{
	struct waiting_link link = waiting->links[client], *ends = &waiting->ends[level];

	if (link.prev == WAITING_NONE)
		ends->next = link.next;
	else
		waiting->links[link.prev].next = link.next;
	if (link.next == WAITING_NONE)
		ends->prev = link.prev;
	else
		waiting->links[link.next].prev = link.prev;
}
