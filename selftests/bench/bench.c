// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c -- the same socket work on the host's TCP and on hrTCP, alternating, one line a figure:
 *
 *	bench FAMILY SERVER-NAMESPACE ADDRESS WORK
 *
 * WORK is bulk (octets per second), echo (64 octets there and back, microseconds at p50, p99 and
 * p99.9) or connect (connections opened and closed per second). The server end runs in its own
 * thread, in the named network namespace; the client where the program was started.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BULK_BYTES (64ull << 20)
#define ECHO_ROUNDS 5000
#define CONNECT_ROUNDS 1500
#define PORT 9000			/* of the one stack; each other has one of its own */

struct work {
	const char *name;
	void (*serve)(int listener);
	void (*run)(void);
};

static int family;
static struct sockaddr_in server_addr;
static char buffer[1 << 16];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int new_socket(void)
{
	int one = 1, fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return fd;
}

static int connect_server(void)
{
	int fd = new_socket();

	if (connect(fd, (struct sockaddr *)&server_addr, sizeof(server_addr)))
		err(1, "connect");
	return fd;
}

static int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	return fd;
}

static void transfer(int fd, size_t n, ssize_t (*io)(int, void *, size_t))
{
	static __thread char mine[64];
	size_t done = 0;

	while (done < n) {
		ssize_t got = io(fd, mine + done, n - done);

		if (got <= 0)
			err(1, "transfer");
		done += (size_t)got;
	}
}

static ssize_t write_any(int fd, void *buf, size_t n)
{
	return write(fd, buf, n);
}

/* -- bulk ---------------------------------------------------------------------------- */

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
	int fd = connect_server();
	double begun = now();
	unsigned long long sent = 0;
	char end;

	while (sent < BULK_BYTES) {
		ssize_t n = write(fd, buffer, sizeof(buffer));

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

/* -- echo ---------------------------------------------------------------------------- */

static void serve_echo(int listener)
{
	int i, fd = accept_one(listener);

	for (i = 0; i < ECHO_ROUNDS; i++) {
		transfer(fd, 64, read);
		transfer(fd, 64, write_any);
	}
	close(fd);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void run_echo(void)
{
	static double took[ECHO_ROUNDS];
	int i, fd = connect_server();

	for (i = 0; i < ECHO_ROUNDS; i++) {
		double begun = now();

		transfer(fd, 64, write_any);
		transfer(fd, 64, read);
		took[i] = (now() - begun) * 1e6;
	}
	qsort(took, ECHO_ROUNDS, sizeof(took[0]), compare);
	printf("echo_p50_us %.1f\n", took[ECHO_ROUNDS / 2]);
	printf("echo_p99_us %.1f\n", took[ECHO_ROUNDS * 99 / 100]);
	printf("echo_p999_us %.1f\n", took[ECHO_ROUNDS * 999 / 1000]);
	close(fd);
}

/* -- connect ------------------------------------------------------------------------- */

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

/* ------------------------------------------------------------------------------------ */

static const struct work works[] = {
	{ "bulk", serve_bulk, run_bulk },
	{ "echo", serve_echo, run_echo },
	{ "connect", serve_connect, run_connect },
};

struct server {
	const char *ns;
	const struct work *work;
	pthread_barrier_t ready;
};

static void *serve(void *arg)
{
	struct server *server = arg;
	char path[128];
	int listener, ns;

	snprintf(path, sizeof(path), "/run/netns/%s", server->ns);
	ns = open(path, O_RDONLY);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		err(1, "%s", path);
	listener = new_socket();
	if (bind(listener, (struct sockaddr *)&server_addr, sizeof(server_addr)) ||
	    listen(listener, 128))
		err(1, "listen");
	pthread_barrier_wait(&server->ready);
	server->work->serve(listener);
	close(listener);
	close(ns);
	return NULL;
}

int main(int argc, char **argv)
{
	struct server server = { 0 };
	pthread_t thread;
	size_t i;

	if (argc != 5)
		errx(1, "usage: bench FAMILY SERVER-NAMESPACE ADDRESS WORK");
	family = atoi(argv[1]);
	server.ns = argv[2];
	server_addr.sin_family = AF_INET;
	server_addr.sin_port = htons((unsigned short)(PORT + family));
	if (inet_pton(AF_INET, argv[3], &server_addr.sin_addr) != 1)
		errx(1, "address %s", argv[3]);
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		if (!strcmp(works[i].name, argv[4]))
			server.work = &works[i];
	if (!server.work)
		errx(1, "no work %s", argv[4]);
	pthread_barrier_init(&server.ready, NULL, 2);
	pthread_create(&thread, NULL, serve, &server);
	pthread_barrier_wait(&server.ready);
	server.work->run();
	pthread_join(thread, NULL);
	return 0;
}
