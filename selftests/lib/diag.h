/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diag.h -- what a host's TCP says of its connections: hrTCP over netlink, Linux TCP in
 * /proc/net/tcp. States are the kernel's TCP_* numbers in both.
 */
#ifndef HRTCP_SELFTESTS_DIAG_H
#define HRTCP_SELFTESTS_DIAG_H

#include "genl.h"
#include "pair.h"

#define DIAG_ROWS 256

struct row {
	int ipv, state;
	struct sockaddr_storage local, remote;
	int local_port, remote_port;
	uint32_t rqueue, wqueue;
	/* hrTCP only */
	uint32_t half_open, retrans, uid, inode;
	int timer;			/* HRTCP_T_COUNT: none */
	uint64_t timer_ns, cookie;
	uint32_t ecn, ce_in, ce_told;	/* HRTCP_A_CONN_ECN ... */
};

/* Returns the number of rows, or a negative errno. @states: mask of 1 << state, 0: all. */
int diag_rows(const struct end *at, struct row *rows, uint32_t states);

/* The row of a pair of ports (remote 0: any). Returns whether there is one. */
bool diag_find(const struct end *at, int local_port, int remote_port, struct row *row);

/* Its state; 0: there is no such connection. */
int diag_state(const struct end *at, int local_port, int remote_port);

/* A counter by the name `hrtcp stat` prints, drops among them; -1: there is none. */
int64_t diag_counter(const struct end *at, const char *name);

struct event {
	int old_state, new_state, cause;
	int local_port, remote_port;
	uint64_t time_ns;
};

/* The next transition within @ms: 1; 0: none; or a negative errno. */
int diag_event(struct genl *genl, int ms, struct event *event);

const char *state_name(int state);

#endif
