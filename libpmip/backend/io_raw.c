/* SPDX-License-Identifier: BSD-2-Clause */
/* Mobility Header messages over one raw IPv6 socket of protocol 135 (RFC 6275 section 6.1), a batch
 * per system call.
 *
 * The kernel writes the checksum of what we send and drops what arrives with a wrong one; the
 * engine checks again, for I/O that is not a kernel. Errors about messages leave through a raw
 * ICMPv6 socket, limited in rate (RFC 4443 section 2.4 f).
 *
 * ipsec.c makes the kernel protect the messages when that is wanted. */
#define _GNU_SOURCE /* recvmmsg, sendmmsg, in6_pktinfo */
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pmip/io.h>

#include "ipsec.h"
#include "os.h"

#define AREA "io"

#define MH_MAX 2048	      /* Header Len is one octet of 8-octet units */
#define BUF_LEN (MH_MAX + 8)  /* a longer message shows itself by not ending at MH_MAX */
#define QUEUE_BYTES (8 << 20) /* some 20 000 waiting messages: all mobile nodes of a MAG at once */
#define IPV6_MIN_MTU 1280
#define IPV6_HDR_LEN 40
#define ICMP_HDR_LEN 8
#define ICMP_BURST 10 /* RFC 4443 section 2.4 f suggests a token bucket of about this size */
#define ICMP_REFILL_US 100000 /* one more every so often */
#define COMPLAIN_US 1000000   /* a message that could not be sent is told of once in so long */

union control {
	struct cmsghdr align;
	char b[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct batch {
	struct mmsghdr msg[PMIP_IO_BATCH];
	struct iovec iov[PMIP_IO_BATCH];
	struct sockaddr_in6 peer[PMIP_IO_BATCH];
	union control control[PMIP_IO_BATCH];
};

struct io_raw {
	int fd;
	int icmp_fd;
	struct pmip_log log;
	uint32_t icmp_tokens;
	uint64_t icmp_refilled_us;
	uint64_t complained_us;
	bool protected;
	bool told_no_sa;	     /* and nothing has left since */
	uint64_t unprotected_before; /* pmip__ipsec_unprotected() when we began */
	struct batch in;
	struct batch out;
	uint8_t buf[PMIP_IO_BATCH][BUF_LEN];
};

static void batch_init(struct batch *b)
{
	for (size_t i = 0; i < PMIP_IO_BATCH; i++) {
		struct msghdr *m = &b->msg[i].msg_hdr;

		m->msg_name = &b->peer[i];
		m->msg_namelen = sizeof(b->peer[i]);
		m->msg_iov = &b->iov[i];
		m->msg_iovlen = 1;
		m->msg_control = &b->control[i];
		m->msg_controllen = sizeof(b->control[i]);
	}
}

static void control_set_source(struct msghdr *m, const struct pmip_addr *src)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct in6_pktinfo info = {0};

	memcpy(&info.ipi6_addr, src, sizeof(info.ipi6_addr));
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

static bool control_get_destination(struct msghdr *m, struct pmip_addr *dst)
{
	struct in6_pktinfo info;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		memcpy(dst, &info.ipi6_addr, sizeof(*dst));
		return true;
	}
	return false;
}

static int raw_fd(void *ctx)
{
	return ((struct io_raw *)ctx)->fd;
}

static int raw_recv(void *ctx, struct pmip_dgram *in, size_t n)
{
	struct io_raw *io = ctx;
	int got, kept = 0;

	if (n > PMIP_IO_BATCH)
		n = PMIP_IO_BATCH;
	for (size_t i = 0; i < n; i++) {
		io->in.iov[i] = (struct iovec){.iov_base = io->buf[i], .iov_len = BUF_LEN};
		io->in.msg[i].msg_hdr.msg_namelen = sizeof(io->in.peer[i]);
		io->in.msg[i].msg_hdr.msg_controllen = sizeof(io->in.control[i]);
	}
	do
		got = recvmmsg(io->fd, io->in.msg, (unsigned int)n, MSG_DONTWAIT, NULL);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (got < 0) {
		pmip__backend_log(&io->log, PMIP_LOG_ERROR, AREA,
				  "cannot receive Mobility Header messages: %s", strerror(errno));
		return PMIP_ERR_OS;
	}
	for (int i = 0; i < got; i++) {
		struct pmip_dgram *d = &in[kept];

		if (!control_get_destination(&io->in.msg[i].msg_hdr, &d->dst))
			continue;
		memcpy(&d->src, &io->in.peer[i].sin6_addr, sizeof(d->src));
		d->data = io->buf[i];
		d->len = io->in.msg[i].msg_len;
		kept++;
	}
	return kept;
}

static void complain_no_sa(struct io_raw *io, const struct pmip_dgram *lost)
{
	char src[PMIP_ADDR_STRLEN], dst[PMIP_ADDR_STRLEN];

	if (io->told_no_sa)
		return;
	io->told_no_sa = true;
	pmip__backend_log(&io->log, PMIP_LOG_WARN, AREA,
			  "no security association from %s to %s, so nothing is sent there: start the IKE daemon "
			  "(charon), or see ip xfrm state (ESP, transport mode, reqid %u)",
			  pmip_addr_format(&lost->src, src), pmip_addr_format(&lost->dst, dst),
			  PMIP_IO_REQID);
}

static void complain(struct io_raw *io, const struct pmip_dgram *lost, int err)
{
	uint64_t now = pmip__clock_us(CLOCK_MONOTONIC);
	char src[PMIP_ADDR_STRLEN], dst[PMIP_ADDR_STRLEN];

	if (io->complained_us && now - io->complained_us < COMPLAIN_US)
		return;
	io->complained_us = now;
	if (err == ENOKEY) {
		complain_no_sa(io, lost);
		return;
	}
	pmip__backend_log(&io->log, PMIP_LOG_WARN, AREA,
			  "a message from %s to %s could not be sent: %s; "
			  "look at the addresses and routes of this machine",
			  pmip_addr_format(&lost->src, src), pmip_addr_format(&lost->dst, dst),
			  strerror(err));
}

static void batch_fill(struct batch *b, const struct pmip_dgram *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		b->peer[i] = (struct sockaddr_in6){.sin6_family = AF_INET6};
		memcpy(&b->peer[i].sin6_addr, &out[i].dst, sizeof(out[i].dst));
		b->iov[i] = (struct iovec){.iov_base = (void *)(uintptr_t)out[i].data,
					   .iov_len = out[i].len};
		control_set_source(&b->msg[i].msg_hdr, &out[i].src);
	}
}

