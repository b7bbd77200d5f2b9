// SPDX-License-Identifier: GPL-2.0
/* timewait.c -- what a record in TIME-WAIT answers; rows, W-* of the states. */
#include "timewait.h"
#include "steps.h"

/* A new incarnation starts beyond every octet the old one can have in flight. */
#define ISS_GAP 65536u

void hrtcp_tw_init(struct hrtcp_tw *tw, const struct hrtcp_conn *conn)
{
	memset(tw, 0, sizeof(*tw));
	hrtcp_state_adopt(&tw->state, conn->state);
	tw->wscale = conn->rcv.wscale;
	if (conn->ecn.pact.mode == HRTCP_ECN_ACCURATE)
		tw->ace = conn->ecn.acc.r.cep & 7;
	tw->ts_on = conn->ts.on;
	tw->ts_us = conn->ts.in_us;
	tw->peer_us = conn->ts.peer_us;
	tw->snd_nxt = conn->snd.nxt;
	tw->rcv_nxt = conn->rcv.nxt;
	tw->rcv_wnd = (u32)seq_diff(conn->rcv.edge, conn->rcv.nxt);
	tw->snd_max_wnd = conn->snd.max_wnd;
	tw->ts_recent = conn->ts.recent;
	tw->ts_offset = conn->ts.offset;
	tw->ts_recent_at_ns = conn->ts.recent_at_ns;
	tw->ts_syn_known = conn->ts.syn_known;
	tw->ts_syn = conn->ts.syn - 1 +
		     (u32)div_u64(conn->ts.recent_at_ns - conn->ts.syn_at_ns, 1000000);
	tw->challenge = conn->challenge;
	tw->time_wait_ns = conn->cfg->time_wait_ns;
	tw->deadline_ns = conn->timers.at_ns[HRTCP_T_LINGER];
}

static void reply_ack(const struct hrtcp_tw *tw, u64 now_ns, struct hrtcp_reply *reply)
{
	struct hrtcp_seg *seg = &reply->seg;

	seg->seq = tw->snd_nxt;
	seg->ack = tw->rcv_nxt;
	seg->flags = HRTCP_ACK;
	hrtcp_seg_set_ace(seg, tw->ace);
	seg->wnd = (u16)min_t(u32, tw->rcv_wnd >> tw->wscale, 65535);
	if (tw->ts_on) {
		seg->opt.present = HRTCP_OPT_TS;
		seg->opt.tsval = hrtcp_ts_now(tw->ts_offset, tw->ts_us, now_ns);
		seg->opt.tsecr = tw->ts_recent;
	}
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	reply->send = true;
}

/* An answer that nothing but a stray segment asks for, at a bounded rate. */
static void challenge(struct hrtcp_tw *tw, const struct hrtcp_cfg *cfg, u64 now_ns,
		      struct hrtcp_reply *reply)
{
	if (hrtcp_challenge_may(&tw->challenge, cfg, now_ns))
		reply_ack(tw, now_ns, reply);
}

/* RFC 6191 2: is this SYN surely of a new incarnation? */
static bool syn_is_new(const struct hrtcp_tw *tw, const struct hrtcp_cfg *cfg,
		       const struct hrtcp_seg *seg)
{
	bool later = seq_ge(seg->seq, tw->rcv_nxt);	/* beyond the old FIN */
	/* SYNs tick in milliseconds, the connection may not have: what is comparable? */
	u32 recent = tw->peer_us ? tw->ts_syn : tw->ts_recent;

	if (!cfg->timestamps || !(seg->opt.present & HRTCP_OPT_TS))
		return later;
	if (tw->peer_us && !tw->ts_syn_known)
		return later;
	if (!tw->ts_on || hrtcp_ts_before(recent, seg->opt.tsval))
		return true;
	return seg->opt.tsval == recent && later;
}

