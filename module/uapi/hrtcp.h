/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * hrtcp.h -- all that user space shares with the module: the family number, the names of
 * states, causes and drop reasons, and the generic netlink family.
 *
 * The lists are X-macros, so that the trace, the netlink channel and the tools print the
 * same names; they only ever grow at their end.
 */
#ifndef _UAPI_HRTCP_H
#define _UAPI_HRTCP_H

#include <linux/types.h>

/*
 * The family table of the kernel is closed (AF_MAX), so a retired number is borrowed: that
 * of AF_ASH, never registered in any kernel hrTCP supports. The number in use stands in
 * /sys/module/hrtcp/parameters/family.
 */
#define AF_HRTCP 18
#define PF_HRTCP AF_HRTCP

/* RFC 9293 3.3.2; the numbers are the kernel's TCP_ESTABLISHED ... TCP_CLOSING. */
#define HRTCP_STATES(X)						\
	X(ESTABLISHED,	1,  "ESTABLISHED")			\
	X(SYN_SENT,	2,  "SYN-SENT")				\
	X(SYN_RECEIVED,	3,  "SYN-RECEIVED")			\
	X(FIN_WAIT_1,	4,  "FIN-WAIT-1")			\
	X(FIN_WAIT_2,	5,  "FIN-WAIT-2")			\
	X(TIME_WAIT,	6,  "TIME-WAIT")			\
	X(CLOSED,	7,  "CLOSED")				\
	X(CLOSE_WAIT,	8,  "CLOSE-WAIT")			\
	X(LAST_ACK,	9,  "LAST-ACK")				\
	X(LISTEN,	10, "LISTEN")				\
	X(CLOSING,	11, "CLOSING")

enum hrtcp_state {
#define X(name, number, text) HRTCP_##name = number,
	HRTCP_STATES(X)
#undef X
	HRTCP_STATE_MAX
};

/* Why a state changed: a fact, not an action. The text reads after "because". */
#define HRTCP_CAUSES(X)						\
	X(OPEN_ACTIVE,	 "connect called")			\
	X(OPEN_PASSIVE,	 "listen called")			\
	X(CLOSE,	 "sending side closed")			\
	X(ABORT,	 "aborted locally")			\
	X(SYN_RCVD,	 "SYN received")			\
	X(SYNACK_RCVD,	 "SYN,ACK received")			\
	X(SYN_ACKED,	 "our SYN was acknowledged")		\
	X(FIN_RCVD,	 "FIN received")			\
	X(FIN_ACKED,	 "our FIN was acknowledged")		\
	X(FIN_RCVD_ACKED, "FIN received, our FIN acknowledged")	\
	X(RST_RCVD,	 "RST received")			\
	X(REQ_RST_RCVD,	 "RST received, handshake dropped")	\
	X(REQ_SYN_RCVD,	 "unexpected SYN, handshake dropped")	\
	X(REQ_TIMEOUT,	 "handshake gave up")			\
	X(REQ_ABORT,	 "listener closed")			\
	X(RTX_TIMEOUT,	 "retransmission gave up")		\
	X(FW2_TIMEOUT,	 "FIN-WAIT-2 timeout of an orphan")	\
	X(TW_TIMEOUT,	 "2 MSL elapsed")			\
	X(TW_REUSED,	 "new SYN accepted in TIME-WAIT")	\
	X(ICMP_ERROR,	 "ICMP error")				\
	X(LATE_DATA,	 "data for a closed receiver")		\
	X(KEEPALIVE,	 "keepalive found no one")

enum hrtcp_cause {
	HRTCP_C_NONE,
#define X(name, text) HRTCP_C_##name,
	HRTCP_CAUSES(X)
#undef X
	HRTCP_C_COUNT
};

/* Every discarded segment has one of these, each with its counter. */
#define HRTCP_DROPS(X)						\
	X(NO_CONN,	 "no_connection")			\
	X(MALFORMED,	 "malformed_header")			\
	X(BAD_OPTION,	 "bad_option_length")			\
	X(CHECKSUM,	 "bad_checksum")			\
	X(BAD_ADDRESS,	 "bad_address")				\
	X(POLICY,	 "policy_or_filter")			\
	X(OUT_OF_WINDOW, "out_of_window")			\
	X(DUPLICATE,	 "duplicate_data")			\
	X(PAWS,		 "paws")				\
	X(NO_TIMESTAMP,	 "timestamp_missing")			\
	X(NO_ACK,	 "ack_bit_missing")			\
	X(BAD_ACK,	 "ack_not_acceptable")			\
	X(BAD_RST,	 "rst_not_acceptable")			\
	X(BAD_SYN,	 "syn_not_acceptable")			\
	X(UNEXPECTED,	 "not_expected_in_state")		\
	X(HALF_OPEN_FULL, "half_open_queue_full")		\
	X(ACCEPT_FULL,	 "accept_queue_full")			\
	X(CLOSED_RECEIVER, "receiver_closed")			\
	X(NO_MEMORY,	 "no_memory")				\
	X(RCVBUF,	 "receive_buffer_full")			\
	X(BACKLOG,	 "socket_backlog_full")			\
	X(TIME_WAIT,	 "time_wait")				\
	X(REASM_FULL,	 "reassembly_full")

