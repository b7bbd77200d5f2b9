/* SPDX-License-Identifier: GPL-2.0 */
/* state.h -- the state machine: one table, one writer. RFC 9293 3.3.2, 3.10. */
#ifndef HRTCP_CORE_STATE_H
#define HRTCP_CORE_STATE_H

#include "wire.h"

struct hrtcp_conn;

/* What an edge does besides moving; run in bit order. */
#define HRTCP_FX_UP	0x01	/* the connection is synchronized: tell the user */
#define HRTCP_FX_EOF	0x02	/* the peer sends no more: tell the user */
#define HRTCP_FX_RST	0x04	/* send a reset, RFC 9293 3.10.5 */
#define HRTCP_FX_FW2	0x08	/* bound FIN-WAIT-2 if no process owns the connection */
#define HRTCP_FX_2MSL	0x10	/* other timers off, start 2 MSL */
#define HRTCP_FX_GONE	0x20	/* the record is dead: all timers off, tell the user */

struct hrtcp_edge {
	u8 from, cause, to, effects;
	const char *step;		/* section of RFC 9293 unless another is named */
};

/* A transition as reported: to history, trace and netlink. */
struct hrtcp_transition {
	u64 at_ns;
	u8 from, to, cause;
	u8 seg_flags;			/* of the segment that caused it, 0 if none did */
	struct seq seg_seq, seg_ack;
};

/* More than any connection can make: the longest way from CLOSED back to it is 7 edges. */
#define HRTCP_HISTORY 8

struct hrtcp_history {
	u32 written, polled;		/* running counts; the record n is ring[n % size] */
	struct hrtcp_transition ring[HRTCP_HISTORY];
};

/* The table, for tests, docs and tools. Return: number of edges. */
u32 hrtcp_state_edges(const struct hrtcp_edge **edges);

/* Return: the edge of (@from, @cause), or NULL where none is listed. */
const struct hrtcp_edge *hrtcp_state_edge(u8 from, u8 cause);

/* Is (@from, @cause) known to mean nothing? Neither edge nor ignored: it is impossible. */
bool hrtcp_state_ignores(u8 from, u8 cause);

/**
 * hrtcp_state_move() - move a compact record (request, TIME-WAIT) along an edge
 * @state: the state, written here and nowhere else
 * @cause: the fact
 * @seg: the segment that is the fact, or NULL
 * @now_ns: the time
 * @out: filled where the move happened
 *
 * Return: whether the pair is an edge.
 */
bool __must_check hrtcp_state_move(u8 *state, enum hrtcp_cause cause, const struct hrtcp_seg *seg,
				   u64 now_ns, struct hrtcp_transition *out);

/*
 * Move a connection along an edge, run its effects and note it in the history. A pair that is known
 * to mean nothing does nothing, an impossible one is counted; who needs to know asks
 * hrtcp_state_edge() before.
 */
void hrtcp_conn_transition(struct hrtcp_conn *conn, enum hrtcp_cause cause,
			   const struct hrtcp_seg *seg, u64 now_ns);

/* A record begins, or takes over where another one of its connection was. */
void hrtcp_state_adopt(u8 *state, u8 from_elsewhere);

const char *hrtcp_state_name(u8 state);
const char *hrtcp_cause_text(u8 cause);

/* States in which both ends know each other's sequence numbers, RFC 9293 3.5.3 group 3. */
static inline bool hrtcp_state_synchronized(u8 state)
{
	return state == HRTCP_ESTABLISHED || state == HRTCP_FIN_WAIT_1 ||
	       state == HRTCP_FIN_WAIT_2 || state == HRTCP_CLOSE_WAIT ||
	       state == HRTCP_CLOSING || state == HRTCP_LAST_ACK ||
	       state == HRTCP_TIME_WAIT;
}

/* States in which the user may still send, RFC 9293 3.10.2. */
static inline bool hrtcp_state_may_send(u8 state)
{
	return state == HRTCP_ESTABLISHED || state == HRTCP_CLOSE_WAIT;
}

/* States in which data of the peer is still to come, RFC 9293 3.10.7.4 step 7. */
static inline bool hrtcp_state_may_receive(u8 state)
{
	return state == HRTCP_ESTABLISHED || state == HRTCP_FIN_WAIT_1 ||
	       state == HRTCP_FIN_WAIT_2;
}

#endif
