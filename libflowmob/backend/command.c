/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memfd_create, environ */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libflowmob/backend/command.h"

enum { WORDS_MAX = 15 };

/* A file that is nowhere, with this text. @return a descriptor, or -1 */
static int file_of(const char *text)
{
	const size_t len = strlen(text);
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int flowmob__command(const char *const argv[], const char *input)
{
	int in = input ? file_of(input) : open("/dev/null", O_RDONLY | O_CLOEXEC), out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char *words[WORDS_MAX + 1];
	posix_spawn_file_actions_t actions;
	int status = -1, n = 0;
	pid_t pid;

	for (; argv[n] && n < WORDS_MAX; n++)
		words[n] = (char *)(uintptr_t)argv[n];
	words[n] = NULL;
	if (in < 0 || out < 0 || posix_spawn_file_actions_init(&actions) != 0)
		goto out;
	if (posix_spawn_file_actions_adddup2(&actions, in, 0) == 0 && posix_spawn_file_actions_adddup2(&actions, out, 1) == 0 &&
	    posix_spawn_file_actions_adddup2(&actions, out, 2) == 0 && posix_spawnp(&pid, argv[0], &actions, NULL, words, environ) == 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&actions);
out:
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
