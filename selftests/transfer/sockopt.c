// SPDX-License-Identifier: GPL-2.0
/* sockopt.c -- SOL_HRTCP: what a socket sets for itself; and TCP_* that mean the same. */
#include "harness.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "kernel/settings_list.h"
#include "uapi/sockopt.h"

static const struct {
	const char *name;
	int opt;
	uint64_t min, max;
} settings[] = {
#define X(name, kind, field, min, max, opt) { #name, opt, min, max },
	HRTCP_SETTINGS(X)
#undef X
};

FIXTURE(settings)
{
	struct end host;
};

FIXTURE_SETUP(settings)
{
	ASSERT_EQ(0, host_up(&self->host, HR, 4));
}

FIXTURE_TEARDOWN(settings)
{
}

static int set_u64(int fd, int opt, uint64_t value)
{
	return setsockopt(fd, SOL_HRTCP, opt, &value, sizeof(value)) ? -errno : 0;
}

static int64_t get_u64(int fd, int opt)
{
	uint64_t value;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_HRTCP, opt, &value, &len))
		return -errno;
	return len == sizeof(value) ? (int64_t)value : -EMSGSIZE;
}

TEST_F(settings, each_takes_its_bounds_and_nothing_beyond)
{
	int fd = sock_new(&self->host);
	unsigned int i;

	ONLY_HRTCP();
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		const int opt = settings[i].opt;

		if (!opt)
			continue;
		EXPECT_EQ(0, set_u64(fd, opt, settings[i].min)) {
			TH_LOG("%s", settings[i].name);
		}
		EXPECT_EQ((int64_t)settings[i].min, get_u64(fd, opt));
		EXPECT_EQ(-EINVAL, set_u64(fd, opt, settings[i].min - 1)) {
			TH_LOG("%s", settings[i].name);
		}
		EXPECT_EQ(0, set_u64(fd, opt, settings[i].max));
		EXPECT_EQ(-EINVAL, set_u64(fd, opt, settings[i].max + 1)) {
			TH_LOG("%s", settings[i].name);
		}
		EXPECT_EQ((int64_t)settings[i].max, get_u64(fd, opt)) {
			TH_LOG("%s", settings[i].name);
		}
	}
}

TEST_F(settings, without_their_own_they_are_the_namespaces)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	EXPECT_EQ(1000000, get_u64(fd, HRTCP_SO_RTO_INIT));
	EXPECT_EQ(120000000, get_u64(fd, HRTCP_SO_TIME_WAIT));
	EXPECT_EQ(7200000000, get_u64(fd, HRTCP_SO_KEEPALIVE_TIME));
	ASSERT_EQ(0, net_sysctl("hrtcp/rto_init_us", "2000000"));
	EXPECT_EQ(2000000, get_u64(fd, HRTCP_SO_RTO_INIT));
	ASSERT_EQ(0, set_u64(fd, HRTCP_SO_RTO_INIT, 3000000));
	EXPECT_EQ(2000000, get_u64(sock_new(&self->host), HRTCP_SO_RTO_INIT));
	EXPECT_EQ(3000000, get_u64(fd, HRTCP_SO_RTO_INIT));
}

TEST_F(settings, what_was_not_set_is_the_namespaces_when_the_connection_begins)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	ASSERT_LE(0, sock_listen(&self->host, 80, 1));
	ASSERT_EQ(0, set_u64(fd, HRTCP_SO_DELACK, 1000));
	ASSERT_EQ(0, net_sysctl("hrtcp/r2_us", "5000000"));
	ASSERT_EQ(0, sock_connect(fd, &self->host, 80));
	EXPECT_EQ(5000000, get_u64(fd, HRTCP_SO_R2));
	EXPECT_EQ(1000, get_u64(fd, HRTCP_SO_DELACK));
}

