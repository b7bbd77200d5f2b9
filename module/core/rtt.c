// SPDX-License-Identifier: GPL-2.0
#include "rtt.h"
#include "config.h"
#include "metrics.h"

#define DELACK_MAX_NS 500000000ull	/* RFC 9293 3.8.6.3: no ACK is delayed longer */
#define DELACK_PERIOD_NS 30000000000ull	/* before a long ACK delay may be forgotten */
#define DELACK_PROOFS 8			/* lone segments that have to say so */
#define SUSPICIONS 3			/* ACKs in a row that are unlikely to have been lost all */
#define SHARE_MAX 16
/*
 * The ACK of a segment whose first ACK was lost echoes the first transmission: the sample spans
 * a timeout. A belief so far from what ACKs say now is given up by each of them.
 */
#define FALSE_SHIFT 3
#define MIN_PERIOD_NS 30000000000ull	/* after which a least round trip is taken anew */
#define IDLE_MIN_NS 1000000000ull
#define SYN_REPEATED_RTO_NS 3000000000ull	/* RFC 6298 5.7 */

static void compute_rto(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	rtt->rto_ns = rtt->srtt_ns + max_t(u64, rtt->granularity_ns, 4 * rtt->rttvar_ns) +
		      rtt->peer_delack_ns;
	rtt->rto_ns = max_t(u64, rtt->rto_ns, cfg->rto_min_ns);
	rtt->rto_ns = min_t(u64, rtt->rto_ns, cfg->rto_max_ns);
}

void hrtcp_rtt_init(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	memset(rtt, 0, sizeof(*rtt));
	rtt->rto_ns = cfg->rto_init_ns;
	rtt->peer_delack_ns = cfg->peer_delack_ns;
	rtt->granularity_ns = cfg->rto_granularity_ns;
}

void hrtcp_rtt_peer_told(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 delack_ns)
{
	rtt->told_delack_ns = min_t(u64, delack_ns, DELACK_MAX_NS);
	rtt->peer_delack_ns = max_t(u64, rtt->told_delack_ns, rtt->learned_delack_ns);
	rtt->granularity_ns = cfg->hr_granularity_ns;
	rtt->told = true;
	if (rtt->srtt_ns)
		compute_rto(rtt, cfg);
}

/* What the peer says of its ACK delay, or what is assumed: no measurement goes below that. */
static u64 least_delack_ns(const struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	return rtt->told ? rtt->told_delack_ns : cfg->peer_delack_ns;
}

void hrtcp_rtt_configured(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	rtt->granularity_ns = rtt->told ? cfg->hr_granularity_ns : cfg->rto_granularity_ns;
	rtt->peer_delack_ns = max_t(u64, least_delack_ns(rtt, cfg), rtt->learned_delack_ns);
	rtt->rto_ns = cfg->rto_init_ns;
	if (rtt->srtt_ns)
		compute_rto(rtt, cfg);
	else if (rtt->syn_repeated)
		rtt->rto_ns = max_t(u64, rtt->rto_ns, SYN_REPEATED_RTO_NS);
}

static void learn_delack(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 delack_ns,
			 u64 now_ns)
{
	rtt->learned_delack_ns = min_t(u64, delack_ns, DELACK_MAX_NS);
	rtt->learned_at_ns = now_ns;
	rtt->lone = 0;
	rtt->seen_delack_ns = 0;
	hrtcp_rtt_configured(rtt, cfg);
}

void hrtcp_rtt_lone(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 rtt_ns, bool bare,
		    u64 now_ns)
{
	u64 delay_ns = rtt_ns - min_t(u64, rtt_ns, rtt->min_ns), want_ns;

	if (rtt->told && !rtt->learned_delack_ns)
		return;			/* nothing has shown yet that it is not true */
	if (bare)
		rtt->seen_delack_ns = max_t(u64, rtt->seen_delack_ns, delay_ns);
	want_ns = min_t(u64, rtt->seen_delack_ns + rtt->seen_delack_ns / 4, DELACK_MAX_NS);
	want_ns = max_t(u64, want_ns, least_delack_ns(rtt, cfg));
	if (rtt->lone < DELACK_PROOFS)
		rtt->lone++;
	if (want_ns > rtt->peer_delack_ns)
		learn_delack(rtt, cfg, want_ns, now_ns);
	else if (rtt->lone == DELACK_PROOFS && now_ns - rtt->learned_at_ns >= DELACK_PERIOD_NS)
		learn_delack(rtt, cfg, max_t(u64, want_ns, rtt->peer_delack_ns -
					     rtt->peer_delack_ns / 4), now_ns);
}

