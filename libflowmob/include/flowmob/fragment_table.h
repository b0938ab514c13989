/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What was decided for the first fragment of a packet, for those behind it, which have no ports (RFC 8200 section 4.5, RFC 791).
 */
#ifndef FLOWMOB_FRAGMENT_TABLE_H
#define FLOWMOB_FRAGMENT_TABLE_H

#include <flowmob/packet.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flowmob_fragment_table;

/** Make a table. All its memory is taken now.
 * @param[out] table       the table; untouched on error.
 * @param[in]  max         packets remembered at a time, 1..1048576, rounded up to a power of two, and to 4. When more are under way, the
 *                         oldest are forgotten, and what is left of them takes the default path.
 * @param[in]  timeout_ms  how long a first fragment is remembered, 1..4294967295; a receiver waits for 60000 (RFC 8200 section 4.5).
 * @param[in]  mem         copied, or NULL.
 * @param[in]  hash_key    16 random octets against chosen identifiers; copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_fragment_table_new(struct flowmob_fragment_table **table, uint32_t max, uint32_t timeout_ms,
					   const struct pmip_mem *mem, const uint8_t hash_key[16]);

/** Free a table; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_fragment_table_free(struct flowmob_fragment_table *table);

/** Remember what was decided for a first fragment; what was known of the same packet is replaced.
 * @param[in] packet   is_first_fragment is set.
 * @param[in] value    the caller's: a path, a mark, a flow id.
 * @param[in] mono_us  monotonic clock, microseconds. Since: 0.1. */
FLOWMOB_API void flowmob_fragment_table_set(struct flowmob_fragment_table *table, const struct flowmob_packet *packet, uint32_t value,
					    uint64_t mono_us);

/** What was decided for the first fragment of the packet that this is a fragment of.
 * @param[out] value  untouched on error.
 * @retval 0 found  @retval PMIP_ERR_NOENT its first fragment has not come, or is forgotten: the default path. Since: 0.1. */
FLOWMOB_API int flowmob_fragment_table_find(const struct flowmob_fragment_table *table, uint32_t *value,
					   const struct flowmob_packet *packet, uint64_t mono_us);

#ifdef __cplusplus
}
#endif

#endif
