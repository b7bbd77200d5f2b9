// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c -- the same socket work on the host's TCP and on hrTCP, one line a figure:
 *
 *	bench FAMILY SERVER-NAMESPACE ADDRESS WORK[:PARAMETER]
 *
 * The server end runs in its own thread, in the named network namespace; the client where the program
 * was started. Works are in plain.c, loss.c, incast.c and stream.c.
 */
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

#include "bench.h"

#define PORT 9000			/* of the one stack; each other has one of its own */

double parameter;
struct drop *server_drop;

static int family;
static struct sockaddr_in server_addr;

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void pause_us(long us)
{
	struct timespec span = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&span, NULL);
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

int connect_server(void)
{
	int fd = new_socket();

	if (connect(fd, (struct sockaddr *)&server_addr, sizeof(server_addr)))
		err(1, "connect");
	return fd;
}

int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	return fd;
}

int max_segment(int fd)
{
	socklen_t len = sizeof(int);
	int mss;

	if (getsockopt(fd, SOL_TCP, TCP_MAXSEG, &mss, &len))
		err(1, "TCP_MAXSEG");
	return mss;
}

void read_all(int fd, size_t n)
{
	char data[1 << 14];

	while (n) {
		ssize_t done = read(fd, data, n < sizeof(data) ? n : sizeof(data));

		if (done <= 0)
			err(1, "read");
		n -= (size_t)done;
	}
}

void write_all(int fd, size_t n)
{
	static const char data[1 << 14];

	while (n) {
		ssize_t done = write(fd, data, n < sizeof(data) ? n : sizeof(data));

		if (done <= 0)
			err(1, "write");
		n -= (size_t)done;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

void sort_values(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
}

double percentile(const double *sorted, int n, double p)
{
	return sorted[(int)(n * p)];
}

static const struct work *const works[] = {
	&bulk_work, &echo_work, &connect_work, &tail_work, &window_work,
	&syn_work, &latency_work, &ack_delay_work, &incast_work, &stream_work,
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

static const struct work *find_work(const char *name)
{
	const char *colon = strchr(name, ':');
	const size_t len = colon ? (size_t)(colon - name) : strlen(name);
	size_t i;

	parameter = colon ? atof(colon + 1) : 0;
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		if (strlen(works[i]->name) == len && !strncmp(works[i]->name, name, len))
			return works[i];
	errx(1, "no work %s", name);
}

int main(int argc, char **argv)
{
	struct server server = { 0 };
	pthread_t thread;

	if (argc != 5)
		errx(1, "usage: bench FAMILY SERVER-NAMESPACE ADDRESS WORK[:PARAMETER]");
	family = atoi(argv[1]);
	server.ns = argv[2];
	server_addr.sin_family = AF_INET;
	server_addr.sin_port = htons((unsigned short)(PORT + family));
	if (inet_pton(AF_INET, argv[3], &server_addr.sin_addr) != 1)
		errx(1, "address %s", argv[3]);
	server.work = find_work(argv[4]);
	pthread_barrier_init(&server.ready, NULL, 2);
	pthread_create(&thread, NULL, serve, &server);
	pthread_barrier_wait(&server.ready);
	server.work->run();
	pthread_join(thread, NULL);
	return 0;
}
