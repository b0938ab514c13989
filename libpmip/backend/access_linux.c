/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAG's access links on Linux (RFC 5213 section 6.9): who comes, who goes, Router Advertisements.
 *
 * A link is watched by name. While an interface of that name is in our network namespace it carries the MAG's MAC address, and
 * when it has carrier also the MAG's link-local address, the same on every link of the domain (RFC 6543).
 *   attach: carrier, where the one mobile node of the link is known beforehand; else the first neighbour discovery or listener
 *           message of a MAC address. A listener query at carrier makes a mobile node speak that does not by itself: one that has
 *           been moved to us with its addresses in place sends nothing for about 10 ms and no Router Solicitation for seconds.
 *   detach: no carrier, or no such interface any more: everybody there. Or neighbour unreachability detection (RFC 4861 section
 *           7.3) of our own: PROBES unicast Neighbour Solicitations unanswered. The kernel's is not used: its entries are about
 *           addresses that traffic names, take longer, and go stale with the interface.
 * Carrier is IFF_LOWER_UP, not IFF_RUNNING: the latter follows up to a second later when an interface comes from another network
 * namespace (the kernel takes a link change that it thinks not urgent once a second).
 *
 * Frames are seen by one packet socket behind the kernel's ingress programs, so what a datapath takes away there costs nothing
 * here. Events wait in a queue with room for the most that one read can bring; nothing is read when there is not that room. */
#define _GNU_SOURCE /* recvmmsg */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include <pmip/access.h>

#include "link.h"
#include "nd.h"
#include "os.h"

#define AREA "access"
#define LINKS_MAX 1024
#define STATIONS_MAX 1024           /* per link; what a flood of invented MAC addresses can fill */
#define FRAMES 32
#define FRAME_BYTES 2048
#define PACKET_QUEUE_BYTES (4 << 20)
#define PROBE_INTERVAL_MS 5000
#define PROBES 3                    /* MAX_UNICAST_SOLICIT, RFC 4861 section 10 */
#define RETRANS_US 1000000          /* RETRANS_TIMER, RFC 4861 section 10; also outlasts duplicate address detection */

struct station {
	uint8_t mac[6];
	bool has_addr;
	struct pmip_addr addr;
	unsigned int asked;         /* probes since the last sign of life */
	uint64_t due_us;            /* next probe */
};

struct link {
	char name[IFNAMSIZ];
	uint8_t att;
	uint8_t mn_subtype;
	uint8_t mn_len;             /* > 0: the one mobile node of this link */
	uint8_t mn_id[PMIP_MNID_MAX];
	uint32_t index;             /* 0 = no such interface now */
	uint32_t mtu;
	bool listed;                /* named by the listing under way */
	bool up;
	bool addressed;
	bool attached;              /* ATTACH told for mn_id */
	bool own_mac_known;
	uint8_t own_mac[6];
	int own_gen_mode;
	struct station *stations;
	size_t count, room;
	uint64_t query_due_us;      /* while there are no stations */
};

struct queued {
	enum pmip_access_event_type type;
	const struct link *link;
	uint32_t index;
	struct pmip_llid ll_id;
	const char *trigger;
};

struct access {
	int epoll_fd;
	int packet_fd;
	struct pmip__rtnl *rtnl;
	struct pmip_log log;
	struct pmip_addr link_local;
	uint8_t mac[6];
	uint64_t interval_us;
	uint64_t due_us;            /* no probe earlier than this */
	struct link *links;
	size_t link_count;
	struct queued *queue;       /* ring */
	size_t queue_cap, head, queued;
	struct mmsghdr msg[FRAMES];
	struct iovec iov[FRAMES];
	struct sockaddr_ll from[FRAMES];
	uint8_t frame[FRAMES][FRAME_BYTES];
};

static size_t queue_room(const struct access *a)
{
	return a->queue_cap - a->queued;
}

static void tell(struct access *a, enum pmip_access_event_type type, const struct link *l, const uint8_t *mac,
		 const char *trigger)
{
	struct queued *q = &a->queue[(a->head + a->queued++) % a->queue_cap];

	*q = (struct queued){.type = type, .link = l, .index = l->index, .trigger = trigger};
	if (mac) {
		q->ll_id.len = 6;
		memcpy(q->ll_id.b, mac, 6);
	}
}

