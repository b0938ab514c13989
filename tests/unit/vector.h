/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads tests/vectors. Messages land in heap blocks of exactly their size, so that a sanitizer sees the first octet too many.
 */
#ifndef TESTS_UNIT_VECTOR_H
#define TESTS_UNIT_VECTOR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pmip/wire.h>

#define VECTOR_MAX 300

struct vector {
	char file[64];        /* below tests/vectors */
	char result[32];      /* "OK" or the name of an enum pmip_err */
	char offset[8];       /* "-" or a number */
	bool canonical;       /* encoding gives the same octets */
	enum pmip_role role;  /* that looks at it */
	char verdict[32];     /* "-" or the name of an enum pmip_err, of decoding or validating */
	char action[16];      /* what to do: drop, icmp-pp, be, reply, flow-reject, ignore-pba, accept */
	char status[8];       /* "-" or the status of the answer or the flow */
	bool no_checksum;     /* carried in UDP */
	uint8_t *data;        /* exact-size heap block */
	size_t len;           /* octets in data */
	struct pmip_addr src; /* of the packet */
	struct pmip_addr dst; /* of the packet */
};

/* Vectors are read outside of tests too, where ck_assert() must not be called. */
static inline void vector_need(bool ok, const char *what, const char *detail)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, detail);
	exit(1);
}

static inline FILE *vector_open(const char *file)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s", top == NULL ? "." : top, file);
	f = fopen(path, "r");
	vector_need(f != NULL, "cannot be opened: set top_srcdir to the source tree", path);
	return f;
}

/* A copy in a block of its own; len 0 gives a block too, of which nothing may be read. */
static inline uint8_t *vector_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);

	vector_need(copy != NULL, "malloc", "no memory");
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

static inline size_t vector_unhex(const char *line, uint8_t *out, size_t cap)
{
	unsigned int octet;
	size_t n = 0;

	for (; sscanf(line, "%2x", &octet) == 1; line += 2) {
		vector_need(n < cap, "too long", line);
		out[n++] = (uint8_t)octet;
	}
	return n;
}

static inline void vector_load(struct vector *v)
{
	uint8_t buf[PMIP_MH_MAX * 2];
	FILE *f = vector_open(v->file);
	bool src = false, dst = false;
	char line[256], addr[64];

	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "# src %63s", addr) == 1)
			src = pmip_addr_parse(&v->src, addr) == 0;
		else if (sscanf(line, "# dst %63s", addr) == 1)
			dst = pmip_addr_parse(&v->dst, addr) == 0;
		else if (strncmp(line, "# carried in IPv4", 17) == 0)
			v->no_checksum = true;
		else if (line[0] != '#')
			v->len += vector_unhex(line, buf + v->len, sizeof(buf) - v->len);
	}
	fclose(f);
	vector_need(src && dst, "no src or dst", v->file);
	v->data = vector_copy(buf, v->len);
}

/* All vectors of INDEX, without their octets. */
static inline size_t vector_index(struct vector *v)
{
	FILE *f = vector_open("INDEX");
	char line[1024], canonical[8], role[8];
	size_t n = 0;

	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#')
			continue;
		vector_need(n < VECTOR_MAX, "INDEX", "raise VECTOR_MAX");
		memset(&v[n], 0, sizeof(v[n]));
		vector_need(sscanf(line, "%63[^\t]\t%31[^\t]\t%7[^\t]\t%7[^\t]\t%7[^\t]\t%31[^\t]\t%15[^\t]\t%7[^\t]\t", v[n].file,
				   v[n].result, v[n].offset, canonical, role, v[n].verdict, v[n].action, v[n].status) == 8, "INDEX", line);
		v[n].canonical = strcmp(canonical, "yes") == 0;
		v[n].role = strcmp(role, "lma") == 0 ? PMIP_ROLE_LMA : strcmp(role, "mag") == 0 ? PMIP_ROLE_MAG : PMIP_ROLE_ANY;
		n++;
	}
	fclose(f);
	return n;
}

static inline struct pmip_dgram vector_dgram(const struct vector *v)
{
	return (struct pmip_dgram){.src = v->src, .dst = v->dst, .data = v->data, .len = v->len};
}

static inline unsigned int vector_flags(const struct vector *v)
{
	return v->no_checksum ? PMIP_DECODE_NO_CHECKSUM : 0;
}

#endif
