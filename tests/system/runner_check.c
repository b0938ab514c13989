/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA or a MAG as small as can be, for runner.sh: real engine, real sockets, real access links, a
 * datapath that agrees to all.
 *   runner_check lma ADDRESS MAG...       until standard input ends; prints each event and, last,
 *                                         the counters
 *   runner_check mag ADDRESS LMA LINK=MN  the same
 *   runner_check pbus ADDRESS LMA COUNT   as a MAG, COUNT mobile nodes at once; prints how many
 *                                         PBAs accept */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pmip/runner.h>
#include <pmip/wire.h>

static void log_line(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	printf("log %d %s: %s\n", (int)level, area, message);
}

static const struct pmip_log log_here = {.size = sizeof(log_here), .write = log_line};

static void check(int err, const char *what)
{
	if (err >= 0)
		return;
	printf("%s: %s\n", what, pmip_err_name(err));
	exit(1);
}

static struct pmip_addr address(const char *text)
{
	struct pmip_addr a;

	check(pmip_addr_parse(&a, text), text);
	return a;
}

static int agree(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	(void)ctx;
	(void)ops;
	memset(results, 0, n * sizeof(*results));
	return 0;
}

static const struct pmip_datapath_ops agreeing = {
	.size = sizeof(agreeing), .name = "agreeing", .submit = agree};

static void print_event(void *user, const struct pmip_event *event, struct pmip_now now)
{
	char mn[PMIP_MNID_STRLEN], prefix[PMIP_PREFIX_STRLEN] = "-";

	(void)user;
	if (event->prefix_count)
		pmip_prefix_format(&event->prefix[0], prefix);
	printf("%llu.%06llu %s %s %s\n", (unsigned long long)(now.wall_us / 1000000),
	       (unsigned long long)(now.wall_us % 1000000), pmip_event_name(event->type),
	       event->mn_id.len ? pmip_mnid_format(&event->mn_id, mn) : "-", prefix);
}

static void run(struct pmip_runner *runner)
{
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
			      {.fd = pmip_runner_fd(runner), .events = POLLIN}};
	struct pmip_runner_counters c = {.size = sizeof(c)};

	printf("ready\n");
	fflush(stdout);
	while (poll(p, 2, pmip_runner_timeout_ms(runner)) >= 0 && !p[0].revents) {
		check(pmip_runner_process(runner), "turn");
		fflush(stdout);
	}
	pmip_runner_get_counters(runner, &c);
	printf("turns %llu received %llu sent %llu failed %llu ops %llu batches %llu busy_us %llu\n",
	       (unsigned long long)c.turns, (unsigned long long)c.received,
	       (unsigned long long)c.sent, (unsigned long long)c.send_failed,
	       (unsigned long long)c.datapath_ops, (unsigned long long)c.datapath_batches,
	       (unsigned long long)c.busy_us);
	pmip_runner_free(runner);
}

static int run_lma(int argc, char **argv)
{
	static const uint8_t key[16];
	struct pmip_runner_config config = {.size = sizeof(config),
					    .datapath = {.ops = &agreeing},
					    .notify = print_event,
					    .log = &log_here};
	struct pmip_profile everybody = {
		.size = sizeof(everybody),
		.mn_id = {.subtype = 1, .len = 1, .id = (const uint8_t *)"*"}};
	struct pmip_addr local = address(argv[2]);
	struct pmip_lma_config *lc;
	struct pmip_runner *runner;
	struct pmip_prefix pool;
	struct pmip_lma *lma;

	check(pmip_lma_config_new(&lc, NULL), "configuration");
	check(pmip_prefix_parse(&pool, "2001:db8:100::/40"), "pool");
	check(pmip_lma_config_add_pool(lc, &pool, 64), "pool");
	check(pmip_lma_config_add_profile(lc, &everybody), "profile");
	check(pmip_lma_config_set_max_delay_before_new_bce_assign(lc, 0), "delay");
	for (int i = 3; i < argc; i++) {
		struct pmip_addr mag = address(argv[i]);

		check(pmip_lma_config_add_peer(lc, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}), "MAG");
	}
	check(pmip_lma_new(&lma, lc, NULL, key), "LMA");
	pmip_lma_config_free(lc);
	check(pmip_io_raw_new(&config.io, &local, &log_here), "socket");
	check(pmip_runner_new_lma(&runner, lma, &config), "runner");
	run(runner);
	config.io.ops->free(config.io.ctx);
	pmip_lma_free(lma);
	return 0;
}

