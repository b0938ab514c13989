/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives the access links for access.sh.
 *   access_check PROBE_MS LINK[=MN]...    prints each event as "TYPE link INDEX mn MN mac MAC mtu
 * MTU (TRIGGER)" A line on standard input asks for a Router Advertisement: "ra INDEX MAC|-
 * PREFIX/LEN LIFETIME", or for a probe: "probe INDEX MAC"; its end ends the program. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pmip/access.h>

static void log_line(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	printf("log %d %s: %s\n", (int)level, area, message);
}

static const struct pmip_log log_here = {.size = sizeof(log_here), .write = log_line};

static uint64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void print_event(const struct pmip_access_event *e)
{
	static const char *const name[] = {"?", "ATTACH", "DETACH", "SOLICIT", "PRESENT"};
	char mn[PMIP_MNID_STRLEN], mac[PMIP_LLID_STRLEN];
	uint64_t now = clock_us(CLOCK_REALTIME);

	printf("%s link %u mn %s mac %s mtu %u (%s) at %llu.%06llu\n", name[e->type],
	       e->attach.link, e->attach.mn_id.len ? pmip_mnid_format(&e->attach.mn_id, mn) : "-",
	       e->attach.ll_id.len ? pmip_llid_format(&e->attach.ll_id, mac) : "-",
	       e->attach.link_mtu, e->trigger, (unsigned long long)(now / 1000000),
	       (unsigned long long)(now % 1000000));
}

static int send_ra(const struct pmip_access *access, const char *line)
{
	static const struct pmip_addr src = {
		{0xfe, 0x80, [8] = 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}};
	struct pmip_ra ra = {.src = src, .mtu = 1460, .prefix_count = 1, .router_lifetime_s = 1800};
	char mac[64], prefix[PMIP_PREFIX_STRLEN];

	if (sscanf(line, "ra %u %63s %49s %u", &ra.link, mac, prefix, &ra.lifetime_s) != 4 ||
	    pmip_prefix_parse(&ra.prefix[0], prefix) < 0 ||
	    (mac[0] != '-' && pmip_llid_parse(&ra.ll_id, mac) < 0))
		return PMIP_ERR_SYNTAX;
	return access->ops->send_ra(access->ctx, &ra);
}

static int probe(const struct pmip_access *access, const char *line)
{
	struct pmip_probe probe = {.link = 0};
	char mac[64];

	if (sscanf(line, "probe %u %63s", &probe.link, mac) != 2 || pmip_llid_parse(&probe.ll_id, mac) < 0)
		return PMIP_ERR_SYNTAX;
	return access->ops->probe(access->ctx, &probe);
}

static void take_events(const struct pmip_access *access)
{
	struct pmip_access_event events[4];
	int n;

	access->ops->handle_timeout(access->ctx, clock_us(CLOCK_MONOTONIC));
	do {
		n = access->ops->recv(access->ctx, events, 4);
		for (int i = 0; i < n; i++)
			print_event(&events[i]);
	} while (n == 4);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct pmip_access_link links[16] = {0};
	struct pmip_access_config config = {
		.size = sizeof(config),
		.links = links,
		.log = &log_here,
		.link_local = {{0xfe, 0x80, [8] = 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}},
		.mac = {0x00, 0x00, 0x5e, 0x00, 0x52, 0x13},
	};
	struct pmip_access access;
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
	char line[256];
	int err;

	for (int i = 2; i < argc && i < 18; i++) {
		char *mn = strchr(argv[i], '=');

		if (mn) {
			*mn++ = '\0';
			links[i - 2].mn_id = (struct pmip_mnid){
				.subtype = 1, .len = (uint8_t)strlen(mn), .id = (uint8_t *)mn};
		}
		links[i - 2].name = argv[i];
		config.link_count++;
	}
	if (argc > 1)
		config.probe_interval_ms = (uint32_t)strtoul(argv[1], NULL, 10);
	err = pmip_access_linux_new(&access, &config);
	if (err < 0) {
		printf("open %s\n", pmip_err_name(err));
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	p[1].fd = access.ops->fd(access.ctx);
	for (;;) {
		poll(p, 2, access.ops->timeout_ms(access.ctx, clock_us(CLOCK_MONOTONIC)));
		take_events(&access);
		if (!p[0].revents)
			continue;
		if (!fgets(line, sizeof(line), stdin))
			break;
		printf("%s\n", pmip_err_name(strncmp(line, "probe ", 6) == 0 ? probe(&access, line) : send_ra(&access, line)));
		fflush(stdout);
	}
	access.ops->free(access.ctx);
	return 0;
}
