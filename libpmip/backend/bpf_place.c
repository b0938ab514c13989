/* SPDX-License-Identifier: BSD-2-Clause */
/* TCX without a link: BPF_PROG_ATTACH with an interface for its target. A link would have to be pinned, and so need a bpffs that everybody sees. */
#include "config.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "backend/backend_log.h"
#include "backend/bpf/pmip_maps.h"
#include "backend/bpf_inherit.h"
#include "backend/bpf_place.h"

enum {
	TCX_INGRESS = 46, /* BPF_TCX_INGRESS, of newer headers */
	TCX_EGRESS = 47,
	PROGRAMS_MAX = 64, /* at one hook: the kernel's limit */
};

static enum bpf_attach_type type_of(const struct pmip__bpf_hook *hook)
{
	return (enum bpf_attach_type)(hook->egress ? TCX_EGRESS : TCX_INGRESS);
}

/* A device that somebody has removed has left the program to whoever comes. */
static bool is_or_was_of(uint32_t owner, uint32_t device)
{
	char gone[IF_NAMESIZE];

	return owner == device || (owner && !if_indextoname(owner, gone));
}

bool pmip__bpf_is_of(uint32_t id, const char *name, uint32_t device)
{
	struct pmip__bpf_role role = { .device = 0 };
	struct bpf_prog_info info = { 0 };
	struct bpf_map_info map;
	uint32_t len = sizeof(info), key = 0;
	int prog = bpf_prog_get_fd_by_id(id), data;

	if (prog < 0)
		return false;
	if (bpf_obj_get_info_by_fd(prog, &info, &len) < 0)
		info.name[0] = '\0';
	close(prog);
	if (strcmp(info.name, name))
		return false;
	data = pmip__bpf_map_of_program(id, PMIP__BPF_ROLE_MAP, &map);
	if (data < 0)
		return false;
	if (map.value_size != sizeof(role) || bpf_map_lookup_elem(data, &key, &role) < 0)
		role.device = 0;
	close(data);
	return is_or_was_of(role.device, device);
}

static uint32_t tcx_find(const struct pmip__bpf_hook *hook, const char *name, uint32_t except)
{
	uint32_t ids[PROGRAMS_MAX], count = PROGRAMS_MAX;

	if (bpf_prog_query((int)hook->ifindex, type_of(hook), 0, NULL, ids, &count) < 0)
		return 0;
	for (uint32_t i = 0; i < count; i++)
		if (ids[i] != except && pmip__bpf_is_of(ids[i], name, hook->handle))
			return ids[i];
	return 0;
}

static int tcx_attach(const struct pmip__bpf_hook *hook, const char *name, int prog)
{
	LIBBPF_OPTS(bpf_prog_attach_opts, opts);
	uint32_t old = tcx_find(hook, name, 0);
	int err;

	opts.replace_prog_fd = old ? bpf_prog_get_fd_by_id(old) : -1;
	if (opts.replace_prog_fd >= 0)
		opts.flags = BPF_F_REPLACE;
	err = bpf_prog_attach_opts(prog, (int)hook->ifindex, type_of(hook), &opts);
	if (opts.replace_prog_fd >= 0)
		close(opts.replace_prog_fd);
	return err;
}

static bool tcx_detach(const struct pmip__bpf_hook *hook, const char *name, uint32_t except)
{
	bool done = false, more = true;
	uint32_t id;
	int prog;

	while (more && (id = tcx_find(hook, name, except)) != 0) {
		prog = bpf_prog_get_fd_by_id(id);
		more = prog >= 0 && bpf_prog_detach2(prog, (int)hook->ifindex, type_of(hook)) == 0;
		done = done || more;
		if (prog >= 0)
			close(prog);
	}
	return done;
}

uint32_t pmip__bpf_id_of(int prog)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(prog, &info, &len) == 0 ? info.id : 0;
}

static int refused(const struct pmip__bpf_hook *hook, int error, const struct pmip_log *log)
{
	const char *advice = error == -ENODEV ? "it has gone" :
			     error == -EPERM || error == -EACCES ? "run as root or with CAP_BPF and CAP_NET_ADMIN" :
			     error == -ERANGE ? "there are too many of others, look at `bpftool net`" : "the kernel's log (dmesg) may tell more";
	char name[IF_NAMESIZE] = "?";

	if_indextoname(hook->ifindex, name);
	pmip__backend_log(log, PMIP_LOG_ERROR, "bpf", "cannot attach a BPF program to %s by TCX: %s; %s", name, strerror(-error), advice);
	return PMIP_ERR_OS;
}

uint32_t pmip__bpf_place_find(const struct pmip__bpf_hook *hook, const char *name)
{
	uint32_t id = tcx_find(hook, name, 0);

	return id ? id : pmip__bpf_hook_find(hook, name);
}

int pmip__bpf_place_attach(const struct pmip__bpf_hook *hook, const char *name, int prog, const struct pmip_log *log)
{
	int err = tcx_attach(hook, name, prog);

	if (err < 0 && err != -EINVAL)
		return refused(hook, err, log);
	if (err < 0) { /* the kernel has no TCX */
		err = pmip__bpf_hook_attach(hook, prog, log);
	} else {
		tcx_detach(hook, name, pmip__bpf_id_of(prog));
		if (pmip__bpf_hook_find(hook, name)) /* of a predecessor that did not know TCX */
			pmip__bpf_hook_detach(hook);
	}
	if (err == 0)
		pmip__bpf_hook_detach_left(hook, name);
	return err;
}

bool pmip__bpf_place_detach(const struct pmip__bpf_hook *hook, const char *name)
{
	bool done = tcx_detach(hook, name, 0);

	if (!pmip__bpf_hook_find(hook, name))
		return done;
	pmip__bpf_hook_detach(hook);
	return true;
}
