// SPDX-License-Identifier: GPL-2.0
/* bind.c -- ports and addresses: who may have them, and that both stacks agree about it. */
#include <linux/capability.h>
#include <sys/syscall.h>

#include "harness.h"

FIXTURE(bind)
{
	struct end hr, host;	/* the same machine; hrTCP and the host's own TCP */
};

FIXTURE_VARIANT(bind)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(bind, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(bind, v6) { .ipv = 6 };

FIXTURE_SETUP(bind)
{
	ASSERT_EQ(0, host_up(&self->hr, HR, variant->ipv));
	self->host = self->hr;
	self->host.stack = LINUX;
}

FIXTURE_TEARDOWN(bind)
{
}

TEST_F(bind, the_name_tells_what_was_bound)
{
	struct sockaddr_storage want = addr_of(&self->hr, 5000), seen = {};
	socklen_t len = sizeof(seen);
	int fd = sock_new(&self->hr);

	ASSERT_EQ(0, sock_bind(fd, &self->hr, 5000));
	ASSERT_EQ(0, getsockname(fd, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(addr_len(&want), len);
	EXPECT_EQ(0, memcmp(&want, &seen, len));
	EXPECT_EQ(-1, getpeername(fd, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(ENOTCONN, errno);
}

TEST_F(bind, port_zero_chooses_a_free_one)
{
	int a = sock_new(&self->hr), b = sock_new(&self->hr);

	ASSERT_EQ(0, sock_bind(a, &self->hr, 0));
	ASSERT_EQ(0, sock_bind(b, &self->hr, 0));
	EXPECT_LT(1023, sock_port(a));
	EXPECT_LT(1023, sock_port(b));
	EXPECT_NE(sock_port(a), sock_port(b));
}

TEST_F(bind, twice_is_invalid)
{
	int fd = sock_new(&self->hr);

	ASSERT_EQ(0, sock_bind(fd, &self->hr, 5000));
	EXPECT_EQ(-EINVAL, sock_bind(fd, &self->hr, 5001));
}

TEST_F(bind, a_port_in_use_is_refused)
{
	ASSERT_EQ(0, sock_bind(sock_new(&self->hr), &self->hr, 5000));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &self->hr, 5000));
}

TEST_F(bind, a_closed_socket_gives_its_port_back)
{
	int fd = sock_new(&self->hr);

	ASSERT_EQ(0, sock_bind(fd, &self->hr, 5000));
	ASSERT_EQ(0, sock_close(fd));
	EXPECT_TRUE(WAIT_FOR(!sock_bind(sock_new(&self->hr), &self->hr, 5000)));
}

TEST_F(bind, the_hosts_tcp_cannot_have_a_port_of_ours)
{
	ASSERT_EQ(0, sock_bind(sock_new(&self->hr), &self->hr, 5000));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->host), &self->host, 5000));
}

TEST_F(bind, we_cannot_have_a_port_of_the_hosts_tcp)
{
	ASSERT_EQ(0, sock_bind(sock_new(&self->host), &self->host, 5000));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &self->hr, 5000));
}

TEST_F(bind, nor_one_on_which_it_listens_with_reuse)
{
	ASSERT_LE(0, sock_listen(&self->host, 5000, 1));
	EXPECT_EQ(-EADDRINUSE, sock_listen(&self->hr, 5000, 1));
}

TEST_F(bind, the_hosts_tcp_gets_a_port_back_when_we_are_done)
{
	int fd = sock_listen(&self->hr, 5000, 1);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRINUSE, sock_listen(&self->host, 5000, 1));
	ASSERT_EQ(0, sock_close(fd));
	EXPECT_TRUE(WAIT_FOR(sock_listen(&self->host, 5000, 1) >= 0));
}

/* Ports chosen by either side never collide: all of a small range, by turns. */
TEST_F(bind, both_choose_from_one_range_without_collision)
{
	int used[20] = {}, i;

	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "40000 40019"));
	for (i = 0; i < 20; i++) {
		struct end *end = i % 2 ? &self->hr : &self->host;
		int fd = sock_new(end);

		ASSERT_EQ(0, sock_bind(fd, end, 0));
		ASSERT_LE(40000, sock_port(fd));
		ASSERT_GT(40020, sock_port(fd));
		EXPECT_EQ(0, used[sock_port(fd) - 40000]++);
	}
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &self->hr, 0));
}

