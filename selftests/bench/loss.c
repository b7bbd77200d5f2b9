// SPDX-License-Identifier: GPL-2.0
/* loss.c -- a short path, what it loses said exactly: how long until it is made good. */
#include <err.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "drop.h"

#define SEGMENTS 10			/* an initial window */
#define ROUNDS 15
#define LATENCY_ROUNDS 10000
#define IDLE_US 300000			/* longer than any delayed ACK */

static volatile double arrived;

/* -- a burst of an initial window on a connection that knows its round trip ---------- */

/* Each a new connection: congestion control is to remember nothing of the loss before. */
static void serve_bursts(int listener)
{
	int i, filter;

	server_drop = drop_new(&filter);
	for (i = 0; i < ROUNDS; i++) {
		int fd = accept_one(listener), round;

		drop_attach(fd, filter);
		for (round = 0; round < 4; round++) {
			read_all(fd, 64);
			write_all(fd, 64);
		}
		read_all(fd, (size_t)(SEGMENTS * max_segment(fd)));
		arrived = now();
		write_all(fd, 1);
		close(fd);
	}
}

/* @skip, @count: in segments. Returns the median of the time until all was there. */
static double bursts(int skip, int count)
{
	static double took[ROUNDS];
	int i, round;

	for (i = 0; i < ROUNDS; i++) {
		int fd = connect_server();
		size_t mss = (size_t)max_segment(fd);
		double begun;

		for (round = 0; round < 4; round++) {
			write_all(fd, 64);
			read_all(fd, 64);
		}
		pause_us(IDLE_US);
		server_drop->skip = (size_t)skip * mss;
		server_drop->count = (size_t)count * mss;
		begun = now();
		write_all(fd, (SEGMENTS - 1) * mss);
		write_all(fd, mss);
		read_all(fd, 1);
		took[i] = (arrived - begun) * 1e6;
		if (server_drop->count)
			errx(1, "nothing was lost");
		pause_us(IDLE_US);
		close(fd);
	}
	sort_values(took, ROUNDS);
	return percentile(took, ROUNDS, 0.5);
}

static void run_tail(void)
{
	printf("tail_loss_us %.1f\n", bursts(SEGMENTS - 1, 1));
}

static void run_window(void)
{
	printf("window_loss_us %.1f\n", bursts(0, SEGMENTS));
}

const struct work tail_work = { "tail", serve_bursts, run_tail };
const struct work window_work = { "window", serve_bursts, run_window };

/* -- a SYN --------------------------------------------------------------------------- */

static void serve_syn(int listener)
{
	int i, filter;

	server_drop = drop_new(&filter);
	drop_attach(listener, filter);
	for (i = 0; i < ROUNDS; i++) {
		server_drop->count = 1;
		close(accept_one(listener));
	}
}

static void run_syn(void)
{
	static double took[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		double begun;
		char end;
		int fd;

		while (!server_drop || !server_drop->count)
			pause_us(100);
		begun = now();
		fd = connect_server();
		took[i] = (now() - begun) * 1e6;
		if (server_drop->count)
			errx(1, "no SYN was lost");
		if (read(fd, &end, 1) != 0)
			err(1, "end of stream");
		close(fd);
	}
	sort_values(took, ROUNDS);
	printf("syn_loss_us %.1f\n", percentile(took, ROUNDS, 0.5));
}

const struct work syn_work = { "syn", serve_syn, run_syn };

/* -- request and response, a part of all segments lost each way ---------------------- */

static void lose_some(int fd, unsigned long seed)
{
	struct drop *drop;
	int filter;

	drop = drop_new(&filter);
	drop->seed = seed;
	drop->rate = (unsigned long)(parameter / 100 * (1ul << 31));
	drop_attach(fd, filter);
}

static void serve_latency(int listener)
{
	int i, fd = accept_one(listener);

	lose_some(fd, 1);
	for (i = 0; i < LATENCY_ROUNDS; i++) {
		read_all(fd, 64);
		write_all(fd, 64);
	}
	close(fd);
}

static void run_latency(void)
{
	static double took[LATENCY_ROUNDS];
	int i, fd = connect_server();

	lose_some(fd, 2);
	for (i = 0; i < LATENCY_ROUNDS; i++) {
		double begun = now();

		write_all(fd, 64);
		read_all(fd, 64);
		took[i] = (now() - begun) * 1e6;
	}
	close(fd);
	sort_values(took, LATENCY_ROUNDS);
	printf("loss_%g%%_p50_us %.1f\n", parameter, percentile(took, LATENCY_ROUNDS, 0.5));
	printf("loss_%g%%_p99_us %.1f\n", parameter, percentile(took, LATENCY_ROUNDS, 0.99));
	printf("loss_%g%%_p999_us %.1f\n", parameter, percentile(took, LATENCY_ROUNDS, 0.999));
}

const struct work latency_work = { "latency", serve_latency, run_latency };

/* -- ACKs that come late all at once: how much is repeated in vain ------------------- */

#define LATE_SEGMENTS 200

static void serve_ack_delay(int listener)
{
	int i, fd = accept_one(listener);

	for (i = 0; i < 20; i++) {
		read_all(fd, 64);
		write_all(fd, 64);
	}
	if (system("tc qdisc change dev eth0 root netem delay 200ms limit 10000"))
		errx(1, "tc");
	write_all(fd, 1);
	read_all(fd, LATE_SEGMENTS * 64);
	write_all(fd, 1);
	close(fd);
	if (system("tc qdisc change dev eth0 root netem delay 50us limit 10000"))
		errx(1, "tc");
}

static void run_ack_delay(void)
{
	int i, fd = connect_server();
	struct tcp_info info;
	socklen_t len = sizeof(info);

	for (i = 0; i < 20; i++) {
		write_all(fd, 64);
		read_all(fd, 64);
	}
	read_all(fd, 1);
	for (i = 0; i < LATE_SEGMENTS; i++) {
		write_all(fd, 64);
		pause_us(20000);
	}
	read_all(fd, 1);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		err(1, "TCP_INFO");
	printf("late_acks_repeats %u\n", info.tcpi_total_retrans);
	close(fd);
}

const struct work ack_delay_work = { "ack-delay", serve_ack_delay, run_ack_delay };
