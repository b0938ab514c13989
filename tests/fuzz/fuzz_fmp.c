/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the flow socket: what decodes encodes to the very same octets. The input is one packet. */
#include <string.h>

#include <flowmob/fmp.h>

#include "need.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct flowmob_fmp message;
	uint8_t buf[FLOWMOB_FMP_MAX];
	int err = flowmob_fmp_decode(&message, data, size);

	if (err) {
		need(err < 0 && (size >= FLOWMOB_FMP_HEADER || (!message.op && !message.request)));
		return 0;
	}
	need(flowmob_fmp_encode(buf, sizeof(buf), &message) == (int)size);
	need(memcmp(buf, data, size) == 0);
	need(flowmob_fmp_op_name(message.op) != NULL);
	return 0;
}
