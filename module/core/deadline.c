// SPDX-License-Identifier: GPL-2.0
/*
 * deadline.c -- what happens when a deadline of timers.h passes. A slot is cleared before
 * its handler, which may arm it again.
 */
#include "newreno.h"
#include "steps.h"

static bool syn_outstanding(const struct hrtcp_conn *conn)
{
	return !conn->snd.syn_acked;
}

/* How long the peer may be silent before the connection is given up, RFC 9293 3.8.3. */
static u64 patience_ns(const struct hrtcp_conn *conn)
{
	const struct hrtcp_cfg *cfg = conn->cfg;

	if (conn->user_timeout_ns)
		return conn->user_timeout_ns;
	if (syn_outstanding(conn))
		return conn->passive ? cfg->synack_r2_ns : cfg->syn_r2_ns;
	return conn->orphan ? min_t(u64, cfg->r2_ns, cfg->orphan_r2_ns) : cfg->r2_ns;
}

/* The same as a number of timeouts in a row; 0: no such limit. */
static u32 patience_retries(const struct hrtcp_conn *conn)
{
	const struct hrtcp_cfg *cfg = conn->cfg;

	if (syn_outstanding(conn))
		return cfg->syn_retries;
	if (conn->user_timeout_ns)
		return 0;
	return conn->orphan && cfg->orphan_retries ? cfg->orphan_retries : cfg->retries2;
}

static bool give_up(const struct hrtcp_conn *conn, u64 now_ns)
{
	u32 retries = patience_retries(conn);

	return now_ns - conn->progress_ns >= patience_ns(conn) ||
	       (retries && conn->rtt.backoff >= retries);
}

/* To fire at @at_ns, or when the peer's time is over. */
static void arm_retransmit(struct hrtcp_conn *conn, u64 at_ns, u64 now_ns)
{
	u64 patience = patience_ns(conn);

	if (patience < HRTCP_NEVER - conn->progress_ns)
		at_ns = min_t(u64, at_ns, max_t(u64, conn->progress_ns + patience, now_ns));
	hrtcp_timer_set(&conn->timers, HRTCP_T_RETRANSMIT, at_ns);
}

void hrtcp_conn_arm_retransmit(struct hrtcp_conn *conn, u64 now_ns)
{
	arm_retransmit(conn, now_ns + hrtcp_rtt_timeout(&conn->rtt, conn->cfg), now_ns);
}

static void back_off(struct hrtcp_conn *conn)
{
	if (conn->rtt.backoff < 255)
		conn->rtt.backoff++;
}

/* R1: IP should look for another way, and the user may want to know. RFC 9293 SHLD-9 */
static void doubt_path(struct hrtcp_conn *conn)
{
	conn->events |= HRTCP_EV_ADVICE;
	if (!conn->soft_err)
		conn->soft_err = ETIMEDOUT;
}

/*
 * RFC 8985 8, 7.2: of several timers of a loss RACK's comes first, then a probe; each arms this one
 * anew. RFC 6298 5: and no segment goes again sooner than an RTO after it left last. But without
 * SACK the timer of RFC 6582 3.2 step 3 counts from the first partial ACK, whichever segment the
 * later ones had sent again. Return: when to fire in place of now, 0: now.
 */
static u64 later_ns(const struct hrtcp_conn *conn)
{
	const struct hrtcp_txnode *head = conn->txq.head;
	const u64 rto_ns = hrtcp_rtt_timeout(&conn->rtt, conn->cfg);
	u64 from_ns = head && head->sends > 1 ? head->sent_ns : 0;

	if (!conn->sack.on && conn->recovery.partial_acks > 1)
		return 0;
	if (hrtcp_timer_armed(&conn->timers, HRTCP_T_REORDER))
		from_ns = max_t(u64, from_ns, conn->timers.at_ns[HRTCP_T_REORDER]);
	return from_ns + rto_ns;
}

