/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of values for people; each function gives NULL for a value without one. */
#ifndef PMIP_WIRE_NAMES_H
#define PMIP_WIRE_NAMES_H

#include <stdint.h>

const char *pmip__att_name(uint8_t value);
const char *pmip__be_status_name(uint8_t value);
const char *pmip__fba_status_name(uint8_t value);
const char *pmip__fbi_trigger_name(uint8_t value);
const char *pmip__flow_action_name(uint8_t value);
const char *pmip__flow_status_name(uint8_t value);
const char *pmip__hack_code_name(uint8_t value);
const char *pmip__hi_code_name(uint8_t value);
const char *pmip__hi_name(uint8_t value);
const char *pmip__lra_status_name(uint8_t value);
const char *pmip__qos_operation_name(uint8_t value);
const char *pmip__revocation_trigger_name(uint8_t value);
const char *pmip__upa_status_name(uint8_t value);
const char *pmip__upn_reason_name(uint8_t value);

#endif
