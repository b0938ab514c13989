/* SPDX-License-Identifier: BSD-2-Clause */
/* One NFQUEUE over one netlink socket: packets come a batch per system call (recvmmsg), only their headers are copied, segments of
 * GSO packets are not cut up for us, and verdicts leave many in one message. */
#define _GNU_SOURCE /* recvmmsg */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>

#include <flowmob/nfqueue.h>

#include "backend/os.h"

#define AREA "nfqueue"
#define COPY_MIN 40
#define COPY_DEFAULT 256
#define WAITING_DEFAULT 1024
#define SOCKET_BUFFER_DEFAULT (4u << 20)
#define ATTRIBUTES_MAX 512 /* of a packet's message, without the packet itself */
#define CONFIG_MAX 512	   /* octets of a request about the queue, and of its answer */
#define VERDICT_MAX 64	   /* octets of one verdict's message */
#define VERDICTS 64
#define COMPLAIN_US 1000000 /* an overrun is told of once in so long */

struct flowmob_nfqueue {
	struct mnl_socket *socket;
	struct flowmob_nfqueue_config config;
	struct pmip_log log;
	struct flowmob_nfqueue_counters counters;
	uint64_t complained_us;
	size_t buffer_len; /* octets of one message */
	uint8_t *buffers;  /* FLOWMOB_NFQUEUE_BATCH of them */
	size_t pending;	   /* verdicts in outbox */
	size_t outbox_len;
	_Alignas(struct nlmsghdr) uint8_t outbox[VERDICTS * VERDICT_MAX];
};

static int failed(struct flowmob_nfqueue *q, const char *what)
{
	int error = errno;

	pmip__backend_log(&q->log, PMIP_LOG_ERROR, AREA, "cannot %s queue %u: %s%s", what, q->config.queue, strerror(error),
			  error == EBUSY ? "; another process has it"
			  : error == EPERM ? "; another process has it, or CAP_NET_ADMIN is missing" : "");
	return error == EPROTONOSUPPORT || error == EOPNOTSUPP ? PMIP_ERR_UNSUPPORTED : PMIP_ERR_OS;
}

