// SPDX-License-Identifier: GPL-2.0
/* rate.c -- delivery rate samples, draft-ietf-ccwg-bbr 4.1.2, over the epochs of rate.h. */
#include "tcb.h"

#define SPACING_SHIFT 3			/* an eighth of a round trip */

static struct hrtcp_epoch *epoch_at(struct hrtcp_rate *rate, u16 id)
{
	return &rate->epochs[id % HRTCP_EPOCHS];
}

static void begin_epoch(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_rate *rate = &conn->rate;
	struct hrtcp_epoch *epoch = epoch_at(rate, ++rate->id);

	rate->begun_ns = now_ns;
	epoch->id = rate->id;
	epoch->delivered = rate->delivered;
	epoch->delivered_ns = rate->delivered_ns;
	epoch->first_sent_ns = rate->first_sent_ns;
	epoch->lost = conn->txq.lost_total;
}

/* Something new is to be noted, long enough after the last, and the ring has room for it. */
static bool epoch_is_due(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_rate *rate = &conn->rate;

	return epoch_at(rate, rate->id)->delivered != rate->delivered &&
	       now_ns - rate->begun_ns >= conn->rtt.srtt_ns >> SPACING_SHIFT &&
	       (u16)(rate->id + 1 - conn->txq.head->epoch) < HRTCP_EPOCHS;
}

void hrtcp_rate_before_sent(struct hrtcp_conn *conn, struct hrtcp_txnode *node, u64 now_ns)
{
	struct hrtcp_rate *rate = &conn->rate;

	if (!conn->txq.pipe_bytes) {
		rate->first_sent_ns = now_ns;
		rate->delivered_ns = now_ns;
		begin_epoch(conn, now_ns);
	} else if (epoch_is_due(conn, now_ns)) {
		begin_epoch(conn, now_ns);
	}
	node->epoch = rate->id;
	node->app_limited = rate->app_limited > 0;
}

void hrtcp_rate_after_sent(struct hrtcp_conn *conn, struct hrtcp_txnode *node)
{
	hrtcp_txnode_set_flight(node, conn->txq.pipe_bytes);
}

/* GenerateRateSample(); the interval is never shorter than a round trip can be. */
void hrtcp_rate_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_delivered *d,
			     struct hrtcp_sample *s)
{
	struct hrtcp_rate *rate = &conn->rate;
	const struct hrtcp_epoch *epoch;
	u64 ack_ns;

	rate->delivered += d->bytes;
	if (d->bytes)
		rate->delivered_ns = d->now_ns;
	if (rate->delivered > rate->app_limited)
		rate->app_limited = 0;
	if (!d->sent_ns)
		return;
	epoch = epoch_at(rate, d->epoch);
	rate->first_sent_ns = d->sent_ns;
	if (epoch->id != d->epoch || rate->delivered == epoch->delivered)
		return;
	ack_ns = d->now_ns - epoch->delivered_ns;
	s->interval_ns = max_t(u64, ack_ns, d->sent_ns - epoch->first_sent_ns);
	if (s->interval_ns < conn->rtt.min_ns)
		s->interval_ns = 0;
	s->prior_delivered = epoch->delivered;
	s->delivered_bytes = (u32)(rate->delivered - epoch->delivered);
	s->lost_bytes = conn->txq.lost_total - epoch->lost;
	s->flight_bytes = d->flight_bytes;
	s->app_limited = d->app_limited;
	s->rtt_ns = d->sent_once ? d->now_ns - d->sent_ns : 0;
	if (!s->interval_ns)
		return;
	rate->told_ns = s->interval_ns;
	rate->told_bytes = s->delivered_bytes;
	rate->told_app_limited = s->app_limited;
}

void hrtcp_rate_mark_app_limited(struct hrtcp_conn *conn)
{
	conn->rate.app_limited = max_t(u64, conn->rate.delivered + conn->txq.pipe_bytes, 1);
}

void hrtcp_rate_check_app_limited(struct hrtcp_conn *conn)
{
	const struct hrtcp_snd *snd = &conn->snd;

	if (conn->txq.lost_bytes || snd->blocked || conn->txq.pipe_bytes >= conn->cc.cwnd_bytes)
		return;
	if (seq_lt(snd->nxt, snd->end) && (u32)seq_diff(snd->end, snd->nxt) >= snd->mss)
		return;
	hrtcp_rate_mark_app_limited(conn);
}

void hrtcp_rate_cwnd_limits(struct hrtcp_conn *conn)
{
	conn->rate.limited = true;
	conn->rate.limited_end = conn->snd.nxt;
}

bool hrtcp_rate_cwnd_limited(struct hrtcp_conn *conn)
{
	if (conn->rate.limited && seq_gt(conn->snd.una, conn->rate.limited_end))
		conn->rate.limited = false;
	return conn->rate.limited;
}

void hrtcp_rate_on_lost(struct hrtcp_txq *q, const struct hrtcp_txnode *node, u32 bytes)
{
	struct hrtcp_conn *conn = container_of(q, struct hrtcp_conn, txq);
	const struct hrtcp_epoch *epoch = epoch_at(&conn->rate, node->epoch);
	struct hrtcp_lost lost = {
		.bytes = bytes,
		.lost_bytes = bytes,
		.flight_bytes = hrtcp_txnode_flight(node),
		.app_limited = node->app_limited,
	};

	if (epoch->id == node->epoch)
		lost.lost_bytes = q->lost_total - epoch->lost;
	conn->cc.ops->on_marked_lost(conn, &lost);
}
