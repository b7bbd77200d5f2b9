/* SPDX-License-Identifier: GPL-2.0 */
/* bbr_view.h -- what BBR believes of its path; its own header is not for C++. */
#ifndef HRTCP_SIM_BBR_VIEW_H
#define HRTCP_SIM_BBR_VIEW_H

#include "core/conn.h"

struct bbr_view {
	u64 bw, min_rtt_ns;		/* octets a second; HRTCP_NEVER: unknown */
	bool startup, probe_rtt, full_bw;
};

struct bbr_view hrtcp_bbr_view(const struct hrtcp_conn *conn);

#endif
