/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration files. A program describes its keys as a table of rows; reading, checking, defaults, error
 * texts, the list that
 * --keys prints and what a reload may change all come from the same rows. */
#ifndef EXAMPLES_SETTINGS_H
#define EXAMPLES_SETTINGS_H

#include "common/report.h"
#include "common/yaml.h"

#include <pmip/types.h>

/* What a key wants, and the C type its value is stored as. */
enum setting_type {
	SETTING_END = 0,
	SETTING_INCLUDE,     /* no key: the rows of another table, for a structure at offset */
	SETTING_MAP,         /* mapping; rows of it, for the same structure */
	SETTING_LIST,        /* list; struct setting_list */
	SETTING_BOOL,        /* bool */
	SETTING_UINT,        /* uint32_t */
	SETTING_MS,          /* duration: uint32_t milliseconds */
	SETTING_SECONDS,     /* duration in whole seconds: uint32_t */
	SETTING_CHOICE,      /* one of choices: uint32_t */
	SETTING_PATH,        /* absolute path: const char * */
	SETTING_INTERFACE,   /* interface name: const char * */
	SETTING_PREFIX_NAME, /* beginning of device names: const char * */
	SETTING_ADDR,        /* unicast address, not link-local: struct pmip_addr */
	SETTING_LINK_LOCAL,  /* struct pmip_addr, may be :: */
	SETTING_PREFIX,      /* struct pmip_prefix */
	SETTING_ANY_PREFIX,  /* the same, or an IPv4 subnet as an IPv4-mapped prefix */
	SETTING_IPV4,        /* IPv4 unicast address: struct pmip_ip */
	SETTING_IPV4_SUBNET, /* addr and plen of struct pmip_ipv4_home */
	SETTING_IPV4_USE,    /* "true", "false" or an IPv4 unicast address: struct setting_ipv4 */
	SETTING_MAC,         /* unicast MAC address: struct pmip_llid */
	SETTING_NAI,         /* struct setting_mnid */
	SETTING_NAI_WILD,    /* the same; "*@realm" and "*" are allowed */
	SETTING_MNID,        /* an NAI or a MAC address: struct setting_mnid */
	SETTING_NAME,        /* printable text of at most max octets: const char * */
	SETTING_LMA_TOLERANCE, /* name of one that an LMA may have: uint32_t, enum pmip_tolerance */
	SETTING_MAG_TOLERANCE, /* the same of a MAG */
	SETTING_LOCATION,    /* latitude and longitude: struct setting_location */
	SETTING_RANGE,       /* a number, or two with "-" between: struct setting_range */
	SETTING_CLOCK,       /* "08:30", up to "24:00": uint32_t minute of the day */
};

/* A mobile node identifier that owns what it needs. */
struct setting_mnid {
	struct pmip_mnid view; /* len 0 = not given; id points into the file's text or to mac */
	uint8_t mac[6];        /* the octets of subtype 5, EUI-48 (RFC 8371 section 3.3) */
};

/* A place on the earth, degrees * 32768 (RFC 6757 section 3.1.2). */
struct setting_location {
	bool given;
	int32_t latitude, longitude;
};

/* Numbers from one to another, both included. */
struct setting_range {
	bool given;
	uint32_t from, to;
};

/* Whether there is an IPv4 home address, and which. */
struct setting_ipv4 {
	bool use;
	struct pmip_ip addr; /* none = any */
};

/* A list. Each item is a structure that begins with the number of its line: unsigned int; 0 = it has faults,
 * do not use it. */
struct setting_list {
	size_t count;
	void *items;
};

/* An item of a list of names: of interfaces, say. */
struct setting_name {
	unsigned int line;
	const char *name;
};

/* Row of such an item: an interface. */
extern const struct setting_row setting_interface;

/* An item of a list of tolerances. */
struct setting_tolerance {
	unsigned int line;
	uint32_t tolerance;
};

struct setting_choice {
	const char *name;
	uint32_t value;
};

struct setting_row {
	const char *key;
	enum setting_type type;
	bool required;
	bool plain;        /* SETTING_MAP: a text in its place is the value of its first row */
	bool restart;      /* a reload may not change it (rows of the outermost mapping only) */
	uint64_t min, max; /* number, duration in milliseconds, or count of list items */
	const char *def;   /* default, as it would stand in a file; NULL = none */
	size_t offset;     /* in the structure */
	const struct setting_choice *choices; /* SETTING_CHOICE: ends with name NULL */
	const struct setting_row
		*rows;    /* SETTING_INCLUDE, _MAP: ends with SETTING_END; _LIST: the one row of an item */
	size_t item_size; /* SETTING_LIST */
	const char *help;
};

/* A file that has been read. */
struct settings {
	const char *file;               /* borrowed */
	const struct setting_row *rows; /* borrowed */
	void *values;                   /* the program's structure, owned */
	struct yaml_doc doc;            /* texts in values point into it */
	void **allocations;             /* of list items, owned */
	size_t allocation_count;
};

/* Access technologies by name (RFC 5213 section 8.5). */
extern const struct setting_choice setting_technologies[];

/* Read and check a file; every fault goes to report, nothing else is touched. reference: where a user finds
 * an example.
 * @return the settings, or NULL when there is no reading it as YAML or no memory; usable only when nothing
 * was reported. */
struct settings *settings_load(const char *file, const struct setting_row *rows, size_t size,
			       const char *reference, struct report *report);
void settings_free(struct settings *settings);

/* The line of a key of the outermost mapping; 1 when it is not there. */
unsigned int settings_line(const struct settings *settings, const char *key);

/* Report every key that may not change in a reload and has. */
void settings_check_reload(const struct settings *now, const struct settings *next, struct report *report);

/* Print all rows, one per line: key, what it wants, default, help, separated by tabs. */
void settings_print_keys(const struct setting_row *rows);

/* Read one value. @return 0, or -1 when text is not what the row wants. */
int setting_parse(const struct setting_row *row, const char *text, void *out);
/* What the row wants, for people. @return buf. */
char *setting_expect(const struct setting_row *row, char *buf, size_t cap);
/* All of a list of struct setting_tolerance. */
uint32_t setting_tolerances(const struct setting_list *list);
/* Read an NAI or a MAC address as a mobile node identifier. @return 0 or -1. */
int setting_mnid_parse(struct setting_mnid *mnid, const char *text, enum setting_type type);

#endif
