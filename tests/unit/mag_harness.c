/* SPDX-License-Identifier: BSD-2-Clause */
#include "mag_harness.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t hash_key[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void *counted_realloc(void *user, void *ptr, size_t size)
{
	struct harness *h = user;
	void *bigger;

	if (++h->allocations == h->fail_at) {
		h->failed = true;
		return NULL;
	}
	bigger = realloc(ptr, size);
	h->in_use += !ptr;
	return bigger;
}

static void counted_free(void *user, void *ptr)
{
	struct harness *h = user;

	h->in_use -= ptr != NULL;
	free(ptr);
}

struct pmip_mnid h_mnid(const char *text)
{
	return (struct pmip_mnid){1, (uint8_t)strlen(text), (const uint8_t *)text};
}

struct pmip_attach h_attach_of(const char *mn_id, const char *ll_id, uint32_t link)
{
	return (struct pmip_attach){
		.size = sizeof(struct pmip_attach),
		.link = link,
		.ll_id = unit_llid(ll_id),
		.mn_id = h_mnid(mn_id),
		.att = PMIP_ATT_WLAN,
	};
}

void h_add_profile(struct harness *h, const struct pmip_profile *profile)
{
	ok(unit_again(h->failed, pmip_mag_config_add_profile(h->config, profile)));
}

void h_profile(struct harness *h, const char *mn_id, const char *ll_id)
{
	h_add_profile(h, &(struct pmip_profile){.size = sizeof(struct pmip_profile), .mn_id = h_mnid(mn_id), .ll_id = unit_llid(ll_id)});
}

void h_init_failing(struct harness *h, long fail_at)
{
	struct pmip_addr proxy_coa = unit_addr(H_COA), lma = unit_addr(H_LMA);
	struct pmip_mem mem = {sizeof(mem), h, counted_realloc, counted_free};

	memset(h, 0, sizeof(*h));
	h->fail_at = fail_at;
	h->now = (struct pmip_now){5 * S, WALL_US};
	ok(unit_again(h->failed, pmip_mag_config_new(&h->config, &mem)));
	ok(pmip_mag_config_set_proxy_coa(h->config, &proxy_coa));
	ok(pmip_mag_config_set_lma(h->config, &lma));
	h_profile(h, MN, "02:00:00:00:00:01");
}

void h_init(struct harness *h)
{
	h_init_failing(h, 0);
}

void h_start(struct harness *h)
{
	struct pmip_mem mem = {sizeof(mem), h, counted_realloc, counted_free};

	ok(unit_again(h->failed, pmip_mag_new(&h->mag, h->config, &mem, hash_key)));
}

void h_fini(struct harness *h)
{
	pmip_mag_free(h->mag);
	pmip_mag_config_free(h->config);
	h->mag = NULL;
	h->config = NULL;
	ck_assert_int_eq(h->in_use, 0);
}

void h_without_memory(struct harness *h, void (*story)(void), long least)
{
	long fail_at = 0;

	do {
		h_init_failing(h, ++fail_at);
		story();
		h_fini(h);
	} while (h->failed);
	ck_assert_int_ge(fail_at - 1, least);
}

void h_clear_log(struct harness *h)
{
	h->sents = h->ras = h->ops = h->events = h->traced = h->others = 0;
	memset(h->trace, 0, sizeof(h->trace));
}

static void log_sent(struct harness *h, const struct pmip_dgram *dgram)
{
	struct sent *sent = &h->sent[h->sents % 64];
	struct pmip_mh mh;

	ck_assert_uint_le(dgram->len, sizeof(sent->octets));
	if (h->on_send)
		h->on_send(dgram);
	ok(pmip_mh_decode(&mh, NULL, dgram, 0));
	if (mh.type != PMIP_MH_BU) {
		h->others++;
		h->other.len = dgram->len;
		memcpy(h->other.octets, dgram->data, dgram->len);
		h->other.dgram = *dgram;
		h->other.dgram.data = h->other.octets;
		return;
	}
	ck_assert_uint_lt(h->sents, 64);
	h->sents++;
	memcpy(sent->octets, dgram->data, dgram->len);
	sent->len = dgram->len;
	sent->at_us = h->now.mono_us;
	sent->dgram = *dgram;
	sent->dgram.data = sent->octets;
	ok(pmip_mh_decode(&mh, NULL, &sent->dgram, 0));
	sent->bu = mh.u.bu;
	ok(pmip_binding_options_read(&sent->options, &mh));
}

