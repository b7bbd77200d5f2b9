// SPDX-License-Identifier: GPL-2.0
/*
 * matrix.c -- each way a network may be bad, for each pair of stacks, each version of IP and each
 * congestion control: data is whole in both directions, and the connection ends in order.
 */
#include "harness.h"

#define LEN 60000			/* octets each way, on each connection */

FIXTURE(matrix)
{
	struct pair pair;
};

PAIR_VARIANTS(matrix)

FIXTURE_SETUP(matrix)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
}

FIXTURE_TEARDOWN(matrix)
{
}

/* Both directions are bad in the same way. DCTCP wants ECN; Linux TCP answers who asks for it. */
static int prepare(const struct end *end, const char *network)
{
	char command[200];
	int error = net_enter(end->ns);

	snprintf(command, sizeof(command), "tc qdisc replace dev eth0 root netem limit 10000 %s",
		 network);
	if (!error)
		error = system(command);
	if (!error && end->stack == HR && testing_hrtcp())
		error = net_sysctl("hrtcp/ecn", "1");
	return error;
}

/*
 * The client closes first, so it is the one with a TIME-WAIT. Its last ACK, come twice, finds
 * nobody and is answered by a reset, which ends Linux's TIME-WAIT (RFC 1337), but not ours.
 */
static bool waits(const struct end *client, const struct link *link)
{
	const int state = diag_state(client, link->client_port, link->server_port);

	return state == HRTCP_TIME_WAIT || (!state && (client->stack == LINUX || !testing_hrtcp()));
}

static void end_in_order(struct __test_metadata *_metadata, const struct pair *pair,
			 const struct link *link)
{
	ASSERT_EQ(0, shutdown(link->client, SHUT_WR));
	EXPECT_EQ(0, recv_end(link->server));
	ASSERT_EQ(0, sock_close(link->server));
	EXPECT_EQ(0, recv_end(link->client));
	ASSERT_EQ(0, sock_close(link->client));
	ASSERT_TRUE(WAIT_FOR(waits(&pair->client, link)));
	REACHES(&pair->server, link->server_port, link->client_port, 0);
}

static bool choose(const struct end *end, int fd, const char *algorithm)
{
	return end->stack == LINUX || !testing_hrtcp() ||
	       !setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithm, strlen(algorithm));
}

static void survive(struct __test_metadata *_metadata, const struct pair *pair,
		    const char *network)
{
	static const char *const algorithms[] = { "reno", "cubic", "dctcp", "bbr" };
	struct link link;
	uint32_t i;

	ASSERT_EQ(0, prepare(&pair->client, network));
	ASSERT_EQ(0, prepare(&pair->server, network));
	for (i = 0; i < ARRAY_SIZE(algorithms); i++) {
		ASSERT_EQ(0, link_up(&link, pair, 80 + (int)i));
		if (!choose(&pair->client, link.client, algorithms[i]) ||
		    !choose(&pair->server, link.server, algorithms[i])) {
			ASSERT_EQ(ENOENT, errno) TH_LOG("%s", algorithms[i]);
			ASSERT_LT(2, i);	/* only those built in must be there */
			TH_LOG("no %s here", algorithms[i]);
		}
		EXPECT_EQ(0, exchange(link.client, link.server, LEN, 16384)) {
			TH_LOG("%s", algorithms[i]);
		}
		end_in_order(_metadata, pair, &link);
	}
}

#define SURVIVES(name, network)						\
	TEST_F_TIMEOUT(matrix, name, 120)				\
	{								\
		survive(_metadata, &self->pair, network);		\
	}

SURVIVES(loss, "delay 1ms loss 3%")
SURVIVES(reordering, "delay 2ms reorder 25% gap 3")
SURVIVES(duplicates, "delay 1ms duplicate 10%")
SURVIVES(corruption, "delay 1ms corrupt 3%")
SURVIVES(a_delay_that_varies, "delay 10ms 8ms")
SURVIVES(all_at_once, "delay 3ms 2ms loss 1% reorder 10% duplicate 2% corrupt 1%")

TEST_HARNESS_MAIN
