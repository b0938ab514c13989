/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of the control socket. Bounded in every direction: number of clients, length of a request, replies
 * waiting (no request is read while some do), events waiting (dropped and counted), time without progress. */
#include <config.h>

#include "common/control.h"
#include "common/log.h"
#include "common/unix_socket.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define EVENTS_WAITING_MAX (256 * 1024)
#define IDLE_S 300
#define STUCK_S 30
#define LIMIT_DEFAULT 1000
#define LIMIT_MAX 100000

struct client {
	struct control *control;
	struct bufferevent *bev; /* NULL = free slot */
	bool subscribed;
	bool eof;      /* sends no more; what it has sent is still answered */
	bool closing;  /* once everything is written */
	uint64_t lost; /* events that found no room */
	uint32_t token; /* of a reply that is to come; 0 = none */
};

struct control {
	struct event_base *base;
	struct evconnlistener *listener;
	const struct control_command *common, *own;
	void *user;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct client clients[CONTROL_CLIENTS_MAX];
	struct client *asks; /* whose request is being run */
	uint32_t last_token;
};

const char *control_text(const json_t *request, const char *name)
{
	return json_string_value(json_object_get(request, name));
}

int control_ip(const json_t *request, const char *name, struct pmip_addr *addr)
{
	const char *text = control_text(request, name);
	struct pmip_ip ip;

	if (!text || pmip_ip_parse(&ip, text))
		return -1;
	if (ip.len == 4)
		*addr = pmip_addr_from_ipv4(ip.b);
	else
		memcpy(addr->b, ip.b, sizeof(addr->b));
	return 0;
}

int control_number(const json_t *request, const char *name, uint32_t *out, uint32_t absent, uint32_t max)
{
	const json_t *value = json_object_get(request, name);
	long long number = absent;
	char *end = NULL;

	if (json_is_integer(value)) {
		number = json_integer_value(value);
	} else if (json_is_string(value)) {
		number = strtoll(json_string_value(value), &end, 10);
		if (end == json_string_value(value) || *end != '\0')
			return -1;
	} else if (value) {
		return -1;
	}
	if (number < 0 || number > max)
		return -1;
	*out = (uint32_t)number;
	return 0;
}

int control_limit(const json_t *request, uint32_t *limit, char *error, size_t cap)
{
	if (control_number(request, "limit", limit, LIMIT_DEFAULT, LIMIT_MAX) == 0)
		return 0;
	snprintf(error, cap, "limit is no number from 0 to %d", LIMIT_MAX);
	return -1;
}

int control_flow(const json_t *request, struct pmip_flow *flow, char *error, size_t cap)
{
	uint32_t proto, src_port, dst_port;

	if (control_ip(request, "src", &flow->src) || control_ip(request, "dst", &flow->dst)) {
		snprintf(error, cap, "src or dst is missing or no IP address; dst is the mobile node's");
		return -1;
	}
	if (control_number(request, "proto", &proto, 6, 255) || control_number(request, "sport", &src_port, 0, 65535) ||
	    control_number(request, "dport", &dst_port, 0, 65535)) {
		snprintf(error, cap, "proto is no number from 0 to 255, or sport or dport none from 0 to 65535");
		return -1;
	}
	flow->protocol = (uint8_t)proto;
	flow->src_port = (uint16_t)src_port;
	flow->dst_port = (uint16_t)dst_port;
	return 0;
}

static void client_close(struct client *client)
{
	bufferevent_free(client->bev);
	memset(client, 0, sizeof(*client));
}

static void send_json(struct client *client, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);

	if (text) {
		bufferevent_write(client->bev, text, strlen(text));
		bufferevent_write(client->bev, "\n", 1);
	}
	free(text);
}

static void refuse(struct client *client, const char *error)
{
	json_t *reply = json_pack("{s:b, s:s}", "ok", 0, "error", error);

	send_json(client, reply);
	json_decref(reply);
}

