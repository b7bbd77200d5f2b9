// SPDX-License-Identifier: GPL-2.0
/*
 * address.c -- an AF_INET6 socket has IPv4 peers as ::ffff:a.b.c.d; hrTCP's sockets, which
 * serve both, have them as sockaddr_in.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <netinet/in.h>
#include <string.h>

socklen_t address_to_kernel(struct sockaddr_storage *to, const struct sockaddr *from,
			    socklen_t length)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6;

	memset(to, 0, sizeof(*to));
	if (length > sizeof(*to))
		length = sizeof(*to);
	memcpy(to, from, length);
	if (length < sizeof(in6) || to->ss_family != AF_INET6)
		return length;
	memcpy(&in6, to, sizeof(in6));
	if (!IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return length;
	in.sin_port = in6.sin6_port;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memset(to, 0, sizeof(*to));
	memcpy(to, &in, sizeof(in));
	return sizeof(in);
}

static socklen_t map(struct sockaddr_storage *address)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in;

	memcpy(&in, address, sizeof(in));
	in6.sin6_port = in.sin_port;
	if (in.sin_addr.s_addr != htonl(INADDR_ANY)) {
		in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xff;
		memcpy(&in6.sin6_addr.s6_addr[12], &in.sin_addr, sizeof(in.sin_addr));
	}
	memcpy(address, &in6, sizeof(in6));
	return sizeof(in6);
}

/* Not bound yet, a socket may say ::, which to a program of AF_INET is 0.0.0.0. */
static socklen_t unmap(struct sockaddr_storage *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6;

	memcpy(&in6, address, sizeof(in6));
	in.sin_port = in6.sin6_port;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memset(address, 0, sizeof(*address));
	memcpy(address, &in, sizeof(in));
	return sizeof(in);
}

socklen_t address_to_program(struct sockaddr_storage *address, socklen_t length, int family)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

	if (family == AF_INET6 && address->ss_family == AF_INET)
		return map(address);
	if (family == AF_INET && address->ss_family == AF_INET6 &&
	    (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr)))
		return unmap(address);
	return length;
}
