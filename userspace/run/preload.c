// SPDX-License-Identifier: GPL-2.0
/*
 * preload.c -- the socket calls of a program that is run by hrtcp run. Its TCP sockets become
 * sockets of AF_HRTCP; it is told what it would be told by the host's TCP.
 *
 * A program that makes system calls itself (Go's runtime, io_uring, static linking) is out of
 * reach.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define TYPE_MASK 0xf	/* of a socket's type, the rest are flags */

static void *find(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();	/* no C library has no socket() */
	return found;
}

/* Found anew by each thread that comes first; they find the same. */
const struct real_calls *real(void)
{
	static struct real_calls calls;

	if (__atomic_load_n(&calls.setsockopt, __ATOMIC_ACQUIRE) == NULL) {
		calls.socket = find("socket");
		calls.bind = find("bind");
		calls.connect = find("connect");
		calls.accept4 = find("accept4");
		calls.getsockname = find("getsockname");
		calls.getpeername = find("getpeername");
		calls.getsockopt = find("getsockopt");
		__atomic_store_n(&calls.setsockopt, find("setsockopt"), __ATOMIC_RELEASE);
	}
	return &calls;
}

EXPORT int socket(int domain, int type, int protocol)
{
	int fd, flags = type & ~TYPE_MASK;

	if ((domain != AF_INET && domain != AF_INET6) || (type & TYPE_MASK) != SOCK_STREAM ||
	    (protocol != 0 && protocol != IPPROTO_TCP))
		return real()->socket(domain, type, protocol);
	fd = real()->socket(hrtcp_family(), SOCK_STREAM | flags, 0);
	if (fd >= 0)
		remember_asked(fd, domain);
	say("socket() of %s is %d of hrTCP%s%s", domain == AF_INET ? "AF_INET" : "AF_INET6", fd,
	    fd < 0 ? ": " : "", fd < 0 ? strerror(errno) : "");
	return fd;
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_storage converted;

	if (address == NULL || asked_family(fd) == 0)
		return real()->bind(fd, address, length);
	length = address_to_kernel(&converted, address, length);
	return real()->bind(fd, (const struct sockaddr *)&converted, length);
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_storage converted;

	if (address == NULL || asked_family(fd) == 0)
		return real()->connect(fd, address, length);
	length = address_to_kernel(&converted, address, length);
	return real()->connect(fd, (const struct sockaddr *)&converted, length);
}

/* Gives the program at most as much as its buffer holds, and says how long it is. */
static void hand_over(const struct sockaddr_storage *from, socklen_t length, struct sockaddr *to,
		      socklen_t *room)
{
	memcpy(to, from, length < *room ? length : *room);
	*room = length;
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(peer);
	int family = asked_family(fd), accepted;

	if (family == 0)
		return real()->accept4(fd, address, length, flags);
	if (address != NULL && length == NULL) {
		errno = EFAULT;
		return -1;
	}
	accepted = real()->accept4(fd, (struct sockaddr *)&peer, &size, flags);
	if (accepted < 0)
		return accepted;
	remember_asked(accepted, family);
	size = address_to_program(&peer, size, family);
	if (address != NULL)
		hand_over(&peer, size, address, length);
	say("accept() on %d is %d of hrTCP", fd, accepted);
	return accepted;
}

EXPORT int accept(int fd, struct sockaddr *address, socklen_t *length)
{
	return accept4(fd, address, length, 0);
}

typedef int (*name_call)(int fd, struct sockaddr *address, socklen_t *length);

static int get_name(name_call call, int fd, struct sockaddr *address, socklen_t *length)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	int result, family = asked_family(fd);

	if (family == 0 || address == NULL || length == NULL)
		return call(fd, address, length);
	result = call(fd, (struct sockaddr *)&name, &size);
	if (result == 0)
		hand_over(&name, address_to_program(&name, size, family), address, length);
	return result;
}

EXPORT int getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	return get_name(real()->getsockname, fd, address, length);
}

EXPORT int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
	return get_name(real()->getpeername, fd, address, length);
}

EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
	int family, result = real()->getsockopt(fd, level, option, value, length);

	if (result != 0 || level != SOL_SOCKET || option != SO_DOMAIN || *length < sizeof(int))
		return result;
	family = asked_family(fd);
	if (family != 0)
		memcpy(value, &family, sizeof(family));
	return result;
}

/* Options without which a connection carries the same octets to the same end: at most it is
 * slower, or a dead peer found later. */
static const struct {
	int level, option;
} harmless[] = {
	{ IPPROTO_TCP, TCP_QUICKACK },
	{ IPPROTO_TCP, TCP_DEFER_ACCEPT },
	{ IPPROTO_TCP, TCP_FASTOPEN },
	{ IPPROTO_TCP, TCP_FASTOPEN_CONNECT },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT },
	{ IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS },
	{ IPPROTO_TCP, TCP_THIN_DUPACK },
	{ IPPROTO_TCP, TCP_LINGER2 },
	{ IPPROTO_TCP, TCP_SYNCNT },
	{ IPPROTO_TCP, TCP_WINDOW_CLAMP },
	{ IPPROTO_TCP, TCP_KEEPIDLE },
	{ IPPROTO_TCP, TCP_KEEPINTVL },
	{ IPPROTO_TCP, TCP_KEEPCNT },
	{ IPPROTO_TCP, TCP_CORK },
	{ IPPROTO_TCP, TCP_NODELAY },
	{ IPPROTO_IP, IP_TOS },
	{ IPPROTO_IP, IP_RECVERR },
	{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
	{ IPPROTO_IPV6, IPV6_TCLASS },
	{ IPPROTO_IPV6, IPV6_RECVERR },
};

static bool is_harmless(int level, int option, const void *value, socklen_t length)
{
	int number = 1;

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (harmless[i].level == level && harmless[i].option == option)
			return true;
	if (level != IPPROTO_IPV6 || option != IPV6_V6ONLY || length < sizeof(number))
		return false;
	memcpy(&number, value, sizeof(number));
	return number == 0;	/* which is how it is */
}

EXPORT int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	int result = real()->setsockopt(fd, level, option, value, length), saved = errno;

	if (result == 0 || (errno != ENOPROTOOPT && errno != EOPNOTSUPP) || asked_family(fd) == 0)
		return result;
	if (value != NULL && is_harmless(level, option, value, length)) {
		say("setsockopt() level %d option %d on %d is passed over", level, option, fd);
		return 0;
	}
	say("setsockopt() level %d option %d on %d: %s", level, option, fd, strerror(saved));
	errno = saved;
	return result;
}
