/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Field descriptors: how one field stands on the wire and in a structure. A list of them drives decoding, encoding and
 * printing of an option (option_table.c) and of a message's fixed part (mh_table.c). A new option or message
 * is a list; only a new way of writing a value is a new kind.
 */
#ifndef PMIP_WIRE_FIELD_H
#define PMIP_WIRE_FIELD_H

#include <pmip/types.h>

#include "base/buf.h"

/* On the wire -> type of the structure's member. */
enum pmip__field_kind {
	PMIP__FIELD_END = 0,   /* closes a list */
	PMIP__FIELD_RESERVED,  /* arg octets, sent as 0, ignored -> no member */
	PMIP__FIELD_U8,        /* 8 bits -> uint8_t */
	PMIP__FIELD_U16,       /* 16 bits -> uint16_t */
	PMIP__FIELD_FLAG,      /* bit arg of an octet whose other bits are reserved -> bool */
	PMIP__FIELD_FLAGS8,    /* 8 bits -> uint8_t, printed as letters */
	PMIP__FIELD_FLAGS16,   /* 16 bits -> uint16_t, printed as letters */
	PMIP__FIELD_LIFETIME,  /* 16 bits in units of arg seconds -> uint32_t, seconds */
	PMIP__FIELD_TIMESTAMP, /* 48 bits of seconds, 16 of 1/65536 s -> uint64_t */
	PMIP__FIELD_ADDR,      /* 128 bits -> struct pmip_addr */
	PMIP__FIELD_PREFIX,    /* length8, address128 -> struct pmip_prefix */
	PMIP__FIELD_MNID,      /* subtype8, all octets left -> struct pmip_mnid, a view */
	PMIP__FIELD_LLID,      /* all octets left -> struct pmip_llid, len 0 when they are too many */
};

struct pmip__field {
	enum pmip__field_kind kind;
	uint8_t arg;         /* see the kind */
	uint16_t at;         /* offset of the member in the structure that owns the list */
	const char *name;    /* for people */
	const char *letters; /* FLAGS: one letter per bit from the highest down; bits without one print in hexadecimal */
	const char *(*value_name)(uint8_t value); /* U8: name of a value, or NULL; optional */
};

/* Fill owner's members from the wire. A failed reader is the caller's to see: it knows which error that is. */
void pmip__fields_read(const struct pmip__field *fields, void *owner, struct pmip__reader *reader);

/* Append owner's members. Values that the wire cannot hold set PMIP_ERR_INVALID. */
void pmip__fields_write(const struct pmip__field *fields, const void *owner, struct pmip__writer *writer);

/* One line per field, each after indent. */
void pmip__fields_print(const struct pmip__field *fields, const void *owner, const char *indent,
			struct pmip__text *text);

#endif
