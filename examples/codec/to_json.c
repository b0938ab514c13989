/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A decoded message to JSON. Flags of a message are 0 or 1, those of an option true or false; times of a message are in seconds, those
 * of an option in units of the wire.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/json.h"

#define BITS16 0x8000
#define BITS8 0x80

/* Set a value, which is ours no longer. */
static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *json_hex(const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * PMIP_MH_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < len && i < PMIP_MH_MAX; i++) {
		text[n++] = digits[data[i] >> 4];
		text[n++] = digits[data[i] & 15];
	}
	return json_stringn(text, n);
}

static json_t *json_number16(const char *format, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), format, value);
	return json_string(text);
}

static json_t *json_number64(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%016" PRIx64, value);
	return json_string(text);
}

/* Hexadecimal groups only: the notation with dots at the end stands for some prefixes in C libraries and not in others. */
static json_t *json_addr(const uint8_t b[16])
{
	char text[PMIP_ADDR_STRLEN];
	struct pmip_addr addr;
	char *tail;

	memcpy(addr.b, b, sizeof(addr.b));
	pmip_addr_format(&addr, text);
	if (strchr(text, '.') != NULL) {
		tail = strrchr(text, ':') + 1;
		snprintf(tail, sizeof(text) - (size_t)(tail - text), "%x:%x", b[12] << 8 | b[13], b[14] << 8 | b[15]);
	}
	return json_string(text);
}

static json_t *json_ip(const struct pmip_ip *ip)
{
	char text[PMIP_ADDR_STRLEN];

	if (ip->len == 0)
		return json_null();
	return ip->len == 16 ? json_addr(ip->b) : json_string(pmip_ip_format(ip, text));
}

/* Text where it is UTF-8, else its octets. */
static json_t *json_text(const uint8_t *data, size_t len)
{
	json_t *text = json_stringn(len == 0 ? "" : (const char *)data, len);

	return text != NULL ? text : json_pack("{s:o}", "hex", json_hex(data, len));
}

/* In the order of the alphabet. */
static json_t *json_flags(const struct pmip_field *field, unsigned int flags)
{
	unsigned int top = field->octets == 1 ? BITS8 : BITS16;
	char text[32];
	size_t n = 0;

	for (char c = 'A'; c <= 'Z'; c++) {
		const char *at = strchr(field->letters, c);

		if (at != NULL && (flags & top >> (at - field->letters)) != 0)
			text[n++] = c;
	}
	return json_stringn(text, n);
}

static uint64_t uint_get(const struct pmip_field *field, const void *member)
{
	if (field->octets == 1)
		return *(const uint8_t *)member;
	if (field->octets == 2)
		return *(const uint16_t *)member;
	return field->octets == 4 ? *(const uint32_t *)member : *(const uint64_t *)member;
}

static json_t *json_selector(const struct pmip_selector *selector)
{
	const struct pmip_field *field = pmip_selector_fields(selector->format);
	json_t *fields = json_object();

	for (unsigned int flag = BITS16; field != NULL && field->kind != PMIP_FIELD_END; field++, flag >>= 1) {
		const void *member = (const uint8_t *)selector + field->at;

		if ((selector->flags & flag) != 0)
			set(fields, field->key, field->kind == PMIP_FIELD_IP ? json_ip(member) : json_integer((json_int_t)uint_get(field, member)));
	}
	return json_pack("{s:i,s:o,s:o}", "format", selector->format, "flags", json_number16("0x%04x", selector->flags), "fields", fields);
}

static json_t *json_uint16s(const struct pmip_bytes *bytes)
{
	json_t *array = json_array();

	for (size_t i = 0; i + 1 < bytes->len; i += 2)
		json_array_append_new(array, json_integer(bytes->data[i] << 8 | bytes->data[i + 1]));
	return array;
}

static json_t *json_addrs(const struct pmip_bytes *bytes)
{
	json_t *array = json_array();

	for (size_t i = 0; i + 16 <= bytes->len; i += 16)
		json_array_append_new(array, json_addr(bytes->data + i));
	return array;
}

static json_t *json_records(const struct pmip_opt_multicast_selector *selector)
{
	const struct pmip_bytes *bytes = &selector->records.bytes;
	json_t *array = json_array();
	size_t len;

	for (size_t at = 0; at < bytes->len; at += len) {
		len = pmip_record_len(selector->protocol, bytes->data + at, bytes->len - at);
		if (len == 0)
			break;
		json_array_append_new(array, json_hex(bytes->data + at, len));
	}
	return array;
}

