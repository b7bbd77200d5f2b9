/* SPDX-License-Identifier: GPL-2.0 */
/* ecn.h -- explicit congestion notification, RFC 3168, and DCTCP's echo, RFC 8257. */
#ifndef HRTCP_CORE_ECN_H
#define HRTCP_CORE_ECN_H

#include "wire.h"

struct hrtcp_conn;
struct hrtcp_ack;
struct hrtcp_tx;

/* The two bits of the IP header. */
#define HRTCP_IP_NOT_ECT 0
#define HRTCP_IP_ECT0 2
#define HRTCP_IP_CE 3

/* cfg->ecn */
#define HRTCP_ECN_OFF 0
#define HRTCP_ECN_ASK 1
#define HRTCP_ECN_IF_ASKED 2

struct hrtcp_ecn {
	bool on;			/* both SYNs agreed */
	bool echo;			/* ACKs carry ECE */
	bool cwr_due;			/* tell with the next new data that we reduced */
	bool responded;			/* cwr_end is set */
	struct seq cwr_end;		/* one response a window: SND.NXT at the last */
};

/* Flags of our SYN, or of our SYN,ACK if @asked. RFC 3168 6.1.1 */
u8 hrtcp_ecn_syn_flags(u8 mode, bool repeated);
bool hrtcp_ecn_asked(u8 mode, const struct hrtcp_seg *syn);

/* A SYN,ACK answers our offer, RFC 3168 6.1.1. */
void hrtcp_ecn_on_synack(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* Data arrived: what to echo. RFC 3168 6.1.3, RFC 8257 3.2 */
void hrtcp_ecn_on_data(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* An ACK arrived: respond to ECE, once a window. RFC 3168 6.1.2 */
void hrtcp_ecn_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* cwnd was reduced: the peer is told, and an echo of the same window changes no more. */
void hrtcp_ecn_reduced(struct hrtcp_conn *conn);

/* Mark what leaves, @again if it is a retransmission. RFC 3168 6.1.2, 6.1.4 to 6.1.6 */
void hrtcp_ecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg, bool again);

#endif
