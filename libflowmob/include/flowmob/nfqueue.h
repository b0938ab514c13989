/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Packets of the kernel that wait for a verdict: one queue of NFQUEUE, as the target `-j NFQUEUE --queue-num N` of ip6tables(8) fills it.
 * Part of libflowmob-linux.
 *
 * A queue belongs to one thread and never blocks. Its descriptor goes into whatever event loop the program has: when it is readable,
 * flowmob_nfqueue_recv() until it returns 0, flowmob_nfqueue_verdict() for each packet at once or later, in any order, and
 * flowmob_nfqueue_flush() before the loop sleeps. CAP_NET_ADMIN is needed.
 *
 * Who makes the rules decides what happens when nobody reads: --queue-bypass lets packets go on as if the rule were not there.
 */
#ifndef FLOWMOB_NFQUEUE_H
#define FLOWMOB_NFQUEUE_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most packets of one flowmob_nfqueue_recv(). */
#define FLOWMOB_NFQUEUE_BATCH 64

/** What a queue is made with. Copied. */
struct flowmob_nfqueue_config {
	size_t size;            /**< sizeof(struct flowmob_nfqueue_config) */
	uint16_t queue;         /**< its number */
	uint32_t copy_range;    /**< octets of a packet that are copied, 40..65535; 0 = 256, which is enough for headers */
	uint32_t max_waiting;   /**< packets that may wait for a verdict, 0 = 1024 */
	uint32_t socket_buffer; /**< octets that the kernel keeps for packets not yet received, 0 = 4 MiB */
	bool fail_open;         /**< a packet that finds no room in the queue or the socket goes on; false: it is dropped */
	const struct pmip_log *log; /**< copied, or NULL */
};

/** One packet that waits. */
struct flowmob_nfqueue_packet {
	uint32_t id;          /**< for flowmob_nfqueue_verdict() */
	uint8_t hook;         /**< 0 PREROUTING, 1 INPUT, 2 FORWARD, 3 OUTPUT, 4 POSTROUTING */
	uint16_t ethertype;   /**< 0x0800 IPv4, 0x86dd IPv6 */
	const uint8_t *data;  /**< from the first octet of the IP header; valid until the next flowmob_nfqueue_recv() */
	size_t len;           /**< octets in data, at most the copy range */
	size_t total_len;     /**< octets of the packet; one of segmentation offload counts whole */
	uint32_t in_ifindex;  /**< interface it came in by; 0 = it is of this machine */
	uint32_t out_ifindex; /**< interface it is to leave by; 0 = not known yet (PREROUTING, INPUT) */
	uint32_t mark;        /**< its mark (fwmark) so far */
};

/** What becomes of a packet. */
enum flowmob_nfqueue_verdict {
	FLOWMOB_NFQUEUE_DROP = 0,   /**< it ends here */
	FLOWMOB_NFQUEUE_ACCEPT = 1, /**< it goes on behind the table that queued it */
	FLOWMOB_NFQUEUE_REPEAT = 4, /**< it goes through the hook once more, from its first rule; with a mark, so that it is not queued again */
};

/** What a queue has counted. */
struct flowmob_nfqueue_counters {
	size_t size;        /**< sizeof(struct flowmob_nfqueue_counters), set by the caller */
	uint64_t received;  /**< packets */
	uint64_t verdicts;  /**< given to the kernel */
	uint64_t refused;   /**< verdicts that the kernel refused: it knows no such packet any more, say because its interface went away */
	uint64_t overruns;  /**< times that packets found no room in the socket (ENOBUFS); fail_open says what became of them */
	uint64_t malformed; /**< messages of the kernel that could not be read */
};

struct flowmob_nfqueue;

/** Open a queue.
 * @param[out] queue  the queue; untouched on error.
 * @retval 0 done  @retval PMIP_ERR_INVALID a field outside its range
 * @retval PMIP_ERR_OS see the log: no right, or another process has this queue  @retval PMIP_ERR_UNSUPPORTED the kernel has no NFQUEUE
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_nfqueue_new(struct flowmob_nfqueue **queue, const struct flowmob_nfqueue_config *config);

/** Close it; packets that still wait are dropped by the kernel. NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_nfqueue_free(struct flowmob_nfqueue *queue);

/** A descriptor that polls readable when there is something to receive. Since: 0.1. */
FLOWMOB_API int flowmob_nfqueue_fd(const struct flowmob_nfqueue *queue);

/** Take packets that have come, without blocking. An overrun of the socket is counted and survived.
 * @param[out] packets  filled.  @param[in] n  room, FLOWMOB_NFQUEUE_BATCH at best; more is not used.
 * @return how many, 0 = none; @retval PMIP_ERR_OS see the log: the queue is of no use any more. Since: 0.1. */
FLOWMOB_API int flowmob_nfqueue_recv(struct flowmob_nfqueue *queue, struct flowmob_nfqueue_packet *packets, size_t n);

/** Say what becomes of a packet. Verdicts are collected, and given to the kernel when there are enough of them or by flowmob_nfqueue_flush().
 * @param[in] mark  the packet's mark from now on; NULL = it keeps the one it has. Since: 0.1. */
FLOWMOB_API void flowmob_nfqueue_verdict(struct flowmob_nfqueue *queue, uint32_t id, enum flowmob_nfqueue_verdict verdict,
					 const uint32_t *mark);

/** Give the kernel the verdicts that have been collected. Since: 0.1. */
FLOWMOB_API void flowmob_nfqueue_flush(struct flowmob_nfqueue *queue);

/** Read the counters. @retval 0 done  @retval PMIP_ERR_INVALID counters->size is too small. Since: 0.1. */
FLOWMOB_API int flowmob_nfqueue_get_counters(const struct flowmob_nfqueue *queue, struct flowmob_nfqueue_counters *counters);

#ifdef __cplusplus
}
#endif

#endif
