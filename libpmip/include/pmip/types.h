/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Small value types used everywhere: addresses, prefixes, identifiers, time, datagrams.
 * They own no memory and are copied by assignment, unless a field says it is a view.
 */
#ifndef PMIP_TYPES_H
#define PMIP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks a symbol that libpmip or libpmip-linux exports. */
#if defined(__GNUC__)
#define PMIP_API __attribute__((visibility("default")))
#else
#define PMIP_API
#endif

/** A deadline that never comes; see pmip_lma_next_deadline(). */
#define PMIP_TIME_NONE UINT64_MAX

/** Longest text of a struct pmip_addr, with the final NUL. */
#define PMIP_ADDR_STRLEN 46
/** Longest text of a struct pmip_prefix, with the final NUL. */
#define PMIP_PREFIX_STRLEN 50
/** Most octets of a link-layer identifier that a binding keeps. Longer ones are refused with status 128. */
#define PMIP_LLID_MAX 32
/** Longest text of a struct pmip_llid, with the final NUL. */
#define PMIP_LLID_STRLEN (PMIP_LLID_MAX * 3)
/** Most octets of a mobile node identifier (RFC 4283 section 3: Option Length is 255 at most, one is the subtype). */
#define PMIP_MNID_MAX 254
/** Longest text of a mobile node identifier, with the final NUL; an octet may take four characters. */
#define PMIP_MNID_STRLEN (PMIP_MNID_MAX * 4 + 16)
/** Most Home Network Prefixes of one session. A PBU that names more is refused with status 130. */
#define PMIP_HNP_MAX 8

/** An IPv6 address in network order. */
struct pmip_addr {
	uint8_t b[16]; /**< octets as on the wire */
};

/** An IPv6 prefix; bits beyond len are zero. */
struct pmip_prefix {
	struct pmip_addr addr; /**< first address of the prefix */
	uint8_t len;           /**< bits, 0..128 */
};

/** A link-layer identifier (RFC 5213 section 8.6), for Ethernet the MAC address in canonical order. */
struct pmip_llid {
	uint8_t len;              /**< octets, 0..PMIP_LLID_MAX; 0 = not known */
	uint8_t b[PMIP_LLID_MAX]; /**< identifier */
};

/** A mobile node identifier (RFC 4283, RFC 8371). A view: the octets belong to somebody else. */
struct pmip_mnid {
	uint8_t subtype;   /**< 1 NAI, 2..8 see RFC 8371 section 3; part of the identity */
	uint8_t len;       /**< octets, 0..PMIP_MNID_MAX */
	const uint8_t *id; /**< borrowed; not NUL-terminated */
};

/** Octets that belong to somebody else. */
struct pmip_bytes {
	const uint8_t *data; /**< borrowed; may be NULL when len is 0 */
	size_t len;          /**< octets */
};

/** An IPv4 or IPv6 address in network order, or none. */
struct pmip_ip {
	uint8_t len;   /**< octets: 4, 16, or 0 for none */
	uint8_t b[16]; /**< octets as on the wire */
};

/** An IPv4 home address as an LMA assigns it (RFC 5844 section 3.1.2.2). */
struct pmip_ipv4_home {
	struct pmip_ip addr;   /**< 4 octets, or none */
	uint8_t plen;          /**< prefix length of its subnet, 0..32 */
	struct pmip_ip router; /**< default router of that subnet, or none */
};

/** The time of an event, taken once per wake-up by the caller and passed down. */
struct pmip_now {
	uint64_t mono_us; /**< monotonic clock, microseconds; drives every timer; never goes back */
	uint64_t wall_us; /**< wall clock, microseconds since 1970 UTC; only for the Timestamp option (RFC 5213 section 5.5) */
};

/** A Mobility Header message between two addresses. data is a view. */
struct pmip_dgram {
	struct pmip_addr src; /**< IPv6 source */
	struct pmip_addr dst; /**< IPv6 destination */
	const uint8_t *data;  /**< borrowed; the Mobility Header and nothing before it */
	size_t len;           /**< octets */
};

/** Read an IPv6 address in text form.
 * @param[out] addr  filled on success; untouched on error.
 * @param[in]  text  NUL-terminated, as in RFC 4291 section 2.2.
 * @retval 0 done  @retval PMIP_ERR_SYNTAX not an IPv6 address. Since: 0.1. */
PMIP_API int pmip_addr_parse(struct pmip_addr *addr, const char *text);

/** Write an address in text form (RFC 5952). @return buf. @param[out] buf PMIP_ADDR_STRLEN octets. Since: 0.1. */
PMIP_API char *pmip_addr_format(const struct pmip_addr *addr, char buf[PMIP_ADDR_STRLEN]);

