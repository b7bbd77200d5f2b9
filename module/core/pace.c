// SPDX-License-Identifier: GPL-2.0
#include "tcb.h"

#define SEC_NS 1000000000ull
#define QUANTUM_MAX 65536u
#define ROUND_MIN_NS 1000000ull		/* what leaves within a millisecond is no burst */

/* Quanta a second, draft-ietf-ccwg-bbr 5.6.3; of L4S bursts have to be short, RFC 9331 4.3. */
#define QUANTA 1000
#define QUANTA_L4S 4000

static u64 time_of(u64 bytes, u64 rate)
{
	return div64_u64(bytes * SEC_NS, max_t(u64, rate, 1));
}

/*
 * What a late timer cost is made up for, up to half a quantum. Where only caution paces, an initial
 * window may leave at once: that much is no burst (RFC 6928).
 */
static void settle_rate(struct hrtcp_conn *conn)
{
	struct hrtcp_pace *pace = &conn->cc.pace;
	u64 firm = min_t(u64, pace->wanted, pace->most);
	u32 burst, iw, quanta;

	pace->rate = min_t(u64, firm, min_t(u64, pace->validating, pace->growing));
	if (pace->rate == HRTCP_UNPACED) {
		pace->next_ns = 0;
		pace->quantum_bytes = ~0u;
		return;
	}
	quanta = hrtcp_ecn_l4s(conn) ? QUANTA_L4S : QUANTA;
	pace->quantum_bytes = (u32)min_t(u64, div_u64(pace->rate, quanta), QUANTUM_MAX);
	burst = pace->quantum_bytes / 2;
	if (pace->rate < firm) {
		iw = hrtcp_cc_initial_window(conn->snd.mss, conn->cfg->init_cwnd_pkts, false);
		pace->quantum_bytes = max_t(u32, pace->quantum_bytes, iw);
		burst = max_t(u32, burst, iw);
	}
	pace->burst_ns = time_of(burst, pace->rate);
}

void hrtcp_pace_init(struct hrtcp_conn *conn)
{
	struct hrtcp_pace *pace = &conn->cc.pace;

	pace->wanted = HRTCP_UNPACED;
	pace->most = HRTCP_UNPACED;
	pace->validating = HRTCP_UNPACED;
	pace->growing = HRTCP_UNPACED;
	settle_rate(conn);
}

void hrtcp_pace_set_wanted(struct hrtcp_conn *conn, u64 rate)
{
	if (rate == conn->cc.pace.wanted)
		return;
	conn->cc.pace.wanted = rate;
	settle_rate(conn);
}

void hrtcp_pace_set_most(struct hrtcp_conn *conn, u64 rate)
{
	conn->cc.pace.most = rate;
	conn->cc.pace.next_ns = 0;	/* the old one may have been very slow */
	settle_rate(conn);
}

void hrtcp_pace_set_validating(struct hrtcp_conn *conn, u64 rate)
{
	if (rate == conn->cc.pace.validating)
		return;
	conn->cc.pace.validating = rate;
	settle_rate(conn);
}

void hrtcp_pace_on_sent(struct hrtcp_conn *conn, u32 len, u64 now_ns)
{
	struct hrtcp_pace *pace = &conn->cc.pace;

	if (pace->rate == HRTCP_UNPACED)
		return;
	pace->next_ns = max_t(u64, pace->next_ns, now_ns - min_t(u64, now_ns, pace->burst_ns)) +
			time_of(len, pace->rate);
}

void hrtcp_pace_set_held(struct hrtcp_conn *conn, bool held)
{
	conn->cc.pace.held = held;
}

bool hrtcp_pace_allows(struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_pace *pace = &conn->cc.pace;
	const u64 ahead_ns = pace->held ? HRTCP_PACE_AHEAD_NS : 0;

	if (likely(now_ns + ahead_ns >= pace->next_ns))
		return true;
	hrtcp_timer_set(&conn->timers, HRTCP_T_PACING, pace->next_ns - ahead_ns);
	return false;
}

/*
 * Never before what was handed over earlier, or RACK would take it for the older one. What pacing does
 * not hold back, as a probe, waits for no more than that.
 */
u64 hrtcp_pace_departure(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_pace *pace = &conn->cc.pace;
	u64 at_ns;

	if (!pace->held)
		return now_ns;
	at_ns = max_t(u64, now_ns, pace->depart_ns);
	if (pace->next_ns <= now_ns + HRTCP_PACE_AHEAD_NS)
		at_ns = max_t(u64, at_ns, pace->next_ns);
	pace->depart_ns = at_ns;
	return at_ns;
}

void hrtcp_pace_disprove(struct hrtcp_conn *conn)
{
	conn->cc.pace.held = false;
	conn->cc.pace.depart_ns = 0;
}

/* Percent of cwnd a round trip, 0: as fast as may be. */
static u32 growth_ratio(struct hrtcp_conn *conn)
{
	const struct hrtcp_cc *cc = &conn->cc;
	struct hrtcp_pace *pace = &conn->cc.pace;

	pace->calming = pace->calming && seq_le(conn->snd.una, pace->calm_end);
	if (cc->ops->control || conn->rtt.srtt_ns < ROUND_MIN_NS ||
	    conn->recovery.state == HRTCP_R_RECOVERY ||
	    conn->recovery.state == HRTCP_R_CWR)
		return 0;
	if (!pace->calming)
		return 0;
	return cc->cwnd_bytes < cc->ssthresh_bytes ? conn->cfg->pacing_ss_ratio :
						     conn->cfg->pacing_ca_ratio;
}

void hrtcp_pace_on_ack(struct hrtcp_conn *conn)
{
	struct hrtcp_pace *pace = &conn->cc.pace;
	const u32 ratio = growth_ratio(conn);
	u64 rate = HRTCP_UNPACED;

	if (ratio)
		rate = div64_u64((u64)conn->cc.cwnd_bytes * ratio * (SEC_NS / 100), conn->rtt.srtt_ns);
	if (rate == pace->growing)
		return;
	pace->growing = rate;
	settle_rate(conn);
}

void hrtcp_pace_on_window(struct hrtcp_conn *conn)
{
	conn->cc.pace.calming = true;
	conn->cc.pace.calm_end = conn->snd.nxt;
}
