/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation of many and Update Notifications on the control socket. */
#include <config.h>

#include "lma/lma.h"
#include "lma/signal_commands.h"

#include <stdio.h>
#include <string.h>

/* Most octets of a vendor's data (RFC 5094). */
#define VENDOR_DATA_MAX 250

int cmd_revoke_realm(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const char *text = control_text(request, "realm");
	struct daemon *daemon = user;
	struct pmip_mnid realm = { .subtype = 1 };
	char at[PMIP_MNID_MAX + 1];
	int err;

	(void)reply;
	if (!text || *text == '\0' || strlen(text) >= PMIP_MNID_MAX || strchr(text, '@')) {
		snprintf(error, cap, "realm is missing or none; write it as example.org");
		return -1;
	}
	realm.len = (uint8_t)snprintf(at, sizeof(at), "@%s", text);
	realm.id = (const uint8_t *)at;
	err = pmip_lma_revoke_realm(daemon->engine, &realm, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

/* A MAG's address; :: = absent. @return 0, or -1 with error filled. */
static int get_address(const json_t *request, struct pmip_addr *address, char *error, size_t cap)
{
	const char *text = control_text(request, "address");

	*address = (struct pmip_addr){ { 0 } };
	if (!json_object_get(request, "address") || (text && pmip_addr_parse(address, text) == 0))
		return 0;
	snprintf(error, cap, "address is no IPv6 address; give the Proxy-CoA of the MAG");
	return -1;
}

int lma_get_mag(const json_t *request, struct pmip_addr *address, char *error, size_t cap)
{
	if (get_address(request, address, error, cap))
		return -1;
	if (!pmip_addr_is_unspecified(address))
		return 0;
	snprintf(error, cap, "address is missing; give the Proxy-CoA of the MAG");
	return -1;
}

int cmd_revoke_group(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct pmip_addr address;
	uint32_t trigger;
	int err;

	(void)reply;
	if (get_address(request, &address, error, cap))
		return -1;
	if (control_number(request, "trigger", &trigger, PMIP_TRIGGER_ADMINISTRATIVE, PMIP_TRIGGER_OUT_OF_SYNC)) {
		snprintf(error, cap, "trigger is no number from 0 to 7");
		return -1;
	}
	err = pmip_lma_revoke_group(daemon->engine, pmip_addr_is_unspecified(&address) ? NULL : &address,
				    (enum pmip_revocation_trigger)trigger, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

int cmd_reregister_mag(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct pmip_addr address;
	int err;

	(void)reply;
	if (lma_get_mag(request, &address, error, cap))
		return -1;
	err = pmip_lma_force_reregistration_mag(daemon->engine, &address, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

int cmd_renumber(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const char *from = control_text(request, "prefix"), *to = control_text(request, "to");
	struct daemon *daemon = user;
	struct setting_mnid id = { 0 };
	struct pmip_prefix old, other;
	int err;

	(void)reply;
	if (lma_get_id(request, &id, error, cap))
		return -1;
	if (!from || pmip_prefix_parse(&old, from) || (to && pmip_prefix_parse(&other, to))) {
		snprintf(error, cap, "prefix is missing, or one of the two is none; write it as 2001:db8:1::/64");
		return -1;
	}
	err = pmip_lma_renumber(daemon->engine, &id.view, &old, to ? &other : NULL, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

int cmd_access_network(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct setting_mnid id = { 0 };
	int err;

	(void)reply;
	if (lma_get_id(request, &id, error, cap))
		return -1;
	err = pmip_lma_request_access_network(daemon->engine, &id.view, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

/* Hexadecimal text. @return octets, or -1 when it is none or too long. */
static int read_octets(const char *text, uint8_t octets[VENDOR_DATA_MAX])
{
	unsigned int octet;
	int len = 0, used;

	for (; *text != '\0'; text += 2) {
		if (len == VENDOR_DATA_MAX || sscanf(text, "%2x%n", &octet, &used) != 1 || used != 2)
			return -1;
		octets[len++] = (uint8_t)octet;
	}
	return len;
}

int cmd_notify(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const char *data = control_text(request, "data");
	struct daemon *daemon = user;
	struct setting_mnid id = { 0 };
	struct pmip_opt_vendor vendor = { 0 };
	uint8_t octets[VENDOR_DATA_MAX];
	uint32_t subtype;
	int err, len = data ? read_octets(data, octets) : 0;

	(void)reply;
	if (lma_get_id(request, &id, error, cap))
		return -1;
	if (control_number(request, "vendor", &vendor.vendor, 0, UINT32_MAX) || vendor.vendor == 0 ||
	    control_number(request, "subtype", &subtype, 0, UINT8_MAX) || len < 0) {
		snprintf(error, cap,
			 "vendor is missing or no enterprise number, subtype none from 0 to 255, or data no hexadecimal text");
		return -1;
	}
	vendor.subtype = (uint8_t)subtype;
	vendor.data = (struct pmip_bytes){ octets, (size_t)len };
	err = pmip_lma_notify_vendor(daemon->engine, &id.view, &vendor, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}
