/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules come and go between packets, and the two classifiers decide the same of each packet. */
#include "classifier_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script_counts counts = {0};

	classifier_script(&counts, data, size);
	return 0;
}
