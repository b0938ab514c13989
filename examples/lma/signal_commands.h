/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLES_LMA_SIGNAL_COMMANDS_H
#define EXAMPLES_LMA_SIGNAL_COMMANDS_H

#include "common/control.h"
#include "common/daemon.h"
#include "common/settings.h"

/* The mobile node of a request. @return 0, or -1 with error filled. */
int lma_get_id(const json_t *request, struct setting_mnid *id, char *error, size_t cap);
/* The address of a MAG in a request that must have one. @return 0, or -1 with error filled. */
int lma_get_mag(const json_t *request, struct pmip_addr *address, char *error, size_t cap);
/* The end of a command that the engine has answered with err. @return 0, or -1 with error filled. */
int lma_finish(struct daemon *daemon, int err, char *error, size_t cap);

/* For the table of commands, see struct control_command. */
int cmd_revoke_realm(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_revoke_group(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_reregister_mag(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_renumber(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_access_network(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_notify(void *user, const json_t *request, json_t *reply, char *error, size_t cap);

#endif
