// SPDX-License-Identifier: GPL-2.0
/*
 * settle.c -- after every fact the socket's owner settles: takes all that the core has to
 * give and hands it to Linux. No other file calls hrtcp_conn_poll_*().
 *
 *   transitions    sk_state, so that whoever is woken below sees it; events, counters
 *   poll_tx        to the IP layer, until nothing is due before some deadline
 *   poll_rx        segments whose gap closed, to the receive queue
 *   poll_acked     buffers back to the allocator and the sender's budget
 *   deadline       the hrtimer
 *   events         wake, or bury
 *   check          in a debug build: do the core's invariants hold?
 */
#include <net/sock.h>

#include "clock.h"
#include "events.h"
#include "fastopen.h"
#include "metrics.h"
#include "netns.h"
#include "route.h"
#include "rxq.h"
#include "settle.h"
#include "sock.h"
#include "stats.h"
#include "timewait.h"
#include "tx.h"
#include "txq.h"
#include "urgent.h"

static void count_transition(struct hrtcp_net *hn, const struct hrtcp_conn *conn,
			     const struct hrtcp_transition *tr)
{
	if (tr->cause == HRTCP_C_OPEN_ACTIVE)
		hrtcp_count(hn, HRTCP_STAT_ACTIVE_OPENS);
	if (tr->to == HRTCP_ESTABLISHED && conn->passive)
		hrtcp_count(hn, HRTCP_STAT_PASSIVE_OPENS);
	if (tr->to != HRTCP_CLOSED)
		return;
	if (tr->from == HRTCP_SYN_SENT || tr->from == HRTCP_SYN_RECEIVED)
		hrtcp_count(hn, HRTCP_STAT_ATTEMPT_FAILS);
	if (tr->from == HRTCP_ESTABLISHED || tr->from == HRTCP_CLOSE_WAIT)
		hrtcp_count(hn, HRTCP_STAT_ESTAB_RESETS);
}

/* Nothing is left to be sent, after all that could be learned by sending. */
static bool is_done(const struct hrtcp_transition *tr)
{
	return tr->from != HRTCP_FIN_WAIT_2 && tr->from != HRTCP_TIME_WAIT &&
	       (tr->to == HRTCP_FIN_WAIT_2 || tr->to == HRTCP_TIME_WAIT || tr->to == HRTCP_CLOSED);
}

static void take_transitions(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_transition tr;
	bool tell = false;

	while (hrtcp_conn_poll_transition(&hs->conn, &tr)) {
		hrtcp_sock_set_state(sk, tr.to);
		count_transition(hs->hn, &hs->conn, &tr);
		hrtcp_event_state(hs->hn, &hs->rec, &tr);
		if (tr.from == HRTCP_SYN_RECEIVED)
			hrtcp_fast_leave(hs, tr.cause == HRTCP_C_RST_RCVD);
		if (is_done(&tr))
			hrtcp_metrics_save(hs);
		tell |= tr.from == HRTCP_FIN_WAIT_1;	/* SO_LINGER waits for it */
	}
	if (hs->conn.rcv.fin && !(sk->sk_shutdown & RCV_SHUTDOWN)) {
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | RCV_SHUTDOWN);
		tell = true;
	}
	if (tell)
		sk->sk_state_change(sk);
}

/* The user may have changed SO_RCVBUF, nothing tells us; or the core tuned its own. */
static void match_rcvbuf(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	const int rcvbuf = READ_ONCE(sk->sk_rcvbuf);

	if (rcvbuf != hs->rcvbuf_seen) {
		hs->rcvbuf_seen = rcvbuf;
		hrtcp_conn_on_rcvbuf(&hs->conn, hrtcp_rcvbuf_payload(rcvbuf));
	} else if (hs->conn.rcv.buf_bytes > hrtcp_rcvbuf_payload(rcvbuf)) {
		hs->rcvbuf_seen = 2 * hs->conn.rcv.buf_bytes;
		WRITE_ONCE(sk->sk_rcvbuf, hs->rcvbuf_seen);
	}
}

