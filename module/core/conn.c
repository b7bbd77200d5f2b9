// SPDX-License-Identifier: GPL-2.0
/* conn.c -- what the user and the system do to a connection, RFC 9293 3.10.1 to 3.10.6. */
#include "steps.h"
#include "listen.h"

void hrtcp_conn_init(struct hrtcp_conn *conn, const struct hrtcp_cfg *cfg)
{
	memset(conn, 0, sizeof(*conn));
	hrtcp_state_adopt(&conn->state, HRTCP_CLOSED);
	conn->cfg = cfg;
	conn->cc.ops = cfg->cc ? cfg->cc : &hrtcp_cc_cubic;
	conn->cc.ssthresh_bytes = ~0u;
	hrtcp_pace_init(conn);
	hrtcp_timers_init(&conn->timers);
	hrtcp_rtt_init(&conn->rtt, cfg);
	hrtcp_reasm_init(&conn->reasm);
}

static void start(struct hrtcp_conn *conn, const struct hrtcp_open *open, struct seq iss,
		  u64 now_ns)
{
	struct hrtcp_snd *snd = &conn->snd;
	struct hrtcp_rcv *rcv = &conn->rcv;

	snd->iss = iss;
	snd->una = iss;
	snd->nxt = seq_add(iss, 1);
	snd->max = snd->nxt;
	snd->end = snd->nxt;
	snd->small_end = iss;
	snd->mss_peer = open->mss_default;
	snd->mss_path = open->mss_path;
	snd->gso_max = open->gso_max;
	conn->mtup.floor = open->mss_floor;
	rcv->buf_bytes = open->rcvbuf_bytes;
	rcv->buf_max_bytes = open->rcvbuf_max_bytes;
	rcv->mss = open->mss_advertise;
	rcv->peer_mss = (u16)min_t(u32, rcv->mss, open->mss_default);
	if (conn->cfg->window_scaling)
		rcv->wscale = hrtcp_wscale_for(max_t(u32, open->rcvbuf_bytes,
						     open->rcvbuf_max_bytes));
	rcv->delack_ns = conn->cfg->delack_ns;
	conn->ts.offset = open->ts_offset;
	conn->fast.cookie = open->fast.cookie;
	conn->ecn.gso_ace = open->gso_ace;
	conn->progress_ns = now_ns;
	conn->advance_ns = now_ns;
	conn->last_sent_ns = now_ns;
	hrtcp_recovery_init(conn);
	hrtcp_rack_init(conn);
	hrtcp_conn_sync_mss(conn);
}

int hrtcp_conn_open(struct hrtcp_conn *conn, const struct hrtcp_open *open, u64 now_ns)
{
	if (!hrtcp_state_edge(conn->state, HRTCP_C_OPEN_ACTIVE))
		return -EISCONN;
	hrtcp_conn_transition(conn, HRTCP_C_OPEN_ACTIVE, NULL, now_ns);
	start(conn, open, open->iss, now_ns);
	conn->fast.deferred = open->fast.on;
	conn->fast.data = open->fast.data;
	conn->fast.option = open->fast.option;
	conn->fast.mss = open->fast.mss;
	conn->pending.syn = !conn->fast.deferred;
	return 0;
}

int hrtcp_conn_listen(struct hrtcp_conn *conn, u64 now_ns)
{
	if (!hrtcp_state_edge(conn->state, HRTCP_C_OPEN_PASSIVE))
		return -EINVAL;
	hrtcp_conn_transition(conn, HRTCP_C_OPEN_PASSIVE, NULL, now_ns);
	return 0;
}

