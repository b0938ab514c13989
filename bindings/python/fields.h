/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages and options as dictionaries, by the library's tables (pmip/field.h): a key is what the table calls it.
 */
#ifndef PYTHON_FIELDS_H
#define PYTHON_FIELDS_H

#include "block.h"

/* The message row of the table, as (number of the row, values). */
PyObject *fields_of_message(const struct pmip_mh *mh);
/* All options in their order: (type, offset, data, values, or None when the table does not know the type). Sub-options in
 * values are (type, values or octets). */
PyObject *fields_of_options(const struct pmip_mh *mh);
/* A message: the number of its row, its values, and options as (type, offset or None, data or None, values or None). src NULL: no checksum.
 * Returns the octets. */
PyObject *fields_encode(size_t row, PyObject *values, PyObject *options, const struct pmip_addr *src, const struct pmip_addr *dst);

/* How selectors become Python objects and back; those are of the low-level module. */
typedef PyObject *fields_selector_object_fn(const struct pmip_selector *selector);
typedef int fields_selector_of_fn(PyObject *from, struct pmip_selector *to);
extern fields_selector_object_fn *fields_selector_object;
extern fields_selector_of_fn *fields_selector_of;
void fields_selectors(fields_selector_object_fn *object, fields_selector_of_fn *of);
/* Say in flags that those fields are there that are not 0, and the start of each end. */
void fields_selector_complete(struct pmip_selector *selector);

/* The tables: lists of (type, subtype or 0, id, name, ref, ((key, name, letters), ...)). */
PyObject *fields_message_table(void);
PyObject *fields_option_table(void);

#endif
