/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON in the notation of to_json.c to a message. What follows from other members (header_len, seconds, nai ...) is not looked at.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"

#define BITS16 0x8000
#define BITS8 0x80

/* Where in the message something is wrong, for the error text. */
struct place {
	struct arena *arena;
	const char *what; /* "option", "sub-option" or "message" */
	size_t number;    /* which one */
};

static int wrong(const struct place *place, const char *key, const char *want)
{
	if (place->arena->error[0] == '\0')
		snprintf(place->arena->error, sizeof(place->arena->error), "%s %zu: \"%s\" must be %s", place->what, place->number, key, want);
	return -1;
}

static int get_int(const struct place *place, const json_t *object, const char *key, int64_t least, uint64_t most, uint64_t *value)
{
	const json_t *member = json_object_get(object, key);
	json_int_t number = json_is_boolean(member) ? json_is_true(member) : json_integer_value(member);
	char want[80];

	snprintf(want, sizeof(want), "a number from %" PRId64 " to %" PRIu64, least, most);
	if (!json_is_integer(member) && !json_is_boolean(member))
		return wrong(place, key, want);
	if (number < least || (number > 0 && (uint64_t)number > most))
		return wrong(place, key, want);
	*value = (uint64_t)number;
	return 0;
}

static const char *get_string(const struct place *place, const json_t *object, const char *key, const char *want)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (text == NULL)
		wrong(place, key, want);
	return text;
}

/* Octets that last as long as the message. */
static int keep(const struct place *place, const char *key, const uint8_t *data, size_t len, struct pmip_bytes *bytes)
{
	struct arena *arena = place->arena;

	if (sizeof(arena->buf) - arena->used < len)
		return wrong(place, key, "shorter");
	if (len > 0)
		memcpy(arena->buf + arena->used, data, len);
	*bytes = (struct pmip_bytes){arena->buf + arena->used, len};
	arena->used += len;
	return 0;
}

static int keep_hex(const struct place *place, const char *key, const char *text, struct pmip_bytes *bytes)
{
	uint8_t buf[PMIP_MH_MAX];
	int n = text == NULL ? -1 : hex_read(text, buf, sizeof(buf));

	return n < 0 ? wrong(place, key, "hexadecimal digits") : keep(place, key, buf, (size_t)n, bytes);
}

static int get_hex(const struct place *place, const json_t *object, const char *key, struct pmip_bytes *bytes)
{
	return keep_hex(place, key, json_string_value(json_object_get(object, key)), bytes);
}

/* A string, or {"hex": octets} where they are no text. */
static int get_text(const struct place *place, const json_t *object, const char *key, struct pmip_bytes *bytes)
{
	const json_t *member = json_object_get(object, key);

	if (json_is_object(member))
		return get_hex(place, member, "hex", bytes);
	if (!json_is_string(member))
		return wrong(place, key, "text, or {\"hex\": digits}");
	return keep(place, key, (const uint8_t *)json_string_value(member), json_string_length(member), bytes);
}

/* "0x" and digits. */
static int get_number64(const struct place *place, const json_t *object, const char *key, uint64_t *value)
{
	const char *text = get_string(place, object, key, "a hexadecimal number such as \"0x1f\"");
	char *end;

	if (text == NULL)
		return -1;
	*value = strtoull(text, &end, 16);
	return *text == '\0' || *end != '\0' ? wrong(place, key, "a hexadecimal number such as \"0x1f\"") : 0;
}

static int read_ip(const struct place *place, const json_t *object, const char *key, struct pmip_ip *ip)
{
	const char *text;

	memset(ip, 0, sizeof(*ip));
	if (json_is_null(json_object_get(object, key)))
		return 0;
	text = get_string(place, object, key, "an address");
	if (text == NULL)
		return -1;
	return pmip_ip_parse(ip, text) < 0 ? wrong(place, key, "an address") : 0;
}

static int read_addr(const struct place *place, const json_t *object, const char *key, struct pmip_addr *addr)
{
	const char *text = get_string(place, object, key, "an IPv6 address");

	return text != NULL && pmip_addr_parse(addr, text) < 0 ? wrong(place, key, "an IPv6 address") : text == NULL ? -1 : 0;
}

