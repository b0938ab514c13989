/* SPDX-License-Identifier: BSD-2-Clause */
/* What an LMA lets pass of a MAG by tolerance, and what a strict one says instead: TOL of the requirement list. */
#include "lma_rig.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define MN "mn1@example.com"
#define LMAA "2001:db8:1a::1"
#define STRICT "2001:db8:a::1"
#define TOLERANT "2001:db8:d::1"
#define OF_LMA                                                                                                              \
	(PMIP_TOLERATE_ATT_ZERO | PMIP_TOLERATE_HOST_ORDER_TIMESTAMP | PMIP_TOLERATE_EXACT_ECHO | PMIP_TOLERATE_UNALIGNED_OPTIONS | \
	 PMIP_TOLERATE_SHORT_HEADER_LEN | PMIP_TOLERATE_PADDED_MN_ID)
#define OF_MAG                                                                                                              \
	(PMIP_TOLERATE_UNALIGNED_OPTIONS | PMIP_TOLERATE_SHORT_HEADER_LEN | PMIP_TOLERATE_PADDED_MN_ID | PMIP_TOLERATE_NO_P_FLAG | \
	 PMIP_TOLERATE_NO_HI_ATT)

static struct rig rig;

/* Beside the strict MAGs one of which all is tolerated but what changes every answer. */
static struct pmip_lma_config *config(void)
{
	struct pmip_lma_config *made = rig_config();
	struct pmip_prefix any = {{{0}}, 0};
	struct pmip_peer peer = {
		.size = sizeof(peer),
		.addr = unit_addr(TOLERANT),
		.tolerate = OF_LMA & ~(unsigned int)PMIP_TOLERATE_EXACT_ECHO,
		.prefixes = &any,
		.prefix_count = 1,
		.tunnel = PMIP_TUNNEL_STATIC,
	};
	struct pmip_addr lma = unit_addr(LMAA);

	ck_assert_int_eq(pmip_lma_config_set_address(made, &lma), 0);
	ck_assert_int_eq(pmip_lma_config_add_peer(made, &peer), 0);
	return made;
}

static void setup(void)
{
	rig_init(&rig, config(), NULL);
	ck_assert_ptr_nonnull(rig.lma);
}

static void teardown(void)
{
	rig_fini(&rig);
}

/* A PBU of a registration, as octets that a test may spoil. */
struct message {
	struct pmip_dgram dgram;
	struct pmip_binding_options options;
	uint8_t octets[256];
	size_t padding; /* octets of padding at its end */
};

static struct pmip_binding_options pbu_options(void)
{
	struct pmip_binding_options o = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID,
		.mn_id = {1, sizeof(MN) - 1, (const uint8_t *)MN},
		.hnp_count = 1,
		.hi = PMIP_HI_NEW_INTERFACE,
		.att = PMIP_ATT_WLAN,
		.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000),
		.ll_id = {6, {2, 0, 0, 0x5e, 0x10, 1}},
	};

	return o;
}

static void seal(struct message *m)
{
	uint32_t sum = 0;

	/* Over the datagram, whatever Header Len says, as the kernel of a sender does it. */
	for (size_t i = 0; i < 16; i += 2)
		sum += (uint32_t)(m->dgram.src.b[i] << 8 | m->dgram.src.b[i + 1]) + (uint32_t)(m->dgram.dst.b[i] << 8 | m->dgram.dst.b[i + 1]);
	sum += (uint32_t)m->dgram.len + PMIP_IPPROTO_MH;
	m->octets[4] = m->octets[5] = m->octets[m->dgram.len] = 0;
	for (size_t i = 0; i < m->dgram.len; i += 2)
		sum += (uint32_t)(m->octets[i] << 8 | m->octets[i + 1]);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	m->octets[4] = (uint8_t)(~sum >> 8);
	m->octets[5] = (uint8_t)~sum;
}

static void make(struct message *m, const char *mag, const struct pmip_binding_options *options)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.seq = 7, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 600}};
	struct pmip_mh_writer writer;
	size_t end;
	int len;

	m->options = *options;
	m->dgram = (struct pmip_dgram){.src = unit_addr(mag), .dst = unit_addr(LMAA), .data = m->octets};
	pmip_mh_begin(&writer, m->octets, sizeof(m->octets), &mh);
	pmip_binding_options_write(&writer, options);
	end = writer.len;
	len = pmip_mh_finish(&writer, &m->dgram.src, &m->dgram.dst);
	ck_assert_int_gt(len, 0);
	m->dgram.len = (size_t)len;
	m->padding = m->dgram.len - end;
}