/* Sent in SYN-RECEIVED (RFC 7413 4.2.2), after the SYN,ACK whose timer this is. */
static bool data_is_late(const struct hrtcp_conn *conn, u64 now_ns)
{
	return conn->txq.pipe_bytes && now_ns >= conn->txq.head->sent_ns +
	       hrtcp_rtt_timeout(&conn->rtt, conn->cfg);
}

/*
 * No timeout: no back-off, no retry counted, and nothing that RFC 7413 or 9768 3.1.4.1 would have
 * given up on one: the SYN goes as it went.
 */
static void syn_probe_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	if (!conn->syn_repeats) {
		conn->syn_probed = true;
		conn->pending.syn = true;
		hrtcp_ecn_syn_again(&conn->ecn.pact);
	}
	if (!hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
		hrtcp_conn_arm_retransmit(conn, now_ns);	/* it was due, too, and let this go first */
}

static void probe_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->state == HRTCP_SYN_SENT) {
		syn_probe_fired(conn, now_ns);
		return;
	}
	hrtcp_tlp_fired(conn);
	hrtcp_conn_arm_retransmit(conn, now_ns);
}

static void retransmit_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	bool full_stop;

	if (seq_eq(conn->snd.una, conn->snd.nxt))
		return;
	if (give_up(conn, now_ns)) {
		hrtcp_conn_transition(conn, HRTCP_C_RTX_TIMEOUT, NULL, now_ns);
		return;
	}
	if (conn->timers.at_ns[HRTCP_T_PROBE] <= now_ns)
		return;			/* it is next, and arms this one anew */
	if (later_ns(conn) > now_ns) {
		arm_retransmit(conn, later_ns(conn), now_ns);
		return;
	}
	full_stop = conn->recovery.unanswered >= conn->cfg->retries1;
	conn->recovery.unanswered = (u8)min_t(u32, conn->recovery.unanswered + 1u, 255);
	if (full_stop)			/* RFC 9293 3.8.3 (a) */
		doubt_path(conn);
	hrtcp_repath_on_timeout(conn, now_ns);
	if (syn_outstanding(conn)) {
		hrtcp_fast_on_lost(conn);
		if (data_is_late(conn, now_ns))
			hrtcp_recovery_on_timeout(conn, now_ns);
		conn->pending.syn = true;
		conn->syn_repeats = (u8)min_t(u32, conn->syn_repeats + 1u, 2);
		if (conn->state == HRTCP_SYN_RECEIVED)
			hrtcp_ecn_synack_timeout(&conn->ecn.pact);
		conn->snd.fin_lost = conn->snd.fin_sent;
	} else {
		hrtcp_mtup_on_timeout(conn, full_stop, now_ns);
		hrtcp_recovery_on_timeout(conn, now_ns);
	}
	back_off(conn);
	hrtcp_conn_arm_retransmit(conn, now_ns);
}

/*
 * Data waits for the window. An owner waits as long as someone answers (RFC 9293 MUST-37);
 * an orphan's memory is not the peer's to hold (RFC 6429 4).
 */
static void persist_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_snd *snd = &conn->snd;

	if (now_ns - conn->progress_ns >= patience_ns(conn) ||
	    (conn->orphan && now_ns - conn->advance_ns >= patience_ns(conn))) {
		hrtcp_conn_transition(conn, HRTCP_C_RTX_TIMEOUT, NULL, now_ns);
		return;
	}
	if (seq_lt(snd->nxt, seq_add(snd->una, snd->wnd)))
		snd->override = true;
	else
		snd->probe = true;
	if (snd->probes < 32)
		snd->probes++;
}

static void linger_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->state == HRTCP_TIME_WAIT)
		hrtcp_conn_transition(conn, HRTCP_C_TW_TIMEOUT, NULL, now_ns);
	else if (conn->state == HRTCP_FIN_WAIT_2)
		hrtcp_conn_transition(conn, HRTCP_C_FW2_TIMEOUT, NULL, now_ns);
}

