// SPDX-License-Identifier: GPL-2.0
/* ports.c -- the ports that connect() chooses. */
#include "harness.h"

FIXTURE(ports)
{
	struct end hr;
	int listener;
};

FIXTURE_VARIANT(ports)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(ports, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(ports, v6) { .ipv = 6 };

FIXTURE_SETUP(ports)
{
	ASSERT_EQ(0, host_up(&self->hr, HR, variant->ipv));
	self->listener = sock_listen(&self->hr, 80, 64);
	ASSERT_LE(0, self->listener);
}

FIXTURE_TEARDOWN(ports)
{
}

/* Connect to @port. Returns the local port, or a negative errno. */
static int dial(struct end *hr, int port)
{
	int fd = sock_dial(hr, hr, port);

	return fd < 0 ? fd : sock_port(fd);
}

TEST_F(ports, R6056_01_ports_towards_other_peers_are_not_next_to_each_other)
{
	int port[8], i, near = 0;

	ONLY_HRTCP();
	for (i = 0; i < 8; i++) {
		ASSERT_LE(0, sock_listen(&self->hr, 8000 + i, 4));
		port[i] = dial(&self->hr, 8000 + i);
		ASSERT_LT(0, port[i]);
		near += i && abs(port[i] - port[i - 1]) < 16;
	}
	EXPECT_GE(1, near);
}

TEST_F(ports, R6056_02_the_range_is_the_administrators)
{
	int port, i;

	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "1024 65535"));
	for (i = 0; i < 8; i++) {
		port = dial(&self->hr, 80);
		EXPECT_LE(1024, port);
		EXPECT_GE(65535, port);
	}
	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "40000 40009"));
	for (i = 0; i < 8; i++) {
		port = dial(&self->hr, 80);
		EXPECT_LE(40000, port);
		EXPECT_GE(40009, port);
	}
}

TEST_F(ports, R6056_03_R6056_04_reserved_ports_and_those_of_the_hosts_tcp_are_left_out)
{
	struct end host = self->hr;
	int port, i;

	host.stack = LINUX;
	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "40000 40009"));
	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_reserved_ports", "40000-40003,40008"));
	ASSERT_EQ(0, sock_bind(sock_new(&host), &host, 40005));
	for (i = 0; i < 4; i++) {
		port = dial(&self->hr, 80);
		EXPECT_TRUE(port == 40004 || port == 40006 || port == 40007 || port == 40009)
		{
			TH_LOG("%d", port);
		}
	}
	EXPECT_EQ(-EADDRNOTAVAIL, dial(&self->hr, 80));
}

TEST_F(ports, R6056_05_a_port_serves_many_peers_but_one_connection_with_each)
{
	int used[3] = {}, i, port;

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "40000 40002"));
	ASSERT_LE(0, sock_listen(&self->hr, 81, 4));
	for (i = 0; i < 3; i++) {
		port = dial(&self->hr, 80);
		ASSERT_LE(40000, port);
		EXPECT_EQ(0, used[port - 40000]++);
	}
	EXPECT_EQ(-EADDRNOTAVAIL, dial(&self->hr, 80));
	for (i = 0; i < 3; i++)
		EXPECT_LE(40000, dial(&self->hr, 81));
}

TEST_HARNESS_MAIN