static void count_up(struct hrtcp_net *hn, enum hrtcp_stat stat, u32 *counted, u32 now)
{
	if (*counted == now)
		return;
	hrtcp_count_add(hn, stat, now - *counted);
	*counted = now;
}

/* What the core counts a connection, the namespace counts in all. */
static void take_counts(struct hrtcp_sock *hs)
{
	const struct hrtcp_conn *conn = &hs->conn;
	struct hrtcp_counted *c = &hs->counted;
	struct hrtcp_net *hn = hs->hn;

	count_up(hn, HRTCP_STAT_FAST_RECOVERIES, &c->fast_recoveries,
		 conn->recovery.fast_recoveries);
	count_up(hn, HRTCP_STAT_TIMEOUTS, &c->timeouts, conn->recovery.timeouts);
	count_up(hn, HRTCP_STAT_CHALLENGE_ACKS, &c->challenges, conn->challenges);
	count_up(hn, HRTCP_STAT_TAIL_PROBES, &c->tail_probes, conn->tlp.probes);
	count_up(hn, HRTCP_STAT_UNDOS, &c->undos, conn->recovery.undos);
	count_up(hn, HRTCP_STAT_MTU_PROBES, &c->mtu_probes, conn->mtup.probes);
	count_up(hn, HRTCP_STAT_MTU_MISSES, &c->mtu_misses, conn->mtup.misses);
	count_up(hn, HRTCP_STAT_MTU_BLACK_HOLES, &c->black_holes, conn->mtup.black_holes);
	count_up(hn, HRTCP_STAT_CE_IN, &c->ce_in, conn->ecn.ce_in);
	count_up(hn, HRTCP_STAT_CE_TOLD, &c->ce_told, hrtcp_ecn_told(&conn->ecn));
	count_up(hn, HRTCP_STAT_IMPOSSIBLE, &c->impossible, conn->impossible);
}

/* In a debug build, what the core's tests hold after every fact holds here, too. */
static void check(const struct hrtcp_sock *hs)
{
#ifdef HRTCP_DEBUG
	const char *wrong = hrtcp_conn_check(&hs->conn);

	WARN_ONCE(wrong, "hrtcp: %s: %s\n", hrtcp_state_name(hs->conn.state), wrong);
#endif
}

/* Return: when to wake. */
static u64 drain_tx(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_tx tx;
	u64 now_ns;

	for (;;) {
		now_ns = ktime_get_ns();
		switch (hrtcp_conn_poll_tx(&hs->conn, now_ns, &tx)) {
		case HRTCP_POLL_WAIT:
			return tx.wake_ns;
		case HRTCP_POLL_SEND:
			if (hrtcp_tx_send(sk, &tx))
				continue;
			break;
		case HRTCP_POLL_SPLIT:
			if (hrtcp_txq_split_node(sk, tx.node, tx.split_len))
				continue;
			break;
		case HRTCP_POLL_JOIN:
			hrtcp_txq_join_node(sk, tx.node);
			continue;
		}
		hrtcp_count(hs->hn, HRTCP_STAT_TX_FAILURES);
		hrtcp_conn_on_tx_failed(&hs->conn, &tx, now_ns);
	}
}

static void drain_rx(struct hrtcp_sock *hs)
{
	struct hrtcp_rxnode *node;
	u32 skip, len;

	while ((node = hrtcp_conn_poll_rx(&hs->conn, &skip, &len)))
		hrtcp_rxq_deliver_kept(&hs->inet.sk, node, skip, len);
}

static void drain_acked(struct hrtcp_sock *hs)
{
	struct hrtcp_txnode *node;

	while ((node = hrtcp_conn_poll_acked(&hs->conn)))
		hrtcp_txq_free(&hs->inet.sk, node);
}

