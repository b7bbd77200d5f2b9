/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ecn.h -- explicit congestion notification: what is agreed with the SYNs (RFC 3168, 9768), the
 * classic echo (RFC 3168, DCTCP's of RFC 8257), and the response, which is one whatever told
 * of the marks. Counting them is in accecn.h.
 */
#ifndef HRTCP_CORE_ECN_H
#define HRTCP_CORE_ECN_H

#include "accecn.h"

struct hrtcp_conn;
struct hrtcp_ack;
struct hrtcp_tx;

/* cfg->ecn, the values of net.ipv4.tcp_ecn. "Accurate" implies that classic is taken, too. */
#define HRTCP_ECN_OFF 0
#define HRTCP_ECN_ASK 1			/* classic */
#define HRTCP_ECN_IF_ASKED 2		/* classic */
#define HRTCP_ECN_ACCURATE_ASK 3
#define HRTCP_ECN_ACCURATE_ASK_CLASSIC 4 /* accept accurate, ask for classic */
#define HRTCP_ECN_ACCURATE_IF_ASKED 5
#define HRTCP_ECN_MAX 5

/* How marks are fed back; of two, the later can more. */
enum hrtcp_ecn_mode {
	HRTCP_ECN_NOT,
	HRTCP_ECN_CLASSIC,		/* RFC 3168: ECE until CWR */
	HRTCP_ECN_ACCURATE,		/* RFC 9768: counters */
};

/* What the SYNs agree on; begins in a request and moves to its connection. */
struct hrtcp_ecn_pact {
	u8 mode;			/* enum hrtcp_ecn_mode; the first answer decides for good */
	u8 accept;			/* the most that we agreed to, as it was at the first SYN */
	u8 asked;			/* of an active open: what our first SYN asked for */
	u8 asks;			/* SYNs that asked */
	u8 ip_ecn;			/* of the latest SYN, or SYN,ACK if ours was the SYN */
	u8 answers;			/* SYN,ACKs that may not have got through */
	bool no_ect;			/* nothing we send may be marked */
	bool held;			/* the ACK of our SYN,ACK came, with held_ace */
	u8 held_ace;
};

struct hrtcp_ecn {
	struct hrtcp_ecn_pact pact;
	bool echo;			/* classic: ACKs carry ECE ... */
	bool echoed;			/* ... as the last one did */
	bool cwr_due;			/* classic: tell with new data that we reduced */
	bool responded;			/* cwr_end is set */
	bool seen;			/* a packet came that may be marked */
	u32 ce_in;			/* packets that came marked */
	bool gso_ace;			/* the caller's super-segments keep CWR, see accecn.h */
	struct seq cwr_end;		/* one response a window: SND.NXT at the last */
	struct hrtcp_accecn acc;
};

/* -- the handshake ------------------------------------------------------------------- */

/* Mark our SYN, or what repeats it. RFC 3168 6.1.1, RFC 9768 3.1.1 and 3.1.4.1 */
void hrtcp_ecn_mark_syn(struct hrtcp_ecn_pact *pact, u8 cfg_ecn, struct hrtcp_seg *seg);

/* The SYN goes once more before its timeout: it asks as it did. */
void hrtcp_ecn_syn_again(struct hrtcp_ecn_pact *pact);

/* The first SYN of the peer. RFC 9768 table 2, 3.1.3 */
void hrtcp_ecn_on_syn(struct hrtcp_ecn_pact *pact, u8 cfg_ecn, const struct hrtcp_seg *syn);

/* It comes again. Return: false if its offer contradicts the first, RFC 9768 3.1.5. */
bool hrtcp_ecn_on_syn_again(struct hrtcp_ecn_pact *pact, const struct hrtcp_seg *syn);

/* Mark our SYN,ACK, with the option of RFC 9768 if it fits beside all others. */
void hrtcp_ecn_mark_synack(struct hrtcp_ecn_pact *pact, struct hrtcp_seg *seg);

/* It was not acknowledged in time. RFC 9768 3.2.3.2.2 */
void hrtcp_ecn_synack_timeout(struct hrtcp_ecn_pact *pact);

/* Its ACK came, and does not make a connection yet: keep what it tells. */
void hrtcp_ecn_on_held_ack(struct hrtcp_ecn_pact *pact, const struct hrtcp_seg *seg);

/* A SYN crossed ours: agree as who is asked would, on no more than we asked for. */
void hrtcp_ecn_on_crossing(struct hrtcp_conn *conn, const struct hrtcp_seg *syn);

/* The answer to our SYN. RFC 3168 6.1.1, RFC 9768 table 2 */
void hrtcp_ecn_on_synack(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* A SYN,ACK when the peer's SYN is known already. */
void hrtcp_ecn_on_synack_again(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* Packets of ours that came marked, as far as the peer's feedback counts them. */
static inline u32 hrtcp_ecn_told(const struct hrtcp_ecn *ecn)
{
	return ecn->pact.mode == HRTCP_ECN_ACCURATE ? ecn->acc.s.cep - HRTCP_ACE_FIRST : 0;
}

/* -- the stream ---------------------------------------------------------------------- */

/* Data arrived: what to echo. RFC 3168 6.1.3, RFC 8257 3.2 */
void hrtcp_ecn_on_data(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* An acknowledgment arrived: @ack->marked and @ack->marked_bytes. */
void hrtcp_ecn_read(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, struct hrtcp_ack *ack);

/* Respond to marks, once a window. RFC 3168 6.1.2 */
void hrtcp_ecn_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* cwnd was reduced: the peer is told, and an echo of the same window changes no more. */
void hrtcp_ecn_reduced(struct hrtcp_conn *conn);

/*
 * Is new data ECT(1), so that marks come soon and often and the response has to be in proportion
 * to them? RFC 9331 4.1 to 4.3
 */
bool hrtcp_ecn_l4s(const struct hrtcp_conn *conn);

/* Is the response in proportion to the share of octets that is marked, as DCTCP's is? */
bool hrtcp_ecn_counted(const struct hrtcp_conn *conn);

/* Mark what leaves, @again if it is a retransmission. RFC 3168 6.1.2, 6.1.4 to 6.1.6 */
void hrtcp_ecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg, bool again);

#endif
