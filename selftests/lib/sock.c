// SPDX-License-Identifier: GPL-2.0
/* sock.c -- socket calls for tests. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "sock.h"

static int result(int value)
{
	return value < 0 ? -errno : value;
}

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(int ms)
{
	struct timespec span = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&span, NULL);
}

int sock_new(const struct end *at)
{
	int error = net_enter(at->ns);

	if (error)
		return error;
	return result(socket(stack_family(at->stack, at->ipv), SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int sock_bind(int fd, const struct end *at, int port)
{
	struct sockaddr_storage addr = addr_of(at, port);

	return result(bind(fd, (struct sockaddr *)&addr, addr_len(&addr)));
}

int sock_connect(int fd, const struct end *to, int port)
{
	struct sockaddr_storage addr = addr_of(to, port);

	return result(connect(fd, (struct sockaddr *)&addr, addr_len(&addr)));
}

int sock_close(int fd)
{
	return result(close(fd));
}

void sock_keep_only(int fd)
{
	int other;

	for (other = STDERR_FILENO + 1; other < 1024; other++)
		if (other != fd)
			close(other);
}

int sock_listen(const struct end *at, int port, int backlog)
{
	int fd = sock_new(at);
	int error;

	if (fd < 0)
		return fd;
	error = sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!error)
		error = sock_bind(fd, at, port);
	if (!error)
		error = result(listen(fd, backlog));
	if (!error)
		return fd;
	close(fd);
	return error;
}

int sock_dial(const struct end *from, const struct end *to, int port)
{
	int fd = sock_new(from);
	int error;

	if (fd < 0)
		return fd;
	error = sock_connect(fd, to, port);
	if (!error)
		return fd;
	close(fd);
	return error;
}

int sock_accept(int fd)
{
	return result(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
}

int link_up(struct link *link, const struct pair *pair, int port)
{
	int listener = sock_listen(&pair->server, port, 1);

	if (listener < 0)
		return listener;
	link->client = sock_dial(&pair->client, &pair->server, port);
	if (link->client < 0)
		return link->client;
	link->server = sock_accept(listener);
	if (link->server < 0)
		return link->server;
	link->client_port = sock_port(link->client);
	link->server_port = port;
	return sock_close(listener);
}

int sock_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		return -errno;
	return addr_port(&addr);
}

int sock_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	return result(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int sock_set(int fd, int level, int name, int value)
{
	return result(setsockopt(fd, level, name, &value, sizeof(value)));
}

int sock_get(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len))
		return -errno;
	return value;
}

int sock_error(int fd)
{
	return sock_get(fd, SOL_SOCKET, SO_ERROR);
}

int sock_linger(int fd, int seconds)
{
	struct linger linger = { .l_onoff = seconds >= 0, .l_linger = seconds };

	return result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
}

int sock_timeout(int fd, int name, int ms)
{
	struct timeval span = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	return result(setsockopt(fd, SOL_SOCKET, name, &span, sizeof(span)));
}

int sock_unread(int fd)
{
	int octets = 0;

	return ioctl(fd, FIONREAD, &octets) ? -errno : octets;
}

int sock_poll(int fd, int events, int ms)
{
	struct pollfd one = { .fd = fd, .events = events };
	int n = poll(&one, 1, ms);

	return n < 0 ? -errno : one.revents;
}

void pattern_fill(uint8_t *to, uint32_t offset, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		to[i] = pattern_at(offset + i);
}

int64_t pattern_check(const uint8_t *from, uint32_t offset, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		if (from[i] != pattern_at(offset + i))
			return (int64_t)offset + i;
	return -1;
}

int send_all(int fd, uint32_t offset, uint32_t len)
{
	uint8_t chunk[16384];

	while (len) {
		uint32_t n = len < sizeof(chunk) ? len : sizeof(chunk);
		ssize_t done;

		pattern_fill(chunk, offset, n);
		done = send(fd, chunk, n, MSG_NOSIGNAL);
		if (done < 0)
			return -errno;
		offset += done;
		len -= done;
	}
	return 0;
}

int recv_all(int fd, uint32_t offset, uint32_t len)
{
	uint8_t chunk[16384];

	while (len) {
		ssize_t n = recv(fd, chunk, len < sizeof(chunk) ? len : sizeof(chunk), 0);

		if (n <= 0)
			return n ? -errno : -ENODATA;
		if (pattern_check(chunk, offset, n) >= 0)
			return -EBADMSG;
		offset += n;
		len -= n;
	}
	return 0;
}

int recv_end(int fd)
{
	uint8_t octet;
	ssize_t n = recv(fd, &octet, 1, 0);

	return n < 0 ? -errno : n ? -EBADMSG : 0;
}

/* Longer than several losses in a row hold a retransmission up. */
#define STALL_MS 60000

/* One end of an exchange: what has been sent and received so far. */
struct flow {
	int fd;
	uint32_t sent, received;
};

static int push(struct flow *flow, uint32_t len, uint32_t chunk)
{
	uint8_t data[65536];
	uint32_t n = len - flow->sent < chunk ? len - flow->sent : chunk;
	ssize_t done;

	pattern_fill(data, flow->sent, n);
	done = send(flow->fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (done < 0)
		return errno == EAGAIN ? 0 : -errno;
	flow->sent += done;
	return 0;
}

static int pull(struct flow *flow)
{
	uint8_t data[65536];
	ssize_t n = recv(flow->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n <= 0)
		return n ? (errno == EAGAIN ? 0 : -errno) : -ENODATA;
	if (pattern_check(data, flow->received, n) >= 0)
		return -EBADMSG;
	flow->received += n;
	return 0;
}

static int turn(struct flow *flow, uint32_t len, uint32_t chunk, int events)
{
	int error = 0;

	if (events & POLLIN)
		error = pull(flow);
	if (!error && events & POLLOUT && flow->sent < len)
		error = push(flow, len, chunk);
	if (!error && events & POLLERR)
		error = -sock_error(flow->fd);
	return error;
}

int exchange(int a, int b, uint32_t len, uint32_t chunk)
{
	struct flow flow[2] = { { .fd = a }, { .fd = b } };
	int error = 0, i;

	if (chunk > 65536)
		return -EINVAL;
	while (!error && (flow[0].received < len || flow[1].received < len)) {
		struct pollfd fds[2];

		for (i = 0; i < 2; i++)
			fds[i] = (struct pollfd){
				.fd = flow[i].fd,
				.events = POLLIN | (flow[i].sent < len ? POLLOUT : 0),
			};
		if (poll(fds, 2, STALL_MS) <= 0)
			return -ETIMEDOUT;
		for (i = 0; i < 2 && !error; i++)
			error = turn(&flow[i], len, chunk, fds[i].revents);
	}
	return error;
}