static void uint_set(const struct pmip_field *field, void *member, uint64_t value)
{
	if (field->octets == 1)
		*(uint8_t *)member = (uint8_t)value;
	else if (field->octets == 2)
		*(uint16_t *)member = (uint16_t)value;
	else if (field->octets == 4)
		*(uint32_t *)member = (uint32_t)value;
	else
		*(uint64_t *)member = value;
}

static int read_uint(const struct place *place, const json_t *object, const struct pmip_field *field, void *member)
{
	uint64_t most = field->octets == 8 ? INT64_MAX : (1ULL << 8 * field->octets) - 1, value;

	if (get_int(place, object, field->key, 0, most, &value) < 0)
		return -1;
	uint_set(field, member, value);
	return 0;
}

/* The raw number when it is there, else the letters, else none. */
static int read_flags(const struct place *place, const json_t *object, const struct pmip_field *field, void *member)
{
	unsigned int top = field->octets == 1 ? BITS8 : BITS16;
	const char *letters = json_string_value(json_object_get(object, field->key)), *at;
	uint64_t flags = 0;

	if (json_object_get(object, "flags_raw") != NULL) {
		if (get_number64(place, object, "flags_raw", &flags) < 0)
			return -1;
	} else {
		for (; letters != NULL && *letters != '\0'; letters++) {
			at = strchr(field->letters, *letters);
			if (at == NULL)
				return wrong(place, field->key, "letters of flags that the message has");
			flags |= top >> (at - field->letters);
		}
	}
	if (flags >= 2ULL * top)
		return wrong(place, "flags_raw", "as long as the message's flags");
	uint_set(field, member, flags);
	return 0;
}

static int read_lifetime(const struct place *place, const json_t *object, const struct pmip_field *field, bool message, uint32_t *seconds)
{
	uint64_t value, most = message ? UINT16_MAX * field->mask : UINT16_MAX;

	if (get_int(place, object, field->key, 0, most, &value) < 0)
		return -1;
	*seconds = (uint32_t)(message ? value : value * field->mask);
	return 0;
}

static int read_seconds(const struct place *place, const json_t *object, const struct pmip_field *field, uint32_t *seconds)
{
	const char *text = json_string_value(json_object_get(object, field->key));
	uint64_t value;

	if (text != NULL && strcmp(text, "infinite") == 0) {
		*seconds = PMIP_SECONDS_INFINITE;
		return 0;
	}
	if (get_int(place, object, field->key, 0, UINT16_MAX - 1, &value) < 0)
		return -1;
	*seconds = (uint32_t)value;
	return 0;
}

static int read_degrees(const struct place *place, const json_t *object, const struct pmip_field *field, int32_t *member)
{
	uint64_t value;

	if (get_int(place, object, field->key, -0x800000, 0x7fffff, &value) < 0)
		return -1;
	*member = (int32_t)(int64_t)value;
	return 0;
}

static int read_prefix(const struct place *place, const json_t *object, const struct pmip_field *field, struct pmip_prefix *prefix)
{
	uint64_t len;

	if (read_addr(place, object, field->key, &prefix->addr) < 0 || get_int(place, object, "plen", 0, 128, &len) < 0)
		return -1;
	prefix->len = (uint8_t)len;
	return 0;
}

static int read_mnid(const struct place *place, const json_t *object, struct pmip_mnid *mnid)
{
	struct pmip_bytes bytes;
	uint64_t subtype;

	if (get_int(place, object, "subtype", 0, UINT8_MAX, &subtype) < 0 || get_hex(place, object, "id_hex", &bytes) < 0)
		return -1;
	if (bytes.len > PMIP_MNID_MAX)
		return wrong(place, "id_hex", "shorter");
	*mnid = (struct pmip_mnid){(uint8_t)subtype, (uint8_t)bytes.len, bytes.data};
	return 0;
}

