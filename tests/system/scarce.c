/* SPDX-License-Identifier: BSD-2-Clause */
/* The linker has the program's own calls of these functions come here (--wrap); libraries beside it go on as ever. */
#define _GNU_SOURCE /* recvmmsg */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "scarce.h"

static unsigned int fails_in; /* calls until the one that fails, 0 = none does */
static bool has_failed;
static int tcx_error; /* 0 = as it is */
static bool no_nexthops;
static bool no_answers;

/* Names that the linker makes. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
struct nl_msg *__real_nlmsg_alloc_size(size_t size);
int __real_bpf_prog_attach_opts(int prog, int target, enum bpf_attach_type type, const struct bpf_prog_attach_opts *opts);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
struct nl_msg *__wrap_nlmsg_alloc_size(size_t size);
int __wrap_bpf_prog_attach_opts(int prog, int target, enum bpf_attach_type type, const struct bpf_prog_attach_opts *opts);
struct nlmsghdr *__real_nlmsg_put(struct nl_msg *msg, uint32_t pid, uint32_t seq, int type, int payload, int flags);
int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout);
struct nlmsghdr *__wrap_nlmsg_put(struct nl_msg *msg, uint32_t pid, uint32_t seq, int type, int payload, int flags);

bool scarce_set(unsigned int nth)
{
	bool had_failed = has_failed;

	fails_in = nth;
	has_failed = false;
	return had_failed;
}

static bool fails(void)
{
	if (fails_in == 0 || --fails_in > 0)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

struct nl_msg *__wrap_nlmsg_alloc_size(size_t size)
{
	return fails() ? NULL : __real_nlmsg_alloc_size(size);
}

void scarce_tcx(int error)
{
	tcx_error = error;
}

int __wrap_bpf_prog_attach_opts(int prog, int target, enum bpf_attach_type type, const struct bpf_prog_attach_opts *opts)
{
	return tcx_error ? -tcx_error : __real_bpf_prog_attach_opts(prog, target, type, opts);
}

void scarce_nexthops(void)
{
	no_nexthops = true;
}

/* A type that no kernel knows. */
struct nlmsghdr *__wrap_nlmsg_put(struct nl_msg *msg, uint32_t pid, uint32_t seq, int type, int payload, int flags)
{
	bool is_nexthop = type >= RTM_NEWNEXTHOP && type <= RTM_GETNEXTHOP;

	return __real_nlmsg_put(msg, pid, seq, no_nexthops && is_nexthop ? RTM_BASE + 0x1000 : type, payload, flags);
}

void scarce_answers(void)
{
	no_answers = true;
}

/* What a socket says that had no room for them. */
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout)
{
	int n = __real_recvmmsg(fd, messages, count, flags, timeout);

	if (!no_answers || n <= 0)
		return n;
	no_answers = false;
	errno = ENOBUFS;
	return -1;
}
