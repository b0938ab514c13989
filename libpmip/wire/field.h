/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be done with a list of struct pmip_field, and how such lists are written down. A new option or message is a list;
 * only a new way of writing a value is a new kind (pmip/field.h), with a case in each of the three switches of field.c and
 * field_print.c.
 */
#ifndef PMIP_WIRE_FIELD_H
#define PMIP_WIRE_FIELD_H

#include <stddef.h>

#include <pmip/field.h>

#include "base/buf.h"

/* Lists. OWNER, the structure that a list describes, is defined by the table that includes this. */
#define FIELDS(...) ((const struct pmip_field[]){__VA_ARGS__, {.kind = PMIP_FIELD_END}})
#define NO_FIELDS ((const struct pmip_field[]){{.kind = PMIP_FIELD_END}})
#define AT(member) offsetof(OWNER, u.member)
#define RESERVED(n) {.kind = PMIP_FIELD_RESERVED, .octets = (n)}
#define FIELD(kind_, member, name_, key_) {.kind = PMIP_FIELD_##kind_, .at = AT(member), .name = (name_), .key = (key_)}
#define UINT(n, member, name_, key_) {.kind = PMIP_FIELD_UINT, .octets = (n), .at = AT(member), .name = (name_), .key = (key_)}
#define CODE(n, member, name_, key_, value_name_) \
	{.kind = PMIP_FIELD_UINT, .octets = (n), .at = AT(member), .name = (name_), .key = (key_), .value_name = (value_name_)}
/* held: the field behind shares the octets. */
#define FLAG(n, mask_, held_, member, name_, key_) \
	{.kind = PMIP_FIELD_FLAG, .octets = (n), .mask = (mask_), .held = (held_), .at = AT(member), .name = (name_), .key = (key_)}
#define BITS(n, mask_, held_, member, name_, key_) \
	{.kind = PMIP_FIELD_BITS, .octets = (n), .mask = (mask_), .held = (held_), .at = AT(member), .name = (name_), .key = (key_)}
#define FLAGS(n, member, name_, key_, letters_) \
	{.kind = PMIP_FIELD_FLAGS, .octets = (n), .at = AT(member), .name = (name_), .key = (key_), .letters = (letters_)}
#define LIFETIME(unit_s, member, name_, key_) \
	{.kind = PMIP_FIELD_LIFETIME, .mask = (unit_s), .at = AT(member), .name = (name_), .key = (key_)}
#define OCTETS(n, member, name_, key_) {.kind = PMIP_FIELD_OCTETS, .octets = (n), .at = AT(member), .name = (name_), .key = (key_)}
#define IPV4(member, name_, key_) {.kind = PMIP_FIELD_IP, .octets = 4, .at = AT(member), .name = (name_), .key = (key_)}
/* An address of one of the sizes, enum pmip_ip_size. */
#define IP(sizes, member, name_, key_) {.kind = PMIP_FIELD_IP, .mask = (sizes), .at = AT(member), .name = (name_), .key = (key_)}
#define SUBOPTIONS(family, member, name_, key_) \
	{.kind = PMIP_FIELD_SUBOPTIONS, .mask = (family), .at = AT(member), .name = (name_), .key = (key_)}

/* Fill owner's members from the wire. A failed reader is the caller's to see: it knows which error that is. Returns 0, or the
 * error of a value that says itself what it is (PMIP_ERR_COUNT, those of a traffic selector, PMIP_ERR_OPT_VALUE); then rule is set. */
int pmip__fields_read(const struct pmip_field *fields, void *owner, struct pmip__reader *reader, const char **rule);

/* Append owner's members. Values that the wire cannot hold set PMIP_ERR_INVALID. */
void pmip__fields_write(const struct pmip_field *fields, const void *owner, struct pmip__writer *writer);

/* One line per field, each after indent; sub-options are left out. */
void pmip__fields_print(const struct pmip_field *fields, const void *owner, const char *indent, struct pmip__text *text);

/* The letters of the set bits of octets octets from the highest down. */
void pmip__print_flags(uint16_t flags, uint8_t octets, const char *letters, struct pmip__text *text);

/* The sub-options field of a list, or NULL. */
const struct pmip_field *pmip__fields_suboptions(const struct pmip_field *fields);

#endif
