// SPDX-License-Identifier: GPL-2.0
/* fastopen.c -- Fast Open as programs use it, between hrTCP and Linux TCP in both roles. */
#include "harness.h"

PAIR_FIXTURE(fastopen);

#define LEN 100

/* Both ends willing, in both roles. Returns the listener. */
static int willing(struct pair *pair)
{
	struct end *ends[] = { &pair->client, &pair->server };
	int i, fd, err;

	for (i = 0; i < 2; i++) {
		net_enter(ends[i]->ns);
		err = net_sysctl("ipv4/tcp_fastopen", "3");
		if (!err && ends[i]->stack == HR && testing_hrtcp())
			err = net_sysctl("hrtcp/fastopen", "3");
		if (err)
			return err;
	}
	fd = sock_listen(&pair->server, 80, 16);
	if (fd >= 0)
		err = sock_set(fd, IPPROTO_TCP, TCP_FASTOPEN, 16);
	return err ? err : fd;
}

/* sendto() with MSG_FASTOPEN. Returns 0, or the negative errno. */
static int send_fast(struct pair *pair, int fd, int flags)
{
	struct sockaddr_storage addr = addr_of(&pair->server, 80);
	uint8_t data[LEN];

	pattern_fill(data, 0, LEN);
	return sendto(fd, data, LEN, MSG_FASTOPEN | flags, (struct sockaddr *)&addr,
		      addr_len(&addr)) == LEN ? 0 : -errno;
}

/* The same with a new socket, which it returns. */
static int open_with_data(struct pair *pair, int flags)
{
	int fd = sock_new(&pair->client);

	return send_fast(pair, fd, flags) ?: fd;
}

static int syn_data(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -errno;
	return !!(info.tcpi_options & TCPI_OPT_SYN_DATA);
}

TEST_F(fastopen, R7413_04_R7413_06_the_second_connection_brings_data_with_its_syn)
{
	int listener = willing(&self->pair), client, server, i;

	ASSERT_LE(0, listener);
	for (i = 0; i < 3; i++) {
		client = open_with_data(&self->pair, 0);
		ASSERT_LE(0, client);
		server = sock_accept(listener);
		ASSERT_LE(0, server);
		EXPECT_EQ(0, recv_all(server, 0, LEN));
		EXPECT_EQ(i > 0, syn_data(client));
		EXPECT_EQ(i > 0, syn_data(server));
		EXPECT_EQ(0, exchange(client, server, 20000, 4000));
		ASSERT_EQ(0, sock_close(client));
		EXPECT_EQ(0, recv_end(server));
		ASSERT_EQ(0, sock_close(server));
	}
	if (variant->server == HR && testing_hrtcp()) {
		EXPECT_EQ(1, diag_counter(&self->pair.server, "fastopen_cookie_reqd"));
		EXPECT_EQ(2, diag_counter(&self->pair.server, "fastopen_passive"));
	}
	if (variant->client == HR && testing_hrtcp())
		EXPECT_EQ(2, diag_counter(&self->pair.client, "fastopen_active"));
}

TEST_F(fastopen, R7413_06_connect_waits_for_the_write_once_there_is_a_cookie)
{
	int listener = willing(&self->pair), client, server, i;

	ASSERT_LE(0, listener);
	for (i = 0; i < 2; i++) {
		client = sock_new(&self->pair.client);
		ASSERT_EQ(0, sock_set(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
		ASSERT_EQ(0, sock_connect(client, &self->pair.server, 80));
		if (i)
			EXPECT_EQ(0, sock_poll(listener, POLLIN, 50));
		ASSERT_EQ(0, send_all(client, 0, LEN));
		server = sock_accept(listener);
		ASSERT_LE(0, server);
		EXPECT_EQ(0, recv_all(server, 0, LEN));
		EXPECT_EQ(i, syn_data(client));
		EXPECT_EQ(0, send_all(server, 0, LEN));
		EXPECT_EQ(0, recv_all(client, 0, LEN));
		ASSERT_EQ(0, sock_close(client));
		ASSERT_EQ(0, sock_close(server));
	}
}

TEST_F(fastopen, without_waiting_the_call_says_what_it_took)
{
	int listener = willing(&self->pair), client, server;

	ASSERT_LE(0, listener);
	client = sock_new(&self->pair.client);
	EXPECT_EQ(-EINPROGRESS, send_fast(&self->pair, client, MSG_DONTWAIT));	/* no cookie */
	EXPECT_EQ(POLLOUT, sock_poll(client, POLLOUT, WAIT_MS));	/* now there is one */
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	client = open_with_data(&self->pair, MSG_DONTWAIT);
	ASSERT_LE(0, client);
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, LEN));
	EXPECT_EQ(POLLOUT, sock_poll(client, POLLOUT, WAIT_MS));
	EXPECT_EQ(1, syn_data(client));
}

TEST_F(fastopen, R7413_06_a_cookie_of_another_key_is_replaced_and_nothing_lost)
{
	int listener = willing(&self->pair), client, server, i;

	ASSERT_LE(0, listener);
	for (i = 0; i < 4; i++) {
		if (i == 2 && variant->server == HR && testing_hrtcp()) {
			net_enter(self->pair.server.ns);
			ASSERT_EQ(0, net_sysctl("hrtcp/fastopen_key",
						"11111111-22222222-33333333-44444444"));
		}
		client = open_with_data(&self->pair, 0);
		ASSERT_LE(0, client);
		server = sock_accept(listener);
		ASSERT_LE(0, server);
		EXPECT_EQ(0, recv_all(server, 0, LEN));
		if (variant->server == HR && testing_hrtcp())
			EXPECT_EQ(i % 2, syn_data(client));
		ASSERT_EQ(0, sock_close(client));
		ASSERT_EQ(0, sock_close(server));
	}
}

TEST_F(fastopen, R7413_01_what_is_not_asked_for_is_off)
{
	int listener = sock_listen(&self->pair.server, 80, 4), client, server;

	ASSERT_LE(0, listener);
	client = open_with_data(&self->pair, 0);	/* the server knows nothing of it */
	ASSERT_LE(0, client);
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, LEN));
	EXPECT_EQ(0, syn_data(client));
	if (variant->client != HR || !testing_hrtcp())
		return;
	net_enter(self->pair.client.ns);
	ASSERT_EQ(0, net_sysctl("hrtcp/fastopen", "0"));
	EXPECT_EQ(-EOPNOTSUPP, open_with_data(&self->pair, 0));
}

TEST_F(fastopen, nobody_listens)
{
	EXPECT_EQ(-ECONNREFUSED, open_with_data(&self->pair, 0));
}

TEST_HARNESS_MAIN
