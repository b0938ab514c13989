/* SPDX-License-Identifier: BSD-2-Clause */
/* What a MAG lets pass of its LMA by tolerance, and what a strict one says instead: TOL of the requirement list. */
#include "mag_harness.h"
#include "unit.h"
#include "wire/checksum.h"

#include <string.h>

#define ALL                                                                                                                 \
	(PMIP_TOLERATE_UNALIGNED_OPTIONS | PMIP_TOLERATE_SHORT_HEADER_LEN | PMIP_TOLERATE_PADDED_MN_ID | PMIP_TOLERATE_NO_P_FLAG | \
	 PMIP_TOLERATE_NO_HI_ATT)

static struct harness mag;

/* It comes to wait for its PBA. */
static void go(uint32_t tolerate)
{
	struct pmip_addr lma = unit_addr(H_LMA);

	if (tolerate)
		ok(unit_again(mag.failed, pmip_mag_config_add_tolerance(mag.config, &lma, tolerate)));
	h_start(&mag);
	ok(h_attach_mn(&mag));
}

static void start(uint32_t tolerate)
{
	h_init(&mag);
	go(tolerate);
}

static const struct pmip_event *event_of(enum pmip_event_type type)
{
	for (unsigned int i = mag.events; i > 0; i--)
		if (mag.event[i - 1].type == type)
			return &mag.event[i - 1];
	return NULL;
}

static uint64_t uses(void)
{
	uint64_t count = 0;

	for (int i = PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS; i < PMIP_MAG_COUNTERS; i++)
		count += pmip_mag_get_counter(mag.mag, (enum pmip_mag_counter)i);
	return count;
}

/* It was ignored or dropped, and is told with which tolerance it would not have been. */
static void check_told(enum pmip_event_type type, enum pmip_tolerance tolerance)
{
	ck_assert_ptr_nonnull(event_of(type));
	ck_assert_int_eq(event_of(type)->tolerance, tolerance);
	ck_assert_ptr_null(event_of(PMIP_EVENT_TOLERATED));
	ck_assert_int_ne(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(uses(), 0);
	h_fini(&mag);
}

static void check_use(enum pmip_tolerance tolerance, enum pmip_mag_counter counter)
{
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(pmip_mag_get_counter(mag.mag, counter), 1);
	ck_assert_uint_eq(uses(), 1);
	ck_assert_ptr_nonnull(event_of(PMIP_EVENT_TOLERATED));
	ck_assert_int_eq(event_of(PMIP_EVENT_TOLERATED)->tolerance, tolerance);
	h_fini(&mag);
}

static struct answer answer(void)
{
	return h_answer(h_last(&mag), 0);
}

START_TEST(pba_without_flag_p) /* TOL-3, TOL-6 */
{
	struct answer a;

	for (uint32_t tolerate = 0;; tolerate = PMIP_TOLERATE_NO_P_FLAG) {
		start(tolerate);
		a = answer();
		a.flags = 0;
		h_send(&mag, &a);
		if (tolerate)
			break;
		check_told(PMIP_EVENT_IGNORED, PMIP_TOLERATE_NO_P_FLAG);
	}
	check_use(PMIP_TOLERATE_NO_P_FLAG, PMIP_MAG_TOLERATED_NO_P_FLAG);
}
END_TEST

START_TEST(pba_without_handoff_indicator_and_access_technology) /* TOL-3, TOL-7 */
{
	static const unsigned int missing[] = {PMIP_HAS_HI, PMIP_HAS_ATT, PMIP_HAS_HI | PMIP_HAS_ATT};
	struct answer a;

	for (size_t i = 0; i < 3; i++) {
		start(0);
		a = answer();
		a.options.has &= ~missing[i];
		h_send(&mag, &a);
		check_told(PMIP_EVENT_IGNORED, PMIP_TOLERATE_NO_HI_ATT);
		start(PMIP_TOLERATE_NO_HI_ATT);
		a = answer();
		a.options.has &= ~missing[i];
		h_send(&mag, &a);
		check_use(PMIP_TOLERATE_NO_HI_ATT, PMIP_MAG_TOLERATED_NO_HI_ATT);
	}
}
END_TEST

START_TEST(what_is_there_has_to_be_right) /* TOL-7, MAG-11 */
{
	struct answer a;

	start(ALL);
	a = answer();
	a.options.has &= ~(unsigned int)PMIP_HAS_HI;
	a.options.att++;
	h_send(&mag, &a);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	h_fini(&mag);
	/* The link-layer identifier is not among what may be missing, and nothing would have helped. */
	start(ALL);
	a = answer();
	a.options.has &= ~(unsigned int)(PMIP_HAS_HI | PMIP_HAS_LL_ID);
	h_send(&mag, &a);
	check_told(PMIP_EVENT_IGNORED, 0);
}
END_TEST

START_TEST(refusal_without_handoff_indicator) /* TOL-7 */
{
	struct answer a;

	start(ALL);
	a = h_answer(h_last(&mag), 153);
	a.options.has &= ~(unsigned int)(PMIP_HAS_HI | PMIP_HAS_ATT);
	a.flags = 0;
	h_send(&mag, &a);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(uses(), 2);
	h_fini(&mag);
}
END_TEST

START_TEST(identifier_of_fixed_size) /* TOL-3, TOL-9 */
{
	static const uint8_t padded[40] = MN;
	struct answer a;

	for (uint32_t tolerate = 0;; tolerate = PMIP_TOLERATE_PADDED_MN_ID) {
		start(tolerate);
		a = answer();
		a.options.mn_id = (struct pmip_mnid){1, sizeof(padded), padded};
		h_send(&mag, &a);
		if (tolerate)
			break;
		check_told(PMIP_EVENT_IGNORED, PMIP_TOLERATE_PADDED_MN_ID);
	}
	check_use(PMIP_TOLERATE_PADDED_MN_ID, PMIP_MAG_TOLERATED_PADDED_MN_ID);
}
END_TEST

/* The PBA with its last octets, which are padding, left out; header: Header Len does not count what is left of the last 8. */
static void send_short(const struct answer *a, bool header)
{
	uint8_t octets[1025];
	struct pmip_dgram dgram = {.src = a->src, .dst = a->dst, .data = octets};
	struct pmip_option_iter iter;
	struct pmip_option option, last = {.type = PMIP_OPT_EXPERIMENTAL};
	struct pmip_mh mh;
	uint16_t sum;

	dgram.len = h_encode(a, octets);
	ok(pmip_mh_decode(&mh, NULL, &dgram, 0));
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option))
		last = option;
	ck_assert_uint_le(last.type, PMIP_OPT_PADN);
	dgram.len = last.offset;
	octets[1] = (uint8_t)(octets[1] - header);
	sum = pmip__checksum(&dgram, dgram.len);
	octets[4] = (uint8_t)(sum >> 8);
	octets[5] = (uint8_t)sum;
	ok(h_input(&mag, octets, dgram.len, &a->src, &a->dst));
}

