/* SPDX-License-Identifier: BSD-2-Clause */
/* Circular doubly linked list, links inside the elements. A link that is in no list points to itself. */
#ifndef PMIP_BASE_LIST_H
#define PMIP_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct pmip__list {
	struct pmip__list *next, *prev;
};

#define PMIP__CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

static inline void pmip__list_init(struct pmip__list *list)
{
	list->next = list->prev = list;
}

static inline bool pmip__list_empty(const struct pmip__list *list)
{
	return list->next == list;
}

static inline void pmip__list_add_tail(struct pmip__list *list, struct pmip__list *link)
{
	link->prev = list->prev;
	link->next = list;
	list->prev->next = link;
	list->prev = link;
}

static inline void pmip__list_del(struct pmip__list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	pmip__list_init(link);
}

#endif