void hrtcp_conn_arm_keepalive(struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_keepalive *keepalive = &conn->keepalive;
	u64 at_ns = keepalive->heard_ns + conn->cfg->keepalive_time_ns;

	if (keepalive->sent)
		at_ns = now_ns + conn->cfg->keepalive_intvl_ns;
	hrtcp_timer_set(&conn->timers, HRTCP_T_KEEPALIVE, max_t(u64, at_ns, now_ns + 1));
}

/*
 * Counted from the probe itself: a timer may fire late by more than a round trip, so that an
 * answer can look older than the interval.
 */
static bool heard_of_peer(const struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_keepalive *keepalive = &conn->keepalive;

	if (keepalive->sent)
		return keepalive->heard_ns >= keepalive->probed_ns;
	return now_ns - keepalive->heard_ns < conn->cfg->keepalive_time_ns;
}

/* A user timeout takes the place of the number of probes, as it does of R2. */
static bool peer_is_dead(const struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_keepalive *keepalive = &conn->keepalive;

	if (conn->user_timeout_ns)
		return keepalive->sent && now_ns - keepalive->heard_ns >= conn->user_timeout_ns;
	return keepalive->sent >= conn->cfg->keepalive_probes;
}

/* RFC 9293 3.8.4: only an idle connection is probed; an answer of any kind will do. */
static void keepalive_fired(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_keepalive *keepalive = &conn->keepalive;

	if (!hrtcp_state_synchronized(conn->state) || conn->state == HRTCP_TIME_WAIT)
		return;
	if (seq_lt(conn->snd.una, conn->snd.nxt)) {
		keepalive->sent = 0;	/* R2 judges the peer now */
		hrtcp_timer_set(&conn->timers, HRTCP_T_KEEPALIVE,
				now_ns + conn->cfg->keepalive_time_ns);
		return;
	}
	if (heard_of_peer(conn, now_ns)) {
		keepalive->sent = 0;
	} else if (peer_is_dead(conn, now_ns)) {
		hrtcp_conn_transition(conn, HRTCP_C_KEEPALIVE, NULL, now_ns);
		return;
	} else {
		keepalive->sent += keepalive->sent < 255;
		keepalive->probed_ns = now_ns;
		keepalive->due = true;
	}
	hrtcp_conn_arm_keepalive(conn, now_ns);
}

static void fire(struct hrtcp_conn *conn, enum hrtcp_timer slot, u64 now_ns)
{
	switch (slot) {
	case HRTCP_T_RETRANSMIT:
		retransmit_fired(conn, now_ns);
		break;
	case HRTCP_T_PERSIST:
		persist_fired(conn, now_ns);
		break;
	case HRTCP_T_DELACK:
		conn->rcv.ack_now = true;
		break;
	case HRTCP_T_LINGER:
		linger_fired(conn, now_ns);
		break;
	case HRTCP_T_PROBE:
		probe_fired(conn, now_ns);
		break;
	case HRTCP_T_KEEPALIVE:
		keepalive_fired(conn, now_ns);
		break;
	case HRTCP_T_REORDER:
		if (!conn->sack.on) {
			hrtcp_newreno_on_late(conn, now_ns);
			break;
		}
		hrtcp_rack_detect(conn, now_ns);
		hrtcp_recovery_on_lost(conn, now_ns);
		break;
	case HRTCP_T_PACING:
	case HRTCP_T_TXRETRY:		/* that it is over is all poll_tx() asks */
	case HRTCP_T_COUNT:
		break;
	}
}

void hrtcp_conn_on_deadline(struct hrtcp_conn *conn, u64 now_ns)
{
	u32 slot;

	hrtcp_rate_check_app_limited(conn);
	for (slot = 0; slot < HRTCP_T_COUNT; slot++) {
		if (conn->timers.at_ns[slot] > now_ns)
			continue;
		hrtcp_timer_clear(&conn->timers, (enum hrtcp_timer)slot);
		fire(conn, (enum hrtcp_timer)slot, now_ns);
	}
}