void hrtcp_conn_open_passive(struct hrtcp_conn *conn, const struct hrtcp_req *req,
			     const struct hrtcp_open *open, u64 now_ns)
{
	struct hrtcp_opts opt = { .mss = req->mss_peer, .wscale = req->wscale_peer,
				  .tsval = req->ts_recent, .present = HRTCP_OPT_MSS,
				  .hr_delack_us = req->hr_delack_us };
	struct hrtcp_rcv *rcv = &conn->rcv;

	if (req->wscale_on)
		opt.present |= HRTCP_OPT_WSCALE;
	if (req->ts_on)
		opt.present |= HRTCP_OPT_TS;
	if (req->sack_on)
		opt.present |= HRTCP_OPT_SACK_OK;
	if (req->hr_on)
		opt.present |= HRTCP_OPT_HR;
	hrtcp_state_adopt(&conn->state, HRTCP_SYN_RECEIVED);
	start(conn, open, req->iss, now_ns);
	conn->passive = true;
	conn->fast.passive = req->fast;
	conn->fast.option = req->fast && open->fast.cookie.len;
	conn->syn_probed = req->probed;
	conn->syn_repeats = (u8)(req->sends > 2 ? 2 : req->sends > 1);
	conn->last_sent_ns = req->sent_ns;
	conn->ts.offset = req->ts_offset;
	conn->ts.syn_known = req->ts_on && req->begun_ns;
	conn->ts.syn = req->ts_recent;
	conn->ts.syn_at_ns = req->begun_ns ? req->begun_ns : now_ns;
	rcv->wscale = req->wscale;
	rcv->irs = req->irs;
	rcv->nxt = seq_add(req->irs, 1);
	rcv->acked = rcv->nxt;
	rcv->edge = seq_add(rcv->nxt, req->rcv_wnd);
	conn->snd.wnd = req->wnd;
	conn->snd.max_wnd = req->wnd;
	conn->snd.wl1 = req->irs;
	conn->ecn.pact = req->ecn;
	hrtcp_accecn_init(&conn->ecn.acc);
	hrtcp_conn_negotiate(conn, &opt, now_ns);
	hrtcp_accecn_read_held(conn, now_ns);
}

int hrtcp_conn_may_write(const struct hrtcp_conn *conn)
{
	if (conn->state == HRTCP_CLOSED || conn->state == HRTCP_LISTEN)
		return -ENOTCONN;
	if (conn->snd.fin_queued || conn->close_pending)
		return -EPIPE;
	return 0;
}

u32 hrtcp_conn_units_most(const struct hrtcp_conn *conn, u32 mss)
{
	u32 quantum = max_t(u32, conn->cc.pace.quantum_bytes, 2 * mss);
	u32 n = min_t(u32, conn->snd.gso_max, quantum) / mss;

	return max_t(u32, min_t(u32, n, HRTCP_UNITS_MAX), 1);
}

u32 hrtcp_conn_size_goal(const struct hrtcp_conn *conn)
{
	u32 mss = conn->snd.mss, n = hrtcp_conn_units_most(conn, mss);

	if (conn->mtup.on)		/* a probe is one node */
		n = max_t(u32, n, DIV_ROUND_UP(conn->mtup.high, mss));
	return n * mss;
}

struct hrtcp_txnode *hrtcp_conn_write_tail(const struct hrtcp_conn *conn)
{
	struct hrtcp_txnode *tail = conn->txq.tail;

	if (!tail || tail->sends || hrtcp_txnode_len(tail) >= hrtcp_conn_size_goal(conn))
		return NULL;
	return tail;
}

void hrtcp_conn_push(struct hrtcp_conn *conn)
{
	struct hrtcp_txnode *tail = hrtcp_conn_write_tail(conn);

	if (tail)
		tail->push = true;
}

void hrtcp_conn_on_write(struct hrtcp_conn *conn, struct hrtcp_txnode *node, u32 len,
			 bool push)
{
	hrtcp_rate_check_app_limited(conn);
	if (node != conn->txq.tail) {
		node->seq = conn->snd.end;
		node->end = conn->snd.end;
		hrtcp_txq_append(&conn->txq, node);
	}
	node->end = seq_add(node->end, len);
	node->push = push;
	conn->snd.end = node->end;
}

void hrtcp_conn_on_split(struct hrtcp_conn *conn, struct hrtcp_txnode *node,
			 struct hrtcp_txnode *rest, u32 len)
{
	hrtcp_txq_split(&conn->txq, node, rest, len);
}

void hrtcp_conn_on_join(struct hrtcp_conn *conn, struct hrtcp_txnode *node, bool done)
{
	if (done)
		hrtcp_txq_join(&conn->txq, node);
	else
		node->solid = 1;
}

int hrtcp_conn_on_close(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->state == HRTCP_CLOSED)
		return -ENOTCONN;
	if (conn->state == HRTCP_SYN_RECEIVED && conn->txq.head) {
		conn->close_pending = true;	/* RFC 9293 3.10.4: once ESTABLISHED */
		return 0;
	}
	conn->close_pending = false;
	if (!hrtcp_state_edge(conn->state, HRTCP_C_CLOSE))
		return -EPIPE;
	hrtcp_conn_transition(conn, HRTCP_C_CLOSE, NULL, now_ns);
	conn->snd.fin_queued = conn->state != HRTCP_CLOSED;
	return 0;
}

