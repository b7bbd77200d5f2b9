// SPDX-License-Identifier: GPL-2.0
/*
 * ecn.c -- congestion marks over a network that marks what is ECT and loses what is not: classic
 * and Accurate ECN between both stacks. Linux TCP knows the latter from 6.18 on.
 */
#include "harness.h"

#define LEN 3000000

PAIR_FIXTURE(ecn)

/* What Linux TCP can: 2 as the core counts, or 1. */
static int linux_ecn(const struct end *end)
{
	if (net_enter(end->ns))
		return -1;
	if (!net_sysctl("ipv4/tcp_ecn", "3"))
		return 2;
	return net_sysctl("ipv4/tcp_ecn", "1") ? -1 : 1;
}

static int hr_ecn(const struct end *end, const char *value)
{
	if (end->stack == LINUX || !testing_hrtcp())
		return linux_ecn(end);
	if (net_enter(end->ns) || net_sysctl("hrtcp/ecn", value))
		return -1;
	return value[0] >= '3' ? 2 : 1;
}

/* Agree on as much as both can; what the client sends is marked, one packet in ten. */
static int begin(struct __test_metadata *_metadata, const struct pair *pair, struct link *link,
		 const char *client, const char *server)
{
	const int a = hr_ecn(&pair->client, client), b = hr_ecn(&pair->server, server);

	ASSERT_LT(0, a);
	ASSERT_LT(0, b);
	ASSERT_EQ(0, link_up(link, pair, 80));
	ASSERT_EQ(0, net_enter(pair->client.ns));
	ASSERT_EQ(0, system("tc qdisc replace dev eth0 root netem limit 10000 delay 1ms loss 10% ecn"));
	return a < b ? a : b;
}

static void see(struct __test_metadata *_metadata, const struct end *end, int local, int remote,
		int mode, struct row *row)
{
	memset(row, 0, sizeof(*row));
	if (end->stack == LINUX || !testing_hrtcp())
		return;
	ASSERT_TRUE(diag_find(end, local, remote, row));
	EXPECT_EQ((uint32_t)mode, row->ecn);
}

/* Data towards the server, whole, and marks on the way that both ends tell of. */
static void marked(struct __test_metadata *_metadata, const struct pair *pair,
		   const struct link *link, int mode)
{
	struct row client, server;

	ASSERT_EQ(0, exchange(link->client, link->server, LEN, 65536));
	pause_ms(100);
	see(_metadata, &pair->client, link->client_port, 80, mode, &client);
	see(_metadata, &pair->server, 80, link->client_port, mode, &server);
	TH_LOG("mode %d, came marked: %u, told of: %u", mode, server.ce_in, client.ce_told);
	if (pair->server.stack == HR && testing_hrtcp())
		EXPECT_LT(0, server.ce_in);
	if (pair->client.stack != HR || !testing_hrtcp() || mode != 2)
		return;
	EXPECT_LT(0, client.ce_told);
	EXPECT_EQ((int64_t)client.ce_told, diag_counter(&pair->client, "ce_told"));
	if (pair->server.stack == HR) {
		EXPECT_LE(server.ce_in, client.ce_told + 8);
		EXPECT_EQ((int64_t)server.ce_in, diag_counter(&pair->server, "ce_in"));
	}
}

TEST_F(ecn, accurate_where_both_know_it)
{
	struct link link;
	int mode = begin(_metadata, &self->pair, &link, "3", "5");

	marked(_metadata, &self->pair, &link, mode);
}

TEST_F(ecn, classic_where_only_that_is_asked_for)
{
	struct link link;
	int mode;

	if (self->pair.client.stack == LINUX)
		return;			/* hrTCP asks */
	mode = begin(_metadata, &self->pair, &link, "4", "5");
	marked(_metadata, &self->pair, &link, mode < 1 ? mode : 1);
}

TEST_F(ecn, classic_where_the_server_knows_no_more)
{
	struct link link;
	int mode;

	if (self->pair.server.stack == LINUX)
		return;			/* hrTCP answers */
	mode = begin(_metadata, &self->pair, &link, "3", "2");
	marked(_metadata, &self->pair, &link, mode);
}

TEST_F(ecn, dctcp_hears_of_octets)
{
	struct link link;
	int mode;

	ONLY_HRTCP();
	if (self->pair.client.stack == LINUX)
		return;			/* Linux has its own DCTCP */
	mode = begin(_metadata, &self->pair, &link, "3", "3");
	ASSERT_EQ(0, setsockopt(link.client, IPPROTO_TCP, TCP_CONGESTION, "dctcp", 5));
	marked(_metadata, &self->pair, &link, mode);
}

TEST_F(ecn, tcp_info_says_so)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	struct link link;

	ONLY_HRTCP();
	if (self->pair.client.stack == LINUX)
		return;
	begin(_metadata, &self->pair, &link, "3", "3");
	ASSERT_EQ(0, exchange(link.client, link.server, 1000, 1000));
	ASSERT_EQ(0, getsockopt(link.client, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_TRUE(info.tcpi_options & TCPI_OPT_ECN);
	EXPECT_TRUE(info.tcpi_options & TCPI_OPT_ECN_SEEN);
}

TEST_HARNESS_MAIN