/** Write an address in text form; "none" when there is none. @return buf. @param[out] buf PMIP_ADDR_STRLEN octets. Since: 0.1. */
PMIP_API char *pmip_ip_format(const struct pmip_ip *ip, char buf[PMIP_ADDR_STRLEN]);

/** Read an IPv4 or IPv6 address in text form.
 * @retval 0 done  @retval PMIP_ERR_SYNTAX neither; ip is untouched. Since: 0.1. */
PMIP_API int pmip_ip_parse(struct pmip_ip *ip, const char *text);

/** Whether two addresses are the same. Since: 0.1. */
PMIP_API bool pmip_addr_equal(const struct pmip_addr *a, const struct pmip_addr *b);

/** Whether the address is ::. Since: 0.1. */
PMIP_API bool pmip_addr_is_unspecified(const struct pmip_addr *a);

/** Whether the address may stand for one node: neither ::, nor ::1, nor multicast. Since: 0.1. */
PMIP_API bool pmip_addr_is_unicast(const struct pmip_addr *a);

/** Whether the address is link-local unicast, fe80::/10. Since: 0.1. */
PMIP_API bool pmip_addr_is_link_local(const struct pmip_addr *a);

/** Whether the address stands for an IPv4 address, ::ffff:a.b.c.d: wherever this library has one address type for both. Since: 0.1. */
PMIP_API bool pmip_addr_is_ipv4_mapped(const struct pmip_addr *a);

/** The address that stands for an IPv4 address. @param[in] ipv4 4 octets in network order. Since: 0.1. */
PMIP_API struct pmip_addr pmip_addr_from_ipv4(const uint8_t ipv4[4]);

/** Read a prefix such as 2001:db8::/64.
 * @retval 0 done  @retval PMIP_ERR_SYNTAX not a prefix, length over 128, or bits set beyond the length. Since: 0.1. */
PMIP_API int pmip_prefix_parse(struct pmip_prefix *prefix, const char *text);

/** Write a prefix in text form. @return buf. @param[out] buf PMIP_PREFIX_STRLEN octets. Since: 0.1. */
PMIP_API char *pmip_prefix_format(const struct pmip_prefix *prefix, char buf[PMIP_PREFIX_STRLEN]);

/** Whether two prefixes have the same address and length. Since: 0.1. */
PMIP_API bool pmip_prefix_equal(const struct pmip_prefix *a, const struct pmip_prefix *b);

/** Whether the address lies in the prefix. Since: 0.1. */
PMIP_API bool pmip_prefix_contains(const struct pmip_prefix *prefix, const struct pmip_addr *addr);

/** The prefix that stands for an IPv4 address or subnet. @param[in] ipv4 4 octets in network order  @param[in] plen of IPv4, 0..32.
 * Bits beyond it stay as they are. Since: 0.1. */
PMIP_API struct pmip_prefix pmip_prefix_from_ipv4(const uint8_t ipv4[4], uint8_t plen);

/** Whether the prefix stands for an IPv4 address or subnet, within ::ffff:0.0.0.0/96. Since: 0.1. */
PMIP_API bool pmip_prefix_is_ipv4(const struct pmip_prefix *prefix);

/** Whether no bit is set beyond the length and the length is 128 at most. Since: 0.1. */
PMIP_API bool pmip_prefix_is_valid(const struct pmip_prefix *prefix);

/** Read a link-layer identifier in text form, octets in hexadecimal joined by colons.
 * @retval 0 done  @retval PMIP_ERR_SYNTAX not one, or longer than PMIP_LLID_MAX. Since: 0.1. */
PMIP_API int pmip_llid_parse(struct pmip_llid *llid, const char *text);

/** Write a link-layer identifier in text form; "" when not known. @return buf. Since: 0.1. */
PMIP_API char *pmip_llid_format(const struct pmip_llid *llid, char buf[PMIP_LLID_STRLEN]);

/** Whether two link-layer identifiers have the same length and octets. Since: 0.1. */
PMIP_API bool pmip_llid_equal(const struct pmip_llid *a, const struct pmip_llid *b);

/** Write a mobile node identifier in text form: an NAI as it is, any other subtype as "subtype:hex". Octets of an NAI
 * that are not printable ASCII come out as \\xNN. @return buf. Since: 0.1. */
PMIP_API char *pmip_mnid_format(const struct pmip_mnid *mnid, char buf[PMIP_MNID_STRLEN]);

/** Whether two identifiers are the same, octet by octet, subtype included. Since: 0.1. */
PMIP_API bool pmip_mnid_equal(const struct pmip_mnid *a, const struct pmip_mnid *b);

#ifdef __cplusplus
}
#endif

#endif
