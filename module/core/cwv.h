/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cwv.h -- congestion window validation, RFC 7661: a window that the application does not
 * use is kept for a while, but neither grows nor is believed when something is lost. For
 * algorithms that leave cwnd to the core's rules (ops->control is NULL).
 */
#ifndef HRTCP_CORE_CWV_H
#define HRTCP_CORE_CWV_H

#include "seq.h"

struct hrtcp_ack;
struct hrtcp_conn;

#define HRTCP_CWV_PERIODS 4		/* of the pipeACK Sampling Period */

struct hrtcp_cwv {
	bool known;			/* pipeACK is defined */
	bool open;			/* round_end is set */
	u32 most[HRTCP_CWV_PERIODS];	/* largest pipeACK sample of each, newest first */
	u64 period_ns;			/* when the newest began */
	struct seq round_begin, round_end;	/* of the sample being taken */
	u64 since_ns;			/* the window is not validated since; 0: it is */
	u32 loss_bytes;			/* max(pipeACK, LossFlightSize), lost while not; 0: no */
};

/* Data leaves after nothing was in flight. */
void hrtcp_cwv_on_restart(struct hrtcp_conn *conn, u64 now_ns);

/* New data leaves: the non-validated period may be over, RFC 7661 4.4.3. */
void hrtcp_cwv_on_new(struct hrtcp_conn *conn, u64 now_ns);

/* SND.UNA advanced: pipeACK, RFC 7661 4.2. */
void hrtcp_cwv_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* Congestion. Return: the ssthresh for it, @ssthresh if the window was validated. 4.4.1 */
u32 hrtcp_cwv_on_loss(struct hrtcp_conn *conn, u32 ssthresh, u64 now_ns);

/* Recovery is over, having sent @again octets again. */
void hrtcp_cwv_on_recovered(struct hrtcp_conn *conn, u32 again);

/* pipeACK is undefined: after a loss and at the beginning. */
void hrtcp_cwv_reset(struct hrtcp_conn *conn);

#endif