/* Its status, or -1 when there was no answer. */
static int input(const struct message *m)
{
	unsigned int before = rig.pba_count;
	uint8_t *exact = malloc(m->dgram.len);
	struct pmip_dgram dgram = m->dgram;
	size_t bindings = pmip_lma_count_bindings(rig.lma);

	memcpy(exact, m->octets, dgram.len);
	dgram.data = exact;
	rig.now.mono_us += 1000;
	rig.now.wall_us += 1000;
	ck_assert_int_eq(unit_again(rig_failed(&rig) && pmip_lma_count_bindings(rig.lma) == bindings,
				    pmip_lma_input(rig.lma, &dgram, rig.now)), 0);
	free(exact);
	rig_run(&rig);
	return rig.pba_count > before ? rig.pba.status : -1;
}

static const struct pmip_event *event_of(enum pmip_event_type type)
{
	for (unsigned int i = rig.event_count; i > 0; i--)
		if (rig.events[i - 1].type == type)
			return &rig.events[i - 1];
	return NULL;
}

static uint64_t used(enum pmip_lma_counter counter)
{
	return pmip_lma_get_counter(rig.lma, counter);
}

/* It was let pass, for the first time: counted, and told of. */
static void check_first_use(enum pmip_tolerance tolerance, enum pmip_lma_counter counter)
{
	const struct pmip_event *event = event_of(PMIP_EVENT_TOLERATED);
	struct pmip_addr tolerant = unit_addr(TOLERANT);

	ck_assert_uint_eq(used(counter), 1);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(event->tolerance, tolerance);
	ck_assert(pmip_addr_equal(&event->peer, &tolerant));
	for (int other = PMIP_LMA_TOLERATED_ATT_ZERO; other < PMIP_LMA_COUNTERS; other++)
		ck_assert(other == (int)counter || !used((enum pmip_lma_counter)other));
}

/* A strict LMA has refused it, and says which tolerance would have helped. */
static void check_told(enum pmip_event_type type, enum pmip_tolerance tolerance)
{
	const struct pmip_event *event = event_of(type);

	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(event->tolerance, tolerance);
	ck_assert_ptr_null(event_of(PMIP_EVENT_TOLERATED));
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	for (int counter = PMIP_LMA_TOLERATED_ATT_ZERO; counter < PMIP_LMA_COUNTERS; counter++)
		ck_assert_uint_eq(used((enum pmip_lma_counter)counter), 0);
}

START_TEST(each_tolerance_has_a_name_a_user_and_a_counter) /* TOL-1, TOL-2 */
{
	const struct pmip_tolerance_info *info;
	uint32_t all = 0, of_lma = 0, of_mag = 0;
	enum pmip_tolerance parsed;
	char name[64];
	int lma = PMIP_LMA_TOLERATED_ATT_ZERO, mag = PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS;

	for (size_t i = 0; (info = pmip_tolerance_info_nth(i)); i++) {
		ck_assert_uint_eq(info->tolerance, 1u << i);
		ck_assert_int_eq(pmip_tolerance_parse(&parsed, info->name), 0);
		ck_assert_uint_eq(parsed, info->tolerance);
		ck_assert_str_eq(pmip_tolerance_name(info->tolerance), info->name);
		ck_assert(info->text && info->ref && (info->at_lma || info->at_mag));
		all |= info->tolerance;
		of_lma |= info->at_lma ? info->tolerance : 0;
		of_mag |= info->at_mag ? info->tolerance : 0;
		snprintf(name, sizeof(name), "tolerated_%s", info->name);
		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		if (info->at_lma)
			ck_assert_str_eq(pmip_lma_counter_name((enum pmip_lma_counter)lma++), name);
		if (info->at_mag)
			ck_assert_str_eq(pmip_mag_counter_name((enum pmip_mag_counter)mag++), name);
	}
	ck_assert_uint_eq(all, (1u << PMIP_TOLERANCES) - 1);
	ck_assert_uint_eq(of_lma, OF_LMA);
	ck_assert_uint_eq(of_mag, OF_MAG);
	ck_assert_int_eq(lma, PMIP_LMA_COUNTERS);
	ck_assert_int_eq(mag, PMIP_MAG_COUNTERS);
	ck_assert_int_eq(pmip_tolerance_parse(&parsed, "everything"), PMIP_ERR_SYNTAX);
	ck_assert_ptr_null(pmip_tolerance_name((enum pmip_tolerance)0x100));
}
END_TEST