/* The kernel says "try again" where a security association is missing, since one may be on its way. */
static int reason(const struct io_raw *io, int err)
{
	return io->protected && err == EAGAIN ? ENOKEY : err;
}

/* sendmmsg() stops at the first message that fails and tells why only when that is the first one:
 * step over it and go on. */
static int raw_send(void *ctx, const struct pmip_dgram *out, size_t n)
{
	struct io_raw *io = ctx;
	int left = 0;

	while (n) {
		size_t part = n < PMIP_IO_BATCH ? n : PMIP_IO_BATCH, at = 0;

		batch_fill(&io->out, out, part);
		while (at < part) {
			int sent = sendmmsg(io->fd, io->out.msg + at, (unsigned int)(part - at),
					    MSG_DONTWAIT);

			if (sent > 0) {
				at += (size_t)sent;
				left += sent;
				io->told_no_sa = false;
			} else if (errno != EINTR) {
				complain(io, &out[at], reason(io, errno));
				at++;
			}
		}
		out += part;
		n -= part;
	}
	return left;
}

static bool icmp_allowed(struct io_raw *io)
{
	uint64_t now = pmip__clock_us(CLOCK_MONOTONIC);
	uint64_t more = (now - io->icmp_refilled_us) / ICMP_REFILL_US;

	io->icmp_refilled_us += more * ICMP_REFILL_US;
	io->icmp_tokens =
		more > ICMP_BURST - io->icmp_tokens ? ICMP_BURST : io->icmp_tokens + (uint32_t)more;
	if (!io->icmp_tokens)
		return false;
	io->icmp_tokens--;
	return true;
}

/* RFC 4443 section 3.4. The IPv6 header of the offending packet is not ours to see any more; its
 * fields that RFC 4443 needs are known, the others (traffic class, flow label, hop limit) are set
 * as a sender would. */
static size_t icmp_build(uint8_t *buf, const struct pmip_param_problem *problem)
{
	const struct pmip_dgram *d = &problem->dgram;
	size_t room = IPV6_MIN_MTU - IPV6_HDR_LEN - ICMP_HDR_LEN - IPV6_HDR_LEN;
	size_t quoted = d->len < room ? d->len : room;
	uint8_t *ip = buf + ICMP_HDR_LEN;
	uint32_t pointer = htonl(IPV6_HDR_LEN + problem->pointer);

	memset(buf, 0, ICMP_HDR_LEN + IPV6_HDR_LEN);
	buf[0] = ICMP6_PARAM_PROB;
	buf[1] = ICMP6_PARAMPROB_HEADER;
	memcpy(buf + 4, &pointer, sizeof(pointer));
	ip[0] = 0x60;
	ip[4] = (uint8_t)(d->len >> 8);
	ip[5] = (uint8_t)d->len;
	ip[6] = IPPROTO_MH;
	ip[7] = 64;
	memcpy(ip + 8, &d->src, sizeof(d->src));
	memcpy(ip + 24, &d->dst, sizeof(d->dst));
	memcpy(ip + IPV6_HDR_LEN, d->data, quoted);
	return ICMP_HDR_LEN + IPV6_HDR_LEN + quoted;
}

