/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/classifier.h>
#include <netlink/socket.h>

#include "backend/backend_log.h"
#include "backend/bpf_attach.h"

enum { PRIORITY = 5213 }; /* where we stand among others' filters on the interface */

static const char area[] = "bpf";

int pmip__bpf_quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* libbpf wants the padding zero as well: memset, no initialiser. */
static void tc_hook(struct bpf_tc_hook *tc, const struct pmip__bpf_hook *hook)
{
	memset(tc, 0, sizeof(*tc));
	tc->sz = sizeof(*tc);
	tc->ifindex = (int)hook->ifindex;
	tc->attach_point = hook->egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
}

static void tc_opts(struct bpf_tc_opts *opts, const struct pmip__bpf_hook *hook)
{
	memset(opts, 0, sizeof(*opts));
	opts->sz = sizeof(*opts);
	opts->handle = hook->handle;
	opts->priority = PRIORITY + hook->place;
}

uint32_t pmip__bpf_hook_find(const struct pmip__bpf_hook *hook, const char *name)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	struct bpf_tc_hook tc;
	struct bpf_tc_opts opts;
	int fd;

	tc_hook(&tc, hook);
	tc_opts(&opts, hook);
	fd = bpf_tc_query(&tc, &opts) == 0 ? bpf_prog_get_fd_by_id(opts.prog_id) : -1;
	libbpf_set_print(print);
	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0 || strcmp(info.name, name))
		info.id = 0;
	close(fd);
	return info.id;
}

int pmip__bpf_hook_attach(const struct pmip__bpf_hook *hook, int prog, const struct pmip_log *log)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	char name[IF_NAMESIZE] = "?";
	struct bpf_tc_hook tc;
	struct bpf_tc_opts opts;
	int err;

	tc_hook(&tc, hook);
	err = bpf_tc_hook_create(&tc);
	if (err == 0 || err == -EEXIST) {
		tc_opts(&opts, hook);
		opts.prog_fd = prog;
		opts.flags = BPF_TC_F_REPLACE;
		err = bpf_tc_attach(&tc, &opts);
	}
	libbpf_set_print(print);
	if (err == 0)
		return 0;
	if_indextoname(hook->ifindex, name);
	pmip__backend_log(
		log, PMIP_LOG_ERROR, area,
		"cannot attach a BPF program to %s: %s; the kernel needs sch_ingress and cls_bpf",
		name, strerror(-err));
	return err == -ENOENT || err == -EOPNOTSUPP ? PMIP_ERR_UNSUPPORTED : PMIP_ERR_OS;
}

/* Filters at one side of an interface. @return how many, or 1 when that cannot be known. */
static int filters_at(struct nl_sock *sock, unsigned int ifindex, uint32_t side)
{
	struct nl_cache *cache;
	int n = 1;

	if (rtnl_cls_alloc_cache(sock, (int)ifindex, TC_H_MAKE(TC_H_CLSACT, side), &cache) == 0) {
		n = nl_cache_nitems(cache);
		nl_cache_free(cache);
	}
	return n;
}

static bool is_unused(unsigned int ifindex)
{
	struct nl_sock *sock = nl_socket_alloc();
	bool unused;

	if (!sock)
		return false;
	unused = nl_connect(sock, NETLINK_ROUTE) == 0 &&
		 filters_at(sock, ifindex, TC_H_MIN_INGRESS) == 0 &&
		 filters_at(sock, ifindex, TC_H_MIN_EGRESS) == 0;
	nl_socket_free(sock);
	return unused;
}

void pmip__bpf_hook_detach(const struct pmip__bpf_hook *hook)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	struct bpf_tc_hook tc;
	struct bpf_tc_opts opts;

	tc_hook(&tc, hook);
	tc_opts(&opts, hook);
	bpf_tc_detach(&tc, &opts);
	if (is_unused(hook->ifindex)) {
		tc.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS; /* both: the qdisc itself */
		bpf_tc_hook_destroy(&tc);
	}
	libbpf_set_print(print);
}

void pmip__bpf_hook_detach_left(const struct pmip__bpf_hook *hook, const char *name)
{
	uint32_t parent = TC_H_MAKE(TC_H_CLSACT, hook->egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS);
	struct nl_sock *sock = nl_socket_alloc();
	struct pmip__bpf_hook left = *hook;
	struct nl_cache *cache = NULL;
	char gone[IF_NAMESIZE];

	if (sock && nl_connect(sock, NETLINK_ROUTE) == 0 && rtnl_cls_alloc_cache(sock, (int)hook->ifindex, parent, &cache) < 0)
		cache = NULL;
	for (struct nl_object *at = cache ? nl_cache_get_first(cache) : NULL; at; at = nl_cache_get_next(at)) {
		left.handle = rtnl_tc_get_handle(TC_CAST(at));
		if (rtnl_cls_get_prio((struct rtnl_cls *)at) == PRIORITY + hook->place && !if_indextoname(left.handle, gone) &&
		    pmip__bpf_hook_find(&left, name))
			pmip__bpf_hook_detach(&left);
	}
	nl_cache_free(cache);
	nl_socket_free(sock);
}
