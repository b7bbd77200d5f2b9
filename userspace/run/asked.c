// SPDX-License-Identifier: GPL-2.0
/*
 * asked.c -- which family a socket was asked for. The kernel's socket only knows AF_HRTCP, so the
 * answer is kept here, under the socket's cookie: unlike the descriptor's number it is neither
 * reused after close() nor another one after dup(). What is not found here, because it came
 * through exec() or was pushed out, is told by the socket's own address.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "uapi/hrtcp.h"

#define SLOTS 16384

/* The cookie shifted left by one, the lowest bit is set for AF_INET6. 0: empty. */
static _Atomic uint64_t slots[SLOTS];

static int read_family(void)
{
	const char *given = secure_getenv("HRTCP_FAMILY");
	int family = AF_HRTCP, saved = errno;
	FILE *file;

	if (given != NULL)
		return atoi(given);
	file = fopen("/sys/module/hrtcp/parameters/family", "re");
	if (file != NULL) {
		if (fscanf(file, "%d", &family) != 1)
			family = AF_HRTCP;
		fclose(file);
	}
	errno = saved;
	return family;
}

int hrtcp_family(void)
{
	static _Atomic int family;

	if (family == 0)
		family = read_family();
	return family;
}

static bool get_cookie(int fd, uint64_t *cookie)
{
	socklen_t length = sizeof(*cookie);

	return real()->getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, &length) == 0;
}

void remember_asked(int fd, int family)
{
	int saved = errno;
	uint64_t cookie;

	if (get_cookie(fd, &cookie))
		slots[cookie % SLOTS] = cookie << 1 | (family == AF_INET6);
	errno = saved;
}

static int family_by_address(int fd)
{
	struct sockaddr_storage address = { .ss_family = AF_INET };
	socklen_t length = sizeof(address);

	real()->getsockname(fd, (struct sockaddr *)&address, &length);
	return address.ss_family == AF_INET6 ? AF_INET6 : AF_INET;
}

static bool is_ours(int fd)
{
	socklen_t length = sizeof(int);
	int domain = 0;

	return real()->getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 &&
	       domain == hrtcp_family();
}

int asked_family(int fd)
{
	int family = 0, saved = errno;
	uint64_t cookie, slot;

	if (is_ours(fd)) {
		family = family_by_address(fd);
		if (get_cookie(fd, &cookie)) {
			slot = slots[cookie % SLOTS];
			if (slot >> 1 == (cookie & (UINT64_MAX >> 1)) && slot != 0)
				family = slot & 1 ? AF_INET6 : AF_INET;
		}
	}
	errno = saved;
	return family;
}
