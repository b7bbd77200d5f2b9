// SPDX-License-Identifier: GPL-2.0
/* check.c -- invariants that hold after every fact and every poll; for tests and debugging. */
#include "steps.h"

#define CHECK(condition, what)			\
	do {					\
		if (!(condition))		\
			return what;		\
	} while (0)

/* The queue is one run of octets from SND.UNA's unit to snd.end, its counters add up. */
static const char *check_txq(const struct hrtcp_conn *conn)
{
	const struct hrtcp_txnode *node;
	struct seq at = conn->snd.syn_acked ? conn->snd.una : seq_add(conn->snd.iss, 1);
	bool unsent = false;

	for (node = conn->txq.head; node; node = node->next) {
		unsent |= node == conn->txq.unsent;
		CHECK(hrtcp_txnode_len(node) > 0, "an empty node is queued");
		if (node == conn->txq.head)
			CHECK(seq_le(node->seq, at), "the first node begins after SND.UNA");
		else
			CHECK(seq_eq(node->seq, at), "the send queue has a gap");
		CHECK(unsent == !node->sends, "sent and unsent nodes are mixed");
		CHECK(unsent || node->mss, "a sent node without unit");
		at = node->end;
		CHECK(node->next || node == conn->txq.tail, "the tail is not last");
	}
	CHECK(seq_eq(at, seq_max(conn->snd.end, at)), "the queue ends before snd.end");
	CHECK(hrtcp_txq_adds_up(&conn->txq, conn->recovery.state == HRTCP_R_LOSS),
	      "pipe, lost and SACKed do not add up");
	return NULL;
}

/* Whatever is outstanding has a deadline that will move it. */
static const char *check_timers(const struct hrtcp_conn *conn)
{
	const struct hrtcp_snd *snd = &conn->snd;
	const struct hrtcp_timers *timers = &conn->timers;

	CHECK(!conn->sack.withheld || conn->rcv.ack_now || !hrtcp_state_may_receive(conn->state) ||
	      hrtcp_timer_armed(timers, HRTCP_T_DELACK), "SACKs withheld without an end");
	if (conn->pending.syn || conn->fast.deferred || snd->blocked || hrtcp_timer_armed(timers, HRTCP_T_TXRETRY))
		return NULL;
	if (conn->state == HRTCP_TIME_WAIT)
		CHECK(hrtcp_timer_armed(timers, HRTCP_T_LINGER), "TIME-WAIT without an end");
	else if (seq_lt(snd->una, snd->nxt) && conn->state != HRTCP_LISTEN)
		CHECK(hrtcp_timer_armed(timers, HRTCP_T_RETRANSMIT),
		      "outstanding without a retransmission deadline");
	return NULL;
}

const char *hrtcp_conn_check(const struct hrtcp_conn *conn)
{
	const struct hrtcp_snd *snd = &conn->snd;
	const struct hrtcp_rcv *rcv = &conn->rcv;
	const char *wrong;

	CHECK(!conn->impossible, "a fact that no state of its knows");
	if (conn->state == HRTCP_CLOSED || conn->state == HRTCP_LISTEN)
		return NULL;
	CHECK(seq_le(snd->una, snd->nxt), "SND.UNA > SND.NXT");
	CHECK(seq_le(snd->nxt, snd->max), "SND.NXT > highest sent");
	CHECK(seq_le(snd->max, seq_add(snd->end, 1)), "more sent than written");
	CHECK(!snd->fin_sent || snd->fin_queued, "a FIN nobody asked for");
	CHECK(seq_le(rcv->acked, rcv->nxt), "acknowledged more than received");
	CHECK(conn->state == HRTCP_SYN_SENT || seq_le(rcv->nxt, rcv->edge),
	      "the window shrank");
	CHECK(conn->cc.cwnd_bytes >= snd->mss || conn->state == HRTCP_SYN_SENT,
	      "cwnd below one segment");
	CHECK(conn->recovery.state != HRTCP_R_CWR || seq_lt(snd->una, conn->ecn.cwr_end),
	      "a mark is answered for more than a round trip");
	CHECK(hrtcp_state_synchronized(conn->state) || !rcv->fin, "FIN before the handshake");
	wrong = check_txq(conn);
	return wrong ? wrong : check_timers(conn);
}