START_TEST(a_configuration_takes_what_its_role_may_have) /* TOL-1 */
{
	struct pmip_lma_config *lma = rig_config();
	struct pmip_mag_config *mag;
	struct pmip_peer peer = {.size = sizeof(peer), .addr = unit_addr("2001:db8:e::1"), .tolerate = OF_LMA};
	struct pmip_addr a = unit_addr(LMAA), none = {{0}};

	ck_assert_int_eq(pmip_lma_config_add_peer(lma, &peer), 0);
	ck_assert_int_eq(pmip_lma_config_add_peer(lma, &peer), PMIP_ERR_EXIST);
	peer.addr = unit_addr("2001:db8:e::2");
	for (uint32_t bit = 1; bit; bit <<= 1) {
		peer.tolerate = bit;
		if (!(bit & OF_LMA))
			ck_assert_int_eq(pmip_lma_config_add_peer(lma, &peer), PMIP_ERR_INVALID);
	}
	/* Bits beyond the length of a prefix. */
	peer.tolerate = 0;
	peer.prefix_count = 1;
	peer.prefixes = &(struct pmip_prefix){{{0x20, 0x01, 1}}, 16};
	ck_assert_int_eq(pmip_lma_config_add_peer(lma, &peer), PMIP_ERR_INVALID);
	/* The structure of an older program is shorter: nothing is tolerated. */
	peer.tolerate = UINT32_MAX;
	peer.size = offsetof(struct pmip_peer, tolerate);
	ck_assert_int_eq(pmip_lma_config_add_peer(lma, &peer), 0);
	pmip_lma_config_free(lma);
	ck_assert_int_eq(pmip_mag_config_new(&mag, NULL), 0);
	for (uint32_t bit = 1; bit; bit <<= 1)
		if (!(bit & OF_MAG))
			ck_assert_int_eq(pmip_mag_config_add_tolerance(mag, &a, bit), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_add_tolerance(mag, &none, OF_MAG), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_add_tolerance(mag, &a, OF_MAG), 0);
	ck_assert_int_eq(pmip_mag_config_add_tolerance(mag, &a, OF_MAG), PMIP_ERR_EXIST);
	pmip_mag_config_free(mag);
}
END_TEST

START_TEST(access_technology_0) /* TOL-3, TOL-6 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	options.att = 0;
	make(&m, STRICT, &options);
	ck_assert_int_eq(input(&m), 128);
	check_told(PMIP_EVENT_REFUSED, PMIP_TOLERATE_ATT_ZERO);
	options.hi = 0; /* nothing would have helped */
	make(&m, STRICT, &options);
	ck_assert_int_eq(input(&m), 128);
	check_told(PMIP_EVENT_REFUSED, 0);
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 128);
	options.hi = PMIP_HI_NEW_INTERFACE;
	options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
	rig_fini(&rig);
	setup();
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 0);
	check_first_use(PMIP_TOLERATE_ATT_ZERO, PMIP_LMA_TOLERATED_ATT_ZERO);
	ck_assert_uint_ne(rig.options.has & PMIP_HAS_ATT, 0);
	ck_assert_uint_eq(rig.options.att, 0);
}
END_TEST

/* As many octets of the padding at its end as there are, but not Header Len; else both. */
static void shorten(struct message *m, bool header_too)
{
	ck_assert_uint_gt(m->padding, 0);
	m->dgram.len -= m->padding;
	m->octets[1] = (uint8_t)(m->octets[1] - header_too);
	seal(m);
}

