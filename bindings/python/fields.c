/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From messages to dictionaries. What a value is in Python follows from the kind of its field alone.
 */
#include "fields.h"

fields_selector_object_fn *fields_selector_object;
fields_selector_of_fn *fields_selector_of;

void fields_selectors(fields_selector_object_fn *object, fields_selector_of_fn *of)
{
	fields_selector_object = object;
	fields_selector_of = of;
}

static bool is_set(const struct pmip_field *field, const void *member)
{
	static const uint8_t zero[4];

	return field->kind == PMIP_FIELD_IP ? ((const struct pmip_ip *)member)->len > 0 : memcmp(member, zero, field->octets) != 0;
}

void fields_selector_complete(struct pmip_selector *selector)
{
	const struct pmip_field *field = pmip_selector_fields(selector->format);

	selector->flags = 0;
	for (unsigned int flag = 0x8000; field != NULL && field->kind != PMIP_FIELD_END; field += 2, flag >>= 2) {
		if (is_set(field + 1, (const uint8_t *)selector + field[1].at))
			selector->flags |= (uint16_t)(flag | flag >> 1);
		else if (is_set(field, (const uint8_t *)selector + field->at))
			selector->flags |= (uint16_t)flag;
	}
}

static PyObject *text_or_octets(const struct pmip_bytes *bytes)
{
	PyObject *text = value_from_text(bytes->data, bytes->len);

	return text != NULL || PyErr_Occurred() ? text : value_from_octets(bytes->data, bytes->len);
}

/* Take a new reference into a list; NULL in, or no memory, makes the list NULL. */
static void append(PyObject **list, PyObject *item)
{
	if (item == NULL || (*list != NULL && PyList_Append(*list, item) < 0))
		Py_CLEAR(*list);
	Py_XDECREF(item);
}

static PyObject *list_of_numbers(const struct pmip_bytes *bytes)
{
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list != NULL && i + 1 < bytes->len; i += 2)
		append(&list, PyLong_FromLong(bytes->data[i] << 8 | bytes->data[i + 1]));
	return list;
}

static PyObject *list_of_addresses(const struct pmip_bytes *bytes)
{
	PyObject *list = PyList_New(0);
	struct pmip_addr addr;

	for (size_t i = 0; list != NULL && i + sizeof(addr.b) <= bytes->len; i += sizeof(addr.b)) {
		memcpy(addr.b, bytes->data + i, sizeof(addr.b));
		append(&list, value_from_addr(&addr));
	}
	return list;
}

static PyObject *list_of_records(const struct pmip_opt_multicast_selector *selector)
{
	const struct pmip_bytes *bytes = &selector->records.bytes;
	PyObject *list = PyList_New(0);
	size_t len;

	for (size_t at = 0; list != NULL && at < bytes->len; at += len) {
		len = pmip_record_len(selector->protocol, bytes->data + at, bytes->len - at);
		if (len == 0)
			break;
		append(&list, value_from_octets(bytes->data + at, len));
	}
	return list;
}

static PyObject *number(const struct pmip_field *field, const void *member)
{
	if (field->octets == 1)
		return PyLong_FromLong(*(const uint8_t *)member);
	if (field->octets == 2)
		return PyLong_FromLong(*(const uint16_t *)member);
	if (field->octets == 4)
		return PyLong_FromUnsignedLong(*(const uint32_t *)member);
	return PyLong_FromUnsignedLongLong(*(const uint64_t *)member);
}

/* Set a new reference; -1 with an exception. */
static int put(PyObject *dict, const char *key, PyObject *value)
{
	int result = value == NULL ? -1 : PyDict_SetItemString(dict, key, value);

	Py_XDECREF(value);
	return result;
}

static PyObject *list_of_suboptions(const struct pmip_option *option);

/* Too long for the structure, an identifier is whole in the option's data, behind two reserved octets. */
static PyObject *link_layer_identifier(const struct pmip_llid *llid, const struct pmip_option *option)
{
	if (llid->len == 0 && option != NULL && option->len > 2)
		return value_from_octets(option->data + 2, option->len - 2u);
	return value_from_llid(llid);
}

