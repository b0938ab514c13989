/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Mobility Header messages in and out of the machine. A backend is a const table of functions and a context; the runner calls it,
 * engines never do.
 */
#ifndef PMIP_IO_H
#define PMIP_IO_H

#include <pmip/action.h>
#include <pmip/error.h>
#include <pmip/log.h>
#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most messages of one batch. */
#define PMIP_IO_BATCH 64

/** The functions of an I/O backend. */
struct pmip_io_ops {
	size_t size; /**< sizeof(struct pmip_io_ops) */
	/** REQUIRED. A descriptor that polls readable when there is something to receive. */
	int (*fd)(void *ctx);
	/** REQUIRED. Take up to n waiting messages without blocking. @param[out] in views into the backend's buffers, valid until the next
	 * recv. @return how many, 0 = none waiting, or a negative enum pmip_err. */
	int (*recv)(void *ctx, struct pmip_dgram *in, size_t n);
	/** REQUIRED. Send n messages without blocking; src must be an address of ours. What the kernel does not take is counted and lost, as
	 * on a network. @return how many left. */
	int (*send)(void *ctx, const struct pmip_dgram *out, size_t n);
	/** REQUIRED. Send an ICMPv6 Parameter Problem about a message. */
	int (*param_problem)(void *ctx, const struct pmip_param_problem *problem);
	/** REQUIRED. Close and free. */
	void (*free)(void *ctx);
	/** OPTIONAL. Messages dropped so far because they were not protected; UINT64_MAX = not known. */
	uint64_t (*unprotected)(void *ctx);
};

/** An I/O backend. */
struct pmip_io {
	const struct pmip_io_ops *ops; /**< static */
	void *ctx;                     /**< the backend's */
};

/** Raw IPv6 socket of protocol 135, batches by recvmmsg and sendmmsg.
 * @param[out] io    filled; free by io->ops->free(io->ctx).
 * @param[in]  local address to receive on; :: = any.
 * @param[in]  log   copied, or NULL.
 * @retval 0 done  @retval PMIP_ERR_OS see the log (root or CAP_NET_RAW needed)  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_io_raw_new(struct pmip_io *io, const struct pmip_addr *local, const struct pmip_log *log);

/** Request id (reqid) of the security associations that pmip_io_ipsec_new() accepts. */
#define PMIP_IO_REQID 5213

/** The same socket, protected by IPsec (RFC 5213 section 4): it takes in and sends nothing but what goes through a security association
 * of ESP in transport mode with reqid PMIP_IO_REQID. Those are made by an IKE daemon, or by hand, and not here; each must select its two
 * addresses, and have integrity protection. Messages that come unprotected are dropped by the kernel and counted for the whole network
 * namespace; those that find no security association are lost, as send tells.
 * @see pmip_io_raw_new() for arguments. @retval PMIP_ERR_OS see the log; also when the kernel has no ESP. Since: 0.1. */
PMIP_API int pmip_io_ipsec_new(struct pmip_io *io, const struct pmip_addr *local, const struct pmip_log *log);

#ifdef __cplusplus
}
#endif

#endif