static char log_action(struct harness *h, const struct pmip_action *action)
{
	static const char letter[] = {[PMIP_DATAPATH_TUNNEL_ENSURE] = 'E', [PMIP_DATAPATH_TUNNEL_RELEASE] = 'X',
				      [PMIP_DATAPATH_BINDING_SET] = '+', [PMIP_DATAPATH_BINDING_CLEAR] = '-',
				      [PMIP_DATAPATH_PATH_SET] = '>', [PMIP_DATAPATH_PATH_CLEAR] = '<'};

	switch (action->type) {
	case PMIP_ACTION_SEND:
		log_sent(h, &action->u.send);
		return 'S';
	case PMIP_ACTION_RA:
		h->ra[h->ras++] = action->u.ra;
		return 'R';
	case PMIP_ACTION_DATAPATH:
		h->op[h->ops++] = action->u.datapath;
		return letter[action->u.datapath.kind];
	case PMIP_ACTION_NOTIFY:
		h->event[h->events++] = action->u.event;
		return 'N';
	case PMIP_ACTION_PARAM_PROBLEM:
		h->others++;
		return 'P';
	case PMIP_ACTION_PROBE:
		h->probe = action->u.probe;
		return 'Q';
	case PMIP_ACTION_STORE:
		break;
	}
	return '?';
}

void h_pull(struct harness *h)
{
	unsigned int done = h->ops;
	struct pmip_action action;

	for (;;) {
		while (pmip_mag_next_action(h->mag, &action)) {
			ck_assert_uint_lt(h->traced, LOG_MAX - 1);
			h->trace[h->traced] = log_action(h, &action);
			h->traced++;
		}
		if (done == h->ops || h->complete_later)
			break;
		ok(h_complete(h, h->op[done].id, h->op[done].kind == h->fail_kind ? PMIP_ERR_OS : 0));
		done++;
	}
}

/* What an outsider can see of an engine. */
struct snapshot {
	size_t count;
	uint64_t deadline;
	uint64_t counters[PMIP_MAG_COUNTERS];
	struct {
		uint32_t seq, link, lifetime_s, prefix_count, state, hi;
		uint64_t expires_us, timestamp;
	} info[64]; /* by sequence number: the order of the walk has no meaning */
};

static int by_seq(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct snapshot look(const struct harness *h)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct snapshot snapshot;
	size_t cursor = 0, n = 0;

	memset(&snapshot, 0, sizeof(snapshot));
	snapshot.count = pmip_mag_count_bindings(h->mag);
	snapshot.deadline = pmip_mag_next_deadline(h->mag);
	for (int i = 0; i < PMIP_MAG_COUNTERS; i++)
		snapshot.counters[i] = pmip_mag_get_counter(h->mag, (enum pmip_mag_counter)i);
	for (; n < 64 && pmip_mag_next_binding(h->mag, &cursor, &info); n++) {
		snapshot.info[n].expires_us = info.expires_us;
		snapshot.info[n].timestamp = info.timestamp;
		snapshot.info[n].link = info.link;
		snapshot.info[n].lifetime_s = info.lifetime_s;
		snapshot.info[n].seq = info.seq;
		snapshot.info[n].prefix_count = info.prefix_count;
		snapshot.info[n].state = info.state;
		snapshot.info[n].hi = info.hi;
	}
	qsort(snapshot.info, n, sizeof(*snapshot.info), by_seq);
	return snapshot;
}

/* A failed allocation leaves the state as it was; then call again. */
#define call(h, expr)                                                      \
	({                                                                 \
		struct snapshot before_ = look(h), after_;                 \
		struct pmip_action none_;                                  \
		int result_ = (expr);                                      \
		if (result_ == PMIP_ERR_NOMEM) {                           \
			ck_assert((h)->failed);                            \
			after_ = look(h);                                  \
			ck_assert(!memcmp(&before_, &after_, sizeof(before_))); \
			if (!(h)->complete_later)                          \
				ck_assert_int_eq(pmip_mag_next_action((h)->mag, &none_), 0); \
			result_ = (expr);                                  \
		}                                                          \
		result_;                                                   \
	})

#define call_and_pull(h, expr)              \
	({                                  \
		int out_ = call((h), expr); \
		h_pull(h);                  \
		out_;                       \
	})

int h_attach(struct harness *h, const struct pmip_attach *attach)
{
	return call_and_pull(h, pmip_mag_attach(h->mag, attach, h->now));
}

