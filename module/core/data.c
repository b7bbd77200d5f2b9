// SPDX-License-Identifier: GPL-2.0
/* data.c -- payload, FIN and the receive window, RFC 9293 3.10.7.4 steps 7 and 8, 3.8.6. */
#include "steps.h"
#include "tune.h"

#define EQUAL_SEGS 8			/* a smaller size is believed after so many of it */
#define DUPS_AT_ONCE 3			/* by which a peer knows a loss, RFC 5681 3.2 */

/* The buffer, or what the user wants advertised of it. */
static u32 usable_buf(const struct hrtcp_rcv *rcv)
{
	return rcv->clamp_bytes ? min_t(u32, rcv->buf_bytes, rcv->clamp_bytes) : rcv->buf_bytes;
}

/* What is worth telling, RFC 9293 3.8.6.2.2. */
static u32 window_step(const struct hrtcp_rcv *rcv)
{
	return min_t(u32, usable_buf(rcv) / 2, rcv->mss);
}

u32 hrtcp_rcv_room(const struct hrtcp_conn *conn)
{
	const struct hrtcp_rcv *rcv = &conn->rcv;
	u32 buf_bytes = usable_buf(rcv);

	return buf_bytes > rcv->unread_bytes ? buf_bytes - rcv->unread_bytes : 0;
}

/* What the window could become: the room, cut to what the field can say. */
static u32 window_candidate(const struct hrtcp_conn *conn)
{
	u32 room = min_t(u32, hrtcp_rcv_room(conn), 65535u << conn->rcv.wscale);

	return room >> conn->rcv.wscale << conn->rcv.wscale;
}

/*
 * The edge only moves right, and only by steps worth a segment (RFC 9293 3.8.6.2.2). Where
 * the scale cannot say a window that stays, it is rounded up if there is room for that;
 * else down, and what was promised is accepted all the same (RFC 7323 2.4). An empty buffer that
 * is too small for the scale counts as one unit: none at all would be told for ever.
 */
u16 hrtcp_rcv_select_window(struct hrtcp_conn *conn)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	u32 now = (u32)seq_diff(rcv->edge, rcv->nxt);
	u32 next = window_candidate(conn);

	if (next < now + window_step(rcv))
		next = now;
	if (next + (1u << rcv->wscale) <= hrtcp_rcv_room(conn))
		next += (1u << rcv->wscale) - 1;
	next = min_t(u32, next >> rcv->wscale, 65535);
	if (!next && !rcv->unread_bytes)
		next = 1;
	rcv->edge = seq_max(rcv->edge, seq_add(rcv->nxt, next << rcv->wscale));
	return (u16)next;
}

void hrtcp_conn_on_discard(struct hrtcp_conn *conn)
{
	conn->rcv.unread_bytes = 0;
}

void hrtcp_conn_on_read(struct hrtcp_conn *conn, u32 len)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	u32 now, next;

	rcv->unread_bytes -= min_t(u32, len, rcv->unread_bytes);
	rcv->urgent = hrtcp_conn_urgent(conn, &now);
	if (!hrtcp_state_may_receive(conn->state))
		return;
	/* Tell a sender that waits: once the window can at least be doubled. */
	now = (u32)seq_diff(rcv->edge, rcv->nxt);
	next = window_candidate(conn);
	if (next >= 2 * now && next - now >= window_step(rcv))
		rcv->ack_now = true;
}

static void owe_ack(struct hrtcp_conn *conn, u64 now_ns)
{
	if (!hrtcp_timer_armed(&conn->timers, HRTCP_T_DELACK))
		hrtcp_timer_set(&conn->timers, HRTCP_T_DELACK, now_ns + conn->rcv.delack_ns);
}

/*
 * How large the peer's full-sized segments are. Of what was merged on the way in each counts by
 * itself. They become smaller with the path's MTU, which a run of equal ones shows that no write
 * ended (RFC 9293 3.7.1, RFC 1122 4.2.3.2).
 */