static void set_mnid(json_t *object, const struct pmip_field *field, const struct pmip_mnid *mnid)
{
	set(object, "subtype", json_integer(mnid->subtype));
	set(object, "id_hex", json_hex(mnid->id, mnid->len));
	if (mnid->subtype == 1 && field->mask == 0)
		set(object, field->key, json_text(mnid->id, mnid->len));
}

static void set_timestamp(json_t *object, const struct pmip_field *field, uint64_t timestamp)
{
	set(object, field->key, json_number64(timestamp));
	set(object, "seconds", json_integer((json_int_t)(timestamp >> 16)));
	set(object, "frac65536", json_integer((json_int_t)(timestamp & 0xffff)));
}

static void set_lifetime(json_t *object, const struct pmip_field *field, uint32_t seconds, const struct pmip_mh *mh)
{
	uint32_t units = seconds / field->mask;

	if (mh == NULL) {
		set(object, field->key, json_integer(units));
		return;
	}
	if (field->mask != 1)
		set(object, "lifetime_units", json_integer(units));
	set(object, field->key, json_integer(seconds));
}

static void set_flags(json_t *object, const struct pmip_field *field, unsigned int flags, const struct pmip_mh *mh)
{
	if (mh->type == PMIP_MH_BU || mh->type == PMIP_MH_BA)
		set(object, "flags_raw", json_number16(field->octets == 1 ? "0x%02x" : "0x%04x", flags));
	/* Hardly any Fast Binding Acknowledgement has one. */
	if (mh->type != PMIP_MH_FBACK || flags != 0)
		set(object, field->key, json_flags(field, flags));
}

static json_t *suboptions_to_json(const struct pmip_option *option);

/* What stands around a field. */
struct owner {
	const void *at;                   /* the structure */
	const struct pmip_mh *mh;         /* it is a message */
	const struct pmip_option *option; /* it is an option */
};

static json_t *value_to_json(const struct pmip_field *field, const void *member, const struct owner *owner)
{
	const struct pmip_bytes *bytes = member;
	const struct pmip_llid *llid = member;

	switch (field->kind) {
	case PMIP_FIELD_UINT:
		return json_integer((json_int_t)uint_get(field, member));
	case PMIP_FIELD_FLAG:
		return owner->mh != NULL ? json_integer(*(const bool *)member) : json_boolean(*(const bool *)member);
	case PMIP_FIELD_BITS:
		return json_integer(*(const uint8_t *)member);
	case PMIP_FIELD_SECONDS:
		return *(const uint32_t *)member == PMIP_SECONDS_INFINITE ? json_string("infinite") : json_integer(*(const uint32_t *)member);
	case PMIP_FIELD_DEGREES:
		return json_integer(*(const int32_t *)member);
	case PMIP_FIELD_NTP:
		return json_number64(*(const uint64_t *)member);
	case PMIP_FIELD_ADDR:
		return json_addr(member);
	case PMIP_FIELD_IP:
		return json_ip(member);
	case PMIP_FIELD_LLID:
		/* Too long for the structure, it is whole in the option's data, behind two reserved octets. */
		if (llid->len == 0 && owner->option->len > 2)
			return json_hex(owner->option->data + 2, owner->option->len - 2u);
		return json_hex(llid->b, llid->len);
	case PMIP_FIELD_OCTETS:
		return json_hex(member, field->octets);
	case PMIP_FIELD_REST:
		return json_hex(bytes->data, bytes->len);
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_STRING:
		return json_text(bytes->data, bytes->len);
	case PMIP_FIELD_UINT16S:
		return json_uint16s(bytes);
	case PMIP_FIELD_ADDRS:
		return json_addrs(bytes);
	case PMIP_FIELD_RECORDS:
		return json_records(&owner->option->u.multicast_selector);
	case PMIP_FIELD_KEY:
		return ((const struct pmip_key *)member)->present ? json_integer(((const struct pmip_key *)member)->value) : json_null();
	case PMIP_FIELD_SUBOPTIONS:
		return suboptions_to_json(owner->option);
	case PMIP_FIELD_SELECTOR:
		return json_selector(member);
	case PMIP_FIELD_END:
	case PMIP_FIELD_RESERVED:
	case PMIP_FIELD_FLAGS:
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_PREFIX:
	case PMIP_FIELD_MNID:
	default:
		return NULL;
	}
}

