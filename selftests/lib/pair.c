// SPDX-License-Identifier: GPL-2.0
/* pair.c -- hosts and their addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "pair.h"

static int module_family(void)
{
	FILE *file = fopen("/sys/module/hrtcp/parameters/family", "r");
	int family = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &family) != 1)
		family = -1;
	fclose(file);
	return family;
}

int testing_hrtcp(void)
{
	const char *family = getenv("HRTCP_FAMILY");

	return !family || strcmp(family, "inet");
}

int stack_family(enum stack stack, int ipv)
{
	if (stack == HR && testing_hrtcp())
		return module_family();
	return ipv == 4 ? AF_INET : AF_INET6;
}

struct sockaddr_storage addr_parse(const char *text, int port)
{
	struct sockaddr_storage addr = {};
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
	} else {
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
	}
	return addr;
}

socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
					    sizeof(struct sockaddr_in6);
}

int addr_port(const struct sockaddr_storage *addr)
{
	/* The port lies at the same place in both. */
	return ntohs(((const struct sockaddr_in *)addr)->sin_port);
}

struct sockaddr_storage addr_of(const struct end *end, int port)
{
	struct sockaddr_storage addr = end->addr;

	((struct sockaddr_in *)&addr)->sin_port = htons(port);
	return addr;
}

static int end_up(struct end *end, const char *ip4, const char *ip6)
{
	int error = net_enter(end->ns);

	if (!error)
		error = net_addr("eth0", ip4, 24);
	if (!error)
		error = net_addr("eth0", ip6, 64);
	if (!error)
		error = net_up("eth0");
	end->addr = addr_parse(end->ipv == 4 ? ip4 : ip6, 0);
	return error;
}

int pair_up(struct pair *pair, enum stack client, enum stack server, int ipv)
{
	int error;

	pair->server = (struct end){ .ns = net_new(), .stack = server, .ipv = ipv };
	if (pair->server.ns < 0)
		return pair->server.ns;
	pair->client = (struct end){ .ns = net_new(), .stack = client, .ipv = ipv };
	if (pair->client.ns < 0)
		return pair->client.ns;
	error = net_veth(pair->client.ns, pair->server.ns);
	if (!error)
		error = end_up(&pair->server, "10.0.0.2", "fd00::2");
	if (!error)
		error = end_up(&pair->client, "10.0.0.1", "fd00::1");
	if (!error)
		error = net_wait_local("fd00::1");
	if (!error)
		error = net_enter(pair->server.ns);
	if (!error)
		error = net_wait_link("eth0");
	return error ? error : net_wait_local("fd00::2");
}

int host_up(struct end *host, enum stack stack, int ipv)
{
	*host = (struct end){ .ns = net_new(), .stack = stack, .ipv = ipv };
	host->addr = addr_parse(ipv == 4 ? "127.0.0.1" : "::1", 0);
	return host->ns < 0 ? host->ns : 0;
}
