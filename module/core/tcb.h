/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcb.h -- the transmission control block, RFC 9293 3.3.1: grouped by what belongs together.
 * What a caller does with it stands in conn.h.
 */
#ifndef HRTCP_CORE_TCB_H
#define HRTCP_CORE_TCB_H

#include "cc.h"
#include "challenge.h"
#include "config.h"
#include "ecn.h"
#include "fastopen.h"
#include "mtup.h"
#include "rack.h"
#include "reasm.h"
#include "recovery.h"
#include "repath.h"
#include "rtt.h"
#include "sack.h"
#include "state.h"
#include "timers.h"
#include "tune.h"
#include "txq.h"

/* Send sequence space, RFC 9293 3.3.1. */
struct hrtcp_snd {
	struct seq una, nxt;
	struct seq max;			/* nxt, or past it while a window probe is out */
	struct seq end;			/* one past the last octet written by the user */
	u32 wnd;			/* octets, scaled */
	u32 max_wnd;			/* largest seen, for silly-window avoidance */
	struct seq wl1;
	struct seq iss;			/* SND.UNA comes round to it ... */
	bool syn_acked;			/* ... once this is set */
	struct seq small_end;		/* end of the last short segment sent (Nagle) */
	struct seq up;			/* SND.UP: one past the last urgent octet ... */
	bool urgent;			/* ... which is not acknowledged yet */
	u16 mss;			/* payload of a full segment, options counted */
	u16 mss_peer;			/* the peer's MSS option, or the default */
	u16 mss_path;			/* what the path takes: MTU less IP and TCP headers */
	u32 gso_max;			/* octets of payload the caller sends at once */
	u8 wscale;			/* of the peer's window fields */
	bool fin_queued, fin_sent, fin_lost;
	bool nodelay, cork;
	bool blocked;			/* the caller's queue is full: control segments only */
	bool force;			/* one lost unit may go whatever cwnd says */
	bool override;			/* silly-window override timer fired */
	bool probe;			/* a zero-window probe is due */
	bool probed;			/* the octet at snd.nxt is out in one, no ACK came since */
	bool cwnd_limited;		/* at the last poll cwnd held data back */
	u8 probes;			/* doublings of the persist interval */
};

/* Receive sequence space, RFC 9293 3.3.1. */
struct hrtcp_rcv {
	struct seq nxt, irs;
	struct seq edge;		/* right edge of the window as last advertised */
	struct seq acked;		/* last RCV.NXT sent, Last.ACK.sent of RFC 7323 */
	struct seq up;			/* RCV.UP: one past the last urgent octet ... */
	bool urgent;			/* ... which the user has not read yet */
	u32 buf_bytes;			/* room for payload */
	u32 buf_max_bytes;		/* what it may be tuned to */
	struct hrtcp_tune tune;
	u32 unread_bytes;		/* delivered in order, not read by the user */
	u16 mss;			/* what our MSS option said */
	u16 peer_mss;			/* the peer's full-sized segments, at most mss */
	u16 last_size;			/* of the last smaller one, ... */
	u8 equal_segs;			/* ... of which so many came in a row */
	u8 quick_segs;			/* full-sized ones acknowledged at once, since ... */
	u64 data_ns;			/* ... a pause before data; when data came last */
	u8 wscale;			/* of our window fields */
	bool fin;			/* a FIN was accepted */
	bool held, held_fin;		/* what came with the SYN waits for ESTABLISHED */
	struct seq held_end;		/* where that FIN stands */
	bool closed;			/* the user reads no more: data is answered by a reset */
	u32 unacked_bytes;		/* received since the last ACK we sent */
	u64 delack_ns;			/* how long we withhold one */
	bool ack_now;
	bool quickack;			/* withhold none */
	u32 clamp_bytes;		/* of the window; 0: none */
};

/* RFC 7323 timestamps; written by conn.c and input.c. */
struct hrtcp_ts {
	bool on;
	bool in_us;			/* our clock ticks in microseconds ... */
	u64 us_since_ns;		/* ... since then */
	bool peer_us;			/* the peer's does, or will as soon as it may */
	u32 recent;			/* TS.Recent */
	u64 recent_at_ns;
	u32 offset;			/* added to our clock, RFC 7323 5.4 */
	bool syn_known;			/* of a passive open: what follows is of the peer's SYN, ... */
	u32 syn;			/* TSval, which ticks in milliseconds then; else a later one */
	u64 syn_at_ns;
};

/* Probing an idle peer, RFC 9293 3.8.4; written by conn.c, deadline.c, input.c and output.c. */
struct hrtcp_keepalive {
	bool on;
	bool due;			/* send a probe at the next poll */
	u8 sent;			/* probes without an answer */
	u64 heard_ns;			/* when the last segment came */
	u64 probed_ns;			/* when the last probe fell due */
};

/* A reply that bypasses the state: the reset of an unacceptable segment. */
struct hrtcp_pending {
	bool rst, syn;			/* owed: a reset; a SYN or SYN,ACK */
	bool rst_acks;			/* the reset carries ACK = RCV.NXT */
	bool rst_echoes;		/* it answers a segment with the timestamp rst_tsecr */
	u32 rst_tsecr;
	struct seq rst_seq;
	bool ack, ack_ece;		/* owed before all else: an ACK of ack_nxt, RFC 8257 3.2 */
	struct seq ack_nxt;
};

struct hrtcp_conn {
	u8 state;			/* enum hrtcp_state; written by state.c alone */
	bool orphan;			/* no process owns it */
	bool passive;			/* grew from a request */
	bool close_pending;		/* CLOSE in SYN-RECEIVED with data queued */
	u8 syn_repeats;			/* of our SYN or SYN,ACK after an RTO; 2: or more */
	bool syn_probed;		/* it went once more before that, as a probe */
	u16 events;			/* HRTCP_EV_* not polled yet */
	int err;			/* 0 or a positive errno: why it ended */
	int soft_err;			/* last ICMP error that did not end it */
	const struct hrtcp_cfg *cfg;
	struct hrtcp_snd snd;
	struct hrtcp_rcv rcv;
	struct hrtcp_txq txq;
	struct hrtcp_rtt rtt;
	struct hrtcp_timers timers;
	struct hrtcp_recovery recovery;
	struct hrtcp_rack rack;
	struct hrtcp_tlp tlp;
	struct hrtcp_mtup mtup;
	struct hrtcp_cc cc;
	struct hrtcp_rate rate;
	struct hrtcp_ts ts;
	struct hrtcp_ecn ecn;
	struct hrtcp_reasm reasm;
	struct hrtcp_sack sack;
	struct hrtcp_pending pending;
	struct hrtcp_fast fast;
	struct hrtcp_keepalive keepalive;
	struct hrtcp_repath repath;
	struct hrtcp_history history;
	u64 user_timeout_ns;		/* R2 as the user wants it, RFC 5482; 0: cfg */
	u64 progress_ns;		/* when R1 and R2 begin: the peer answered, or all was idle */
	u64 advance_ns;			/* when SND.UNA or the window last advanced */
	u64 last_sent_ns;		/* when data was last sent */
	struct hrtcp_challenge challenge;
	u32 total_retrans;		/* segments sent again */
	u32 challenges;
	u32 impossible;			/* facts that no state of theirs knows: a fault of ours */
};

#endif
