/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies and events for people. */
#ifndef EXAMPLES_PRINT_H
#define EXAMPLES_PRINT_H

#include <jansson.h>

/* Print a reply that says ok. */
void print_reply(const json_t *reply);
/* Print one event on one line. */
void print_event(const json_t *event);

#endif
