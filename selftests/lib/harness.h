/* SPDX-License-Identifier: GPL-2.0 */
/*
 * harness.h -- the kernel's harness and this library, for a test program to include.
 *
 * Every test runs in a process and in namespaces of its own, so it begins with nothing and
 * leaves nothing. With HRTCP_FAMILY=inet Linux TCP takes hrTCP's place: so the tests
 * themselves can be tested.
 */
#ifndef HRTCP_SELFTESTS_HARNESS_H
#define HRTCP_SELFTESTS_HARNESS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

/* Seconds for one test, on a busy machine and with every operation checked. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

#include "diag.h"
#include "net.h"
#include "pair.h"
#include "peer.h"
#include "sock.h"

/* A fixture that is a pair of hosts, in all six variants. */
#define PAIR_FIXTURE(name)								\
	FIXTURE(name)									\
	{										\
		struct pair pair;							\
	};										\
	PAIR_VARIANTS(name)								\
	FIXTURE_SETUP(name)								\
	{										\
		ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server,	\
				     variant->ipv));					\
	}										\
	FIXTURE_TEARDOWN(name)								\
	{										\
	}

/* A fixture that is one host and a scripted peer, over both versions of IP. */
#define PEER_FIXTURE(name)								\
	FIXTURE(name)									\
	{										\
		struct peer peer;							\
	};										\
	FIXTURE_VARIANT(name)								\
	{										\
		int ipv;								\
	};										\
	FIXTURE_VARIANT_ADD(name, v4) { .ipv = 4 };					\
	FIXTURE_VARIANT_ADD(name, v6) { .ipv = 6 };					\
	FIXTURE_SETUP(name)								\
	{										\
		ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));			\
	}										\
	FIXTURE_TEARDOWN(name)								\
	{										\
	}

#define ONLY_HRTCP()									\
	do {										\
		if (!testing_hrtcp())							\
			SKIP(return, "true of hrTCP only");				\
	} while (0)

#define ONLY_VIRTUAL_CLOCK()								\
	do {										\
		const char *_clock = getenv("HRTCP_CLOCK");				\
											\
		if (!_clock || strcmp(_clock, "virtual"))				\
			SKIP(return, "takes its true time: virtual clock only");	\
	} while (0)

/* The connection of these ports comes to this state, as its host sees it; 0: is gone. */
#define REACHES(end, local, remote, state)						\
	ASSERT_TRUE(WAIT_FOR(diag_state(end, local, remote) == (state)))		\
	{										\
		TH_LOG("%d-%d is %s, not %s", local, remote,				\
		       state_name(diag_state(end, local, remote)), state_name(state));	\
	}

#endif
