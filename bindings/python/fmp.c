/* SPDX-License-Identifier: BSD-2-Clause */
#include "fmp.h"

static fmp_flow_object_fn *flow_object;
static fmp_flow_of_fn *flow_of;

void fmp_flows(fmp_flow_object_fn *object, fmp_flow_of_fn *of)
{
	flow_object = object;
	flow_of = of;
}

/* What a message has. */
enum body { NOTHING, FLOW, PLACE, MOVE, FLOW_ID, MN_ID, ATTACHMENT, LIST, TUNNELS, WATCH, FLOW_COUNTERS, TUNNEL_COUNTERS };

static enum body answer_body(uint8_t op, uint16_t status)
{
	if (status != FLOWMOB_FMP_OK && status != FLOWMOB_FMP_STALE)
		return NOTHING;
	switch (op & ~FLOWMOB_FMP_ANSWER) {
	case FLOWMOB_FMP_ADD:
	case FLOWMOB_FMP_MOVE:
		return PLACE;
	case FLOWMOB_FMP_LIST:
		return LIST;
	case FLOWMOB_FMP_TUNNELS:
		return TUNNELS;
	case FLOWMOB_FMP_FLOW_COUNTERS:
		return FLOW_COUNTERS;
	case FLOWMOB_FMP_TUNNEL_COUNTERS:
		return TUNNEL_COUNTERS;
	default:
		return NOTHING;
	}
}

static enum body body_of(uint8_t op, uint16_t status)
{
	if (op & FLOWMOB_FMP_ANSWER)
		return answer_body(op, status);
	switch (op) {
	case FLOWMOB_FMP_ADD:
	case FLOWMOB_FMP_FLOW_SEEN:
		return FLOW;
	case FLOWMOB_FMP_MOVE:
		return MOVE;
	case FLOWMOB_FMP_DEL:
	case FLOWMOB_FMP_FLOW_GONE:
		return FLOW_ID;
	case FLOWMOB_FMP_TUNNELS:
		return MN_ID;
	case FLOWMOB_FMP_WATCH:
		return WATCH;
	case FLOWMOB_FMP_BINDING_ADDED:
	case FLOWMOB_FMP_BINDING_DELETED:
		return ATTACHMENT;
	case FLOWMOB_FMP_FLOW_MOVED:
		return PLACE;
	default:
		return NOTHING;
	}
}

static PyObject *attachment_dict(const struct flowmob_attachment *from)
{
	return Py_BuildValue("{s:I,s:N,s:i,s:i,s:N,s:N}", "tunnel", from->tunnel, "proxy_coa", value_from_addr(&from->proxy_coa), "att", from->att,
			     "model", (int)from->model, "mn_id", value_from_mnid(&from->mn_id), "prefix",
			     value_from_prefixes(from->prefix, from->prefix_count));
}

static PyObject *place_dict(const struct flowmob_place *from)
{
	return Py_BuildValue("{s:I,s:I}", "flow_id", from->flow_id, "tunnel", from->tunnel);
}

/* The nth of a list. */
static PyObject *item(const struct flowmob_fmp *message, enum body body, unsigned int n)
{
	const struct flowmob_tunnel_count *tunnel = &message->u.tunnel_counters.tunnel[n];
	const struct flowmob_flow_count *flow = &message->u.flow_counters.flow[n];
	const struct flowmob_placed_flow *placed = &message->u.list.flow[n];

	if (body == LIST)
		return Py_BuildValue("{s:I,s:I,s:N}", "flow_id", placed->place.flow_id, "tunnel", placed->place.tunnel, "flow", flow_object(&placed->flow));
	if (body == TUNNELS)
		return attachment_dict(&message->u.tunnels.attachment[n]);
	if (body == FLOW_COUNTERS)
		return Py_BuildValue("{s:I,s:I,s:K,s:K}", "flow_id", flow->flow_id, "idle_ms", flow->idle_ms, "packets", (unsigned long long)flow->packets,
				     "octets", (unsigned long long)flow->octets);
	return Py_BuildValue("{s:I,s:K,s:K,s:K}", "tunnel", tunnel->tunnel, "packets", (unsigned long long)tunnel->packets, "octets",
			     (unsigned long long)tunnel->octets, "dropped", (unsigned long long)tunnel->dropped);
}

static PyObject *items(const struct flowmob_fmp *message, enum body body, unsigned int count)
{
	PyObject *list = PyList_New((Py_ssize_t)count), *one;

	for (unsigned int n = 0; list != NULL && n < count; n++) {
		one = item(message, body, n);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, (Py_ssize_t)n, one);
	}
	return list;
}

