/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that a script makes by fields. A PBU says by itself what a MAG would say for this mobile node, a PBA repeats the last PBU;
 * fields change that, KEY=none leaves an option out. */
#include "world.h"

#include <string.h>

#define EXTRA_MAX 4
#define DEFAULT_LIFETIME_S 600

/* Options that a field gives in hexadecimal. */
struct extra {
	uint8_t type[EXTRA_MAX], len[EXTRA_MAX];
	uint8_t octets[EXTRA_MAX][UINT8_MAX];
	unsigned int count;
};

const char *field(struct fields *fields, const char *key)
{
	for (unsigned int i = 0; i < fields->count; i++) {
		if (!fields->used[i] && !strcmp(fields->key[i], key)) {
			fields->used[i] = true;
			return fields->value[i];
		}
	}
	return NULL;
}

uint32_t number_field(struct world *w, struct fields *fields, const char *key, uint32_t otherwise, uint32_t max)
{
	const char *text = field(fields, key);

	return text ? read_number(w, text, max) : otherwise;
}

/* Whether a field asks for an option; options->has follows. */
static const char *option_field(struct fields *fields, const char *key, struct pmip_binding_options *options, unsigned int bit)
{
	const char *text = field(fields, key);

	if (!text)
		return NULL;
	options->has |= bit;
	if (!strcmp(text, "none")) {
		options->has &= ~bit;
		return NULL;
	}
	return text;
}

static void read_prefixes(struct world *w, const char *text, struct pmip_binding_options *options)
{
	char copy[512], *at, *next;

	options->hnp_count = 0;
	if (!strcmp(text, "none"))
		return;
	snprintf(copy, sizeof(copy), "%s", text);
	for (at = copy; at; at = next) {
		struct pmip_opt_hnp *hnp = &options->hnp[options->hnp_count++];

		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		if (options->hnp_count > PMIP_HNP_MAX)
			fail(w, "at most %d prefixes; give more by raw=22:...", PMIP_HNP_MAX);
		hnp->off_link = !strncmp(at, "offlink:", 8);
		hnp->prefix = read_prefix(w, hnp->off_link ? at + 8 : at);
	}
}

/* raw=TYPE:HEX */
static void read_extra(struct world *w, struct fields *fields, struct extra *extra)
{
	unsigned int type, n;
	const char *text;

	while ((text = field(fields, "raw"))) {
		n = extra->count++;
		if (n == EXTRA_MAX || sscanf(text, "%u:", &type) != 1 || type > 255 || !strchr(text, ':'))
			fail(w, "raw=TYPE:HEX, for example raw=200:0102; at most %d of them", EXTRA_MAX);
		extra->type[n] = (uint8_t)type;
		extra->len[n] = (uint8_t)read_octets(w, strchr(text, ':') + 1, extra->octets[n], sizeof(extra->octets[n]));
	}
}

/* The octets as the script has them, behind the padding that the type asks for. */
static void write_extra(struct pmip_mh_writer *writer, const struct extra *extra)
{
	for (unsigned int i = 0; i < extra->count; i++) {
		const struct pmip_option_info *info = pmip_option_info(extra->type[i]);
		size_t n = info ? info->align_n : 1, pad = info ? (info->align_y + n - writer->len % n) % n : 0;

		if (writer->err || writer->len + pad + 2 + extra->len[i] > writer->cap)
			return;
		memset(writer->buf + writer->len, 0, pad);
		if (pad > 1) {
			writer->buf[writer->len] = PMIP_OPT_PADN;
			writer->buf[writer->len + 1] = (uint8_t)(pad - 2);
		}
		writer->len += pad;
		writer->buf[writer->len++] = extra->type[i];
		writer->buf[writer->len++] = extra->len[i];
		memcpy(writer->buf + writer->len, extra->octets[i], extra->len[i]);
		writer->len += extra->len[i];
	}
}

