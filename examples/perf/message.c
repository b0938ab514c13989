/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/message.h"

#include <assert.h>
#include <string.h>

#define ID_MAX 128
#define DIGITS 10

int naming_init(struct naming *naming, const char *text, uint32_t first, uint32_t count)
{
	const char *sign = strchr(text, '#');

	if (sign == NULL || strchr(sign + 1, '#') != NULL || strlen(text) + DIGITS > ID_MAX)
		return -1;
	*naming = (struct naming){text, (size_t)(sign - text), sign + 1, strlen(sign + 1), first, count};
	return 0;
}

static size_t write_id(const struct naming *naming, uint32_t client, uint8_t id[ID_MAX])
{
	uint32_t number = naming->first + client;
	size_t len = naming->before_len;
	uint8_t digits[DIGITS];
	unsigned int n = 0;

	do
		digits[n++] = (uint8_t)('0' + number % 10);
	while ((number /= 10) != 0);
	memcpy(id, naming->before, naming->before_len);
	while (n > 0)
		id[len++] = digits[--n];
	memcpy(id + len, naming->behind, naming->behind_len);
	return len + naming->behind_len;
}

/* Whose identifier it is; written again, so that there is one way only to write each. */
static bool read_id(const struct naming *naming, const struct pmip_mnid *mn_id, uint32_t *client)
{
	uint8_t id[ID_MAX];
	uint64_t number = 0;

	if (mn_id->subtype != 1 || mn_id->len <= naming->before_len + naming->behind_len)
		return false;
	for (size_t i = naming->before_len; i < mn_id->len - naming->behind_len && number <= UINT32_MAX; i++)
		number = number * 10 + (mn_id->id[i] - (unsigned int)'0') % 10;
	if (number < naming->first || number - naming->first >= naming->count)
		return false;
	*client = (uint32_t)(number - naming->first);
	return write_id(naming, *client, id) == mn_id->len && memcmp(id, mn_id->id, mn_id->len) == 0;
}

static struct pmip_llid ll_id_of(uint32_t client)
{
	return (struct pmip_llid){6, {2, 0, (uint8_t)(client >> 24), (uint8_t)(client >> 16), (uint8_t)(client >> 8), (uint8_t)client}};
}

/* RFC 5213 sections 6.9.1.1 and 6.9.1.3 to 6.9.1.5. */
static uint8_t hi_of(enum plan_kind kind)
{
	static const uint8_t values[PLAN_KINDS] = {
		[PLAN_REGISTER] = PMIP_HI_NEW_INTERFACE,
		[PLAN_REFRESH] = PMIP_HI_UNCHANGED,
		[PLAN_HANDOVER] = PMIP_HI_BETWEEN_MAGS,
		[PLAN_RELEASE] = PMIP_HI_UNKNOWN,
	};

	return values[kind];
}

size_t message_write(const struct naming *naming, const struct request *request, uint8_t *octets, const struct pmip_dgram *addresses)
{
	struct pmip_mh mh = {
		.type = PMIP_MH_BU,
		.u.bu = {.seq = request->seq, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = request->lifetime_s},
	};
	uint8_t id[ID_MAX];
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_LL_ID,
		.mn_id = {1, (uint8_t)write_id(naming, request->client, id), id},
		.hnp_count = 1,
		.hi = hi_of(request->kind),
		.att = PMIP_ATT_ETHERNET,
		.timestamp = request->timestamp,
		.ll_id = ll_id_of(naming->first + request->client),
	};
	struct pmip_mh_writer writer;
	int len;

	if (request->prefix != NULL)
		options.hnp[0].prefix = *request->prefix;
	if (request->timestamp != 0)
		options.has |= PMIP_HAS_TIMESTAMP;
	pmip_mh_begin(&writer, octets, MESSAGE_MAX, &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, &addresses->src, &addresses->dst);
	assert(len > 0);
	return (size_t)len;
}

enum message_type message_read(const struct naming *naming, const struct pmip_dgram *dgram, struct answer *answer)
{
	struct pmip_mh mh;

	/* The kernel has verified the checksum. */
	if (pmip_mh_decode(&mh, NULL, dgram, PMIP_DECODE_NO_CHECKSUM) != 0)
		return MESSAGE_MALFORMED;
	if (mh.type == PMIP_MH_HEARTBEAT && !mh.u.heartbeat.response)
		return MESSAGE_HEARTBEAT;
	if (mh.type != PMIP_MH_BA || !(mh.u.ba.flags & PMIP_BA_P))
		return MESSAGE_OTHER;
	if (pmip_binding_options_read(&answer->options, &mh) != 0 || !(answer->options.has & PMIP_HAS_MN_ID))
		return MESSAGE_MALFORMED;
	if (!read_id(naming, &answer->options.mn_id, &answer->client))
		return MESSAGE_OTHER;
	answer->status = mh.u.ba.status;
	answer->seq = mh.u.ba.seq;
	answer->lifetime_s = mh.u.ba.lifetime_s;
	return MESSAGE_ANSWER;
}

/* RFC 5213 section 5.3.6: what the PBU has said comes back. */
enum fault message_check(const struct naming *naming, const struct answer *answer, const struct request *request)
{
	const struct pmip_binding_options *options = &answer->options;
	struct pmip_llid ll_id;

	if (!(options->has & PMIP_HAS_HI) || options->hi != hi_of(request->kind))
		return FAULT_HI;
	if (!(options->has & PMIP_HAS_ATT) || options->att != PMIP_ATT_ETHERNET)
		return FAULT_ATT;
	ll_id = ll_id_of(naming->first + request->client);
	if (!(options->has & PMIP_HAS_LL_ID) || !pmip_llid_equal(&options->ll_id, &ll_id))
		return FAULT_LL_ID;
	if (answer->seq == request->seq && request->timestamp != 0 &&
	    (!(options->has & PMIP_HAS_TIMESTAMP) || options->timestamp != request->timestamp))
		return FAULT_TIMESTAMP;
	if (answer->lifetime_s > request->lifetime_s || (answer->lifetime_s == 0 && request->lifetime_s != 0))
		return FAULT_LIFETIME;
	if (request->kind != PLAN_RELEASE && (options->hnp_count != 1 || options->hnp[0].prefix.len == 0))
		return FAULT_NO_PREFIX;
	return FAULT_NONE;
}

size_t message_write_heartbeat(const struct pmip_dgram *heartbeat, uint8_t *octets)
{
	struct pmip_option counter = {.type = PMIP_OPT_RESTART_COUNTER, .known = true};
	struct pmip_mh_writer writer;
	struct pmip_mh mh;
	int len;

	if (pmip_mh_decode(&mh, NULL, heartbeat, PMIP_DECODE_NO_CHECKSUM) != 0)
		return 0;
	mh.u.heartbeat.response = true;
	pmip_mh_begin(&writer, octets, MESSAGE_MAX, &mh);
	pmip_mh_add_option(&writer, &counter);
	len = pmip_mh_finish(&writer, &heartbeat->dst, &heartbeat->src);
	assert(len > 0);
	return (size_t)len;
}

const char *fault_name(enum fault fault)
{
	static const char *const names[FAULT_COUNT] = {
		[FAULT_NONE] = "none",
		[FAULT_NO_PREFIX] = "not one prefix",
		[FAULT_LIFETIME] = "lifetime",
		[FAULT_HI] = "handoff indicator",
		[FAULT_ATT] = "access technology",
		[FAULT_LL_ID] = "link-layer identifier",
		[FAULT_TIMESTAMP] = "timestamp",
		[FAULT_ADDRESS] = "address",
	};

	return names[fault];
}