static int send_frame(struct access *a, uint32_t index, const uint8_t *frame, size_t len)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6), .sll_ifindex = (int)index,
				 .sll_halen = 6};

	memcpy(to.sll_addr, frame, 6);
	return sendto(a->packet_fd, frame, len, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0 ? PMIP_ERR_OS : 0;
}

static void send_query(struct access *a, const struct link *l)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];

	send_frame(a, l->index, frame, pmip__nd_write_query(frame, a->mac, &a->link_local));
}

static void due_at(struct access *a, uint64_t *due_us, uint64_t when_us)
{
	*due_us = when_us;
	if (when_us < a->due_us)
		a->due_us = when_us;
}

/* Stations */

static struct station *station_find(struct link *l, const uint8_t mac[6])
{
	for (size_t i = 0; i < l->count; i++)
		if (memcmp(l->stations[i].mac, mac, 6) == 0)
			return &l->stations[i];
	return NULL;
}

static struct station *station_add(struct access *a, struct link *l, const uint8_t mac[6])
{
	struct station *s;

	if (l->count == STATIONS_MAX)
		return NULL;
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 4;

		s = realloc(l->stations, room * sizeof(*s));
		if (!s) {
			pmip__tell(&a->log, PMIP_LOG_ERROR, AREA, "no memory for another mobile node on %s", l->name);
			return NULL;
		}
		l->stations = s;
		l->room = room;
	}
	s = &l->stations[l->count++];
	memset(s, 0, sizeof(*s));
	memcpy(s->mac, mac, 6);
	return s;
}

static void station_lost(struct access *a, struct link *l, struct station *s)
{
	uint8_t mac[6];

	memcpy(mac, s->mac, 6);
	*s = l->stations[--l->count];
	if (!l->mn_len) {
		tell(a, PMIP_ACCESS_DETACH, l, mac, "neighbour unreachable");
	} else if (!l->count && l->attached) {
		l->attached = false;
		tell(a, PMIP_ACCESS_DETACH, l, NULL, "neighbour unreachable");
	}
}

static void station_seen(struct access *a, struct link *l, const struct pmip__nd_seen *seen, uint64_t now)
{
	struct station *s = station_find(l, seen->mac);
	bool news = l->mn_len ? !l->attached : !s;

	if (!s)
		s = station_add(a, l, seen->mac);
	if (!s)
		return;
	s->asked = 0;
	due_at(a, &s->due_us, now + a->interval_us);
	if (seen->has_addr) {
		s->addr = seen->addr;
		s->has_addr = true;
	}
	if (seen->kind == PMIP__ND_SOLICIT)
		tell(a, PMIP_ACCESS_SOLICIT, l, seen->mac, "router solicitation");
	else if (news)
		tell(a, PMIP_ACCESS_ATTACH, l, seen->mac, "neighbour discovery");
	if (news)
		l->attached = l->mn_len > 0;
}

/* Links */

static struct link *link_by_index(struct access *a, uint32_t index)
{
	for (size_t i = 0; i < a->link_count; i++)
		if (a->links[i].index == index)
			return &a->links[i];
	return NULL;
}

static struct link *link_by_name(struct access *a, const char *name)
{
	for (size_t i = 0; i < a->link_count; i++)
		if (strcmp(a->links[i].name, name) == 0)
			return &a->links[i];
	return NULL;
}

static void link_down(struct access *a, struct link *l)
{
	if (l->attached || l->count)
		tell(a, PMIP_ACCESS_DETACH, l, NULL, "link down");
	l->up = false;
	l->attached = false;
	l->count = 0;
}

static void link_gone(struct access *a, struct link *l)
{
	link_down(a, l);
	l->index = 0;
	l->addressed = false;
}

static void link_give_back(struct access *a, const struct link *l)
{
	pmip__rtnl_give_back(a->rtnl, l->index, &a->link_local, l->own_mac_known ? l->own_mac : NULL, l->own_gen_mode);
}