void hrtcp_conn_on_release(struct hrtcp_conn *conn, u64 now_ns)
{
	conn->orphan = true;
	conn->rcv.closed = true;
	if (conn->rcv.unread_bytes) {	/* the peer must learn that data was lost */
		hrtcp_conn_on_abort(conn, 0, now_ns);
		return;
	}
	hrtcp_conn_on_close(conn, now_ns);
	if (conn->state == HRTCP_FIN_WAIT_2)
		hrtcp_timer_set(&conn->timers, HRTCP_T_LINGER,
				now_ns + conn->cfg->fin_timeout_ns);
	if (conn->state == HRTCP_TIME_WAIT)
		conn->events |= HRTCP_EV_TIME_WAIT;
	if (conn->state == HRTCP_CLOSED)
		conn->events |= HRTCP_EV_GONE;
	if (hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
		hrtcp_conn_arm_retransmit(conn, now_ns);	/* by an orphan's patience */
}

void hrtcp_conn_on_abort(struct hrtcp_conn *conn, int err, u64 now_ns)
{
	if (conn->state != HRTCP_CLOSED && err)
		conn->err = err;
	hrtcp_conn_transition(conn, HRTCP_C_ABORT, NULL, now_ns);
}

void hrtcp_conn_on_path(struct hrtcp_conn *conn, u16 mss_path, u32 gso_max)
{
	u16 before = conn->snd.mss;

	conn->snd.mss_path = mss_path;
	conn->snd.gso_max = gso_max;
	hrtcp_mtup_on_path(conn);
	hrtcp_conn_sync_mss(conn);
	hrtcp_cc_on_mss(conn, before);
	if (conn->snd.mss < before) {
		hrtcp_txq_recut(&conn->txq, conn->snd.una, conn->snd.mss);
		conn->snd.force |= conn->txq.lost_bytes > 0;
	}
	conn->cc.ssthresh_bytes = max_t(u32, conn->cc.ssthresh_bytes, 2u * conn->snd.mss);
}

bool hrtcp_conn_in_flight(const struct hrtcp_conn *conn, struct seq seq)
{
	return seq_ge(seq, conn->snd.una) && seq_lt(seq, conn->snd.max);
}

/*
 * RFC 1122 4.2.3.9 as RFC 5927 reads it: an error that does not quote what we have in
 * flight is not for us, and none ends a synchronized connection.
 */
void hrtcp_conn_on_icmp(struct hrtcp_conn *conn, struct seq seq, int err, bool hard,
			u64 now_ns)
{
	if (!hrtcp_conn_in_flight(conn, seq))
		return;
	conn->soft_err = err;
	if (!hard || !hrtcp_state_edge(conn->state, HRTCP_C_ICMP_ERROR))
		return;
	hrtcp_fast_on_lost(conn);	/* RFC 7413 4.1.3.1 */
	conn->err = err;
	hrtcp_conn_transition(conn, HRTCP_C_ICMP_ERROR, NULL, now_ns);
}

void hrtcp_conn_on_rcvbuf(struct hrtcp_conn *conn, u32 bytes)
{
	conn->rcv.buf_bytes = bytes;
	conn->rcv.buf_max_bytes = bytes;
}

void hrtcp_conn_set_nodelay(struct hrtcp_conn *conn, bool on)
{
	conn->snd.nodelay = on;
}

void hrtcp_conn_set_cork(struct hrtcp_conn *conn, bool on)
{
	conn->snd.cork = on;
}

void hrtcp_conn_set_blocked(struct hrtcp_conn *conn, bool on)
{
	conn->snd.blocked = on;
}

void hrtcp_conn_set_keepalive(struct hrtcp_conn *conn, bool on, u64 now_ns)
{
	conn->keepalive.on = on;
	conn->keepalive.sent = 0;
	hrtcp_timer_clear(&conn->timers, HRTCP_T_KEEPALIVE);
	if (on && hrtcp_state_synchronized(conn->state) && conn->state != HRTCP_TIME_WAIT)
		hrtcp_conn_arm_keepalive(conn, now_ns);	/* else once ESTABLISHED */
}

void hrtcp_conn_set_cfg(struct hrtcp_conn *conn, const struct hrtcp_cfg *cfg, u64 now_ns)
{
	conn->cfg = cfg;
	hrtcp_rtt_configured(&conn->rtt, cfg);
	conn->rcv.delack_ns = conn->rtt.told ? cfg->hr_delack_ns : cfg->delack_ns;
	if (hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
		hrtcp_conn_arm_retransmit(conn, now_ns);
	if (hrtcp_timer_armed(&conn->timers, HRTCP_T_DELACK))
		conn->rcv.ack_now = true;	/* by the new delay it may be late */
	if (conn->keepalive.on)
		hrtcp_conn_set_keepalive(conn, true, now_ns);
}

void hrtcp_conn_set_quickack(struct hrtcp_conn *conn, bool on)
{
	conn->rcv.quickack = on;
	conn->rcv.ack_now |= on && hrtcp_timer_armed(&conn->timers, HRTCP_T_DELACK);
}

void hrtcp_conn_set_window_clamp(struct hrtcp_conn *conn, u32 bytes)
{
	conn->rcv.clamp_bytes = bytes;
}

void hrtcp_conn_set_cc(struct hrtcp_conn *conn, const struct hrtcp_cc_ops *ops)
{
	if (conn->recovery.state == HRTCP_R_CWR)
		hrtcp_recovery_leave(conn);
	hrtcp_cc_use(conn, ops);
	/* What is being repaired was answered by the one before, in its own way. */
	if (conn->recovery.state >= HRTCP_R_RECOVERY)
		conn->cc.ssthresh_bytes = hrtcp_cc_on_loss(conn, HRTCP_LOSS_FAST,
							   conn->rate.delivered_ns);
}

void hrtcp_conn_set_max_rate(struct hrtcp_conn *conn, u64 bytes_per_s)
{
	hrtcp_pace_set_most(conn, bytes_per_s);
}

void hrtcp_conn_set_held(struct hrtcp_conn *conn, bool held)
{
	hrtcp_pace_set_held(conn, held);
}

void hrtcp_conn_set_user_timeout(struct hrtcp_conn *conn, u64 timeout_ns)
{
	conn->user_timeout_ns = timeout_ns;
}

struct hrtcp_rxnode *hrtcp_conn_poll_rx(struct hrtcp_conn *conn, u32 *skip, u32 *len)
{
	struct hrtcp_rxnode *node = hrtcp_reasm_ready(&conn->reasm);

	if (!node)
		return NULL;
	*skip = node->skip;
	*len = (u32)seq_diff(node->end, node->seq);
	return node;
}

struct hrtcp_txnode *hrtcp_conn_poll_acked(struct hrtcp_conn *conn)
{
	struct hrtcp_txnode *node = conn->txq.acked;

	if (node)
		conn->txq.acked = node->next;
	return node;
}

struct hrtcp_txnode *hrtcp_conn_drain_tx(struct hrtcp_conn *conn)
{
	struct hrtcp_txnode *node = hrtcp_txq_drain(&conn->txq);

	return node ? node : hrtcp_conn_poll_acked(conn);
}

struct hrtcp_rxnode *hrtcp_conn_drain_rx(struct hrtcp_conn *conn)
{
	return hrtcp_reasm_drain(&conn->reasm);
}

u16 hrtcp_conn_poll_events(struct hrtcp_conn *conn)
{
	u16 events = conn->events;

	conn->events = 0;
	return events;
}

bool hrtcp_conn_poll_transition(struct hrtcp_conn *conn, struct hrtcp_transition *tr)
{
	struct hrtcp_history *history = &conn->history;

	if (history->polled == history->written)
		return false;
	*tr = history->ring[history->polled++ % HRTCP_HISTORY];
	return true;
}

u32 hrtcp_conn_queued(const struct hrtcp_conn *conn)
{
	const struct hrtcp_snd *snd = &conn->snd;
	struct seq first = snd->syn_acked ? snd->una : seq_add(snd->iss, 1);

	return seq_lt(first, snd->end) ? (u32)seq_diff(snd->end, first) : 0;
}

bool hrtcp_conn_at_eof(const struct hrtcp_conn *conn)
{
	return conn->rcv.fin && !conn->rcv.unread_bytes;
}
