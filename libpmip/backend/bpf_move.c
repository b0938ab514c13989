/* SPDX-License-Identifier: BSD-2-Clause */
/* TUNNEL_MOVE of the bpf datapath. The map of bindings is by prefix, with the tunnel in each, which costs a packet one look-up; so all of it is
 * read, some thousand a system call, and what is bound to the tunnel is written back in one. */
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "backend/bpf_walk.h"
#include "backend/datapath_bpf.h"

struct found {
	const struct pmip__bpf_ends *ends; /* what they are bound to */
	struct pmip__bpf_prefix *keys;
	struct pmip__bpf_binding *values;
	size_t count, cap;
	int err;
};

static int make_room(struct found *found)
{
	size_t cap = found->cap ? found->cap * 2 : 1024;
	struct pmip__bpf_prefix *keys;
	struct pmip__bpf_binding *values;

	if (found->count < found->cap)
		return 0;
	keys = reallocarray(found->keys, cap, sizeof(*keys));
	if (keys)
		found->keys = keys;
	values = reallocarray(found->values, cap, sizeof(*values));
	if (values)
		found->values = values;
	if (!keys || !values)
		return PMIP_ERR_NOMEM;
	found->cap = cap;
	return 0;
}

static void keep(void *user, const void *keys, const void *values, uint32_t count)
{
	const struct pmip__bpf_binding *value = values;
	const struct pmip__bpf_prefix *key = keys;
	struct found *found = user;

	for (uint32_t i = 0; i < count && found->err == 0; i++) {
		if (memcmp(&value[i].ends, found->ends, sizeof(*found->ends)) != 0)
			continue;
		found->err = make_room(found);
		if (found->err < 0)
			return;
		found->keys[found->count] = key[i];
		found->values[found->count++] = value[i];
	}
}

static int find(const struct pmip__datapath_bpf *dp, struct found *found)
{
	long n = pmip__bpf_walk(dp->bpf.bindings, keep, found);

	return n < 0 ? pmip__bpf_err((int)n) : found->err;
}

/* @return 0 or an error; *n: how many of that many have been written. */
static int write_back(const struct pmip__datapath_bpf *dp, const struct found *found, const struct pmip__bpf_ends *ends, uint32_t *n)
{
	int err;

	for (size_t i = 0; i < *n; i++)
		found->values[i].ends = *ends;
	err = *n ? bpf_map_update_batch(dp->bpf.bindings, found->keys, found->values, n, NULL) : 0;
	return err < 0 ? pmip__bpf_err(err) : 0;
}

int pmip__bpf_tunnel_move(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_ends to = pmip__bpf_ends(&op->local, &op->remote), from = pmip__bpf_ends(&op->local, &op->old_remote);
	struct found found = { .ends = &from };
	uint32_t n;
	int err;

	if (!pmip__bpf_has_tunnel(dp, &to) || !pmip__bpf_has_tunnel(dp, &from))
		return PMIP_ERR_NOENT;
	err = find(dp, &found);
	if (err == 0) {
		n = (uint32_t)found.count;
		err = write_back(dp, &found, &to, &n);
		if (err < 0)
			write_back(dp, &found, &from, &n);
	}
	free(found.keys);
	free(found.values);
	return err;
}
