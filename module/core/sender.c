// SPDX-License-Identifier: GPL-2.0
/*
 * sender.c -- which data may leave now; from the bottom:
 *
 *   hrtcp_sender_poll()    a tail loss probe, lost data, new data, FIN
 *   poll_tail_probe()      RFC 8985 7.3
 *   poll_lost()            retransmission, under cwnd
 *   poll_mtu_probe()       RFC 4821
 *   poll_new()             RFC 9293 3.8.6.2.1 and Nagle, under cwnd and the window
 */
#include "newreno.h"
#include "steps.h"

#define OVERRIDE_MIN_NS 100000000ull
#define OVERRIDE_MAX_NS 1000000000ull

static enum hrtcp_poll ask_split(struct hrtcp_tx *tx, struct hrtcp_txnode *node, u32 len)
{
	tx->node = node;
	tx->split_len = len;
	return HRTCP_POLL_SPLIT;
}

/* Does the FIN ride on, or follow, what ends at @end? */
static bool fin_follows(const struct hrtcp_conn *conn, struct seq end)
{
	return conn->snd.fin_queued && seq_eq(end, conn->snd.end);
}

static void arm_for_data(struct hrtcp_conn *conn, u64 now_ns)
{
	hrtcp_timer_clear(&conn->timers, HRTCP_T_PERSIST);
	conn->last_sent_ns = now_ns;
}

