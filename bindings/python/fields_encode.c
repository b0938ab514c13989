/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From dictionaries to messages. Octets that the structures view are kept by a list of Python objects until the message is written.
 */
#include "fields.h"

static int read_values(const struct pmip_field *field, void *owner, PyObject *values, PyObject *kept);

/* Let the list have a new reference. */
static int keep(PyObject *kept, PyObject *object)
{
	int result = object == NULL ? 0 : PyList_Append(kept, object);

	Py_XDECREF(object);
	return result;
}

static int keep_octets(PyObject *kept, const uint8_t *data, size_t len, struct pmip_bytes *to)
{
	PyObject *octets = value_from_octets(data, len);

	if (octets == NULL)
		return -1;
	*to = (struct pmip_bytes){(const uint8_t *)PyBytes_AS_STRING(octets), len};
	return keep(kept, octets);
}

static int read_bytes(PyObject *from, struct pmip_bytes *to, PyObject *kept)
{
	PyObject *octets;

	return value_to_bytes(from, to, &octets) < 0 ? -1 : keep(kept, octets);
}

/* Data of an option or sub-option: as many octets as its length can say, else the error. */
static int read_data(PyObject *from, int err, const uint8_t **data, uint8_t *len, PyObject *kept)
{
	struct pmip_bytes bytes;

	if (read_bytes(from, &bytes, kept) < 0)
		return -1;
	if (bytes.len > UINT8_MAX) {
		value_raise(err, NULL);
		return -1;
	}
	*data = bytes.data;
	*len = (uint8_t)bytes.len;
	return 0;
}

static int read_number(const struct pmip_field *field, PyObject *from, void *member)
{
	uint64_t value;

	if (value_to_uint(from, field->octets == 8 ? UINT64_MAX : (1ULL << 8 * field->octets) - 1, &value) < 0)
		return -1;
	if (field->octets == 1)
		*(uint8_t *)member = (uint8_t)value;
	else if (field->octets == 2)
		*(uint16_t *)member = (uint16_t)value;
	else if (field->octets == 4)
		*(uint32_t *)member = (uint32_t)value;
	else
		*(uint64_t *)member = value;
	return 0;
}

static int read_flag(PyObject *from, bool *to)
{
	int truth = PyObject_IsTrue(from);

	*to = truth > 0;
	return truth < 0 ? -1 : 0;
}

static int read_mnid(PyObject *from, struct pmip_mnid *to, PyObject *kept)
{
	PyObject *octets;

	return value_to_mnid(from, to, &octets) < 0 ? -1 : keep(kept, octets);
}

static int read_exactly(PyObject *from, uint8_t *to, size_t len)
{
	struct pmip_bytes bytes;
	PyObject *octets;
	int result = -1;

	if (value_to_bytes(from, &bytes, &octets) < 0)
		return -1;
	if (bytes.len == len) {
		memcpy(to, bytes.data, len);
		result = 0;
	} else {
		PyErr_Format(PyExc_ValueError, "%R has not %zu octets", from, len);
	}
	Py_XDECREF(octets);
	return result;
}

/* Octets of one element of a list; buf is for those that have none of their own. */
static int read_element(const struct pmip_field *field, PyObject *from, uint8_t buf[16], struct pmip_bytes *to, PyObject **octets)
{
	uint64_t number;

	*octets = NULL;
	if (field->kind == PMIP_FIELD_RECORDS)
		return value_to_bytes(from, to, octets);
	if (field->kind == PMIP_FIELD_ADDRS) {
		*to = (struct pmip_bytes){buf, 16};
		return value_to_addr(from, (struct pmip_addr *)buf);
	}
	if (value_to_uint(from, UINT16_MAX, &number) < 0)
		return -1;
	buf[0] = (uint8_t)(number >> 8);
	buf[1] = (uint8_t)number;
	*to = (struct pmip_bytes){buf, 2};
	return 0;
}