START_TEST(what_a_message_has_needed) /* TOL-4, TOL-5 */
{
	const uint32_t both = PMIP_TOLERATE_UNALIGNED_OPTIONS | PMIP_TOLERATE_SHORT_HEADER_LEN;
	struct pmip_binding_options options = pbu_options();
	struct pmip_mh mh;
	struct message m;
	uint32_t needed = UINT32_MAX;

	make(&m, TOLERANT, &options);
	ck_assert_int_eq(pmip_mh_decode_tolerant(&mh, &needed, NULL, &m.dgram, 0, both), 0);
	ck_assert_uint_eq(needed, 0);
	shorten(&m, false);
	ck_assert_int_eq(pmip_mh_decode_tolerant(&mh, &needed, NULL, &m.dgram, 0, both), 0);
	ck_assert_uint_eq(needed, PMIP_TOLERATE_UNALIGNED_OPTIONS);
	/* Nothing on error: where it is not tolerated, and where that would not have been enough. */
	ck_assert_int_eq(pmip_mh_decode_tolerant(&mh, &needed, NULL, &m.dgram, 0, PMIP_TOLERATE_SHORT_HEADER_LEN), PMIP_ERR_SHORT);
	ck_assert_uint_eq(needed, 0);
	needed = UINT32_MAX;
	m.octets[5] ^= 1;
	ck_assert_int_eq(pmip_mh_decode_tolerant(&mh, &needed, NULL, &m.dgram, 0, both), PMIP_ERR_SHORT);
	ck_assert_uint_eq(needed, 0);
}
END_TEST

/* A message that is too short: dropped, and counted as reason says, or taken by tolerance. It is in m afterwards. */
static void check_short(struct message *m, bool header_too, enum pmip_lma_counter reason, enum pmip_tolerance tolerance, enum pmip_lma_counter counter)
{
	struct pmip_binding_options options = pbu_options();

	make(m, STRICT, &options);
	shorten(m, header_too);
	ck_assert_int_eq(input(m), -1);
	check_told(PMIP_EVENT_MALFORMED, tolerance);
	ck_assert_uint_eq(used(reason), 1);
	make(m, TOLERANT, &options);
	shorten(m, header_too);
	ck_assert_int_eq(input(m), 0);
	check_first_use(tolerance, counter);
}

START_TEST(options_that_are_not_padded_to_the_end) /* TOL-3, TOL-4 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	check_short(&m, false, PMIP_LMA_MALFORMED, PMIP_TOLERATE_UNALIGNED_OPTIONS, PMIP_LMA_TOLERATED_UNALIGNED_OPTIONS);
	/* Its checksum must be right all the same, and no more than padding may be missing. */
	m.octets[8] ^= 1;
	ck_assert_int_eq(input(&m), -1);
	make(&m, TOLERANT, &options);
	m.dgram.len -= 8;
	seal(&m);
	ck_assert_int_eq(input(&m), -1);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_UNALIGNED_OPTIONS), 1);
}
END_TEST

START_TEST(header_len_some_octets_short) /* TOL-3, TOL-5 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	check_short(&m, true, PMIP_LMA_BAD_CHECKSUM, PMIP_TOLERATE_SHORT_HEADER_LEN, PMIP_LMA_TOLERATED_SHORT_HEADER_LEN);
	/* 8 octets or more behind the end are not of the message. */
	make(&m, TOLERANT, &options);
	m.octets[1]--;
	seal(&m);
	ck_assert_int_eq(input(&m), -1);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_SHORT_HEADER_LEN), 1);
}
END_TEST

START_TEST(options_off_their_alignment_are_anybodys) /* TOL-4 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.seq = 7, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 600}};
	struct pmip_mh_writer writer;

	make(&m, STRICT, &options);
	pmip_mh_begin(&writer, m.octets, sizeof(m.octets), &mh);
	writer.unaligned = true;
	pmip_binding_options_write(&writer, &options);
	m.dgram.len = (size_t)pmip_mh_finish(&writer, &m.dgram.src, &m.dgram.dst);
	ck_assert_int_eq(input(&m), 0);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_UNALIGNED_OPTIONS), 0);
}
END_TEST

static uint64_t reorder(uint64_t timestamp, bool words)
{
	timestamp = __builtin_bswap64(timestamp);
	return words ? timestamp << 32 | timestamp >> 32 : timestamp;
}

START_TEST(timestamp_in_host_order) /* TOL-3, TOL-8 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	for (int words = 0; words < 2; words++) {
		rig_fini(&rig);
		setup();
		options.timestamp = reorder(pmip_timestamp_from_us(rig.now.wall_us + 1000), words);
		make(&m, STRICT, &options);
		ck_assert_int_eq(input(&m), 156);
		check_told(PMIP_EVENT_REFUSED, PMIP_TOLERATE_HOST_ORDER_TIMESTAMP);
		make(&m, TOLERANT, &options);
		ck_assert_int_eq(input(&m), 0);
		check_first_use(PMIP_TOLERATE_HOST_ORDER_TIMESTAMP, PMIP_LMA_TOLERATED_HOST_ORDER_TIMESTAMP);
		ck_assert_uint_eq(rig.options.timestamp, options.timestamp);
		/* Not a later one: our time, in its order. */
		ck_assert_int_eq(input(&m), 156);
		ck_assert_uint_eq(rig.options.timestamp, reorder(pmip_timestamp_from_us(rig.now.wall_us), words));
		/* A clock that is wrong is refused in any order. */
		options.timestamp = reorder(pmip_timestamp_from_us(rig.now.wall_us + 5000000), words);
		make(&m, TOLERANT, &options);
		ck_assert_int_eq(input(&m), 156);
		/* Orders may change, time goes on. */
		options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
		make(&m, TOLERANT, &options);
		ck_assert_int_eq(input(&m), 0);
		ck_assert_uint_eq(rig.options.timestamp, options.timestamp);
	}
	/* What makes no sense in any order stays as it is. */
	options.timestamp = UINT64_MAX - 1;
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 156);
	ck_assert_int_eq(event_of(PMIP_EVENT_REFUSED)->tolerance, 0);
}
END_TEST