static void learn_size(struct hrtcp_rcv *rcv, const struct hrtcp_seg *seg)
{
	const u32 size = DIV_ROUND_UP(seg->len, max_t(u32, seg->pkts, 1));

	if (size >= rcv->peer_mss) {
		rcv->peer_mss = (u16)min_t(u32, size, rcv->mss);
		rcv->equal_segs = 0;
		return;
	}
	if (seg->flags & HRTCP_PSH || size != rcv->last_size)
		rcv->equal_segs = 0;
	rcv->last_size = (u16)size;
	if (!size || ++rcv->equal_segs < EQUAL_SEGS)
		return;
	rcv->peer_mss = (u16)size;
	rcv->equal_segs = 0;
}

/*
 * The first full-sized segments of a connection, and after a pause for which the peer begins anew,
 * are acknowledged one by one (RFC 5681 4.2 allows that): its window grows by ACKs.
 */
static bool is_quick(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_rcv *rcv = &conn->rcv;

	if (now_ns - rcv->data_ns > hrtcp_rtt_idle_ns(&conn->rtt, conn->cfg))
		rcv->quick_segs = 0;
	rcv->data_ns = now_ns;
	if (seg->len < rcv->peer_mss || rcv->quick_segs >= conn->cfg->quick_acks)
		return false;
	rcv->quick_segs++;
	return true;
}

/*
 * RFC 9293 3.8.6.3: an ACK at least for every second full-sized segment; what was merged of several
 * has one, but for a short last one.
 */
static void acknowledge(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u32 len,
			u64 now_ns)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	/* Segments become smaller once the peer has an option to put beside data. */
	u32 slack = conn->ecn.pact.mode == HRTCP_ECN_ACCURATE ? 2 * HRTCP_ACCECN_SPACE_MAX : 0;

	learn_size(rcv, seg);
	rcv->unacked_bytes += len;
	if (is_quick(conn, seg, now_ns) || rcv->quickack || seg->pkts > 2 ||
	    rcv->unacked_bytes + slack >= 2u * rcv->peer_mss)
		rcv->ack_now = true;
	else
		owe_ack(conn, now_ns);
}

static void take_fin(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	enum hrtcp_cause cause = HRTCP_C_FIN_RCVD;

	conn->rcv.fin = true;
	conn->rcv.nxt = seq_add(conn->rcv.nxt, 1);
	if (conn->state == HRTCP_FIN_WAIT_1 && hrtcp_ack_covers_fin(conn))
		cause = HRTCP_C_FIN_RCVD_ACKED;
	/* In CLOSE-WAIT the user may close before the delayed ACK is due: one segment less. */
	if (conn->state == HRTCP_ESTABLISHED)
		owe_ack(conn, now_ns);
	else
		conn->rcv.ack_now = true;
	hrtcp_conn_transition(conn, cause, seg, now_ns);
}

/* [@start, @end) of @seg is next in the stream; what it makes contiguous follows. */
static void deliver(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, struct seq start,
		    struct seq end, bool fin, u64 now_ns, struct hrtcp_rx *rx)
{
	struct hrtcp_rcv *rcv = &conn->rcv;

	rx->len = (u32)seq_diff(end, start);
	rx->skip = (u32)seq_diff(start, seg->seq);
	if (rx->len)
		rx->take = HRTCP_TAKE_DELIVER;
	rcv->nxt = end;
	if (conn->reasm.nodes) {
		rcv->ack_now = true;	/* RFC 5681 4.2: a gap closes, wholly or in part */
		fin |= hrtcp_reasm_advance(&conn->reasm, &rcv->nxt);
		hrtcp_sack_advance(&conn->sack, rcv->nxt);
	}
	if (seq_gt(rcv->nxt, start)) {
		rcv->unread_bytes += (u32)seq_diff(rcv->nxt, start);
		conn->events |= HRTCP_EV_READABLE;
		acknowledge(conn, seg, (u32)seq_diff(rcv->nxt, start), now_ns);
		hrtcp_tune_on_data(conn, seg, now_ns);
	}
	if (fin)
		take_fin(conn, seg, now_ns);
}

