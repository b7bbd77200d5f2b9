// SPDX-License-Identifier: GPL-2.0
/* reno.c -- slow start and congestion avoidance, RFC 5681 3.1, counting octets (RFC 3465). */
#include "../core/algorithm.h"

/* Octets acknowledged since cwnd last grew; last, so that DCTCP can be Reno and more. */
#define ACKED priv[HRTCP_CC_PRIV - 1]

#define LIMIT_SEGS 2			/* L of RFC 3465 2.2 */

/* What is left of the flight, in tenths: RFC 5681 (4), RFC 8511 3.1. */
#define BETA_LOSS 5
#define BETA_ECN 8

static void reno_init(struct hrtcp_conn *conn)
{
	conn->cc.ACKED = 0;
}

static void reno_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 mss = conn->snd.mss, grow;

	if (!ack->cwnd_limited)
		return;			/* RFC 7661: a window not used is not proven */
	if (cc->cwnd_bytes < cc->ssthresh_bytes) {
		grow = min_t(u32, ack->acked_bytes, hrtcp_cc_slow_start_limit(conn, LIMIT_SEGS));
		cc->cwnd_bytes += min_t(u32, grow, cc->ssthresh_bytes - cc->cwnd_bytes);
		return;
	}
	cc->ACKED += ack->acked_bytes;
	if (cc->ACKED >= cc->cwnd_bytes) {
		cc->ACKED -= cc->cwnd_bytes;
		cc->cwnd_bytes += mss;
	}
}

static u32 reduce(struct hrtcp_conn *conn, u32 tenths)
{
	u64 flight = hrtcp_cc_flight(conn);

	conn->cc.ACKED = 0;
	return max_t(u32, (u32)div_u64(flight * tenths, 10), 2u * conn->snd.mss);
}

static u32 reno_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	(void)how;
	(void)now_ns;
	return reduce(conn, BETA_LOSS);
}

static u32 reno_on_ecn(struct hrtcp_conn *conn, u64 now_ns)
{
	(void)now_ns;
	return reduce(conn, hrtcp_cc_mild_on_mark(conn) ? BETA_ECN : BETA_LOSS);
}

const struct hrtcp_cc_ops hrtcp_cc_reno = {
	.name = "reno",
	.init = reno_init,
	.on_ack = reno_on_ack,
	.on_loss = reno_on_loss,
	.on_ecn = reno_on_ecn,
};
