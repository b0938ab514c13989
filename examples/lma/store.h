/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip-lma has on the disk: the engine's records and the restart counter. */
#ifndef EXAMPLES_LMA_STORE_H
#define EXAMPLES_LMA_STORE_H

#include "common/daemon.h"

/* Whether there is one. */
bool lma_has_store(const struct settings *settings);
/* Open it as daemon->store, and set the restart counter: another one than before if the store holds nothing of the engine's.
 * @return 0 or an enum pmip_err, with the reason logged. */
int lma_store_open(struct daemon *daemon);
/* Have the engine as it was. The restart counter counts on if it is not all of it. @return 0 or an enum pmip_err, with the reason logged. */
int lma_store_restore(struct daemon *daemon);

#endif
