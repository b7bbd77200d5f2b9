// SPDX-License-Identifier: GPL-2.0
/*
 * prague.c -- Prague, the congestion control of L4S: what it has to do is in RFC 9331 4.3, how
 * it does so in draft-briscoe-iccrg-prague-congestion-control. A short queue marks early and
 * often, and the window falls in proportion to the share of octets that were marked. Where
 * ECT(1) cannot be sent, nothing would mark like that, and all of this is CUBIC.
 */
#include "../core/algorithm.h"

#define ALPHA_SHIFT 20			/* alpha is in 1/2^20 */
#define ALPHA_ONE (1u << ALPHA_SHIFT)
#define G_SHIFT 4			/* g = 1/16, as RFC 8257 4.2 has it */
#define SEC_NS 1000000000ull

/* A shorter round trip counts as this long, once a flow is so many of them in congestion avoidance. */
#define RTT_REF_NS 25000000ull
#define RTT_REF_ROUNDS 500
#define RTT_SHIFT 16

/* Of cwnd in a round trip; more, so that cwnd and not the rate is what holds the sender back. */
#define SLOW_START_PCT 200
#define AVOIDANCE_PCT 120

/* Fewer may leave at once: a repair must not wait, and a queue is not the longer for it. */
#define PACED_SEGS 4

struct prague {
	u64 alpha_ns;			/* when alpha last moved */
	u64 rest;			/* of the increase, not yet an octet */
	u32 alpha;			/* the share of octets that is marked, smoothed */
	u32 delivered, marked;		/* octets since then */
	u32 rounds;			/* round trips in congestion avoidance */
	struct seq round_end;
	bool seen;			/* a mark came: alpha means something */
};

/* Behind CUBIC's own, whose response to all else this has. */
static struct prague *prague_of(struct hrtcp_conn *conn)
{
	return (struct prague *)(conn->cc.priv + HRTCP_CC_PRIV_CUBIC);
}

static bool in_slow_start(const struct hrtcp_conn *conn)
{
	return conn->cc.cwnd_bytes < conn->cc.ssthresh_bytes;
}

static bool rtt_counts_as_longer(const struct hrtcp_conn *conn, const struct prague *prague)
{
	return prague->rounds >= RTT_REF_ROUNDS && conn->rtt.srtt_ns < RTT_REF_NS;
}

static void prague_init(struct hrtcp_conn *conn)
{
	struct prague *prague = prague_of(conn);

	_Static_assert(sizeof(*prague) <= (HRTCP_CC_PRIV - HRTCP_CC_PRIV_CUBIC) * sizeof(u64),
		       "private room");
	memset(prague, 0, sizeof(*prague));
	prague->alpha = ALPHA_ONE;	/* the first mark ends slow start: prudent */
	prague->round_end = conn->snd.nxt;
	hrtcp_cc_cubic.init(conn);
}

static void begin_share(struct prague *prague, u64 now_ns)
{
	prague->delivered = 0;
	prague->marked = 0;
	prague->alpha_ns = now_ns;
}

/* Octets that were not marked in slow start say nothing of the queue that is to come. */
static void update_alpha(struct prague *prague, u64 now_ns)
{
	u32 share = min_t(u32, prague->marked, prague->delivered);

	if (prague->seen && prague->delivered) {
		share = (u32)div_u64((u64)share << ALPHA_SHIFT, prague->delivered);
		prague->alpha += (share >> G_SHIFT) - (prague->alpha >> G_SHIFT);
	}
	begin_share(prague, now_ns);
}

static void count(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct prague *prague = prague_of(conn);

	prague->delivered += ack->delivered_bytes;
	prague->marked += ack->marked_bytes;
	if (ack->marked && !prague->seen) {	/* answered by the alpha of the beginning */
		prague->seen = true;
		prague->round_end = conn->snd.nxt;
		begin_share(prague, ack->now_ns);
		return;
	}
	if (seq_lt(conn->snd.una, prague->round_end))
		return;
	prague->round_end = conn->snd.nxt;
	if (!in_slow_start(conn))
		prague->rounds += prague->rounds < RTT_REF_ROUNDS;
	if (!rtt_counts_as_longer(conn, prague) || ack->now_ns - prague->alpha_ns >= RTT_REF_NS)
		update_alpha(prague, ack->now_ns);
}

