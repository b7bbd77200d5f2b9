// SPDX-License-Identifier: GPL-2.0
#include "tcb.h"

#define SEC_NS 1000000000ull
#define QUANTUM_MAX 65536u

static u64 time_of(u64 bytes, u64 rate)
{
	return div64_u64(bytes * SEC_NS, max_t(u64, rate, 1));
}

/*
 * What a late timer cost is made up for, up to half a quantum. After a pause that validation
 * paces, an initial window may leave at once: that much is no burst (RFC 6928).
 */
static void settle_rate(struct hrtcp_conn *conn)
{
	struct hrtcp_pace *pace = &conn->cc.pace;
	u64 firm = min_t(u64, pace->wanted, pace->most);
	u32 burst, iw;

	pace->rate = min_t(u64, firm, pace->validating);
	if (pace->rate == HRTCP_UNPACED) {
		pace->next_ns = 0;
		pace->quantum_bytes = ~0u;
		return;
	}
	pace->quantum_bytes = (u32)min_t(u64, div_u64(pace->rate, 1000), QUANTUM_MAX);
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
