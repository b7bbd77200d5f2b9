// SPDX-License-Identifier: GPL-2.0
/*
 * mtu.c -- a path narrower than its ends, with and without a router that says so.
 *
 *        client                router                server
 *   +-------------+      +---------------+      +-------------+
 *   |        eth0 |======| eth0     eth1 |======| eth0        |
 *   +-------------+ 1500 +---------------+ 1300 +-------------+
 *     10.1.0.1/24           .2        .2          10.2.0.1/24
 *     fd01::1/64           ::2       ::2          fd02::1/64
 */
#include <stdarg.h>

#include "harness.h"

#define MTU 1300			/* IPv6 wants 1280 */
#define ONE_WAY (200 << 10)

FIXTURE(mtu)
{
	struct pair pair;
	int router;
	struct link link;
};

FIXTURE_VARIANT(mtu)
{
	enum stack server;
	int ipv;
};

FIXTURE_VARIANT_ADD(mtu, hr_v4) { .server = HR, .ipv = 4 };
FIXTURE_VARIANT_ADD(mtu, hr_v6) { .server = HR, .ipv = 6 };
FIXTURE_VARIANT_ADD(mtu, linux_v4) { .server = LINUX, .ipv = 4 };
FIXTURE_VARIANT_ADD(mtu, linux_v6) { .server = LINUX, .ipv = 6 };

/* A command of ip(8) in @ns. */
static int ip(int ns, const char *format, ...)
{
	char command[300] = "ip ";
	va_list args;
	int error;

	va_start(args, format);
	vsnprintf(command + 3, sizeof(command) - 3, format, args);
	va_end(args);
	error = net_enter(ns);
	return error ? error : system(command);
}

/* eth0 of @ns joined to @name of the router; @net is 1 or 2. */
static int wire(int ns, int router, const char *name, int net)
{
	int error = ip(ns, "link add eth0 type veth peer name %s netns /proc/%d/fd/%d", name,
		       getpid(), router);

	error = error ?: ip(ns, "addr add 10.%d.0.1/24 dev eth0", net);
	error = error ?: ip(ns, "addr add fd0%d::1/64 dev eth0 nodad", net);
	error = error ?: ip(ns, "link set eth0 up");
	error = error ?: ip(router, "addr add 10.%d.0.2/24 dev %s", net, name);
	error = error ?: ip(router, "addr add fd0%d::2/64 dev %s nodad", net, name);
	error = error ?: ip(router, "link set %s up", name);
	error = error ?: ip(ns, "route add default via 10.%d.0.2", net);
	return error ?: ip(ns, "-6 route add default via fd0%d::2", net);
}

FIXTURE_SETUP(mtu)
{
	struct pair *pair = &self->pair;

	pair->client = (struct end){ .ns = net_new(), .stack = HR, .ipv = variant->ipv };
	pair->server = (struct end){ .ns = net_new(), .stack = variant->server,
				     .ipv = variant->ipv };
	self->router = net_new();
	ASSERT_LE(0, self->router);
	ASSERT_EQ(0, net_sysctl("ipv4/ip_forward", "1"));
	ASSERT_EQ(0, net_sysctl("ipv6/conf/all/forwarding", "1"));
	ASSERT_EQ(0, wire(pair->client.ns, self->router, "eth0", 1));
	ASSERT_EQ(0, wire(pair->server.ns, self->router, "eth1", 2));
	ASSERT_EQ(0, ip(self->router, "link set eth1 mtu %d", MTU));
	pair->client.addr = addr_parse(variant->ipv == 4 ? "10.1.0.1" : "fd01::1", 0);
	pair->server.addr = addr_parse(variant->ipv == 4 ? "10.2.0.1" : "fd02::1", 0);
}

FIXTURE_TEARDOWN(mtu)
{
}

/* The router itself says nothing to the client any more. */
static int silence(int router)
{
	int error = ip(router, "rule add pref 1 iif lo to 10.1.0.0/24 blackhole");

	return error ?: ip(router, "-6 rule add pref 1 iif lo to fd01::/64 blackhole");
}

static int probing(const struct pair *pair, const char *how)
{
	int error = net_enter(pair->client.ns);

	return error ?: net_sysctl("hrtcp/mtu_probing", how);
}

/* What the client sends arrives. */
static int transfer(const struct link *link, uint32_t offset, uint32_t len)
{
	pid_t pid = fork();
	int status, error;

	if (!pid) {
		sock_keep_only(link->client);
		_exit(send_all(link->client, offset, len) != 0);
	}
	error = recv_all(link->server, offset, len);
	waitpid(pid, &status, 0);
	return error ?: status;
}

static int largest(const struct link *link)
{
	return sock_get(link->client, IPPROTO_TCP, TCP_MAXSEG);
}

TEST_F_TIMEOUT(mtu, R1191_01_a_router_that_says_so_is_believed, 60)
{
	const struct end *client = &self->pair.client;

	ONLY_HRTCP();
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_LT(MTU, largest(&self->link));
	ASSERT_EQ(0, transfer(&self->link, 0, ONE_WAY));
	EXPECT_GE(MTU - 40, largest(&self->link));
	EXPECT_EQ(0, diag_counter(client, "timeouts"));
	EXPECT_EQ(0, diag_counter(client, "mtu_black_holes"));
}

TEST_F_TIMEOUT(mtu, R2923_01_a_black_hole_is_found_by_its_silence, 120)
{
	const struct end *client = &self->pair.client;

	ONLY_HRTCP();
	ASSERT_EQ(0, silence(self->router));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_LT(MTU, largest(&self->link));
	ASSERT_EQ(0, transfer(&self->link, 0, ONE_WAY));
	EXPECT_GE(MTU - 40, largest(&self->link));
	EXPECT_LE(1, diag_counter(client, "mtu_black_holes"));
}

TEST_F_TIMEOUT(mtu, R4821_01_probes_find_what_passes_without_a_timeout, 120)
{
	const struct end *client = &self->pair.client;
	uint32_t offset;

	ONLY_HRTCP();
	ASSERT_EQ(0, silence(self->router));
	ASSERT_EQ(0, probing(&self->pair, "2"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_GT(MTU, largest(&self->link));
	for (offset = 0; offset < 20 * ONE_WAY; offset += ONE_WAY)
		ASSERT_EQ(0, transfer(&self->link, offset, ONE_WAY));
	EXPECT_GE(MTU - 40, largest(&self->link));
	EXPECT_LE(1, diag_counter(client, "mtu_misses"));
	EXPECT_LE(2, diag_counter(client, "mtu_probes"));
	EXPECT_EQ(0, diag_counter(client, "mtu_black_holes"));
}

TEST_F_TIMEOUT(mtu, R4821_03_a_wide_path_is_used_to_its_width, 60)
{
	ONLY_HRTCP();
	ASSERT_EQ(0, ip(self->router, "link set eth1 mtu 1500"));
	ASSERT_EQ(0, probing(&self->pair, "2"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	ASSERT_EQ(0, transfer(&self->link, 0, ONE_WAY));
	EXPECT_LT(MTU, largest(&self->link));
	EXPECT_EQ(1, diag_counter(&self->pair.client, "mtu_probes"));
}

TEST_HARNESS_MAIN
