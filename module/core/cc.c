// SPDX-License-Identifier: GPL-2.0
#include "cc.h"

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

u32 hrtcp_cc_initial_window(u32 mss, u32 pkts, bool syn_repeated)
{
	if (syn_repeated)
		return mss;
	/* RFC 6928 2: min(10 * MSS, max(2 * MSS, 14600)), with 10 and 14600 / 1460 alike. */
	return min_t(u32, pkts * mss, max_t(u32, 2 * mss, pkts * 1460));
}
