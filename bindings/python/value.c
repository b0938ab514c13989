/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library has one type for addresses of both families, where IPv4 addresses are mapped (::ffff:a.b.c.d). Python has two: mapped ones come out as
 * IPv4, and either goes in.
 */
#include "value.h"

#define MAPPED_BITS 96

static PyObject *ipaddress;
static PyObject *ipv4_address, *ipv6_address, *ipv4_network, *ipv6_network, *ipv6_interface;
static PyObject *error_factory;

int value_init(void)
{
	ipaddress = PyImport_ImportModule("ipaddress");
	if (ipaddress == NULL)
		return -1;
	ipv4_address = PyObject_GetAttrString(ipaddress, "IPv4Address");
	ipv6_address = PyObject_GetAttrString(ipaddress, "IPv6Address");
	ipv4_network = PyObject_GetAttrString(ipaddress, "IPv4Network");
	ipv6_network = PyObject_GetAttrString(ipaddress, "IPv6Network");
	ipv6_interface = PyObject_GetAttrString(ipaddress, "IPv6Interface");
	return ipv4_address && ipv6_address && ipv4_network && ipv6_network && ipv6_interface ? 0 : -1;
}

/* Python makes the exceptions; whatever part of the package is imported, it is found at the first error. */
static int find_error_factory(void)
{
	PyObject *module = PyImport_ImportModule("pmip.error");

	if (module == NULL)
		return -1;
	error_factory = PyObject_GetAttrString(module, "make");
	Py_DECREF(module);
	return error_factory == NULL ? -1 : 0;
}

PyObject *value_raise(int err, PyObject *diag)
{
	PyObject *error;

	if (error_factory == NULL && find_error_factory())
		return NULL;
	error = PyObject_CallFunction(error_factory, "iO", err, diag == NULL ? Py_None : diag);
	if (error != NULL) {
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
		Py_DECREF(error);
	}
	return NULL;
}

/* Octets of a buffer, unless there are more than most; how many there are, -1 with an exception. */
static Py_ssize_t read_octets(PyObject *from, uint8_t *to, Py_ssize_t most)
{
	Py_buffer view;
	Py_ssize_t len;

	if (PyObject_GetBuffer(from, &view, PyBUF_SIMPLE) < 0)
		return -1;
	len = view.len;
	if (len <= most)
		memcpy(to, view.buf, (size_t)len);
	PyBuffer_Release(&view);
	return len;
}

/* Octets of an address of ipaddress, of its text, or as they are. */
int value_to_ip(PyObject *from, struct pmip_ip *to)
{
	PyObject *packed = NULL;
	Py_ssize_t len;
	const char *text;

	memset(to, 0, sizeof(*to));
	if (from == Py_None)
		return 0;
	if (PyUnicode_Check(from)) {
		text = PyUnicode_AsUTF8(from);
		if (text != NULL && pmip_ip_parse(to, text) < 0)
			PyErr_Format(PyExc_ValueError, "%R is no IPv4 or IPv6 address", from);
		return PyErr_Occurred() ? -1 : 0;
	}
	if (!PyObject_CheckBuffer(from))
		from = packed = PyObject_GetAttrString(from, "packed");
	len = from == NULL ? -1 : read_octets(from, to->b, sizeof(to->b));
	Py_XDECREF(packed);
	if (len < 0)
		PyErr_SetString(PyExc_TypeError, "give an address of ipaddress, its text, or 4 or 16 octets");
	else if (len != 4 && len != 16)
		PyErr_Format(PyExc_ValueError, "an address has 4 or 16 octets, not %zd", len);
	else
		to->len = (uint8_t)len;
	return PyErr_Occurred() ? -1 : 0;
}

int value_to_addr(PyObject *from, struct pmip_addr *to)
{
	struct pmip_ip ip;

	if (value_to_ip(from, &ip) < 0)
		return -1;
	if (ip.len == 4)
		*to = pmip_addr_from_ipv4(ip.b);
	else
		memcpy(to->b, ip.b, sizeof(to->b)); /* none is :: */
	return 0;
}

/* A network or an interface of ipaddress: its address and its length. */
static int read_network(PyObject *from, struct pmip_prefix *to)
{
	PyObject *address = PyObject_HasAttrString(from, "ip") ? PyObject_GetAttrString(from, "ip") : PyObject_GetAttrString(from, "network_address");
	PyObject *network = PyObject_HasAttrString(from, "network") ? PyObject_GetAttrString(from, "network") : Py_NewRef(from);
	PyObject *length = network == NULL ? NULL : PyObject_GetAttrString(network, "prefixlen");
	int result = -1;
	uint64_t len;

	if (address != NULL && length != NULL && value_to_uint(length, 128, &len) == 0 && value_to_addr(address, &to->addr) == 0) {
		to->len = (uint8_t)(len + (PyObject_IsInstance(address, ipv4_address) ? MAPPED_BITS : 0));
		result = 0;
	} else {
		PyErr_Clear();
		PyErr_SetString(PyExc_TypeError, "give a network of ipaddress, or its text");
	}
	Py_XDECREF(address);
	Py_XDECREF(network);
	Py_XDECREF(length);
	return result;
}