void hrtcp_rtt_was_spurious(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, bool sure,
			    u64 now_ns)
{
	if (!sure && (rtt->told || ++rtt->suspected < SUSPICIONS))
		return;
	rtt->suspected = 0;
	learn_delack(rtt, cfg, 2 * max_t(u64, rtt->peer_delack_ns, rtt->granularity_ns), now_ns);
}

u8 hrtcp_rtt_share(u32 flight_bytes, u32 acked_bytes)
{
	u8 share = 0;

	while (share < SHARE_MAX && (u64)acked_bytes << share < flight_bytes)
		share++;
	return share;
}

/* Take @from towards @to by 2^-@shift of the difference. */
static u64 approach(u64 from, u64 to, u32 shift)
{
	return to > from ? from + ((to - from) >> shift) : from - ((from - to) >> shift);
}

void hrtcp_rtt_note_min(struct hrtcp_rtt *rtt, u64 rtt_ns, bool lone, u64 now_ns)
{
	if (now_ns - rtt->min_begun_ns >= MIN_PERIOD_NS) {
		if (rtt->min_late_ns)
			rtt->min_ns = rtt->min_late_ns;
		rtt->min_late_ns = 0;
		rtt->min_begun_ns = now_ns;
	}
	if (lone && rtt_ns > rtt->min_ns)
		return;
	rtt->min_late_ns = rtt->min_late_ns ? min_t(u64, rtt->min_late_ns, rtt_ns) : rtt_ns;
}

void hrtcp_rtt_sample(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg, u64 rtt_ns, u8 share)
{
	u64 delta;

	/* RFC 6298 2.5: an outage is part of what was measured, and of no round trip to come. */
	rtt_ns = max_t(u64, min_t(u64, rtt_ns, cfg->rto_max_ns), 1);
	rtt->latest_ns = rtt_ns;
	rtt->min_ns = rtt->min_ns ? min_t(u64, rtt->min_ns, rtt_ns) : rtt_ns;
	if (!rtt->srtt_ns) {		/* RFC 6298 2.2 */
		rtt->srtt_ns = rtt_ns;
		rtt->rttvar_ns = rtt_ns / 2;
		if (rtt->known_ns > rtt_ns)
			rtt->rttvar_ns = max_t(u64, rtt->rttvar_ns, (rtt->known_ns - rtt_ns) / 4);
	} else if (rtt->cautious) {	/* the path has become this slow */
		rtt->srtt_ns = max_t(u64, rtt->srtt_ns, rtt_ns);
		rtt->rttvar_ns = max_t(u64, rtt->rttvar_ns, rtt_ns / 2);
	} else {			/* RFC 6298 2.3, 7323 G; alpha 1/8, beta 1/4 of a round trip */
		if (rtt_ns < rtt->srtt_ns >> FALSE_SHIFT)
			share = 0;
		delta = rtt->srtt_ns > rtt_ns ? rtt->srtt_ns - rtt_ns : rtt_ns - rtt->srtt_ns;
		rtt->rttvar_ns = approach(rtt->rttvar_ns, delta, 2u + share);
		rtt->srtt_ns = approach(rtt->srtt_ns, rtt_ns, 3u + share);
	}
	compute_rto(rtt, cfg);
	rtt->cautious = false;
	rtt->backoff = 0;
}

void hrtcp_rtt_remember(struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg,
			const struct hrtcp_metrics *m, u64 now_ns)
{
	if (m->srtt_ns)
		rtt->known_ns = m->srtt_ns + 4 * m->rttvar_ns;
	if (m->delack_ns > rtt->learned_delack_ns)
		learn_delack(rtt, cfg, m->delack_ns, now_ns);
}

void hrtcp_rtt_syn_was_repeated(struct hrtcp_rtt *rtt)
{
	rtt->syn_repeated = true;
	if (!rtt->srtt_ns)
		rtt->rto_ns = max_t(u64, rtt->rto_ns, SYN_REPEATED_RTO_NS);
	rtt->backoff = 0;		/* the doublings were the SYN's */
}

u64 hrtcp_rtt_timeout(const struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	if (rtt->backoff >= 32 || rtt->rto_ns > cfg->rto_max_ns >> rtt->backoff)
		return cfg->rto_max_ns;
	return rtt->rto_ns << rtt->backoff;
}

u64 hrtcp_rtt_idle_ns(const struct hrtcp_rtt *rtt, const struct hrtcp_cfg *cfg)
{
	return max_t(u64, hrtcp_rtt_timeout(rtt, cfg), IDLE_MIN_NS);
}
