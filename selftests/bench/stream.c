// SPDX-License-Identifier: GPL-2.0
/* stream.c -- as much as goes one way in so many seconds, for paths that lose and reorder. */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define RUN_SECONDS_MAX 600

static double seconds(void)
{
	if (parameter <= 0 || parameter > RUN_SECONDS_MAX)
		errx(1, "%g seconds", parameter);
	return parameter;
}

/* What has arrived when the time is over counts; what is still on its way does not. */
static void serve_stream(int listener)
{
	const int fd = accept_one(listener);
	const double end = now() + seconds();
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };
	char *sink = malloc(1 << 18);
	unsigned long long got = 0;

	if (!sink)
		err(1, "malloc");
	for (;;) {
		const double left = end - now();
		ssize_t n;

		if (left <= 0)
			break;
		if (poll(&poll_in, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		n = read(fd, sink, 1 << 18);
		if (n <= 0)
			err(1, "read");
		got += (unsigned long long)n;
	}
	printf("stream_mbit_s %.2f\n", (double)got * 8 / seconds() / 1e6);
	free(sink);
	close(fd);			/* with data unread: resets, which ends the client's run */
}

static void run_stream(void)
{
	static char data[1 << 16];
	const int fd = connect_server();

	while (send(fd, data, sizeof(data), MSG_NOSIGNAL) > 0)
		;
	close(fd);
}

const struct work stream_work = { "stream", serve_stream, run_stream };
