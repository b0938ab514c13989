/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation messages by hand, an LMA (lma_rig.h) and a MAG (mag_harness.h) to try them on. */
#ifndef TESTS_UNIT_REVOKE_RIG_H
#define TESTS_UNIT_REVOKE_RIG_H

#include "lma_rig.h"
#include "mag_harness.h"
#include "vector.h"

#define LMAA "2001:db8:1a::1"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define MN1 "mn1@example.com"
#define OWN_PREFIX "2001:db8:1::/64"
#define P PMIP_REVOCATION_P
#define G PMIP_REVOCATION_G
#define V PMIP_REVOCATION_V

extern struct rig rig;
extern struct harness mag;
extern char prefix[PMIP_PREFIX_STRLEN];

/* A revocation message; zero fields are left out of it. */
struct message {
	const char *src, *dst;
	struct pmip_revocation fixed;
	const char *mn, *hnp[3], *alt_coa;
	uint32_t group;
	const char *ipv4; /* IPv4 Home Address Request, of a /24 */
};

/* What a message says, with how many prefixes it names and the last of them. */
struct said {
	struct pmip_revocation fixed;
	struct pmip_mnid mn_id;
	unsigned int prefixes;
	struct pmip_prefix prefix;
	struct pmip_opt_ipv4 ipv4;
	uint32_t group;
};

struct pmip_dgram encode(const struct message *message, uint8_t octets[1024]);
struct said read_message(const struct pmip_dgram *dgram);
bool names(const struct pmip_mnid *mn_id, const char *text);
void lma_setup(void);
void lma_teardown(void);
int register_mn(const char *mn, const char *at, const char *ll_id, uint32_t lifetime_s);
/* mn1 at MAG 1 and registered, its prefix in prefix. */
void attach_mn1(void);
int revoke(const char *mn, const char *only, enum pmip_revocation_trigger trigger);
struct said last_of_lma(void);
void to_lma(const struct message *message);
void answer_lma(uint8_t status);
uint64_t lma_counter(enum pmip_lma_counter counter);
size_t bindings(void);
uint8_t ask_lma(const struct message *message);
void mag_setup(void);
void mag_teardown(void);
void to_mag(const struct message *message);
struct message bri_for_mag(uint8_t trigger);
uint8_t ask_mag(const struct message *message);
/* At the MAG nothing is left, the mobile node knows, and nobody asks the LMA for anything. */
void assert_revoked(void);
int revoke_at_mag(void);
void answer_mag(uint8_t status);

#endif