/* RFC 7413 4.2.2: the cookie was good, the data goes to the user; a FIN waits. */
static void deliver_early(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns,
			  struct hrtcp_rx *rx)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	struct seq last = seq_add(seg->seq, seg->len);
	struct seq start = seq_max(seg->seq, rcv->nxt);
	struct seq end = seq_min(last, rcv->edge);

	if (seq_lt(start, end)) {
		deliver(conn, seg, start, end, false, now_ns, rx);
		conn->fast.taken = true;
	} else if (seg->len) {
		rx->drop = HRTCP_DROP_DUPLICATE;
	}
	if (seg->flags & HRTCP_FIN && seq_eq(last, rcv->nxt)) {
		rcv->held_fin = true;
		rcv->held_end = last;
		rcv->held = true;
	}
}

/*
 * RFC 9293 3.10.7.3: what comes with a SYN waits for ESTABLISHED, and is not acknowledged
 * before. A connection has the memory for it; a half-open request has none (listen.h).
 */
void hrtcp_data_early(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		      struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx)
{
	bool fin = seg->flags & HRTCP_FIN;
	struct seq last = seq_add(seg->seq, seg->len);

	if (!seg->len && !fin)
		return;
	if (conn->fast.passive) {
		deliver_early(conn, seg, now_ns, rx);
		return;
	}
	node->seq = seg->seq;
	node->end = seq_min(last, conn->rcv.edge);
	node->skip = 0;
	node->fin = fin && seq_lt(last, conn->rcv.edge);
	rx->drop = hrtcp_reasm_insert(&conn->reasm, node);
	if (rx->drop)
		return;
	rx->take = HRTCP_TAKE_KEEP;
	conn->rcv.held = true;
}

void hrtcp_data_release(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	struct hrtcp_rx rx = { 0 };

	if (!rcv->held || !conn->snd.syn_acked ||
	    !hrtcp_state_may_receive(conn->state))
		return;
	rcv->held = false;
	deliver(conn, seg, rcv->nxt, rcv->nxt,
		rcv->held_fin && seq_eq(rcv->nxt, rcv->held_end), now_ns, &rx);
}

static void keep(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, struct seq end,
		 bool fin, struct hrtcp_rxnode *node, struct hrtcp_rx *rx)
{
	node->seq = seg->seq;
	node->end = end;
	node->skip = 0;
	node->fin = fin;
	rx->drop = hrtcp_reasm_insert(&conn->reasm, node);
	if (rx->drop == HRTCP_DROP_DUPLICATE)
		hrtcp_sack_duplicate(&conn->sack, seg->seq, end);
	else if (rx->drop)
		return;
	else
		rx->take = HRTCP_TAKE_KEEP;
	if (rx->take == HRTCP_TAKE_KEEP && seq_lt(conn->reasm.run_start, conn->reasm.run_end))
		hrtcp_sack_kept(&conn->sack, conn->reasm.run_start, conn->reasm.run_end);
	else if (seq_gt(end, seg->seq))	/* a duplicate names the block that holds it */
		hrtcp_sack_kept(&conn->sack, seg->seq, end);
}

/*
 * A twentieth of the round trip, the shorter of both that may be known. 0 where neither is, or fewer
 * than two segments come in that time: nothing would be saved, and the peer's clock slowed.
 */
static u64 sack_delay_ns(const struct hrtcp_conn *conn)
{
	const u64 srtt_ns = conn->rtt.srtt_ns;
	u64 rtt_ns = conn->rcv.tune.rtt_ns, delay_ns;

	if (!rtt_ns || (srtt_ns && srtt_ns < rtt_ns))
		rtt_ns = srtt_ns;
	delay_ns = min_t(u64, div_u64(rtt_ns, 20), conn->cfg->sack_delay_ns);
	if (conn->rcv.tune.before_bytes * delay_ns < 2ull * conn->rcv.peer_mss * rtt_ns)
		return 0;
	return delay_ns;
}