/* One too long for the structure becomes option data, behind two reserved octets. */
static int read_llid(const struct place *place, const json_t *object, const char *key, struct pmip_option *option)
{
	struct pmip_bytes bytes, whole;

	if (get_hex(place, object, key, &bytes) < 0)
		return -1;
	if (bytes.len <= PMIP_LLID_MAX) {
		option->u.ll_id.len = (uint8_t)bytes.len;
		memcpy(option->u.ll_id.b, bytes.data, bytes.len);
		return 0;
	}
	if (bytes.len > UINT8_MAX - 2)
		return wrong(place, key, "shorter");
	if (keep(place, key, (const uint8_t[]){0, 0}, 2, &whole) < 0 || keep(place, key, bytes.data, bytes.len, &bytes) < 0)
		return -1;
	option->data = whole.data;
	option->len = (uint8_t)(bytes.len + 2);
	return 0;
}

static int read_octets(const struct place *place, const json_t *object, const struct pmip_field *field, uint8_t *member)
{
	struct pmip_bytes bytes;

	if (get_hex(place, object, field->key, &bytes) < 0)
		return -1;
	if (bytes.len != field->octets)
		return wrong(place, field->key, "of the length that the format has");
	memcpy(member, bytes.data, bytes.len);
	return 0;
}

static int keep_element(const struct place *place, const struct pmip_field *field, const json_t *element, struct pmip_bytes *one)
{
	json_int_t number = json_integer_value(element);
	struct pmip_addr addr;

	if (field->kind == PMIP_FIELD_RECORDS)
		return keep_hex(place, field->key, json_string_value(element), one);
	if (field->kind == PMIP_FIELD_ADDRS) {
		if (!json_is_string(element) || pmip_addr_parse(&addr, json_string_value(element)) < 0)
			return wrong(place, field->key, "a list of IPv6 addresses");
		return keep(place, field->key, addr.b, sizeof(addr.b), one);
	}
	if (!json_is_integer(element) || number < 0 || number > UINT16_MAX)
		return wrong(place, field->key, "a list of numbers from 0 to 65535");
	return keep(place, field->key, (const uint8_t[]){(uint8_t)(number >> 8), (uint8_t)number}, 2, one);
}

/* Elements follow each other in the arena, so that the list is one view. */
static int read_list(const struct place *place, const json_t *object, const struct pmip_field *field, void *member)
{
	const json_t *array = json_object_get(object, field->key), *element;
	struct pmip_bytes *bytes = field->kind == PMIP_FIELD_RECORDS ? &((struct pmip_records *)member)->bytes : member, one;
	size_t i;

	if (!json_is_array(array))
		return wrong(place, field->key, "a list");
	*bytes = (struct pmip_bytes){place->arena->buf + place->arena->used, 0};
	json_array_foreach(array, i, element) {
		if (keep_element(place, field, element, &one) < 0)
			return -1;
		bytes->len += one.len;
	}
	if (field->kind == PMIP_FIELD_RECORDS)
		((struct pmip_records *)member)->count = (uint16_t)json_array_size(array);
	return 0;
}

static int read_key(const struct place *place, const json_t *object, const char *name, struct pmip_key *key)
{
	uint64_t value = 0;

	key->present = !json_is_null(json_object_get(object, name));
	if (key->present && get_int(place, object, name, 0, UINT32_MAX, &value) < 0)
		return -1;
	key->value = (uint32_t)value;
	return 0;
}

static int read_selector(const struct place *place, const json_t *object, const char *key, struct pmip_selector *selector)
{
	const json_t *from = json_object_get(object, key), *fields = json_object_get(from, "fields");
	const struct pmip_field *field;
	uint64_t format, flags;

	if (get_int(place, from, "format", 0, UINT8_MAX, &format) < 0 || get_number64(place, from, "flags", &flags) < 0)
		return -1;
	field = pmip_selector_fields((uint8_t)format);
	if (field == NULL || flags > UINT16_MAX)
		return wrong(place, key, "a selector of format 1 or 2 with 16 bits of flags");
	memset(selector, 0, sizeof(*selector));
	selector->format = (uint8_t)format;
	selector->flags = (uint16_t)flags;
	for (unsigned int flag = BITS16; field->kind != PMIP_FIELD_END; field++, flag >>= 1) {
		void *member = (uint8_t *)selector + field->at;

		if ((flags & flag) == 0)
			continue;
		if ((field->kind == PMIP_FIELD_IP ? read_ip(place, fields, field->key, member) : read_uint(place, fields, field, member)) < 0)
			return -1;
	}
	return 0;
}

static int read_suboptions(const struct place *place, const json_t *object, const struct pmip_field *field, struct pmip_bytes *bytes);

