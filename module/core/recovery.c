// SPDX-License-Identifier: GPL-2.0
/* recovery.c -- the machine of recovery.h: entering, pacing by PRR, undoing, leaving. */
#include "newreno.h"
#include "steps.h"

void hrtcp_recovery_init(struct hrtcp_conn *conn)
{
	memset(&conn->recovery, 0, sizeof(conn->recovery));
	conn->recovery.recover = conn->snd.iss;
	conn->recovery.again_lo = conn->snd.iss;
	conn->recovery.again_hi = conn->snd.iss;
}

u32 hrtcp_recovery_pipe(const struct hrtcp_conn *conn)
{
	u32 pipe = conn->txq.pipe_bytes;

	return pipe - min_t(u32, pipe, conn->recovery.left_bytes);
}

void hrtcp_recovery_open(struct hrtcp_conn *conn)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	rec->state = conn->txq.sacked_bytes ? HRTCP_R_DISORDER : HRTCP_R_OPEN;
	rec->dupacks = 0;
	rec->partial_acks = 0;
	rec->left_bytes = 0;
	rec->frto = false;
	rec->frto_new = false;
	if (!conn->sack.on)
		hrtcp_timer_clear(&conn->timers, HRTCP_T_REORDER);
}

/* @loss: the ACK came in LOSS, though it may have ended it. */
void hrtcp_recovery_grow(struct hrtcp_conn *conn, const struct hrtcp_ack *ack, bool loss)
{
	const u32 before = conn->cc.cwnd_bytes;
	struct hrtcp_ack told = *ack;

	if (conn->cc.ops->control || ack->marked)
		return;			/* the latter by RFC 3168 6.1.2 */
	/* What a hole held back is acknowledged at once: RFC 3465 2.3 counts a segment of it. */
	/* Paced, a window is used up only at the end of the round trip. */
	told.cwnd_limited |= conn->cc.pace.growing != HRTCP_UNPACED && ack->cwnd_was_limited;
	if (loss)
		told.acked_bytes = min_t(u32, told.acked_bytes, conn->snd.mss);
	conn->cc.ops->on_ack(conn, &told);
	if (conn->cc.cwnd_bytes > before && conn->cc.cwnd_bytes < conn->cc.ssthresh_bytes)
		hrtcp_pace_on_window(conn);
}

static u32 flight(const struct hrtcp_conn *conn)
{
	return (u32)seq_diff(conn->snd.nxt, conn->snd.una);
}

/*
 * One response a window, RFC 3168 6.1.2, and a loss asks for no less than a mark: what it asks for of
 * the window before the mark takes the place of what is under way.
 */
static void take_mark_back(struct hrtcp_conn *conn)
{
	if (conn->cc.ops->on_undo)
		conn->cc.ops->on_undo(conn);
	conn->cc.cwnd_bytes = conn->recovery.prr.cwnd_bytes;
}

/* What is left if the loss turns out to be none. */
static void note_for_undo(struct hrtcp_conn *conn)
{
	struct hrtcp_undo *undo = &conn->recovery.undo;
	const struct hrtcp_cc *cc = &conn->cc;

	undo->marked = conn->recovery.state == HRTCP_R_CWR;
	undo->cwnd_bytes = undo->marked ? conn->recovery.prr.target_bytes : cc->cwnd_bytes;
	undo->ssthresh_bytes = cc->ssthresh_bytes;
	if (!undo->marked)
		undo->ssthresh_bytes = max_t(u32, flight(conn), cc->ssthresh_bytes);
}

/*
 * Respond to a loss, remembering what it takes to undo that (RFC 4015 3.1). RFC 3522 3.2 and RFC
 * 3708 3 presume that what is sent again first is the first of all: where repeats of an episode
 * before are still out, their ACKs and D-SACKs come in this one, so that it is undone only by what
 * vouches for them, too.
 */
