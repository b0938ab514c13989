/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bounded reader, writer and text writer of buf.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pmip/error.h>

#include "base/buf.h"

bool pmip__is_zero(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] != 0)
			return false;
	}
	return true;
}

struct pmip_addr pmip__get_addr(struct pmip__reader *reader)
{
	struct pmip_addr addr = {{0}};
	const uint8_t *at = pmip__get(reader, sizeof(addr.b));

	if (at != NULL)
		memcpy(addr.b, at, sizeof(addr.b));
	return addr;
}

void pmip__put(struct pmip__writer *writer, const void *data, size_t n)
{
	uint8_t *at;

	/* An empty view may be NULL, which memcpy() must not see. */
	if (n == 0)
		return;
	at = pmip__writer_room(writer, n);
	if (at != NULL)
		memcpy(at, data, n);
}

void pmip__put_zero(struct pmip__writer *writer, size_t n)
{
	uint8_t *at;

	if (n == 0)
		return;
	at = pmip__writer_room(writer, n);
	if (at != NULL)
		memset(at, 0, n);
}

void pmip__put_uint(struct pmip__writer *writer, uint64_t value, size_t width)
{
	uint8_t *at = pmip__writer_room(writer, width);

	for (size_t i = width; at != NULL && i > 0; i--) {
		at[i - 1] = (uint8_t)value;
		value >>= 8;
	}
}

void pmip__text_init(struct pmip__text *text, char *buf, size_t cap)
{
	*text = (struct pmip__text){.buf = buf, .cap = cap};
	if (cap > 0)
		buf[0] = '\0';
}

void pmip__text_add(struct pmip__text *text, const char *format, ...)
{
	bool room = text->len < text->cap;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room ? text->buf + text->len : NULL, room ? text->cap - text->len : 0, format, args);
	va_end(args);
	if (n > 0)
		text->len += (size_t)n;
}

void pmip__text_add_hex(struct pmip__text *text, const uint8_t *data, size_t len, const char *sep)
{
	for (size_t i = 0; i < len; i++)
		pmip__text_add(text, "%s%02x", i == 0 ? "" : sep, data[i]);
}
