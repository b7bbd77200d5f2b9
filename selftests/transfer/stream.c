// SPDX-License-Identifier: GPL-2.0
/* stream.c -- a clean network: all sizes, both directions, every way to write. */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "harness.h"

FIXTURE(stream)
{
	struct pair pair;
	struct link link;
};

PAIR_VARIANTS(stream)

FIXTURE_SETUP(stream)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
}

FIXTURE_TEARDOWN(stream)
{
}

TEST_F(stream, one_megabyte_both_ways_at_once)
{
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, 1 << 20, 65536));
}

TEST_F(stream, one_octet_writes)
{
	ASSERT_EQ(0, sock_set(self->link.client, IPPROTO_TCP, TCP_NODELAY, 1));
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, 3000, 1));
}

TEST_F(stream, odd_sizes)
{
	static const uint32_t chunk[] = { 2, 3, 535, 536, 1447, 1448, 1449, 1460, 1461, 4095,
					  65535 };
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(chunk); i++)
		ASSERT_EQ(0, exchange(self->link.client, self->link.server, chunk[i] * 5 + 1,
				      chunk[i]));
}

TEST_F(stream, a_small_mtu)
{
	struct link link;

	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, net_mtu("eth0", 1280));
	ASSERT_EQ(0, net_enter(self->pair.server.ns));
	ASSERT_EQ(0, net_mtu("eth0", 1280));
	ASSERT_EQ(0, link_up(&link, &self->pair, 81));
	EXPECT_EQ(0, exchange(link.client, link.server, 300000, 65536));
}

TEST_F(stream, a_large_mtu)
{
	struct link link;

	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, net_mtu("eth0", 9000));
	ASSERT_EQ(0, net_enter(self->pair.server.ns));
	ASSERT_EQ(0, net_mtu("eth0", 9000));
	ASSERT_EQ(0, link_up(&link, &self->pair, 81));
	EXPECT_EQ(0, exchange(link.client, link.server, 300000, 65536));
}

TEST_F(stream, writev_and_readv)
{
	uint8_t out[3000], in[3000];
	struct iovec from[3] = { { out, 1 }, { out + 1, 1999 }, { out + 2000, 1000 } };
	struct iovec to[2] = { { in, 10 }, { in + 10, 2990 } };

	pattern_fill(out, 0, sizeof(out));
	ASSERT_EQ(3000, writev(self->link.client, from, 3));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 3000));
	ASSERT_EQ(3000, readv(self->link.server, to, 2));
	EXPECT_EQ(-1, pattern_check(in, 0, sizeof(in)));
}

TEST_F(stream, sendfile)
{
	FILE *file = tmpfile();
	uint8_t data[20000];
	off_t from = 0;

	pattern_fill(data, 0, sizeof(data));
	ASSERT_NE(NULL, file);
	ASSERT_EQ(sizeof(data), fwrite(data, 1, sizeof(data), file));
	ASSERT_EQ(0, fflush(file));
	ASSERT_EQ((ssize_t)sizeof(data),
		  sendfile(self->link.client, fileno(file), &from, sizeof(data)));
	/* The file may change; what was sent may not be what it becomes. */
	EXPECT_EQ(0, recv_all(self->link.server, 0, sizeof(data)));
}

TEST_F(stream, splice_out_of_a_pipe_and_into_one)
{
	int in[2], out[2];
	uint8_t data[4096];

	ASSERT_EQ(0, pipe(in));
	ASSERT_EQ(0, pipe(out));
	pattern_fill(data, 0, sizeof(data));
	ASSERT_EQ((ssize_t)sizeof(data), write(in[1], data, sizeof(data)));
	ASSERT_EQ((ssize_t)sizeof(data),
		  splice(in[0], NULL, self->link.client, NULL, sizeof(data), 0));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == sizeof(data)));
	ASSERT_EQ((ssize_t)sizeof(data),
		  splice(self->link.server, NULL, out[1], NULL, sizeof(data), 0));
	memset(data, 0, sizeof(data));
	ASSERT_EQ((ssize_t)sizeof(data), read(out[0], data, sizeof(data)));
	EXPECT_EQ(-1, pattern_check(data, 0, sizeof(data)));
}

TEST_F(stream, a_write_of_nothing_sends_nothing)
{
	ASSERT_EQ(0, send(self->link.client, "", 0, 0));
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, 100, 100));
	EXPECT_EQ(0, sock_unread(self->link.server));
}

TEST_F(stream, a_bad_buffer_is_an_error_and_harms_nothing)
{
	EXPECT_EQ(-1, send(self->link.client, (void *)8, 100, MSG_NOSIGNAL));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, send_all(self->link.client, 0, 100));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 100));
	EXPECT_EQ(-1, recv(self->link.server, (void *)8, 100, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, recv_all(self->link.server, 0, 100));
}

TEST_F_TIMEOUT(stream, bulk, 600)
{
	const char *mb = getenv("HRTCP_BULK_MB");
	uint32_t len = (mb ? atoi(mb) : 8) << 20;

	EXPECT_EQ(0, exchange(self->link.client, self->link.server, len, 65536));
}

TEST_HARNESS_MAIN
