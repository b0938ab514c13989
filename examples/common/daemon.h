/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip-lma and pmip-mag have in common: command line, event loop, signals, control socket, reload, the
 * end. A program adds its keys and the wiring of its engine: struct daemon_role. */
#ifndef EXAMPLES_DAEMON_H
#define EXAMPLES_DAEMON_H

#include "common/control.h"
#include "common/events.h"
#include "common/service.h"

#include <pmip/adapter/libevent.h>
#include <pmip/runner.h>

/* Settings of every daemon; the first member of a program's own structure. */
struct daemon_settings {
	struct setting_list core; /* of struct setting_name */
	uint32_t datapath;        /* enum daemon_datapath */
	uint32_t bpf;             /* enum pmip_datapath_hook */
	uint32_t tunnel_mtu;      /* octets */
	uint32_t max_bindings;
	uint32_t max_tunnels;
	uint32_t route_protocol;
	const char *device_prefix;
	uint32_t stale_after_ms;
	const char *control; /* NULL = the role's default */
	uint32_t log_level;  /* enum pmip_log_level */
	uint32_t log_interval_ms;
	uint32_t protection; /* enum protection */
	uint32_t heartbeat_interval_s; /* 0 = off */
	uint32_t heartbeat_missing;
	const char *restart_counter_file; /* NULL = the role's default */
};

enum daemon_datapath {
	DAEMON_DATAPATH_AUTO = 1,
	DAEMON_DATAPATH_BPF = 2,
	DAEMON_DATAPATH_NETLINK = 3,
};

/* Rows of struct daemon_settings. */
extern const struct setting_row daemon_rows[];

struct daemon;

/* One kind of daemon. Functions return 0 or an enum pmip_err and log what a user has to know. */
struct daemon_role {
	struct program program;   /* its check() calls daemon_check() */
	const char *restart_file; /* default file of the restart counter */
	/* Make daemon->engine, what is special of the role, and daemon->runner; io and datapath are there. */
	int (*open)(struct daemon *daemon, struct pmip_runner_config *config);
	void (*datapath_config)(const struct settings *settings, struct pmip_datapath_config *config);
	const struct pmip_addr *(*address)(const struct settings *settings);
	bool (*has_others)(const struct settings *settings); /* OPTIONAL. Messages come to other addresses, too. */
	bool (*has_store)(const struct settings *settings);  /* OPTIONAL. Starts are counted in daemon->store, by open(). */
	int (*reconfigure)(struct daemon *daemon, const struct settings *settings, struct pmip_now now);
	/* Queue what an orderly end needs. */
	int (*shutdown)(struct daemon *daemon, struct pmip_now now);
	void (*close)(struct daemon *daemon);
	/* The engine has told of an event; NULL = of no interest. */
	void (*notify)(struct daemon *daemon, const struct pmip_event *event, struct pmip_now now);
	size_t (*binding_count)(const struct daemon *daemon);
	int (*binding_next)(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info);
	/* OPTIONAL: those of one mobile node */
	int (*binding_next_of_mn)(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info, const struct pmip_mnid *mn_id);
	/* @return the name of counter i with its value, or NULL when there are no more. */
	const char *(*counter)(const struct daemon *daemon, unsigned int i, uint64_t *value);
	/* How many attach events the engine has denied; NULL where there are none. */
	uint64_t (*denied)(const struct daemon *daemon);
	const struct control_command *commands;
};

struct daemon {
	const struct daemon_role *role;
	struct settings *settings; /* in force */
	const char *file;          /* of the settings */
	void *engine;              /* struct pmip_lma or struct pmip_mag */
	struct pmip_io io;         /* these three: ops NULL = not there */
	struct pmip_datapath datapath;
	struct pmip_access access;
	struct pmip_store store;   /* LMA; ops NULL = none */
	struct pmip_runner *runner;
	struct pmip_libevent loop; /* the runner in base */
	void *extra; /* what the role keeps besides */
	struct events *events;
	struct control *control;
	struct event_base *base;
	struct event *tick_event, *sweep_event, *signal_events[SERVICE_SIGNALS];
	struct pmip_access_event seen; /* the last one the engine was given; type 0 = its fate is known */
	uint64_t denied;               /* role->denied() before that */
	uint64_t start_us;             /* monotonic */
	uint32_t restart_counter;      /* RFC 5847 section 3.2 */
	bool verbose;                  /* -v: the file's log level does not count */
	int ready_fd;                  /* -1 = nobody waits */
	int exit_code;
};

/* Report what is wrong with the settings of every daemon that the table of keys cannot tell. */
void daemon_check(const struct settings *settings, struct report *report);
int daemon_main(const struct daemon_role *role, int argc, char **argv);

/* Take a turn and set the timer for the next; after calling the engine directly. */
void daemon_turn(struct daemon *daemon);
/* Read the file again and put it in force, unless it has faults; then it stays as it is and report has them.
 * @return 0 or -1. */
int daemon_reload(struct daemon *daemon, struct report *report);
/* Remove what a former process left in the kernel and nobody has taken over. @return how many things, or an
 * enum pmip_err. */
int daemon_sweep(struct daemon *daemon);

/* The commands that every daemon has: commands.c. */
extern const struct control_command daemon_commands[];

#endif