static void respond(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	struct hrtcp_undo *undo = &conn->recovery.undo;
	u32 most = ~0u, ssthresh;

	undo->armed = true;
	undo->again = false;
	undo->begin = conn->snd.una;
	undo->ts_taken = conn->txq.again_bytes > 0;
	undo->ts_known &= undo->ts_taken;
	undo->resent_bytes = conn->txq.again_bytes;
	undo->dsacked_bytes = 0;
	undo->n_told = 0;
	undo->told_at = 0;
	note_for_undo(conn);
	if (undo->marked) {
		most = conn->cc.ssthresh_bytes;
		take_mark_back(conn);
	}
	ssthresh = hrtcp_cc_on_loss(conn, how, now_ns);
	conn->cc.ssthresh_bytes = min_t(u32, ssthresh, most);
	hrtcp_ecn_reduced(conn);
}

/* @delivered: by the ACK that told of what calls for it; it belongs to the episode. RFC 9937 6.1 */
static void begin_reduction(struct hrtcp_conn *conn, u32 delivered)
{
	struct hrtcp_prr *prr = &conn->recovery.prr;

	memset(prr, 0, sizeof(*prr));
	prr->flight_bytes = flight(conn) - conn->txq.sacked_bytes + delivered;
}

void hrtcp_recovery_enter(struct hrtcp_conn *conn, u32 delivered, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	respond(conn, HRTCP_LOSS_FAST, now_ns);
	rec->state = HRTCP_R_RECOVERY;
	rec->fast_recoveries++;
	rec->recover = conn->snd.nxt;
	begin_reduction(conn, delivered);
	hrtcp_timer_clear(&conn->timers, HRTCP_T_PROBE);
	conn->tlp.out = false;
}

/* Where the window is to end; a segment that has become larger has to fit. */
static u32 target(const struct hrtcp_conn *conn)
{
	if (conn->recovery.state == HRTCP_R_CWR)
		return max_t(u32, conn->recovery.prr.target_bytes, conn->snd.mss);
	return conn->cc.ssthresh_bytes;
}

/*
 * RFC 9937 6.2: send as the data of the episode is delivered, so that the flight comes down
 * to ssthresh by its end; below that, grow back no faster than data arrives. After a mark it is below
 * only because there was no more to send, as nothing was lost.
 */
void hrtcp_recovery_reduce(struct hrtcp_conn *conn, u32 delivered, bool safe)
{
	struct hrtcp_prr *prr = &conn->recovery.prr;
	u32 pipe = hrtcp_recovery_pipe(conn), end = target(conn);
	u32 mss = conn->snd.mss;
	s64 count;

	if (conn->cc.ops->control)
		return;
	prr->delivered_bytes += delivered;
	if (pipe > end) {
		count = (s64)div_u64((u64)prr->delivered_bytes * end +
				     prr->flight_bytes - 1, max_t(u32, prr->flight_bytes, 1));
		count -= prr->out_bytes;
	} else if (conn->recovery.state == HRTCP_R_CWR) {
		conn->cc.cwnd_bytes = end;
		return;
	} else {
		count = max_t(s64, (s64)prr->delivered_bytes - prr->out_bytes, delivered);
		if (safe)
			count += mss;
		count = min_t(s64, count, end - pipe);
	}
	if (!prr->out_bytes)
		count = max_t(s64, count, mss);	/* the first ACK frees a retransmission, or CWR */
	conn->cc.cwnd_bytes = max_t(u32, pipe + (u32)max_t(s64, count, 0), mss);
}

static bool reducing(const struct hrtcp_recovery *rec)
{
	return rec->state == HRTCP_R_RECOVERY || rec->state == HRTCP_R_CWR;
}

bool hrtcp_recovery_ends(const struct hrtcp_conn *conn)
{
	const struct hrtcp_recovery *rec = &conn->recovery;

	if (rec->state == HRTCP_R_CWR)
		return seq_ge(conn->snd.una, conn->ecn.cwr_end);
	return rec->state >= HRTCP_R_RECOVERY && seq_ge(conn->snd.una, rec->recover);
}

