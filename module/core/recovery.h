/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recovery.h -- the small machine of loss recovery.
 *
 *   OPEN      nothing suspicious
 *   DISORDER  duplicate ACKs or SACKed data, no loss established (limited transmit, RFC 3042)
 *   CWR       a congestion mark is being answered: PRR brings cwnd down until SND.UNA passes what
 *             was out, ecn.cwr_end
 *   RECOVERY  something is lost: sent again until SND.UNA passes `recover`. With SACK, RACK
 *             says what is lost and PRR how fast to send (RFC 8985, 9937); without, RFC 6582
 *   LOSS      a timeout, RFC 6298 5.4, until SND.UNA passes `recover`
 */
#ifndef HRTCP_CORE_RECOVERY_H
#define HRTCP_CORE_RECOVERY_H

#include "wire.h"

#define HRTCP_UNDO_TOLD 4		/* runs of octets that D-SACKs named of late */

struct hrtcp_conn;
struct hrtcp_ack;
struct hrtcp_txnode;

enum hrtcp_recovery_state {
	HRTCP_R_OPEN,
	HRTCP_R_DISORDER,
	HRTCP_R_CWR,
	HRTCP_R_RECOVERY,
	HRTCP_R_LOSS,
};

/* Proportional rate reduction, RFC 9937 5. */
struct hrtcp_prr {
	u32 delivered_bytes, out_bytes;
	u32 flight_bytes;		/* RecoverFS */
	u32 target_bytes;		/* in CWR: ssthresh, or one segment; and at the mark: */
	u32 cwnd_bytes, out_at_mark_bytes; /* cwnd, SND.NXT - SND.UNA */
};

/* What it takes to undo a response to a loss that was none. */
struct hrtcp_undo {
	bool armed;
	bool marked;			/* ... in the place of which stands that to a mark */
	u32 cwnd_bytes, ssthresh_bytes;	/* before the response */
	u32 resent_bytes;		/* in this episode, or before it and still out */
	u32 dsacked_bytes;		/* of these, said to be received twice, ... */
	struct hrtcp_sack_block told[HRTCP_UNDO_TOLD]; /* ... which are these octets */
	u8 n_told, told_at;		/* the oldest makes room */
	bool again;			/* and some of it not for the first time */
	struct seq begin;		/* SND.UNA then: D-SACKs of what lies before are older */
	bool ts_taken, ts_known;	/* ts is settled; it is set, and every ACK since is older */
	u32 ts;				/* TSval of the first repeat out, RetransmitTS of RFC 3522 ... */
	u64 ts_at_ns;			/* ... and when that was */
};

struct hrtcp_recovery {
	u8 state;			/* enum hrtcp_recovery_state */
	u8 dupacks;			/* without SACK: in a row, saturating */
	bool dsacks;			/* the peer has reported duplicates before */
	bool frto;			/* the timeout may have been spurious, RFC 5682 */
	bool frto_new;			/* without SACK: the ACK of new data will tell, step 3 of it */
	bool twice;			/* the network duplicates: D-SACK undoes nothing, RFC 3708 3 */
	u8 unanswered;			/* timeouts since SND.UNA advanced, saturating */
	u8 partial_acks;		/* without SACK: in this recovery, saturating */
	u32 left_bytes;			/* without SACK: octets that have left the network */
	struct seq recover;		/* SND.NXT when recovery began */
	struct seq again_lo, again_hi;	/* all that was sent more than once lies in between */
	u64 timeout_ns;			/* when LOSS began */
	struct seq timeout_una;		/* SND.UNA then */
	struct hrtcp_prr prr;
	struct hrtcp_undo undo;
	u32 fast_recoveries, timeouts, undos;	/* counted for the user */
};

void hrtcp_recovery_init(struct hrtcp_conn *conn);
void hrtcp_recovery_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void hrtcp_recovery_on_timeout(struct hrtcp_conn *conn, u64 now_ns);

/* RACK has marked units lost outside an ACK: its timer fired. */
void hrtcp_recovery_on_lost(struct hrtcp_conn *conn, u64 now_ns);

/* The probe of RFC 8985 7.4.2 repaired a loss: respond to it, nothing is left to send. */
void hrtcp_recovery_on_repaired(struct hrtcp_conn *conn, u64 now_ns);

/* A mark that calls for no more than @target_bytes: not in RECOVERY or LOSS. RFC 3168 6.1.2 */
void hrtcp_recovery_on_mark(struct hrtcp_conn *conn, u32 target_bytes,
			    const struct hrtcp_ack *ack);

/* @node left, for the first time or again. */
void hrtcp_recovery_on_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node);

/* [@start, @end) leaves, and not for the only time: D-SACKs of it do not tell of the network. */
void hrtcp_recovery_note_again(struct hrtcp_conn *conn, struct seq start, struct seq end);

/* [@start, @end) came twice, says the peer. */
void hrtcp_recovery_on_dsack(struct hrtcp_conn *conn, struct seq start, struct seq end);

/* -- shared with newreno.c */
void hrtcp_recovery_enter(struct hrtcp_conn *conn, u32 delivered, u64 now_ns);
void hrtcp_recovery_reduce(struct hrtcp_conn *conn, u32 delivered, bool safe);
bool hrtcp_recovery_ends(const struct hrtcp_conn *conn);
void hrtcp_recovery_leave(struct hrtcp_conn *conn);
void hrtcp_recovery_open(struct hrtcp_conn *conn);
void hrtcp_recovery_grow(struct hrtcp_conn *conn, const struct hrtcp_ack *ack, bool loss);

/* Octets believed to be in the network. */
u32 hrtcp_recovery_pipe(const struct hrtcp_conn *conn);

#endif