START_TEST(message_of_an_odd_length) /* TOL-3, TOL-4, TOL-5 */
{
	static const struct {
		enum pmip_tolerance tolerance;
		enum pmip_mag_counter counter;
	} kinds[] = {
		{PMIP_TOLERATE_UNALIGNED_OPTIONS, PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS},
		{PMIP_TOLERATE_SHORT_HEADER_LEN, PMIP_MAG_TOLERATED_SHORT_HEADER_LEN},
	};
	struct answer a;

	for (size_t i = 0; i < 2; i++) {
		/* The other one is of no use. */
		start(kinds[!i].tolerance);
		a = answer();
		send_short(&a, i);
		check_told(PMIP_EVENT_MALFORMED, kinds[i].tolerance);
		start(kinds[i].tolerance);
		a = answer();
		send_short(&a, i);
		check_use(kinds[i].tolerance, kinds[i].counter);
	}
}
END_TEST

START_TEST(only_of_the_lma_that_it_is_said_of) /* TOL-1 */
{
	struct pmip_addr other = unit_addr("2001:db8:f::ee");
	struct answer a;

	h_init(&mag);
	ok(pmip_mag_config_add_tolerance(mag.config, &other, ALL));
	h_start(&mag);
	ok(h_attach_mn(&mag));
	a = answer();
	a.flags = 0;
	h_send(&mag, &a);
	check_told(PMIP_EVENT_IGNORED, PMIP_TOLERATE_NO_P_FLAG);
}
END_TEST

START_TEST(a_reconfiguration_changes_it) /* TOL-1 */
{
	struct pmip_addr lma = unit_addr(H_LMA);
	struct answer a;

	start(0);
	ok(pmip_mag_config_add_tolerance(mag.config, &lma, PMIP_TOLERATE_NO_P_FLAG));
	ok(h_reconfigure(&mag));
	a = answer();
	a.flags = 0;
	h_send(&mag, &a);
	check_use(PMIP_TOLERATE_NO_P_FLAG, PMIP_MAG_TOLERATED_NO_P_FLAG);
}
END_TEST

static void story(void)
{
	static const uint8_t padded[40] = MN;
	struct answer a;

	go(ALL);
	ok(h_reconfigure(&mag));
	a = answer();
	a.flags = 0;
	a.options.has &= ~(unsigned int)PMIP_HAS_HI;
	a.options.mn_id = (struct pmip_mnid){1, sizeof(padded), padded};
	h_send(&mag, &a);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(uses(), 3);
	ck_assert_uint_eq(h_count_events(&mag, PMIP_EVENT_TOLERATED), 3);
}

START_TEST(out_of_memory_anywhere) /* TOL-2 */
{
	h_without_memory(&mag, story, 20);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		pba_without_flag_p,
		pba_without_handoff_indicator_and_access_technology,
		what_is_there_has_to_be_right,
		refusal_without_handoff_indicator,
		identifier_of_fixed_size,
		message_of_an_odd_length,
		only_of_the_lma_that_it_is_said_of,
		a_reconfiguration_changes_it,
		out_of_memory_anywhere,
		NULL,
	};

	return unit_run("tolerance at the MAG", tests);
}
