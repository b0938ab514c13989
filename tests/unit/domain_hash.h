/* SPDX-License-Identifier: BSD-2-Clause */
/* What the engines of a domain do, as a hash (FNV-1a): the same every time, or not. */
#ifndef TESTS_DOMAIN_HASH_H
#define TESTS_DOMAIN_HASH_H

#include <pmip/action.h>

#define DOMAIN_HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash before this action, and with it. node: who wants it, now_us: when. */
uint64_t domain_hash_action(uint64_t before, uint64_t node, uint64_t now_us, const struct pmip_action *action);

#endif
