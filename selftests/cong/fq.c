// SPDX-License-Identifier: GPL-2.0
/* fq.c -- pacing by fq: it is given departure times where it says that it keeps them. */
#include <time.h>

#include "harness.h"

#define RATE 2000000
#define LEN 3000000

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* How often fq of eth0 kept a packet back until its time; -1: eth0 has no fq. */
static long throttled(void)
{
	static const char key[] = "\"throttled\":";
	FILE *tc = popen("tc -s -j qdisc show dev eth0", "r");
	char text[4096] = {};
	const char *at, *last = NULL;

	if (!tc)
		return -1;
	fread(text, 1, sizeof(text) - 1, tc);
	pclose(tc);
	for (at = strstr(text, key); at; at = strstr(at + 1, key))
		last = at + strlen(key);	/* the first is how many flows are now */
	return last ? strtol(last, NULL, 10) : -1;
}

/* Seconds for LEN octets at RATE, or -1. */
static double timed_exchange(const struct link *link)
{
	const double from = seconds();

	if (sock_set(link->client, SOL_SOCKET, SO_MAX_PACING_RATE, RATE) ||
	    exchange(link->client, link->server, LEN, 65536))
		return -1;
	return seconds() - from;
}

FIXTURE(fq)
{
	struct pair pair;
	struct link link;
};

FIXTURE_VARIANT(fq)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(fq, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(fq, v6) { .ipv = 6 };

FIXTURE_SETUP(fq)
{
	ASSERT_EQ(0, pair_up(&self->pair, HR, HR, variant->ipv));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, system("tc qdisc replace dev eth0 root fq"));
	ASSERT_EQ(0, throttled());
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
}

FIXTURE_TEARDOWN(fq)
{
	close(self->link.client);
	close(self->link.server);
}

TEST_F(fq, keeps_what_is_paced_until_it_departs)
{
	EXPECT_LT(0.95 * LEN / RATE, timed_exchange(&self->link));
	EXPECT_LT(0, throttled());
}

/* It would keep departure times even so, but does not say it: the timer of the connection paces. */
TEST_F(fq, is_given_no_times_if_it_does_not_pace)
{
	ONLY_HRTCP();
	ASSERT_EQ(0, system("tc qdisc replace dev eth0 root pfifo"));
	ASSERT_EQ(0, system("tc qdisc replace dev eth0 root fq nopacing"));
	close(self->link.client);
	close(self->link.server);
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 81));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	EXPECT_LT(0.95 * LEN / RATE, timed_exchange(&self->link));
	EXPECT_EQ(0, throttled());
}

/*
 * Then what is acknowledged before it could have departed shows that nothing keeps it. Linux TCP would
 * not be paced any more.
 */
TEST_F(fq, may_be_taken_away)
{
	ONLY_HRTCP();
	ASSERT_EQ(0, exchange(self->link.client, self->link.server, 100000, 65536));
	ASSERT_EQ(0, system("tc qdisc replace dev eth0 root pfifo"));
	EXPECT_LT(0.95 * LEN / RATE, timed_exchange(&self->link));
	EXPECT_EQ(-1, throttled());
}

TEST_HARNESS_MAIN
