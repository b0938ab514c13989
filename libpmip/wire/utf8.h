/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether octets are UTF-8 (RFC 3629): nothing else may pass for a name. */
#ifndef PMIP_WIRE_UTF8_H
#define PMIP_WIRE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool pmip__is_utf8(const uint8_t *s, size_t len);

#endif
