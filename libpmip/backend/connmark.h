/* SPDX-License-Identifier: BSD-2-Clause */
/* Netfilter rules by which a connection keeps the flow mark of its packets (pmip_flow_mark()): one chain that gives packets the mark of their
 * connection before they are routed, one that gives a connection without a mark that of a packet that was marked by somebody else, such as by the
 * verdict of NFQUEUE. The same four rules for IPv6 and IPv4, however many flows there are. */
#ifndef PMIP_BACKEND_CONNMARK_H
#define PMIP_BACKEND_CONNMARK_H

#include <pmip/error.h>
#include <pmip/log.h>

/* Make them, in place of those of a predecessor; connections count packets from then on. prefix: names of the chains begin so.
 * @retval 0 done  @retval PMIP_ERR_UNSUPPORTED kernel or programs do not do it, the log says what  @retval PMIP_ERR_OS. */
int pmip__connmark_set(const char *prefix, const struct pmip_log *log);
/* Remove them, if they are there. */
void pmip__connmark_clear(const char *prefix);

#endif
