/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conn.h -- everything a caller does with a connection (struct hrtcp_conn, tcb.h).
 *
 * The contract. The caller owns the connection exclusively for every call. Four kinds:
 *
 *   facts in    hrtcp_conn_open(), hrtcp_conn_on_*(): something happened, at now_ns, a
 *               clock that never goes back and never stands at 0.
 *   things out  hrtcp_conn_poll_*(): what to send or when to wake, data that became
 *               deliverable, buffers to free, events, transitions.
 *   setters     hrtcp_conn_set_*(): what the user wants; take effect at the next poll.
 *   getters     const, at any time.
 *
 * After every fact the caller settles: polls everything until it says none. The core has
 * no clock, randomness, lock, log or allocator; payload stays in the caller's buffers, in
 * which struct hrtcp_txnode and struct hrtcp_rxnode are embedded.
 */
#ifndef HRTCP_CORE_CONN_H
#define HRTCP_CORE_CONN_H

#include "open.h"
#include "tcb.h"

struct hrtcp_req;

/* -- facts ----------------------------------------------------------------------- */

void hrtcp_conn_init(struct hrtcp_conn *conn, const struct hrtcp_cfg *cfg);

/* OPEN, active. Return: 0 or -EISCONN. RFC 9293 3.10.1 */
int hrtcp_conn_open(struct hrtcp_conn *conn, const struct hrtcp_open *open, u64 now_ns);

/* OPEN, passive: LISTEN. Return: 0 or -EINVAL. */
int hrtcp_conn_listen(struct hrtcp_conn *conn, u64 now_ns);

/* After OPEN with open->fast.on, in SYN-SENT: how many octets the SYN would take along. */
u32 hrtcp_conn_syn_room(const struct hrtcp_conn *conn);

/* The SYN leaves now, with what was written. RFC 7413 4.2.2 */
void hrtcp_conn_send_syn(struct hrtcp_conn *conn, u64 now_ns);

/* A request was acknowledged: become its connection, in SYN-RECEIVED; feed it the segment. */
void hrtcp_conn_open_passive(struct hrtcp_conn *conn, const struct hrtcp_req *req,
			     const struct hrtcp_open *open, u64 now_ns);

enum hrtcp_take {
	HRTCP_TAKE_NONE,		/* the payload is not needed */
	HRTCP_TAKE_DELIVER,		/* octets [skip, skip + len) are next in the stream */
	HRTCP_TAKE_KEEP,		/* the node is held: do not free it until polled */
};

struct hrtcp_rx {
	enum hrtcp_drop drop;		/* HRTCP_DROP_NONE, or why (part of) it was discarded */
	enum hrtcp_take take;
	u32 skip, len;
};

/**
 * hrtcp_conn_on_segment() - SEGMENT ARRIVES, RFC 9293 3.10.7.3 and .4
 * @conn: in any state but CLOSED and LISTEN
 * @seg: its header
 * @node: embedded in the buffer of its payload
 * @now_ns: the time
 * @rx: what became of it
 */
void hrtcp_conn_on_segment(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			   struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx);

/*
 * More segments are at hand: may the caller feed them before it settles, so that one ACK answers
 * them all (RFC 9293 MUST-59)? To be asked before and after each segment.
 */
bool hrtcp_conn_may_batch(const struct hrtcp_conn *conn);

/* A deadline may have passed. */
void hrtcp_conn_on_deadline(struct hrtcp_conn *conn, u64 now_ns);

/* Return: 0, or the negative errno with which a SEND fails now. RFC 9293 3.10.2 */
int hrtcp_conn_may_write(const struct hrtcp_conn *conn);

/* The last node if more octets can be added to it, else NULL. */
struct hrtcp_txnode *hrtcp_conn_write_tail(const struct hrtcp_conn *conn);

/* Octets a node should have at the most: whole segments of one super-segment. */
u32 hrtcp_conn_size_goal(const struct hrtcp_conn *conn);

/**
 * hrtcp_conn_on_write() - SEND: @len octets were added to @node
 * @node: hrtcp_conn_write_tail(), or a zeroed one, which is appended
 * @len: octets, 1 to hrtcp_conn_size_goal() less what the node has
 * @push: the user's call ends here
 */
void hrtcp_conn_on_write(struct hrtcp_conn *conn, struct hrtcp_txnode *node, u32 len,
			 bool push);

/* All that was written so far is urgent, RFC 9293 3.8.5: follows hrtcp_conn_on_write(). */
void hrtcp_conn_on_urgent(struct hrtcp_conn *conn);

