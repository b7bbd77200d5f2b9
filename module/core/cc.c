// SPDX-License-Identifier: GPL-2.0
#include "cc.h"

u32 hrtcp_cc_initial_window(u32 mss, u32 pkts, bool syn_repeated)
{
	if (syn_repeated)
		return mss;
	/* RFC 6928 2: min(10 * MSS, max(2 * MSS, 14600)), with 10 and 14600 / 1460 alike. */
	return min_t(u32, pkts * mss, max_t(u32, 2 * mss, pkts * 1460));
}
