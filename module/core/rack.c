// SPDX-License-Identifier: GPL-2.0
/* rack.c -- RACK (RFC 8985 6) and the tail loss probe (RFC 8985 7). */
#include "steps.h"

#define DUP_THRESH 3
#define WINDOW_LIFE 16			/* recoveries, RFC 8985 6.2 step 4 */

void hrtcp_rack_init(struct hrtcp_conn *conn)
{
	memset(&conn->rack, 0, sizeof(conn->rack));
	memset(&conn->tlp, 0, sizeof(conn->tlp));
	conn->rack.window_mult = 1;
	conn->rack.fack = conn->snd.una;
	conn->rack.dsack_round = conn->snd.una;
}

/* Step 4: each round trip with a D-SACK widens the window by a quarter of the least RTT. */
static void widen_window(struct hrtcp_conn *conn)
{
	struct hrtcp_rack *rack = &conn->rack;

	if (seq_lt(conn->snd.una, rack->dsack_round))
		return;
	rack->dsack_round = conn->snd.nxt;
	rack->window_mult = (u8)min_t(u32, rack->window_mult + 1u, 255);
	rack->window_life = WINDOW_LIFE;
}

/*
 * Step 2, and more: which transmission of a probe has arrived may be unsure, but none is older
 * than the first. That is enough to find the rest of a window lost that was sent with it.
 */
static struct hrtcp_sent newest_delivered(const struct hrtcp_conn *conn,
					  const struct hrtcp_delivered *d)
{
	const struct hrtcp_sent sure = { .at_ns = d->sent_ns, .end = d->end };
	const struct hrtcp_sent first = { .at_ns = conn->tlp.first_ns, .end = conn->tlp.end };

	if (conn->tlp.out && seq_eq(d->highest, first.end) && first.at_ns > sure.at_ns)
		return first;
	return sure;
}

void hrtcp_rack_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_delivered *d,
			     const struct hrtcp_ack *ack)
{
	const struct hrtcp_sent newest = newest_delivered(conn, d);
	struct hrtcp_rack *rack = &conn->rack;

	if (ack->dsacked_bytes)
		widen_window(conn);
	if (!d->bytes)
		return;
	if (d->once && seq_lt(d->lowest, rack->fack))
		rack->reordering = true;
	rack->fack = seq_max(rack->fack, d->highest);
	if (!newest.at_ns || newest.at_ns < rack->newest.at_ns ||
	    (newest.at_ns == rack->newest.at_ns && seq_lt(newest.end, rack->newest.end)))
		return;
	rack->newest = newest;
	rack->rtt_ns = d->now_ns - newest.at_ns;
}

u64 hrtcp_rack_window(const struct hrtcp_conn *conn)
{
	const struct hrtcp_rack *rack = &conn->rack;

	if (!rack->reordering && (conn->recovery.state >= HRTCP_R_RECOVERY ||
				  conn->txq.sacked_bytes > (DUP_THRESH - 1u) * conn->snd.mss))
		return 0;
	return min_t(u64, conn->rtt.min_ns / 4 * rack->window_mult, conn->rtt.srtt_ns);
}

u64 hrtcp_rack_age(const struct hrtcp_conn *conn)
{
	return conn->rack.rtt_ns + hrtcp_rack_window(conn);
}

void hrtcp_rack_was_spurious(struct hrtcp_conn *conn)
{
	conn->rack.reordering = true;
	if (!conn->sack.on)		/* else the D-SACKs do */
		widen_window(conn);
}

void hrtcp_rack_detect(struct hrtcp_conn *conn, u64 now_ns)
{
	u64 wait_ns;

	hrtcp_timer_clear(&conn->timers, HRTCP_T_REORDER);
	if (!conn->sack.on || !conn->rack.newest.at_ns)
		return;
	if (!conn->txq.sacked_bytes && conn->recovery.state < HRTCP_R_RECOVERY)
		return;			/* everything sent before has arrived */
	wait_ns = hrtcp_txq_detect_lost(&conn->txq, &conn->rack.newest, hrtcp_rack_age(conn),
					now_ns);
	if (wait_ns)
		hrtcp_timer_set(&conn->timers, HRTCP_T_REORDER, now_ns + wait_ns);
}

void hrtcp_rack_recovered(struct hrtcp_conn *conn)
{
	struct hrtcp_rack *rack = &conn->rack;

	if (rack->window_life && !--rack->window_life)
		rack->window_mult = 1;
}

/* The FIN is all that is out. */
static bool lone_fin(const struct hrtcp_conn *conn)
{
	return conn->snd.fin_sent && !conn->snd.fin_lost && seq_eq(conn->snd.una, conn->snd.end);
}

/* A peer that acknowledges every second segment withholds the ACK of an odd last one, or of a FIN. */
static bool ack_may_be_delayed(const struct hrtcp_conn *conn)
{
	return lone_fin(conn) || DIV_ROUND_UP(conn->txq.pipe_bytes, conn->snd.mss) % 2;
}

/* RFC 8985 7.3: one at a time, and none before the RTT is known again. */
static bool may_probe(const struct hrtcp_conn *conn)
{
	return !conn->tlp.out &&
	       (conn->tlp.probes ? conn->tlp.sampled : conn->rtt.srtt_ns > 0);
}

