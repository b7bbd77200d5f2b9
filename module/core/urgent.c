// SPDX-License-Identifier: GPL-2.0
/*
 * urgent.c -- the urgent pointer, RFC 9293 3.8.5 and 3.10.7.4 step 6; writes snd.up and rcv.up.
 *
 * It points one past the last urgent octet, in both directions (MUST-62). Urgent data is part
 * of the stream; whether its last octet is set apart for the user is the caller's affair
 * (RFC 6093 3.2 advises against it).
 */
#include "steps.h"

#define OFFSET_MAX 65535		/* RFC 7323 appendix A: one farther away is clamped */

/* What the user has read up to. A FIN is no octet of the stream. */
static struct seq read_to(const struct hrtcp_rcv *rcv)
{
	return seq_sub(rcv->nxt, rcv->unread_bytes + rcv->fin);
}

/* The peer is told at once, in an empty segment if data may not leave: it could be reading. */
void hrtcp_conn_on_urgent(struct hrtcp_conn *conn)
{
	conn->snd.up = conn->snd.end;
	conn->snd.urgent = true;
	if (hrtcp_state_synchronized(conn->state))
		conn->rcv.ack_now = true;
}

void hrtcp_urgent_put(const struct hrtcp_conn *conn, struct hrtcp_seg *seg)
{
	s32 ahead = seq_diff(conn->snd.up, seg->seq);

	if (!conn->snd.urgent || ahead <= 0)
		return;
	seg->flags |= HRTCP_URG;
	seg->urg = (u16)min_t(s32, ahead, OFFSET_MAX);
}

/* A pointer to what has been received already is an old one, or invalid. */
void hrtcp_urgent_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	struct seq up = seq_add(seg->seq, seg->urg);

	if (!(seg->flags & HRTCP_URG) || !hrtcp_state_may_receive(conn->state))
		return;
	if (seq_le(up, rcv->nxt) || (rcv->urgent && seq_le(up, rcv->up)))
		return;
	rcv->up = up;
	rcv->urgent = true;
	conn->events |= HRTCP_EV_URGENT;
}

bool hrtcp_conn_urgent(const struct hrtcp_conn *conn, u32 *ahead)
{
	const struct hrtcp_rcv *rcv = &conn->rcv;
	s32 left = seq_diff(rcv->up, read_to(rcv));

	if (!rcv->urgent || left <= 0)
		return false;
	*ahead = (u32)left;
	return true;
}
