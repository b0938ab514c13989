/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of the flow socket (flowmob/fmp.h) as (op, request, status, body), body a dictionary of what the message has by the names of its members.
 */
#ifndef PYTHON_FMP_H
#define PYTHON_FMP_H

#include "block.h"

/* How flows become Python objects and back; those are of the low-level module. */
typedef PyObject *fmp_flow_object_fn(const struct pmip_flow *flow);
typedef int fmp_flow_of_fn(PyObject *from, struct pmip_flow *to);
void fmp_flows(fmp_flow_object_fn *object, fmp_flow_of_fn *of);

PyObject *fmp_decode(const uint8_t *data, size_t len);
PyObject *fmp_encode(uint8_t op, uint16_t request, uint16_t status, PyObject *body);

#endif