/* When it departs, from where all that is timed of it counts. */
static u64 depart(struct hrtcp_conn *conn, struct hrtcp_tx *tx, u64 now_ns)
{
	const u64 at_ns = hrtcp_pace_departure(conn, now_ns);

	if (at_ns > now_ns)
		tx->depart_ns = at_ns;
	if (!hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
		hrtcp_conn_arm_retransmit(conn, at_ns);
	return at_ns;
}

/* @node leaves whole, with the FIN if @fin. */
static enum hrtcp_poll send_node(struct hrtcp_conn *conn, struct hrtcp_tx *tx,
				 struct hrtcp_txnode *node, bool fin, u64 now_ns)
{
	const u64 at_ns = depart(conn, tx, now_ns);

	tx->node = node;
	tx->seg.seq = node->seq;
	tx->seg.len = hrtcp_txnode_len(node);
	tx->retransmit = node->sends > 0;
	hrtcp_rate_before_sent(conn, node, at_ns);
	hrtcp_txq_sent(&conn->txq, node, hrtcp_mtup_unit(conn, node), at_ns);
	hrtcp_rate_after_sent(conn, node);
	hrtcp_pace_on_sent(conn, tx->seg.len, now_ns);
	hrtcp_recovery_on_sent(conn, node);
	if (tx->seg.len > node->mss)
		tx->gso_size = node->mss;
	if (tx->retransmit)
		conn->total_retrans += DIV_ROUND_UP(tx->seg.len, node->mss);
	if (node->push || !node->next)
		tx->seg.flags |= HRTCP_PSH;	/* RFC 9293 MUST-61 */
	if (fin) {
		tx->seg.flags |= HRTCP_FIN;
		conn->snd.fin_sent = true;
		conn->snd.fin_lost = false;
	}
	hrtcp_segment_finish(conn, tx, at_ns);
	return HRTCP_POLL_SEND;
}

/* As hrtcp_conn_units_most(), of now; the urgent pointer counts from each segment's own number. */
static u32 units_most(const struct hrtcp_conn *conn, u32 mss)
{
	if (conn->snd.urgent || hrtcp_accecn_alone(conn))
		return 1;
	return hrtcp_conn_units_most(conn, mss);
}

/* Octets of a super-segment: whole units, as many as node and caller can hold. */
static u32 round_to_units(const struct hrtcp_conn *conn, u32 len, u32 mss)
{
	return min_t(u32, len / mss, units_most(conn, mss)) * mss;
}

static u32 cwnd_room(const struct hrtcp_conn *conn)
{
	u32 pipe = hrtcp_recovery_pipe(conn);

	return conn->cc.cwnd_bytes > pipe ? conn->cc.cwnd_bytes - pipe : 0;
}

/*
 * RFC 7323 2.4: data that was in the window once goes again once whatever the window is now,
 * then only within it; but for the first of all, which is what probes a shut one.
 */
static bool beyond_window(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	return node->sends > 1 && node != conn->txq.head &&
	       seq_gt(node->end, seq_add(conn->snd.una, conn->snd.wnd));
}

static enum hrtcp_poll resend(struct hrtcp_conn *conn, struct hrtcp_tx *tx,
			      struct hrtcp_txnode *node, u64 now_ns)
{
	bool fin = conn->snd.fin_sent && fin_follows(conn, node->end);

	conn->snd.force = false;
	arm_for_data(conn, now_ns);
	return send_node(conn, tx, node, fin, now_ns);
}

/*
 * Of a crowded queue only the head is cut, which is what the peer has to acknowledge next. The
 * rest goes again whole, with what was SACKed of it, once there is room for that.
 */
static bool must_go_whole(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	return unlikely(hrtcp_txq_crowded(&conn->txq)) && node != conn->txq.head;
}

static bool fits_whole(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	u32 len = hrtcp_txnode_len(node);

	return len <= cwnd_room(conn) &&
	       DIV_ROUND_UP(len, node->mss) <= units_most(conn, node->mss);
}

/* RFC 5682 2.1 step 1: the head goes again, and then its ACK tells what else has to. */
static bool timeout_in_doubt(const struct hrtcp_conn *conn)
{
	return conn->recovery.frto && seq_eq(conn->snd.una, conn->recovery.timeout_una);
}

/* Small segments that went alone may go again as one, RFC 9293 3.8.1. */
static bool joins_next(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node, u32 room)
{
	const struct hrtcp_snd *snd = &conn->snd;

	return conn->cfg->retrans_collapse && !timeout_in_doubt(conn) &&
	       hrtcp_txq_may_join(&conn->txq, node, min_t(u32, snd->mss, room)) &&
	       seq_le(node->next->end, seq_add(snd->una, snd->wnd));
}

static enum hrtcp_poll poll_lost(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_txnode *node;
	u32 skip, len, room, chunk;

	node = hrtcp_txq_first_lost(&conn->txq, &skip, &len);
	if (beyond_window(conn, node))
		return HRTCP_POLL_WAIT;
	room = cwnd_room(conn);
	if ((room < min_t(u32, len, node->mss) || timeout_in_doubt(conn)) && !conn->snd.force)
		return HRTCP_POLL_WAIT;
	if (must_go_whole(conn, node))
		return fits_whole(conn, node) ? resend(conn, tx, node, now_ns) : HRTCP_POLL_WAIT;
	if (skip)
		return ask_split(tx, node, skip);
	chunk = round_to_units(conn, max_t(u32, min_t(u32, room, len), node->mss), node->mss);
	if (chunk < len)
		len = chunk;
	if (len < hrtcp_txnode_len(node))
		return ask_split(tx, node, len);
	if (joins_next(conn, node, room)) {
		tx->node = node;
		return HRTCP_POLL_JOIN;
	}
	return resend(conn, tx, node, now_ns);
}

/*
 * Nothing is in flight. RFC 5681 4.1: after an idle RTO the old window says nothing about the
 * path. Else, and where that is switched off, RFC 7661 judges it.
 */
static void restart(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 rw;

	if (cc->ops->on_restart)
		cc->ops->on_restart(conn, now_ns);
	if (conn->cfg->slow_start_after_idle && !cc->ops->control &&
	    now_ns - conn->last_sent_ns > hrtcp_rtt_idle_ns(&conn->rtt, conn->cfg)) {
		rw = hrtcp_cc_restart_window(conn);
		cc->iw_end = seq_add(conn->snd.nxt, rw);
		cc->cwnd_bytes = min_t(u32, cc->cwnd_bytes, rw);
	}
	hrtcp_cwv_on_restart(conn, now_ns);
}

/*
 * Nagle, RFC 9293 3.7.4, in Minshall's form: a short segment waits only while an earlier
 * short one is unacknowledged, so that a write of many segments never stalls at its end.
 */
static bool may_send_short(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	const struct hrtcp_snd *snd = &conn->snd;

	if (fin_follows(conn, node->end) || snd->override)
		return true;
	if (snd->cork)
		return false;
	return snd->nodelay || seq_le(snd->small_end, snd->una);
}

/* Octets of @node to send now, RFC 9293 3.8.6.2.1; 0: wait. */
static u32 sendable(struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	struct hrtcp_snd *snd = &conn->snd;
	s32 usable = seq_diff(seq_add(snd->una, snd->wnd), snd->nxt);
	u32 len = hrtcp_txnode_len(node), mss = snd->mss, cwnd = cwnd_room(conn), full;

	if (usable <= 0)
		return 0;
	if (cwnd < min_t(u32, len, mss)) {
		snd->cwnd_limited = true;
		return 0;
	}
	full = round_to_units(conn, min_t(u32, min_t(u32, len, cwnd), (u32)usable), mss);
	if (full == len)
		return full;
	/* A short end of all that there is. */
	if (len <= (u32)usable && len <= cwnd && len - full < mss && !node->next) {
		if (!may_send_short(conn, node))
			return full;
		return len <= snd->gso_max && len / mss < units_most(conn, mss) ? len : full;
	}
	if (full) {
		snd->cwnd_limited |= full + mss > cwnd;
		return full;
	}
	/* The window takes less than a segment. */
	if ((u32)usable >= max_t(u32, snd->max_wnd / 2, 1) || snd->override)
		return min_t(u32, len, (u32)usable);
	return node->next && len < mss && len <= (u32)usable ? len : 0;
}

/* @node leaves for the first time. */
static enum hrtcp_poll send_new(struct hrtcp_conn *conn, struct hrtcp_tx *tx,
				struct hrtcp_txnode *node, u64 now_ns)
{
	struct hrtcp_snd *snd = &conn->snd;
	bool fin;

	if (seq_eq(snd->una, snd->nxt))
		conn->progress_ns = now_ns;	/* the peer's patience is tried from here */
	snd->override = false;
	snd->probed = false;
	snd->nxt = node->end;
	if (hrtcp_txnode_len(node) % snd->mss)
		snd->small_end = node->end;
	fin = fin_follows(conn, node->end) && seq_lt(node->end, seq_add(snd->una, snd->wnd));
	if (fin)
		snd->nxt = seq_add(snd->nxt, 1);
	snd->max = seq_max(snd->max, snd->nxt);
	arm_for_data(conn, now_ns);
	send_node(conn, tx, node, fin, now_ns);
	hrtcp_tlp_arm(conn, node->sent_ns);
	return HRTCP_POLL_SEND;
}

/* RFC 4821 7.4 lets us hold back other segments to gather room for a probe. */
static enum hrtcp_poll poll_mtu_probe(struct hrtcp_conn *conn, struct hrtcp_tx *tx, u32 len,
				      u64 now_ns)
{
	struct hrtcp_txnode *node = conn->txq.unsent;

	if (cwnd_room(conn) < len) {
		conn->snd.cwnd_limited = true;
		return HRTCP_POLL_WAIT;
	}
	if (hrtcp_txnode_len(node) > len)
		return ask_split(tx, node, len);
	hrtcp_mtup_sent(conn, node);
	return send_new(conn, tx, node, now_ns);
}

static enum hrtcp_poll poll_new(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_txnode *node = conn->txq.unsent;
	u32 len;

	if (hrtcp_txq_crowded(&conn->txq))
		return HRTCP_POLL_WAIT;
	if (!conn->txq.pipe_bytes)
		restart(conn, now_ns);
	hrtcp_cwv_on_new(conn, now_ns);
	len = hrtcp_mtup_probe_len(conn, now_ns);
	if (len)
		return poll_mtu_probe(conn, tx, len, now_ns);
	len = sendable(conn, node);
	if (!len)
		return HRTCP_POLL_WAIT;
	if (len < hrtcp_txnode_len(node))
		return ask_split(tx, node, len);
	return send_new(conn, tx, node, now_ns);
}

/*
 * RFC 5682 2.1 step 2 (b): new data before what the timeout found lost. Where none may leave, that
 * goes again after all.
 */
static enum hrtcp_poll poll_in_doubt(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	enum hrtcp_poll poll = HRTCP_POLL_WAIT;

	if (conn->txq.unsent)
		poll = poll_new(conn, now_ns, tx);
	if (poll != HRTCP_POLL_WAIT || seq_gt(conn->snd.nxt, conn->recovery.recover))
		return poll;
	hrtcp_newreno_give_up_frto(conn);
	return poll_lost(conn, now_ns, tx);
}

/*
 * The tail loss probe, RFC 8985 7.3: a segment of new data beyond cwnd, or the last one sent
 * once more.
 */
static enum hrtcp_poll poll_tail_probe(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_txnode *node = conn->txq.unsent;
	struct hrtcp_snd *snd = &conn->snd;
	u32 last;

	if (hrtcp_txq_crowded(&conn->txq)) {
		conn->tlp.due = false;
		return HRTCP_POLL_WAIT;
	}
	if (node && seq_le(seq_add(snd->nxt, min_t(u32, hrtcp_txnode_len(node), snd->mss)),
			   seq_add(snd->una, snd->wnd))) {
		if (hrtcp_txnode_len(node) > snd->mss)
			return ask_split(tx, node, snd->mss);
		hrtcp_tlp_sent(conn, node, now_ns);
		send_new(conn, tx, node, now_ns);
		hrtcp_timer_clear(&conn->timers, HRTCP_T_PROBE);	/* 7.2: none for a probe */
		return HRTCP_POLL_SEND;
	}
	node = hrtcp_txq_last_sent(&conn->txq);
	if (!node || node->sacked || node->lost) {
		conn->tlp.due = false;
		return HRTCP_POLL_WAIT;
	}
	last = (hrtcp_txnode_len(node) - 1) / node->mss * node->mss;
	if (last)
		return ask_split(tx, node, last);
	hrtcp_tlp_sent(conn, node, now_ns);
	return send_node(conn, tx, node, conn->snd.fin_sent && fin_follows(conn, node->end),
			 now_ns);
}

/* A FIN alone: the first time within the window, or lost. */
static enum hrtcp_poll poll_fin(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_snd *snd = &conn->snd;
	u64 at_ns;

	if (!snd->fin_lost && seq_ge(snd->nxt, seq_add(snd->una, snd->wnd)))
		return HRTCP_POLL_WAIT;
	if (seq_eq(snd->una, snd->nxt))
		conn->progress_ns = now_ns;
	tx->retransmit = snd->fin_lost;
	conn->total_retrans += tx->retransmit;
	tx->seg.seq = snd->end;
	tx->seg.flags = HRTCP_FIN;
	snd->fin_sent = true;
	snd->fin_lost = false;
	snd->nxt = seq_add(snd->end, 1);
	snd->max = seq_max(snd->max, snd->nxt);
	arm_for_data(conn, now_ns);
	at_ns = depart(conn, tx, now_ns);
	if (!tx->retransmit)
		hrtcp_tlp_arm(conn, at_ns);
	hrtcp_segment_finish(conn, tx, at_ns);
	return HRTCP_POLL_SEND;
}

/*
 * Data or FIN waits, nothing is out to bring an ACK: only a timer can. A shut window is
 * probed after an RTO (RFC 9293 3.8.6.1), a silly one or a cork overridden within 0.1 to
 * 1 s (3.8.6.2.1).
 */
static void arm_persist(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_snd *snd = &conn->snd;
	u64 in_ns = hrtcp_rtt_timeout(&conn->rtt, conn->cfg);

	if (seq_lt(snd->una, snd->nxt) || hrtcp_timer_armed(&conn->timers, HRTCP_T_PERSIST))
		return;
	if (!snd->probes) {
		conn->progress_ns = now_ns;
		conn->advance_ns = now_ns;	/* until now nothing waited for that */
	}
	if (seq_lt(snd->nxt, seq_add(snd->una, snd->wnd)))
		in_ns = min_t(u64, max_t(u64, in_ns, OVERRIDE_MIN_NS), OVERRIDE_MAX_NS);
	else
		in_ns = snd->probes >= 32 ? conn->cfg->rto_max_ns : in_ns << snd->probes;
	hrtcp_timer_set(&conn->timers, HRTCP_T_PERSIST,
			now_ns + min_t(u64, in_ns, conn->cfg->persist_max_ns));
}

enum hrtcp_poll hrtcp_sender_poll(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_snd *snd = &conn->snd;
	enum hrtcp_poll poll;

	snd->cwnd_limited = false;
	if (conn->tlp.due) {
		poll = poll_tail_probe(conn, now_ns, tx);
		if (poll != HRTCP_POLL_WAIT)
			return poll;
	}
	if (!snd->force && (conn->txq.lost_bytes || conn->txq.unsent) &&
	    !hrtcp_pace_allows(conn, now_ns))
		return HRTCP_POLL_WAIT;
	if (conn->txq.lost_bytes) {
		poll = conn->recovery.frto_new ? poll_in_doubt(conn, now_ns, tx) :
						 poll_lost(conn, now_ns, tx);
		snd->cwnd_limited = poll == HRTCP_POLL_WAIT;
		if (snd->cwnd_limited)
			hrtcp_rate_cwnd_limits(conn);
		return poll;
	}
	if (snd->fin_lost && !hrtcp_ack_covers_fin(conn))
		return poll_fin(conn, now_ns, tx);
	if (conn->txq.unsent)
		poll = poll_new(conn, now_ns, tx);
	else if (snd->fin_queued && !snd->fin_sent)
		poll = poll_fin(conn, now_ns, tx);
	else
		return HRTCP_POLL_WAIT;
	if (snd->cwnd_limited)
		hrtcp_rate_cwnd_limits(conn);
	if (poll == HRTCP_POLL_WAIT)
		arm_persist(conn, now_ns);
	return poll;
}

/*
 * One octet of new data beyond the window, or, with only a FIN waiting, an old sequence
 * number: either is answered. SND.NXT stays, since the octet is new data until it is
 * acknowledged; snd.max says that it may be, and snd.probed that it counts as sent.
 */
enum hrtcp_poll hrtcp_sender_probe(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_snd *snd = &conn->snd;

	snd->probe = false;
	if (conn->txq.unsent) {
		tx->node = conn->txq.unsent;
		tx->seg.seq = snd->nxt;
		tx->seg.len = 1;
		snd->max = seq_max(snd->max, seq_add(snd->nxt, 1));
		snd->probed = true;
		hrtcp_recovery_note_again(conn, snd->nxt, snd->max);
		conn->recovery.undo.armed = false;	/* its D-SACK says nothing of what was before */
	} else {
		tx->seg.seq = seq_sub(snd->una, 1);
	}
	hrtcp_segment_finish(conn, tx, now_ns);
	return HRTCP_POLL_SEND;
}
