/* SPDX-License-Identifier: GPL-2.0 */
/* events.h -- what happens, told to the multicast groups as it happens. */
#ifndef HRTCP_KERNEL_EVENTS_H
#define HRTCP_KERNEL_EVENTS_H

#include "core/state.h"

struct hrtcp_net;
struct hrtcp_rec;

/* Without listeners each of these is a test of one bit. Any context. */
void hrtcp_event_state(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
		       const struct hrtcp_transition *tr);
void hrtcp_event_seg_sent(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
			  const struct hrtcp_seg *seg, u8 wscale, bool retransmit);
void hrtcp_event_seg_rcvd(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
			  const struct hrtcp_seg *seg, u8 wscale, enum hrtcp_drop drop);

#endif
