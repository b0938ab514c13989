/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening at a path of the file system. */
#ifndef EXAMPLES_UNIX_SOCKET_H
#define EXAMPLES_UNIX_SOCKET_H

/* A socket that only root may connect to, without blocking; makes its directory when that is missing, and takes the place of one whose
 * process has died. type: SOCK_STREAM or SOCK_SEQPACKET. key: of the configuration, where the path is set.
 * @return the descriptor, or -1 with the reason logged. */
int unix_listen(const char *path, int type, int backlog, const char *key);

#endif