static void link_found(struct access *a, struct link *l, const struct pmip__link_info *info)
{
	struct packet_mreq group = {.mr_ifindex = (int)info->index, .mr_type = PACKET_MR_ALLMULTI};

	l->index = info->index;
	if (!info->ethernet) {
		pmip__tell(&a->log, PMIP_LOG_ERROR, AREA, "%s is no Ethernet interface; give another as access link", l->name);
		return;
	}
	/* One that comes back with our address on it is no witness of its own. */
	if (memcmp(info->mac, a->mac, 6) != 0) {
		memcpy(l->own_mac, info->mac, 6);
		l->own_mac_known = true;
	}
	l->own_gen_mode = info->addr_gen_mode;
	pmip__rtnl_take(a->rtnl, info, a->mac);
	/* Solicited-node and listener report groups are not ours, yet we want to hear them. */
	setsockopt(a->packet_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &group, sizeof(group));
	pmip__tell(&a->log, PMIP_LOG_INFO, AREA, "access link %s is interface %u", l->name, l->index);
}

static void link_up(struct access *a, struct link *l, bool others)
{
	l->up = true;
	if (!l->addressed)
		l->addressed = pmip__rtnl_set_link_local(a->rtnl, l->index, &a->link_local, others) == 0;
	if (l->mn_len) {
		l->attached = true;
		tell(a, PMIP_ACCESS_ATTACH, l, NULL, "link up");
	}
	send_query(a, l);
	due_at(a, &l->query_due_us, pmip__clock_us(CLOCK_MONOTONIC) + a->interval_us);
}

static void listing_ended(struct access *a)
{
	for (size_t i = 0; i < a->link_count; i++) {
		struct link *l = &a->links[i];

		if (l->index && !l->listed)
			link_gone(a, l);
		l->listed = false;
	}
}

/* What the kernel says about an interface; called for ours and all others. */
static void link_news(void *user, const struct pmip__link_info *info)
{
	struct access *a = user;
	struct link *l;
	bool up, others, renamed;

	if (!info->index) {
		listing_ended(a);
		return;
	}
	l = link_by_index(a, info->index);
	renamed = l && !info->gone && strcmp(l->name, info->name) != 0;
	if (renamed)
		link_give_back(a, l);
	if (renamed || (l && info->gone))
		link_gone(a, l);
	l = info->gone ? NULL : link_by_name(a, info->name);
	if (!l)
		return;
	if (l->index && l->index != info->index)
		link_gone(a, l);
	others = !l->index && (info->flags & IFF_UP);
	if (!l->index)
		link_found(a, l, info);
	l->listed = true;
	l->mtu = info->mtu;
	/* The kernel takes link-local addresses away when the interface is set down, not when carrier goes. */
	if (!(info->flags & IFF_UP))
		l->addressed = false;
	up = info->ethernet && (info->flags & IFF_UP) && (info->flags & IFF_LOWER_UP) && !(info->flags & IFF_DORMANT);
	if (up && !l->up)
		link_up(a, l, others);
	else if (!up && l->up)
		link_down(a, l);
}

/* Frames */

static int read_frames(struct access *a)
{
	uint64_t now;
	int got;

	for (size_t i = 0; i < FRAMES; i++)
		a->msg[i].msg_hdr.msg_namelen = sizeof(a->from[i]);
	do
		got = recvmmsg(a->packet_fd, a->msg, FRAMES, MSG_DONTWAIT, NULL);
	while (got < 0 && errno == EINTR);
	/* An interface that is set down is told here too, as ENETDOWN; rtnetlink tells it better. */
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENETDOWN ? 0 : PMIP_ERR_OS;
	now = got ? pmip__clock_us(CLOCK_MONOTONIC) : 0;
	for (int i = 0; i < got; i++) {
		struct link *l = link_by_index(a, (uint32_t)a->from[i].sll_ifindex);
		struct pmip__nd_seen seen;

		if (!l || !l->up || a->from[i].sll_pkttype == PACKET_OUTGOING)
			continue;
		pmip__nd_read(&seen, a->frame[i], a->msg[i].msg_len);
		if (seen.kind != PMIP__ND_NOTHING && memcmp(seen.mac, a->mac, 6) != 0)
			station_seen(a, l, &seen, now);
	}
	return 0;
}

/* The backend's functions */

static int access_fd(void *ctx)
{
	return ((struct access *)ctx)->epoll_fd;
}

