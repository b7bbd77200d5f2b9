// SPDX-License-Identifier: GPL-2.0
#include "timers.h"

void hrtcp_timers_init(struct hrtcp_timers *timers)
{
	u32 i;

	for (i = 0; i < HRTCP_T_COUNT; i++)
		timers->at_ns[i] = HRTCP_NEVER;
}

u64 hrtcp_timers_next(const struct hrtcp_timers *timers, enum hrtcp_timer *slot)
{
	u64 next = HRTCP_NEVER;
	u32 i;

	for (i = 0; i < HRTCP_T_COUNT; i++) {
		if (timers->at_ns[i] >= next)
			continue;
		next = timers->at_ns[i];
		if (slot)
			*slot = (enum hrtcp_timer)i;
	}
	return next;
}