/* v4=ADDRESS[/LENGTH]: asked for in a PBU, told in a PBA, there with v4status= and router=. */
static void read_ipv4_options(struct world *w, struct fields *fields, struct pmip_binding_options *options, bool is_pba)
{
	const char *text = option_field(fields, "v4", options, is_pba ? PMIP_HAS_IPV4_REPLY : PMIP_HAS_IPV4_REQUEST);
	struct pmip_opt_ipv4 *ipv4 = is_pba ? &options->ipv4_reply : &options->ipv4_request;
	struct pmip_ipv4_home home;

	if (text) {
		home = read_ipv4_subnet(w, text, is_pba ? 24 : 0);
		*ipv4 = (struct pmip_opt_ipv4){.plen = home.plen, .addr = home.addr};
	}
	if (!is_pba)
		return;
	options->has &= ~(unsigned int)PMIP_HAS_IPV4_REQUEST;
	options->ipv4_reply.status = (uint8_t)number_field(w, fields, "v4status", 0, 255);
	text = option_field(fields, "router", options, PMIP_HAS_IPV4_ROUTER);
	if (text)
		options->ipv4_router = read_ipv4(w, text);
}

/* path=BID/LABEL/ATT[/B|/O] and magid=NAI (RFC 8278) */
static void read_paths(struct world *w, struct fields *fields, struct pmip_binding_options *options)
{
	const char *text = option_field(fields, "path", options, PMIP_HAS_MULTIPATH);
	unsigned int bid, label, att;

	if (text && sscanf(text, "%u/%u/%u", &bid, &label, &att) != 3)
		fail(w, "path=BID/LABEL/ATT, with /B or /O behind it, not \"%s\"", text);
	if (text)
		options->multipath = (struct pmip_opt_multipath){
			.bid = (uint8_t)bid,
			.label = (uint8_t)label,
			.att = (uint8_t)att,
			.bulk = strchr(text, 'B'),
			.overwrite = strchr(text, 'O'),
		};
	text = option_field(fields, "magid", options, PMIP_HAS_MAG_ID);
	if (text)
		options->mag_id = (struct pmip_mnid){1, (uint8_t)strlen(text), (const uint8_t *)text};
}

static void read_options(struct world *w, struct fields *fields, struct pmip_binding_options *options, const struct node *clock)
{
	const char *text = option_field(fields, "mnid", options, PMIP_HAS_MN_ID);
	const struct mn *mn = text ? mn_named(w, text) : NULL;

	if (mn)
		options->mn_id = mn->mn_id;
	else if (text && !strcmp(text, "empty"))
		options->mn_id = (struct pmip_mnid){1, 0, (const uint8_t *)text};
	else if (text)
		options->mn_id = (struct pmip_mnid){1, (uint8_t)strlen(text), (const uint8_t *)text};
	text = field(fields, "hnp");
	if (text)
		read_prefixes(w, text, options);
	text = option_field(fields, "hi", options, PMIP_HAS_HI);
	if (text)
		options->hi = (uint8_t)read_number(w, text, 255);
	text = option_field(fields, "att", options, PMIP_HAS_ATT);
	if (text)
		options->att = (uint8_t)read_number(w, text, 255);
	text = option_field(fields, "ts", options, PMIP_HAS_TIMESTAMP);
	if (text)
		options->timestamp = read_timestamp(w, text, clock);
	text = option_field(fields, "llid", options, PMIP_HAS_LL_ID);
	if (text && pmip_llid_parse(&options->ll_id, text))
		fail(w, "\"%s\" is no link-layer identifier; write 02:00:00:00:00:01", text);
	text = option_field(fields, "lla", options, PMIP_HAS_LLA);
	if (text)
		options->lla = read_addr(w, text);
	text = option_field(fields, "gre", options, PMIP_HAS_GRE_KEY);
	if (text)
		options->gre_key = (struct pmip_key){.present = strcmp(text, "nokey") != 0};
	if (text && options->gre_key.present)
		options->gre_key.value = read_number(w, text, UINT32_MAX);
	text = option_field(fields, "coa", options, PMIP_HAS_ALT_COA);
	if (text)
		options->alt_coa = read_addr(w, text);
	read_paths(w, fields, options);
	text = option_field(fields, "group", options, PMIP_HAS_GROUP);
	if (text)
		options->group = (struct pmip_opt_group){1, read_number(w, text, UINT32_MAX)};
}

/* corrupt=OFFSET turns an octet over; cut=LEN ends the message early. */
static void damage(struct world *w, struct fields *fields, uint8_t *octets, size_t *len)
{
	const char *text;

	while ((text = field(fields, "corrupt")))
		octets[read_number(w, text, (uint32_t)*len - 1)] ^= 0xff;
	text = field(fields, "cut");
	if (text)
		*len = read_number(w, text, (uint32_t)*len);
}