static PyObject *body_dict(const struct flowmob_fmp *message, enum body body)
{
	switch (body) {
	case FLOW:
		return Py_BuildValue("{s:N}", "flow", flow_object(&message->u.flow));
	case PLACE:
		return place_dict(&message->u.place);
	case MOVE:
		return Py_BuildValue("{s:I,s:I,s:I}", "flow_id", message->u.move.in_use.flow_id, "tunnel", message->u.move.in_use.tunnel, "wanted",
				     message->u.move.wanted);
	case FLOW_ID:
		return Py_BuildValue("{s:I}", "flow_id", message->u.flow_id);
	case MN_ID:
		return Py_BuildValue("{s:N}", "mn_id", value_from_mnid(&message->u.mn_id));
	case ATTACHMENT:
		return attachment_dict(&message->u.attachment);
	case WATCH:
		return Py_BuildValue("{s:i}", "watch", (int)message->u.watch);
	case LIST:
		return Py_BuildValue("{s:N,s:N}", "more", PyBool_FromLong(message->u.list.more), "items", items(message, body, message->u.list.count));
	case TUNNELS:
		return Py_BuildValue("{s:N,s:N}", "more", PyBool_FromLong(message->u.tunnels.more), "items", items(message, body, message->u.tunnels.count));
	case FLOW_COUNTERS:
		return Py_BuildValue("{s:N,s:I,s:N}", "more", PyBool_FromLong(message->u.flow_counters.more), "span_ms", message->u.flow_counters.span_ms,
				     "items", items(message, body, message->u.flow_counters.count));
	case TUNNEL_COUNTERS:
		return Py_BuildValue("{s:N,s:N}", "more", PyBool_FromLong(message->u.tunnel_counters.more), "items",
				     items(message, body, message->u.tunnel_counters.count));
	case NOTHING:
	default:
		return PyDict_New();
	}
}

PyObject *fmp_decode(const uint8_t *data, size_t len)
{
	struct flowmob_fmp message;
	int err = flowmob_fmp_decode(&message, data, len);
	PyObject *body;

	if (err < 0)
		return value_raise(err, NULL);
	body = body_dict(&message, body_of(message.op, message.status));
	return body == NULL ? NULL : Py_BuildValue("(iiiN)", message.op, message.request, message.status, body);
}

/* A number of a dictionary, 0 when it is not there. */
static uint64_t number(PyObject *dict, const char *key, uint64_t most)
{
	PyObject *value = PyDict_Check(dict) ? PyDict_GetItemString(dict, key) : NULL;
	uint64_t read = 0;

	if (value != NULL && !PyErr_Occurred())
		value_to_uint(value, most, &read);
	return read;
}

static PyObject *need(PyObject *dict, const char *key)
{
	PyObject *value = PyDict_Check(dict) ? PyDict_GetItemString(dict, key) : NULL;

	if (value == NULL && !PyErr_Occurred())
		PyErr_Format(PyExc_TypeError, "the message has to have %s", key);
	return value;
}

static void read_flow(PyObject *dict, struct pmip_flow *to)
{
	PyObject *value = need(dict, "flow");

	if (value != NULL)
		flow_of(value, to);
}

static void read_place(PyObject *dict, struct flowmob_place *to)
{
	to->flow_id = (uint32_t)number(dict, "flow_id", UINT32_MAX);
	to->tunnel = (uint32_t)number(dict, "tunnel", UINT32_MAX);
}

/* The identifier's octets are those of an object that the dictionary has, or kept by the list. */
static void read_mnid(PyObject *dict, struct pmip_mnid *to, PyObject *kept)
{
	PyObject *value = need(dict, "mn_id"), *octets = NULL;

	if (value != NULL && value_to_mnid(value, to, &octets) == 0 && octets != NULL)
		PyList_Append(kept, octets);
	Py_XDECREF(octets);
}

static void read_attachment(PyObject *dict, struct flowmob_attachment *to, PyObject *kept)
{
	PyObject *proxy_coa = need(dict, "proxy_coa"), *prefixes = proxy_coa == NULL ? NULL : need(dict, "prefix");
	int count;

	if (prefixes == NULL || value_to_addr(proxy_coa, &to->proxy_coa) < 0)
		return;
	count = value_to_prefixes(prefixes, to->prefix, PMIP_HNP_MAX);
	if (count < 0)
		return;
	to->prefix_count = (unsigned int)count;
	to->tunnel = (uint32_t)number(dict, "tunnel", UINT32_MAX);
	to->att = (uint8_t)number(dict, "att", UINT8_MAX);
	to->model = (enum flowmob_model)number(dict, "model", INT32_MAX);
	if (!PyErr_Occurred())
		read_mnid(dict, &to->mn_id, kept);
}