void hrtcp_tlp_arm(struct hrtcp_conn *conn, u64 now_ns)
{
	u64 pto_ns, rto_at_ns = conn->timers.at_ns[HRTCP_T_RETRANSMIT];

	hrtcp_timer_clear(&conn->timers, HRTCP_T_PROBE);
	conn->tlp.odd = ack_may_be_delayed(conn);
	if (conn->state == HRTCP_SYN_RECEIVED)
		return;			/* the SYN,ACK is what has to be repeated */
	if (!conn->cfg->tlp || conn->recovery.state >= HRTCP_R_RECOVERY ||
	    conn->txq.sacked_bytes || conn->recovery.dupacks || !may_probe(conn))
		return;
	if (!conn->txq.pipe_bytes && !lone_fin(conn))
		return;
	pto_ns = 2 * conn->rtt.srtt_ns;
	if (conn->tlp.odd)
		pto_ns += conn->rtt.peer_delack_ns;
	pto_ns = max_t(u64, pto_ns, conn->cfg->pto_min_ns);
	hrtcp_timer_set(&conn->timers, HRTCP_T_PROBE, min_t(u64, now_ns + pto_ns, rto_at_ns));
}

void hrtcp_tlp_fired(struct hrtcp_conn *conn)
{
	if (!may_probe(conn))
		return;
	if (lone_fin(conn)) {		/* it goes again, no more */
		conn->snd.fin_lost = true;
		conn->tlp.sampled = false;
		conn->tlp.probes++;
		return;
	}
	if (!conn->txq.pipe_bytes)
		return;
	conn->tlp.due = true;
	conn->tlp.waited = conn->tlp.odd;
}

void hrtcp_tlp_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node, u64 now_ns)
{
	conn->tlp.due = false;
	conn->tlp.out = true;
	conn->tlp.again = node->sends;
	conn->tlp.twin = false;
	conn->tlp.sent_ns = now_ns;
	conn->tlp.first_ns = node->sends == 1 ? node->sent_ns : 0;
	conn->tlp.sampled = false;
	conn->tlp.answered = false;
	conn->tlp.ts = hrtcp_ts_now(conn->ts.offset, conn->ts.in_us, now_ns);
	conn->tlp.end = node->end;
	conn->tlp.probes++;
}

/*
 * The probe came twice: was the ACK of the first withheld, or only lost? The ACK of the first came
 * by itself, or one ACK is the first and reports the duplicate, too. By itself it proves something
 * if it brought no data: data that the peer sent again for a loss of its own carries an old ACK as
 * late. If the one ACK echoes a timestamp older than the probe's, nothing had been acknowledged when
 * the probe came (RFC 7323 4.3); if not, some peers echo the probe in either case.
 */
static bool surely_withheld(const struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	if (!ack->acked_bytes)
		return conn->tlp.answered;
	return ack->has_ts && hrtcp_ts_before(ack->tsecr, conn->tlp.ts);
}

bool hrtcp_tlp_has_arrived(const struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	const struct hrtcp_tlp *tlp = &conn->tlp;

	return !conn->sack.on && tlp->out && seq_lt(conn->snd.una, tlp->end) &&
	       ack->now_ns - tlp->sent_ns >= conn->rtt.min_ns;
}

/*
 * No D-SACK can tell which of the two transmissions came first; the echo can, as in RFC 3522: what
 * left before the probe was acknowledged without it. The ACK of the second is then a duplicate
 * that says nothing of what may be missing.
 */
static bool first_came(const struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	return !conn->sack.on && conn->tlp.again && ack->acked_bytes && ack->has_ts &&
	       hrtcp_ts_before(ack->tsecr, conn->tlp.ts);
}

static bool is_of_twin(struct hrtcp_conn *conn, struct seq ack_seq, const struct hrtcp_ack *ack)
{
	struct hrtcp_tlp *tlp = &conn->tlp;

	if (!ack->duplicate || conn->sack.on || !(tlp->out || tlp->twin) || !tlp->again ||
	    !seq_eq(ack_seq, tlp->end))
		return false;
	tlp->out = false;
	tlp->twin = false;
	return true;
}

bool hrtcp_tlp_on_ack(struct hrtcp_conn *conn, struct seq ack_seq, const struct hrtcp_ack *ack)
{
	struct hrtcp_tlp *tlp = &conn->tlp;
	bool dsacked, original;

	tlp->sampled |= ack->rtt_ns > 0;
	if (!tlp->out && tlp->odd && ack->acked_bytes && seq_eq(ack_seq, conn->snd.nxt))
		conn->rtt.suspected = 0;	/* what may have been withheld was not */
	if (is_of_twin(conn, ack_seq, ack))
		return true;
	if (!tlp->out || seq_lt(ack_seq, tlp->end))
		return false;
	dsacked = ack->dsacked_bytes && seq_eq(ack->dsack.end, tlp->end);
	tlp->answered |= ack->acked_bytes && ack->bare && !dsacked;
	original = first_came(conn, ack);
	tlp->twin = original;
	if (tlp->again && tlp->waited && (dsacked || original))
		hrtcp_rtt_was_spurious(&conn->rtt, conn->cfg,
				       dsacked && surely_withheld(conn, ack), ack->now_ns);
	if (!tlp->again || dsacked || original) {
		tlp->out = false;
	} else if (seq_gt(ack_seq, tlp->end)) {
		tlp->out = false;
		hrtcp_recovery_on_repaired(conn, ack->now_ns);
	} else if (ack->duplicate && !ack->sacked) {
		tlp->out = false;
	}
	return false;
}