/* The owner's member for one field. option is NULL in a message, sub-options do not need it. */
static int read_field(const struct place *place, const json_t *object, const struct pmip_field *field, void *owner, bool message)
{
	void *member = (uint8_t *)owner + field->at;
	uint64_t value;

	switch (field->kind) {
	case PMIP_FIELD_END:
	case PMIP_FIELD_RESERVED:
		return 0;
	case PMIP_FIELD_UINT:
		return read_uint(place, object, field, member);
	case PMIP_FIELD_FLAG:
		if (get_int(place, object, field->key, 0, 1, &value) < 0)
			return -1;
		*(bool *)member = value != 0;
		return 0;
	case PMIP_FIELD_BITS:
		return get_int(place, object, field->key, 0, UINT8_MAX, &value) < 0 ? -1 : (*(uint8_t *)member = (uint8_t)value, 0);
	case PMIP_FIELD_FLAGS:
		return read_flags(place, object, field, member);
	case PMIP_FIELD_LIFETIME:
		return read_lifetime(place, object, field, message, member);
	case PMIP_FIELD_SECONDS:
		return read_seconds(place, object, field, member);
	case PMIP_FIELD_DEGREES:
		return read_degrees(place, object, field, member);
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		return get_number64(place, object, field->key, member);
	case PMIP_FIELD_ADDR:
		return read_addr(place, object, field->key, member);
	case PMIP_FIELD_PREFIX:
		return read_prefix(place, object, field, member);
	case PMIP_FIELD_IP:
		return read_ip(place, object, field->key, member);
	case PMIP_FIELD_MNID:
		return read_mnid(place, object, member);
	case PMIP_FIELD_LLID:
		return read_llid(place, object, field->key, owner);
	case PMIP_FIELD_OCTETS:
		return read_octets(place, object, field, member);
	case PMIP_FIELD_REST:
		return get_hex(place, object, field->key, member);
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_STRING:
		return get_text(place, object, field->key, member);
	case PMIP_FIELD_UINT16S:
	case PMIP_FIELD_ADDRS:
	case PMIP_FIELD_RECORDS:
		return read_list(place, object, field, member);
	case PMIP_FIELD_KEY:
		return read_key(place, object, field->key, member);
	case PMIP_FIELD_SUBOPTIONS:
		return read_suboptions(place, object, field, member);
	case PMIP_FIELD_SELECTOR:
		return read_selector(place, object, field->key, member);
	default:
		return wrong(place, field->key, "of a kind that this program knows");
	}
}

static int read_fields(const struct place *place, const json_t *object, const struct pmip_field *field, void *owner, bool message)
{
	for (; field->kind != PMIP_FIELD_END; field++) {
		if (read_field(place, object, field, owner, message) < 0)
			return -1;
	}
	return 0;
}

static int read_suboption(const struct place *place, const json_t *object, enum pmip_suboption_family family, struct pmip_suboption *sub)
{
	const struct pmip_suboption_info *info;
	struct pmip_bytes bytes;
	uint64_t value;

	memset(sub, 0, sizeof(*sub));
	if (get_int(place, object, "type", 0, UINT8_MAX, &value) < 0)
		return -1;
	sub->type = (uint8_t)value;
	info = pmip_suboption_info(family, sub->type);
	if (info != NULL && info->fields != NULL)
		return read_fields(place, object, info->fields, sub, false);
	if (info != NULL) {
		if (sub->type == PMIP_FLOW_PADN && get_int(place, object, "len", 0, UINT8_MAX, &value) < 0)
			return -1;
		sub->len = sub->type == PMIP_FLOW_PADN ? (uint8_t)value : 0;
		return 0;
	}
	if (get_hex(place, object, "data", &bytes) < 0)
		return -1;
	if (bytes.len > UINT8_MAX)
		return wrong(place, "data", "shorter");
	sub->data = bytes.data;
	sub->len = (uint8_t)bytes.len;
	return 0;
}

