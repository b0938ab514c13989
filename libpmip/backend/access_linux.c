/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAG's access links on Linux (RFC 5213 section 6.9): who comes, who goes, Router
 * Advertisements.
 *
 * A link is watched by name. While an interface of that name is in our network namespace it carries
 * the MAG's MAC address, and when it has carrier also the MAG's link-local address, the same on
 * every link of the domain (RFC 6543); or the ones that the LMA chooses, see access_address.c.
 *
 * Attach: carrier, where the one mobile node of the link is known beforehand; else the first
 * neighbour discovery or listener message of a MAC address. A listener query at carrier makes a
 * mobile node speak: one that is moved to us with its addresses in place may send no Router
 * Solicitation for seconds.
 *
 * Detach: no carrier, or no such interface any more: everybody there. Or neighbour unreachability
 * detection (RFC 4861 section 7.3) of our own: PROBES unicast Neighbour Solicitations unanswered.
 * The kernel's is not used: its entries are about the addresses that traffic names, it takes
 * longer, and they go with the carrier.
 *
 * Carrier is IFF_LOWER_UP, not IFF_RUNNING: the latter follows up to a second later when an
 * interface comes from another network namespace (the kernel takes a link change that it thinks
 * not urgent once a second).
 *
 * Frames are seen by one packet socket behind the kernel's ingress programs, so what a datapath
 * takes away there costs nothing here. Events wait in a queue with room for the most that one read
 * can bring; nothing is read when there is not that room. */
#define _GNU_SOURCE /* struct mmsghdr */
#include "access_linux.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os.h"

#define AREA PMIP__ACCESS_AREA
#define LINKS_MAX 1024
#define PACKET_QUEUE_BYTES (4 << 20)
#define READS 64 /* of news in one call, so that others get their turn */
#define PROBE_INTERVAL_MS 5000
#define PROBES 3 /* MAX_UNICAST_SOLICIT, RFC 4861 section 10 */
/* RETRANS_TIMER, RFC 4861 section 10; outlasts a mobile node's duplicate address detection. */
#define RETRANS_US 1000000

/* RFC 6543. Where the LMA chooses our addresses, ours before it has: no mobile node may have it. */
static const struct pmip_addr reserved_address = {{0xfe, 0x80, [8] = 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}};

int pmip__access_send(struct access *a, uint32_t index, const uint8_t *frame, size_t len)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_IPV6),
				 .sll_ifindex = (int)index,
				 .sll_halen = 6};
	ssize_t sent;

	memcpy(to.sll_addr, frame, 6);
	sent = sendto(a->packet_fd, frame, len, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
	return sent < 0 ? PMIP_ERR_OS : 0;
}

void pmip__access_send_query(struct access *a, const struct link *l)
{
	uint8_t frame[PMIP__ND_FRAME_MAX];

	pmip__access_send(a, l->index, frame, pmip__nd_write_query(frame, a->mac, &a->link_local));
}

void pmip__access_due_at(struct access *a, uint64_t *due_us, uint64_t when_us)
{
	*due_us = when_us;
	if (when_us < a->due_us)
		a->due_us = when_us;
}

static int read_frames(struct access *a)
{
	uint64_t now;
	int got;

	for (size_t i = 0; i < FRAMES; i++)
		a->msg[i].msg_hdr.msg_namelen = sizeof(a->from[i]);
	do
		got = recvmmsg(a->packet_fd, a->msg, FRAMES, MSG_DONTWAIT, NULL);
	while (got < 0 && errno == EINTR);
	/* ENETDOWN: an interface was set down; rtnetlink tells it better. */
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENETDOWN ? 0
										    : PMIP_ERR_OS;
	now = got ? pmip__clock_us(CLOCK_MONOTONIC) : 0;
	for (int i = 0; i < got; i++) {
		struct link *l = pmip__access_link_by_index(a, (uint32_t)a->from[i].sll_ifindex);
		struct pmip__nd_seen seen;

		if (!l || !l->up || a->from[i].sll_pkttype == PACKET_OUTGOING)
			continue;
		pmip__nd_read(&seen, a->frame[i], a->msg[i].msg_len);
		if (seen.kind == PMIP__ND_NOTHING || memcmp(seen.mac, a->mac, 6) == 0)
			continue;
		pmip__access_station_seen(a, l, &seen, now);
		pmip__access_address_seen(a, l, &seen);
	}
	return 0;
}

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
		.address = q->address,
		.attach = {.size = sizeof(event->attach),
			   .link = q->index,
			   .ll_id = q->ll_id,
			   .att = l->att,
			   .link_mtu = l->mtu,
			   .mn_id = {.subtype = l->mn_subtype,
				     .len = l->mn_len,
				     .id = l->mn_len ? l->mn_id : NULL},
			   .access_network = {l->access_network, l->access_network_len}},
	};
}