static const struct control_command *find_in(const struct control_command *table, const char *name)
{
	for (; table && table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static void list_commands(const struct control_command *table, char *buf, size_t cap)
{
	size_t len;

	for (; table && table->name; table++) {
		len = strlen(buf);
		snprintf(buf + len, cap - len, "%s%s", len ? ", " : "", table->name);
	}
}

/* @return the name of an argument that the command does not take, or NULL. */
static const char *stray_argument(const struct control_command *command, const json_t *request)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)request, key, value) {
		if (strcmp(key, "cmd") == 0)
			continue;
		for (i = 0; i < CONTROL_ARGS_MAX && command->args[i]; i++)
			if (strcmp(command->args[i], key) == 0)
				break;
		if (i == CONTROL_ARGS_MAX || !command->args[i])
			return key;
	}
	return NULL;
}

static const struct control_command *look_up(struct control *control, const json_t *request, char *error,
					     size_t cap)
{
	const char *name = control_text(request, "cmd"), *stray;
	const struct control_command *command;
	char names[256] = "";
	size_t i, n;

	if (!name) {
		snprintf(error, cap, "no command; send {\"cmd\": NAME}");
		return NULL;
	}
	command = find_in(control->common, name);
	if (!command)
		command = find_in(control->own, name);
	if (!command) {
		list_commands(control->common, names, sizeof(names));
		list_commands(control->own, names, sizeof(names));
		snprintf(error, cap, "unknown command \"%.40s\"; known are %s", name, names);
		return NULL;
	}
	stray = stray_argument(command, request);
	if (!stray)
		return command;
	n = (size_t)snprintf(error, cap, "unknown argument \"%.40s\"; %s takes%s", stray, name,
			     command->args[0] ? "" : " none");
	for (i = 0; i < CONTROL_ARGS_MAX && command->args[i] && n < cap; i++)
		n += (size_t)snprintf(error + n, cap - n, " %s", command->args[i]);
	return NULL;
}

static void handle(struct client *client, const char *line, size_t len)
{
	struct control *control = client->control;
	const struct control_command *command = NULL;
	char error[512] = "";
	json_error_t where;
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);
	json_t *reply = json_pack("{s:b}", "ok", 1);

	if (!request)
		snprintf(error, sizeof(error), "no valid JSON (%s); send one object per line", where.text);
	else
		command = look_up(control, request, error, sizeof(error));
	control->asks = client;
	if (command && command->run(control->user, request, reply, error, sizeof(error)))
		command = NULL;
	control->asks = NULL;
	if (!command) {
		json_object_set_new(reply, "ok", json_false());
		json_object_set_new(reply, "error", json_string(error));
	}
	if (!client->token)
		send_json(client, reply);
	if (command && command->subscribe) {
		client->subscribed = true;
		bufferevent_set_timeouts(client->bev, NULL, &(struct timeval){ .tv_sec = STUCK_S });
	}
	json_decref(request);
	json_decref(reply);
}

static void finish(struct client *client)
{
	client->closing = true;
	bufferevent_disable(client->bev, EV_READ);
	if (evbuffer_get_length(bufferevent_get_output(client->bev)) == 0)
		client_close(client);
}

/* A last request without its newline. @return NULL when there is none. */
static char *take_rest(struct evbuffer *in, size_t *len)
{
	char *rest;

	*len = evbuffer_get_length(in);
	rest = *len > 0 ? malloc(*len) : NULL;
	if (rest)
		evbuffer_remove(in, rest, *len);
	return rest;
}

/* Take requests while no reply waits. */
static void serve(struct client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->bev), *out = bufferevent_get_output(client->bev);
	char *line;
	size_t len;

	while (!client->token && evbuffer_get_length(out) <= (client->subscribed ? EVENTS_WAITING_MAX : 0)) {
		line = evbuffer_readln(in, &len, EVBUFFER_EOL_CRLF);
		if (!line && client->eof)
			line = take_rest(in, &len);
		if (!line && client->eof) {
			finish(client);
			return;
		}
		if (!line)
			break;
		if (len > CONTROL_REQUEST_MAX) {
			free(line);
			refuse(client, "request over 65536 octets");
			finish(client);
			return;
		}
		if (len > 0)
			handle(client, line, len);
		free(line);
	}
	if (!client->token && evbuffer_get_length(in) > CONTROL_REQUEST_MAX &&
	    evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_CRLF).pos < 0) {
		refuse(client, "request over 65536 octets");
		finish(client);
	}
}