/* option is that in which the field stands, or NULL. */
static PyObject *value(const struct pmip_field *field, const void *member, const struct pmip_option *option)
{
	switch (field->kind) {
	case PMIP_FIELD_UINT:
	case PMIP_FIELD_FLAGS:
		return number(field, member);
	case PMIP_FIELD_FLAG:
		return PyBool_FromLong(*(const bool *)member);
	case PMIP_FIELD_BITS:
		return PyLong_FromLong(*(const uint8_t *)member);
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_SECONDS:
		return PyLong_FromUnsignedLong(*(const uint32_t *)member);
	case PMIP_FIELD_DEGREES:
		return PyLong_FromLong(*(const int32_t *)member);
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		return PyLong_FromUnsignedLongLong(*(const uint64_t *)member);
	case PMIP_FIELD_ADDR:
		return value_from_addr(member);
	case PMIP_FIELD_PREFIX:
		return value_from_prefix(member);
	case PMIP_FIELD_IP:
		return value_from_ip(member);
	case PMIP_FIELD_MNID:
		return value_from_mnid(member);
	case PMIP_FIELD_LLID:
		return link_layer_identifier(member, option);
	case PMIP_FIELD_OCTETS:
		return value_from_octets(member, field->octets);
	case PMIP_FIELD_REST:
		return value_from_octets(((const struct pmip_bytes *)member)->data, ((const struct pmip_bytes *)member)->len);
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_STRING:
		return text_or_octets(member);
	case PMIP_FIELD_UINT16S:
		return list_of_numbers(member);
	case PMIP_FIELD_ADDRS:
		return list_of_addresses(member);
	case PMIP_FIELD_RECORDS:
		return list_of_records(&option->u.multicast_selector);
	case PMIP_FIELD_KEY:
		return value_from_key(member);
	case PMIP_FIELD_SUBOPTIONS:
		return list_of_suboptions(option);
	case PMIP_FIELD_SELECTOR:
		return fields_selector_object(member);
	case PMIP_FIELD_END:
	case PMIP_FIELD_RESERVED:
	default:
		Py_RETURN_NONE;
	}
}

static PyObject *values(const struct pmip_field *field, const void *owner, const struct pmip_option *option)
{
	PyObject *dict = PyDict_New();

	for (; dict != NULL && field->kind != PMIP_FIELD_END; field++) {
		if (field->kind == PMIP_FIELD_RESERVED)
			continue;
		if (put(dict, field->key, value(field, (const uint8_t *)owner + field->at, option)) < 0)
			Py_CLEAR(dict);
	}
	return dict;
}

static PyObject *list_of_suboptions(const struct pmip_option *option)
{
	const struct pmip_suboption_info *info;
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;
	PyObject *list = PyList_New(0), *what;

	pmip_suboption_iter_init(&iter, option);
	while (list != NULL && pmip_suboption_next(&iter, &sub) > 0) {
		info = pmip_suboption_info(iter.family, sub.type);
		what = info == NULL || info->fields == NULL ? value_from_octets(sub.data, sub.len) : values(info->fields, &sub, option);
		append(&list, what == NULL ? NULL : Py_BuildValue("(iN)", sub.type, what));
	}
	return list;
}

static PyObject *optional_text(const char *text)
{
	return text == NULL ? Py_NewRef(Py_None) : PyUnicode_FromString(text);
}

PyObject *fields_of_message(const struct pmip_mh *mh)
{
	const struct pmip_mh_info *info = pmip_mh_info(mh);
	size_t row = 0;

	while (pmip_mh_info_nth(row) != info)
		row++;
	return Py_BuildValue("(nN)", (Py_ssize_t)row, values(info->fields, mh, NULL));
}

PyObject *fields_of_options(const struct pmip_mh *mh)
{
	const struct pmip_option_info *info;
	struct pmip_option_iter iter;
	struct pmip_option option;
	PyObject *list = PyList_New(0), *what;

	pmip_option_iter_init(&iter, mh);
	while (list != NULL && pmip_option_next(&iter, &option) > 0) {
		info = pmip_option_info(option.type);
		what = info == NULL || info->fields == NULL ? Py_NewRef(Py_None) : values(info->fields, &option, &option);
		append(&list, what == NULL ? NULL : Py_BuildValue("(iny#N)", option.type, (Py_ssize_t)option.offset,
								  option.len == 0 ? "" : (const char *)option.data, (Py_ssize_t)option.len, what));
	}
	return list;
}

/* ((key, name, letters or None), ...) */
static PyObject *keys(const struct pmip_field *field)
{
	PyObject *list = PyList_New(0);

	for (; list != NULL && field != NULL && field->kind != PMIP_FIELD_END; field++) {
		if (field->kind != PMIP_FIELD_RESERVED)
			append(&list, Py_BuildValue("(ssN)", field->key, field->name, optional_text(field->letters)));
	}
	return list;
}

PyObject *fields_message_table(void)
{
	const struct pmip_mh_info *info;
	PyObject *list = PyList_New(0);

	for (size_t n = 0; list != NULL && (info = pmip_mh_info_nth(n)) != NULL; n++)
		append(&list, Py_BuildValue("(iisssN)", info->type, info->subtype, info->id, info->name, info->ref, keys(info->fields)));
	return list;
}

PyObject *fields_option_table(void)
{
	const struct pmip_option_info *info;
	PyObject *list = PyList_New(0);

	for (unsigned int type = 0; list != NULL && type <= UINT8_MAX; type++) {
		info = pmip_option_info((uint8_t)type);
		if (info != NULL)
			append(&list, Py_BuildValue("(iisssN)", type, 0, info->id, info->name, info->ref, keys(info->fields)));
	}
	return list;
}
