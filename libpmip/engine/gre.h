/* SPDX-License-Identifier: BSD-2-Clause */
/* What LMA and MAG alike know of GRE between them (RFC 5845). */
#ifndef PMIP_ENGINE_GRE_H
#define PMIP_ENGINE_GRE_H

#include <pmip/action.h>

static inline bool pmip__gre_key_equal(const struct pmip_key *a, const struct pmip_key *b)
{
	return a->present == b->present && (!a->present || a->value == b->value);
}

/* Whether packets look the same. */
static inline bool pmip__gre_equal(const struct pmip_gre *a, const struct pmip_gre *b)
{
	return a->in_use == b->in_use &&
	       (!a->in_use || (pmip__gre_key_equal(&a->send, &b->send) && pmip__gre_key_equal(&a->recv, &b->recv)));
}

#endif