int value_to_prefix(PyObject *from, struct pmip_prefix *to)
{
	PyObject *network;
	int result;

	if (from == Py_None) {
		memset(to, 0, sizeof(*to));
		return 0;
	}
	if (!PyUnicode_Check(from))
		return read_network(from, to);
	network = PyObject_CallMethod(ipaddress, "ip_network", "O", from);
	if (network == NULL)
		return -1;
	result = read_network(network, to);
	Py_DECREF(network);
	return result;
}

int value_to_llid(PyObject *from, struct pmip_llid *to)
{
	const char *text = PyUnicode_Check(from) ? PyUnicode_AsUTF8(from) : NULL;
	Py_ssize_t len;

	memset(to, 0, sizeof(*to));
	if (text != NULL && pmip_llid_parse(to, text) < 0) {
		PyErr_Format(PyExc_ValueError, "%R is no link-layer identifier: give at most %d octets such as \"02:00:00:00:00:01\"", from, PMIP_LLID_MAX);
	} else if (from != Py_None && !PyUnicode_Check(from)) {
		len = read_octets(from, to->b, PMIP_LLID_MAX);
		if (len > PMIP_LLID_MAX)
			PyErr_Format(PyExc_ValueError, "a link-layer identifier has at most %d octets", PMIP_LLID_MAX);
		else
			to->len = (uint8_t)len;
	}
	return PyErr_Occurred() ? -1 : 0;
}

int value_to_uint(PyObject *from, uint64_t most, uint64_t *to)
{
	PyObject *number = PyNumber_Index(from);
	unsigned long long value;

	if (number == NULL)
		return -1;
	value = PyLong_AsUnsignedLongLong(number);
	Py_DECREF(number);
	if (PyErr_Occurred() || value > most) {
		PyErr_Format(PyExc_OverflowError, "%R is not a number from 0 to %llu", from, (unsigned long long)most);
		return -1;
	}
	*to = value;
	return 0;
}

int value_to_uint8(PyObject *from, uint8_t *to)
{
	uint64_t value = 0;
	int result = value_to_uint(from, UINT8_MAX, &value);

	*to = (uint8_t)value;
	return result;
}

int value_to_uint32(PyObject *from, uint32_t *to)
{
	uint64_t value = 0;
	int result = value_to_uint(from, UINT32_MAX, &value);

	*to = (uint32_t)value;
	return result;
}

int value_to_key(PyObject *from, struct pmip_key *to)
{
	uint32_t value = 0;

	if (from != Py_None && value_to_uint32(from, &value) < 0)
		return -1;
	*to = (struct pmip_key){from != Py_None, value};
	return 0;
}

/* A number stands for both clocks, as a simulation has one. */
int value_to_now(PyObject *from, struct pmip_now *to)
{
	PyObject *mono, *wall;
	int result;

	if (!PyTuple_Check(from)) {
		if (value_to_uint(from, UINT64_MAX, &to->mono_us) < 0)
			return -1;
		to->wall_us = to->mono_us;
		return 0;
	}
	if (PyTuple_Size(from) != 2) {
		PyErr_SetString(PyExc_TypeError, "give the time as microseconds, or as Now(mono_us, wall_us)");
		return -1;
	}
	mono = PyTuple_GetItem(from, 0);
	wall = PyTuple_GetItem(from, 1);
	result = value_to_uint(mono, UINT64_MAX, &to->mono_us);
	return result < 0 ? result : value_to_uint(wall, UINT64_MAX, &to->wall_us);
}

int value_to_bytes(PyObject *from, struct pmip_bytes *to, PyObject **keep)
{
	char *data;
	Py_ssize_t len;

	*keep = NULL;
	*to = (struct pmip_bytes){NULL, 0};
	if (from == Py_None)
		return 0;
	*keep = PyUnicode_Check(from) ? PyUnicode_AsUTF8String(from) : PyBytes_FromObject(from);
	if (*keep == NULL || PyBytes_AsStringAndSize(*keep, &data, &len) < 0)
		return -1;
	*to = (struct pmip_bytes){(const uint8_t *)data, (size_t)len};
	return 0;
}

