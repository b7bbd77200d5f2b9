/* SPDX-License-Identifier: GPL-2.0 */
/* steps.h -- what the files of the core ask of each other; no caller needs it. */
#ifndef HRTCP_CORE_STEPS_H
#define HRTCP_CORE_STEPS_H

#include "conn.h"
#include "listen.h"

/* Our timestamp clock, RFC 7323 5.4: milliseconds, or microseconds between hrTCP ends. */
static inline u32 hrtcp_ts_now(u32 offset, bool in_us, u64 now_ns)
{
	return (u32)div_u64(now_ns, in_us ? 1000 : 1000000) + offset;
}

/* TS.Recent is believed for less than half the clock's turn, RFC 7323 5.5. */
static inline u64 hrtcp_ts_life_ns(bool peer_us)
{
	return peer_us ? 1800ull * 1000000000 : 24ull * 24 * 3600 * 1000000000;
}

/* Is @tsval before @recent? Timestamps compare as sequence numbers do, RFC 7323 5.2. */
static inline bool hrtcp_ts_before(u32 tsval, u32 recent)
{
	return seq_lt(seq_of(tsval), seq_of(recent));
}

/* The tests of RFC 9293 3.10.7.4 step 1 (table 6). */
static inline bool hrtcp_seq_acceptable(const struct hrtcp_seg *seg, struct seq nxt, u32 wnd)
{
	u32 len = hrtcp_seg_len(seg);

	if (!wnd)
		return seq_eq(seg->seq, nxt) && !len;
	if (seq_in(seg->seq, nxt, wnd))
		return true;
	return len && seq_in(seq_add(seg->seq, len - 1), nxt, wnd);
}

/* Scaling for a window of @bytes, RFC 7323 2.3. */
u8 hrtcp_wscale_for(u32 bytes);

/* Both SYNs are known: take @opt of the peer's; options not in @offered stay off. */
void hrtcp_conn_negotiate(struct hrtcp_conn *conn, const struct hrtcp_opts *opt, u64 now_ns);

/* snd.mss from the path, the peer and the options in use. */
void hrtcp_conn_sync_mss(struct hrtcp_conn *conn);

/* Units of @mss octets that may leave as one super-segment, 1 or more. */
u32 hrtcp_conn_units_most(const struct hrtcp_conn *conn, u32 mss);

/*
 * Our SYN or SYN,ACK was repeated, and @seg answers the last one by what it echoes: then what
 * went before was lost, and not only slow. Without timestamps nobody knows.
 */
bool hrtcp_conn_syn_was_lost(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* An ACK that defends the state, RFC 5961; at a bounded rate. */
void hrtcp_conn_challenge(struct hrtcp_conn *conn, u64 now_ns);

/* Answer an unacceptable ACK: <SEQ=SEG.ACK><CTL=RST>. */
void hrtcp_conn_reset_reply(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* Step 5. Return: HRTCP_DROP_NONE to go on with the segment. */
enum hrtcp_drop hrtcp_ack_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			       u64 now_ns);

/* The acknowledgment @seg->ack is in order: take it. For step 5 and SYN-SENT. */
void hrtcp_ack_take(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns);

/*
 * The end of the tick of our clock that @seg echoes: it answers nothing sent later. HRTCP_NEVER:
 * it echoes nothing that we can have sent.
 */
u64 hrtcp_echo_end_ns(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns);

/* Our FIN was sent and acknowledged. */
bool hrtcp_ack_covers_fin(const struct hrtcp_conn *conn);

/* Step 6. */
void hrtcp_urgent_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* URG and the pointer, if @seg comes before the end of urgent data. */
void hrtcp_urgent_put(const struct hrtcp_conn *conn, struct hrtcp_seg *seg);

/* Steps 7 and 8. */
void hrtcp_data_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		     struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx);

/* Payload and FIN of a SYN, before ESTABLISHED; @seg is what follows the SYN. */
void hrtcp_data_early(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		      struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx);

/* If our SYN is acknowledged: what was held back until then counts, after @seg's own data. */
void hrtcp_data_release(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns);

/* The SYN we sent was answered; was not, for an RTO, or by an ICMP error. */
void hrtcp_fast_on_answer(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);
void hrtcp_fast_on_lost(struct hrtcp_conn *conn);

/* Something that R1 and R2 count is outstanding: arm its deadline anew. RFC 6298 5.1-5.3 */
void hrtcp_conn_arm_retransmit(struct hrtcp_conn *conn, u64 now_ns);

/* Keepalive is on and was not: look again once the peer may have been silent too long. */
void hrtcp_conn_arm_keepalive(struct hrtcp_conn *conn, u64 now_ns);

/* The window field to send, and the edge it promises. RFC 9293 3.8.6.2.2 */
u16 hrtcp_rcv_select_window(struct hrtcp_conn *conn);

/* Room that could be advertised now, before silly-window avoidance. */
u32 hrtcp_rcv_room(const struct hrtcp_conn *conn);

/* A request as @syn asks for it; not counted, not answered, in LISTEN. */
void hrtcp_req_fill(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
		    const struct hrtcp_open *open, const struct hrtcp_seg *syn);

/* Our window scale for such a connection. */
u8 hrtcp_req_wscale(const struct hrtcp_open *open);

/* Its first SYN,ACK. */
void hrtcp_req_synack(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
		      const struct hrtcp_open *open, u64 now_ns, struct hrtcp_reply *reply);

/*
 * SEG.SEQ of an ACK: SND.NXT as the peer has it. The octet of a window probe counts as sent until
 * an ACK says that it was not taken (RFC 9293 A.2); a window that the peer has shrunk ends before
 * what was sent, and it would drop what lies beyond (RFC 7323 2.4).
 */
struct seq hrtcp_snd_empty_seq(const struct hrtcp_snd *snd);

/* SND.UNA was @before: what was passed long ago stays behind it. */
void hrtcp_conn_age_marks(struct hrtcp_conn *conn, struct seq before);

/* The part common to all but SYN and RST; whatever leaves acknowledges. */
void hrtcp_segment_finish(struct hrtcp_conn *conn, struct hrtcp_tx *tx, u64 now_ns);

/* The data that may leave now, if any. */
enum hrtcp_poll hrtcp_sender_poll(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx);

/* The zero-window probe that is due. */
enum hrtcp_poll hrtcp_sender_probe(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx);

#endif
