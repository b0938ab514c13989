/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of rtnetlink or nfnetlink requests: many messages in one send, of which the last asks for an acknowledgement. The kernel answers
 * what it refuses without being asked, so one that has no answer when the last one has is done. Answers are matched to their requests by
 * sequence number. The kernel makes them inside the send, so when that returns all wait in our socket and reading never blocks; when one
 * did not fit there, or there was no memory for it, the socket says so (ENOBUFS). Dumps use the same socket while the queue is empty. */
#include "config.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "backend/backend_log.h"
#include "backend/nl.h"

enum {
	QUEUE_MAX = 128,       /* requests in one send; their answers must fit the receive buffer */
	QUEUE_OCTETS = 32768,  /* octets in one send */
	SOCKET_BUFFER = 1 << 20, /* asked for; the kernel caps it at rmem_max, 208 kB by default, which holds 128 answers */
	ACK_BATCH = 32,        /* answers read in one call */
	ACK_OCTETS = 512,      /* one answer: header, error, the kernel's own words */
	DUMP_TRIES = 3,
};

struct pending {
	int *result;
	int harmless;
	bool is_answered;
	struct nlmsghdr *request; /* in out */
};

struct pmip__nl {
	struct nl_sock *sock;
	struct pmip_log log;
	uint8_t protocol;
	uint32_t first_seq; /* of the queue */
	unsigned int count;
	size_t used;
	struct pending pending[QUEUE_MAX];
	union {
		struct nlmsghdr align;
		char octets[QUEUE_OCTETS];
	} out;
};

union ack {
	struct nlmsghdr header;
	char octets[ACK_OCTETS];
};

static const char area[] = "netlink";

static const char *advice(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return "run as root or give the program CAP_NET_ADMIN";
	case ENODEV:
		return "the interface is gone; look at `ip link`";
	case ENETDOWN:
		return "the interface is down; `ip link set IFACE up`";
	case EOPNOTSUPP:
		return "this kernel lacks the feature; load its module or use another datapath";
	case EEXIST:
		return "somebody else's stands in the way; look at `ip -d link`, `ip -6 route show table all`, `ip -6 rule`";
	case ENOMEM:
	case ENOBUFS:
		return "the kernel is out of memory, or one of net.ipv6.route.max_size, net.netfilter.nf_conntrack_max and net.core.rmem_max is too small";
	default:
		return "the kernel's log (dmesg) may tell more";
	}
}

