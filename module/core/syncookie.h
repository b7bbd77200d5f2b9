/* SPDX-License-Identifier: GPL-2.0 */
/*
 * syncookie.h -- answering SYNs without remembering them, RFC 4987 3.6: what a request would
 * hold is put into our initial sequence number and timestamp, and read from the ACK.
 *
 *   ISS   = blind + value       blind: a keyed hash of addresses, ports and IRS
 *   value = 5 bits of the period | 3 bits MSS (index) | 24 bits MAC
 *   MAC   = 24 bits of a keyed hash of addresses, ports, IRS and period, and of the index
 *
 *   TSval = our clock with its 12 low bits replaced; one period of these earlier where that
 *           would lie ahead of the clock. From the lowest bit:
 *           4 window scale of the peer, 15: none; 1 SACK; 1 ECN; 1 the hrTCP option;
 *           5 its ACK delay as N: 2^(N-1) us or less, 0: none
 *
 * A period is 2^36 ns, 69 s; a cookie is good in its own and in the next one. Without timestamps a
 * connection made by cookie has neither window scale, SACK, ECN nor the hrTCP option. The
 * caller computes the hashes: core has no key.
 */
#ifndef HRTCP_CORE_SYNCOOKIE_H
#define HRTCP_CORE_SYNCOOKIE_H

#include "listen.h"

#define HRTCP_SYNCOOKIES_OFF 0
#define HRTCP_SYNCOOKIES_FULL 1		/* where no place is left for a request */
#define HRTCP_SYNCOOKIES_ALWAYS 2

#define HRTCP_SYNCOOKIE_PERIOD_LOG 36

/* Keyed hashes for one SYN, or for the ACK that follows it. */
struct hrtcp_syncookie {
	u32 blind;
	u64 mac[2];			/* of this period and of the one before */
};

/* The period to hash. */
static inline u32 hrtcp_syncookie_period(u64 now_ns)
{
	return (u32)(now_ns >> HRTCP_SYNCOOKIE_PERIOD_LOG);
}

/* HRTCP_LISTEN_COOKIE: answer the SYN; the SYN,ACK is in @reply. Nothing is kept of it. */
void hrtcp_syncookie_answer(struct hrtcp_listen *listen, const struct hrtcp_cfg *cfg,
			    const struct hrtcp_open *open, const struct hrtcp_seg *syn,
			    const struct hrtcp_syncookie *hash, u64 now_ns,
			    struct hrtcp_reply *reply);

/**
 * hrtcp_syncookie_check() - HRTCP_LISTEN_COOKIE_ACK: does @seg acknowledge a cookie of ours?
 * @req: filled if so, for hrtcp_conn_open_passive(); it counts nowhere
 * @reply: a transition if so
 *
 * Only what follows the SYN itself can be recognized. What fails is not reset but dropped: it
 * may have overtaken that, and a flood should draw no answers.
 */
bool hrtcp_syncookie_check(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
			   const struct hrtcp_open *open, const struct hrtcp_seg *seg,
			   const struct hrtcp_syncookie *hash, u64 now_ns,
			   struct hrtcp_reply *reply);

#endif