/* Nothing but the last block grew by @node: no gap opened, and none became smaller. */
static bool only_extends(const struct hrtcp_conn *conn, const struct hrtcp_rxnode *node)
{
	return seq_lt(conn->reasm.run_start, node->seq) && hrtcp_reasm_is_last(node) &&
	       !conn->sack.dsack_due && !node->fin;
}

/*
 * The first duplicates of an ACK let the peer begin to repair. Those that follow only add to what
 * SACK tells, as long as segments come in order behind the gap: they are withheld for a while and
 * become one, as in Linux. Unlike there a new gap is told at once: of many an ACK has no room for
 * the blocks. Return: whether the ACK for @node, which was kept, is withheld.
 */
static bool withhold(struct hrtcp_conn *conn, const struct hrtcp_rxnode *node, u64 now_ns)
{
	const struct hrtcp_rcv *rcv = &conn->rcv;
	const u64 delay_ns = sack_delay_ns(conn);
	struct hrtcp_sack *sack = &conn->sack;

	if (sack->dups < DUPS_AT_ONCE) {
		sack->dups++;
		return false;
	}
	if (!delay_ns || !sack->on || !only_extends(conn, node) || rcv->quickack ||
	    rcv->quick_segs < conn->cfg->quick_acks || conn->ecn.echo != conn->ecn.echoed)
		return false;
	if (sack->withheld >= conn->cfg->sack_merge)
		return false;
	sack->withheld++;
	if (now_ns + delay_ns < conn->timers.at_ns[HRTCP_T_DELACK])
		hrtcp_timer_set(&conn->timers, HRTCP_T_DELACK, now_ns + delay_ns);
	return true;
}

void hrtcp_data_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		     struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	struct seq last = seq_add(seg->seq, seg->len);
	struct seq start = seq_max(seg->seq, rcv->nxt);
	struct seq end = seq_min(last, rcv->edge);
	bool fin = seg->flags & HRTCP_FIN;

	if (!seg->len && !fin)
		return;
	if (!hrtcp_state_may_receive(conn->state)) {
		rcv->ack_now |= fin;	/* A-90 of the state table: FIN again */
		rx->drop = HRTCP_DROP_UNEXPECTED;
		return;
	}
	if (rcv->closed && seq_gt(last, rcv->nxt)) {
		rx->drop = HRTCP_DROP_CLOSED_RECEIVER;
		hrtcp_conn_transition(conn, HRTCP_C_LATE_DATA, seg, now_ns);
		return;
	}
	hrtcp_ecn_on_data(conn, seg);
	if (seq_lt(seg->seq, rcv->nxt))
		hrtcp_sack_duplicate(&conn->sack, seg->seq, seq_min(last, rcv->nxt));
	else
		hrtcp_sack_overlap(&conn->sack, seg->seq, end);
	if (fin && seq_ge(last, rcv->edge))
		fin = false;		/* no room for it yet: it comes again */
	if (seq_ge(start, end) && !(fin && seq_ge(last, rcv->nxt))) {
		rcv->ack_now = true;
		rx->drop = seq_gt(last, rcv->edge) ? HRTCP_DROP_OUT_OF_WINDOW :
						     HRTCP_DROP_DUPLICATE;
		return;
	}
	if (seq_le(start, rcv->nxt)) {
		deliver(conn, seg, start, end, fin, now_ns, rx);
		return;
	}
	keep(conn, seg, end, fin, node, rx);
	if (rx->take != HRTCP_TAKE_KEEP || !withhold(conn, node, now_ns))
		rcv->ack_now = true;	/* RFC 5681 4.2 */
}
