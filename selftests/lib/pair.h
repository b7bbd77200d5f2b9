/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pair.h -- two hosts on a wire, each with the TCP under test or with Linux TCP.
 *
 *        client                               server
 *   +-------------+                      +-------------+
 *   |        eth0 |======== veth ========| eth0        |
 *   +-------------+                      +-------------+
 *     10.0.0.1/24                          10.0.0.2/24
 *     fd00::1/64                           fd00::2/64
 */
#ifndef HRTCP_SELFTESTS_PAIR_H
#define HRTCP_SELFTESTS_PAIR_H

#include <netinet/in.h>
#include <sys/socket.h>

enum stack {
	HR,			/* AF_HRTCP, or what HRTCP_FAMILY names */
	LINUX,
};

/* One host: where its sockets are made, by which TCP, and its address. */
struct end {
	int ns;
	enum stack stack;
	int ipv;		/* 4 or 6 */
	struct sockaddr_storage addr;	/* without port */
};

struct pair {
	struct end client, server;
};

/* The family that socket() is asked for. */
int stack_family(enum stack stack, int ipv);

/* Is the TCP under test hrTCP? HRTCP_FAMILY=inet puts Linux TCP in its place. */
int testing_hrtcp(void);

/* Returns 0 or a negative errno. */
int pair_up(struct pair *pair, enum stack client, enum stack server, int ipv);

/* One host with loopback only, talking to itself. */
int host_up(struct end *host, enum stack stack, int ipv);

/* The end's address with a port; @len of bind() and connect() in addr_len(). */
struct sockaddr_storage addr_of(const struct end *end, int port);
socklen_t addr_len(const struct sockaddr_storage *addr);
struct sockaddr_storage addr_parse(const char *text, int port);
int addr_port(const struct sockaddr_storage *addr);

/* Both stacks in both roles and both versions of IP. */
#define PAIR_VARIANTS(fixture)							\
	FIXTURE_VARIANT(fixture)						\
	{									\
		enum stack client, server;					\
		int ipv;							\
	};									\
	PAIR_VARIANT(fixture, hr_hr_v4, HR, HR, 4)				\
	PAIR_VARIANT(fixture, hr_hr_v6, HR, HR, 6)				\
	PAIR_VARIANT(fixture, hr_linux_v4, HR, LINUX, 4)			\
	PAIR_VARIANT(fixture, hr_linux_v6, HR, LINUX, 6)			\
	PAIR_VARIANT(fixture, linux_hr_v4, LINUX, HR, 4)			\
	PAIR_VARIANT(fixture, linux_hr_v6, LINUX, HR, 6)

#define PAIR_VARIANT(fixture, name, c, s, v)					\
	FIXTURE_VARIANT_ADD(fixture, name) { .client = c, .server = s, .ipv = v };

#endif