static int read_list(const struct pmip_field *field, PyObject *from, void *member, PyObject *kept)
{
	struct pmip_bytes *bytes = field->kind == PMIP_FIELD_RECORDS ? &((struct pmip_records *)member)->bytes : member, one;
	PyObject *sequence = PySequence_Fast(from, "give a list"), *octets;
	uint8_t buf[PMIP_MH_MAX], element[16];
	size_t used = 0;

	if (sequence == NULL)
		return -1;
	for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence) && !PyErr_Occurred(); i++) {
		if (read_element(field, PySequence_Fast_GET_ITEM(sequence, i), element, &one, &octets) < 0)
			break;
		if (one.len > sizeof(buf) - used) {
			PyErr_SetString(PyExc_ValueError, "the list is longer than a message can be");
		} else if (one.len > 0) {
			memcpy(buf + used, one.data, one.len);
			used += one.len;
		}
		Py_XDECREF(octets);
	}
	if (field->kind == PMIP_FIELD_RECORDS)
		((struct pmip_records *)member)->count = (uint16_t)PySequence_Fast_GET_SIZE(sequence);
	Py_DECREF(sequence);
	return PyErr_Occurred() ? -1 : keep_octets(kept, buf, used, bytes);
}

/* (type, values or octets) */
static int read_suboption(PyObject *from, enum pmip_suboption_family family, struct pmip_suboption *to, PyObject *kept)
{
	const struct pmip_suboption_info *info;
	PyObject *what;

	memset(to, 0, sizeof(*to));
	if (!PyArg_ParseTuple(from, "bO", &to->type, &what))
		return -1;
	info = pmip_suboption_info(family, to->type);
	if (info != NULL && info->fields != NULL)
		return read_values(info->fields, to, what, kept);
	return read_data(what, PMIP_ERR_SUBOPT_LEN, &to->data, &to->len, kept);
}

static int read_suboptions(const struct pmip_field *field, PyObject *from, struct pmip_bytes *to, PyObject *kept)
{
	PyObject *sequence = PySequence_Fast(from, "give a list of sub-options");
	struct pmip_suboption sub;
	uint8_t buf[UINT8_MAX];
	size_t used = 0;
	int n = 0;

	if (sequence == NULL)
		return -1;
	for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++) {
		if (read_suboption(PySequence_Fast_GET_ITEM(sequence, i), (enum pmip_suboption_family)field->mask, &sub, kept) < 0)
			break;
		n = pmip_suboption_encode(buf + used, sizeof(buf) - used, (enum pmip_suboption_family)field->mask, &sub);
		if (n < 0) {
			value_raise(n, NULL);
			break;
		}
		used += (size_t)n;
	}
	Py_DECREF(sequence);
	return PyErr_Occurred() ? -1 : keep_octets(kept, buf, used, to);
}

static int read_value(const struct pmip_field *field, PyObject *from, void *member, PyObject *kept)
{
	switch (field->kind) {
	case PMIP_FIELD_UINT:
	case PMIP_FIELD_FLAGS:
		return read_number(field, from, member);
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		return value_to_uint(from, UINT64_MAX, member);
	case PMIP_FIELD_FLAG:
		return read_flag(from, member);
	case PMIP_FIELD_BITS:
		return value_to_uint8(from, member);
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_SECONDS:
		return value_to_uint32(from, member);
	case PMIP_FIELD_DEGREES:
		*(int32_t *)member = (int32_t)PyLong_AsLong(from);
		return PyErr_Occurred() ? -1 : 0;
	case PMIP_FIELD_ADDR:
		return value_to_addr(from, member);
	case PMIP_FIELD_PREFIX:
		return value_to_prefix(from, member);
	case PMIP_FIELD_IP:
		return value_to_ip(from, member);
	case PMIP_FIELD_MNID:
		return read_mnid(from, member, kept);
	case PMIP_FIELD_LLID:
		return value_to_llid(from, member);
	case PMIP_FIELD_OCTETS:
		return read_exactly(from, member, field->octets);
	case PMIP_FIELD_REST:
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_STRING:
		return read_bytes(from, member, kept);
	case PMIP_FIELD_UINT16S:
	case PMIP_FIELD_ADDRS:
	case PMIP_FIELD_RECORDS:
		return read_list(field, from, member, kept);
	case PMIP_FIELD_KEY:
		return value_to_key(from, member);
	case PMIP_FIELD_SUBOPTIONS:
		return read_suboptions(field, from, member, kept);
	case PMIP_FIELD_SELECTOR:
		return fields_selector_of(from, member);
	case PMIP_FIELD_END:
	case PMIP_FIELD_RESERVED:
	default:
		return 0;
	}
}

