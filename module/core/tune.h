/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tune.h -- the receive buffer grows with what its user reads in a round trip, so that the window
 * never is what limits a peer whose user keeps up. RFC 9293 3.8.6, RFC 7323 2.1
 */
#ifndef HRTCP_CORE_TUNE_H
#define HRTCP_CORE_TUNE_H

#include "seq.h"

struct hrtcp_conn;
struct hrtcp_seg;

/* Written by tune.c. */
struct hrtcp_tune {
	u64 rtt_ns;			/* the receiver's own round trip, 0: not known */
	u64 window_ns;			/* when window_end was advertised, 0: never */
	struct seq window_end;
	u32 tsecr;			/* the last echo that gave a sample */
	u64 begun_ns;			/* the round trip that is being counted began; 0: none */
	struct seq read;		/* the user's next octet then */
	u32 before_bytes;		/* what was read in the one before */
};

/* @seg brought RCV.NXT on. */
void hrtcp_tune_on_data(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns);

#endif
