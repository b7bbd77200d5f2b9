/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sock.h -- socket calls as tests want them: a result, or the negative errno.
 */
#ifndef HRTCP_SELFTESTS_SOCK_H
#define HRTCP_SELFTESTS_SOCK_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "pair.h"

/* Long enough for a busy machine; only a failing test waits for it. */
#define WAIT_MS 10000

/* The host's timeouts are in ticks of this at most, and may end one early. */
#define TICK_MS 20

/* A stream socket of the end's stack, made in its namespace. */
int sock_new(const struct end *at);
int sock_bind(int fd, const struct end *at, int port);
int sock_connect(int fd, const struct end *to, int port);
int sock_close(int fd);

/* In a child: close what it inherited but this and the standard streams. */
void sock_keep_only(int fd);

/* New sockets: bound and listening; connected. */
int sock_listen(const struct end *at, int port, int backlog);
int sock_dial(const struct end *from, const struct end *to, int port);
int sock_accept(int fd);

/* A connection with both its ends; @port is the server's. Closes the listener. */
struct link {
	int client, server;
	int client_port, server_port;
};

int link_up(struct link *link, const struct pair *pair, int port);

int sock_port(int fd);
int sock_nonblock(int fd, bool on);
int sock_set(int fd, int level, int name, int value);
int sock_get(int fd, int level, int name);
int sock_error(int fd);			/* SO_ERROR, positive, taken */
int sock_linger(int fd, int seconds);	/* -1: off */
int sock_timeout(int fd, int name, int ms);
int sock_unread(int fd);		/* FIONREAD */

/* poll(); the events seen, 0 after @ms. */
int sock_poll(int fd, int events, int ms);

/* The octet at @offset of every stream. */
static inline uint8_t pattern_at(uint32_t offset)
{
	return (uint8_t)(offset * 2654435761u >> 24);
}

void pattern_fill(uint8_t *to, uint32_t offset, uint32_t len);
/* -1 if all are right, else the first offset that is not. */
int64_t pattern_check(const uint8_t *from, uint32_t offset, uint32_t len);

/* All of it, or the negative errno; -EBADMSG if what came differs, -ENODATA at early end. */
int send_all(int fd, uint32_t offset, uint32_t len);
int recv_all(int fd, uint32_t offset, uint32_t len);
/* Exactly the end of the stream comes next: 0. */
int recv_end(int fd);

/* Send @len from each end at once, in chunks, and check all that arrives. */
int exchange(int a, int b, uint32_t len, uint32_t chunk);

uint64_t now_ms(void);

/* Until @condition holds, which is looked at once more at the end of the time. */
#define WAIT_FOR(condition)						\
({									\
	uint64_t _end = now_ms() + WAIT_MS;				\
	bool _met;							\
									\
	while (!(_met = (condition)) && now_ms() < _end)		\
		pause_ms(1);						\
	_met;								\
})

void pause_ms(int ms);

#endif