/* Bursts would be marked by a queue as short as L4S has. */
static void set_rate(struct hrtcp_conn *conn)
{
	u64 rate, srtt_ns = conn->rtt.srtt_ns;
	u32 cwnd = max_t(u32, conn->cc.cwnd_bytes, PACED_SEGS * conn->snd.mss);

	if (!srtt_ns)
		return;
	rate = div64_u64(cwnd * SEC_NS, srtt_ns);
	rate = div_u64(rate, 100) * (in_slow_start(conn) ? SLOW_START_PCT : AVOIDANCE_PCT);
	hrtcp_pace_set_wanted(conn, max_t(u64, rate, conn->snd.mss));
}

static void prague_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	if (!hrtcp_ecn_l4s(conn)) {
		hrtcp_pace_set_wanted(conn, HRTCP_UNPACED);
		return;
	}
	count(conn, ack);
	set_rate(conn);
}

/*
 * A segment a round trip, by what ACKs without marks acknowledge. In a shorter one than the
 * reference the square of their ratio: then rates grow alike, however long the round trip is.
 */
static void increase(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct prague *prague = prague_of(conn);
	struct hrtcp_cc *cc = &conn->cc;
	u64 unit = (u64)cc->cwnd_bytes << RTT_SHIFT, ratio = 1u << RTT_SHIFT;
	u32 grow;

	if (rtt_counts_as_longer(conn, prague))
		ratio = div_u64(conn->rtt.srtt_ns << RTT_SHIFT, RTT_REF_NS);
	prague->rest += (((u64)ack->acked_bytes * conn->snd.mss * ratio) >> RTT_SHIFT) * ratio;
	grow = (u32)div64_u64(prague->rest, unit);
	prague->rest -= grow * unit;
	cc->cwnd_bytes += min_t(u32, grow, ack->acked_bytes);
}

/*
 * Where pacing holds the sender back cwnd may never do; a window of which half is used is proven
 * then, RFC 7661 4.3.
 */
static bool window_used(const struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	return ack->cwnd_limited || ack->cwnd_was_limited ||
	       ack->prior_pipe_bytes >= conn->cc.cwnd_bytes / 2;
}

static void prague_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_ack told = *ack;

	if (!hrtcp_ecn_l4s(conn)) {
		hrtcp_cc_cubic.on_ack(conn, ack);
		return;
	}
	told.cwnd_limited = window_used(conn, ack);
	if (in_slow_start(conn))
		hrtcp_cc_cubic.on_ack(conn, &told);
	else if (told.cwnd_limited)
		increase(conn, ack);
}

/* Half, as Reno: CUBIC's 0.7 would be more than a fair share beside an increase of a segment. */
static u32 prague_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	u32 cwnd = conn->cc.cwnd_bytes, ssthresh = hrtcp_cc_cubic.on_loss(conn, how, now_ns);

	if (!hrtcp_ecn_l4s(conn))
		return ssthresh;
	return max_t(u32, cwnd / 2, 2u * conn->snd.mss);
}

/* As low as one segment, from where the core waits for an RTO: RFC 3168 6.1.2. */
static u32 prague_on_ecn(struct hrtcp_conn *conn, u64 now_ns)
{
	const u32 cwnd = conn->cc.cwnd_bytes;
	u64 cut;

	if (!hrtcp_ecn_l4s(conn))
		return hrtcp_cc_cubic.on_ecn(conn, now_ns);
	cut = ((u64)cwnd * prague_of(conn)->alpha) >> (ALPHA_SHIFT + 1);
	return max_t(u32, cwnd - (u32)cut, conn->snd.mss);
}

static void prague_on_undo(struct hrtcp_conn *conn)
{
	hrtcp_cc_cubic.on_undo(conn);
}

static void prague_on_restart(struct hrtcp_conn *conn, u64 now_ns)
{
	hrtcp_cc_cubic.on_restart(conn, now_ns);
}

const struct hrtcp_cc_ops hrtcp_cc_prague = {
	.name = "prague",
	.ect1 = true,
	.restricted = true,
	.init = prague_init,
	.on_delivered = prague_on_delivered,
	.on_ack = prague_on_ack,
	.on_loss = prague_on_loss,
	.on_ecn = prague_on_ecn,
	.on_undo = prague_on_undo,
	.on_restart = prague_on_restart,
};