/* One field, which may make several members or none. */
static void field_to_json(json_t *object, const struct pmip_field *field, const struct owner *owner)
{
	const void *member = (const uint8_t *)owner->at + field->at;
	const struct pmip_prefix *prefix = member;

	if (field->kind == PMIP_FIELD_MNID) {
		set_mnid(object, field, member);
	} else if (field->kind == PMIP_FIELD_TIMESTAMP) {
		set_timestamp(object, field, *(const uint64_t *)member);
	} else if (field->kind == PMIP_FIELD_LIFETIME) {
		set_lifetime(object, field, *(const uint32_t *)member, owner->mh);
	} else if (field->kind == PMIP_FIELD_FLAGS) {
		set_flags(object, field, (unsigned int)uint_get(field, member), owner->mh);
	} else if (field->kind == PMIP_FIELD_PREFIX) {
		set(object, field->key, json_addr(prefix->addr.b));
		set(object, "plen", json_integer(prefix->len));
	} else if (field->kind != PMIP_FIELD_RESERVED) {
		set(object, field->key, value_to_json(field, member, owner));
	}
}

static void fields_to_json(json_t *object, const struct pmip_field *field, const struct owner *owner)
{
	for (; field->kind != PMIP_FIELD_END; field++)
		field_to_json(object, field, owner);
}

static json_t *suboptions_to_json(const struct pmip_option *option)
{
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;
	json_t *array = json_array();

	pmip_suboption_iter_init(&iter, option);
	while (pmip_suboption_next(&iter, &sub) > 0) {
		const struct pmip_suboption_info *info = pmip_suboption_info(iter.family, sub.type);
		json_t *object = json_pack("{s:i}", "type", sub.type);

		if (info == NULL)
			set(object, "data", json_hex(sub.data, sub.len));
		else if (info->fields != NULL)
			fields_to_json(object, info->fields, &(struct owner){.at = &sub});
		else if (sub.type == PMIP_FLOW_PADN)
			set(object, "len", json_integer(sub.len));
		json_array_append_new(array, object);
	}
	return array;
}

/* An experimental option laid out as a Home Network Prefix may be one that means flow mobility: what it says then. */
static void set_flow_mobility(json_t *object, const struct pmip_option *option)
{
	struct pmip_prefix prefix;

	if (option->len != 18)
		return;
	prefix.len = option->data[1];
	memcpy(prefix.addr.b, option->data + 2, sizeof(prefix.addr.b));
	if (!pmip_prefix_is_valid(&prefix))
		return;
	set(object, "flowmob_prefix", json_addr(prefix.addr.b));
	set(object, "flowmob_plen", json_integer(prefix.len));
}

static json_t *option_to_json(const struct pmip_option *option)
{
	const struct pmip_option_info *info = pmip_option_info(option->type);
	json_t *object = json_pack("{s:i}", "type", option->type);

	if (option->type == PMIP_OPT_PAD1)
		return object;
	set(object, "len", json_integer(option->len));
	if (option->type == PMIP_OPT_PADN)
		return object;
	set(object, "name", json_string(info == NULL ? "unknown" : info->id));
	if (info == NULL)
		set(object, "data", json_hex(option->data, option->len));
	else
		fields_to_json(object, info->fields, &(struct owner){.at = option, .option = option});
	if (option->type == PMIP_OPT_EXPERIMENTAL)
		set_flow_mobility(object, option);
	set(object, "offset", json_integer((json_int_t)option->offset));
	return object;
}

json_t *message_to_json(const struct pmip_mh *mh)
{
	const struct pmip_mh_info *info = pmip_mh_info(mh);
	json_t *object, *options = json_array();
	struct pmip_option_iter iter;
	struct pmip_option option;

	object = json_pack("{s:i,s:i,s:i,s:i,s:o,s:s}", "payload_proto", mh->data[0], "header_len", mh->data[1], "total_octets", (int)mh->len,
			   "mh_type", mh->type, "checksum", json_number16("0x%04x", (unsigned int)(mh->data[4] << 8 | mh->data[5])), "msg",
			   info->id);
	fields_to_json(object, info->fields, &(struct owner){.at = mh, .mh = mh});
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0)
		json_array_append_new(options, option_to_json(&option));
	set(object, "options", options);
	return object;
}
