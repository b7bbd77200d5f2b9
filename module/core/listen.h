/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listen.h -- the passive side before there is a connection: the listener's counts and
 * the half-open request, a compact record in SYN-RECEIVED. RFC 9293 3.10.7.2.
 *
 * The caller serializes calls for one listener and its requests, finds requests by address
 * and holds the two queues; the decisions are here.
 */
#ifndef HRTCP_CORE_LISTEN_H
#define HRTCP_CORE_LISTEN_H

#include "challenge.h"
#include "ecn.h"
#include "state.h"

struct hrtcp_open;

struct hrtcp_listen {
	u32 backlog;			/* of listen(2): established, not yet accepted */
	u64 defer_ns;			/* without data a request waits this long; 0: not at all */
	u32 n_half_open;
	u32 n_accept;
	u64 cookie_ns;			/* when a SYN was last answered by a cookie; 0: never */
};

/* What a compact record wants done; a reply may come with every verdict. */
struct hrtcp_reply {
	bool send;
	struct hrtcp_seg seg;
	bool repath;			/* take another path from now on, core/repath.h */
	bool moved;
	struct hrtcp_transition transition;
	bool impossible;		/* a move that the table does not know: a fault of ours */
	enum hrtcp_drop drop;
};

/* Move a compact record as hrtcp_state_move() does, and have it told. */
void hrtcp_reply_move(struct hrtcp_reply *reply, u8 *state, enum hrtcp_cause cause,
		      const struct hrtcp_seg *seg, u64 now_ns);

enum hrtcp_listen_verdict {
	HRTCP_LISTEN_DROP,		/* or only answer with the reply */
	HRTCP_LISTEN_NEW,		/* make a request: hrtcp_req_init() */
	HRTCP_LISTEN_COOKIE,		/* answer without one: hrtcp_syncookie_answer() */
	HRTCP_LISTEN_COOKIE_ACK,	/* perhaps of a cookie: hrtcp_syncookie_check() */
};

/**
 * hrtcp_listen_on_segment() - a segment for a listener that matches no request
 * @known: it follows a connection in TIME-WAIT, whose sequence numbers no cookie heeds
 * @reply: drop reason, and the reset if one is due
 */
enum hrtcp_listen_verdict hrtcp_listen_on_segment(const struct hrtcp_listen *listen,
						  const struct hrtcp_cfg *cfg,
						  const struct hrtcp_seg *seg, bool known,
						  u64 now_ns, struct hrtcp_reply *reply);

/* The accept queue: reserve a place for a new connection; give one back on accept(). */
bool hrtcp_listen_accept_full(const struct hrtcp_listen *listen);
void hrtcp_listen_queued(struct hrtcp_listen *listen);
void hrtcp_listen_accepted(struct hrtcp_listen *listen);

struct hrtcp_req {
	u8 state;			/* SYN_RECEIVED; moved by hrtcp_state_move() */
	u8 sends;			/* SYN,ACKs so far */
	u8 wscale_peer, wscale;
	bool wscale_on, ts_on, sack_on, hr_on;
	bool fast;			/* Fast Open: a connection already in SYN-RECEIVED */
	u16 mss_peer, mss_advertise;
	u16 wnd;			/* the SYN's window field */
	struct seq iss, irs;
	u32 ts_recent, ts_offset;
	u32 hr_delack_us;		/* the peer's, if hr_on */
	u32 rcv_wnd;			/* octets advertised */
	u64 begun_ns, sent_ns;
	struct hrtcp_challenge challenge;
	u64 deadline_ns;		/* hrtcp_req_on_deadline() is due */
	u64 timeout_ns;			/* that was for a probe, this is the SYN,ACK's; else 0 */
	bool probed;			/* the SYN,ACK went once more before its timeout */
	struct hrtcp_ecn_pact ecn;
};

/*
 * A SYN opens a half-open request; its SYN,ACK is in @reply. Counts itself in @listen. With
 * @open->fast.on the request is to be promoted at once and the connection fed the SYN: it
 * sends the SYN,ACK itself.
 */
void hrtcp_req_init(struct hrtcp_req *req, struct hrtcp_listen *listen,
		    const struct hrtcp_cfg *cfg, const struct hrtcp_open *open,
		    const struct hrtcp_seg *syn, u64 now_ns, struct hrtcp_reply *reply);

enum hrtcp_req_verdict {
	HRTCP_REQ_KEEP,			/* nothing but the reply */
	HRTCP_REQ_PROMOTE,		/* acknowledged: make the connection, feed it the segment */
	HRTCP_REQ_REMOVE,		/* the record is gone; its place is given back */
};

enum hrtcp_req_verdict hrtcp_req_on_segment(struct hrtcp_req *req, struct hrtcp_listen *listen,
					    const struct hrtcp_cfg *cfg,
					    const struct hrtcp_seg *seg, u64 now_ns,
					    struct hrtcp_reply *reply);

/* KEEP: the SYN,ACK again is in @reply; REMOVE: gave up, a reset is in @reply. */
enum hrtcp_req_verdict hrtcp_req_on_deadline(struct hrtcp_req *req, struct hrtcp_listen *listen,
					     const struct hrtcp_cfg *cfg, u64 now_ns,
					     struct hrtcp_reply *reply);

/* The request became a connection: its place among the half-open ones is free. */
void hrtcp_req_promoted(struct hrtcp_req *req, struct hrtcp_listen *listen);

/* The listener closed: a reset is in @reply. */
void hrtcp_req_on_abort(struct hrtcp_req *req, struct hrtcp_listen *listen, u64 now_ns,
			struct hrtcp_reply *reply);

#endif