TEST_F(bind, an_address_of_another_host_is_not_available)
{
	struct end other = self->hr;

	other.addr = addr_parse(variant->ipv == 4 ? "192.0.2.1" : "2001:db8::1", 0);
	EXPECT_EQ(-EADDRNOTAVAIL, sock_bind(sock_new(&self->hr), &other, 5000));
}

TEST_F(bind, different_addresses_share_a_port)
{
	struct end other = self->hr;

	other.addr = addr_parse(variant->ipv == 4 ? "127.0.0.2" : "fd00::7", 0);
	if (variant->ipv == 6)
		ASSERT_EQ(0, net_addr("lo", "fd00::7", 128));
	ASSERT_EQ(0, sock_bind(sock_new(&self->hr), &self->hr, 5000));
	EXPECT_EQ(0, sock_bind(sock_new(&self->hr), &other, 5000));
}

TEST_F(bind, any_address_conflicts_with_each)
{
	struct end any = self->hr;

	any.addr = addr_parse(variant->ipv == 4 ? "0.0.0.0" : "::", 0);
	ASSERT_EQ(0, sock_bind(sock_new(&self->hr), &self->hr, 5000));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &any, 5000));
	ASSERT_EQ(0, sock_bind(sock_new(&self->hr), &any, 5001));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &self->hr, 5001));
}

TEST_F(bind, reuseaddr_shares_with_the_bound_but_not_with_a_listener)
{
	int a = sock_new(&self->hr), b = sock_new(&self->hr);

	ASSERT_EQ(0, sock_set(a, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_set(b, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_bind(a, &self->hr, 5000));
	ASSERT_EQ(0, sock_bind(b, &self->hr, 5000));
	ASSERT_EQ(0, listen(a, 1));
	EXPECT_EQ(-1, listen(b, 1));
	EXPECT_EQ(EADDRINUSE, errno);
}

TEST_F(bind, reuseaddr_restarts_a_server_beside_its_old_connections)
{
	int listener = sock_listen(&self->hr, 80, 1);
	int client = sock_dial(&self->hr, &self->hr, 80);
	int server = sock_accept(listener);

	ASSERT_LE(0, client);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, sock_close(listener));
	EXPECT_EQ(-EADDRINUSE, sock_bind(sock_new(&self->hr), &self->hr, 80));
	EXPECT_LE(0, sock_listen(&self->hr, 80, 1));
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

TEST_F(bind, a_privileged_port_needs_the_capability)
{
	int fd = sock_new(&self->hr);

	ASSERT_EQ(0, drop_capabilities());
	EXPECT_EQ(-EACCES, sock_bind(fd, &self->hr, 80));
	EXPECT_EQ(0, sock_bind(fd, &self->hr, 5000));
}

TEST_F(bind, the_first_unprivileged_port_is_the_hosts_setting)
{
	int fd = sock_new(&self->hr);

	ASSERT_EQ(0, net_sysctl("ipv4/ip_unprivileged_port_start", "80"));
	ASSERT_EQ(0, drop_capabilities());
	EXPECT_EQ(0, sock_bind(fd, &self->hr, 80));
}

TEST_F(bind, short_lengths_are_invalid)
{
	struct sockaddr_storage addr = addr_of(&self->hr, 5000);
	int fd = sock_new(&self->hr);
	socklen_t least = variant->ipv == 4 ? addr_len(&addr) : 24, len;

	for (len = 0; len < least; len++) {
		EXPECT_EQ(-1, bind(fd, (struct sockaddr *)&addr, len));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, connect(fd, (struct sockaddr *)&addr, len));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(-1, bind(fd, (struct sockaddr *)&addr, sizeof(addr) + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

TEST_F(bind, other_families_are_not_supported)
{
	struct sockaddr_storage addr = addr_of(&self->hr, 5000);
	int fd = sock_new(&self->hr);

	addr.ss_family = AF_UNIX;
	EXPECT_EQ(-1, bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	EXPECT_EQ(-1, connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
}

TEST_F(bind, two_sockets_cannot_be_one_connection)
{
	int listener = sock_listen(&self->hr, 80, 4);
	int a = sock_new(&self->hr), b = sock_new(&self->hr);

	ASSERT_LE(0, listener);
	ASSERT_EQ(0, sock_set(a, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_set(b, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_bind(a, &self->hr, 5000));
	ASSERT_EQ(0, sock_bind(b, &self->hr, 5000));
	ASSERT_EQ(0, sock_connect(a, &self->hr, 80));
	EXPECT_EQ(-EADDRNOTAVAIL, sock_connect(b, &self->hr, 80));
}

TEST_HARNESS_MAIN
