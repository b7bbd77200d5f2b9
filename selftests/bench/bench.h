/* SPDX-License-Identifier: GPL-2.0 */
/* bench.h -- what the works share: sockets to the server, whole transfers, the clock. */
#ifndef HRTCP_SELFTESTS_BENCH_H
#define HRTCP_SELFTESTS_BENCH_H

#include <stddef.h>
#include <sys/types.h>

/* A thing to measure: @serve runs in the server's namespace, @run in the client's. */
struct work {
	const char *name;
	void (*serve)(int listener);
	void (*run)(void);
};

extern const struct work bulk_work, echo_work, connect_work;
extern const struct work tail_work, window_work, syn_work, latency_work, ack_delay_work;
extern const struct work incast_work, stream_work;

/* The number behind the work's name on the command line. */
extern double parameter;

/* The client's end writes, the server's sees. */
struct drop;
extern struct drop *server_drop;

double now(void);			/* seconds */
void pause_us(long us);

int connect_server(void);
int accept_one(int listener);
int max_segment(int fd);

/* All of it. */
void read_all(int fd, size_t n);
void write_all(int fd, size_t n);

/* Sorts the values. @p: of 1. */
void sort_values(double *values, int n);
double percentile(const double *sorted, int n, double p);

#endif
