/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLES_LMA_FLOW_COMMANDS_H
#define EXAMPLES_LMA_FLOW_COMMANDS_H

#include "common/control.h"

/* For the table of commands, see struct control_command. */
int cmd_mobile_node(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_flows(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_flow_add(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_flow_move(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
int cmd_flow_del(void *user, const json_t *request, json_t *reply, char *error, size_t cap);

#endif
