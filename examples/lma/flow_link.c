/* SPDX-License-Identifier: BSD-2-Clause */
/* One packet of the socket is one message. What the socket does not take waits here, up to a limit far above any list. */
#include <config.h>

#include "lma/flow_link.h"

#include "common/log.h"
#include "common/unix_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AREA "flow_socket"
#define WAITING_MAX (64u << 20) /* octets */
#define MESSAGES_AT_ONCE 256

struct waiting {
	STAILQ_ENTRY(waiting) next;
	size_t len;
	uint8_t data[];
};

struct flow_link {
	struct flow_link_user user;
	struct event_base *base;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int listener, fd; /* fd -1: nobody is connected */
	struct event *accept_event, *read_event, *write_event;
	STAILQ_HEAD(, waiting) out;
	size_t waiting; /* octets in out */
};

static void free_event(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

static void hang_up(struct flow_link *link)
{
	struct waiting *first;

	free_event(&link->read_event);
	free_event(&link->write_event);
	close(link->fd);
	link->fd = -1;
	while ((first = STAILQ_FIRST(&link->out))) {
		STAILQ_REMOVE_HEAD(&link->out, next);
		free(first);
	}
	link->waiting = 0;
	link->user.down(link->user.user);
}

void flow_link_drop(struct flow_link *link, const char *why)
{
	if (link->fd < 0)
		return;
	log_line(PMIP_LOG_WARN, AREA, "the flow manager is let go: %s", why);
	hang_up(link);
}

bool flow_link_is_up(const struct flow_link *link)
{
	return link->fd >= 0;
}

/* @return whether it has left; false: it has to wait, or nobody is there any more. */
static bool send_now(struct flow_link *link, const uint8_t *data, size_t len)
{
	if (send(link->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS)
		flow_link_drop(link, strerror(errno));
	return false;
}

static void on_writable(evutil_socket_t fd, short what, void *user)
{
	struct flow_link *link = user;
	struct waiting *first;

	(void)fd;
	(void)what;
	while (link->fd >= 0 && (first = STAILQ_FIRST(&link->out)) && send_now(link, first->data, first->len)) {
		STAILQ_REMOVE_HEAD(&link->out, next);
		link->waiting -= first->len;
		free(first);
	}
	if (link->fd >= 0 && !STAILQ_EMPTY(&link->out))
		event_add(link->write_event, NULL);
}

void flow_link_send(struct flow_link *link, const struct flowmob_fmp *message)
{
	uint8_t data[FLOWMOB_FMP_MAX];
	int len = link->fd < 0 ? 0 : flowmob_fmp_encode(data, sizeof(data), message);
	struct waiting *keep;

	if (len <= 0 || (STAILQ_EMPTY(&link->out) && send_now(link, data, (size_t)len)) || link->fd < 0)
		return;
	keep = link->waiting + (size_t)len > WAITING_MAX ? NULL : malloc(sizeof(*keep) + (size_t)len);
	if (!keep) {
		flow_link_drop(link, "it does not take what it is told");
		return;
	}
	keep->len = (size_t)len;
	memcpy(keep->data, data, keep->len);
	link->waiting += keep->len;
	STAILQ_INSERT_TAIL(&link->out, keep, next);
	event_add(link->write_event, NULL);
}

/* A request that cannot be read is answered as such; anything else ends the connection. */
static void refuse(struct flow_link *link, const struct flowmob_fmp *bad, int err)
{
	struct flowmob_fmp answer = { .op = bad->op | FLOWMOB_FMP_ANSWER, .request = bad->request,
				      .status = err == PMIP_ERR_UNSUPPORTED ? FLOWMOB_FMP_VERSION_UNKNOWN : FLOWMOB_FMP_MALFORMED };
	uint8_t data[FLOWMOB_FMP_HEADER] = { FLOWMOB_FMP_VERSION, answer.op, (uint8_t)(bad->request >> 8), (uint8_t)bad->request,
					     0, 0, 0, FLOWMOB_FMP_UNKNOWN_OP };

	if (!bad->op || bad->op & FLOWMOB_FMP_ANSWER)
		flow_link_drop(link, "it says what cannot be understood");
	else if (err == PMIP_ERR_TYPE_UNKNOWN)
		send_now(link, data, sizeof(data)); /* an op that the codec does not write either */
	else
		flow_link_send(link, &answer);
}

static void take(struct flow_link *link, const uint8_t *data, size_t len)
{
	struct flowmob_fmp message;
	int err = flowmob_fmp_decode(&message, data, len);

	if (err)
		refuse(link, &message, err);
	else if (message.op & FLOWMOB_FMP_ANSWER || message.op >= FLOWMOB_FMP_BINDING_ADDED)
		flow_link_drop(link, "it answers what nobody has asked");
	else
		link->user.message(link->user.user, &message);
}

static void on_readable(evutil_socket_t fd, short what, void *user)
{
	struct flow_link *link = user;
	uint8_t data[FLOWMOB_FMP_MAX + 1];
	ssize_t len = 1;

	(void)fd;
	(void)what;
	for (int i = 0; i < MESSAGES_AT_ONCE && link->fd >= 0 && len > 0; i++) {
		len = recv(link->fd, data, sizeof(data), MSG_DONTWAIT);
		if (len > 0)
			take(link, data, (size_t)len);
		else if (len == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			hang_up(link);
	}
	link->user.settle(link->user.user);
}

static void on_accept(evutil_socket_t listener, short what, void *user)
{
	struct flow_link *link = user;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd < 0)
		return;
	if (link->fd >= 0) {
		log_line(PMIP_LOG_WARN, AREA, "a second flow manager is refused");
		close(fd);
		return;
	}
	link->fd = fd;
	link->read_event = event_new(link->base, fd, EV_READ | EV_PERSIST, on_readable, link);
	link->write_event = event_new(link->base, fd, EV_WRITE, on_writable, link);
	if (!link->read_event || !link->write_event || event_add(link->read_event, NULL)) {
		hang_up(link);
		return;
	}
	log_line(PMIP_LOG_INFO, AREA, "a flow manager has connected");
	link->user.up(link->user.user);
}

int flow_link_new(struct flow_link **made, struct event_base *base, const char *path, const struct flow_link_user *user)
{
	struct flow_link *link = calloc(1, sizeof(*link));

	if (!link)
		return -1;
	link->user = *user;
	link->base = base;
	link->fd = -1;
	STAILQ_INIT(&link->out);
	snprintf(link->path, sizeof(link->path), "%s", path);
	link->listener = unix_listen(path, SOCK_SEQPACKET, 4, AREA);
	if (link->listener < 0) {
		free(link);
		return -1;
	}
	link->accept_event = event_new(base, link->listener, EV_READ | EV_PERSIST, on_accept, link);
	if (!link->accept_event || event_add(link->accept_event, NULL)) {
		flow_link_free(link);
		return -1;
	}
	*made = link;
	return 0;
}

void flow_link_free(struct flow_link *link)
{
	if (!link)
		return;
	if (link->fd >= 0)
		hang_up(link);
	free_event(&link->accept_event);
	close(link->listener);
	unlink(link->path);
	free(link);
}
