// SPDX-License-Identifier: GPL-2.0
/*
 * age.c -- marks in the send sequence space that were set long ago. They are compared by sign
 * (RFC 9293 3.4), which is right for 2 GB; beyond that what was passed long ago looks as if it were
 * still to come, for 2 GB again. So those that are a step behind SND.UNA are taken along, each time
 * that has gone another step. An ACK moves it by a window, 2^30, at the most: no mark is ever
 * further behind than that and two steps.
 */
#include "steps.h"

#define STEP (1 << 28)

static bool is_old(struct seq mark, struct seq una)
{
	return seq_diff(una, mark) > STEP;
}

/* @mark was passed, and stays so. */
static void take_along(struct seq *mark, struct seq una)
{
	if (is_old(*mark, una))
		*mark = seq_sub(una, 1);
}

/* D-SACKs of what was sent again come after it was passed, but not that much later. */
static void forget_repeats(struct hrtcp_recovery *rec, struct seq una)
{
	take_along(&rec->undo.begin, una);
	if (!is_old(rec->again_hi, una))
		return;
	rec->again_lo = seq_sub(una, 1);
	rec->again_hi = rec->again_lo;
}

void hrtcp_conn_age_marks(struct hrtcp_conn *conn, struct seq before)
{
	const struct seq una = conn->snd.una;

	if (likely(before.v / STEP == una.v / STEP))
		return;
	forget_repeats(&conn->recovery, una);
	take_along(&conn->snd.small_end, una);
	take_along(&conn->recovery.recover, una);
	take_along(&conn->recovery.timeout_una, una);
	take_along(&conn->rack.dsack_round, una);
	take_along(&conn->ecn.cwr_end, una);
	take_along(&conn->ecn.acc.opt_seq, una);
	take_along(&conn->cc.iw_end, una);
	take_along(&conn->cc.cwv.round_begin, una);
	take_along(&conn->cc.cwv.round_end, una);
	take_along(&conn->rate.limited_end, una);
	take_along(&conn->cc.pace.calm_end, una);
}