/* RFC 7323 5.3 R1, for what is not a SYN. */
static enum hrtcp_drop check_timestamps(const struct hrtcp_tw *tw, const struct hrtcp_seg *seg,
					u64 now_ns)
{
	if (!tw->ts_on)
		return HRTCP_DROP_NONE;
	if (!(seg->opt.present & HRTCP_OPT_TS))
		return HRTCP_DROP_NO_TIMESTAMP;
	if (hrtcp_ts_before(seg->opt.tsval, tw->ts_recent) &&
	    now_ns - tw->ts_recent_at_ns <= hrtcp_ts_life_ns(tw->peer_us))
		return HRTCP_DROP_PAWS;
	return HRTCP_DROP_NONE;
}

/* The peer repeats its FIN: our ACK of it was lost, so 2 MSL begins again. */
static void restart(struct hrtcp_tw *tw, const struct hrtcp_seg *seg, u64 now_ns)
{
	tw->deadline_ns = now_ns + tw->time_wait_ns;
	if (!tw->ts_on)
		return;
	tw->ts_recent = seg->opt.tsval;
	tw->ts_recent_at_ns = now_ns;
}

/* Steps 1 and 5 for an empty segment: what is not acceptable is answered, what is, dropped. */
static bool acceptable(const struct hrtcp_tw *tw, const struct hrtcp_seg *seg)
{
	if (!hrtcp_seq_acceptable(seg, tw->rcv_nxt, tw->rcv_wnd))
		return false;
	return !(seg->flags & HRTCP_ACK) ||
	       (seq_le(seg->ack, tw->snd_nxt) &&
		seq_ge(seg->ack, seq_sub(tw->snd_nxt, tw->snd_max_wnd)));
}

enum hrtcp_tw_verdict hrtcp_tw_on_segment(struct hrtcp_tw *tw, const struct hrtcp_cfg *cfg,
					  const struct hrtcp_seg *seg, bool listening,
					  u64 now_ns, struct hrtcp_reply *reply)
{
	u32 len = hrtcp_seg_len(seg);
	enum hrtcp_drop bad_ts;

	memset(reply, 0, sizeof(*reply));
	reply->drop = HRTCP_DROP_TIME_WAIT;
	if (seg->flags & HRTCP_RST)
		return HRTCP_TW_KEEP;	/* RFC 1337 3, F1 */
	if (seg->flags & HRTCP_SYN && !(seg->flags & HRTCP_ACK)) {
		if (!listening || !syn_is_new(tw, cfg, seg))
			return HRTCP_TW_KEEP;
		reply->drop = HRTCP_DROP_NONE;
		return HRTCP_TW_REUSE;
	}
	bad_ts = check_timestamps(tw, seg, now_ns);
	if (bad_ts) {
		reply->drop = bad_ts;
		if (bad_ts == HRTCP_DROP_PAWS)
			challenge(tw, cfg, now_ns, reply);
		return HRTCP_TW_KEEP;
	}
	if (seg->flags & HRTCP_FIN && seq_eq(seq_add(seg->seq, len), tw->rcv_nxt))
		restart(tw, seg, now_ns);
	if (len)
		reply_ack(tw, now_ns, reply);
	else if (!acceptable(tw, seg))
		challenge(tw, cfg, now_ns, reply);
	return HRTCP_TW_KEEP;
}

bool hrtcp_tw_on_deadline(struct hrtcp_tw *tw, u64 now_ns, struct hrtcp_transition *out)
{
	if (now_ns < tw->deadline_ns)
		return false;
	return hrtcp_state_move(&tw->state, HRTCP_C_TW_TIMEOUT, NULL, now_ns, out);
}

bool hrtcp_tw_replaced(struct hrtcp_tw *tw, u64 now_ns, struct hrtcp_transition *out)
{
	return hrtcp_state_move(&tw->state, HRTCP_C_TW_REUSED, NULL, now_ns, out);
}

struct seq hrtcp_tw_iss_floor(const struct hrtcp_tw *tw)
{
	return seq_add(tw->snd_nxt, ISS_GAP);
}
