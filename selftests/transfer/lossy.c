// SPDX-License-Identifier: GPL-2.0
/* lossy.c -- a network that loses, reorders, repeats and corrupts: all data arrives whole. */
#include "harness.h"

FIXTURE(lossy)
{
	struct pair pair;
	struct link link;
	uint32_t len;
};

PAIR_VARIANTS(lossy)

/* What is lost may be the question for the neighbour's address: ask until it is answered. */
static int ask_on(const struct end *end)
{
	int error = net_enter(end->ns);

	return error ? error : system("sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=30 "
				      "net.ipv4.neigh.eth0.ucast_solicit=30 "
				      "net.ipv6.neigh.eth0.mcast_solicit=30 "
				      "net.ipv6.neigh.eth0.ucast_solicit=30");
}

FIXTURE_SETUP(lossy)
{
	const char *mb = getenv("HRTCP_LOSSY_MB");

	self->len = (mb ? atoi(mb) : 3) << 20;
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	ASSERT_EQ(0, ask_on(&self->pair.client));
	ASSERT_EQ(0, ask_on(&self->pair.server));
}

FIXTURE_TEARDOWN(lossy)
{
}

static int netem(const struct end *end, const char *what)
{
	char command[200];
	int error = net_enter(end->ns);

	snprintf(command, sizeof(command), "tc qdisc replace dev eth0 root netem limit 10000 %s",
		 what);
	return error ? error : system(command);
}

static int both(const struct pair *pair, const char *what)
{
	return netem(&pair->client, what) || netem(&pair->server, what);
}

TEST_F_TIMEOUT(lossy, loss_reordering_and_duplicates, 600)
{
	ASSERT_EQ(0, both(&self->pair,
			  "delay 2ms 1ms loss 5% reorder 10% duplicate 1%"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, self->len, 65536));
}

TEST_F_TIMEOUT(lossy, heavy_loss, 600)
{
	ASSERT_EQ(0, both(&self->pair, "delay 1ms loss 10%"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, self->len / 16, 65536));
}

TEST_F_TIMEOUT(lossy, corruption_is_counted_and_never_delivered, 600)
{
	struct end *end = variant->client == HR ? &self->pair.client : &self->pair.server;

	ASSERT_EQ(0, both(&self->pair, "delay 1ms corrupt 3%"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, self->len, 65536));
	ONLY_HRTCP();
	/* netem spoils one segment of a super-segment at the most: a few may all be spared. */
	while (!diag_counter(end, "bad_checksum"))
		ASSERT_EQ(0, exchange(self->link.client, self->link.server, self->len, 65536));
}

TEST_F_TIMEOUT(lossy, the_handshake_and_the_end_survive_loss, 120)
{
	int listener, i;

	ASSERT_EQ(0, both(&self->pair, "delay 1ms loss 20%"));
	listener = sock_listen(&self->pair.server, 80, 16);
	for (i = 0; i < 8; i++) {
		int client = sock_dial(&self->pair.client, &self->pair.server, 80), server;

		ASSERT_LE(0, client);
		ASSERT_EQ(0, send_all(client, 0, 100));
		server = sock_accept(listener);
		ASSERT_EQ(0, sock_close(client));
		EXPECT_EQ(0, recv_all(server, 0, 100));
		EXPECT_EQ(0, recv_end(server));
		ASSERT_EQ(0, sock_close(server));
	}
}

TEST_HARNESS_MAIN
