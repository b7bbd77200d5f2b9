/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shim.h -- the parts of libhrtcp-run.so.
 *
 * preload.c takes the place of the C library's socket calls, address.c turns addresses into
 * what the program or the kernel expects, asked.c remembers which family the program asked
 * for, say.c tells what was done if HRTCP_RUN_DEBUG is set.
 */
#ifndef HRTCP_RUN_SHIM_H
#define HRTCP_RUN_SHIM_H

#include <stdbool.h>
#include <sys/socket.h>

/* The C library's own functions. */
struct real_calls {
	int (*socket)(int domain, int type, int protocol);
	int (*bind)(int fd, const struct sockaddr *address, socklen_t length);
	int (*connect)(int fd, const struct sockaddr *address, socklen_t length);
	int (*accept4)(int fd, struct sockaddr *address, socklen_t *length, int flags);
	int (*getsockname)(int fd, struct sockaddr *address, socklen_t *length);
	int (*getpeername)(int fd, struct sockaddr *address, socklen_t *length);
	int (*getsockopt)(int fd, int level, int option, void *value, socklen_t *length);
	int (*setsockopt)(int fd, int level, int option, const void *value, socklen_t length);
};

const struct real_calls *real(void);

/* -- asked.c ----------------------------------------------------------------------- */

/* The number of AF_HRTCP on this machine. */
int hrtcp_family(void);

/* The program asked for @family, AF_INET or AF_INET6, when it got @fd. */
void remember_asked(int fd, int family);

/* Which family the program asked for; 0: @fd is no socket of hrTCP. */
int asked_family(int fd);

/* -- address.c --------------------------------------------------------------------- */

/* An address of the program for the kernel: ::ffff:a.b.c.d becomes a.b.c.d. Returns its length. */
socklen_t address_to_kernel(struct sockaddr_storage *to, const struct sockaddr *from,
			    socklen_t length);

/* An address of the kernel as a socket of @family has it: a.b.c.d becomes ::ffff:a.b.c.d. */
socklen_t address_to_program(struct sockaddr_storage *address, socklen_t length, int family);

/* -- say.c ------------------------------------------------------------------------- */

/* Prints to standard error if HRTCP_RUN_DEBUG=1. Leaves errno alone. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