void hrtcp_recovery_leave(struct hrtcp_conn *conn)
{
	bool repaired = conn->recovery.state >= HRTCP_R_RECOVERY;

	if (reducing(&conn->recovery) && !conn->cc.ops->control)
		conn->cc.cwnd_bytes = target(conn);
	hrtcp_cwv_on_recovered(conn, repaired ? conn->recovery.undo.resent_bytes : 0);
	hrtcp_recovery_open(conn);
	if (!repaired)
		return;
	hrtcp_pace_on_window(conn);
	hrtcp_rack_recovered(conn);
}

/*
 * RFC 9937 4 has PRR for this, too: cut at once, the window would let nothing go until the flight has
 * come down to it. Where nothing is in flight there is nothing to come down; and a response in
 * proportion to the marks is small and frequent: it has to come soon, and the window to grow by
 * what is not marked in the same round trip.
 */
void hrtcp_recovery_on_mark(struct hrtcp_conn *conn, u32 target_bytes, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	struct hrtcp_cc *cc = &conn->cc;

	if (!hrtcp_recovery_pipe(conn) || hrtcp_ecn_counted(conn)) {
		cc->cwnd_bytes = min_t(u32, cc->cwnd_bytes, target_bytes);
		hrtcp_cwv_on_recovered(conn, 0);
		return;
	}
	begin_reduction(conn, ack->delivered_bytes);
	rec->prr.target_bytes = min_t(u32, cc->cwnd_bytes, target_bytes);
	rec->prr.cwnd_bytes = cc->cwnd_bytes;
	rec->prr.out_at_mark_bytes = flight(conn);
	rec->state = HRTCP_R_CWR;
	hrtcp_recovery_reduce(conn, ack->delivered_bytes, true);
}

/*
 * The loss was none: resume where the response began. RFC 4015 3, RFC 3708 3. After a timeout, too:
 * RFC 4015 3.2 (8) lets slow start grow back to it from what is in flight, lest a burst leaves,
 * but the whole flight is still out, and each ACK frees what it acknowledges, as before.
 */
static void undo(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 iw = conn->cfg->init_cwnd_pkts * conn->snd.mss;

	hrtcp_txq_unmark_lost(&conn->txq);
	conn->snd.force = false;
	conn->snd.fin_lost = false;
	if (conn->cc.ops->on_undo && !rec->undo.marked)
		conn->cc.ops->on_undo(conn);
	conn->cc.ssthresh_bytes = rec->undo.ssthresh_bytes;
	if (rec->state == HRTCP_R_LOSS)
		conn->cc.cwnd_bytes = conn->txq.pipe_bytes + min_t(u32, ack->acked_bytes, iw);
	if (!conn->cc.ops->control)
		conn->cc.cwnd_bytes = max_t(u32, conn->cc.cwnd_bytes, rec->undo.cwnd_bytes);
	hrtcp_cwv_reset(conn);
	hrtcp_pace_on_window(conn);
	conn->cc.cwnd_bytes = max_t(u32, conn->cc.cwnd_bytes, conn->snd.mss);
	conn->rtt.cautious = rec->state == HRTCP_R_LOSS;
	rec->undo.armed = false;
	rec->undos++;
	hrtcp_recovery_open(conn);
}

/*
 * RFC 3522 3.2: what advances SND.UNA answers a segment that left before anything was sent again.
 * That vouches for what is acknowledged; once it is for all that was sent again, nothing of that
 * was lost. Who repeats D-SACKs would have said otherwise; of who never did, an ACK of all
 * there is may be the answer to a duplicate whose first ACK was lost.
 */
static bool eifel_detects(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (!ack->acked_bytes || !rec->undo.ts_known)
		return false;
	rec->undo.ts_known = ack->has_ts && !ack->dsacked_bytes &&
			     ack->now_ns < rec->undo.ts_at_ns + hrtcp_ts_life_ns(conn->ts.in_us) &&
			     hrtcp_ts_before(ack->tsecr, rec->undo.ts);
	if (!rec->undo.ts_known || seq_lt(conn->snd.una, rec->again_hi))
		return false;
	rec->undo.ts_known = false;
	if (!rec->dsacks && seq_eq(conn->snd.una, conn->snd.nxt))
		return false;
	if (rec->state == HRTCP_R_RECOVERY)
		hrtcp_rack_was_spurious(conn);
	return true;
}

