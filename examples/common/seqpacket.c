/* SPDX-License-Identifier: BSD-2-Clause */
/* What the socket does not take waits here, up to a limit far above what anybody has to say at once. */
#include <config.h>

#include "common/seqpacket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAITING_MAX (64u << 20) /* octets */
#define PACKETS_AT_ONCE 256

struct waiting {
	STAILQ_ENTRY(waiting) next;
	size_t len;
	uint8_t data[];
};

struct seqpacket {
	struct seqpacket_user user;
	int fd;
	struct event *read_event, *write_event;
	STAILQ_HEAD(, waiting) out;
	size_t waiting; /* octets in out */
	bool busy;      /* in on_readable() or on_writable() */
	bool down;      /* said so */
	bool dead;      /* freed; goes when it is not busy */
};

static void drop_first(struct seqpacket *s)
{
	struct waiting *first = STAILQ_FIRST(&s->out);

	STAILQ_REMOVE_HEAD(&s->out, next);
	s->waiting -= first->len;
	free(first);
}

static void destroy(struct seqpacket *s)
{
	if (s->read_event)
		event_free(s->read_event);
	if (s->write_event)
		event_free(s->write_event);
	while (!STAILQ_EMPTY(&s->out))
		drop_first(s);
	close(s->fd);
	free(s);
}

void seqpacket_free(struct seqpacket *s)
{
	if (!s)
		return;
	s->dead = s->down = true;
	if (!s->busy)
		destroy(s);
}

static void go_down(struct seqpacket *s, const char *why)
{
	if (s->down)
		return;
	s->down = true;
	event_del(s->read_event);
	event_del(s->write_event);
	s->user.down(s->user.user, why);
}

/* @return whether it has left; false: it has to wait, or the connection is down. */
static bool send_now(struct seqpacket *s, const uint8_t *data, size_t len)
{
	if (send(s->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS)
		go_down(s, strerror(errno));
	return false;
}

static void leave(struct seqpacket *s)
{
	s->busy = false;
	if (s->dead)
		destroy(s);
}

static void on_writable(evutil_socket_t fd, short what, void *user)
{
	struct seqpacket *s = user;

	(void)fd;
	(void)what;
	s->busy = true;
	while (!s->down && !STAILQ_EMPTY(&s->out) && send_now(s, STAILQ_FIRST(&s->out)->data, STAILQ_FIRST(&s->out)->len))
		drop_first(s);
	if (!s->down && !STAILQ_EMPTY(&s->out))
		event_add(s->write_event, NULL);
	leave(s);
}

void seqpacket_send(struct seqpacket *s, const uint8_t *data, size_t len)
{
	bool was_busy = s->busy;
	struct waiting *keep;

	s->busy = true;
	if (!s->down && !(STAILQ_EMPTY(&s->out) && send_now(s, data, len)) && !s->down) {
		keep = s->waiting + len > WAITING_MAX ? NULL : malloc(sizeof(*keep) + len);
		if (keep) {
			keep->len = len;
			memcpy(keep->data, data, len);
			s->waiting += len;
			STAILQ_INSERT_TAIL(&s->out, keep, next);
			event_add(s->write_event, NULL);
		} else {
			go_down(s, "it does not take what it is told");
		}
	}
	if (!was_busy)
		leave(s);
}

static void on_readable(evutil_socket_t fd, short what, void *user)
{
	struct seqpacket *s = user;
	uint8_t data[SEQPACKET_MAX + 1];
	ssize_t len = 1;

	(void)fd;
	(void)what;
	s->busy = true;
	for (int i = 0; i < PACKETS_AT_ONCE && !s->down && len > 0; i++) {
		len = recv(s->fd, data, sizeof(data), MSG_DONTWAIT);
		if (len > 0)
			s->user.packet(s->user.user, data, (size_t)len);
		else if (len == 0)
			go_down(s, "it has closed the connection");
		else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			go_down(s, strerror(errno));
	}
	s->user.settle(s->user.user);
	leave(s);
}

int seqpacket_new(struct seqpacket **made, struct event_base *base, int fd, const struct seqpacket_user *user)
{
	struct seqpacket *s = calloc(1, sizeof(*s));

	if (!s) {
		close(fd);
		return -1;
	}
	s->user = *user;
	s->fd = fd;
	STAILQ_INIT(&s->out);
	s->read_event = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, s);
	s->write_event = event_new(base, fd, EV_WRITE, on_writable, s);
	if (!s->read_event || !s->write_event || event_add(s->read_event, NULL)) {
		destroy(s);
		return -1;
	}
	*made = s;
	return 0;
}