/* Fields that are not given stay as they are. */
static int read_values(const struct pmip_field *field, void *owner, PyObject *values, PyObject *kept)
{
	PyObject *from;

	if (!PyDict_Check(values)) {
		PyErr_Format(PyExc_TypeError, "%R: give a dictionary of fields", values);
		return -1;
	}
	for (; field->kind != PMIP_FIELD_END; field++) {
		from = field->kind == PMIP_FIELD_RESERVED ? NULL : PyDict_GetItemString(values, field->key);
		if (from != NULL && read_value(field, from, (uint8_t *)owner + field->at, kept) < 0)
			return -1;
	}
	return 0;
}

/* An identifier longer than the structure has room for is written as the option's data, behind two reserved octets. */
static int read_long_identifier(const struct pmip_option_info *info, PyObject *values, struct pmip_option *to, PyObject *kept, bool *is_long)
{
	const struct pmip_field *field = info->fields;
	uint8_t data[UINT8_MAX] = {0};
	struct pmip_bytes bytes;
	PyObject *from;

	while (field->kind != PMIP_FIELD_END && field->kind != PMIP_FIELD_LLID)
		field++;
	from = field->kind == PMIP_FIELD_LLID ? PyDict_GetItemString(values, field->key) : NULL;
	*is_long = from != NULL && PyBytes_Check(from) && PyBytes_GET_SIZE(from) > PMIP_LLID_MAX;
	if (!*is_long)
		return 0;
	if ((size_t)PyBytes_GET_SIZE(from) > sizeof(data) - 2) {
		value_raise(PMIP_ERR_OPT_LEN, NULL);
		return -1;
	}
	memcpy(data + 2, PyBytes_AS_STRING(from), (size_t)PyBytes_GET_SIZE(from));
	if (keep_octets(kept, data, (size_t)PyBytes_GET_SIZE(from) + 2, &bytes) < 0)
		return -1;
	to->data = bytes.data;
	to->len = (uint8_t)bytes.len;
	return 0;
}

/* (type, offset or None, data or None, values or None); at is the offset. */
static int read_option(PyObject *from, struct pmip_option *to, size_t *at, PyObject *kept)
{
	const struct pmip_option_info *info;
	PyObject *offset, *data, *values;
	bool is_long = false;
	uint64_t number = 0;

	memset(to, 0, sizeof(*to));
	if (!PyArg_ParseTuple(from, "bOOO", &to->type, &offset, &data, &values) || (offset != Py_None && value_to_uint(offset, SIZE_MAX, &number) < 0))
		return -1;
	*at = (size_t)number;
	info = pmip_option_info(to->type);
	if (info != NULL && info->fields != NULL && values != Py_None) {
		if (read_long_identifier(info, values, to, kept, &is_long) < 0)
			return -1;
		return is_long ? 0 : read_values(info->fields, to, values, kept);
	}
	return read_data(data, PMIP_ERR_OPT_LEN, &to->data, &to->len, kept);
}

/* Options that would stand where they stood anyway need no padding of ours. */
static int write_options(struct pmip_mh_writer *writer, PyObject *options, PyObject *kept)
{
	PyObject *sequence = PySequence_Fast(options, "give a list of options");
	struct pmip_option option;
	size_t at;

	if (sequence == NULL)
		return -1;
	for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++) {
		if (read_option(PySequence_Fast_GET_ITEM(sequence, i), &option, &at, kept) < 0)
			break;
		writer->unaligned = at == writer->len;
		pmip_mh_add_option(writer, &option);
	}
	Py_DECREF(sequence);
	return PyErr_Occurred() ? -1 : 0;
}

PyObject *fields_encode(size_t row, PyObject *values, PyObject *options, const struct pmip_addr *src, const struct pmip_addr *dst)
{
	const struct pmip_mh_info *info = pmip_mh_info_nth(row);
	PyObject *kept = PyList_New(0), *result = NULL;
	struct pmip_mh_writer writer;
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_mh mh;
	int len;

	if (kept == NULL || info == NULL)
		goto out;
	memset(&mh, 0, sizeof(mh));
	mh.type = info->type;
	if (mh.type == PMIP_MH_REVOCATION)
		mh.u.revocation.type = info->subtype;
	else if (mh.type == PMIP_MH_FLOW_BINDING)
		mh.u.flow_binding.type = info->subtype;
	if (read_values(info->fields, &mh, values, kept) < 0)
		goto out;
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	if (write_options(&writer, options, kept) < 0)
		goto out;
	len = pmip_mh_finish(&writer, src, dst);
	result = len < 0 ? value_raise(len, NULL) : value_from_octets(buf, (size_t)len);
out:
	Py_XDECREF(kept);
	return result;
}