TEST_F(settings, an_int_will_do_where_it_fits)
{
	int fd = sock_new(&self->host), value;
	socklen_t len = sizeof(value);

	ONLY_HRTCP();
	EXPECT_EQ(0, sock_set(fd, SOL_HRTCP, HRTCP_SO_RTO_INIT, 500));
	EXPECT_EQ(500, sock_get(fd, SOL_HRTCP, HRTCP_SO_RTO_INIT));
	EXPECT_EQ(-EINVAL, sock_set(fd, SOL_HRTCP, HRTCP_SO_RTO_MIN, -1));
	EXPECT_EQ(-EOVERFLOW, sock_get(fd, SOL_HRTCP, HRTCP_SO_KEEPALIVE_TIME));
	EXPECT_EQ(-1, setsockopt(fd, SOL_HRTCP, HRTCP_SO_RTO_INIT, &value, 3));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_HRTCP, HRTCP_SO_RTO_INIT, (void *)8, 8));
	EXPECT_EQ(EFAULT, errno);
	len = 3;
	EXPECT_EQ(-1, getsockopt(fd, SOL_HRTCP, HRTCP_SO_RTO_INIT, &value, &len));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(settings, unknown_ones_are_refused)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	EXPECT_EQ(-ENOPROTOOPT, set_u64(fd, 0, 1));
	EXPECT_EQ(-ENOPROTOOPT, set_u64(fd, HRTCP_SO_USER_TIMEOUT + 1, 1));
	EXPECT_EQ(-ENOPROTOOPT, set_u64(fd, -1, 1));
	EXPECT_EQ(-ENOPROTOOPT, get_u64(fd, 0));
	EXPECT_EQ(-ENOPROTOOPT, get_u64(fd, 256 + HRTCP_SO_RTO_INIT));
	EXPECT_EQ(-ENOPROTOOPT, sock_set(fd, IPPROTO_TCP, TCP_TIMESTAMP, 1));
	EXPECT_EQ(-ENOPROTOOPT, sock_set(fd, IPPROTO_TCP, TCP_REPAIR, 1));
	EXPECT_EQ(-ENOPROTOOPT, sock_set(fd, IPPROTO_TCP, TCP_SAVE_SYN, 1));
}

TEST_F(settings, a_connection_accepted_has_what_its_listener_had)
{
	int listener = sock_new(&self->host), client, server;

	ONLY_HRTCP();
	ASSERT_EQ(0, set_u64(listener, HRTCP_SO_RTO_MIN, 7000));
	ASSERT_EQ(0, set_u64(listener, HRTCP_SO_USER_TIMEOUT, 1234567));
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_KEEPIDLE, 33));
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_QUICKACK, 1));
	ASSERT_EQ(0, sock_bind(listener, &self->host, 80));
	ASSERT_EQ(0, listen(listener, 2));
	client = sock_dial(&self->host, &self->host, 80);
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(7000, get_u64(server, HRTCP_SO_RTO_MIN));
	EXPECT_EQ(1234567, get_u64(server, HRTCP_SO_USER_TIMEOUT));
	EXPECT_EQ(33, sock_get(server, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(1, sock_get(server, IPPROTO_TCP, TCP_QUICKACK));
	EXPECT_EQ(0, get_u64(client, HRTCP_SO_RTO_MIN));
	/* From then on each has its own. */
	ASSERT_EQ(0, set_u64(server, HRTCP_SO_RTO_MIN, 8000));
	EXPECT_EQ(7000, get_u64(listener, HRTCP_SO_RTO_MIN));
	EXPECT_EQ(0, exchange(client, server, 100000, 65536));
}

TEST_F(settings, r2_may_be_without_end)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	EXPECT_EQ(0, set_u64(fd, HRTCP_SO_R2, HRTCP_FOREVER));
	EXPECT_EQ(-1, get_u64(fd, HRTCP_SO_R2));
	EXPECT_EQ(-EINVAL, set_u64(fd, HRTCP_SO_ORPHAN_R2, HRTCP_FOREVER));
	EXPECT_EQ(-EINVAL, set_u64(fd, HRTCP_SO_TIME_WAIT, HRTCP_FOREVER));
}

