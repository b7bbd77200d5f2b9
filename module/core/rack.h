/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rack.h -- RACK-TLP, RFC 8985: what was sent before something that has arrived, and long
 * enough ago, is lost; and a probe where nothing arrives to tell.
 */
#ifndef HRTCP_CORE_RACK_H
#define HRTCP_CORE_RACK_H

#include "txq.h"

struct hrtcp_conn;
struct hrtcp_ack;

struct hrtcp_rack {
	struct hrtcp_sent newest;	/* RACK.xmit_ts, RACK.end_seq */
	u64 rtt_ns;			/* RACK.rtt */
	struct seq fack;		/* highest sequence delivered */
	bool reordering;		/* RACK.reordering_seen */
	u8 window_mult;			/* RACK.reo_wnd_mult */
	u8 window_life;			/* recoveries until it goes back to 1 */
	struct seq dsack_round;		/* SND.NXT at the last widening */
};

struct hrtcp_tlp {
	bool due;			/* the timer fired: send a probe at the next poll */
	bool out, again;		/* TLP.end_seq is set; it was a retransmission */
	bool sampled;			/* an RTT sample since the last probe */
	bool odd;			/* the ACK of what is out may be withheld */
	bool waited;			/* the last probe allowed for that */
	bool answered;			/* what it repeated was acknowledged by itself, without data */
	struct seq end;			/* TLP.end_seq */
	bool twin;			/* without SACK: an ACK of its duplicate is still to come */
	u64 sent_ns;			/* when it left */
	u64 first_ns;			/* when the one that was repeated was sent first, or 0 */
	u32 ts;				/* its own TSval */
	u32 probes;			/* counted for the user */
};

void hrtcp_rack_init(struct hrtcp_conn *conn);

/* RFC 8985 6.2 steps 1 to 4 */
void hrtcp_rack_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_delivered *d,
			     const struct hrtcp_ack *ack);

/* RFC 8985 6.2 step 5: mark what is lost, arm the timer for what may be. */
void hrtcp_rack_detect(struct hrtcp_conn *conn, u64 now_ns);

/* RACK.reo_wnd: how much later than what was sent after it a unit may come. */
u64 hrtcp_rack_window(const struct hrtcp_conn *conn);

/* A fast retransmission was needless: what it repeated was only late. */
void hrtcp_rack_was_spurious(struct hrtcp_conn *conn);

/* How long after it was sent a unit counts as lost on a timeout, RFC 8985 6.3. */
u64 hrtcp_rack_age(const struct hrtcp_conn *conn);

/* A recovery is over: reo_wnd_persist. */
void hrtcp_rack_recovered(struct hrtcp_conn *conn);

/* RFC 8985 7.2: new data left, or was acknowledged. */
void hrtcp_tlp_arm(struct hrtcp_conn *conn, u64 now_ns);

/* RFC 8985 7.3: the timer fired. */
void hrtcp_tlp_fired(struct hrtcp_conn *conn);

/* @node is about to leave as the probe. */
void hrtcp_tlp_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node, u64 now_ns);

/* Without SACK: had the probe arrived when @ack left, what was sent before it had not. */
bool hrtcp_tlp_has_arrived(const struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* RFC 8985 7.4.2. Return: whether @ack is a duplicate that the probe drew by arriving second. */
bool hrtcp_tlp_on_ack(struct hrtcp_conn *conn, struct seq ack_seq, const struct hrtcp_ack *ack);

#endif
