// SPDX-License-Identifier: GPL-2.0
/* plain.c -- a path that loses nothing: bulk, echo, connect. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define BULK_BYTES (64ull << 20)
#define ECHO_ROUNDS 5000
#define CONNECT_ROUNDS 1500

/* -- bulk: octets per second --------------------------------------------------------- */

static void serve_bulk(int listener)
{
	int fd = accept_one(listener);
	char *sink = malloc(1 << 18);

	while (read(fd, sink, 1 << 18) > 0)
		;
	close(fd);
	free(sink);
}

/* Until the server has read it all and closed. */
static void run_bulk(void)
{
	static char data[1 << 16];
	int fd = connect_server();
	double begun = now();
	unsigned long long sent = 0;
	char end;

	while (sent < BULK_BYTES) {
		ssize_t n = write(fd, data, sizeof(data));

		if (n < 0)
			err(1, "write");
		sent += (unsigned long long)n;
	}
	shutdown(fd, SHUT_WR);
	if (read(fd, &end, 1) != 0)
		err(1, "end of stream");
	printf("bulk_mbit_s %.1f\n", (double)sent * 8 / (now() - begun) / 1e6);
	close(fd);
}

const struct work bulk_work = { "bulk", serve_bulk, run_bulk };

/* -- echo: microseconds for 64 octets there and back --------------------------------- */

static void serve_echo(int listener)
{
	int i, fd = accept_one(listener);

	for (i = 0; i < ECHO_ROUNDS; i++) {
		read_all(fd, 64);
		write_all(fd, 64);
	}
	close(fd);
}

static void run_echo(void)
{
	static double took[ECHO_ROUNDS];
	int i, fd = connect_server();

	for (i = 0; i < ECHO_ROUNDS; i++) {
		double begun = now();

		write_all(fd, 64);
		read_all(fd, 64);
		took[i] = (now() - begun) * 1e6;
	}
	sort_values(took, ECHO_ROUNDS);
	printf("echo_p50_us %.1f\n", percentile(took, ECHO_ROUNDS, 0.5));
	printf("echo_p99_us %.1f\n", percentile(took, ECHO_ROUNDS, 0.99));
	printf("echo_p999_us %.1f\n", percentile(took, ECHO_ROUNDS, 0.999));
	close(fd);
}

const struct work echo_work = { "echo", serve_echo, run_echo };

/* -- connect: connections opened and closed per second ------------------------------- */

static void serve_connect(int listener)
{
	char end;
	int i;

	for (i = 0; i < CONNECT_ROUNDS; i++) {
		int fd = accept_one(listener);

		if (read(fd, &end, 1) != 0)
			err(1, "end of stream");
		close(fd);
	}
}

static void run_connect(void)
{
	double begun = now();
	char end;
	int i;

	for (i = 0; i < CONNECT_ROUNDS; i++) {
		int fd = connect_server();

		shutdown(fd, SHUT_WR);
		if (read(fd, &end, 1) != 0)
			err(1, "end of stream");
		close(fd);
	}
	printf("connect_per_s %.1f\n", CONNECT_ROUNDS / (now() - begun));
}

const struct work connect_work = { "connect", serve_connect, run_connect };
