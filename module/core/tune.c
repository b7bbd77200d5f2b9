// SPDX-License-Identifier: GPL-2.0
#include "steps.h"
#include "tune.h"

/* Less is believed at once, more only slowly: a peer that pauses makes an echo old. */
static void take_rtt(struct hrtcp_tune *tune, u64 rtt_ns)
{
	rtt_ns = max_t(u64, rtt_ns, 1);
	if (!tune->rtt_ns || rtt_ns < tune->rtt_ns)
		tune->rtt_ns = rtt_ns;
	else
		tune->rtt_ns += (rtt_ns - tune->rtt_ns) / 8;
}

/* Full-sized segments of a peer that is not waiting for its user echo our last ACK, a trip ago. */
static void measure_by_echo(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_tune *tune = &conn->rcv.tune;
	u64 end_ns;

	if (seg->opt.tsecr == tune->tsecr || seg->len < conn->rcv.peer_mss)
		return;
	tune->tsecr = seg->opt.tsecr;
	end_ns = hrtcp_echo_end_ns(conn, seg, now_ns);
	if (end_ns == HRTCP_NEVER)
		return;
	take_rtt(tune, now_ns > end_ns ? now_ns - end_ns : 1);
}

/* Whoever cannot echo used up a window in a round trip at the least. */
static void measure_by_window(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_tune *tune = &conn->rcv.tune;

	if (tune->window_ns) {
		if (seq_lt(conn->rcv.nxt, tune->window_end))
			return;
		take_rtt(tune, now_ns - tune->window_ns);
	}
	tune->window_ns = now_ns;
	tune->window_end = conn->rcv.edge;
}

/*
 * What a user read in one round trip the peer may send in the next, and twice that in slow start:
 * so the buffer has twice of it, and of what it grew by.
 */
static void grow(struct hrtcp_rcv *rcv, u32 read_bytes)
{
	const u32 before = rcv->tune.before_bytes;
	u64 want = 2ull * read_bytes;

	if (read_bytes > before)
		want += 2ull * (read_bytes - before);
	rcv->tune.before_bytes = read_bytes;
	rcv->buf_bytes = max_t(u32, rcv->buf_bytes, min_t(u64, want, rcv->buf_max_bytes));
}

void hrtcp_tune_on_data(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_rcv *rcv = &conn->rcv;
	struct hrtcp_tune *tune = &rcv->tune;
	const struct seq read = seq_sub(rcv->nxt, rcv->unread_bytes);
	u64 rtt_ns;

	if (conn->ts.on && seg->opt.present & HRTCP_OPT_TS)
		measure_by_echo(conn, seg, now_ns);
	else
		measure_by_window(conn, now_ns);
	rtt_ns = tune->rtt_ns ? tune->rtt_ns : conn->rtt.srtt_ns;
	if (tune->begun_ns) {
		if (!rtt_ns || now_ns - tune->begun_ns < rtt_ns)
			return;
		grow(rcv, (u32)max_t(s32, seq_diff(read, tune->read), 0));
	}
	tune->begun_ns = now_ns;
	tune->read = read;
}
