// SPDX-License-Identifier: GPL-2.0
#include "bbr_view.h"

#include "bbr/bbr.h"

struct bbr_view hrtcp_bbr_view(const struct hrtcp_conn *conn)
{
	const struct bbr *bbr = (const void *)conn->cc.priv;
	struct bbr_view view = {
		.bw = bbr->bw,
		.min_rtt_ns = bbr->min_rtt_ns,
		.startup = bbr->state == BBR_STARTUP,
		.probe_rtt = bbr->state == BBR_PROBE_RTT,
		.full_bw = bbr->full_bw_reached,
	};

	return view;
}