/*
 * Of what was sent twice there is one D-SACK: another one is of a copy that the network made of the
 * segment, or of the ACK.
 */
static bool is_news(struct hrtcp_undo *undo, const struct hrtcp_sack_block *block)
{
	u8 i;

	for (i = 0; i < undo->n_told; i++) {
		struct hrtcp_sack_block *told = &undo->told[i];

		if (seq_lt(block->start, told->end) && seq_lt(told->start, block->end))
			return false;
	}
	for (i = 0; i < undo->n_told; i++) {
		if (seq_eq(undo->told[i].end, block->start)) {
			undo->told[i].end = block->end;
			return true;
		}
	}
	if (undo->n_told < HRTCP_UNDO_TOLD)
		undo->n_told++;
	undo->told[undo->told_at++ % HRTCP_UNDO_TOLD] = *block;
	return true;
}

/*
 * RFC 3708 3; of what left a third time: whose duplicate would it be? And of what is still to go
 * again none can come.
 */
static bool dsacks_tell(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	struct hrtcp_undo *undo = &rec->undo;

	if (ack->dsacked_bytes && seq_ge(ack->dsack.start, undo->begin) &&
	    is_news(undo, &ack->dsack))
		undo->dsacked_bytes += ack->dsacked_bytes;
	return undo->resent_bytes && !undo->again && !rec->twice && !conn->txq.lost_bytes &&
	       undo->dsacked_bytes >= undo->resent_bytes;
}

static void consider_undo(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	rec->dsacks |= ack->dsacked_bytes > 0;
	if (ack->marked)
		rec->undo.armed = false;	/* RFC 4015 3.4 */
	if (!rec->undo.armed)
		return;
	if (dsacks_tell(conn, ack) || eifel_detects(conn, ack)) {
		undo(conn, ack);
		return;
	}
	if (rec->state != HRTCP_R_LOSS || !rec->frto)
		return;
	if (!conn->sack.on) {
		if (rec->frto_new && ack->acked_bytes)	/* RFC 5682 2.1 step 3 (b) */
			undo(conn, ack);
		return;
	}
	/* RFC 5682 3.1: the ACK advances, not over all, by data that was not sent again. */
	if (ack->acked_bytes && ack->original && seq_lt(conn->snd.una, rec->recover))
		undo(conn, ack);
	else if (!ack->acked_bytes)
		rec->frto = false;
}

static void on_lost(struct hrtcp_conn *conn, u32 delivered, u64 now_ns)
{
	bool probe = hrtcp_mtup_on_lost(conn, now_ns);

	if (probe || conn->recovery.state >= HRTCP_R_RECOVERY || !conn->txq.lost_bytes)
		return;
	hrtcp_recovery_enter(conn, delivered, now_ns);
}

void hrtcp_recovery_on_lost(struct hrtcp_conn *conn, u64 now_ns)
{
	on_lost(conn, 0, now_ns);
	if (conn->recovery.state == HRTCP_R_RECOVERY)
		hrtcp_recovery_reduce(conn, 0, false);
}

void hrtcp_recovery_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 lost = conn->txq.lost_bytes;
	bool loss;

	consider_undo(conn, ack);
	loss = rec->state == HRTCP_R_LOSS;
	if (!conn->sack.on) {
		hrtcp_newreno_on_ack(conn, ack);
		return;
	}
	if (hrtcp_recovery_ends(conn))
		hrtcp_recovery_leave(conn);
	hrtcp_rack_detect(conn, ack->now_ns);
	if (rec->state <= HRTCP_R_DISORDER)
		hrtcp_recovery_open(conn);
	on_lost(conn, ack->delivered_bytes, ack->now_ns);
	if (reducing(rec))
		hrtcp_recovery_reduce(conn, ack->delivered_bytes,
				      ack->acked_bytes && conn->txq.lost_bytes <= lost);
	else if (ack->acked_bytes)
		hrtcp_recovery_grow(conn, ack, loss);
}

