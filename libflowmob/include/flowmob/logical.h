/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The logical interface of a mobile node: one IP interface over several access networks (RFC 7847; the paper's section 3.2.1 and annex A.3).
 * Addresses belong to it; its slaves have none, and all have its MAC address. A table says by which slave packets of a source port
 * leave; others leave by the active slave, and so do those whose slave has no link. What comes in by any slave is accepted.
 * Part of libflowmob-linux.
 *
 * The table is in the kernel and is the state: the logical interface goes on when the process that made it ends, and another process opens it
 * by its name. Changes apply to the next packet.
 *
 * Neighbour discovery, ARP and other multicast of link scope leave by every slave: the routers of a PMIPv6 domain have one address (RFC 6543),
 * and each must find the mobile node.
 *
 * An object belongs to one thread; several of one interface may be open at the same time. CAP_NET_ADMIN and CAP_BPF are needed.
 */
#ifndef FLOWMOB_LOGICAL_H
#define FLOWMOB_LOGICAL_H

#include <flowmob/api.h>
#include <flowmob/slave_selector.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What makes several links one interface. */
enum flowmob_logical_kind {
	FLOWMOB_LOGICAL_ANY = 0,     /**< what the interface is already; if it is not there, bonding where the kernel has it, else bpf */
	FLOWMOB_LOGICAL_BONDING = 1, /**< the bonding driver (mode active-backup), told by a queue_id which slave a packet is for; it looks
				      * itself after links that fail. 15 slaves at most. */
	FLOWMOB_LOGICAL_BPF = 2,     /**< a veth device and programs that put packets from it on links and back; links that fail are seen by
				      * flowmob_logical_process() */
};

struct flowmob_logical;

/** Make the logical interface, or take over one that is there, and put the programs of this library in force on it.
 * A bonding device that somebody else has made is taken over with its slaves.
 * @param[out] logical  untouched on error.  @param[in] name  of the interface.  @param[in] log  copied, or NULL.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_CONFIG an interface of this name is there and is of another kind
 * @retval PMIP_ERR_UNSUPPORTED the kernel cannot do it  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_logical_new(struct flowmob_logical **logical, const char *name, enum flowmob_logical_kind kind,
				    const struct pmip_log *log);
/** Open a logical interface that is there; to look, to change the table, to follow its links. flowmob_logical_add_slave() needs
 * flowmob_logical_new().
 * @retval 0 done  @retval PMIP_ERR_NOENT no such logical interface  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_logical_open(struct flowmob_logical **logical, const char *name, const struct pmip_log *log);
/** Close it; the interface goes on. NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_logical_free(struct flowmob_logical *logical);
/** End the interface: its slaves get back what was theirs. What is left to do with the object is flowmob_logical_free().
 * @retval 0 done  @retval PMIP_ERR_OS see the log. Since: 0.1. */
FLOWMOB_API int flowmob_logical_remove(struct flowmob_logical *logical);

/** FLOWMOB_LOGICAL_BONDING or FLOWMOB_LOGICAL_BPF. Since: 0.1. */
FLOWMOB_API enum flowmob_logical_kind flowmob_logical_get_kind(const struct flowmob_logical *logical);

/** Make an interface a slave: it goes down for a moment, loses its addresses and gets the logical interface's MAC address; the first one gives
 * the logical interface its own. One that is a slave already stays as it is.
 * @retval 0 done  @retval PMIP_ERR_NOENT no such interface  @retval PMIP_ERR_INVALID not Ethernet, or another interface's slave, or the
 * object is not from flowmob_logical_new()  @retval PMIP_ERR_FULL there are as many as can be  @retval PMIP_ERR_OS see the log. Since: 0.1. */
FLOWMOB_API int flowmob_logical_add_slave(struct flowmob_logical *logical, const char *slave);
/** Release a slave and remove what points to it. @retval 0 done  @retval PMIP_ERR_NOENT there is none
 * @retval PMIP_ERR_OS see the log. Since: 0.1. */
FLOWMOB_API int flowmob_logical_del_slave(struct flowmob_logical *logical, const char *slave);

/** Send packets of source ports first to last by a slave. @param[in] slave  NULL = as all others.
 * @retval 0 done  @retval PMIP_ERR_NOENT no such slave  @retval PMIP_ERR_INVALID last is less than first. Since: 0.1. */
FLOWMOB_API int flowmob_logical_set_entry(struct flowmob_logical *logical, uint16_t first, uint16_t last, const char *slave);
/** Make a slave the active one. @retval 0 done  @retval PMIP_ERR_NOENT no such slave  @retval PMIP_ERR_NO_PATH it has no link
 * @retval PMIP_ERR_OS see the log. Since: 0.1. */
FLOWMOB_API int flowmob_logical_set_active(struct flowmob_logical *logical, const char *slave);
/** Let a flow leave by the slave that it comes in by (RFC 7847), from the first packet that has come in; until then by the table. Off at first.
 * Off, nothing is learned and what was learned is not used. Since: 0.1. */
FLOWMOB_API void flowmob_logical_set_reflect(struct flowmob_logical *logical, bool on);
/** Whether that is on. Since: 0.1. */
FLOWMOB_API bool flowmob_logical_get_reflect(const struct flowmob_logical *logical);

/** A slave. */
struct flowmob_logical_slave {
	size_t size;         /**< sizeof(struct flowmob_logical_slave), set by the caller */
	char name[16];       /**< of the interface */
	uint32_t ifindex;    /**< of the interface */
	bool up;             /**< it has a link */
	bool active;         /**< packets leave by it that the table says nothing of */
	uint64_t tx_packets; /**< that it has sent, since it exists */
	uint64_t rx_packets; /**< that have come in by it, since it exists */
};

/** Walk the slaves. @param[in,out] cursor 0 to start. @retval 1 slave filled  @retval 0 no more  @retval PMIP_ERR_OS see the log. Since: 0.1. */
FLOWMOB_API int flowmob_logical_next_slave(struct flowmob_logical *logical, size_t *cursor, struct flowmob_logical_slave *slave);
/** Walk the table by ascending port; neighbours with one slave are told as one. @param[in,out] cursor 0 to start. @param[out] ifindex of the slave.
 * @retval 1 filled  @retval 0 no more. Since: 0.1. */
FLOWMOB_API int flowmob_logical_next_entry(const struct flowmob_logical *logical, size_t *cursor, uint16_t *first, uint16_t *last,
					   uint32_t *ifindex);

/** A descriptor that polls readable when something has happened to interfaces. Since: 0.1. */
FLOWMOB_API int flowmob_logical_fd(const struct flowmob_logical *logical);
/** Put in force what has happened: links that came and went, the active slave's successor; of a link that has come, its router is solicited. Does
 * not block. Somebody must call it for a logical
 * interface of kind bpf as long as it lives; opening one does it, too.
 * @retval 1 slaves have changed  @retval 0 they have not  @retval PMIP_ERR_NOENT the interface is gone  @retval PMIP_ERR_OS see the log.
 * Since: 0.1. */
FLOWMOB_API int flowmob_logical_process(struct flowmob_logical *logical);

#ifdef __cplusplus
}
#endif

#endif
