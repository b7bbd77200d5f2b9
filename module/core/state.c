// SPDX-License-Identifier: GPL-2.0
/*
 * state.c -- the state machine of RFC 9293 3.3.2 as a table, and the only code that writes
 * a state. Requests (SYN-RECEIVED, passive) and TIME-WAIT records move along the same
 * edges as connections.
 */
#include "steps.h"

#define UP HRTCP_FX_UP
#define EOF_ HRTCP_FX_EOF
#define RST HRTCP_FX_RST
#define FW2 HRTCP_FX_FW2
#define MSL2 HRTCP_FX_2MSL
#define GONE HRTCP_FX_GONE
#define EDGE(from, cause, to, fx, step) \
	{ HRTCP_##from, HRTCP_C_##cause, HRTCP_##to, fx, step }

static const struct hrtcp_edge edges[] = {
	EDGE(CLOSED,	   OPEN_ACTIVE,	   SYN_SENT,	 0,	    "3.10.1"),
	EDGE(CLOSED,	   OPEN_PASSIVE,   LISTEN,	 0,	    "3.10.1"),

	EDGE(LISTEN,	   OPEN_ACTIVE,	   SYN_SENT,	 0,	    "3.10.1"),
	EDGE(LISTEN,	   SYN_RCVD,	   SYN_RECEIVED, 0,	    "3.10.7.2"),
	EDGE(LISTEN,	   CLOSE,	   CLOSED,	 GONE,	    "3.10.4"),
	EDGE(LISTEN,	   ABORT,	   CLOSED,	 GONE,	    "3.10.5"),

	EDGE(SYN_SENT,	   SYNACK_RCVD,	   ESTABLISHED,	 UP,	    "3.10.7.3"),
	EDGE(SYN_SENT,	   SYN_RCVD,	   SYN_RECEIVED, 0,	    "3.10.7.3"),
	EDGE(SYN_SENT,	   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.3"),
	EDGE(SYN_SENT,	   CLOSE,	   CLOSED,	 GONE,	    "3.10.4"),
	EDGE(SYN_SENT,	   ABORT,	   CLOSED,	 GONE,	    "3.10.5"),
	EDGE(SYN_SENT,	   RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),
	EDGE(SYN_SENT,	   ICMP_ERROR,	   CLOSED,	 GONE,	    "3.9.2.2"),

	EDGE(SYN_RECEIVED, SYN_ACKED,	   ESTABLISHED,	 UP,	    "3.10.7.4 step 5"),
	EDGE(SYN_RECEIVED, CLOSE,	   FIN_WAIT_1,	 0,	    "3.10.4"),
	EDGE(SYN_RECEIVED, ABORT,	   CLOSED,	 RST | GONE, "3.10.5"),
	EDGE(SYN_RECEIVED, RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(SYN_RECEIVED, RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),
	EDGE(SYN_RECEIVED, ICMP_ERROR,	   CLOSED,	 GONE,	    "3.9.2.2"),
	EDGE(SYN_RECEIVED, REQ_RST_RCVD,   LISTEN,	 0,	    "3.10.7.4 step 2"),
	EDGE(SYN_RECEIVED, REQ_SYN_RCVD,   LISTEN,	 0,	    "3.10.7.4 step 4"),
	EDGE(SYN_RECEIVED, REQ_TIMEOUT,	   LISTEN,	 RST,	    "3.8.3"),
	EDGE(SYN_RECEIVED, REQ_ABORT,	   CLOSED,	 RST,	    "3.10.5"),

	EDGE(ESTABLISHED,  CLOSE,	   FIN_WAIT_1,	 0,	    "3.10.4"),
	EDGE(ESTABLISHED,  FIN_RCVD,	   CLOSE_WAIT,	 EOF_,	    "3.10.7.4 step 8"),
	EDGE(ESTABLISHED,  RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(ESTABLISHED,  KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(ESTABLISHED,  ABORT,	   CLOSED,	 RST | GONE, "3.10.5"),
	EDGE(ESTABLISHED,  RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),

	EDGE(FIN_WAIT_1,   FIN_ACKED,	   FIN_WAIT_2,	 FW2,	    "3.10.7.4 step 5"),
	EDGE(FIN_WAIT_1,   FIN_RCVD,	   CLOSING,	 EOF_,	    "3.10.7.4 step 8"),
	EDGE(FIN_WAIT_1,   FIN_RCVD_ACKED, TIME_WAIT,	 EOF_ | MSL2, "3.10.7.4 step 8"),
	EDGE(FIN_WAIT_1,   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(FIN_WAIT_1,   KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(FIN_WAIT_1,   ABORT,	   CLOSED,	 RST | GONE, "3.10.5"),
	EDGE(FIN_WAIT_1,   RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),
	EDGE(FIN_WAIT_1,   LATE_DATA,	   CLOSED,	 RST | GONE, "3.6.1"),

	EDGE(FIN_WAIT_2,   FIN_RCVD,	   TIME_WAIT,	 EOF_ | MSL2, "3.10.7.4 step 8"),
	EDGE(FIN_WAIT_2,   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(FIN_WAIT_2,   KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(FIN_WAIT_2,   ABORT,	   CLOSED,	 RST | GONE, "3.10.5"),
	EDGE(FIN_WAIT_2,   LATE_DATA,	   CLOSED,	 RST | GONE, "3.6.1"),
	EDGE(FIN_WAIT_2,   FW2_TIMEOUT,	   CLOSED,	 GONE,	    "RFC 6429 4"),

	EDGE(CLOSE_WAIT,   CLOSE,	   LAST_ACK,	 0,	    "3.10.4"),
	EDGE(CLOSE_WAIT,   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(CLOSE_WAIT,   KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(CLOSE_WAIT,   ABORT,	   CLOSED,	 RST | GONE, "3.10.5"),
	EDGE(CLOSE_WAIT,   RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),

	EDGE(CLOSING,	   FIN_ACKED,	   TIME_WAIT,	 MSL2,	    "3.10.7.4 step 5"),
	EDGE(CLOSING,	   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(CLOSING,      KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(CLOSING,	   ABORT,	   CLOSED,	 GONE,	    "3.10.5"),
	EDGE(CLOSING,	   RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),

	EDGE(LAST_ACK,	   FIN_ACKED,	   CLOSED,	 GONE,	    "3.10.7.4 step 5"),
	EDGE(LAST_ACK,	   RST_RCVD,	   CLOSED,	 GONE,	    "3.10.7.4 step 2"),
	EDGE(LAST_ACK,     KEEPALIVE,	   CLOSED,	 GONE,	    "3.8.4"),
	EDGE(LAST_ACK,	   ABORT,	   CLOSED,	 GONE,	    "3.10.5"),
	EDGE(LAST_ACK,	   RTX_TIMEOUT,	   CLOSED,	 GONE,	    "3.8.3"),

	EDGE(TIME_WAIT,	   TW_TIMEOUT,	   CLOSED,	 GONE,	    "3.10.8"),
	EDGE(TIME_WAIT,	   TW_REUSED,	   CLOSED,	 GONE,	    "RFC 6191 2"),
	EDGE(TIME_WAIT,	   ABORT,	   CLOSED,	 GONE,	    "3.10.5"),
};

#define IN(state) (1u << HRTCP_##state)

/* Facts that are known to mean nothing in a state; what is in neither list cannot happen. */
static const struct {
	u8 cause;
	u32 states;
} ignored[] = {
	{ HRTCP_C_CLOSE,	IN(CLOSED) | IN(FIN_WAIT_1) | IN(FIN_WAIT_2) | IN(CLOSING) |
				IN(LAST_ACK) | IN(TIME_WAIT) },
	{ HRTCP_C_ABORT,	IN(CLOSED) },
	{ HRTCP_C_RST_RCVD,	IN(CLOSED) | IN(LISTEN) | IN(TIME_WAIT) },
	{ HRTCP_C_FIN_RCVD,	IN(CLOSED) | IN(LISTEN) | IN(SYN_SENT) | IN(CLOSE_WAIT) |
				IN(CLOSING) | IN(LAST_ACK) | IN(TIME_WAIT) },
	{ HRTCP_C_SYN_RCVD,	IN(ESTABLISHED) | IN(FIN_WAIT_1) | IN(FIN_WAIT_2) |
				IN(CLOSE_WAIT) | IN(CLOSING) | IN(LAST_ACK) | IN(TIME_WAIT) },
};

u32 hrtcp_state_edges(const struct hrtcp_edge **table)
{
	*table = edges;
	return ARRAY_SIZE(edges);
}

const struct hrtcp_edge *hrtcp_state_edge(u8 from, u8 cause)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		if (edges[i].from == from && edges[i].cause == cause)
			return &edges[i];
	return NULL;
}

bool hrtcp_state_ignores(u8 from, u8 cause)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ignored); i++)
		if (ignored[i].cause == cause)
			return ignored[i].states >> from & 1;
	return false;
}

static void note(struct hrtcp_transition *out, const struct hrtcp_edge *edge,
		 const struct hrtcp_seg *seg, u64 now_ns)
{
	memset(out, 0, sizeof(*out));
	out->at_ns = now_ns;
	out->from = edge->from;
	out->to = edge->to;
	out->cause = edge->cause;
	if (!seg)
		return;
	out->seg_flags = seg->flags;
	out->seg_seq = seg->seq;
	out->seg_ack = seg->ack;
}

bool hrtcp_state_move(u8 *state, enum hrtcp_cause cause, const struct hrtcp_seg *seg,
		      u64 now_ns, struct hrtcp_transition *out)
{
	const struct hrtcp_edge *edge = hrtcp_state_edge(*state, (u8)cause);

	if (!edge)
		return false;
	*state = edge->to;
	note(out, edge, seg, now_ns);
	return true;
}

void hrtcp_state_adopt(u8 *state, u8 from_elsewhere)
{
	*state = from_elsewhere;
}

/* What the user is told when the connection ends this way; 0: nothing. */
static int error_of(u8 from, u8 cause)
{
	switch (cause) {
	case HRTCP_C_RST_RCVD:
		if (from == HRTCP_SYN_SENT || from == HRTCP_SYN_RECEIVED)
			return ECONNREFUSED;
		return from == HRTCP_CLOSING || from == HRTCP_LAST_ACK ? 0 : ECONNRESET;
	case HRTCP_C_RTX_TIMEOUT:
	case HRTCP_C_KEEPALIVE:
		return ETIMEDOUT;
	case HRTCP_C_LATE_DATA:
		return ECONNRESET;
	default:
		return 0;
	}
}

static void run_effects(struct hrtcp_conn *conn, u8 effects, u64 now_ns)
{
	struct hrtcp_timers *timers = &conn->timers;

	if (effects & HRTCP_FX_UP) {
		conn->events |= HRTCP_EV_UP;
		if (conn->keepalive.on)
			hrtcp_conn_arm_keepalive(conn, now_ns);
	}
	if (effects & HRTCP_FX_EOF)
		conn->events |= HRTCP_EV_READABLE;
	if (effects & HRTCP_FX_RST) {
		conn->pending.rst = true;
		conn->pending.rst_acks = true;
		conn->pending.rst_seq = conn->snd.nxt;
	}
	if (effects & HRTCP_FX_FW2 && conn->orphan)
		hrtcp_timer_set(timers, HRTCP_T_LINGER, now_ns + conn->cfg->fin_timeout_ns);
	if (effects & HRTCP_FX_2MSL) {
		hrtcp_timers_init(timers);
		hrtcp_timer_set(timers, HRTCP_T_LINGER, now_ns + conn->cfg->time_wait_ns);
		conn->events |= HRTCP_EV_TIME_WAIT;
	}
	if (effects & HRTCP_FX_GONE) {
		hrtcp_timers_init(timers);
		conn->pending.syn = false;
		conn->events |= HRTCP_EV_GONE;
	}
}

void hrtcp_conn_transition(struct hrtcp_conn *conn, enum hrtcp_cause cause,
			   const struct hrtcp_seg *seg, u64 now_ns)
{
	const struct hrtcp_edge *edge = hrtcp_state_edge(conn->state, (u8)cause);
	struct hrtcp_history *history = &conn->history;

	if (!edge) {
		if (!hrtcp_state_ignores(conn->state, (u8)cause))
			conn->impossible++;
		return;
	}
	conn->state = edge->to;
	note(&history->ring[history->written++ % HRTCP_HISTORY], edge, seg, now_ns);
	if (!conn->err)
		conn->err = error_of(edge->from, edge->cause);
	if (conn->err == ECONNREFUSED && conn->passive)
		conn->err = ECONNRESET;	/* accepted in SYN-RECEIVED, by Fast Open */
	if (conn->err == ETIMEDOUT && conn->soft_err)
		conn->err = conn->soft_err;
	if (conn->err)
		conn->events |= HRTCP_EV_ERROR;
	run_effects(conn, edge->effects, now_ns);
}

const char *hrtcp_state_name(u8 state)
{
	switch (state) {
#define X(name, number, text) case number: return text;
	HRTCP_STATES(X)
#undef X
	default: return "?";
	}
}

const char *hrtcp_cause_text(u8 cause)
{
	static const char *const text[] = {
		"none",
#define X(name, text) text,
		HRTCP_CAUSES(X)
#undef X
	};

	return cause < ARRAY_SIZE(text) ? text[cause] : "?";
}