/* Everything but the copy mode, without which no packet comes: the answer is the first thing to be received. */
static int bind_queue(struct flowmob_nfqueue *q)
{
	uint32_t mask = NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO;
	uint32_t flags = NFQA_CFG_F_GSO | (q->config.fail_open ? NFQA_CFG_F_FAIL_OPEN : 0);
	_Alignas(struct nlmsghdr) uint8_t buffer[CONFIG_MAX];
	struct nlmsghdr *message = nfq_nlmsg_put((char *)buffer, NFQNL_MSG_CONFIG, q->config.queue);
	ssize_t len;

	message->nlmsg_flags |= NLM_F_ACK;
	nfq_nlmsg_cfg_put_cmd(message, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
	nfq_nlmsg_cfg_put_qmaxlen(message, q->config.max_waiting);
	mnl_attr_put_u32(message, NFQA_CFG_MASK, htonl(mask));
	mnl_attr_put_u32(message, NFQA_CFG_FLAGS, htonl(flags));
	if (mnl_socket_sendto(q->socket, message, message->nlmsg_len) < 0)
		return failed(q, "ask for");
	len = mnl_socket_recvfrom(q->socket, buffer, sizeof(buffer));
	if (len < 0 || mnl_cb_run(buffer, (size_t)len, 0, mnl_socket_get_portid(q->socket), NULL, NULL) < 0)
		return failed(q, "bind");
	return 0;
}

static int open_queue(struct flowmob_nfqueue *q)
{
	_Alignas(struct nlmsghdr) uint8_t buffer[CONFIG_MAX];
	struct nlmsghdr *message;
	int bytes = (int)q->config.socket_buffer, fd, err;

	q->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (q->socket == NULL || mnl_socket_bind(q->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return failed(q, "open a netlink socket for");
	fd = mnl_socket_get_fd(q->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	err = bind_queue(q);
	if (err < 0)
		return err;
	message = nfq_nlmsg_put((char *)buffer, NFQNL_MSG_CONFIG, q->config.queue);
	nfq_nlmsg_cfg_put_params(message, NFQNL_COPY_PACKET, (int)q->config.copy_range);
	return mnl_socket_sendto(q->socket, message, message->nlmsg_len) < 0 ? failed(q, "set the copy range of") : 0;
}

static int take_config(struct flowmob_nfqueue_config *to, const struct flowmob_nfqueue_config *from)
{
	memset(to, 0, sizeof(*to));
	memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
	to->copy_range = to->copy_range ? to->copy_range : COPY_DEFAULT;
	to->max_waiting = to->max_waiting ? to->max_waiting : WAITING_DEFAULT;
	to->socket_buffer = to->socket_buffer ? to->socket_buffer : SOCKET_BUFFER_DEFAULT;
	if (to->copy_range < COPY_MIN || to->copy_range > UINT16_MAX || to->socket_buffer > INT32_MAX)
		return PMIP_ERR_INVALID;
	return 0;
}

int flowmob_nfqueue_new(struct flowmob_nfqueue **queue, const struct flowmob_nfqueue_config *config)
{
	struct flowmob_nfqueue *q = calloc(1, sizeof(*q));
	int err;

	if (q == NULL)
		return PMIP_ERR_NOMEM;
	err = take_config(&q->config, config);
	pmip__log_copy(&q->log, q->config.log);
	if (err < 0)
		goto out;
	q->buffer_len = (q->config.copy_range + 3) / 4 * 4 + ATTRIBUTES_MAX;
	q->buffers = calloc(FLOWMOB_NFQUEUE_BATCH, q->buffer_len);
	err = q->buffers == NULL ? PMIP_ERR_NOMEM : open_queue(q);
	if (err < 0)
		goto out;
	*queue = q;
	return 0;
out:
	flowmob_nfqueue_free(q);
	return err;
}

void flowmob_nfqueue_free(struct flowmob_nfqueue *queue)
{
	if (queue == NULL)
		return;
	if (queue->socket != NULL) {
		flowmob_nfqueue_flush(queue);
		mnl_socket_close(queue->socket);
	}
	free(queue->buffers);
	free(queue);
}

int flowmob_nfqueue_fd(const struct flowmob_nfqueue *queue)
{
	return mnl_socket_get_fd(queue->socket);
}

static uint32_t u32_of(const struct nlattr *attr)
{
	return attr != NULL && mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

/* @return whether the message is a packet, which is then in p */
static bool take_packet(struct flowmob_nfqueue *q, const struct nlmsghdr *message, struct flowmob_nfqueue_packet *p)
{
	struct nlattr *attr[NFQA_MAX + 1] = { NULL };
	const struct nfqnl_msg_packet_hdr *header;

	if (message->nlmsg_type == NLMSG_ERROR) {
		q->counters.refused++;
		return false;
	}
	if (message->nlmsg_type != ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET) || nfq_nlmsg_parse(message, attr) < 0 ||
	    attr[NFQA_PACKET_HDR] == NULL || mnl_attr_get_payload_len(attr[NFQA_PACKET_HDR]) < sizeof(*header) ||
	    attr[NFQA_PAYLOAD] == NULL) {
		q->counters.malformed++;
		return false;
	}
	header = mnl_attr_get_payload(attr[NFQA_PACKET_HDR]);
	*p = (struct flowmob_nfqueue_packet){
		.id = ntohl(header->packet_id),
		.hook = header->hook,
		.ethertype = ntohs(header->hw_protocol),
		.data = mnl_attr_get_payload(attr[NFQA_PAYLOAD]),
		.len = mnl_attr_get_payload_len(attr[NFQA_PAYLOAD]),
		.in_ifindex = u32_of(attr[NFQA_IFINDEX_INDEV]),
		.out_ifindex = u32_of(attr[NFQA_IFINDEX_OUTDEV]),
		.mark = u32_of(attr[NFQA_MARK]),
	};
	/* only told of a packet that was cut */
	p->total_len = attr[NFQA_CAP_LEN] != NULL ? u32_of(attr[NFQA_CAP_LEN]) : p->len;
	q->counters.received++;
	return true;
}

static void overrun(struct flowmob_nfqueue *q)
{
	uint64_t now = pmip__clock_us(CLOCK_MONOTONIC);

	q->counters.overruns++;
	if (q->complained_us && now - q->complained_us < COMPLAIN_US)
		return;
	q->complained_us = now;
	pmip__backend_log(&q->log, PMIP_LOG_WARN, AREA, "packets come to queue %u faster than they are taken; those without room are %s",
			  q->config.queue, q->config.fail_open ? "let through" : "dropped");
}

/* @return messages received, 0 = none */
static int recv_batch(struct flowmob_nfqueue *q, struct mmsghdr *messages, size_t n)
{
	struct iovec iov[FLOWMOB_NFQUEUE_BATCH];
	int got;

	for (size_t i = 0; i < n; i++) {
		iov[i] = (struct iovec){ .iov_base = q->buffers + i * q->buffer_len, .iov_len = q->buffer_len };
		messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[i], .msg_iovlen = 1 } };
	}
	for (;;) {
		got = recvmmsg(flowmob_nfqueue_fd(q), messages, (unsigned int)n, MSG_DONTWAIT, NULL);
		if (got >= 0)
			return got;
		if (errno == ENOBUFS)
			overrun(q);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		else if (errno != EINTR)
			return failed(q, "receive from");
	}
}

int flowmob_nfqueue_recv(struct flowmob_nfqueue *queue, struct flowmob_nfqueue_packet *packets, size_t n)
{
	struct mmsghdr messages[FLOWMOB_NFQUEUE_BATCH];
	int got, kept = 0;

	if (n > FLOWMOB_NFQUEUE_BATCH)
		n = FLOWMOB_NFQUEUE_BATCH;
	do { /* what is no packet must not look like the end */
		got = recv_batch(queue, messages, n);
		for (int i = 0; i < got; i++) {
			const struct nlmsghdr *message = (const void *)(queue->buffers + (size_t)i * queue->buffer_len);

			if (mnl_nlmsg_ok(message, (int)messages[i].msg_len))
				kept += take_packet(queue, message, &packets[kept]);
			else
				queue->counters.malformed++;
		}
	} while (got > 0 && kept == 0);
	return got < 0 ? got : kept;
}

void flowmob_nfqueue_verdict(struct flowmob_nfqueue *queue, uint32_t id, enum flowmob_nfqueue_verdict verdict, const uint32_t *mark)
{
	struct nlmsghdr *message = nfq_nlmsg_put((char *)queue->outbox + queue->outbox_len, NFQNL_MSG_VERDICT, queue->config.queue);

	nfq_nlmsg_verdict_put(message, (int)id, (int)verdict);
	if (mark != NULL)
		nfq_nlmsg_verdict_put_mark(message, *mark);
	queue->outbox_len += message->nlmsg_len;
	if (++queue->pending == VERDICTS)
		flowmob_nfqueue_flush(queue);
}

void flowmob_nfqueue_flush(struct flowmob_nfqueue *queue)
{
	if (queue->pending == 0)
		return;
	while (mnl_socket_sendto(queue->socket, queue->outbox, queue->outbox_len) < 0) {
		if (errno == EINTR)
			continue;
		failed(queue, "give verdicts to");
		break;
	}
	queue->counters.verdicts += queue->pending;
	queue->pending = queue->outbox_len = 0;
}

int flowmob_nfqueue_get_counters(const struct flowmob_nfqueue *queue, struct flowmob_nfqueue_counters *counters)
{
	size_t size = counters->size < sizeof(*counters) ? counters->size : sizeof(*counters);

	if (size < sizeof(counters->size))
		return PMIP_ERR_INVALID;
	memcpy(counters, &queue->counters, size);
	counters->size = size;
	return 0;
}
