/* SPDX-License-Identifier: BSD-2-Clause */
/* Which datapath: bpf where the kernel can, else netlink. What somebody got wrong in the
 * configuration is not for the other to paper over, unless it is that bpf needs to know the core
 * interfaces and netlink does not. */
#include "config.h"

#include <pmip/datapath.h>

#include "backend/backend_log.h"

static const char area[] = "datapath";

int pmip_datapath_auto_new(struct pmip_datapath *datapath,
			   const struct pmip_datapath_config *config)
{
	const struct pmip_log *log = config->log;
	int err;

	if (config->core_count == 0) {
		pmip__backend_log(log, PMIP_LOG_INFO, area,
				  "netlink: no core interface is configured, which bpf needs");
		return pmip_datapath_netlink_new(datapath, config);
	}
	err = pmip_datapath_bpf_new(datapath, config);
	if (err == 0)
		pmip__backend_log(log, PMIP_LOG_INFO, area, "bpf");
	if (err != PMIP_ERR_UNSUPPORTED && err != PMIP_ERR_OS)
		return err;
	pmip__backend_log(log, PMIP_LOG_INFO, area, "netlink: bpf cannot be used (%s)",
			  pmip_strerror(err));
	return pmip_datapath_netlink_new(datapath, config);
}
