/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Messages and options described as data. The library reads, writes and prints by these descriptions; a program that
 * translates messages to another notation walks them too, and then knows every message and option that the library knows.
 */
#ifndef PMIP_FIELD_H
#define PMIP_FIELD_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a value stands on the wire -> type of the structure's member. */
enum pmip_field_kind {
	PMIP_FIELD_END = 0,         /**< closes a list */
	PMIP_FIELD_RESERVED = 1,    /**< octets, sent as 0, ignored -> no member */
	PMIP_FIELD_UINT = 2,        /**< octets 1, 2, 4 or 8 -> uint8_t, uint16_t, uint32_t, uint64_t */
	PMIP_FIELD_FLAG = 3,        /**< bit mask of octets -> bool */
	PMIP_FIELD_BITS = 4,        /**< bits mask of octets -> uint8_t, shifted down */
	PMIP_FIELD_FLAGS = 5,       /**< octets 1 or 2 -> uint8_t, uint16_t; letters name the bits */
	PMIP_FIELD_LIFETIME = 6,    /**< 16 bits in units of mask seconds -> uint32_t, seconds */
	PMIP_FIELD_SECONDS = 7,     /**< 16 bits, 0xffff infinite -> uint32_t, PMIP_SECONDS_INFINITE */
	PMIP_FIELD_DEGREES = 8,     /**< 24 bits in two's complement -> int32_t */
	PMIP_FIELD_TIMESTAMP = 9,   /**< 48 bits of seconds, 16 of 1/65536 s -> uint64_t */
	PMIP_FIELD_NTP = 10,        /**< 32 bits of seconds since 1900, 32 of a second -> uint64_t */
	PMIP_FIELD_ADDR = 11,       /**< 128 bits -> struct pmip_addr */
	PMIP_FIELD_PREFIX = 12,     /**< length8, address128 -> struct pmip_prefix */
	PMIP_FIELD_IP = 13,         /**< octets 4 or 16, or with octets 0 all that is left, whose sizes mask allows -> struct pmip_ip */
	PMIP_FIELD_MNID = 14,       /**< subtype8, all octets left -> struct pmip_mnid, a view */
	PMIP_FIELD_LLID = 15,       /**< all octets left -> struct pmip_llid, len 0 when they are too many */
	PMIP_FIELD_OCTETS = 16,     /**< octets -> uint8_t[octets] */
	PMIP_FIELD_REST = 17,       /**< all octets left -> struct pmip_bytes */
	PMIP_FIELD_TEXT = 18,       /**< all octets left, UTF-8 -> struct pmip_bytes */
	PMIP_FIELD_STRING = 19,     /**< length8, octets -> struct pmip_bytes */
	PMIP_FIELD_UINT16S = 20,    /**< all octets left, an even number -> struct pmip_bytes */
	PMIP_FIELD_ADDRS = 21,      /**< count8, reserved8, addresses of 128 bits -> struct pmip_bytes */
	PMIP_FIELD_RECORDS = 22,    /**< count16, all octets left -> struct pmip_records */
	PMIP_FIELD_KEY = 23,        /**< nothing, or 32 bits -> struct pmip_key */
	PMIP_FIELD_SUBOPTIONS = 24, /**< all octets left -> struct pmip_bytes; the family is mask, an enum pmip_suboption_family */
	PMIP_FIELD_SELECTOR = 25,   /**< all octets left; mask 1: reserved8 stands before format8 -> struct pmip_selector */
};

/** Sizes that PMIP_FIELD_IP may find, in mask. */
enum pmip_ip_size {
	PMIP_IP_NONE = 1, /**< no address */
	PMIP_IP_4 = 2,    /**< 4 octets */
	PMIP_IP_16 = 4,   /**< 16 octets */
};

/** One field. Which members count depends on the kind. */
struct pmip_field {
	enum pmip_field_kind kind; /**< what it is */
	uint8_t octets;            /**< width on the wire, where the kind leaves it open */
	bool held;                 /**< the next field lies in the same octets */
	uint16_t at;               /**< offset of the member in the structure that the list describes */
	uint32_t mask;             /**< see the kind */
	const char *name;          /**< for people */
	const char *key;           /**< for programs; NULL: follows from the other fields */
	const char *letters;       /**< FLAGS: one letter per bit from the highest down */
	const char *(*value_name)(uint8_t value); /**< UINT up to 255: name of a value, or NULL; optional */
};

#ifdef __cplusplus
}
#endif

#endif
