/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs, for what has no library. */
#ifndef FLOWMOB_BACKEND_COMMAND_H
#define FLOWMOB_BACKEND_COMMAND_H

/* Run a program of PATH to its end; it says nothing to anybody. argv: its words, NULL behind the last; input: what it reads, or NULL.
 * @return its exit status, or -1 when it could not be started or was killed. */
int flowmob__command(const char *const argv[], const char *input);

#endif