START_TEST(identifier_of_fixed_size) /* TOL-3, TOL-9 */
{
	static const uint8_t padded[40] = MN;
	struct pmip_binding_options options = pbu_options();
	struct pmip_mnid bare = {1, sizeof(MN) - 1, (const uint8_t *)MN};
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct message m;

	options.mn_id = (struct pmip_mnid){1, sizeof(padded), padded};
	make(&m, STRICT, &options);
	ck_assert_int_eq(input(&m), 153);
	check_told(PMIP_EVENT_REFUSED, PMIP_TOLERATE_PADDED_MN_ID);
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 0);
	check_first_use(PMIP_TOLERATE_PADDED_MN_ID, PMIP_LMA_TOLERATED_PADDED_MN_ID);
	/* The answer has it as it came, we have it as it is. */
	ck_assert(pmip_mnid_equal(&rig.options.mn_id, &options.mn_id));
	ck_assert_int_eq(pmip_lma_find_binding(rig.lma, &info, &rig.options.hnp[0].prefix), 0);
	ck_assert(pmip_mnid_equal(&info.mn_id, &bare));
	/* Nobody's identifier is refused, with the padding. */
	options.mn_id.id = (const uint8_t *)"somebody@example.com\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 153);
	ck_assert(pmip_mnid_equal(&rig.options.mn_id, &options.mn_id));
	ck_assert_int_eq(event_of(PMIP_EVENT_REFUSED)->tolerance, 0);
	/* Other subtypes are octets, and zero is one. */
	options.mn_id = (struct pmip_mnid){2, 16, padded};
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 153);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_PADDED_MN_ID), 2);
}
END_TEST

/* The same LMA with an exacting MAG, which is told parameters (RFC 8127). */
static struct pmip_lma_config *exacting(void)
{
	struct pmip_lma_config *made = rig_config();
	struct pmip_peer peer = {.size = sizeof(peer), .addr = unit_addr(TOLERANT), .tolerate = PMIP_TOLERATE_EXACT_ECHO};

	ck_assert_int_eq(pmip_lma_config_add_peer(made, &peer), 0);
	ck_assert_int_eq(pmip_lma_config_set_mag_reregistration(made, 40, 1, 32), 0);
	return made;
}

START_TEST(answer_that_repeats_the_request) /* TOL-10 */
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	rig_fini(&rig);
	rig_init(&rig, exacting(), NULL);
	make(&m, STRICT, &options);
	ck_assert_int_eq(input(&m), 0);
	ck_assert_uint_ne(rig.options.has & PMIP_HAS_MAG_PARAMETERS, 0);
	rig_forget(&rig);
	options.mn_id = (struct pmip_mnid){1, 15, (const uint8_t *)"mn2@example.com"};
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 0);
	check_first_use(PMIP_TOLERATE_EXACT_ECHO, PMIP_LMA_TOLERATED_EXACT_ECHO);
	ck_assert_uint_eq(rig.options.has, options.has);
	ck_assert_uint_eq(rig.options.hnp_count, 1);
	ck_assert(!pmip_addr_is_unspecified(&rig.options.hnp[0].prefix.addr));
	/* Too old: with the timestamp that it had, in place of our time. */
	options.timestamp--;
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 157);
	ck_assert_uint_eq(rig.options.timestamp, options.timestamp);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_EXACT_ECHO), 2);
	/* Without a prefix there is none in the refusal either. */
	options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
	options.hnp_count = 0;
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 158);
	ck_assert_uint_eq(rig.options.hnp_count, 0);
	/* What has nothing to leave out is no use. */
	options = pbu_options();
	options.mn_id = (struct pmip_mnid){1, 20, (const uint8_t *)"nobody@example.com.."};
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 153);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_EXACT_ECHO), 3);
}
END_TEST

