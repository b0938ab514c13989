/* SPDX-License-Identifier: BSD-2-Clause */
/* The restart counter of a daemon, in a file of its own (RFC 5847 section 3.2). */
#ifndef EXAMPLES_RESTART_H
#define EXAMPLES_RESTART_H

#include <stdint.h>

/* Count this start: read the file, add one, write it. No file is the first start, number 1. The new value is on the disk before this
 * returns. @return 0, or -1 with the reason logged and nothing written. */
int restart_count(const char *path, uint32_t *value);

#endif