TEST_F(settings, tcp_options_are_the_same_in_their_units)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5));
	EXPECT_EQ(5000000, get_u64(fd, HRTCP_SO_KEEPALIVE_TIME));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 6));
	EXPECT_EQ(6000000, get_u64(fd, HRTCP_SO_KEEPALIVE_INTVL));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPCNT, 7));
	EXPECT_EQ(7, get_u64(fd, HRTCP_SO_KEEPALIVE_PROBES));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_SYNCNT, 3));
	EXPECT_EQ(3, get_u64(fd, HRTCP_SO_SYN_RETRIES));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 8));
	EXPECT_EQ(8000, get_u64(fd, HRTCP_SO_USER_TIMEOUT));
	ASSERT_EQ(0, set_u64(fd, HRTCP_SO_USER_TIMEOUT, 9000));
	EXPECT_EQ(9, sock_get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
}

TEST_F(settings, linger2_is_the_time_in_fin_wait_2)
{
	int fd = sock_new(&self->host);

	ONLY_HRTCP();
	EXPECT_EQ(60, sock_get(fd, IPPROTO_TCP, TCP_LINGER2));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_LINGER2, 10));
	EXPECT_EQ(10, sock_get(fd, IPPROTO_TCP, TCP_LINGER2));
	EXPECT_EQ(10000000, get_u64(fd, HRTCP_SO_FIN_TIMEOUT));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_LINGER2, -5));
	EXPECT_EQ(-1, sock_get(fd, IPPROTO_TCP, TCP_LINGER2));
	EXPECT_EQ(0, get_u64(fd, HRTCP_SO_FIN_TIMEOUT));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_LINGER2, 0));
	EXPECT_EQ(60, sock_get(fd, IPPROTO_TCP, TCP_LINGER2));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_LINGER2, 1000000));
	EXPECT_EQ(3600, sock_get(fd, IPPROTO_TCP, TCP_LINGER2));
}

TEST_F(settings, not_sent_yet_is_bounded)
{
	static char chunk[4096];
	int fd, notsent = 0, listener;

	ONLY_HRTCP();
	listener = sock_new(&self->host);
	ASSERT_EQ(0, sock_set(listener, SOL_SOCKET, SO_RCVBUF, 8192));
	ASSERT_EQ(0, sock_bind(listener, &self->host, 80));
	ASSERT_EQ(0, listen(listener, 1));
	fd = sock_dial(&self->host, &self->host, 80);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384));
	EXPECT_EQ(16384, sock_get(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT));
	ASSERT_EQ(0, sock_nonblock(fd, true));
	while (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) > 0)
		;
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, ioctl(fd, SIOCOUTQNSD, &notsent));
	EXPECT_LE(16384, notsent);
	EXPECT_GE(16384 + 65536, notsent);
	EXPECT_EQ(0, sock_poll(fd, POLLOUT, 0) & POLLOUT);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1 << 20));
	EXPECT_EQ(POLLOUT, sock_poll(fd, POLLOUT, WAIT_MS) & POLLOUT);
	EXPECT_LT(0, send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL));
}

TEST_F(settings, a_small_window_clamp_delivers_all)
{
	int listener = sock_new(&self->host), client, server;

	ONLY_HRTCP();
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_WINDOW_CLAMP, 5000));
	ASSERT_EQ(0, sock_bind(listener, &self->host, 80));
	ASSERT_EQ(0, listen(listener, 1));
	client = sock_dial(&self->host, &self->host, 80);
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(5000, sock_get(server, IPPROTO_TCP, TCP_WINDOW_CLAMP));
	ASSERT_EQ(0, exchange(client, server, 300000, 65536));
	EXPECT_EQ(0, sock_set(server, IPPROTO_TCP, TCP_WINDOW_CLAMP, 1));
	EXPECT_EQ(1152, sock_get(server, IPPROTO_TCP, TCP_WINDOW_CLAMP));
}

TEST_HARNESS_MAIN