int pmip__nl_new(struct pmip__nl **out, int family, uint8_t protocol, const struct pmip_log *log)
{
	struct pmip__nl *nl = calloc(1, sizeof(*nl));
	int on = 1, fd, err;

	if (nl == NULL)
		return PMIP_ERR_NOMEM;
	if (log != NULL)
		nl->log = *log;
	nl->protocol = protocol;
	nl->first_seq = 1;
	nl->sock = nl_socket_alloc();
	if (nl->sock == NULL) {
		free(nl);
		return PMIP_ERR_NOMEM;
	}
	err = nl_connect(nl->sock, family);
	if (err == 0)
		err = nl_socket_set_buffer_size(nl->sock, SOCKET_BUFFER, SOCKET_BUFFER);
	if (err < 0) {
		pmip__backend_log(&nl->log, PMIP_LOG_ERROR, area, "cannot open a netlink socket: %s; %s", nl_geterror(err), advice(errno));
		pmip__nl_free(nl);
		return PMIP_ERR_OS;
	}
	/* Each only makes answers shorter or clearer, or dumps smaller; a kernel without it works too. */
	fd = nl_socket_get_fd(nl->sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl_socket_disable_seq_check(nl->sock);
	*out = nl;
	return 0;
}

void pmip__nl_free(struct pmip__nl *nl)
{
	if (nl == NULL)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

uint8_t pmip__nl_protocol(const struct pmip__nl *nl)
{
	return nl->protocol;
}

void pmip__nl_put(struct pmip__nl *nl, struct nl_msg *msg, int harmless, int *result)
{
	struct nlmsghdr *header;
	struct pending *pending;
	size_t len;

	if (msg == NULL) {
		*result = PMIP_ERR_NOMEM;
		return;
	}
	header = nlmsg_hdr(msg);
	len = NLMSG_ALIGN(header->nlmsg_len);
	if (nl->count == QUEUE_MAX || nl->used + len > QUEUE_OCTETS)
		pmip__nl_flush(nl);
	header->nlmsg_flags |= NLM_F_REQUEST;
	header->nlmsg_seq = nl->first_seq + nl->count;
	header->nlmsg_pid = nl_socket_get_local_port(nl->sock);
	pending = &nl->pending[nl->count++];
	pending->result = result;
	pending->harmless = harmless;
	pending->is_answered = false;
	pending->request = memcpy(nl->out.octets + nl->used, header, header->nlmsg_len);
	nl->used += len;
	nlmsg_free(msg);
}

/* The kernel's own words about a refusal (NETLINK_EXT_ACK), or "". */
static const char *kernel_words(struct nlmsghdr *header)
{
	struct nlattr *attr;
	int offset = (int)sizeof(struct nlmsgerr);

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return "";
	attr = nlmsg_find_attr(header, offset, NLMSGERR_ATTR_MSG);
	if (attr == NULL || nla_len(attr) < 1 || memchr(nla_data(attr), 0, (size_t)nla_len(attr)) == NULL)
		return "";
	return nla_get_string(attr);
}

static void settle(struct pmip__nl *nl, struct nlmsghdr *header)
{
	const struct nlmsgerr *answer = nlmsg_data(header);
	uint32_t index = header->nlmsg_seq - nl->first_seq;
	struct pending *pending;
	const char *words;
	char what[256];
	int error;

	if (header->nlmsg_type != NLMSG_ERROR || nlmsg_datalen(header) < (int)sizeof(*answer) || index >= nl->count)
		return;
	pending = &nl->pending[index];
	pending->is_answered = true;
	error = -answer->error;
	if (error == 0 || error == pending->harmless) {
		*pending->result = 0;
		return;
	}
	*pending->result = error == EOPNOTSUPP ? PMIP_ERR_UNSUPPORTED : PMIP_ERR_OS;
	words = kernel_words(header);
	pmip__backend_log(&nl->log, PMIP_LOG_ERROR, area, "cannot %s: %s%s%s; %s",
		     pmip__nl_describe(pending->request, what, sizeof(what)), strerror(error), words[0] != '\0' ? ": " : "", words, advice(error));
}

/* Read some of the answers that wait. @return how many, or -errno. */
static int read_answers(struct pmip__nl *nl)
{
	static const struct mmsghdr empty;
	union ack acks[ACK_BATCH];
	struct mmsghdr msgs[ACK_BATCH];
	struct iovec iov[ACK_BATCH];
	int i, n;

	for (i = 0; i < ACK_BATCH; i++) {
		iov[i] = (struct iovec){ .iov_base = acks[i].octets, .iov_len = sizeof(acks[i].octets) };
		msgs[i] = empty;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(nl_socket_get_fd(nl->sock), msgs, ACK_BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return -errno;
	for (i = 0; i < n; i++) {
		if (nlmsg_ok(&acks[i].header, (int)msgs[i].msg_len))
			settle(nl, &acks[i].header);
	}
	return n;
}

/* Read them all. What has none has failed if one was lost. */
static void settle_all(struct pmip__nl *nl)
{
	bool is_lost = false;
	unsigned int i;
	int n = 1;

	while (!nl->pending[nl->count - 1].is_answered && (n > 0 || n == -EINTR || n == -ENOBUFS)) {
		n = read_answers(nl);
		is_lost = is_lost || n == -ENOBUFS;
	}
	if (!is_lost && nl->pending[nl->count - 1].is_answered)
		return;
	for (i = 0; i < nl->count; i++) {
		if (!nl->pending[i].is_answered)
			*nl->pending[i].result = PMIP_ERR_OS;
	}
	pmip__backend_log(&nl->log, PMIP_LOG_ERROR, area, "answers of the kernel to %u requests were lost; raise net.core.rmem_max", nl->count);
}

int pmip__nl_flush(struct pmip__nl *nl)
{
	unsigned int i;
	int err;

	if (nl->count == 0)
		return 0;
	nl->pending[nl->count - 1].request->nlmsg_flags |= NLM_F_ACK;
	err = nl_sendto(nl->sock, nl->out.octets, nl->used);
	for (i = 0; i < nl->count; i++)
		*nl->pending[i].result = err < 0 ? PMIP_ERR_OS : 0; /* until the kernel says otherwise */
	if (err < 0)
		pmip__backend_log(&nl->log, PMIP_LOG_ERROR, area, "cannot send %u requests to the kernel: %s; %s", nl->count, nl_geterror(err),
			     advice(errno));
	else
		settle_all(nl);
	nl->first_seq += nl->count;
	nl->count = 0;
	nl->used = 0;
	return err < 0 ? PMIP_ERR_OS : 0;
}

struct dump {
	void (*each)(void *user, struct nlmsghdr *answer);
	void *user;
};

static int on_dump(struct nl_msg *msg, void *arg)
{
	const struct dump *dump = arg;

	dump->each(dump->user, nlmsg_hdr(msg));
	return NL_OK;
}

/* The only answer; conntrack says of it too that it is one of many. */
static int on_answer(struct nl_msg *msg, void *arg)
{
	on_dump(msg, arg);
	return NL_STOP;
}

/* Send one request that something other than an acknowledgement answers. @return 0 or an error of libnl. */
static int converse(struct pmip__nl *nl, struct nl_msg *request, nl_recvmsg_msg_cb_t on, struct dump *dump)
{
	int tries, err;

	pmip__nl_flush(nl);
	nlmsg_hdr(request)->nlmsg_flags |= NLM_F_REQUEST;
	nl_socket_modify_cb(nl->sock, NL_CB_VALID, NL_CB_CUSTOM, on, dump);
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		nlmsg_hdr(request)->nlmsg_seq = NL_AUTO_SEQ;
		nlmsg_hdr(request)->nlmsg_pid = NL_AUTO_PORT;
		nl_socket_disable_auto_ack(nl->sock);
		err = nl_send_auto(nl->sock, request);
		if (err >= 0)
			err = nl_recvmsgs_default(nl->sock);
		if (err != -NLE_DUMP_INTR)
			break;
	}
	nlmsg_free(request);
	return err == -NLE_DUMP_INTR ? 0 : err;
}

int pmip__nl_ask(struct pmip__nl *nl, struct nl_msg *request, void (*each)(void *user, struct nlmsghdr *answer), void *user)
{
	struct dump dump = { .each = each, .user = user };
	int err;

	if (request == NULL)
		return PMIP_ERR_NOMEM;
	err = converse(nl, request, on_answer, &dump);
	return err == -NLE_OBJ_NOTFOUND || err == -NLE_NODEV ? PMIP_ERR_NOENT : err < 0 ? PMIP_ERR_OS : 0;
}

int pmip__nl_dump(struct pmip__nl *nl, struct nl_msg *request, void (*each)(void *user, struct nlmsghdr *answer), void *user)
{
	struct dump dump = { .each = each, .user = user };
	int err;

	if (request == NULL)
		return PMIP_ERR_NOMEM;
	nlmsg_hdr(request)->nlmsg_flags |= NLM_F_DUMP;
	err = converse(nl, request, on_dump, &dump);
	if (err == -NLE_OPNOTSUPP)
		return PMIP_ERR_UNSUPPORTED;
	if (err < 0) {
		pmip__backend_log(&nl->log, PMIP_LOG_ERROR, area, "cannot read the kernel's tables: %s; %s", nl_geterror(err), advice(errno));
		return PMIP_ERR_OS;
	}
	return 0;
}
