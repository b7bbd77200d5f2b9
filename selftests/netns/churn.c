// SPDX-License-Identifier: GPL-2.0
/* churn.c -- thousands of connections come and go: no object of the kernel stays with them. */
#include <dirent.h>

#include "harness.h"

static const char *const caches[] = { "HRTCP", "hrtcp_request", "hrtcp_timewait" };

/* Objects in use. Those that each processor keeps at hand count as such, so they go first. */
static long objects(const char *cache)
{
	char path[128], line[512], name[64];
	long active = -1, n;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			active = -1;
		close(fd);
	}
	file = fopen("/proc/slabinfo", "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %ld", name, &n) == 2 && !strcmp(name, cache))
			active = n;
	fclose(file);
	return active;
}

FIXTURE(churn)
{
	struct pair pair;
	long before[ARRAY_SIZE(caches)];
};

PAIR_VARIANTS(churn)

FIXTURE_SETUP(churn)
{
	unsigned int i;

	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	for (i = 0; i < ARRAY_SIZE(caches); i++)
		self->before[i] = objects(caches[i]);
}

/* A cache that the kernel merged with another has no line of its own. */
FIXTURE_TEARDOWN(churn)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		if (self->before[i] < 0)
			continue;
		EXPECT_TRUE(WAIT_FOR(objects(caches[i]) <= self->before[i])) {
			TH_LOG("%s: %ld before, %ld after", caches[i], self->before[i],
			       objects(caches[i]));
		}
	}
}

static int how_many(void)
{
	const char *count = getenv("HRTCP_CHURN");

	return count ? atoi(count) : 2000;
}

TEST_F_TIMEOUT(churn, connections_opened_and_closed_leave_nothing, 600)
{
	int listener, n = how_many() / 6, i;

	if (testing_hrtcp()) {
		ASSERT_EQ(0, net_enter(self->pair.client.ns));
		ASSERT_EQ(0, net_sysctl("hrtcp/time_wait_us", "1000"));
		ASSERT_EQ(0, net_enter(self->pair.server.ns));
		ASSERT_EQ(0, net_sysctl("hrtcp/time_wait_us", "1000"));
	}
	listener = sock_listen(&self->pair.server, 80, 16);
	ASSERT_LE(0, listener);
	for (i = 0; i < n; i++) {
		int client = sock_dial(&self->pair.client, &self->pair.server, 80);
		int server = sock_accept(listener);

		ASSERT_LE(0, client);
		ASSERT_LE(0, server);
		/* By turns: the client first, the server first, a reset, data unread. */
		if (i % 4 == 2)
			sock_linger(client, 0);
		if (i % 4 == 3)
			ASSERT_EQ(0, send_all(client, 0, 100));
		if (i % 4 == 1)
			ASSERT_EQ(0, sock_close(server));
		ASSERT_EQ(0, sock_close(client));
		if (i % 4 != 1)
			ASSERT_EQ(0, sock_close(server));
	}
	ASSERT_EQ(0, sock_close(listener));
	if (variant->client == HR)
		EXPECT_TRUE(WAIT_FOR(!diag_rows(&self->pair.client, (struct row[DIAG_ROWS]){}, 0)));
	if (variant->server == HR)
		EXPECT_TRUE(WAIT_FOR(!diag_rows(&self->pair.server, (struct row[DIAG_ROWS]){}, 0)));
}

TEST_HARNESS_MAIN
