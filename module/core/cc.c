// SPDX-License-Identifier: GPL-2.0
#include "tcb.h"

static const struct hrtcp_cc_ops *const built_in[] = {
	&hrtcp_cc_cubic, &hrtcp_cc_reno, &hrtcp_cc_dctcp,
};

const struct hrtcp_cc_ops *hrtcp_cc_built_in(u32 i)
{
	return i < ARRAY_SIZE(built_in) ? built_in[i] : NULL;
}

const struct hrtcp_cc_ops *hrtcp_cc_find(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(built_in); i++)
		if (!strcmp(built_in[i]->name, name))
			return built_in[i];
	return NULL;
}

u32 hrtcp_cc_initial_window(u32 mss, u32 pkts, bool syn_lost)
{
	if (syn_lost)
		return mss;
	/* RFC 6928 2: min(10 * MSS, max(2 * MSS, 14600)), with 10 and 14600 / 1460 alike. */
	return min_t(u32, pkts * mss, max_t(u32, 2 * mss, pkts * 1460));
}

u32 hrtcp_cc_restart_window(const struct hrtcp_conn *conn)
{
	u32 mss = conn->snd.mss;
	u32 iw = hrtcp_cc_initial_window(mss, conn->cfg->init_cwnd_pkts, false);

	if (conn->cc.small_restart)	/* RFC 3390 1 */
		iw = min_t(u32, iw, min_t(u32, 4 * mss, max_t(u32, 2 * mss, 4380)));
	return iw;
}

void hrtcp_cc_use(struct hrtcp_conn *conn, const struct hrtcp_cc_ops *ops)
{
	conn->cc.ops = ops;
	conn->txq.on_lost = ops->on_marked_lost ? hrtcp_rate_on_lost : NULL;
	hrtcp_pace_set_wanted(conn, HRTCP_UNPACED);
	hrtcp_cwv_reset(conn);
	ops->init(conn);
}

void hrtcp_cc_floor_ssthresh(struct hrtcp_conn *conn)
{
	u32 iw = hrtcp_cc_initial_window(conn->snd.mss, conn->cfg->init_cwnd_pkts, false);

	conn->cc.ssthresh_bytes = max_t(u32, conn->cc.ssthresh_bytes, iw);
}

void hrtcp_cc_begin(struct hrtcp_conn *conn)
{
	conn->cc.cwnd_bytes = hrtcp_cc_initial_window(conn->snd.mss, conn->cfg->init_cwnd_pkts,
						      conn->syn_repeats > 1);
	conn->cc.iw_end = seq_add(conn->snd.nxt, conn->cc.cwnd_bytes);
	hrtcp_cc_floor_ssthresh(conn);	/* an earlier connection may have told it */
	hrtcp_cc_use(conn, conn->cc.ops);
}

void hrtcp_cc_begin_small(struct hrtcp_conn *conn)
{
	conn->cc.cwnd_bytes = conn->snd.mss;
	conn->cc.iw_end = seq_add(conn->snd.nxt, conn->snd.mss);
}

/* RFC 5681 3.1: as many segments of the initial window as there were, not as many octets. */
void hrtcp_cc_on_mss(struct hrtcp_conn *conn, u16 before)
{
	struct hrtcp_cc *cc = &conn->cc;

	if (conn->snd.mss < before && seq_lt(conn->snd.una, cc->iw_end))
		cc->cwnd_bytes = (u32)div_u64((u64)cc->cwnd_bytes * conn->snd.mss, before);
	/* Windows of small segments would not let a large one go, neither now nor after a recovery. */
	cc->cwnd_bytes = max_t(u32, cc->cwnd_bytes, conn->snd.mss);
	cc->ssthresh_bytes = max_t(u32, cc->ssthresh_bytes, 2u * conn->snd.mss);
}

u32 hrtcp_cc_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 ssthresh = cc->ops->on_loss(conn, how, now_ns);

	if (seq_lt(conn->snd.una, cc->iw_end))
		cc->small_restart = true;
	if (cc->ops->control)
		return ssthresh;
	if (how == HRTCP_LOSS_TIMEOUT) {
		hrtcp_cwv_reset(conn);	/* RFC 7661 4.4: the standard method goes on */
		return ssthresh;
	}
	return hrtcp_cwv_on_loss(conn, ssthresh, now_ns);
}

/* Where marks are counted, as DCTCP's, the cut follows them and not the use of the window. */
u32 hrtcp_cc_on_mark(struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_cc_ops *ops = conn->cc.ops;
	u32 ssthresh;

	if (!ops->on_ecn)
		return hrtcp_cc_on_loss(conn, HRTCP_LOSS_FAST, now_ns);
	ssthresh = ops->on_ecn(conn, now_ns);
	if (ops->control || hrtcp_ecn_counted(conn))
		return ssthresh;
	return hrtcp_cwv_on_loss(conn, ssthresh, now_ns);
}