static void fill_event(struct pmip_access_event *event, const struct queued *q)
{
	const struct link *l = q->link;

	*event = (struct pmip_access_event){
		.type = q->type,
		.trigger = q->trigger,
		.attach = {.size = sizeof(event->attach), .link = q->index, .ll_id = q->ll_id, .att = l->att, .link_mtu = l->mtu,
			   .mn_id = {.subtype = l->mn_subtype, .len = l->mn_len, .id = l->mn_len ? l->mn_id : NULL}},
	};
}

static int access_recv(void *ctx, struct pmip_access_event *events, size_t n)
{
	struct access *a = ctx;
	size_t taken = 0;
	int err = 0;

	/* One read of news tells each link once at most, as two events, and at the end of a listing one more. */
	while (queue_room(a) >= 3 * a->link_count && (err = pmip__rtnl_read(a->rtnl)) > 0)
		;
	if (err >= 0 && queue_room(a) >= FRAMES)
		err = read_frames(a);
	if (err < 0) {
		pmip__tell(&a->log, PMIP_LOG_ERROR, AREA, "cannot watch the access links: %s", strerror(errno));
		if (!a->queued)
			return err;
	}
	while (taken < n && a->queued) {
		fill_event(&events[taken++], &a->queue[a->head]);
		a->head = (a->head + 1) % a->queue_cap;
		a->queued--;
	}
	return (int)taken;
}

static int access_send_ra(void *ctx, const struct pmip_ra *ra)
{
	struct access *a = ctx;
	uint8_t frame[PMIP__ND_FRAME_MAX];
	struct link *l = ra->link ? link_by_index(a, ra->link) : NULL;

	if (!l || !l->up)
		return PMIP_ERR_NOENT;
	return send_frame(a, ra->link, frame, pmip__nd_write_ra(frame, a->mac, ra));
}

static int access_timeout_ms(void *ctx, uint64_t mono_us)
{
	struct access *a = ctx;

	if (a->queued)
		return 0;
	if (a->due_us == PMIP_TIME_NONE)
		return -1;
	return a->due_us <= mono_us ? 0 : (int)((a->due_us - mono_us + 999) / 1000);
}

/* false: the queue is full, go on next time. */
static bool probe_link(struct access *a, struct link *l, uint64_t now)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];
	bool query = !l->count && l->query_due_us <= now;

	for (size_t i = l->count; i-- > 0;) {
		struct station *s = &l->stations[i];

		if (s->due_us > now) {
			due_at(a, &s->due_us, s->due_us);
		} else if (!s->has_addr) {
			query = true;
			due_at(a, &s->due_us, now + a->interval_us);
		} else if (s->asked < PROBES) {
			s->asked++;
			send_frame(a, l->index, frame, pmip__nd_write_ns(frame, a->mac, &a->link_local, s->mac, &s->addr));
			due_at(a, &s->due_us, now + RETRANS_US);
		} else if (queue_room(a)) {
			station_lost(a, l, s);
		} else {
			return false;
		}
	}
	if (query)
		send_query(a, l);
	if (!l->count)
		due_at(a, &l->query_due_us, l->query_due_us > now ? l->query_due_us : now + a->interval_us);
	return true;
}

static void access_timeout(void *ctx, uint64_t mono_us)
{
	struct access *a = ctx;

	if (a->due_us > mono_us)
		return;
	a->due_us = PMIP_TIME_NONE;
	for (size_t i = 0; i < a->link_count; i++)
		if (a->links[i].up && !probe_link(a, &a->links[i], mono_us))
			a->due_us = mono_us;
}

static void access_free(void *ctx)
{
	struct access *a = ctx;

	if (!a)
		return;
	for (size_t i = 0; i < a->link_count; i++) {
		struct link *l = &a->links[i];

		if (l->index)
			link_give_back(a, l);
		free(l->stations);
	}
	pmip__rtnl_free(a->rtnl);
	if (a->packet_fd >= 0)
		close(a->packet_fd);
	if (a->epoll_fd >= 0)
		close(a->epoll_fd);
	free(a->queue);
	free(a->links);
	free(a);
}

