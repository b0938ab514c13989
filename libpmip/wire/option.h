/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One option: octets to struct pmip_option and back.
 */
#ifndef PMIP_WIRE_OPTION_H
#define PMIP_WIRE_OPTION_H

#include <pmip/option.h>

#include "base/buf.h"

/* Read the option at the reader's place, which stands at the option's offset in the message.
 * Returns 0 or a wire error; then rule says why and option->type and ->offset are set. */
int pmip__option_read(struct pmip__reader *reader, struct pmip_option *option, const char **rule);

/* Append the option behind the padding its alignment asks for, or with unaligned without any. */
void pmip__option_write(struct pmip__writer *writer, const struct pmip_option *option, bool unaligned);

/* Append n octets of padding: one Pad1, or one PadN. At most 255. */
void pmip__padding_write(struct pmip__writer *writer, size_t n);

#endif