START_TEST(a_use_is_told_once_an_hour) /* TOL-2 */
{
	struct pmip_binding_options options = pbu_options();
	unsigned int told = 0;
	struct message m;

	options.att = 0;
	for (int i = 0; i < 8; i++) {
		options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
		make(&m, TOLERANT, &options);
		ck_assert_int_eq(input(&m), 0);
		rig_advance(&rig, 599000);
	}
	for (unsigned int i = 0; i < rig.event_count; i++)
		told += rig.events[i].type == PMIP_EVENT_TOLERATED;
	ck_assert_uint_eq(told, 2);
	ck_assert_uint_eq(used(PMIP_LMA_TOLERATED_ATT_ZERO), 8);
}
END_TEST

/* Perhaps a handover: it waits for the de-registration, which does not come. */
static void let_one_wait(void)
{
	struct pmip_binding_options options = pbu_options();
	struct message m;

	make(&m, STRICT, &options);
	ck_assert_int_eq(input(&m), 0);
	options.hi = PMIP_HI_UNKNOWN;
	options.ll_id.b[5] = 9;
	options.timestamp = pmip_timestamp_from_us(rig.now.wall_us + 1000);
	make(&m, TOLERANT, &options);
	shorten(&m, true);
	ck_assert_int_eq(input(&m), -1);
}

START_TEST(a_pbu_that_waits_is_tolerated_once) /* TOL-2, TOL-5 */
{
	let_one_wait();
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 2000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
	ck_assert_uint_eq(rig.options.ll_id.b[5], 9);
	check_first_use(PMIP_TOLERATE_SHORT_HEADER_LEN, PMIP_LMA_TOLERATED_SHORT_HEADER_LEN);
}
END_TEST

START_TEST(a_pbu_that_waits_is_dropped_when_it_is_tolerated_no_more) /* TOL-5 */
{
	struct pmip_lma_config *strict = rig_config();

	let_one_wait();
	ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, strict), 0);
	pmip_lma_config_free(strict);
	rig_advance(&rig, 2000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

/* Every tolerance in one story, and a new configuration. */
static void story(void)
{
	static const uint8_t padded[40] = MN;
	struct pmip_binding_options options = pbu_options();
	struct pmip_lma_config *again = exacting();
	struct message m;

	options.att = 0;
	options.mn_id = (struct pmip_mnid){1, sizeof(padded), padded};
	options.timestamp = reorder(options.timestamp, true);
	make(&m, TOLERANT, &options);
	shorten(&m, true);
	ck_assert_int_eq(input(&m), 0);
	ck_assert_int_eq(unit_again(rig_failed(&rig), pmip_lma_reconfigure(rig.lma, again)), 0);
	pmip_lma_config_free(again);
	options = pbu_options();
	make(&m, TOLERANT, &options);
	ck_assert_int_eq(input(&m), 0);
	ck_assert_uint_eq(rig.options.has, options.has);
}

START_TEST(out_of_memory_anywhere) /* TOL-2 */
{
	rig_fini(&rig);
	rig_without_memory(&rig, config, story, 25);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		each_tolerance_has_a_name_a_user_and_a_counter,
		a_configuration_takes_what_its_role_may_have,
		access_technology_0,
		what_a_message_has_needed,
		options_that_are_not_padded_to_the_end,
		header_len_some_octets_short,
		options_off_their_alignment_are_anybodys,
		timestamp_in_host_order,
		identifier_of_fixed_size,
		answer_that_repeats_the_request,
		a_use_is_told_once_an_hour,
		a_pbu_that_waits_is_tolerated_once,
		a_pbu_that_waits_is_dropped_when_it_is_tolerated_no_more,
		out_of_memory_anywhere,
		NULL,
	};

	return unit_run_fixture("tolerance", tests, setup, teardown);
}
