// SPDX-License-Identifier: GPL-2.0
#include "tcb.h"

#define PERIOD_MIN_NS 1000000000ull		/* RFC 7661 4.2 */
#define NVP_NS (300 * 1000000000ull)		/* RFC 7661 4.4: at most five minutes */
#define SEC_NS 1000000000ull

void hrtcp_cwv_reset(struct hrtcp_conn *conn)
{
	memset(&conn->cc.cwv, 0, sizeof(conn->cc.cwv));
	conn->cc.cwv.round_begin = conn->snd.una;
	hrtcp_pace_set_validating(conn, HRTCP_UNPACED);
}

/*
 * Periods that have passed take their maxima with them. With the last of these, in silence, the
 * window ceased to be validated.
 */
static void age(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_cwv *cwv = &conn->cc.cwv;
	u64 len_ns = max_t(u64, 3 * conn->rtt.srtt_ns, PERIOD_MIN_NS) / HRTCP_CWV_PERIODS;
	u32 i, n;

	for (n = 0; n < HRTCP_CWV_PERIODS && now_ns - cwv->period_ns >= len_ns; n++) {
		for (i = HRTCP_CWV_PERIODS - 1; i; i--)
			cwv->most[i] = cwv->most[i - 1];
		cwv->most[0] = 0;
		cwv->period_ns += len_ns;
	}
	if (n < HRTCP_CWV_PERIODS)
		return;
	if (cwv->known && !cwv->since_ns)
		cwv->since_ns = cwv->period_ns;
	cwv->period_ns = now_ns;
}

static u32 pipe_ack(const struct hrtcp_cwv *cwv)
{
	u32 i, most = 0;

	for (i = 0; i < HRTCP_CWV_PERIODS; i++)
		most = max_t(u32, most, cwv->most[i]);
	return most;
}

/* RFC 7661 4.3, and 4.4.2: what the window lets go in excess of the use is paced. */
static void judge(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_cwv *cwv = &conn->cc.cwv;
	u64 srtt_ns = conn->rtt.srtt_ns;

	if (!cwv->known || pipe_ack(cwv) >= conn->cc.cwnd_bytes / 2) {
		cwv->since_ns = 0;
		hrtcp_pace_set_validating(conn, HRTCP_UNPACED);
		return;
	}
	if (!cwv->since_ns)
		cwv->since_ns = now_ns;
	if (srtt_ns)
		hrtcp_pace_set_validating(conn, div64_u64(conn->cc.cwnd_bytes * SEC_NS, srtt_ns));
}

void hrtcp_cwv_on_restart(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_cwv *cwv = &conn->cc.cwv;

	if (conn->cc.ops->control)
		return;
	cwv->open = false;
	cwv->round_begin = conn->snd.una;
	if (!cwv->known)
		return;
	age(conn, now_ns);
	judge(conn, now_ns);
}

/* One reduction for each period that has passed, 4.5.2. */
void hrtcp_cwv_on_new(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 iw, cwnd;

	if (!cc->cwv.since_ns || now_ns - cc->cwv.since_ns <= NVP_NS)
		return;
	iw = hrtcp_cc_initial_window(conn->snd.mss, conn->cfg->init_cwnd_pkts, false);
	do {
		cwnd = cc->cwnd_bytes;
		cc->ssthresh_bytes = max_t(u32, cc->ssthresh_bytes, cwnd - cwnd / 4);
		cc->cwnd_bytes = min_t(u32, cwnd, max_t(u32, cwnd / 2, iw));
		cc->cwv.since_ns += NVP_NS;
	} while (cc->cwnd_bytes < cwnd && now_ns - cc->cwv.since_ns > NVP_NS);
	if (now_ns - cc->cwv.since_ns > NVP_NS)
		cc->cwv.since_ns = now_ns;	/* there is nothing left to reduce */
}

void hrtcp_cwv_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_cwv *cwv = &conn->cc.cwv;
	struct seq una = conn->snd.una;

	if (!ack->acked_bytes || !ack->delivered_bytes || conn->cc.ops->control ||
	    conn->recovery.state >= HRTCP_R_CWR)
		return;
	if (seq_eq(una, cwv->round_begin))
		return;			/* the ACK that ended a recovery measured nothing */
	if (!cwv->open) {
		cwv->open = true;
		cwv->round_end = conn->snd.nxt;
	}
	if (seq_lt(una, cwv->round_end))
		return;
	age(conn, ack->now_ns);
	cwv->known = true;
	cwv->most[0] = max_t(u32, cwv->most[0], (u32)seq_diff(una, cwv->round_begin));
	cwv->round_begin = una;
	cwv->open = false;		/* the next ends with what this ACK lets go */
	judge(conn, ack->now_ns);
}

u32 hrtcp_cwv_on_loss(struct hrtcp_conn *conn, u32 ssthresh, u64 now_ns)
{
	struct hrtcp_cwv *cwv = &conn->cc.cwv;
	u32 flight = (u32)seq_diff(conn->snd.nxt, conn->snd.una), used;

	if (!cwv->since_ns)
		return ssthresh;
	age(conn, now_ns);
	flight = min_t(u32, flight, conn->cc.cwnd_bytes);	/* without limited transmit */
	used = max_t(u32, pipe_ack(cwv), flight);
	hrtcp_cwv_reset(conn);
	cwv->loss_bytes = used;
	return max_t(u32, used / 2, 2u * conn->snd.mss);
}

void hrtcp_cwv_on_recovered(struct hrtcp_conn *conn, u32 again)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 used = cc->cwv.loss_bytes;

	hrtcp_cwv_reset(conn);
	if (!used)
		return;
	cc->cwnd_bytes = max_t(u32, (used - min_t(u32, used, again)) / 2, conn->snd.mss);
	cc->ssthresh_bytes = cc->cwnd_bytes;
}
