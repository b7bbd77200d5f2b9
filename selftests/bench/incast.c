// SPDX-License-Identifier: GPL-2.0
/* incast.c -- many senders answer one request at once, through a shallow queue to one receiver. */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#define BLOCK (1 << 20)			/* of all senders together */
#define ROUNDS 10
#define SENDERS_MAX 64

static int senders(void)
{
	const int n = (int)parameter;

	if (n < 1 || n > SENDERS_MAX)
		errx(1, "%d senders", n);
	return n;
}

static void *send_parts(void *arg)
{
	const int fd = *(int *)arg;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		read_all(fd, 1);
		write_all(fd, BLOCK / senders());
	}
	close(fd);
	return NULL;
}

static void serve_incast(int listener)
{
	pthread_t thread[SENDERS_MAX];
	int fd[SENDERS_MAX], i;

	for (i = 0; i < senders(); i++) {
		fd[i] = accept_one(listener);
		pthread_create(&thread[i], NULL, send_parts, &fd[i]);
	}
	for (i = 0; i < senders(); i++)
		pthread_join(thread[i], NULL);
}

static void one_block(const int *fd)
{
	static char sink[1 << 18];
	struct pollfd fds[SENDERS_MAX];
	size_t missing[SENDERS_MAX];
	int i, open = senders();

	for (i = 0; i < senders(); i++) {
		write_all(fd[i], 1);
		fds[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
		missing[i] = (size_t)(BLOCK / senders());
	}
	while (open) {
		if (poll(fds, (nfds_t)senders(), -1) < 0)
			err(1, "poll");
		for (i = 0; i < senders(); i++) {
			ssize_t n;

			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			n = read(fd[i], sink, sizeof(sink));
			if (n <= 0)
				err(1, "read");
			missing[i] -= (size_t)n;
			if (missing[i])
				continue;
			fds[i].fd = -1;		/* has no more for this block, or ever */
			open--;
		}
	}
}

static void run_incast(void)
{
	int fd[SENDERS_MAX], i;
	double begun;

	for (i = 0; i < senders(); i++)
		fd[i] = connect_server();
	begun = now();
	for (i = 0; i < ROUNDS; i++)
		one_block(fd);
	printf("incast_%d_mbit_s %.1f\n", senders(), (double)BLOCK * ROUNDS * 8 / (now() - begun) / 1e6);
	for (i = 0; i < senders(); i++)
		close(fd[i]);
}

const struct work incast_work = { "incast", serve_incast, run_incast };