enum hrtcp_drop {
	HRTCP_DROP_NONE,
#define X(name, text) HRTCP_DROP_##name,
	HRTCP_DROPS(X)
#undef X
	HRTCP_DROP_COUNT
};

/*
 * Generic netlink family "hrtcp", version 1; docs/netlink/hrtcp.yaml is its full spec.
 *
 *   GET_CONN    dump: a message a connection, HRTCP_A_CONN_*; the request may carry
 *               HRTCP_A_FILTER_STATES, a mask of 1 << enum hrtcp_state.
 *   GET_STATS   one message with the nests HRTCP_A_STATS and HRTCP_A_DROPS
 *   EVENT_STATE multicast to group "state": HRTCP_A_CONN_{FAMILY,*ADDR,*PORT,COOKIE} and
 *               HRTCP_A_EV_*
 *   EVENT_SEG   multicast to group "segment": the same addresses and HRTCP_A_SEG_*
 *
 * GET_* and "state" are open to all; "segment" needs CAP_NET_ADMIN over the namespace.
 */
#define HRTCP_GENL_NAME		"hrtcp"
#define HRTCP_GENL_VERSION	1
#define HRTCP_GENL_MCGRP_STATE	"state"
#define HRTCP_GENL_MCGRP_SEGMENT "segment"

enum hrtcp_cmd {
	HRTCP_CMD_UNSPEC,
	HRTCP_CMD_GET_CONN,
	HRTCP_CMD_GET_STATS,
	HRTCP_CMD_EVENT_STATE,
	HRTCP_CMD_EVENT_SEG,
	__HRTCP_CMD_AFTER_LAST
};
#define HRTCP_CMD_MAX (__HRTCP_CMD_AFTER_LAST - 1)

enum hrtcp_attr {
	HRTCP_A_UNSPEC,
	HRTCP_A_PAD,
	HRTCP_A_FILTER_STATES,	/* u32, mask of 1 << enum hrtcp_state */
	HRTCP_A_CONN_COOKIE,	/* u64, names the connection for its life */
	HRTCP_A_CONN_FAMILY,	/* u8, AF_INET or AF_INET6 */
	HRTCP_A_CONN_SADDR,	/* 4 or 16 octets, local */
	HRTCP_A_CONN_DADDR,	/* 4 or 16 octets, remote */
	HRTCP_A_CONN_SPORT,	/* u16, host order, local */
	HRTCP_A_CONN_DPORT,	/* u16, host order, remote */
	HRTCP_A_CONN_STATE,	/* u8, enum hrtcp_state */
	HRTCP_A_CONN_UID,	/* u32 */
	HRTCP_A_CONN_INODE,	/* u32; 0 for what no process owns */
	HRTCP_A_CONN_IFINDEX,	/* u32; 0: any */
	HRTCP_A_CONN_RQUEUE,	/* u32 octets unread; LISTEN: accept queue length */
	HRTCP_A_CONN_WQUEUE,	/* u32 octets not acknowledged; LISTEN: its limit */
	HRTCP_A_CONN_HALF_OPEN,	/* u32, LISTEN only: half-open requests */
	HRTCP_A_CONN_TIMER,	/* u8, slot of the next deadline, enum hrtcp_timer */
	HRTCP_A_CONN_TIMER_NS,	/* u64, nanoseconds until it */
	HRTCP_A_CONN_RETRANS,	/* u32, consecutive timeouts */
	HRTCP_A_CONN_INFO,	/* struct tcp_info */
	HRTCP_A_EV_TIME_NS,	/* u64, CLOCK_MONOTONIC */
	HRTCP_A_EV_OLD_STATE,	/* u8 */
	HRTCP_A_EV_NEW_STATE,	/* u8 */
	HRTCP_A_EV_CAUSE,	/* u8, enum hrtcp_cause */
	HRTCP_A_EV_SEG_FLAGS,	/* u8, TCP flags of the causing segment, if one was */
	HRTCP_A_EV_SEG_SEQ,	/* u32 */
	HRTCP_A_EV_SEG_ACK,	/* u32 */
	HRTCP_A_SEG_DIR,	/* u8, 0 received, 1 sent */
	HRTCP_A_SEG_FLAGS,	/* u8 */
	HRTCP_A_SEG_SEQ,	/* u32 */
	HRTCP_A_SEG_ACK,	/* u32 */
	HRTCP_A_SEG_LEN,	/* u32 octets of payload */
	HRTCP_A_SEG_WND,	/* u32 octets, scaled */
	HRTCP_A_SEG_DROP,	/* u8, enum hrtcp_drop, received segments only */
	HRTCP_A_SEG_RETRANS,	/* flag, sent segments only */
	HRTCP_A_STATS,		/* nest of HRTCP_STAT_* u64 */
	HRTCP_A_DROPS,		/* nest of enum hrtcp_drop u64 */
	HRTCP_A_CONN_ECN,	/* u8, feedback of marks: 0 none, 1 RFC 3168, 2 RFC 9768 */
	HRTCP_A_CONN_CE_IN,	/* u32, packets that came marked CE */
	HRTCP_A_CONN_CE_TOLD,	/* u32, of ours, as the peer's RFC 9768 tells */
	HRTCP_A_SEG_AE,		/* flag, the bit before the SEG_FLAGS */
	__HRTCP_A_AFTER_LAST
};
#define HRTCP_A_MAX (__HRTCP_A_AFTER_LAST - 1)

