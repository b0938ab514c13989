/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules are made by iptables-restore(8), in one transaction for each family. Of its two variants the first that does it is taken: a
 * kernel may have what only one of them needs. */
#include "config.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pmip/flow.h>

#include "backend/backend_log.h"
#include "backend/connmark.h"
#include "backend/if_sysctl.h"

enum { FAMILIES = 2, VARIANTS = 2, WORDS_OCTETS = 160 };

extern char **environ;

static const char *const programs[FAMILIES][VARIANTS] = {
	{ "ip6tables-restore", "ip6tables-legacy-restore" },
	{ "iptables-restore", "iptables-legacy-restore" },
};

/* Whether the program takes what is in the file. words: what it says. */
static bool run(const char *program, int script, char words[WORDS_OCTETS])
{
	char *argv[] = { (char *)program, (char *)"--noflush", (char *)"-w", NULL };
	int out = memfd_create("words", MFD_CLOEXEC), status = -1;
	posix_spawn_file_actions_t actions;
	ssize_t len = 0;
	pid_t pid;

	snprintf(words, WORDS_OCTETS, "cannot be run");
	if (out >= 0 && lseek(script, 0, SEEK_SET) == 0 && posix_spawn_file_actions_init(&actions) == 0) {
		posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
		posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
		if (posix_spawnp(&pid, program, &actions, NULL, argv, environ) == 0 && waitpid(pid, &status, 0) == pid && status != 0)
			len = pread(out, words, WORDS_OCTETS - 1, 0);
		posix_spawn_file_actions_destroy(&actions);
	}
	if (len > 0) {
		words[len] = '\0';
		words[strcspn(words, "\n")] = '\0';
	}
	if (out >= 0)
		close(out);
	return status == 0;
}

static void write_chains(int script, const char *prefix)
{
	unsigned int mask = PMIP_FLOW_MARK_MASK;

	dprintf(script, ":%s-mark - [0:0]\n:%s-keep - [0:0]\n", prefix, prefix);
	dprintf(script, "-A %s-mark -m connmark ! --mark 0/%#x -j CONNMARK --restore-mark --nfmask %#x --ctmask %#x\n", prefix, mask, mask, mask);
	/* a packet on its way must not undo a move: only a connection without a mark takes one */
	dprintf(script, "-A %s-keep -m mark ! --mark 0/%#x -m connmark --mark 0/%#x -j CONNMARK --save-mark --nfmask %#x --ctmask %#x\n", prefix, mask,
		mask, mask, mask);
	dprintf(script, "-I PREROUTING -j %s-mark\n-I OUTPUT -j %s-mark\n-I FORWARD -j %s-keep\n", prefix, prefix, prefix);
}

/* Take the chains out, put them in, or both. @return whether one of the variants of the family's program has done it. */
static bool change(unsigned int family, const char *prefix, bool out, bool in, char words[WORDS_OCTETS])
{
	int script = memfd_create("rules", MFD_CLOEXEC);
	unsigned int variant;
	bool done = false;

	if (script < 0)
		return false;
	dprintf(script, "*mangle\n");
	if (out)
		dprintf(script, "-D PREROUTING -j %s-mark\n-D OUTPUT -j %s-mark\n-D FORWARD -j %s-keep\n", prefix, prefix, prefix);
	if (in)
		write_chains(script, prefix);
	else
		dprintf(script, "-F %s-mark\n-X %s-mark\n-F %s-keep\n-X %s-keep\n", prefix, prefix, prefix, prefix);
	dprintf(script, "COMMIT\n");
	for (variant = 0; variant < VARIANTS && !done; variant++)
		done = run(programs[family][variant], script, words);
	close(script);
	return done;
}

int pmip__connmark_set(const char *prefix, const struct pmip_log *log)
{
	char words[WORDS_OCTETS] = "";
	unsigned int family;

	for (family = 0; family < FAMILIES; family++) {
		if (change(family, prefix, true, true, words) || change(family, prefix, false, true, words))
			continue;
		pmip__backend_log(log, PMIP_LOG_ERROR, "netlink", "%s: %s; moving flows takes the package iptables and a kernel with CONNMARK",
				  programs[family][VARIANTS - 1], words);
		pmip__connmark_clear(prefix);
		return PMIP_ERR_UNSUPPORTED;
	}
	return pmip__if_sysctl_set(".", "netfilter", "nf_conntrack_acct", 1);
}

void pmip__connmark_clear(const char *prefix)
{
	char words[WORDS_OCTETS];
	unsigned int family;

	for (family = 0; family < FAMILIES; family++)
		change(family, prefix, true, false, words);
}