static int access_recv(void *ctx, struct pmip_access_event *events, size_t n)
{
	struct access *a = ctx;
	size_t taken = 0;
	int err = 1;

	/* One read of news tells each link once at most, as two events, and at the end of a listing
	 * one more. News first: a frame counts on a link that is up. */
	for (int i = 0; i < READS && err > 0 && pmip__access_has_room(a, 3 * a->link_count); i++)
		err = pmip__rtnl_read(a->rtnl);
	if (err >= 0 && pmip__access_has_room(a, 2 * FRAMES))
		err = read_frames(a);
	if (err < 0) {
		pmip__backend_log(&a->log, PMIP_LOG_ERROR, AREA,
				  "cannot watch the access links: %s", strerror(errno));
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
	struct link *l = ra->link ? pmip__access_link_by_index(a, ra->link) : NULL;
	struct pmip_llid who = {0};
	struct pmip_ra to = *ra;
	int err;

	if (!l || !l->up)
		return PMIP_ERR_NOENT;
	if (!to.ll_id.len && l->mn_len && l->count == 1) {
		to.ll_id.len = sizeof(l->stations[0].mac);
		memcpy(to.ll_id.b, l->stations[0].mac, sizeof(l->stations[0].mac));
	}
	if (!l->mn_len)
		who = ra->ll_id;
	if (a->lma_chooses && ra->router_lifetime_s && !pmip__access_address_use(a, l, &who, &to))
		return 0;
	err = pmip__access_send(a, ra->link, frame, pmip__nd_write_ra(frame, a->mac, &to));
	/* It was the last one: there is no router any more. */
	if (!ra->router_lifetime_s)
		pmip__access_address_drop(a, l, &who);
	return err;
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

	pmip__access_address_timeout(a, l, now);
	for (size_t i = l->count; i-- > 0;) {
		struct station *s = &l->stations[i];

		if (s->due_us > now) {
			pmip__access_due_at(a, &s->due_us, s->due_us);
		} else if (!s->has_addr) {
			query = true;
			pmip__access_due_at(a, &s->due_us, now + a->interval_us);
		} else if (s->asked < PROBES) {
			s->asked++;
			pmip__access_send(
				a, l->index, frame,
				pmip__nd_write_ns(frame, a->mac, pmip__access_address_towards(a, l, s), s->mac, &s->addr));
			pmip__access_due_at(a, &s->due_us, now + RETRANS_US);
		} else if (pmip__access_has_room(a, 1)) {
			pmip__access_station_lost(a, l, s);
		} else {
			return false;
		}
	}
	if (query)
		pmip__access_send_query(a, l);
	if (!l->count)
		pmip__access_due_at(a, &l->query_due_us,
				    l->query_due_us > now ? l->query_due_us : now + a->interval_us);
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

static int access_probe(void *ctx, const struct pmip_probe *probe)
{
	struct access *a = ctx;
	struct link *l = probe->link ? pmip__access_link_by_index(a, probe->link) : NULL;

	if (!l || !l->up)
		return PMIP_ERR_NOENT;
	pmip__access_link_ask(a, l, &probe->ll_id, pmip__clock_us(CLOCK_MONOTONIC));
	return 0;
}

static void access_free(void *ctx)
{
	struct access *a = ctx;

	if (!a)
		return;
	for (size_t i = 0; i < a->link_count; i++) {
		struct link *l = &a->links[i];

		if (l->index) {
			pmip__access_address_drop_all(a, l);
			pmip__access_link_give_back(a, l);
		}
		free(l->owns);
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
	.handle_timeout = access_timeout,
	.free = access_free,
	.probe = access_probe,
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
	    setsockopt(a->packet_fd, SOL_SOCKET, SO_ATTACH_FILTER, &pmip__nd_filter,
		       sizeof(pmip__nd_filter)) < 0 ||
	    bind(a->packet_fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    epoll_ctl(a->epoll_fd, EPOLL_CTL_ADD, a->packet_fd, &readable) < 0 ||
	    epoll_ctl(a->epoll_fd, EPOLL_CTL_ADD, pmip__rtnl_fd(a->rtnl), &readable) < 0) {
		pmip__backend_log(
			&a->log, PMIP_LOG_ERROR, AREA,
			"cannot open a packet socket: %s; run as root or with CAP_NET_RAW",
			strerror(errno));
		return PMIP_ERR_OS;
	}
	setsockopt(a->packet_fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (setsockopt(a->packet_fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(a->packet_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	for (size_t i = 0; i < FRAMES; i++) {
		a->iov[i] = (struct iovec){.iov_base = a->frame[i], .iov_len = FRAME_BYTES};
		a->msg[i].msg_hdr = (struct msghdr){
			.msg_name = &a->from[i], .msg_iov = &a->iov[i], .msg_iovlen = 1};
	}
	return 0;
}

static int copy_links(struct access *a, const struct pmip_access_config *config)
{
	for (size_t i = 0; i < config->link_count; i++) {
		const struct pmip_access_link *from = &config->links[i];
		struct link *l = &a->links[i];

		if (!from->name || !*from->name || strlen(from->name) >= IFNAMSIZ ||
		    from->mn_id.len > PMIP_MNID_MAX || from->access_network.len > UINT8_MAX || pmip__access_link_by_name(a, from->name)) {
			pmip__backend_log(
				&a->log, PMIP_LOG_ERROR, AREA,
				"access link \"%s\": give each once, by 1 to %d characters",
				from->name ? from->name : "", IFNAMSIZ - 1);
			return PMIP_ERR_INVALID;
		}
		memcpy(l->name, from->name, strlen(from->name));
		l->att = from->att;
		l->mn_subtype = from->mn_id.subtype;
		l->mn_len = from->mn_id.len;
		l->access_network_len = (uint8_t)from->access_network.len;
		if (l->access_network_len)
			memcpy(l->access_network, from->access_network.data, l->access_network_len);
		if (l->mn_len)
			memcpy(l->mn_id, from->mn_id.id, l->mn_len);
		l->own_gen_mode = -1;
		for (size_t k = 0; k < NEIGHBOUR_SETTINGS; k++)
			l->own_neighbour[k] = -1;
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
	a->lma_chooses = pmip_addr_is_unspecified(&config->link_local);
	a->link_local = a->lma_chooses ? reserved_address : config->link_local;
	memcpy(a->mac, config->mac, sizeof(a->mac));
	a->interval_us = 1000 * (uint64_t)(config->probe_interval_ms ? config->probe_interval_ms
								     : PROBE_INTERVAL_MS);
	a->due_us = PMIP_TIME_NONE;
	a->link_count = config->link_count;
	a->queue_cap = 4 * a->link_count + 8 * FRAMES;
	a->links = calloc(a->link_count, sizeof(*a->links));
	a->queue = calloc(a->queue_cap, sizeof(*a->queue));
	err = a->links && a->queue ? copy_links(a, config) : PMIP_ERR_NOMEM;
	if (!err)
		err = pmip__rtnl_new(&a->rtnl, pmip__access_link_news, a, config->log);
	if (!err)
		err = open_sockets(a);
	if (err) {
		access_free(a);
		return err;
	}
	*access = (struct pmip_access){.ops = &access_ops, .ctx = a};
	return 0;
}