static int raw_param_problem(void *ctx, const struct pmip_param_problem *problem)
{
	struct io_raw *io = ctx;
	const struct pmip_dgram *d = &problem->dgram;
	uint8_t buf[IPV6_MIN_MTU];
	union control control;
	struct sockaddr_in6 to = {.sin6_family = AF_INET6};
	struct iovec iov = {.iov_base = buf};
	struct msghdr m = {.msg_name = &to,
			   .msg_namelen = sizeof(to),
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};

	/* RFC 4443 section 2.4 e: never about multicast, never to what is not one node. */
	if (!pmip_addr_is_unicast(&d->src) || !pmip_addr_is_unicast(&d->dst) || !icmp_allowed(io))
		return 0;
	iov.iov_len = icmp_build(buf, problem);
	memcpy(&to.sin6_addr, &d->src, sizeof(d->src));
	control_set_source(&m, &d->dst);
	if (sendmsg(io->icmp_fd, &m, MSG_DONTWAIT) < 0) {
		complain(io, &(struct pmip_dgram){.src = d->dst, .dst = d->src}, errno);
		return PMIP_ERR_OS;
	}
	return 0;
}

static uint64_t raw_unprotected(void *ctx)
{
	const struct io_raw *io = ctx;
	uint64_t now = io->protected ? pmip__ipsec_unprotected() : 0;

	return now == UINT64_MAX ? now : now - io->unprotected_before;
}

static void raw_free(void *ctx)
{
	struct io_raw *io = ctx;

	if (!io)
		return;
	if (io->fd >= 0)
		close(io->fd);
	if (io->icmp_fd >= 0)
		close(io->icmp_fd);
	free(io);
}

static const struct pmip_io_ops raw_ops = {
	.size = sizeof(struct pmip_io_ops),
	.fd = raw_fd,
	.recv = raw_recv,
	.send = raw_send,
	.param_problem = raw_param_problem,
	.free = raw_free,
	.unprotected = raw_unprotected,
};

/* The FORCE options need CAP_NET_ADMIN; without it the kernel's limit (net.core.rmem_max) holds. */
static void queue_size(int fd)
{
	int bytes = QUEUE_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static int raw_open(struct io_raw *io, const struct pmip_addr *local)
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6};
	struct icmp6_filter filter;
	char text[PMIP_ADDR_STRLEN];
	int on = 1;

	io->fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_MH);
	io->icmp_fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (io->fd < 0 || io->icmp_fd < 0) {
		pmip__backend_log(
			&io->log, PMIP_LOG_ERROR, AREA,
			"cannot open a raw IPv6 socket: %s; run as root or with CAP_NET_RAW",
			strerror(errno));
		return PMIP_ERR_OS;
	}
	ICMP6_FILTER_SETBLOCKALL(&filter);
	memcpy(&sa.sin6_addr, local, sizeof(*local));
	if (setsockopt(io->icmp_fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(io->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) < 0) {
		pmip__backend_log(&io->log, PMIP_LOG_ERROR, AREA,
				  "cannot set up the raw IPv6 sockets: %s", strerror(errno));
		return PMIP_ERR_OS;
	}
	queue_size(io->fd);
	if (io->protected && pmip__ipsec_require(io->fd, &io->log))
		return PMIP_ERR_OS;
	if (!pmip_addr_is_unspecified(local) &&
	    bind(io->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		pmip__backend_log(&io->log, PMIP_LOG_ERROR, AREA,
				  "cannot receive on %s: %s; is it an address of this machine, "
				  "and not tentative (ip -6 address)?",
				  pmip_addr_format(local, text), strerror(errno));
		return PMIP_ERR_OS;
	}
	return 0;
}

static int make(struct pmip_io *io, const struct pmip_addr *local, bool protected, const struct pmip_log *log)
{
	struct io_raw *raw = calloc(1, sizeof(*raw));
	int err;

	if (!raw)
		return PMIP_ERR_NOMEM;
	pmip__log_copy(&raw->log, log);
	batch_init(&raw->in);
	batch_init(&raw->out);
	raw->protected = protected;
	raw->unprotected_before = protected ? pmip__ipsec_unprotected() : 0;
	raw->icmp_tokens = ICMP_BURST;
	raw->icmp_refilled_us = pmip__clock_us(CLOCK_MONOTONIC);
	err = raw_open(raw, local);
	if (err) {
		raw_free(raw);
		return err;
	}
	*io = (struct pmip_io){.ops = &raw_ops, .ctx = raw};
	return 0;
}

int pmip_io_raw_new(struct pmip_io *io, const struct pmip_addr *local, const struct pmip_log *log)
{
	return make(io, local, false, log);
}

int pmip_io_ipsec_new(struct pmip_io *io, const struct pmip_addr *local, const struct pmip_log *log)
{
	return make(io, local, true, log);
}