int h_solicit(struct harness *h, const struct pmip_attach *attach)
{
	return call_and_pull(h, pmip_mag_router_solicit(h->mag, attach, h->now));
}

int h_detach(struct harness *h, uint32_t link, const struct pmip_llid *ll_id)
{
	return call_and_pull(h, pmip_mag_detach(h->mag, link, ll_id, h->now));
}

/* In a block of exactly its size, for the address sanitizer. */
int h_input(struct harness *h, const uint8_t *octets, size_t len, const struct pmip_addr *src, const struct pmip_addr *dst)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct pmip_dgram dgram = {*src, *dst, exact, len};
	int err;

	memcpy(exact, octets, len);
	err = call(h, pmip_mag_input(h->mag, &dgram, h->now));
	free(exact);
	h_pull(h);
	return err;
}

int h_complete(struct harness *h, uint32_t id, int err)
{
	return unit_again(h->failed, pmip_mag_complete(h->mag, id, err, h->now));
}

int h_reconfigure(struct harness *h)
{
	return call_and_pull(h, pmip_mag_reconfigure(h->mag, h->config, h->now));
}

int h_shutdown(struct harness *h)
{
	return call_and_pull(h, pmip_mag_shutdown(h->mag, h->now));
}

void h_pass(struct harness *h, uint64_t us)
{
	uint64_t end = h->now.mono_us + us, at;

	while ((at = pmip_mag_next_deadline(h->mag)) <= end) {
		if (at > h->now.mono_us) {
			h->now.wall_us += at - h->now.mono_us;
			h->now.mono_us = at;
		}
		ok(unit_again(h->failed, pmip_mag_handle_timeout(h->mag, h->now)));
		h_pull(h);
	}
	h->now.wall_us += end - h->now.mono_us;
	h->now.mono_us = end;
}

int h_attach_mn(struct harness *h)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);

	return h_attach(h, &attach);
}

struct sent *h_last(struct harness *h)
{
	ck_assert_uint_gt(h->sents, 0);
	return &h->sent[h->sents - 1];
}

struct answer h_answer(const struct sent *pbu, uint8_t status)
{
	struct answer answer = {
		.status = status,
		.flags = PMIP_BA_P,
		.seq = pbu->bu.seq,
		.lifetime_s = status < 128 ? pbu->bu.lifetime_s : 0,
		.src = pbu->dgram.dst,
		.dst = pbu->dgram.src,
		.options = pbu->options,
	};

	if (status < 128 && !answer.options.hnp[0].prefix.len)
		answer.options.hnp[0].prefix = unit_prefix("2001:db8:1::/64");
	return answer;
}

size_t h_encode(const struct answer *answer, uint8_t octets[1024])
{
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {answer->status, answer->flags, answer->seq, answer->lifetime_s}};
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, 1024, &mh);
	pmip_binding_options_write(&writer, &answer->options);
	len = pmip_mh_finish(&writer, &answer->src, &answer->dst);
	ck_assert_int_gt(len, 0);
	return (size_t)len;
}

void h_send(struct harness *h, const struct answer *answer)
{
	uint8_t octets[1024];
	size_t len = h_encode(answer, octets);

	ok(h_input(h, octets, len, &answer->src, &answer->dst));
}

void h_reply(struct harness *h, uint8_t status)
{
	struct answer answer = h_answer(h_last(h), status);

	h_send(h, &answer);
}

void h_activate(struct harness *h)
{
	ok(h_attach_mn(h));
	h_reply(h, 0);
	ck_assert_int_eq(h_state(h), PMIP_BINDING_ACTIVE);
	h_clear_log(h);
}

struct pmip_binding_info h_info(const struct harness *h)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;

	ck_assert_uint_eq(pmip_mag_count_bindings(h->mag), 1);
	ck_assert_int_eq(pmip_mag_next_binding(h->mag, &cursor, &info), 1);
	return info;
}

unsigned int h_count_events(const struct harness *h, enum pmip_event_type type)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < h->events; i++)
		count += h->event[i].type == type;
	return count;
}

unsigned int h_count_ops(const struct harness *h, enum pmip_datapath_kind kind)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < h->ops; i++)
		count += h->op[i].kind == kind;
	return count;
}

uint64_t ck_counter(const struct harness *h, enum pmip_mag_counter counter)
{
	return pmip_mag_get_counter(h->mag, counter);
}