/* Counters beside the drops; the text is the name that tools print. */
#define HRTCP_STATS(X)						\
	X(ACTIVE_OPENS,	 "active_opens")			\
	X(PASSIVE_OPENS, "passive_opens")			\
	X(ATTEMPT_FAILS, "attempt_fails")			\
	X(ESTAB_RESETS,	 "estab_resets")			\
	X(IN_SEGS,	 "in_segs")				\
	X(OUT_SEGS,	 "out_segs")				\
	X(RETRANS_SEGS,	 "retrans_segs")			\
	X(OUT_RSTS,	 "out_rsts")				\
	X(TIMEOUTS,	 "timeouts")				\
	X(FAST_RECOVERIES, "fast_recoveries")			\
	X(CHALLENGE_ACKS, "challenge_acks")			\
	X(TX_FAILURES,	 "tx_failures")				\
	X(TAIL_PROBES,	 "tail_probes")				\
	X(UNDOS,	 "undos")				\
	X(FASTOPEN_ACTIVE, "fastopen_active")			\
	X(FASTOPEN_ACTIVE_FAIL, "fastopen_active_fail")		\
	X(FASTOPEN_BLACKHOLE, "fastopen_blackhole")		\
	X(FASTOPEN_PASSIVE, "fastopen_passive")			\
	X(FASTOPEN_PASSIVE_FAIL, "fastopen_passive_fail")	\
	X(FASTOPEN_LISTEN_OVERFLOW, "fastopen_listen_overflow")	\
	X(FASTOPEN_COOKIE_REQD, "fastopen_cookie_reqd")		\
	X(SYNCOOKIES_SENT, "syncookies_sent")			\
	X(SYNCOOKIES_RECV, "syncookies_recv")			\
	X(SYNCOOKIES_FAILED, "syncookies_failed")	\
	X(MTU_PROBES,	 "mtu_probes")				\
	X(MTU_MISSES,	 "mtu_misses")				\
	X(MTU_BLACK_HOLES, "mtu_black_holes")			\
	X(CE_IN,	 "ce_in")				\
	X(CE_TOLD,	 "ce_told")				\
	X(PATH_CHANGES,	 "path_changes")			\
	X(IMPOSSIBLE,	 "impossible")

enum hrtcp_stat {
	HRTCP_STAT_NONE,
#define X(name, text) HRTCP_STAT_##name,
	HRTCP_STATS(X)
#undef X
	HRTCP_STAT_COUNT
};

/* The deadlines of a connection; module/core/timers.h documents them row by row. */
#define HRTCP_TIMERS(X)						\
	X(RETRANSMIT,	"retransmit")				\
	X(PERSIST,	"persist")				\
	X(DELACK,	"delack")				\
	X(LINGER,	"linger")				\
	X(TXRETRY,	"txretry")				\
	X(PROBE,	"probe")				\
	X(REORDER,	"reorder")				\
	X(KEEPALIVE,	"keepalive")				\
	X(PACING,	"pacing")

enum hrtcp_timer {
#define X(name, text) HRTCP_T_##name,
	HRTCP_TIMERS(X)
#undef X
	HRTCP_T_COUNT
};

#endif