static const struct pmip_access_ops access_ops = {
	.size = sizeof(struct pmip_access_ops),
	.fd = access_fd,
	.recv = access_recv,
	.send_ra = access_send_ra,
	.timeout_ms = access_timeout_ms,
	.timeout = access_timeout,
	.free = access_free,
};

static int open_sockets(struct access *a)
{
	struct sockaddr_ll any = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6)};
	int bytes = PACKET_QUEUE_BYTES, on = 1;
	struct epoll_event readable = {.events = EPOLLIN};

	a->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	/* Protocol 0: deaf until the filter is in place. */
	a->packet_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->epoll_fd < 0 || a->packet_fd < 0 ||
	    setsockopt(a->packet_fd, SOL_SOCKET, SO_ATTACH_FILTER, &pmip__nd_filter, sizeof(pmip__nd_filter)) < 0 ||
	    bind(a->packet_fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    epoll_ctl(a->epoll_fd, EPOLL_CTL_ADD, a->packet_fd, &readable) < 0 ||
	    epoll_ctl(a->epoll_fd, EPOLL_CTL_ADD, pmip__rtnl_fd(a->rtnl), &readable) < 0) {
		pmip__tell(&a->log, PMIP_LOG_ERROR, AREA, "cannot open a packet socket: %s; run as root or with CAP_NET_RAW",
			   strerror(errno));
		return PMIP_ERR_OS;
	}
	setsockopt(a->packet_fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (setsockopt(a->packet_fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(a->packet_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	for (size_t i = 0; i < FRAMES; i++) {
		a->iov[i] = (struct iovec){.iov_base = a->frame[i], .iov_len = FRAME_BYTES};
		a->msg[i].msg_hdr = (struct msghdr){.msg_name = &a->from[i], .msg_iov = &a->iov[i], .msg_iovlen = 1};
	}
	return 0;
}

static int copy_links(struct access *a, const struct pmip_access_config *config)
{
	for (size_t i = 0; i < config->link_count; i++) {
		const struct pmip_access_link *from = &config->links[i];
		struct link *l = &a->links[i];

		if (!from->name || !*from->name || strlen(from->name) >= IFNAMSIZ || from->mn_id.len > PMIP_MNID_MAX ||
		    link_by_name(a, from->name)) {
			pmip__tell(&a->log, PMIP_LOG_ERROR, AREA,
				   "access link \"%s\": give each once, by a name of 1 to %d characters",
				   from->name ? from->name : "", IFNAMSIZ - 1);
			return PMIP_ERR_INVALID;
		}
		memcpy(l->name, from->name, strlen(from->name));
		l->att = from->att;
		l->mn_subtype = from->mn_id.subtype;
		l->mn_len = from->mn_id.len;
		if (l->mn_len)
			memcpy(l->mn_id, from->mn_id.id, l->mn_len);
		l->own_gen_mode = -1;
	}
	return 0;
}

int pmip_access_linux_new(struct pmip_access *access, const struct pmip_access_config *config)
{
	struct access *a;
	int err;

	if (!config->link_count || config->link_count > LINKS_MAX)
		return PMIP_ERR_INVALID;
	a = calloc(1, sizeof(*a));
	if (!a)
		return PMIP_ERR_NOMEM;
	a->epoll_fd = a->packet_fd = -1;
	pmip__log_copy(&a->log, config->log);
	a->link_local = config->link_local;
	memcpy(a->mac, config->mac, sizeof(a->mac));
	a->interval_us = 1000 * (uint64_t)(config->probe_interval_ms ? config->probe_interval_ms : PROBE_INTERVAL_MS);
	a->due_us = PMIP_TIME_NONE;
	a->link_count = config->link_count;
	a->queue_cap = 4 * a->link_count + 8 * FRAMES;
	a->links = calloc(a->link_count, sizeof(*a->links));
	a->queue = calloc(a->queue_cap, sizeof(*a->queue));
	err = a->links && a->queue ? copy_links(a, config) : PMIP_ERR_NOMEM;
	if (!err)
		err = pmip__rtnl_new(&a->rtnl, link_news, a, config->log);
	if (!err)
		err = open_sockets(a);
	if (err) {
		access_free(a);
		return err;
	}
	*access = (struct pmip_access){.ops = &access_ops, .ctx = a};
	return 0;
}