/* Text or octets are a network access identifier; a tuple is a subtype and octets. */
int value_to_mnid(PyObject *from, struct pmip_mnid *to, PyObject **keep)
{
	struct pmip_bytes bytes;
	uint8_t subtype = 1;

	*keep = NULL;
	memset(to, 0, sizeof(*to));
	if (from == Py_None)
		return 0;
	if (PyTuple_Check(from)) {
		if (PyTuple_Size(from) != 2) {
			PyErr_SetString(PyExc_TypeError, "give an identifier as text, or as (subtype, octets)");
			return -1;
		}
		if (value_to_uint8(PyTuple_GetItem(from, 0), &subtype) < 0)
			return -1;
		from = PyTuple_GetItem(from, 1);
	}
	if (value_to_bytes(from, &bytes, keep) < 0)
		return -1;
	if (bytes.len > PMIP_MNID_MAX) {
		Py_CLEAR(*keep);
		PyErr_Format(PyExc_ValueError, "an identifier has at most %d octets", PMIP_MNID_MAX);
		return -1;
	}
	*to = (struct pmip_mnid){subtype, (uint8_t)bytes.len, bytes.data};
	return 0;
}

PyObject *value_from_octets(const uint8_t *data, size_t len)
{
	return PyBytes_FromStringAndSize(len == 0 ? "" : (const char *)data, (Py_ssize_t)len);
}

PyObject *value_from_text(const uint8_t *data, size_t len)
{
	PyObject *text = PyUnicode_DecodeUTF8(len == 0 ? "" : (const char *)data, (Py_ssize_t)len, NULL);

	if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
		PyErr_Clear();
	return text;
}

/* cls(octets) */
static PyObject *call_with_octets(PyObject *cls, const uint8_t *data, size_t len)
{
	PyObject *octets = value_from_octets(data, len), *result;

	if (octets == NULL)
		return NULL;
	result = PyObject_CallOneArg(cls, octets);
	Py_DECREF(octets);
	return result;
}

PyObject *value_from_addr(const struct pmip_addr *from)
{
	if (pmip_addr_is_ipv4_mapped(from))
		return call_with_octets(ipv4_address, from->b + 12, 4);
	return call_with_octets(ipv6_address, from->b, 16);
}

PyObject *value_from_ip(const struct pmip_ip *from)
{
	if (from->len == 0)
		Py_RETURN_NONE;
	return call_with_octets(from->len == 4 ? ipv4_address : ipv6_address, from->b, from->len);
}

/* With bits behind its length it is no network, and comes out as an interface. */
PyObject *value_from_prefix(const struct pmip_prefix *from)
{
	bool ipv4 = pmip_prefix_is_ipv4(from);
	PyObject *octets = value_from_octets(ipv4 ? from->addr.b + 12 : from->addr.b, ipv4 ? 4 : 16), *arg, *result;
	PyObject *cls = ipv4 ? ipv4_network : ipv6_network;

	if (octets == NULL)
		return NULL;
	if (!pmip_prefix_is_valid(from))
		cls = ipv6_interface;
	arg = Py_BuildValue("(Ni)", octets, ipv4 ? from->len - MAPPED_BITS : from->len);
	if (arg == NULL)
		return NULL;
	result = PyObject_CallOneArg(cls, arg);
	Py_DECREF(arg);
	return result;
}

PyObject *value_from_llid(const struct pmip_llid *from)
{
	char text[PMIP_LLID_STRLEN];

	if (from->len == 0)
		Py_RETURN_NONE;
	return PyUnicode_FromString(pmip_llid_format(from, text));
}

/* Text where it is a network access identifier that is text, else a tuple. */
PyObject *value_from_mnid(const struct pmip_mnid *from)
{
	PyObject *text;

	if (from->len == 0 && from->subtype == 0)
		Py_RETURN_NONE;
	if (from->subtype == 1) {
		text = value_from_text(from->id, from->len);
		if (text != NULL || PyErr_Occurred())
			return text;
	}
	return Py_BuildValue("(iy#)", from->subtype, from->len == 0 ? "" : (const char *)from->id, (Py_ssize_t)from->len);
}

PyObject *value_from_key(const struct pmip_key *from)
{
	if (!from->present)
		Py_RETURN_NONE;
	return PyLong_FromUnsignedLong(from->value);
}

PyObject *value_from_prefixes(const struct pmip_prefix *from, unsigned int count)
{
	PyObject *list = PyList_New(0), *prefix;

	for (unsigned int i = 0; list != NULL && i < count; i++) {
		prefix = value_from_prefix(&from[i]);
		if (prefix == NULL || PyList_Append(list, prefix) < 0)
			Py_CLEAR(list);
		Py_XDECREF(prefix);
	}
	return list;
}

int value_to_prefixes(PyObject *from, struct pmip_prefix *to, unsigned int most)
{
	PyObject *sequence = PySequence_Fast(from, "give a list of prefixes");
	Py_ssize_t count = sequence == NULL ? -1 : PySequence_Fast_GET_SIZE(sequence);

	if (count > (Py_ssize_t)most) {
		PyErr_Format(PyExc_ValueError, "%zd prefixes, at most %u", count, most);
		count = -1;
	}
	for (Py_ssize_t i = 0; i < count; i++) {
		if (value_to_prefix(PySequence_Fast_GET_ITEM(sequence, i), &to[i]) < 0)
			count = -1;
	}
	Py_XDECREF(sequence);
	return (int)count;
}
