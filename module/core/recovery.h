/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recovery.h -- the small machine of loss recovery.
 *
 *   OPEN      nothing suspicious
 *   DISORDER  one or two duplicate ACKs (limited transmit, RFC 3042)
 *   RECOVERY  fast retransmit and recovery, RFC 6582, until SND.UNA passes `recover`
 *   LOSS      a timeout, RFC 6298 5.4: everything outstanding is sent again
 */
#ifndef HRTCP_CORE_RECOVERY_H
#define HRTCP_CORE_RECOVERY_H

#include "seq.h"

struct hrtcp_conn;
struct hrtcp_ack;

enum hrtcp_recovery_state {
	HRTCP_R_OPEN,
	HRTCP_R_DISORDER,
	HRTCP_R_RECOVERY,
	HRTCP_R_LOSS,
};

struct hrtcp_recovery {
	u8 state;			/* enum hrtcp_recovery_state */
	u8 dupacks;			/* in a row, saturating */
	u32 left_bytes;			/* octets that duplicate ACKs say have left the network */
	struct seq recover;		/* RFC 6582: SND.NXT when recovery began */
	u32 fast_recoveries, timeouts;	/* counted for the user */
};

void hrtcp_recovery_init(struct hrtcp_conn *conn);
void hrtcp_recovery_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void hrtcp_recovery_on_timeout(struct hrtcp_conn *conn, u64 now_ns);

/* Octets believed to be in the network. */
u32 hrtcp_recovery_pipe(const struct hrtcp_conn *conn);

#endif
