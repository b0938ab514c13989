/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of a daemon. */
#ifndef EXAMPLES_OPTIONS_H
#define EXAMPLES_OPTIONS_H

#include <stdbool.h>

struct program;

struct options {
	const char *file;   /* configuration */
	const char *events; /* where events go, or NULL */
	int ready_fd;       /* -1 = none */
	bool check;         /* --check-config */
	bool verbose;
};

/* @return -1 to go on, or the exit code: what was asked for has been printed, or what is wrong. */
int options_parse(struct options *options, const struct program *program, int argc, char **argv);

#endif
