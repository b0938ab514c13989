/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy profiles: who may have the service, found by MN-ID (with realm and catch-all entries) or by link-layer identifier. */
#ifndef PMIP_STATE_PROFILE_H
#define PMIP_STATE_PROFILE_H

#include "base/hash.h"
#include "base/htable.h"

#include <pmip/binding.h>

struct pmip__profiles {
	struct pmip_mem mem;
	struct pmip__htable by_mn_id;
	struct pmip__htable by_ll_id;
};


void pmip__profiles_init(struct pmip__profiles *profiles, const struct pmip_mem *mem);
void pmip__profiles_fini(struct pmip__profiles *profiles);
/* Copies. 0, PMIP_ERR_EXIST, PMIP_ERR_INVALID (no MN-ID) or PMIP_ERR_NOMEM. */
int pmip__profiles_add(struct pmip__profiles *profiles, const struct pmip_profile *profile);
/* Add every profile of another set. 0 or an error; then some may have been added. */
int pmip__profiles_add_all(struct pmip__profiles *profiles, const struct pmip__profiles *from);
/* The profile of this very MN-ID, else of its realm ("*@realm"), else for everybody ("*"); NULL = none. */
const struct pmip_profile *pmip__profiles_by_mn_id(const struct pmip__profiles *profiles, const struct pmip_mnid *mn_id);
const struct pmip_profile *pmip__profiles_by_ll_id(const struct pmip__profiles *profiles, const struct pmip_llid *ll_id);
/* Walk; *cursor starts at 0; NULL at the end. */
const struct pmip_profile *pmip__profiles_next(const struct pmip__profiles *profiles, size_t *cursor);

#endif