uint32_t control_defer(struct control *control)
{
	control->last_token += control->last_token == UINT32_MAX ? 2 : 1;
	control->asks->token = control->last_token;
	return control->last_token;
}

void control_answer(struct control *control, uint32_t token, json_t *reply, const char *error)
{
	struct client *client = control->clients;

	while (client < control->clients + CONTROL_CLIENTS_MAX && (!client->bev || client->token != token))
		client++;
	if (client < control->clients + CONTROL_CLIENTS_MAX) {
		client->token = 0;
		if (error)
			refuse(client, error);
		else
			send_json(client, reply);
		if (!client->closing)
			serve(client);
	}
	json_decref(reply);
}

static void on_read(struct bufferevent *bev, void *user)
{
	struct client *client = user;

	(void)bev;
	if (!client->closing)
		serve(client);
}

/* Everything is written. */
static void on_written(struct bufferevent *bev, void *user)
{
	struct client *client = user;
	uint64_t lost = client->lost;
	json_t *note;

	(void)bev;
	if (client->closing) {
		client_close(client);
		return;
	}
	if (lost > 0) {
		client->lost = 0;
		note = json_pack("{s:s, s:I}", "event", "lost", "count", (json_int_t)lost);
		send_json(client, note);
		json_decref(note);
	}
	serve(client);
}

static void on_event(struct bufferevent *bev, short what, void *user)
{
	struct client *client = user;

	(void)bev;
	if (what & BEV_EVENT_EOF && !client->closing) {
		client->eof = true;
		serve(client);
		return;
	}
	client_close(client);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *addr, int len,
		      void *user)
{
	static const char full[] = "{\"ok\":false,\"error\":\"too many clients; close one\"}\n";
	const struct timeval idle = { .tv_sec = IDLE_S }, stuck = { .tv_sec = STUCK_S };
	struct control *control = user;
	struct client *client = NULL;
	size_t i;

	(void)listener;
	(void)addr;
	(void)len;
	for (i = 0; i < CONTROL_CLIENTS_MAX && !client; i++)
		if (!control->clients[i].bev)
			client = &control->clients[i];
	if (!client) {
		if (send(fd, full, sizeof(full) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			log_line(PMIP_LOG_DEBUG, "control", "a client too many has gone before it was told");
		close(fd);
		return;
	}
	client->control = control;
	client->bev = bufferevent_socket_new(control->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client->bev) {
		close(fd);
		return;
	}
	bufferevent_setcb(client->bev, on_read, on_written, on_event, client);
	bufferevent_setwatermark(client->bev, EV_READ, 0, CONTROL_REQUEST_MAX + 1);
	bufferevent_set_timeouts(client->bev, &idle, &stuck);
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

int control_new(struct control **control, struct event_base *base, const char *path,
		const struct control_command *common, const struct control_command *own, void *user)
{
	struct control *c = calloc(1, sizeof(*c));
	int fd = c ? unix_listen(path, SOCK_STREAM, CONTROL_CLIENTS_MAX, "control") : -1;

	if (fd < 0)
		goto fail;
	c->base = base;
	c->common = common;
	c->own = own;
	c->user = user;
	snprintf(c->path, sizeof(c->path), "%s", path);
	c->listener =
		evconnlistener_new(base, on_accept, c, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!c->listener) {
		close(fd);
		unlink(path);
		goto fail;
	}
	*control = c;
	return 0;
fail:
	free(c);
	return -1;
}

void control_free(struct control *control)
{
	size_t i;

	if (!control)
		return;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (control->clients[i].bev)
			client_close(&control->clients[i]);
	evconnlistener_free(control->listener);
	unlink(control->path);
	free(control);
}

void control_publish(struct control *control, const char *line, size_t len)
{
	struct client *client;
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		client = &control->clients[i];
		if (!client->bev || !client->subscribed || client->closing)
			continue;
		if (client->lost > 0 ||
		    evbuffer_get_length(bufferevent_get_output(client->bev)) > EVENTS_WAITING_MAX)
			client->lost++;
		else
			bufferevent_write(client->bev, line, len);
	}
}

bool control_has_subscribers(const struct control *control)
{
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (control->clients[i].subscribed)
			return true;
	return false;
}
