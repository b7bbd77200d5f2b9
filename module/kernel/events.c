// SPDX-License-Identifier: GPL-2.0
/* events.c -- state transitions and segments as netlink messages. */
#include "events.h"

#include <net/genetlink.h>

#include "netlink.h"
#include "netns.h"

#define EVENT_SIZE 256			/* all attributes below, with IPv6 addresses */

static struct sk_buff *event_begin(struct hrtcp_net *hn, enum hrtcp_mcgrp group, u8 cmd,
				   const struct hrtcp_rec *rec, void **head)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&hrtcp_genl_family, hn->net, group))
		return NULL;
	msg = genlmsg_new(EVENT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!msg)
		return NULL;
	*head = genlmsg_put(msg, 0, 0, &hrtcp_genl_family, 0, cmd);
	if (*head && !hrtcp_netlink_put_rec(msg, rec))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Who is too slow loses the event and is told by ENOBUFS. */
static void event_end(struct hrtcp_net *hn, enum hrtcp_mcgrp group, struct sk_buff *msg,
		      void *head, int err)
{
	if (err) {
		WARN_ON_ONCE(err == -EMSGSIZE);
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, head);
	genlmsg_multicast_netns(&hrtcp_genl_family, hn->net, msg, 0, group, GFP_ATOMIC);
}

static int put_transition(struct sk_buff *msg, const struct hrtcp_transition *tr)
{
	if (nla_put_u64_64bit(msg, HRTCP_A_EV_TIME_NS, tr->at_ns, HRTCP_A_PAD) ||
	    nla_put_u8(msg, HRTCP_A_EV_OLD_STATE, tr->from) ||
	    nla_put_u8(msg, HRTCP_A_EV_NEW_STATE, tr->to) ||
	    nla_put_u8(msg, HRTCP_A_EV_CAUSE, tr->cause))
		return -EMSGSIZE;
	if (!tr->seg_flags)
		return 0;
	if (nla_put_u8(msg, HRTCP_A_EV_SEG_FLAGS, tr->seg_flags) ||
	    nla_put_u32(msg, HRTCP_A_EV_SEG_SEQ, tr->seg_seq.v) ||
	    nla_put_u32(msg, HRTCP_A_EV_SEG_ACK, tr->seg_ack.v))
		return -EMSGSIZE;
	return 0;
}

void hrtcp_event_state(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
		       const struct hrtcp_transition *tr)
{
	struct sk_buff *msg;
	void *head;

	msg = event_begin(hn, HRTCP_MCGRP_STATE, HRTCP_CMD_EVENT_STATE, rec, &head);
	if (msg)
		event_end(hn, HRTCP_MCGRP_STATE, msg, head, put_transition(msg, tr));
}

static int put_seg(struct sk_buff *msg, const struct hrtcp_seg *seg, u8 wscale, u8 dir)
{
	const u32 wnd = seg->flags & HRTCP_SYN ? seg->wnd : (u32)seg->wnd << wscale;

	if (nla_put_u64_64bit(msg, HRTCP_A_EV_TIME_NS, ktime_get_ns(), HRTCP_A_PAD) ||
	    nla_put_u8(msg, HRTCP_A_SEG_DIR, dir) ||
	    nla_put_u8(msg, HRTCP_A_SEG_FLAGS, seg->flags) ||
	    nla_put_u32(msg, HRTCP_A_SEG_SEQ, seg->seq.v) ||
	    nla_put_u32(msg, HRTCP_A_SEG_ACK, seg->ack.v) ||
	    nla_put_u32(msg, HRTCP_A_SEG_LEN, seg->len) ||
	    nla_put_u32(msg, HRTCP_A_SEG_WND, wnd))
		return -EMSGSIZE;
	return seg->ae ? nla_put_flag(msg, HRTCP_A_SEG_AE) : 0;
}

void hrtcp_event_seg_sent(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
			  const struct hrtcp_seg *seg, u8 wscale, bool retransmit)
{
	struct sk_buff *msg;
	void *head;
	int err;

	msg = event_begin(hn, HRTCP_MCGRP_SEGMENT, HRTCP_CMD_EVENT_SEG, rec, &head);
	if (!msg)
		return;
	err = put_seg(msg, seg, wscale, 1);
	if (!err && retransmit)
		err = nla_put_flag(msg, HRTCP_A_SEG_RETRANS);
	event_end(hn, HRTCP_MCGRP_SEGMENT, msg, head, err);
}

void hrtcp_event_seg_rcvd(struct hrtcp_net *hn, const struct hrtcp_rec *rec,
			  const struct hrtcp_seg *seg, u8 wscale, enum hrtcp_drop drop)
{
	struct sk_buff *msg;
	void *head;
	int err;

	msg = event_begin(hn, HRTCP_MCGRP_SEGMENT, HRTCP_CMD_EVENT_SEG, rec, &head);
	if (!msg)
		return;
	err = put_seg(msg, seg, wscale, 0);
	if (!err && drop)
		err = nla_put_u8(msg, HRTCP_A_SEG_DROP, (u8)drop);
	event_end(hn, HRTCP_MCGRP_SEGMENT, msg, head, err);
}
