// SPDX-License-Identifier: GPL-2.0
/* syncookie.c -- a request in 32 bits of sequence number and 12 of timestamp, RFC 4987 3.6. */
#include "syncookie.h"
#include "steps.h"

#define PERIOD_BITS 5
#define MSS_BITS 3
#define MAC_BITS 24
#define AGE_MAX 1			/* periods */

#define TS_BITS 12
#define TS_MASK ((1u << TS_BITS) - 1)
#define TS_NO_WSCALE 15u
#define TS_SACK (1u << 4)
#define TS_ECN (1u << 5)
#define TS_HR (1u << 6)
#define TS_DELAY_SHIFT 7
#define TS_DELAY_MAX 31u

/* What links commonly have; the largest that is not larger than the peer's is meant. */
static const u16 mss_table[1 << MSS_BITS] = { 48, 536, 1024, 1220, 1360, 1440, 1460, 8960 };

static u32 mss_index(u16 mss)
{
	u32 i = ARRAY_SIZE(mss_table) - 1;

	while (i && mss_table[i] > mss)
		i--;
	return i;
}

/* The index is part of what is authenticated: an odd multiple of the hash is as good. */
static u32 mac24(u64 mac, u32 index)
{
	return (u32)(mac * (2 * index + 1) >> (64 - MAC_BITS));
}

static struct seq make_iss(const struct hrtcp_syncookie *hash, u32 period, u16 mss)
{
	u32 index = mss_index(mss);

	return seq_of(hash->blind + (period << (32 - PERIOD_BITS) | index << MAC_BITS |
				     mac24(hash->mac[0], index)));
}

/* Return: the MSS that @iss stands for; 0: it is no cookie, or too old. */
static u16 read_iss(const struct hrtcp_syncookie *hash, u32 period, struct seq iss)
{
	u32 value = iss.v - hash->blind;
	u32 index = value >> MAC_BITS & (ARRAY_SIZE(mss_table) - 1);
	u32 age = (period - (value >> (32 - PERIOD_BITS))) & ((1u << PERIOD_BITS) - 1);

	if (age > AGE_MAX || (value & ((1u << MAC_BITS) - 1)) != mac24(hash->mac[age], index))
		return 0;
	return mss_table[index];
}

static u32 ts_bits(const struct hrtcp_req *req)
{
	u32 bits = req->wscale_on ? req->wscale_peer : TS_NO_WSCALE, delay = 0;

	bits |= (req->sack_on ? TS_SACK : 0) | (req->ecn.mode == HRTCP_ECN_CLASSIC ? TS_ECN : 0);
	if (!req->hr_on)
		return bits;
	while (delay < TS_DELAY_MAX && (1ull << delay >> 1) < req->hr_delack_us)
		delay++;
	return bits | TS_HR | delay << TS_DELAY_SHIFT;
}

static void put_bits(struct hrtcp_opts *opt, u32 bits)
{
	u32 tsval = (opt->tsval & ~TS_MASK) | bits;

	opt->tsval = hrtcp_ts_before(opt->tsval, tsval) ? tsval - TS_MASK - 1 : tsval;
}

static void take_bits(struct hrtcp_req *req, const struct hrtcp_cfg *cfg, u32 bits)
{
	req->wscale_peer = (u8)(bits & 15);
	req->wscale_on = cfg->window_scaling && req->wscale_peer != TS_NO_WSCALE;
	req->sack_on = cfg->sack && bits & TS_SACK;
	if (bits & TS_ECN)
		req->ecn.mode = HRTCP_ECN_CLASSIC;
	req->hr_on = cfg->hr_option && bits & TS_HR;
	req->hr_delack_us = (u32)(1ull << (bits >> TS_DELAY_SHIFT & TS_DELAY_MAX) >> 1);
}

/*
 * RFC 9768 5.1: a client that agreed to accurate feedback tells in its ACK how our SYN,ACK came,
 * by a code from 2 on; or counts, from 5 on, where data comes first. No other client does.
 */
static bool is_accurate(const struct hrtcp_seg *seg)
{
	bool pure = !seg->len && !(seg->opt.present & HRTCP_OPT_SACK);

	return hrtcp_seg_ace(seg) >= (pure ? 2 : 4);
}

void hrtcp_syncookie_answer(struct hrtcp_listen *listen, const struct hrtcp_cfg *cfg,
			    const struct hrtcp_open *open, const struct hrtcp_seg *syn,
			    const struct hrtcp_syncookie *hash, u64 now_ns,
			    struct hrtcp_reply *reply)
{
	struct hrtcp_req req;

	memset(reply, 0, sizeof(*reply));
	hrtcp_req_fill(&req, cfg, open, syn);
	req.iss = make_iss(hash, hrtcp_syncookie_period(now_ns), req.mss_peer);
	if (!req.ts_on) {
		req.wscale_on = false;
		req.sack_on = false;
		if (req.ecn.mode == HRTCP_ECN_CLASSIC)
			req.ecn.mode = HRTCP_ECN_NOT;
		req.hr_on = false;
	}
	hrtcp_req_synack(&req, cfg, open, now_ns, reply);
	if (req.ts_on)
		put_bits(&reply->seg.opt, ts_bits(&req));
	listen->cookie_ns = now_ns;
}

bool hrtcp_syncookie_check(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
			   const struct hrtcp_open *open, const struct hrtcp_seg *seg,
			   const struct hrtcp_syncookie *hash, u64 now_ns,
			   struct hrtcp_reply *reply)
{
	struct seq iss = seq_sub(seg->ack, 1);
	u16 mss = read_iss(hash, hrtcp_syncookie_period(now_ns), iss);
	struct hrtcp_seg syn = { .seq = seq_sub(seg->seq, 1), .wnd = seg->wnd };

	memset(reply, 0, sizeof(*reply));
	if (!mss) {
		reply->drop = HRTCP_DROP_BAD_ACK;
		return false;
	}
	syn.opt.present = HRTCP_OPT_MSS | (seg->opt.present & HRTCP_OPT_TS);
	syn.opt.mss = mss;
	syn.opt.tsval = seg->opt.tsval;
	hrtcp_req_fill(req, cfg, open, &syn);
	req->iss = iss;
	req->sends = 1;			/* begun_ns and sent_ns stay 0: not known */
	if (req->ts_on)
		take_bits(req, cfg, seg->opt.tsecr & TS_MASK);
	if (cfg->ecn >= HRTCP_ECN_ACCURATE_ASK && is_accurate(seg))
		req->ecn.mode = HRTCP_ECN_ACCURATE;
	if (req->wscale_on)
		req->wscale = hrtcp_req_wscale(open);
	hrtcp_reply_move(reply, &req->state, HRTCP_C_SYN_RCVD, seg, now_ns);
	return true;
}
