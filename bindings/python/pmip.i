/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The low-level module: everything that the public headers declare, read from them. What stands here is how a kind of type or argument passes
 * between C and Python, never a function or a structure but the flow socket's messages (fmp.c):
 *
 *     int below 0                 pmip.Error
 *     address, prefix, identifier  of ipaddress, text, None (value.h)
 *     pointer and length          bytes-like
 *     structure                   an object of its own with all that it views (block.h), also where it stands in another one
 *     out pointer                 returned
 *     new context                 an object that frees it
 */
%module(package="pmip") lib
%feature("python:annotations", "c");
%feature("kwargs");

%{
#include "block.h"
#include "fields.h"
#include "fmp.h"
#include "value.h"

static PyObject *selector_object(const struct pmip_selector *selector);
static int selector_of(PyObject *from, struct pmip_selector *to);
static PyObject *flow_object(const struct pmip_flow *flow);
static int flow_of(PyObject *from, struct pmip_flow *to);

/* An object of a copy of a structure. */
static PyObject *structure_object(const void *from, size_t size, const struct block_view *views, swig_type_info *type)
{
	void *block = block_copy(from, size, views);

	return block == NULL ? NULL : SWIG_NewPointerObj(block, type, SWIG_POINTER_OWN);
}
%}
%init %{
	if (value_init() < 0)
		return NULL;
	fields_selectors(selector_object, selector_of);
	fmp_flows(flow_object, flow_of);
%}

%include <stdint.i>
/* What macros of the headers are made of. */
#define UINT32_MAX 0xffffffff
#define UINT64_MAX 0xffffffffffffffff
%include <typemaps.i>

/* Functions that write text into a caller's buffer, compare, or read text: Python has its own types for these. */
%rename("$ignore", regextarget=1) "^pmip_(addr|ip|prefix|llid|mnid)_(format|parse|equal)$";
%ignore pmip_flow_equal;
%ignore pmip_tolerance_parse;
%ignore pmip_dgram::len;
%rename("$ignore", regextarget=1) "^pmip_(addr|prefix)_(is|from|contains)";
/* What belongs to objects, and what is done by fields.h. */
%rename("$ignore", regextarget=1) "^(pmip|flowmob)_.*[a-z]_free$";
%rename("$ignore", regextarget=1) "^pmip_(option|suboption|mh|binding_options|selector)_(iter_init|next|next_of|write|encode|begin|add_option|finish|read|read_flowmob|fields|info|info_nth)$";
%rename("$ignore", regextarget=1) "^pmip_(option_info|suboption_info|mh_info|mh_info_nth|mh_checksum|record_len|mh_decode_tolerant)$";
%rename("$ignore", regextarget=1) "^pmip_(addr|prefix|ip|llid|mnid|bytes|key|now|mem|field|mh_writer|option_iter|suboption_iter|option|suboption|binding_options|action|records|ipv4_home|gre)$";
%rename("$ignore", regextarget=1) "^pmip_(opt_|test|bu$|ba$|be$|experimental|home_agent|heartbeat|handover|revocation$|localized|upn$|upa$|flow_binding$|subscription)";
%rename("%s", regextarget=1) "^pmip_opt_(vendor|load)$";
%rename("$ignore", regextarget=1) "^pmip_mh_(decode|validate|print)$";
%rename("$ignore", regextarget=1) "^flowmob_(applications_get|fmp_decode|fmp_encode|fmp|flow_table_.*|flow|attachment|placed_flow|action)$";
%ignore pmip_mh::u;
%rename("$ignore", regextarget=1) "^(pmip|flowmob)_(option|suboption|mh|action|fmp)_u(_.*)?$";
%ignore size;

/* Results. */
%typemap(out) int {
	if ($1 < 0) {
		value_raise($1, NULL);
		SWIG_fail;
	}
	$result = PyLong_FromLong($1);
}
%typemap(out) int err, int error "$result = PyLong_FromLong($1);"

