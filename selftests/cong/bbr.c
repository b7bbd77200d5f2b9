// SPDX-License-Identifier: GPL-2.0
/* bbr.c -- algorithms of other modules: loaded, chosen on a live connection, held, let go. */
#include <sys/syscall.h>
#include <time.h>

#include "harness.h"

/* What <linux/tcp.h> says of struct tcp_info and the C library's header does not. */
struct rates {
	uint8_t before[104];
	uint64_t pacing, max_pacing, bytes[2];
	uint32_t counts[6];
	uint64_t delivery;
};

static int rates_of(int fd, struct rates *rates)
{
	socklen_t len = sizeof(*rates);

	memset(rates, 0, sizeof(*rates));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, rates, &len))
		return -errno;
	return len == sizeof(*rates) ? 0 : -EINVAL;
}

static int load(const char *name)
{
	const char *suite = getenv("HRTCP_SUITE");
	char path[256];
	int fd, rc;

	snprintf(path, sizeof(path), "/hrtcp/build/vm/%s/module/%s.ko",
		 suite ? suite : "bookworm", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST ? -errno : 0;
	close(fd);
	return rc;
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/* Sockets give their module back after a grace period. */
static int unload_soon(const char *name)
{
	int i, rc = -EAGAIN;

	for (i = 0; i < 500 && rc == -EAGAIN; i++) {
		rc = unload(name);
		usleep(10000);
	}
	return rc;
}

static int choose(int fd, const char *name)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)) ? -errno : 0;
}

static int chosen(int fd, const char *name)
{
	char buf[16] = {};
	socklen_t len = sizeof(buf);

	return !getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, buf, &len) && !strcmp(buf, name);
}

static int available(const char *name)
{
	char names[256] = {};
	int fd = open("/proc/sys/net/hrtcp/available_congestion_control", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, names, sizeof(names) - 1) < 0)
		return -1;
	close(fd);
	return strstr(names, name) != NULL;
}

FIXTURE(bbr)
{
	struct pair pair;
	struct link link;
};

FIXTURE_SETUP(bbr)
{
	ASSERT_EQ(0, pair_up(&self->pair, HR, HR, 4));
	/* CUBIC paces what grows on a round trip above 1 ms, which a busy machine can have. */
	ASSERT_EQ(0, net_sysctl("hrtcp/pacing_ss_ratio", "0"));
	ASSERT_EQ(0, net_sysctl("hrtcp/pacing_ca_ratio", "0"));
	ASSERT_EQ(0, load("hrtcp_bbr"));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
}

FIXTURE_TEARDOWN(bbr)
{
	close(self->link.client);
	close(self->link.server);
}

TEST_F(bbr, a_live_connection_changes_to_it_and_back)
{
	struct rates rates;

	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 100000, 65536));
	EXPECT_EQ(1, available("bbr"));
	ASSERT_EQ(0, choose(self->link.client, "bbr"));
	EXPECT_TRUE(chosen(self->link.client, "bbr"));
	EXPECT_TRUE(chosen(self->link.server, "cubic"));
	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 3000000, 65536));
	ASSERT_EQ(0, rates_of(self->link.client, &rates));
	EXPECT_LT(0, rates.delivery);
	EXPECT_NE(UINT64_MAX, rates.pacing);
	ASSERT_EQ(0, choose(self->link.client, "cubic"));
	EXPECT_TRUE(chosen(self->link.client, "cubic"));
	ASSERT_EQ(0, rates_of(self->link.client, &rates));
	EXPECT_EQ(UINT64_MAX, rates.pacing);
	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 3000000, 65536));
}

TEST_F(bbr, it_cannot_be_unloaded_while_a_connection_uses_it)
{
	ASSERT_EQ(0, choose(self->link.client, "bbr"));
	EXPECT_EQ(-EAGAIN, unload("hrtcp_bbr"));
	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 100000, 65536));
	ASSERT_EQ(0, choose(self->link.client, "reno"));
	EXPECT_EQ(0, unload_soon("hrtcp_bbr"));
	EXPECT_EQ(0, available("bbr"));
	ASSERT_EQ(0, load("hrtcp_bbr"));
}

TEST_F(bbr, what_a_listener_chose_its_connections_hold)
{
	struct sockaddr_storage to = addr_of(&self->pair.server, 81);
	int listener = sock_listen(&self->pair.server, 81, 1), client, server;

	ASSERT_EQ(0, choose(listener, "bbr"));
	client = sock_new(&self->pair.client);
	ASSERT_EQ(0, connect(client, (struct sockaddr *)&to, addr_len(&to)));
	server = accept(listener, NULL, NULL);
	ASSERT_LE(0, server);
	close(listener);
	EXPECT_TRUE(chosen(server, "bbr"));
	EXPECT_EQ(-EAGAIN, unload("hrtcp_bbr"));
	ASSERT_EQ(0, exchange(client, server, 100000, 65536));
	close(client);
	close(server);
}

TEST_F(bbr, prague_is_another_such_and_paces_where_feedback_is_accurate)
{
	struct rates rates;
	struct link link;

	ASSERT_EQ(0, load("hrtcp_prague"));
	ASSERT_EQ(0, choose(self->link.client, "prague"));
	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 3000000, 65536));
	ASSERT_EQ(0, rates_of(self->link.client, &rates));
	EXPECT_EQ(UINT64_MAX, rates.pacing);	/* no ECN: it is CUBIC */
	ASSERT_EQ(0, net_enter(self->pair.server.ns));
	ASSERT_EQ(0, net_sysctl("hrtcp/ecn", "3"));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, net_sysctl("hrtcp/ecn", "3"));
	ASSERT_EQ(0, link_up(&link, &self->pair, 82));
	ASSERT_EQ(0, choose(link.client, "prague"));
	EXPECT_TRUE(chosen(link.client, "prague"));
	ASSERT_EQ(0, exchange(link.client, link.server, 3000000, 65536));
	ASSERT_EQ(0, rates_of(link.client, &rates));
	EXPECT_NE(UINT64_MAX, rates.pacing);
	EXPECT_EQ(-EAGAIN, unload("hrtcp_prague"));
	ASSERT_EQ(0, choose(self->link.client, "cubic"));
	close(link.client);
	close(link.server);
}

TEST_F(bbr, a_name_that_nothing_has_is_enoent)
{
	EXPECT_EQ(-ENOENT, choose(self->link.client, "nothing_at_all"));
	EXPECT_TRUE(chosen(self->link.client, "cubic"));
}

TEST_F(bbr, so_max_pacing_rate_holds_every_algorithm_back)
{
	static const char *const names[] = { "cubic", "reno", "bbr" };
	struct timespec from, to;
	unsigned int rate = 4000000, i;
	double took;

	ASSERT_EQ(0, setsockopt(self->link.client, SOL_SOCKET, SO_MAX_PACING_RATE, &rate,
				sizeof(rate)));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ASSERT_EQ(0, choose(self->link.client, names[i]));
		clock_gettime(CLOCK_MONOTONIC, &from);
		ASSERT_EQ(0, exchange(self->link.client, self->link.server, 2000000, 65536));
		clock_gettime(CLOCK_MONOTONIC, &to);
		took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
		EXPECT_LT(0.4, took);
	}
}

TEST_HARNESS_MAIN
