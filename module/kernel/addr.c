// SPDX-License-Identifier: GPL-2.0
/* addr.c -- sockaddr_in and sockaddr_in6 to and from one form. */
#include "addr.h"

#include <linux/in.h>
#include <net/ipv6.h>

static int parse_v4(struct hrtcp_addr *addr, const struct sockaddr_in *sin, int len)
{
	if (len < (int)sizeof(*sin))
		return -EINVAL;
	ipv6_addr_set_v4mapped(sin->sin_addr.s_addr, &addr->ip);
	addr->port = ntohs(sin->sin_port);
	return 0;
}

static int parse_v6(struct hrtcp_addr *addr, const struct sockaddr_in6 *sin6, int len)
{
	if (len < SIN6_LEN_RFC2133)
		return -EINVAL;
	addr->ip = sin6->sin6_addr;
	addr->port = ntohs(sin6->sin6_port);
	if (len >= (int)sizeof(*sin6) && __ipv6_addr_needs_scope_id(ipv6_addr_type(&addr->ip)))
		addr->scope = sin6->sin6_scope_id;
	return 0;
}

int hrtcp_addr_parse(struct hrtcp_addr *addr, const hrtcp_sockaddr *uaddr, int len)
{
	const struct sockaddr *sa = (const struct sockaddr *)uaddr;

	memset(addr, 0, sizeof(*addr));
	if (len < (int)offsetofend(struct sockaddr, sa_family))
		return -EINVAL;
	addr->family = sa->sa_family;
	if (sa->sa_family == AF_INET)
		return parse_v4(addr, (const struct sockaddr_in *)uaddr, len);
	if (sa->sa_family == AF_INET6)
		return parse_v6(addr, (const struct sockaddr_in6 *)uaddr, len);
	return -EAFNOSUPPORT;
}

int hrtcp_addr_emit(struct sockaddr *uaddr, const struct hrtcp_addr *addr)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)uaddr;
	struct sockaddr_in *sin = (struct sockaddr_in *)uaddr;

	if (addr->family == AF_INET6) {
		memset(sin6, 0, sizeof(*sin6));
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(addr->port);
		sin6->sin6_addr = addr->ip;
		sin6->sin6_scope_id = ipv6_iface_scope_id(&addr->ip, addr->scope);
		return sizeof(*sin6);
	}
	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_port = htons(addr->port);
	sin->sin_addr.s_addr = addr->ip.s6_addr32[3];
	return sizeof(*sin);
}

bool hrtcp_addr_any(const struct in6_addr *ip)
{
	return ipv6_addr_any(ip) || (ipv6_addr_v4mapped(ip) && !ip->s6_addr32[3]);
}