static struct message *encode(struct world *w, const struct pmip_mh *mh, const struct pmip_binding_options *options,
			      struct pmip_dgram dgram, struct fields *fields)
{
	uint8_t octets[PMIP_MH_MAX];
	struct extra extra = {.count = 0};
	struct pmip_mh_writer writer;
	const char *text;
	int len;

	read_extra(w, fields, &extra);
	text = field(fields, "src");
	if (text)
		dgram.src = read_addr(w, text);
	text = field(fields, "dst");
	if (text)
		dgram.dst = read_addr(w, text);
	pmip_mh_begin(&writer, octets, sizeof(octets), mh);
	pmip_binding_options_write(&writer, options);
	write_extra(&writer, &extra);
	len = pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	if (len < 0)
		fail(w, "this message cannot be written: %s", pmip_err_name(len));
	dgram.data = octets;
	dgram.len = (size_t)len;
	damage(w, fields, octets, &dgram.len);
	return message_add(w, &dgram);
}

struct message *make_pbu(struct world *w, struct node *from, struct node *to, struct mn *mn, struct fields *fields)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP,
		.mn_id = mn->mn_id,
		.hnp_count = 1,
		.hi = PMIP_HI_UNKNOWN,
		.att = mn->att,
		.timestamp = read_timestamp(w, "now", from),
		.ll_id = mn->ll_id,
	};

	if (mn->ll_id.len)
		options.has |= PMIP_HAS_LL_ID;
	w->seq = (uint16_t)number_field(w, fields, "seq", (uint16_t)(w->seq + 1), UINT16_MAX);
	mh.u.bu.seq = w->seq;
	mh.u.bu.flags = (uint16_t)number_field(w, fields, "flags", PMIP_BU_A | PMIP_BU_P, UINT16_MAX);
	mh.u.bu.lifetime_s = number_field(w, fields, "lifetime", DEFAULT_LIFETIME_S, 262140);
	read_options(w, fields, &options, from);
	read_ipv4_options(w, fields, &options, false);
	return encode(w, &mh, &options, (struct pmip_dgram){.src = from->addr, .dst = to->addr}, fields);
}

/* What a PBA repeats: the last PBU of this node, or the one that answer=N names. */
static const struct pmip_dgram *pbu_answered(struct world *w, const struct node *to, struct fields *fields)
{
	unsigned int number = number_field(w, fields, "answer", to->last_pbu, UINT16_MAX);

	if (!number || number > w->messages)
		fail(w, "there is no PBU of %s to answer", to->name);
	return &w->message[number - 1]->dgram;
}

struct message *make_pba(struct world *w, struct node *from, struct node *to, struct fields *fields)
{
	struct pmip_mh mh = {.type = PMIP_MH_BA}, pbu;
	const struct pmip_dgram *answered = pbu_answered(w, to, fields);
	struct pmip_binding_options options;

	if (pmip_mh_decode(&pbu, NULL, answered, 0) || pbu.type != PMIP_MH_BU)
		fail(w, "what the PBA would answer is no PBU");
	pmip_binding_options_read(&options, &pbu);
	mh.u.ba.status = (uint8_t)number_field(w, fields, "status", 0, 255);
	mh.u.ba.flags = (uint8_t)number_field(w, fields, "flags", PMIP_BA_P, 255);
	mh.u.ba.seq = (uint16_t)number_field(w, fields, "seq", pbu.u.bu.seq, UINT16_MAX);
	mh.u.ba.lifetime_s = number_field(w, fields, "lifetime", mh.u.ba.status < 128 ? pbu.u.bu.lifetime_s : 0, 262140);
	if (mh.u.ba.status < 128 && options.hnp_count && pmip_addr_is_unspecified(&options.hnp[0].prefix.addr))
		read_prefixes(w, "2001:db8:1::/64", &options);
	options.has &= ~(unsigned int)PMIP_HAS_MAG_ID; /* RFC 8278 section 4.4 */
	read_options(w, fields, &options, from);
	read_ipv4_options(w, fields, &options, true);
	return encode(w, &mh, &options, (struct pmip_dgram){.src = from->addr, .dst = answered->src}, fields);
}

struct message *make_signal(struct world *w, struct node *from, struct node *to, const struct pmip_mh *mh, struct fields *fields)
{
	struct pmip_binding_options options = {.has = 0};

	read_options(w, fields, &options, from);
	return encode(w, mh, &options, (struct pmip_dgram){.src = from->addr, .dst = to->addr}, fields);
}