static int run_mag(char **argv)
{
	static const uint8_t key[16];
	struct pmip_runner_config config = {.size = sizeof(config),
					    .datapath = {.ops = &agreeing},
					    .notify = print_event,
					    .log = &log_here};
	struct pmip_access_link link = {.name = argv[4], .att = PMIP_ATT_ETHERNET};
	struct pmip_access_config access = {.size = sizeof(access),
					    .links = &link,
					    .link_count = 1,
					    .log = &log_here,
					    .link_local = address("fe80::200:5eff:fe00:5213"),
					    .mac = {0x00, 0x00, 0x5e, 0x00, 0x52, 0x13}};
	struct pmip_addr local = address(argv[2]), lma = address(argv[3]);
	char *mn = strchr(argv[4], '=');
	struct pmip_mag_config *mc;
	struct pmip_profile profile = {.size = sizeof(profile)};
	struct pmip_runner *runner;
	struct pmip_mag *mag;

	if (!mn)
		return 2;
	*mn++ = '\0';
	link.mn_id = (struct pmip_mnid){
		.subtype = 1, .len = (uint8_t)strlen(mn), .id = (const uint8_t *)mn};
	profile.mn_id = link.mn_id;
	check(pmip_mag_config_new(&mc, NULL), "configuration");
	check(pmip_mag_config_set_proxy_coa(mc, &local), "Proxy-CoA");
	check(pmip_mag_config_set_lma(mc, &lma), "LMA");
	check(pmip_mag_config_add_profile(mc, &profile), "profile");
	check(pmip_mag_new(&mag, mc, NULL, key), "MAG");
	pmip_mag_config_free(mc);
	check(pmip_io_raw_new(&config.io, &local, &log_here), "socket");
	check(pmip_access_linux_new(&config.access, &access), "access links");
	check(pmip_runner_new_mag(&runner, mag, &config), "runner");
	run(runner);
	config.access.ops->free(config.access.ctx);
	config.io.ops->free(config.io.ctx);
	pmip_mag_free(mag);
	return 0;
}

static size_t write_pbu(uint8_t *buf, size_t cap, struct pmip_dgram *d, unsigned int number)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU,
			     .u.bu = {.seq = (uint16_t)number,
				      .flags = PMIP_BU_A | PMIP_BU_P,
				      .lifetime_s = 600}};
	struct pmip_binding_options o = {.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT |
						PMIP_HAS_TIMESTAMP,
					 .hnp_count = 1,
					 .hi = PMIP_HI_UNKNOWN,
					 .att = PMIP_ATT_ETHERNET};
	struct pmip_mh_writer w;
	char mn[32];

	snprintf(mn, sizeof(mn), "mn%u@example.com", number);
	o.mn_id = (struct pmip_mnid){
		.subtype = 1, .len = (uint8_t)strlen(mn), .id = (const uint8_t *)mn};
	o.timestamp = pmip_timestamp_from_us(pmip_runner_now().wall_us);
	pmip_mh_begin(&w, buf, cap, &mh);
	pmip_binding_options_write(&w, &o);
	check(pmip_mh_finish(&w, &d->src, &d->dst), "PBU");
	return w.len;
}

static int run_pbus(const char *local, const char *lma, unsigned int count)
{
	static uint8_t buf[PMIP_IO_BATCH][256];
	struct pmip_addr src = address(local);
	struct pmip_dgram d[PMIP_IO_BATCH];
	unsigned int accepted = 0, refused = 0;
	uint64_t began = pmip_runner_now().mono_us;
	struct pmip_io io;
	struct pmip_mh mh;
	int n;

	check(pmip_io_raw_new(&io, &src, &log_here), "socket");
	for (unsigned int at = 0; at < count;) {
		size_t part = 0;

		for (; part < PMIP_IO_BATCH && at < count; part++, at++) {
			d[part] = (struct pmip_dgram){
				.src = src, .dst = address(lma), .data = buf[part]};
			d[part].len = write_pbu(buf[part], sizeof(buf[part]), &d[part], at);
		}
		io.ops->send(io.ctx, d, part);
	}
	while (accepted + refused < count &&
	       poll(&(struct pollfd){.fd = io.ops->fd(io.ctx), .events = POLLIN}, 1, 3000) == 1) {
		n = io.ops->recv(io.ctx, d, PMIP_IO_BATCH);
		for (int i = 0; i < n; i++) {
			check(pmip_mh_decode(&mh, NULL, &d[i], 0), "PBA");
			if (mh.type == PMIP_MH_BA && mh.u.ba.status < 128)
				accepted++;
			else
				refused++;
		}
	}
	printf("accepted %u refused %u in %llu us\n", accepted, refused,
	       (unsigned long long)(pmip_runner_now().mono_us - began));
	io.ops->free(io.ctx);
	return accepted == count ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "lma") == 0)
		return run_lma(argc, argv);
	if (argc == 5 && strcmp(argv[1], "mag") == 0)
		return run_mag(argv);
	if (argc == 5 && strcmp(argv[1], "pbus") == 0)
		return run_pbus(argv[2], argv[3], (unsigned int)strtoul(argv[4], NULL, 10));
	fprintf(stderr, "usage: see the head of runner_check.c\n");
	return 2;
}