static void read_item(PyObject *dict, struct flowmob_fmp *to, enum body body, Py_ssize_t n, PyObject *kept)
{
	if (body == LIST) {
		read_place(dict, &to->u.list.flow[n].place);
		read_flow(dict, &to->u.list.flow[n].flow);
	} else if (body == TUNNELS) {
		read_attachment(dict, &to->u.tunnels.attachment[n], kept);
	} else if (body == FLOW_COUNTERS) {
		to->u.flow_counters.flow[n] = (struct flowmob_flow_count){
			(uint32_t)number(dict, "flow_id", UINT32_MAX), (uint32_t)number(dict, "idle_ms", UINT32_MAX),
			number(dict, "packets", UINT64_MAX), number(dict, "octets", UINT64_MAX)};
	} else {
		to->u.tunnel_counters.tunnel[n] = (struct flowmob_tunnel_count){
			(uint32_t)number(dict, "tunnel", UINT32_MAX), number(dict, "packets", UINT64_MAX), number(dict, "octets", UINT64_MAX),
			number(dict, "dropped", UINT64_MAX)};
	}
}

static void read_items(PyObject *dict, struct flowmob_fmp *to, enum body body, Py_ssize_t most, bool *more, unsigned int *count, PyObject *kept)
{
	PyObject *from = need(dict, "items"), *sequence = from == NULL ? NULL : PySequence_Fast(from, "items: give a list");

	if (sequence == NULL)
		return;
	*more = number(dict, "more", 1) != 0;
	*count = (unsigned int)PySequence_Fast_GET_SIZE(sequence);
	if (PySequence_Fast_GET_SIZE(sequence) > most)
		PyErr_Format(PyExc_ValueError, "more items than the %zd that fit into a message", most);
	for (Py_ssize_t n = 0; n < PySequence_Fast_GET_SIZE(sequence) && !PyErr_Occurred(); n++)
		read_item(PySequence_Fast_GET_ITEM(sequence, n), to, body, n, kept);
	Py_DECREF(sequence);
}

static void read_body(PyObject *dict, struct flowmob_fmp *to, enum body body, PyObject *kept)
{
	switch (body) {
	case FLOW:
		read_flow(dict, &to->u.flow);
		break;
	case PLACE:
		read_place(dict, &to->u.place);
		break;
	case MOVE:
		read_place(dict, &to->u.move.in_use);
		to->u.move.wanted = (uint32_t)number(dict, "wanted", UINT32_MAX);
		break;
	case FLOW_ID:
		to->u.flow_id = (uint32_t)number(dict, "flow_id", UINT32_MAX);
		break;
	case MN_ID:
		read_mnid(dict, &to->u.mn_id, kept);
		break;
	case ATTACHMENT:
		read_attachment(dict, &to->u.attachment, kept);
		break;
	case WATCH:
		to->u.watch = (enum flowmob_watch)number(dict, "watch", INT32_MAX);
		break;
	case LIST:
		read_items(dict, to, body, FLOWMOB_FMP_FLOWS_MAX, &to->u.list.more, &to->u.list.count, kept);
		break;
	case TUNNELS:
		read_items(dict, to, body, FLOWMOB_FMP_ATTACHMENTS_MAX, &to->u.tunnels.more, &to->u.tunnels.count, kept);
		break;
	case FLOW_COUNTERS:
		to->u.flow_counters.span_ms = (uint32_t)number(dict, "span_ms", UINT32_MAX);
		read_items(dict, to, body, FLOWMOB_FMP_FLOW_COUNTS_MAX, &to->u.flow_counters.more, &to->u.flow_counters.count, kept);
		break;
	case TUNNEL_COUNTERS:
		read_items(dict, to, body, FLOWMOB_FMP_TUNNEL_COUNTS_MAX, &to->u.tunnel_counters.more, &to->u.tunnel_counters.count, kept);
		break;
	case NOTHING:
	default:
		break;
	}
}

PyObject *fmp_encode(uint8_t op, uint16_t request, uint16_t status, PyObject *body)
{
	struct flowmob_fmp message = {.op = op, .request = request, .status = status};
	PyObject *kept = PyList_New(0), *result = NULL;
	uint8_t buf[FLOWMOB_FMP_MAX];
	int len;

	if (kept == NULL)
		return NULL;
	read_body(body, &message, body_of(op, status), kept);
	if (!PyErr_Occurred()) {
		len = flowmob_fmp_encode(buf, sizeof(buf), &message);
		result = len < 0 ? value_raise(len, NULL) : value_from_octets(buf, (size_t)len);
	}
	Py_DECREF(kept);
	return result;
}