static int read_suboptions(const struct place *place, const json_t *object, const struct pmip_field *field, struct pmip_bytes *bytes)
{
	const json_t *array = json_object_get(object, field->key), *element;
	struct place inner = {.arena = place->arena, .what = "sub-option"};
	struct pmip_suboption sub;
	uint8_t buf[UINT8_MAX];
	size_t used = 0;
	int n;

	if (!json_is_array(array))
		return wrong(place, field->key, "a list");
	json_array_foreach(array, inner.number, element) {
		if (read_suboption(&inner, element, (enum pmip_suboption_family)field->mask, &sub) < 0)
			return -1;
		n = pmip_suboption_encode(buf + used, sizeof(buf) - used, (enum pmip_suboption_family)field->mask, &sub);
		if (n < 0)
			return wrong(&inner, "type", pmip_strerror(n));
		used += (size_t)n;
	}
	return keep(place, field->key, buf, used, bytes);
}

static int read_option(const struct place *place, const json_t *object, struct pmip_option *option)
{
	const struct pmip_option_info *info;
	struct pmip_bytes bytes;
	uint64_t value;

	memset(option, 0, sizeof(*option));
	if (get_int(place, object, "type", 0, UINT8_MAX, &value) < 0)
		return -1;
	option->type = (uint8_t)value;
	info = pmip_option_info(option->type);
	if (info != NULL && info->fields != NULL)
		return read_fields(place, object, info->fields, option, false);
	if (option->type == PMIP_OPT_PAD1)
		return 0;
	if (option->type == PMIP_OPT_PADN) {
		if (get_int(place, object, "len", 0, 253, &value) < 0)
			return -1;
		option->len = (uint8_t)value;
		return 0;
	}
	if (get_hex(place, object, "data", &bytes) < 0)
		return -1;
	if (bytes.len > UINT8_MAX)
		return wrong(place, "data", "shorter");
	option->data = bytes.data;
	option->len = (uint8_t)bytes.len;
	return 0;
}

/* Options with the offset at which they would land anyway need no padding of ours: what there is, is listed. */
static int write_options(struct pmip_mh_writer *writer, const json_t *options, struct arena *arena)
{
	struct place place = {.arena = arena, .what = "option"};
	struct pmip_option option;
	const json_t *element;

	json_array_foreach(options, place.number, element) {
		const json_t *offset = json_object_get(element, "offset");

		if (read_option(&place, element, &option) < 0)
			return -1;
		writer->unaligned = json_is_integer(offset) && (size_t)json_integer_value(offset) == writer->len;
		pmip_mh_add_option(writer, &option);
		if (writer->err != 0)
			return wrong(&place, "type", pmip_strerror(writer->err));
	}
	return 0;
}

/* The row of the message that "msg" names. */
static const struct pmip_mh_info *find_info(const char *id)
{
	const struct pmip_mh_info *info;

	for (size_t n = 0; (info = pmip_mh_info_nth(n)) != NULL; n++) {
		if (strcmp(info->id, id) == 0)
			return info;
	}
	return NULL;
}

int message_from_json(const json_t *object, const struct pmip_addr *src, const struct pmip_addr *dst, uint8_t buf[PMIP_MH_MAX],
		      struct arena *arena)
{
	struct place place = {.arena = arena, .what = "message"};
	const char *id = get_string(&place, object, "msg", "the name of a message, such as \"BU\"");
	const struct pmip_mh_info *info = id == NULL ? NULL : find_info(id);
	struct pmip_mh_writer writer;
	struct pmip_mh mh;
	uint64_t checksum = 0;
	int len;

	if (info == NULL)
		return wrong(&place, "msg", "the name of a message, such as \"BU\"");
	memset(&mh, 0, sizeof(mh));
	mh.type = info->type;
	if (read_fields(&place, object, info->fields, &mh, true) < 0)
		return -1;
	pmip_mh_begin(&writer, buf, PMIP_MH_MAX, &mh);
	if (write_options(&writer, json_object_get(object, "options"), arena) < 0)
		return -1;
	len = pmip_mh_finish(&writer, src, dst);
	if (len < 0)
		return wrong(&place, "msg", pmip_strerror(len));
	if (src != NULL || json_object_get(object, "checksum") == NULL)
		return len;
	if (get_number64(&place, object, "checksum", &checksum) < 0)
		return -1;
	buf[4] = (uint8_t)(checksum >> 8);
	buf[5] = (uint8_t)checksum;
	return len;
}
