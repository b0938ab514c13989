/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bounded access to octets: a reader that never leaves its buffer and a writer that never overfills one.
 * Both remember their first failure, so that a run of calls is looked at once, at its end. Multi-octet integers are
 * big-endian. They are inline: half of the work of a message was calling them. The text writer counts on past the end of its buffer, as snprintf() does.
 */
#ifndef PMIP_BASE_BUF_H
#define PMIP_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pmip/error.h>
#include <pmip/types.h>

#define PMIP__ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Whether all of n octets are zero, as none of none are not. */
bool pmip__is_zero(const uint8_t *data, size_t n);

/* Reads ahead of pos; octets that are not there read as 0 and set failed. */
struct pmip__reader {
	const uint8_t *buf; /* borrowed */
	size_t len;         /* octets in buf */
	size_t pos;         /* next octet, never beyond len */
	bool failed;        /* somebody asked for more than there is */
};

static inline void pmip__reader_init(struct pmip__reader *reader, const uint8_t *buf, size_t len)
{
	*reader = (struct pmip__reader){.buf = buf, .len = len};
}

static inline size_t pmip__reader_left(const struct pmip__reader *reader)
{
	return reader->len - reader->pos;
}

/* A view of the next n octets; NULL when there are fewer. */
static inline const uint8_t *pmip__get(struct pmip__reader *reader, size_t n)
{
	const uint8_t *at;

	if (reader->failed || pmip__reader_left(reader) < n) {
		reader->failed = true;
		return NULL;
	}
	at = reader->buf + reader->pos;
	reader->pos += n;
	return at;
}

/* An integer of width octets, 8 at most. */
static inline uint64_t pmip__get_uint(struct pmip__reader *reader, size_t width)
{
	const uint8_t *at = pmip__get(reader, width);
	uint64_t value = 0;

	for (size_t i = 0; at != NULL && i < width; i++)
		value = value << 8 | at[i];
	return value;
}

static inline uint8_t pmip__get_u8(struct pmip__reader *reader)
{
	const uint8_t *at = pmip__get(reader, 1);

	return at == NULL ? 0 : *at;
}

static inline uint16_t pmip__get_u16(struct pmip__reader *reader)
{
	const uint8_t *at = pmip__get(reader, 2);

	return (uint16_t)(at == NULL ? 0 : at[0] << 8 | at[1]);
}

static inline uint64_t pmip__get_u64(struct pmip__reader *reader)
{
	return pmip__get_uint(reader, 8);
}

struct pmip_addr pmip__get_addr(struct pmip__reader *reader);

/* Appends at len; what does not fit is not written and sets err to PMIP_ERR_NOBUF. With err set nothing is written. */
struct pmip__writer {
	uint8_t *buf; /* borrowed */
	size_t cap;   /* octets in buf */
	size_t len;   /* octets written */
	int err;      /* first error, or 0 */
};

static inline void pmip__writer_init(struct pmip__writer *writer, uint8_t *buf, size_t cap)
{
	*writer = (struct pmip__writer){.buf = buf, .cap = cap};
}

/* Keeps the first error. */
static inline void pmip__writer_fail(struct pmip__writer *writer, int err)
{
	if (writer->err == 0)
		writer->err = err;
}

/* Room for n octets, or NULL with err set. */
static inline uint8_t *pmip__writer_room(struct pmip__writer *writer, size_t n)
{
	uint8_t *at;

	if (writer->err != 0)
		return NULL;
	if (writer->cap - writer->len < n) {
		writer->err = PMIP_ERR_NOBUF;
		return NULL;
	}
	at = writer->buf + writer->len;
	writer->len += n;
	return at;
}

void pmip__put(struct pmip__writer *writer, const void *data, size_t n);
void pmip__put_zero(struct pmip__writer *writer, size_t n);
void pmip__put_uint(struct pmip__writer *writer, uint64_t value, size_t width);

static inline void pmip__put_u8(struct pmip__writer *writer, uint8_t value)
{
	uint8_t *at = pmip__writer_room(writer, 1);

	if (at != NULL)
		*at = value;
}

static inline void pmip__put_u16(struct pmip__writer *writer, uint16_t value)
{
	uint8_t *at = pmip__writer_room(writer, 2);

	if (at != NULL) {
		at[0] = (uint8_t)(value >> 8);
		at[1] = (uint8_t)value;
	}
}

static inline void pmip__put_u64(struct pmip__writer *writer, uint64_t value)
{
	pmip__put_uint(writer, value, 8);
}

/* NUL-terminated as long as cap > 0; len is what the whole text needs. */
struct pmip__text {
	char *buf;  /* borrowed; may be NULL when cap is 0 */
	size_t cap; /* octets in buf */
	size_t len; /* octets of the text so far, without the NUL */
};

void pmip__text_init(struct pmip__text *text, char *buf, size_t cap);
void pmip__text_add(struct pmip__text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lower-case hexadecimal digits, sep between octets. */
void pmip__text_add_hex(struct pmip__text *text, const uint8_t *data, size_t len, const char *sep);

#endif
