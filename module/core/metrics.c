// SPDX-License-Identifier: GPL-2.0
/* metrics.c -- what connections to one peer pass on to the next, RFC 9040 3. */
#include "metrics.h"
#include "steps.h"

#define LIFE_NS 3600000000000ull
#define SSTHRESH_DOUBLES_NS 600000000000ull	/* the network may have become faster */

/* A longer time is believed at once, a shorter one bit by bit: too early a timeout costs more. */
static u64 blend(u64 known, u64 seen, u32 shift)
{
	return seen >= known ? seen : known - ((known - seen) >> shift);
}

static void take_rtt(const struct hrtcp_rtt *rtt, struct hrtcp_metrics *m)
{
	if (rtt->backoff) {		/* it ended in silence: nothing known holds any more */
		m->srtt_ns = 0;
		m->rttvar_ns = 0;
		return;
	}
	m->srtt_ns = blend(m->srtt_ns, rtt->srtt_ns, 3);
	m->rttvar_ns = blend(m->rttvar_ns, rtt->rttvar_ns, 2);
	m->delack_ns = max_t(u64, m->delack_ns, rtt->learned_delack_ns);
}

/* Losses found the limit; half of a window without one shows that there is more. */
static void take_ssthresh(const struct hrtcp_conn *conn, struct hrtcp_metrics *m)
{
	const struct hrtcp_recovery *rec = &conn->recovery;
	const struct hrtcp_cc *cc = &conn->cc;
	u32 seen = cc->ssthresh_bytes;

	if (cc->ops->control)
		return;			/* it has no use for one, and sets none */
	if (rec->fast_recoveries + rec->timeouts <= rec->undos) {
		if (m->ssthresh_bytes)
			m->ssthresh_bytes = max_t(u32, m->ssthresh_bytes, cc->cwnd_bytes / 2);
		return;
	}
	if (seen == ~0u)
		return;
	if (rec->state < HRTCP_R_RECOVERY)
		seen = max_t(u32, seen, cc->cwnd_bytes / 2);
	m->ssthresh_bytes = m->ssthresh_bytes ? m->ssthresh_bytes / 2 + seen / 2 : seen;
}

/* What was known is as old as @m says: it is no ground for a judgment any more. */
static bool too_old(const struct hrtcp_metrics *m, u64 now_ns)
{
	return !m->taken_ns || now_ns - m->taken_ns >= LIFE_NS;
}

u64 hrtcp_metrics_pto_ns(const struct hrtcp_metrics *m, const struct hrtcp_cfg *cfg, u64 now_ns)
{
	if (!cfg->tlp || !m->srtt_ns || too_old(m, now_ns))
		return 0;
	return max_t(u64, cfg->pto_min_ns, 2 * m->srtt_ns +
		     max_t(u64, cfg->rto_granularity_ns, 4 * m->rttvar_ns));
}

void hrtcp_metrics_take(const struct hrtcp_conn *conn, struct hrtcp_metrics *m, u64 now_ns)
{
	if (!conn->rtt.srtt_ns)
		return;
	if (too_old(m, now_ns))
		memset(m, 0, sizeof(*m));
	take_rtt(&conn->rtt, m);
	take_ssthresh(conn, m);
	m->reordering |= conn->rack.reordering;
	m->taken_ns = now_ns;
}

/*
 * It doubles with its age, and is never below what a connection begins with anyway: of an active
 * open hrtcp_cc_begin() sees to that, once the size of segments is known.
 */
static void give_ssthresh(struct hrtcp_conn *conn, u32 ssthresh_bytes, u64 age_ns)
{
	const u64 aged = (u64)ssthresh_bytes << div64_u64(age_ns, SSTHRESH_DOUBLES_NS);

	if (!ssthresh_bytes || !conn->cfg->ssthresh_save || aged >= ~0u)
		return;
	conn->cc.ssthresh_bytes = (u32)aged;
	if (conn->state != HRTCP_SYN_SENT)
		hrtcp_cc_floor_ssthresh(conn);
}

void hrtcp_metrics_give(struct hrtcp_conn *conn, const struct hrtcp_metrics *m, u64 now_ns)
{
	if (too_old(m, now_ns))
		return;
	hrtcp_rtt_remember(&conn->rtt, conn->cfg, m, now_ns);
	conn->rtt.syn_pto_ns = hrtcp_metrics_pto_ns(m, conn->cfg, now_ns);
	conn->rack.reordering |= m->reordering;
	give_ssthresh(conn, m->ssthresh_bytes, now_ns - m->taken_ns);
}