/* SEND was cut short: what was written so far is pushed all the same, RFC 9293 3.9.1.2. */
void hrtcp_conn_push(struct hrtcp_conn *conn);

/* RECEIVE: the user took @len octets. */
void hrtcp_conn_on_read(struct hrtcp_conn *conn, u32 len);

/* Nobody will read what was delivered: it was thrown away. */
void hrtcp_conn_on_discard(struct hrtcp_conn *conn);

/* CLOSE: the user sends no more. Return: 0, -ENOTCONN or -EPIPE. RFC 9293 3.10.4 */
int hrtcp_conn_on_close(struct hrtcp_conn *conn, u64 now_ns);

/* The owner went away: CLOSE, or ABORT if data was left unread (RFC 9293 3.10.4, 1122 4.2.2.13). */
void hrtcp_conn_on_release(struct hrtcp_conn *conn, u64 now_ns);

/* ABORT, RFC 9293 3.10.5. @err: what the user is told, a positive errno, 0: nothing. */
void hrtcp_conn_on_abort(struct hrtcp_conn *conn, int err, u64 now_ns);

/* The path's MTU gives @mss_path octets a segment, super-segments hold @gso_max. */
void hrtcp_conn_on_path(struct hrtcp_conn *conn, u16 mss_path, u32 gso_max);

/*
 * "Too big", says a router of our segment @seq: its way takes segments of @mss_path. Return:
 * whether to believe it; if not, it may turn out to be true (HRTCP_EV_TOO_BIG). RFC 5927 7.2
 */
bool hrtcp_conn_on_too_big(struct hrtcp_conn *conn, struct seq seq, u16 mss_path);

/* Does @seq name what we sent and the peer did not acknowledge? Other ICMP is not for us, RFC 5927 4.1. */
bool hrtcp_conn_in_flight(const struct hrtcp_conn *conn, struct seq seq);

/* An ICMP error for our segment @seq. @hard: RFC 1122 4.2.3.9 calls it hard. */
void hrtcp_conn_on_icmp(struct hrtcp_conn *conn, struct seq seq, int err, bool hard,
			u64 now_ns);

/* The user wants a buffer of @bytes of payload, which ends its tuning (rcv.buf_bytes grows
 * up to open->rcvbuf_max_bytes while the window is what limits the peer). The window does
 * not shrink. */
void hrtcp_conn_on_rcvbuf(struct hrtcp_conn *conn, u32 bytes);

/* -- setters ---------------------------------------------------------------------- */

void hrtcp_conn_set_nodelay(struct hrtcp_conn *conn, bool on);
void hrtcp_conn_set_cork(struct hrtcp_conn *conn, bool on);
/* RFC 9293 3.8.4; a connection begins without. */
void hrtcp_conn_set_keepalive(struct hrtcp_conn *conn, bool on, u64 now_ns);
/* @cfg is to hold from now on, in place of another one or with other values than before. */
void hrtcp_conn_set_cfg(struct hrtcp_conn *conn, const struct hrtcp_cfg *cfg, u64 now_ns);
/* Acknowledge every segment at once, beginning with what waits. */
void hrtcp_conn_set_quickack(struct hrtcp_conn *conn, bool on);
/* Advertise no larger window; 0: what the buffer has room for. What was promised stays. */
void hrtcp_conn_set_window_clamp(struct hrtcp_conn *conn, u32 bytes);
/* Give up after this long without acknowledgment, RFC 9293 3.10.8, 5482; 0: cfg->r2_ns. */
void hrtcp_conn_set_user_timeout(struct hrtcp_conn *conn, u64 timeout_ns);
/* Change the congestion control, at any time; the window stays. */
void hrtcp_conn_set_cc(struct hrtcp_conn *conn, const struct hrtcp_cc_ops *ops);
/* Send no faster, octets a second; HRTCP_UNPACED: as fast as may be. */
void hrtcp_conn_set_max_rate(struct hrtcp_conn *conn, u64 bytes_per_s);
/* The caller's queue keeps departure times, pace.h: data comes some time before its own. */
void hrtcp_conn_set_held(struct hrtcp_conn *conn, bool held);
/* While blocked only segments without payload are polled. */
void hrtcp_conn_set_blocked(struct hrtcp_conn *conn, bool on);

/* -- things out ------------------------------------------------------------------- */

