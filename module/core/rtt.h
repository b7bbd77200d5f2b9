/* SPDX-License-Identifier: GPL-2.0 */
/* rtt.h -- round-trip time and retransmission timeout in nanoseconds. RFC 6298. */
#ifndef HRTCP_CORE_RTT_H
#define HRTCP_CORE_RTT_H

#include "env.h"

struct hrtcp_cfg;
struct hrtcp_metrics;

struct hrtcp_rtt {
	u64 srtt_ns;			/* 0: no sample yet */
	u64 rttvar_ns;
	u64 latest_ns;
	u64 min_ns;			/* least of the last half minute, or up to twice that ... */
	u64 min_late_ns;		/* ... and since min_begun_ns, 0: none yet */
	u64 min_begun_ns;
	u64 rto_ns;			/* without backoff */
	u64 peer_delack_ns;		/* how long the peer may withhold an ACK */
	u64 told_delack_ns;		/* what the peer says of that */
	u64 learned_delack_ns;		/* what was measured of it, 0: nothing */
	u64 learned_at_ns;
	u64 seen_delack_ns;		/* the longest since then ... */
	u8 lone;			/* ... of so many lone segments, saturating */
	bool told;			/* the peer said it, by the hrTCP option */
	u8 suspected;			/* the last so many such ACKs did not come in time */
	bool syn_repeated;
	u64 granularity_ns;		/* G of RFC 6298 */
	u64 syn_pto_ns;			/* hrtcp_metrics_pto_ns() of these; 0: none */
	u64 known_ns;			/* SRTT + 4 * RTTVAR of earlier connections; 0: none */
	u8 backoff;			/* doublings in force */
	bool cautious;			/* a timeout was spurious: RFC 4015 3.3 */
};

void hrtcp_rtt_init(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg);

/**
 * hrtcp_rtt_sample() - take a measurement, RFC 6298 2.2, 2.3
 * @share: it is one of about 2^share that a round trip brings, hrtcp_rtt_share()
 *
 * RTO = SRTT + max(G, 4 * RTTVAR) + the peer's ACK delay: the last term stands where
 * RFC 6298 2.4 has a minimum of one second, since what the minimum protects from is a peer
 * that withholds its ACK, and that delay is told, measured or assumed: a peer that does not
 * tell begins with cfg->peer_delack_ns.
 */
void hrtcp_rtt_sample(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 rtt_ns, u8 share);

/*
 * The least round trip is that of the recent past, RFC 8985 6.2 step 1, so that a path that became
 * longer is known as such; not by @lone segments, though, whose ACKs may have been withheld. To be
 * called before hrtcp_rtt_sample().
 */
void hrtcp_rtt_note_min(struct hrtcp_rtt *rtt, u64 rtt_ns, bool lone, u64 now_ns);

/*
 * RFC 7323 4.2: the history goes back as many round trips however many samples each brings.
 * Appendix G guesses their number as of an ACK for every second segment; an ACK of
 * @acked_bytes out of @flight_bytes tells how many of its kind a round trip has.
 */
u8 hrtcp_rtt_share(u32 flight_bytes, u32 acked_bytes);

/*
 * The ACK of a segment that was alone in flight came @rtt_ns after it, sampled before: what is
 * above the least round trip is the delay of the peer's ACK, if it is @bare of data: with data it
 * came when the data did, which may have been sent again after a loss. A longer one than expected is
 * believed at once; shorter ones only where many of them kept to it for a while, and never
 * below what is assumed. What a peer tells is believed until something was spurious.
 */
void hrtcp_rtt_lone(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 rtt_ns, bool bare,
		    u64 now_ns);

/*
 * A probe was spurious: the peer withholds its ACKs longer than that. If it is not @sure, since an ACK
 * may have been lost, it has to happen three times with no ACK in time in between; and of a peer
 * that told its delay it is not believed at all, since such a one's echo makes sure.
 */
void hrtcp_rtt_was_spurious(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, bool sure,
			    u64 now_ns);

/* @cfg is another one, or has changed. */
void hrtcp_rtt_configured(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg);

/* The peer told, by the hrTCP option, how long it withholds an ACK. */
void hrtcp_rtt_peer_told(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 delack_ns);

/*
 * Earlier connections to this peer knew @m, before a sample here. A SYN waits as without it; the
 * first sample gives no shorter timeout than theirs was, and later ones count as ever.
 */
void hrtcp_rtt_remember(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg,
			const struct hrtcp_metrics *m, u64 now_ns);

/* A SYN was sent again: RFC 6298 5.7 wants at least 3 s once data flows. */
void hrtcp_rtt_syn_was_repeated(struct hrtcp_rtt *rtt);

/* The timeout in force, doublings included, at most rto_max. RFC 6298 5.5 */
u64 hrtcp_rtt_timeout(const struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg);

/*
 * After such a silence a sender begins anew, RFC 5681 4.1: an RTO as RFC 6298 2.4 has it, a second
 * at least. Ours may be little more than a round trip, and each pause would begin with slow start.
 */
u64 hrtcp_rtt_idle_ns(const struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg);

#endif
