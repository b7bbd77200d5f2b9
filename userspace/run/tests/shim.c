// SPDX-License-Identifier: GPL-2.0
/*
 * shim.c -- the preload shim, with AF_INET in the place of AF_HRTCP (HRTCP_FAMILY=2): as hrTCP's,
 * those sockets know nothing of what an AF_INET6 program sees. TAP.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int count, failures;

static void check(bool good, const char *name)
{
	printf("%s %d %s\n", good ? "ok" : "not ok", ++count, name);
	failures += !good;
}

static int domain_of(int fd)
{
	socklen_t length = sizeof(int);
	int domain = -1;

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	return domain;
}

static struct sockaddr_in6 address6(const char *text)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };

	inet_pton(AF_INET6, text, &address.sin6_addr);
	return address;
}

static bool is_mapped_loopback(const struct sockaddr_in6 *address, socklen_t length)
{
	struct sockaddr_in6 expected = address6("::ffff:127.0.0.1");

	return length == sizeof(*address) && address->sin6_family == AF_INET6 &&
	       address->sin6_port != 0 &&
	       memcmp(&address->sin6_addr, &expected.sin6_addr, 16) == 0;
}

static void test_domain(void)
{
	int four = socket(AF_INET, SOCK_STREAM, 0), six = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
	int datagram = socket(AF_INET6, SOCK_DGRAM, 0), copy = dup(six);

	check(domain_of(four) == AF_INET, "SO_DOMAIN of an AF_INET socket");
	check(domain_of(six) == AF_INET6, "SO_DOMAIN of an AF_INET6 socket");
	check(domain_of(copy) == AF_INET6, "SO_DOMAIN of its duplicate");
	check(domain_of(datagram) == AF_INET6, "other types are left alone");
	close(six);
	six = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	check(domain_of(six) == AF_INET, "a reused number is another socket");
	close(four);
	close(six);
	close(copy);
	close(datagram);
}

static void test_names(void)
{
	struct sockaddr_in6 address = address6("::ffff:127.0.0.1"), name;
	int listener = socket(AF_INET6, SOCK_STREAM, 0), client = socket(AF_INET6, SOCK_STREAM, 0);
	socklen_t length = sizeof(name);
	char little[2];
	int server;

	getsockname(client, (struct sockaddr *)&name, &length);
	check(name.sin6_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&name.sin6_addr),
	      "an unbound socket is at ::");
	check(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0, "bind to a mapped address");
	listen(listener, 1);
	length = sizeof(address);
	getsockname(listener, (struct sockaddr *)&address, &length);
	check(is_mapped_loopback(&address, length), "getsockname is mapped");
	check(connect(client, (struct sockaddr *)&address, sizeof(address)) == 0,
	      "connect to a mapped address");
	length = sizeof(name);
	server = accept(listener, (struct sockaddr *)&name, &length);
	check(is_mapped_loopback(&name, length), "accept is mapped");
	check(domain_of(server) == AF_INET6, "what is accepted is as the listener");
	length = sizeof(name);
	getpeername(server, (struct sockaddr *)&name, &length);
	check(is_mapped_loopback(&name, length), "getpeername is mapped");
	length = sizeof(little);
	getpeername(server, (struct sockaddr *)little, &length);
	check(length == sizeof(name), "a short buffer is told the whole length");
	close(server);
	close(client);
	close(listener);
}

static void test_options(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, zero = 0;

	check(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero)) == 0,
	      "a harmless option that is lacking is passed over");
	errno = 0;
	check(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) == -1 && errno == ENOPROTOOPT,
	      "one that is not harmless fails");
	check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0, "one that is there works");
	check(setsockopt(-1, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1 && errno == EBADF,
	      "a bad descriptor fails as ever");
	close(fd);
}

int main(void)
{
	test_domain();
	test_names();
	test_options();
	printf("1..%d\n", count);
	return failures != 0;
}