enum hrtcp_poll {
	HRTCP_POLL_WAIT,		/* nothing to send before tx->wake_ns */
	HRTCP_POLL_SEND,		/* send tx->seg now; it counts as sent */
	HRTCP_POLL_SPLIT,		/* cut tx->node after tx->split_len, then poll again */
	HRTCP_POLL_JOIN,		/* put the payload of tx->node->next into tx->node, ... */
};

struct hrtcp_tx {
	struct hrtcp_seg seg;
	struct hrtcp_txnode *node;	/* holds the payload, NULL if there is none */
	u32 skip;			/* the payload begins this far into the node */
	u16 gso_size;			/* octets a wire segment, 0: one segment */
	bool retransmit;
	u32 split_len;
	u64 depart_ns;			/* not before this, of hrtcp_conn_set_held(); 0: at once */
	u64 wake_ns;			/* HRTCP_NEVER: only a fact wakes it */
};

enum hrtcp_poll hrtcp_conn_poll_tx(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx);

/* The answer to HRTCP_POLL_SPLIT: @rest, zeroed, holds what @node lost. */
void hrtcp_conn_on_split(struct hrtcp_conn *conn, struct hrtcp_txnode *node,
			 struct hrtcp_txnode *rest, u32 len);

/* The answer to HRTCP_POLL_JOIN: @node holds both, the other comes by poll_acked; not @done:
 * there was no room, and @node is not asked for again. */
void hrtcp_conn_on_join(struct hrtcp_conn *conn, struct hrtcp_txnode *node, bool done);

/* The caller could not split or transmit @tx: tried again after cfg->tx_retry_ns. */
void hrtcp_conn_on_tx_failed(struct hrtcp_conn *conn, const struct hrtcp_tx *tx, u64 now_ns);

/* Next node the gap before which has closed: deliver [@skip, @skip + @len) of its payload;
 * @len 0: free it. NULL: no more. */
struct hrtcp_rxnode *hrtcp_conn_poll_rx(struct hrtcp_conn *conn, u32 *skip, u32 *len);

/* Next wholly acknowledged node, to free. NULL: no more. */
struct hrtcp_txnode *hrtcp_conn_poll_acked(struct hrtcp_conn *conn);

/* A dead connection gives back every node it holds. NULL: no more. */
struct hrtcp_txnode *hrtcp_conn_drain_tx(struct hrtcp_conn *conn);
struct hrtcp_rxnode *hrtcp_conn_drain_rx(struct hrtcp_conn *conn);

#define HRTCP_EV_UP		0x01	/* connected: writable */
#define HRTCP_EV_READABLE	0x02	/* data or end of stream */
#define HRTCP_EV_WRITABLE	0x04	/* octets were acknowledged: poll_acked() has nodes */
#define HRTCP_EV_ERROR		0x08	/* conn->err is set */
#define HRTCP_EV_GONE		0x10	/* CLOSED: nothing will happen any more */
#define HRTCP_EV_TIME_WAIT	0x20	/* may be replaced by a struct hrtcp_tw */
#define HRTCP_EV_FAST		0x40	/* conn->fast.outcome: hrtcp_fast_entry_learn() */
#define HRTCP_EV_URGENT		0x80	/* an urgent pointer came, or advanced */
#define HRTCP_EV_ADVICE		0x100	/* R1: the route may be bad, RFC 9293 3.8.3 */
#define HRTCP_EV_TOO_BIG	0x200	/* what hrtcp_conn_on_too_big() held is true */
#define HRTCP_EV_REPATH		0x400	/* before all else: take another path, repath.h */

/* HRTCP_EV_* since the last call. */
u16 hrtcp_conn_poll_events(struct hrtcp_conn *conn);

/* Transitions since the last call, oldest first. Return: whether @tr was filled. */
bool hrtcp_conn_poll_transition(struct hrtcp_conn *conn, struct hrtcp_transition *tr);

/* -- getters ---------------------------------------------------------------------- */

/* Octets sent or queued, not yet acknowledged. */
u32 hrtcp_conn_queued(const struct hrtcp_conn *conn);

/* The end of the stream was received and everything before it read. */
bool hrtcp_conn_at_eof(const struct hrtcp_conn *conn);

/*
 * Is there urgent data that the user has not read? @ahead: octets to read until all of it is,
 * whether they have arrived or not. RFC 9293 MUST-33
 */
bool hrtcp_conn_urgent(const struct hrtcp_conn *conn, u32 *ahead);

/* NULL, or what is wrong: invariants that no segment and no call may break. */
const char *hrtcp_conn_check(const struct hrtcp_conn *conn);

#endif