void hrtcp_recovery_on_repaired(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->recovery.state >= HRTCP_R_RECOVERY)
		return;
	respond(conn, HRTCP_LOSS_TAIL, now_ns);
	if (conn->recovery.state == HRTCP_R_CWR)
		hrtcp_recovery_open(conn);
	if (!conn->cc.ops->control)
		conn->cc.cwnd_bytes = conn->cc.ssthresh_bytes;
	hrtcp_cwv_on_recovered(conn, conn->snd.mss);
	conn->recovery.undo.armed = false;
}

/* What was sent again long ago is forgotten before its numbers come round. */
void hrtcp_recovery_note_again(struct hrtcp_conn *conn, struct seq start, struct seq end)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (seq_eq(rec->again_lo, rec->again_hi) || seq_diff(start, rec->again_lo) > 1 << 30) {
		rec->again_lo = start;
		rec->again_hi = end;
		return;
	}
	rec->again_lo = seq_min(rec->again_lo, start);
	rec->again_hi = seq_max(rec->again_hi, end);
}

void hrtcp_recovery_on_dsack(struct hrtcp_conn *conn, struct seq start, struct seq end)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (seq_lt(start, rec->again_lo) || seq_gt(end, rec->again_hi))
		rec->twice = true;
}

void hrtcp_recovery_on_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (reducing(rec))
		rec->prr.out_bytes += hrtcp_txnode_len(node);
	if (node->sends < 2)
		return;
	hrtcp_recovery_note_again(conn, node->seq, node->end);
	hrtcp_mtup_resent(&conn->mtup, conn->txq.lost_bytes);
	if (rec->state < HRTCP_R_RECOVERY)
		rec->undo.armed = false;	/* a probe: its D-SACK says nothing of what was before */
	if (!rec->undo.ts_taken) {
		rec->undo.ts_taken = true;
		rec->undo.ts_known = conn->ts.on;
		rec->undo.ts = hrtcp_ts_now(conn->ts.offset, conn->ts.in_us, node->sent_ns);
		rec->undo.ts_at_ns = node->sent_ns;
	}
	rec->undo.again |= node->sends > 2;
	rec->undo.resent_bytes += hrtcp_txnode_len(node);
}

/*
 * RFC 8985 6.3 with SACK; else RFC 6298 5.4 and everything again. What was SACKed until now
 * says nothing of what is to go again, RFC 2018 5; if the timeout was spurious, undo() has it.
 */
static void mark_for_timeout(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_txq *q = &conn->txq;

	if (!conn->sack.on) {
		hrtcp_txq_mark_all_lost(q);
		return;
	}
	if (q->head && q->head != q->unsent && q->head->sacked & 1)
		hrtcp_txq_forget_sacked(q);	/* RFC 2018 8: the peer has let go of it */
	hrtcp_txq_doubt_sacked(q);
	hrtcp_txq_mark_old_lost(q, hrtcp_rack_age(conn), now_ns);
}

void hrtcp_recovery_on_timeout(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	bool first = rec->state != HRTCP_R_LOSS, recovering = rec->state >= HRTCP_R_RECOVERY;

	/* RFC 5681 3.1: ssthresh is set by the first timeout of a segment only. */
	if (first || !conn->rtt.backoff)
		respond(conn, HRTCP_LOSS_TIMEOUT, now_ns);
	conn->cc.cwnd_bytes = conn->snd.mss;
	hrtcp_recovery_open(conn);
	rec->state = HRTCP_R_LOSS;
	rec->frto = !recovering;		/* RFC 5682 3.1 */
	rec->undo.ts_taken |= recovering && !rec->undo.ts_known; /* real losses lie before */
	rec->timeout_ns = now_ns;
	rec->timeout_una = conn->snd.una;
	rec->timeouts++;
	rec->recover = conn->snd.nxt;
	mark_for_timeout(conn, now_ns);
	conn->snd.fin_lost = conn->snd.fin_sent;
	conn->snd.force = true;
}
