/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of libpmip as Python's and back: addresses are of ipaddress, octets are bytes. Functions that return an int return 0, or -1 with a
 * Python exception set; those that return an object return NULL then.
 */
#ifndef PYTHON_VALUE_H
#define PYTHON_VALUE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <flowmob/flowmob.h>
#include <pmip/pmip.h>

/* Finds the classes of ipaddress. */
int value_init(void);
/* Raise an error of the library, as error.py makes it of the code, and of a struct pmip_diag or None. Returns NULL. */
PyObject *value_raise(int err, PyObject *diag);

int value_to_addr(PyObject *from, struct pmip_addr *to);
int value_to_prefix(PyObject *from, struct pmip_prefix *to);
int value_to_ip(PyObject *from, struct pmip_ip *to);
int value_to_llid(PyObject *from, struct pmip_llid *to);
int value_to_key(PyObject *from, struct pmip_key *to);
int value_to_now(PyObject *from, struct pmip_now *to);
/* A view of what *keep is then, a new reference. */
int value_to_mnid(PyObject *from, struct pmip_mnid *to, PyObject **keep);
int value_to_bytes(PyObject *from, struct pmip_bytes *to, PyObject **keep);
/* Number from 0 to most. */
int value_to_uint(PyObject *from, uint64_t most, uint64_t *to);
int value_to_uint8(PyObject *from, uint8_t *to);
int value_to_uint32(PyObject *from, uint32_t *to);

PyObject *value_from_addr(const struct pmip_addr *from);
PyObject *value_from_prefix(const struct pmip_prefix *from);
PyObject *value_from_ip(const struct pmip_ip *from);
PyObject *value_from_llid(const struct pmip_llid *from);
PyObject *value_from_mnid(const struct pmip_mnid *from);
PyObject *value_from_key(const struct pmip_key *from);
PyObject *value_from_octets(const uint8_t *data, size_t len);
/* NULL without an exception: it is no UTF-8. */
PyObject *value_from_text(const uint8_t *data, size_t len);
PyObject *value_from_prefixes(const struct pmip_prefix *from, unsigned int count);
/* At most most of them; -1 on error, else how many. */
int value_to_prefixes(PyObject *from, struct pmip_prefix *to, unsigned int most);

#endif