/* Values. */
%define VALUE(TYPE, NAME)
%typemap(in) TYPE * (TYPE value), const TYPE * (TYPE value) {
	if (value_to_##NAME($input, &value) < 0)
		SWIG_fail;
	$1 = &value;
}
%typemap(out) TYPE *, const TYPE * {
	$result = value_from_##NAME($1);
}
%typemap(in) TYPE {
	if (value_to_##NAME($input, &$1) < 0)
		SWIG_fail;
}
%typemap(out) TYPE {
	$result = value_from_##NAME(&$1);
}
%enddef
VALUE(struct pmip_addr, addr)
VALUE(struct pmip_prefix, prefix)
VALUE(struct pmip_ip, ip)
VALUE(struct pmip_llid, llid)
VALUE(struct pmip_key, key)

/* A prefix or identifier that may be left out: NULL. */
%define OPTIONAL(TYPE, NAME, PARAM)
%typemap(in) const TYPE *PARAM (TYPE value) {
	$1 = NULL;
	if ($input != Py_None) {
		if (value_to_##NAME($input, &value) < 0)
			SWIG_fail;
		$1 = &value;
	}
}
%enddef
OPTIONAL(struct pmip_prefix, prefix, prefix)
OPTIONAL(struct pmip_prefix, prefix, other)
OPTIONAL(struct pmip_llid, llid, ll_id)
OPTIONAL(struct pmip_addr, addr, proxy_coa)
OPTIONAL(struct pmip_addr, addr, src_or_none)

%typemap(in) struct pmip_now {
	if (value_to_now($input, &$1) < 0)
		SWIG_fail;
}

/* Views: as arguments they last as long as the call, in a structure as long as it. */
%define VIEW(TYPE, NAME)
%typemap(in) const TYPE * (TYPE value, PyObject *keep = NULL) {
	if (value_to_##NAME($input, &value, &keep) < 0)
		SWIG_fail;
	$1 = &value;
}
%typemap(freearg) const TYPE * "Py_XDECREF(keep$argnum);"
%typemap(in) TYPE * (TYPE value, PyObject *keep = NULL) {
	if (value_to_##NAME($input, &value, &keep) < 0)
		SWIG_fail;
	if (keep != NULL && PyObject_SetAttrString(swig_obj[0], "_$1_name", keep) < 0)
		SWIG_fail;
	$1 = &value;
}
%typemap(freearg) TYPE * "Py_XDECREF(keep$argnum);"
%enddef
VIEW(struct pmip_mnid, mnid)
VIEW(struct pmip_bytes, bytes)
%typemap(out) struct pmip_mnid * "$result = value_from_mnid($1);"
%typemap(out) struct pmip_bytes * "$result = value_from_octets($1->data, $1->len);"

%typemap(in) (const uint8_t *data, size_t len) (Py_buffer view) {
	if (PyObject_GetBuffer($input, &view, PyBUF_SIMPLE) < 0)
		SWIG_fail;
	$1 = view.buf;
	$2 = (size_t)view.len;
}
%typemap(freearg) (const uint8_t *data, size_t len) "PyBuffer_Release(&view$argnum);"
%typemap(arginit) (const uint8_t *data, size_t len) "view$argnum.obj = NULL;"
%apply (const uint8_t *data, size_t len) {(const uint8_t *buf, size_t len)};

%typemap(in) const uint8_t hash_key[16] (Py_buffer view) {
	if (PyObject_GetBuffer($input, &view, PyBUF_SIMPLE) < 0)
		SWIG_fail;
	if (view.len != 16) {
		PyErr_SetString(PyExc_ValueError, "a hash key has 16 octets");
		SWIG_fail;
	}
	$1 = view.buf;
}
%typemap(freearg) const uint8_t hash_key[16] "PyBuffer_Release(&view$argnum);"
%typemap(arginit) const uint8_t hash_key[16] "view$argnum.obj = NULL;"

/* Texts that are told: (char *buf, size_t cap). */
%typemap(in, numinputs=0) (char *buf, size_t cap) (char text[16384]) {
	$1 = text;
	$2 = sizeof(text);
}
%typemap(argout) (char *buf, size_t cap) {
	Py_XDECREF($result);
	$result = PyUnicode_DecodeUTF8(text$argnum, (Py_ssize_t)strlen(text$argnum), "backslashreplace");
}

%typemap(in, numinputs=0) char buf[ANY] (char text[$1_dim0]) "$1 = text;"

/* Structures: each a block of its own. */
%define STRUCTURE(TYPE, VIEWS)
%typemap(out) TYPE *, const TYPE * {
	$result = $1 == NULL ? SWIG_Py_Void() : structure_object($1, sizeof(*$1), VIEWS, $descriptor(TYPE *));
	if ($result == NULL)
		SWIG_fail;
}
/* What a constructor has made, after the copy of it. */
%typemap(newfree) TYPE * "free($1);"
%typemap(out) TYPE {
	$result = structure_object(&$1, sizeof($1), VIEWS, $descriptor(TYPE *));
	if ($result == NULL)
		SWIG_fail;
}
%enddef
/* The same where it is filled by a call. */
%define FILLED(TYPE, PARAM, VIEWS)
%typemap(in, numinputs=0) TYPE *PARAM (TYPE filled) {
	memset(&filled, 0, sizeof(filled));
	$1 = &filled;
}
%typemap(argout) TYPE *PARAM {
	PyObject *object = structure_object($1, sizeof(*$1), VIEWS, $descriptor(TYPE *));
	if (object == NULL)
		SWIG_fail;
	$result = SWIG_Python_AppendOutput($result, object);
}
STRUCTURE(TYPE, VIEWS)
%enddef
/* The same where the library looks at its size. */
%define SIZED(TYPE, PARAM, VIEWS)
FILLED(TYPE, PARAM, VIEWS)
%typemap(check) TYPE *PARAM "$1->size = sizeof(*$1);"
%enddef
/* One that is made in Python and has a size. */
%define GIVEN(TYPE)
%typemap(check) const TYPE * {
	if ($1 == NULL)
		SWIG_exception_fail(SWIG_TypeError, "give a $1_basetype, not None");
	((TYPE *)(uintptr_t)$1)->size = sizeof(*$1);
}
%enddef

SIZED(struct pmip_binding_info, info, block_binding)
SIZED(struct pmip_tunnel_info, info, block_none)
SIZED(struct pmip_flow_info, info, block_flow_info)
SIZED(struct pmip_mag_flow_info, info, block_none)
SIZED(struct flowmob_flow_info, info, block_managed_flow)
FILLED(struct flowmob_decision, decision, block_none)
FILLED(struct flowmob_reflected, reflected, block_none)
FILLED(struct flowmob_packet, packet, block_none)
FILLED(struct flowmob_packet, cause, block_none)
%typemap(in) const struct flowmob_packet *packet (void *pointer = NULL) {
	if (!SWIG_IsOK(SWIG_ConvertPtr($input, &pointer, $descriptor(struct flowmob_packet *), 0)))
		SWIG_exception_fail(SWIG_TypeError, "give a pmip.flow.Packet");
	$1 = pointer;
}
%apply const struct flowmob_packet *packet {const struct flowmob_packet *cause};
%typemap(argout) const struct flowmob_packet *packet, const struct flowmob_packet *cause ""
STRUCTURE(struct pmip_flow, block_none)
STRUCTURE(struct pmip_selector, block_none)
STRUCTURE(struct pmip_opt_load, block_none)
STRUCTURE(struct pmip_dgram, block_dgram)
STRUCTURE(struct pmip_event, block_event)
STRUCTURE(struct pmip_datapath_op, block_none)
STRUCTURE(struct pmip_ra, block_none)
STRUCTURE(struct pmip_param_problem, block_problem)
STRUCTURE(struct pmip_probe, block_none)
STRUCTURE(struct pmip_store_op, block_store)
STRUCTURE(struct flowmob_place, block_none)
STRUCTURE(struct flowmob_flow_event, block_none)
STRUCTURE(struct flowmob_rule, block_rule)
STRUCTURE(struct flowmob_policy_load, block_none)
STRUCTURE(struct flowmob_policy_rule, block_none)
FILLED(struct flowmob_policy_decision, decision, block_decision)
SIZED(struct flowmob_reflector_counters, counters, block_none)
GIVEN(struct pmip_peer)
GIVEN(struct pmip_profile)
GIVEN(struct pmip_mag_path)
GIVEN(struct pmip_attach)

/* (present, key) pairs and addresses of IPv4 stand in structures as tuples. */
%typemap(out) struct pmip_gre * {
	if ($1->in_use)
		$result = Py_BuildValue("(NN)", value_from_key(&$1->send), value_from_key(&$1->recv));
	else
		$result = SWIG_Py_Void();
}
%typemap(out) struct pmip_ipv4_home * {
	if ($1->addr.len == 0)
		$result = SWIG_Py_Void();
	else
		$result = Py_BuildValue("(NiN)", value_from_ip(&$1->addr), $1->plen, value_from_ip(&$1->router));
}

/* Octets of a dgram. */
%typemap(out) const uint8_t *data "$result = value_from_octets($1, arg1->len);"
%typemap(in) const uint8_t *data (struct pmip_bytes value, PyObject *keep = NULL) {
	if (value_to_bytes($input, &value, &keep) < 0)
		SWIG_fail;
	if (keep != NULL && PyObject_SetAttrString(swig_obj[0], "_data", keep) < 0)
		SWIG_fail;
	arg1->len = value.len;
	$1 = (uint8_t *)(uintptr_t)value.data;
}
%typemap(freearg) const uint8_t *data "Py_XDECREF(keep$argnum);"

/* One that stands in another structure is kept by it. */
%typemap(in) struct pmip_dgram *dgram {
	void *pointer = NULL;
	if (!SWIG_IsOK(SWIG_ConvertPtr($input, &pointer, $descriptor(struct pmip_dgram *), 0)) || pointer == NULL)
		SWIG_exception_fail(SWIG_TypeError, "give a pmip.Dgram");
	if (PyObject_SetAttrString(swig_obj[0], "_dgram", $input) < 0)
		SWIG_fail;
	$1 = pointer;
}
%typemap(in) const struct pmip_dgram *dgram {
	void *pointer = NULL;
	if (!SWIG_IsOK(SWIG_ConvertPtr($input, &pointer, $descriptor(struct pmip_dgram *), 0)))
		SWIG_exception_fail(SWIG_TypeError, "give a pmip.Dgram");
	$1 = pointer;
}

/* Lists in a structure: as many as its count says. */
%define LIST(MEMBER, COUNT, MOST)
%typemap(out) struct pmip_prefix MEMBER[ANY] "$result = value_from_prefixes($1, arg1->COUNT);"
%typemap(in) struct pmip_prefix MEMBER[ANY] (struct pmip_prefix list[MOST]) {
	int count = value_to_prefixes($input, list, MOST);
	if (count < 0)
		SWIG_fail;
	arg1->COUNT = (unsigned int)count;
	$1 = list;
}
%typemap(memberin) struct pmip_prefix MEMBER[ANY] "memcpy($1, $input, arg1->COUNT * sizeof(*$1));"
%ignore COUNT;
%enddef
LIST(prefix, prefix_count, PMIP_HNP_MAX)
LIST(off_link, off_link_count, PMIP_HNP_MAX)

/* The result is a list: OBJECT for each i below COUNT. */
%define GIVE_LIST(COUNT, OBJECT)
	$result = PyList_New(0);
	for (size_t i = 0; $result != NULL && i < COUNT; i++) {
		PyObject *item = OBJECT;
		if (item == NULL || PyList_Append($result, item) < 0)
			Py_CLEAR($result);
		Py_XDECREF(item);
	}
%enddef
/* What is given is a sequence: count values of it are in list then. */
%define TAKE_LIST(NAME, MOST)
	Py_ssize_t count = PySequence_Size($input);
	if (count > MOST)
		SWIG_exception_fail(SWIG_ValueError, "more than " #MOST);
	for (Py_ssize_t i = 0; i < count; i++) {
		PyObject *item = PySequence_GetItem($input, i);
		int result = item == NULL ? -1 : value_to_##NAME(item, &list[i]);
		Py_XDECREF(item);
		if (result < 0)
			SWIG_fail;
	}
	if (count < 0)
		SWIG_fail;
%enddef

/* Link-layer identifiers of further interfaces. */
%typemap(out) struct pmip_llid alias[ANY] {
	GIVE_LIST(arg1->alias_count, value_from_llid(&$1[i]))
}
%typemap(in) struct pmip_llid alias[ANY] (struct pmip_llid list[PMIP_ALIAS_MAX]) {
	TAKE_LIST(llid, PMIP_ALIAS_MAX)
	arg1->alias_count = (unsigned int)count;
	$1 = list;
}
%typemap(memberin) struct pmip_llid alias[ANY] "memcpy($1, $input, arg1->alias_count * sizeof(*$1));"
%ignore alias_count;

/* Lists of numbers in a structure. */
%define NUMBERS(NAME, MEMBER, COUNT, MOST)
%typemap(out) NAME##_t MEMBER[ANY] {
	GIVE_LIST(arg1->COUNT, PyLong_FromUnsignedLong($1[i]))
}
%typemap(in) NAME##_t MEMBER[ANY] (NAME##_t list[MOST]) {
	TAKE_LIST(NAME, MOST)
	arg1->COUNT = count;
	$1 = list;
}
%typemap(memberin) NAME##_t MEMBER[ANY] "memcpy($1, $input, arg1->COUNT * sizeof(*$1));"
%ignore COUNT;
%enddef
NUMBERS(uint32, path, path_count, FLOWMOB_RULE_PATHS_MAX)
NUMBERS(uint8, prefer, prefer_count, FLOWMOB_PREFER_MAX)

/* Arrays of structures that a structure borrows: kept by a bytes object of it. */
%typemap(in) const struct pmip_prefix *prefixes {
	Py_ssize_t count = PySequence_Size($input);
	PyObject *keep = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(struct pmip_prefix));
	if (keep == NULL)
		SWIG_fail;
	$1 = (struct pmip_prefix *)PyBytes_AS_STRING(keep);
	if (value_to_prefixes($input, (struct pmip_prefix *)PyBytes_AS_STRING(keep), (unsigned int)count) < 0 ||
	    PyObject_SetAttrString(swig_obj[0], "_prefixes", keep) < 0) {
		Py_DECREF(keep);
		SWIG_fail;
	}
	Py_DECREF(keep);
	arg1->prefix_count = (size_t)count;
}
%typemap(out) const struct pmip_prefix *prefixes "$result = value_from_prefixes($1, (unsigned int)arg1->prefix_count);"
%define ARRAY_OF_OBJECTS(TYPE, MEMBER, COUNT)
%typemap(in) const TYPE *MEMBER {
	Py_ssize_t count = PySequence_Size($input);
	PyObject *keep = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(TYPE));
	if (keep == NULL)
		SWIG_fail;
	for (Py_ssize_t i = 0; i < count; i++) {
		PyObject *item = PySequence_GetItem($input, i);
		void *from = NULL;
		int result = item == NULL ? -1 : SWIG_ConvertPtr(item, &from, $descriptor(TYPE *), 0);
		if (SWIG_IsOK(result) && from != NULL)
			memcpy(PyBytes_AS_STRING(keep) + i * (Py_ssize_t)sizeof(TYPE), from, sizeof(TYPE));
		Py_XDECREF(item);
		if (!SWIG_IsOK(result) || from == NULL) {
			Py_DECREF(keep);
			SWIG_exception_fail(SWIG_TypeError, "give a list of $*1_ltype");
		}
	}
	if (PyObject_SetAttrString(swig_obj[0], "_" #MEMBER, keep) < 0) {
		Py_DECREF(keep);
		SWIG_fail;
	}
	Py_DECREF(keep);
	arg1->COUNT = (size_t)count;
	$1 = (TYPE *)PyBytes_AS_STRING(keep);
}
%typemap(out) const TYPE *MEMBER {
	GIVE_LIST(arg1->COUNT, structure_object(&$1[i], sizeof(TYPE), block_none, $descriptor(TYPE *)))
}
%ignore COUNT;
%enddef
ARRAY_OF_OBJECTS(struct pmip_selector, selectors, selector_count)
ARRAY_OF_OBJECTS(struct flowmob_policy_way, ways, way_count)

/* Texts of structures are the library's, but for one that is borrowed. */
%immutable pmip_diag::rule;
%immutable pmip_diag::ref;
%immutable flowmob_flow_info::application;
%immutable flowmob_policy_decision::rule;
%immutable pmip_tolerance_info::name;
%immutable pmip_tolerance_info::text;
%immutable pmip_tolerance_info::ref;
%typemap(in) const char *application {
	$1 = NULL;
	if ($input != Py_None) {
		$1 = (char *)(uintptr_t)PyUnicode_AsUTF8($input);
		if ($1 == NULL)
			SWIG_fail;
	}
}
%typemap(freearg) const char *application ""
%typemap(memberin) const char *application {
	if (PyObject_SetAttrString(swig_obj[0], "_application", swig_obj[1]) < 0)
		SWIG_fail;
	$1 = $input;
}

/* Numbers that a walk begins with and comes back with, and results. */
%typemap(in) size_t *cursor (size_t cursor) {
	uint64_t number;
	if (value_to_uint($input, SIZE_MAX, &number) < 0)
		SWIG_fail;
	cursor = (size_t)number;
	$1 = &cursor;
}
%typemap(argout) size_t *cursor "$result = SWIG_Python_AppendOutput($result, PyLong_FromUnsignedLongLong(*$1));"
%define NUMBER(TYPE, PARAM)
%typemap(in, numinputs=0) TYPE *PARAM (TYPE number) {
	number = 0;
	$1 = &number;
}
%typemap(argout) TYPE *PARAM "$result = SWIG_Python_AppendOutput($result, PyLong_FromUnsignedLongLong(*$1));"
%enddef
NUMBER(uint16_t, port)
NUMBER(uint32_t, interface)
NUMBER(uint32_t, value)

/* The paths that can be used. */
%typemap(in) (const uint32_t *paths, size_t path_count) (uint32_t list[64]) {
	TAKE_LIST(uint32, 64)
	$1 = list;
	$2 = (size_t)count;
}

/* Contexts. */
%typemap(in, numinputs=0) const struct pmip_mem *mem "$1 = (struct pmip_mem *)(uintptr_t)&block_mem;"
%define CONTEXT(NAME)
%typemap(in, numinputs=0) struct NAME ** (struct NAME *made) {
	made = NULL;
	$1 = &made;
}
%typemap(argout) struct NAME ** {
	Py_XDECREF($result);
	$result = SWIG_NewPointerObj(*$1, $descriptor(struct NAME *), SWIG_POINTER_OWN);
}
%typemap(check) struct NAME *, const struct NAME * {
	if ($1 == NULL)
		SWIG_exception_fail(SWIG_TypeError, "give a $*1_ltype that is not closed");
}
%nodefaultctor NAME;
struct NAME {};
%extend NAME {
	~NAME() {
		NAME##_free($self);
	}
}
%enddef
CONTEXT(pmip_lma_config)
CONTEXT(pmip_lma)
CONTEXT(pmip_mag_config)
CONTEXT(pmip_mag)
CONTEXT(flowmob_applications)
CONTEXT(flowmob_classifier)
CONTEXT(flowmob_fragment_table)
CONTEXT(flowmob_manager_config)
CONTEXT(flowmob_manager)
CONTEXT(flowmob_policy)
CONTEXT(flowmob_reflector)
CONTEXT(flowmob_slave_selector)

/* None where a structure has to be. */
%typemap(check) const struct pmip_flow *flow, const struct pmip_dgram *, const struct pmip_selector *,
	const struct pmip_opt_vendor *, const struct flowmob_packet *, const struct flowmob_rule *, const struct flowmob_policy_rule *,
	const struct flowmob_policy_input *, struct flowmob_policy_input *, struct pmip_mh *, const struct pmip_mh * {
	if ($1 == NULL)
		SWIG_exception_fail(SWIG_TypeError, "give a $*1_ltype, not None");
}

/* An action is what stands in its union. */
%typemap(in, numinputs=0) struct pmip_action *action (struct pmip_action filled) {
	memset(&filled, 0, sizeof(filled));
	$1 = &filled;
}
%typemap(argout, fragment="action_object") struct pmip_action *action {
	Py_XDECREF($result);
	$result = action_object($1);
	if ($result == NULL)
		SWIG_fail;
}
%fragment("action_object", "header") {
static PyObject *action_object(const struct pmip_action *action)
{
	PyObject *object;

	switch (action->type) {
	case PMIP_ACTION_DATAPATH:
		return structure_object(&action->u.datapath, sizeof(action->u.datapath), block_none, $descriptor(struct pmip_datapath_op *));
	case PMIP_ACTION_SEND:
		object = structure_object(&action->u.send, sizeof(action->u.send), block_dgram, $descriptor(struct pmip_dgram *));
		if (object != NULL && PyObject_SetAttrString(object, "durable", action->durable ? Py_True : Py_False) < 0)
			Py_CLEAR(object);
		return object;
	case PMIP_ACTION_RA:
		return structure_object(&action->u.ra, sizeof(action->u.ra), block_none, $descriptor(struct pmip_ra *));
	case PMIP_ACTION_PARAM_PROBLEM:
		return structure_object(&action->u.param_problem, sizeof(action->u.param_problem), block_problem, $descriptor(struct pmip_param_problem *));
	case PMIP_ACTION_NOTIFY:
		return structure_object(&action->u.event, sizeof(action->u.event), block_event, $descriptor(struct pmip_event *));
	case PMIP_ACTION_PROBE:
		return structure_object(&action->u.probe, sizeof(action->u.probe), block_none, $descriptor(struct pmip_probe *));
	case PMIP_ACTION_STORE:
		return structure_object(&action->u.store, sizeof(action->u.store), block_store, $descriptor(struct pmip_store_op *));
	default:
		return SWIG_Py_Void();
	}
}
}

/* A flow manager's: (type, what it has). */
%typemap(in, numinputs=0) struct flowmob_action *action (struct flowmob_action filled) {
	memset(&filled, 0, sizeof(filled));
	$1 = &filled;
}
%typemap(argout, fragment="manager_action_object") struct flowmob_action *action {
	Py_XDECREF($result);
	$result = manager_action_object($1);
	if ($result == NULL)
		SWIG_fail;
}
%fragment("manager_action_object", "header", fragment="action_object") {
static PyObject *manager_action_object(const struct flowmob_action *action)
{
	int type = (int)action->type;

	switch (action->type) {
	case FLOWMOB_ACTION_SEND:
		return Py_BuildValue("(i(N))", type, value_from_octets(action->u.send.data, action->u.send.len));
	case FLOWMOB_ACTION_VERDICT:
		return Py_BuildValue("(i(KI))", type, (unsigned long long)action->u.verdict.handle, action->u.verdict.tunnel);
	case FLOWMOB_ACTION_FLOW:
		return Py_BuildValue("(i(N))", type, structure_object(&action->u.flow, sizeof(action->u.flow), block_none,
								      $descriptor(struct flowmob_flow_event *)));
	case FLOWMOB_ACTION_RESULT:
		return Py_BuildValue("(i(IiHII))", type, action->u.result.command, action->u.result.err, action->u.result.status,
				     action->u.result.place.flow_id, action->u.result.place.tunnel);
	case FLOWMOB_ACTION_CONNECT:
	case FLOWMOB_ACTION_DISCONNECT:
	case FLOWMOB_ACTION_FORGET_ALL:
	case FLOWMOB_ACTION_POLL:
		return Py_BuildValue("(i())", type);
	default:
		return SWIG_Py_Void();
	}
}
}

%include "pmip/types.h"
%include "pmip/error.h"
%include "pmip/flow.h"
%include "pmip/mem.h"
%include "pmip/optval.h"
%include "pmip/tolerance.h"
%include "pmip/field.h"
%include "pmip/option.h"
%include "pmip/suboption.h"
%include "pmip/message.h"
%include "pmip/wire.h"
%include "pmip/action.h"
%include "pmip/binding.h"
%include "pmip/lma.h"
%include "pmip/mag.h"
%include "flowmob/api.h"
%include "flowmob/packet.h"
%include "flowmob/selector.h"
%include "flowmob/applications.h"
%include "flowmob/classifier.h"
%include "flowmob/fragment_table.h"
%include "flowmob/policy.h"
%include "flowmob/fmp.h"
%include "flowmob/manager.h"
%include "flowmob/reflector.h"
%include "flowmob/slave_selector.h"

/* Messages whole, by the library's tables. */
%typemap(out) PyObject * "$result = $1;"
%newobject mh_decode;
%exception mh_decode {
	$action
	if (result == NULL)
		SWIG_fail;
}
%exception mh_validate {
	$action
	if (PyErr_Occurred())
		SWIG_fail;
}
%typemap(out) struct pmip_mh * "$result = SWIG_NewPointerObj($1, $1_descriptor, SWIG_POINTER_OWN);"
%inline %{
static PyObject *diag_object(const struct pmip_diag *diag);

/* Decode a copy of the octets. */
struct pmip_mh *mh_decode(const uint8_t *data, size_t len, const struct pmip_addr *src, const struct pmip_addr *dst, unsigned int flags)
{
	struct pmip_diag diag = {.offset = 0};
	struct pmip_mh *mh = malloc(sizeof(*mh) + len);
	struct pmip_dgram dgram = {.src = *src, .dst = *dst, .data = (uint8_t *)(mh + 1), .len = len};
	PyObject *object;
	int err;

	if (mh == NULL)
		return (struct pmip_mh *)PyErr_NoMemory();
	if (len > 0)
		memcpy(mh + 1, data, len);
	err = pmip_mh_decode(mh, &diag, &dgram, flags);
	if (err == 0)
		return mh;
	free(mh);
	object = diag_object(&diag);
	if (object != NULL)
		value_raise(err, object);
	Py_XDECREF(object);
	return NULL;
}

void mh_validate(const struct pmip_mh *mh, enum pmip_role role)
{
	struct pmip_diag diag = {.offset = 0};
	int err = pmip_mh_validate(mh, &diag, role);
	PyObject *object = err < 0 ? diag_object(&diag) : NULL;

	if (object != NULL)
		value_raise(err, object);
	Py_XDECREF(object);
}

PyObject *mh_text(const struct pmip_mh *mh)
{
	size_t len = pmip_mh_print(mh, NULL, 0);
	char *text = malloc(len + 1);
	PyObject *object;

	if (text == NULL)
		return PyErr_NoMemory();
	pmip_mh_print(mh, text, len + 1);
	object = PyUnicode_DecodeUTF8(text, (Py_ssize_t)len, "backslashreplace");
	free(text);
	return object;
}

PyObject *mh_octets(const struct pmip_mh *mh)
{
	return value_from_octets(mh->data, mh->len);
}
%}
%{
/* A structure without views of its object. */
static int plain_of(PyObject *from, void *to, size_t size, swig_type_info *type, const char *name)
{
	void *structure = NULL;

	if (!SWIG_IsOK(SWIG_ConvertPtr(from, &structure, type, 0)) || structure == NULL) {
		PyErr_Format(PyExc_TypeError, "give a %s, not %R", name, from);
		return -1;
	}
	memcpy(to, structure, size);
	return 0;
}

static PyObject *diag_object(const struct pmip_diag *diag)
{
	return structure_object(diag, sizeof(*diag), block_none, SWIGTYPE_p_pmip_diag);
}

static PyObject *selector_object(const struct pmip_selector *selector)
{
	return structure_object(selector, sizeof(*selector), block_none, SWIGTYPE_p_pmip_selector);
}

static int selector_of(PyObject *from, struct pmip_selector *to)
{
	return plain_of(from, to, sizeof(*to), SWIGTYPE_p_pmip_selector, "pmip.Selector");
}

static PyObject *flow_object(const struct pmip_flow *flow)
{
	return structure_object(flow, sizeof(*flow), block_none, SWIGTYPE_p_pmip_flow);
}

static int flow_of(PyObject *from, struct pmip_flow *to)
{
	return plain_of(from, to, sizeof(*to), SWIGTYPE_p_pmip_flow, "pmip.Flow");
}
%}
%typemap(in) PyObject *values "$1 = $input;"
PyObject *fields_of_message(const struct pmip_mh *mh);
PyObject *fields_of_options(const struct pmip_mh *mh);
PyObject *fields_encode(size_t row, PyObject *values, PyObject *options, const struct pmip_addr *src_or_none, const struct pmip_addr *dst);
PyObject *fields_message_table(void);
PyObject *fields_option_table(void);
void fields_selector_complete(struct pmip_selector *selector);
%typemap(in) PyObject *body "$1 = $input;"
PyObject *fmp_decode(const uint8_t *data, size_t len);
PyObject *fmp_encode(uint8_t op, uint16_t request, uint16_t status, PyObject *body);
void block_fail_after(long count);
size_t block_live(void);
