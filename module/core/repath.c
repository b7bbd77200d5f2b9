// SPDX-License-Identifier: GPL-2.0
/* repath.c -- when to try another path of several. */
#include "steps.h"

static void change(struct hrtcp_conn *conn, u64 now_ns)
{
	if (!conn->cfg->repath)
		return;
	conn->repath.changed_ns = now_ns;
	conn->events |= HRTCP_EV_REPATH;
}

/*
 * One timeout may be congestion, or an answer that was slow; a second one in a row is more than
 * that. Of a SYN nobody knows that its path has ever worked: each repetition takes another one.
 */
void hrtcp_repath_on_timeout(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->recovery.unanswered >= 2 || !conn->snd.syn_acked)
		change(conn, now_ns);
}

/*
 * A peer that repeats the same data twice does not get our ACKs: nothing of ours is outstanding
 * that could time out. The path just taken has the time of a timeout to show that it works. A
 * single octet may be the garbage of a keepalive probe (RFC 9293 3.8.4), which is no repetition.
 */
void hrtcp_repath_on_repeat(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_repath *repath = &conn->repath;

	if (seg->flags & (HRTCP_SYN | HRTCP_RST) || (seg->len < 2 && !(seg->flags & HRTCP_FIN)))
		return;
	if (!repath->repeated || !seq_eq(seg->seq, repath->again)) {
		repath->repeated = true;
		repath->again = seg->seq;
		return;
	}
	if (now_ns - repath->changed_ns >= hrtcp_rtt_timeout(&conn->rtt, conn->cfg))
		change(conn, now_ns);
}