static void wake(struct sock *sk, u16 events)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	if (events & HRTCP_EV_ERROR) {
		WRITE_ONCE(sk->sk_err, hs->conn.err);
		sk_error_report(sk);
	}
	if (events & (HRTCP_EV_UP | HRTCP_EV_GONE)) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
	if (events & HRTCP_EV_URGENT)
		hrtcp_urgent_tell(sk);
	else if ((events & HRTCP_EV_READABLE) &&
		 (hrtcp_rxq_readable(sk) || hrtcp_urgent_pending(sk)))
		sk->sk_data_ready(sk);
	if (!(events & (HRTCP_EV_UP | HRTCP_EV_WRITABLE)))
		return;
	if (hs->hashed) {
		hrtcp_txq_tune(sk);
		sk_dst_confirm(sk);	/* the peer answers: so does the neighbour */
	}
	sk->sk_write_space(sk);
}

/*
 * SO_MAX_PACING_RATE, of which nothing tells us either. It sets sk_pacing_rate, too, by which fq would
 * pace once more what comes without a departure time.
 */
static void match_max_rate(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	const unsigned long most = READ_ONCE(sk->sk_max_pacing_rate);
	const u64 rate = most == ~0ul ? HRTCP_UNPACED : most;

	if (sk->sk_pacing_rate != ~0ul)
		WRITE_ONCE(sk->sk_pacing_rate, ~0ul);
	if (rate != hs->conn.cc.pace.most)
		hrtcp_conn_set_max_rate(&hs->conn, rate);
}

/*
 * fq says so in the socket once it has seen a packet of it. Only the change is told: the core goes
 * back to its own timer where a departure time was not kept.
 */
static void match_queue(struct hrtcp_sock *hs)
{
	const bool held = smp_load_acquire(&hs->inet.sk.sk_pacing_status) == SK_PACING_FQ;

	if (held == hs->held_told)
		return;
	hs->held_told = held;
	hrtcp_conn_set_held(&hs->conn, held);
}

void hrtcp_settle(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	u64 wake_ns;
	u16 events;

	sock_owned_by_me(sk);
	clear_bit(HRTCP_SF_SETTLE, &hs->flags);
	match_rcvbuf(hs);
	match_max_rate(hs);
	match_queue(hs);
	if (sk->sk_err_soft != hs->conn.soft_err)
		WRITE_ONCE(sk->sk_err_soft, hs->conn.soft_err);
	if (hs->conn.events & HRTCP_EV_FAST)
		hrtcp_fast_learn(hs);	/* before anyone can see that it is connected */
	take_transitions(hs);
	if (hs->conn.events & HRTCP_EV_REPATH)
		hrtcp_route_repath(sk);	/* what is sent now takes the other path */
	hrtcp_route_check(sk);
	wake_ns = drain_tx(hs);
	drain_rx(hs);
	drain_acked(hs);
	take_counts(hs);
	hrtcp_clock_arm(sk, wake_ns);

	events = hrtcp_conn_poll_events(&hs->conn);
	if (events & HRTCP_EV_GONE) {
		WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
		hrtcp_sock_bury(hs);
	}
	wake(sk, events);
	if (events & HRTCP_EV_ADVICE)
		hrtcp_route_doubt(sk);
	if (events & HRTCP_EV_TOO_BIG)
		hrtcp_route_pmtu(sk);	/* settles once more */
	if ((events & HRTCP_EV_TIME_WAIT) && sock_flag(sk, SOCK_DEAD))
		hrtcp_timewait_take(hs);
	check(hs);
}

void hrtcp_release_cb(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	if (test_bit(HRTCP_SF_SETTLE, &hs->flags))
		hrtcp_settle(sk);
	hrtcp_clock_on_deadline(sk);
	if (test_bit(HRTCP_SF_UNBLOCK, &hs->flags))
		hrtcp_tx_unblock(sk);
	if (test_bit(HRTCP_SF_PMTU, &hs->flags))
		hrtcp_route_pmtu_told(sk);
}
