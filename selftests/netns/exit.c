// SPDX-License-Identifier: GPL-2.0
/* exit.c -- a namespace ends with whatever it still holds; nothing of it stays. */
#include "harness.h"

/*
 * Each test leaves something behind in a child's namespaces. They are gone when the count of
 * hrTCP's sockets, which /proc/net/protocols keeps for the whole kernel, is what it was.
 */
FIXTURE(exit)
{
	int64_t before;
};

/* "HRTCP  size sockets ..." */
static int64_t sockets(void)
{
	FILE *file = fopen("/proc/net/protocols", "r");
	char line[256], name[32];
	long long count = -1, n;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%31s %*d %lld", name, &n) == 2 && !strcmp(name, "HRTCP"))
			count = n;
	fclose(file);
	return count;
}

static int64_t memory_pages(void)
{
	FILE *file = fopen("/proc/net/protocols", "r");
	char line[256], name[32];
	long long pages = -1, n;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%31s %*d %*d %lld", name, &n) == 2 && !strcmp(name, "HRTCP"))
			pages = n;
	fclose(file);
	return pages;
}

FIXTURE_SETUP(exit)
{
	self->before = sockets();
}

/* What the count may be off: every processor keeps up to 1 MB of it to itself, either way. */
static int64_t reserves(void)
{
	return sysconf(_SC_NPROCESSORS_CONF) * ((1 << 20) / sysconf(_SC_PAGESIZE));
}

/* The child's namespaces end with it; that takes the kernel a moment. */
FIXTURE_TEARDOWN(exit)
{
	if (!testing_hrtcp())
		return;
	EXPECT_TRUE(WAIT_FOR(sockets() == self->before)) {
		TH_LOG("%lld sockets before, %lld after", (long long)self->before,
		       (long long)sockets());
	}
	EXPECT_TRUE(WAIT_FOR(llabs(memory_pages()) <= reserves()));
}

/* Run @body in a child, which ends without closing anything by itself. */
#define IN_CHILD(body)									\
	do {										\
		int _status;								\
		pid_t _pid = fork();							\
											\
		if (!_pid) {								\
			body;								\
			_exit(0);							\
		}									\
		ASSERT_EQ(_pid, waitpid(_pid, &_status, 0));				\
		ASSERT_EQ(0, _status);							\
	} while (0)

#define MUST(condition)									\
	do {										\
		if (!(condition)) {							\
			fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
			_exit(1);							\
		}									\
	} while (0)

static void leave_established(void)
{
	struct pair pair;
	struct link link;

	MUST(!pair_up(&pair, HR, HR, 4));
	MUST(!link_up(&link, &pair, 80));
	MUST(!send_all(link.client, 0, 50000));
}

TEST_F(exit, with_established_connections_and_unread_data)
{
	IN_CHILD(leave_established());
}

static void leave_listener(struct peer *peer, int half_open, int unaccepted)
{
	int i;

	MUST(!peer_open(peer, HR, 6));
	MUST(sock_listen(&peer->host, 80, 100) >= 0);
	for (i = 0; i < half_open + unaccepted; i++) {
		peer_renew(peer, 4000 + i, 80, PEER_ISS);
		MUST(peer_sends(peer, "S 0:0(0)"));
		MUST(peer_sees(peer, "S. 0:0(0) ack 1", WAIT_MS));
		if (i >= half_open)
			MUST(peer_sends(peer, ". 1:1(0) ack 1"));
	}
}

TEST_F(exit, with_a_listener_half_open_requests_and_unaccepted_connections)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	IN_CHILD(leave_listener(peer, 20, 20));
}

static void leave_syn_sent(struct peer *peer)
{
	int fd;

	MUST(!peer_open(peer, HR, 4));
	fd = sock_new(&peer->host);
	MUST(!sock_nonblock(fd, true));
	MUST(sock_connect(fd, &peer->self, PEER_PORT) == -EINPROGRESS);
}

TEST_F(exit, with_a_connection_under_way)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	IN_CHILD(leave_syn_sent(peer));
}

/* FIN-WAIT-1 with data unacknowledged, FIN-WAIT-2, CLOSING, LAST-ACK, TIME-WAIT: no owner. */
static void leave_orphans(struct peer *peer)
{
	static const char *const then[] = { NULL, ". 1:1(0) ack 2", "F. 1:1(0) ack 1",
					    "F. 1:1(0) ack 2" };
	int i, fd;

	MUST(!peer_open(peer, HR, 4));
	for (i = 0; i < 5; i++) {
		peer_renew(peer, 4000 + i, 80, PEER_ISS);
		fd = peer_accepts(peer);
		MUST(fd >= 0);
		if (i == 4) {
			MUST(peer_sends(peer, "F. 1:1(0) ack 1"));
			MUST(WAIT_FOR(peer_state(peer) == HRTCP_CLOSE_WAIT));
			MUST(!sock_close(fd));
			continue;
		}
		if (!i)
			MUST(!send_all(fd, 0, 50000));
		MUST(!sock_close(fd));
		if (then[i])
			MUST(peer_sends(peer, then[i]));
	}
	MUST(WAIT_FOR(diag_state(&peer->host, 80, 4003) == HRTCP_TIME_WAIT));
}

TEST_F(exit, with_orphans_in_every_closing_state)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	IN_CHILD(leave_orphans(peer));
}

static void leave_dump(void)
{
	struct genl genl;

	leave_established();
	MUST(!genl_open(&genl));
	MUST(!genl_join(&genl, genl.group_state));
	MUST(!genl_join(&genl, genl.group_segment));
}

TEST_F(exit, with_open_netlink_sockets)
{
	ONLY_HRTCP();
	IN_CHILD(leave_dump());
}

static void leave_traffic(void)
{
	struct pair pair;
	struct link link;

	MUST(!pair_up(&pair, HR, HR, 4));
	MUST(!link_up(&link, &pair, 80));
	if (!fork()) {
		sock_keep_only(link.client);
		send_all(link.client, 0, 1u << 30);
		_exit(0);
	}
	if (!fork()) {
		sock_keep_only(link.server);
		recv_all(link.server, 0, 20 << 20);
		_exit(0);
	}
	wait(NULL);
}

TEST_F(exit, in_the_middle_of_traffic)
{
	IN_CHILD(leave_traffic());
}

TEST_F_TIMEOUT(exit, many_times, 120)
{
	int i;

	for (i = 0; i < 20; i++)
		IN_CHILD(leave_established());
}

TEST_HARNESS_MAIN
