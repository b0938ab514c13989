/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "backend/bpf_walk.h"

enum {
	BATCH = 4096,
	PLACE_MAX = 128, /* octets of the kernel's place in a map: the number of a bucket, or a key */
};

long pmip__bpf_walk(int map, void (*each)(void *user, const void *keys, const void *values, uint32_t count), void *user)
{
	struct bpf_map_info info = { 0 };
	uint32_t count = sizeof(info);
	int err = bpf_obj_get_info_by_fd(map, &info, &count);
	_Alignas(uint64_t) uint8_t place[PLACE_MAX];
	void *keys = calloc(BATCH, info.key_size), *values = calloc(BATCH, info.value_size);
	long n = 0;

	if (err == 0 && (!keys || !values || info.key_size > PLACE_MAX))
		err = -ENOMEM;

	while (err == 0) {
		count = BATCH;
		err = bpf_map_lookup_batch(map, n ? place : NULL, place, keys, values, &count, NULL);
		if (err < 0 && err != -ENOENT)
			break;
		if (each && count)
			each(user, keys, values, count);
		n += count;
	}
	free(keys);
	free(values);
	return err == -ENOENT ? n : err;
}
