/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ways to reflect share. */
#ifndef FLOWMOB_BACKEND_WEAK_HOST_H
#define FLOWMOB_BACKEND_WEAK_HOST_H

#include <flowmob/weak_host.h>

#include "libflowmob/backend/interface_routes.h"

/* Copy a configuration with defaults filled in. @retval PMIP_ERR_INVALID */
int flowmob__weak_host_configure(struct flowmob_weak_host_config *own, const struct flowmob_weak_host_config *config);
/* As the functions of the table do. */
int flowmob__weak_host_interface(const struct flowmob__interface_routes *routes, struct flowmob_weak_host_interface *out, unsigned int i);
int flowmob__weak_host_counters(struct flowmob_weak_host_counters *out, const struct flowmob_weak_host_counters *counted);

#endif
