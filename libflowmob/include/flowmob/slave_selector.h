/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Which slave of a bonding device an outgoing packet leaves by: a table from source ports to slaves, changed by hand (the paper's annex A.3).
 * Nothing is learned from packets; for that there is flowmob/reflector.h.
 */
#ifndef FLOWMOB_SLAVE_SELECTOR_H
#define FLOWMOB_SLAVE_SELECTOR_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most slaves of one bonding device. */
#define FLOWMOB_SLAVES_MAX 16

struct flowmob_slave_selector;

/** Make a selector without slaves and entries. @param[in] mem copied, or NULL. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_new(struct flowmob_slave_selector **selector, const struct pmip_mem *mem);
/** Free it; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_slave_selector_free(struct flowmob_slave_selector *selector);

/** Add a slave, down. @param[in] interface its index, not 0. @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_EXIST there is one
 * @retval PMIP_ERR_FULL there are FLOWMOB_SLAVES_MAX. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_add_slave(struct flowmob_slave_selector *selector, uint32_t interface);
/** Remove a slave and the entries that point to it. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_del_slave(struct flowmob_slave_selector *selector, uint32_t interface);
/** Say whether a slave has a link. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_set_up(struct flowmob_slave_selector *selector, uint32_t interface, bool up);
/** Say which slave the bonding device has as its active one. @param[in] interface 0 = it has none. @retval 0 done
 * @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_set_active(struct flowmob_slave_selector *selector, uint32_t interface);

/** Send packets of a source port by a slave, from the next one on. @retval 0 done, an entry before is replaced
 * @retval PMIP_ERR_NOENT no such slave. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_set(struct flowmob_slave_selector *selector, uint16_t port, uint32_t interface);
/** Remove the entry of a source port. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_clear(struct flowmob_slave_selector *selector, uint16_t port);
/** The slave that a packet from this source port leaves by: that of its entry, or the active one when there is no entry or that slave is
 * down. 0 = there is no active one. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_slave_selector_select(const struct flowmob_slave_selector *selector, uint16_t port);
/** Walk the entries by ascending port. @param[in,out] cursor 0 to start. @retval 1 port and interface filled  @retval 0 no more.
 * Since: 0.1. */
FLOWMOB_API int flowmob_slave_selector_next(const struct flowmob_slave_selector *selector, size_t *cursor, uint16_t *port,
					    uint32_t *interface);

#ifdef __cplusplus
}
#endif

#endif
