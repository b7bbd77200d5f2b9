// SPDX-License-Identifier: GPL-2.0
/* listen.c -- SYN to request to connection, RFC 9293 3.10.7.2 and .4 for the passive side. */
#include "rtt.h"
#include "steps.h"
#include "syncookie.h"

void hrtcp_reply_move(struct hrtcp_reply *reply, u8 *state, enum hrtcp_cause cause,
		      const struct hrtcp_seg *seg, u64 now_ns)
{
	reply->moved = hrtcp_state_move(state, cause, seg, now_ns, &reply->transition);
	reply->impossible = !reply->moved;
}

static void reply_reset(const struct hrtcp_seg *in, struct hrtcp_reply *reply)
{
	reply->send = hrtcp_wire_reset_for(in, &reply->seg);
}

bool hrtcp_listen_accept_full(const struct hrtcp_listen *listen)
{
	return listen->n_accept > listen->backlog;	/* one more, as everywhere in BSD's line */
}

void hrtcp_listen_queued(struct hrtcp_listen *listen)
{
	listen->n_accept++;
}

void hrtcp_listen_accepted(struct hrtcp_listen *listen)
{
	listen->n_accept--;
}

/* A cookie that is good may be out. */
static bool has_cookies(const struct hrtcp_listen *listen, u64 now_ns)
{
	return listen->cookie_ns &&
	       now_ns - listen->cookie_ns < 2ull << HRTCP_SYNCOOKIE_PERIOD_LOG;
}

/*
 * An ACK without a request is reset, RFC 9293 3.10.7.2, unless it may answer a cookie: only
 * while one can be good, so that nobody guesses at one where none was sent.
 */
static enum hrtcp_listen_verdict on_ack(const struct hrtcp_listen *listen,
					const struct hrtcp_cfg *cfg,
					const struct hrtcp_seg *seg, u64 now_ns,
					struct hrtcp_reply *reply)
{
	if (cfg->syncookies && !(seg->flags & HRTCP_SYN) &&
	    has_cookies(listen, now_ns)) {
		reply->drop = HRTCP_DROP_NONE;
		if (!hrtcp_listen_accept_full(listen))
			return HRTCP_LISTEN_COOKIE_ACK;
		reply->drop = HRTCP_DROP_ACCEPT_FULL;	/* its data will ask again */
		return HRTCP_LISTEN_DROP;
	}
	reply_reset(seg, reply);
	return HRTCP_LISTEN_DROP;
}

enum hrtcp_listen_verdict hrtcp_listen_on_segment(const struct hrtcp_listen *listen,
						  const struct hrtcp_cfg *cfg,
						  const struct hrtcp_seg *seg, bool known,
						  u64 now_ns, struct hrtcp_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->drop = HRTCP_DROP_UNEXPECTED;
	if (seg->flags & HRTCP_RST)
		return HRTCP_LISTEN_DROP;
	if (seg->flags & HRTCP_ACK)
		return on_ack(listen, cfg, seg, now_ns, reply);
	if (!(seg->flags & HRTCP_SYN))
		return HRTCP_LISTEN_DROP;
	if (hrtcp_listen_accept_full(listen)) {
		reply->drop = HRTCP_DROP_ACCEPT_FULL;
		return HRTCP_LISTEN_DROP;
	}
	reply->drop = HRTCP_DROP_NONE;
	if (known)
		return HRTCP_LISTEN_NEW;
	if (cfg->syncookies == HRTCP_SYNCOOKIES_ALWAYS)
		return HRTCP_LISTEN_COOKIE;
	if (listen->n_half_open < cfg->max_syn_backlog)
		return HRTCP_LISTEN_NEW;
	if (cfg->syncookies == HRTCP_SYNCOOKIES_FULL)
		return HRTCP_LISTEN_COOKIE;
	reply->drop = HRTCP_DROP_HALF_OPEN_FULL;
	return HRTCP_LISTEN_DROP;
}

/* <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> with what both sides have. */
static void reply_synack(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
			 const struct hrtcp_cookie *cookie, u64 now_ns, struct hrtcp_reply *reply)
{
	struct hrtcp_seg *seg = &reply->seg;

	memset(seg, 0, sizeof(*seg));
	seg->seq = req->iss;
	seg->ack = seq_add(req->irs, 1);
	seg->flags = HRTCP_SYN | HRTCP_ACK;
	seg->wnd = (u16)req->rcv_wnd;
	seg->opt.present = HRTCP_OPT_MSS;
	seg->opt.mss = req->mss_advertise;
	if (req->wscale_on) {
		seg->opt.present |= HRTCP_OPT_WSCALE;
		seg->opt.wscale = req->wscale;
	}
	if (req->sack_on)
		seg->opt.present |= HRTCP_OPT_SACK_OK;
	if (req->hr_on) {
		seg->opt.present |= HRTCP_OPT_HR;
		seg->opt.hr_answer = true;
		seg->opt.hr_delack_us = (u32)div_u64(cfg->hr_delack_ns, 1000);
	}
	if (req->ts_on) {
		seg->opt.present |= HRTCP_OPT_TS;
		seg->opt.tsval = hrtcp_ts_now(req->ts_offset, false, now_ns);
		seg->opt.tsecr = req->ts_recent;
	}
	if (cookie->len) {
		seg->opt.fast = *cookie;
		seg->opt.present |= HRTCP_OPT_FAST;
	}
	hrtcp_ecn_mark_synack(&req->ecn, seg);
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	reply->send = true;
	req->sent_ns = now_ns;
	req->sends = (u8)min_t(u32, req->sends + 1u, 255);
}

/* The first one may give a Fast Open cookie; a repeated one goes without, RFC 7413 4.2.2. */
void hrtcp_req_synack(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
		      const struct hrtcp_open *open, u64 now_ns, struct hrtcp_reply *reply)
{
	reply_synack(req, cfg, &open->fast.cookie, now_ns, reply);
}

static void repeat_synack(struct hrtcp_req *req, const struct hrtcp_cfg *cfg, u64 now_ns,
			  struct hrtcp_reply *reply)
{
	static const struct hrtcp_cookie none;

	reply_synack(req, cfg, &none, now_ns, reply);
	/* Unless an ACK has come, which is asked for once more only because it had to wait. */
	reply->repath = cfg->repath && !req->ecn.held;
}

static void arm(struct hrtcp_req *req, const struct hrtcp_cfg *cfg, u64 now_ns)
{
	struct hrtcp_rtt rtt;

	hrtcp_rtt_init(&rtt, cfg);
	rtt.backoff = (u8)(req->sends - 1);
	req->deadline_ns = min_t(u64, now_ns + hrtcp_rtt_timeout(&rtt, cfg),
				 req->begun_ns + cfg->synack_r2_ns);
}

/*
 * The first SYN,ACK to a peer whose round trip is known may be followed by one probe. Only who
 * once had a connection is known, so that a flood of SYNs draws no more answers; nor while cookies
 * are out, and not where the answer was to bring a Fast Open cookie, which goes only once.
 */
static void arm_probe(struct hrtcp_req *req, const struct hrtcp_listen *listen,
		      const struct hrtcp_open *open, u64 now_ns)
{
	const u64 at_ns = now_ns + open->synack_pto_ns;

	if (!open->synack_pto_ns || at_ns >= req->deadline_ns || open->fast.cookie.len ||
	    has_cookies(listen, now_ns))
		return;
	req->timeout_ns = req->deadline_ns;
	req->deadline_ns = at_ns;
}

u8 hrtcp_req_wscale(const struct hrtcp_open *open)
{
	return hrtcp_wscale_for(max_t(u32, open->rcvbuf_bytes, open->rcvbuf_max_bytes));
}

void hrtcp_req_fill(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
		    const struct hrtcp_open *open, const struct hrtcp_seg *syn)
{
	const struct hrtcp_opts *opt = &syn->opt;

	memset(req, 0, sizeof(*req));
	hrtcp_state_adopt(&req->state, HRTCP_LISTEN);
	req->irs = syn->seq;
	req->iss = open->iss;
	req->wnd = syn->wnd;
	req->mss_peer = opt->present & HRTCP_OPT_MSS ? opt->mss : open->mss_default;
	req->mss_advertise = open->mss_advertise;
	req->wscale_on = cfg->window_scaling && opt->present & HRTCP_OPT_WSCALE;
	req->wscale_peer = opt->wscale;
	if (req->wscale_on)
		req->wscale = hrtcp_req_wscale(open);
	req->ts_on = cfg->timestamps && opt->present & HRTCP_OPT_TS;
	req->ts_recent = opt->tsval;
	req->ts_offset = open->ts_offset;
	hrtcp_ecn_on_syn(&req->ecn, cfg->ecn, syn);
	req->hr_on = cfg->hr_option && opt->present & HRTCP_OPT_HR;
	req->hr_delack_us = opt->hr_delack_us;
	req->sack_on = cfg->sack && opt->present & HRTCP_OPT_SACK_OK;
	req->rcv_wnd = min_t(u32, open->rcvbuf_bytes, 65535);
	req->fast = open->fast.on;
}

void hrtcp_req_init(struct hrtcp_req *req, struct hrtcp_listen *listen,
		    const struct hrtcp_cfg *cfg, const struct hrtcp_open *open,
		    const struct hrtcp_seg *syn, u64 now_ns, struct hrtcp_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	hrtcp_req_fill(req, cfg, open, syn);
	req->begun_ns = now_ns;
	listen->n_half_open++;
	hrtcp_reply_move(reply, &req->state, HRTCP_C_SYN_RCVD, syn, now_ns);
	hrtcp_req_synack(req, cfg, open, now_ns, reply);
	reply->send = !req->fast;
	arm(req, cfg, now_ns);
	arm_probe(req, listen, open, now_ns);
}

static enum hrtcp_req_verdict remove_req(struct hrtcp_req *req, struct hrtcp_listen *listen,
					 enum hrtcp_cause cause, const struct hrtcp_seg *seg,
					 u64 now_ns, struct hrtcp_reply *reply)
{
	listen->n_half_open--;
	hrtcp_reply_move(reply, &req->state, cause, seg, now_ns);
	return HRTCP_REQ_REMOVE;
}

/* An empty segment at our end of the handshake: an ACK, or the reset that ends it. */
static void reply_empty(const struct hrtcp_req *req, u8 flags, u64 now_ns,
			struct hrtcp_reply *reply)
{
	struct hrtcp_seg *seg = &reply->seg;

	memset(seg, 0, sizeof(*seg));
	seg->seq = seq_add(req->iss, 1);
	seg->flags = flags;
	seg->ack = seq_add(req->irs, 1);
	if (!(flags & HRTCP_RST))
		seg->wnd = (u16)(req->rcv_wnd >> req->wscale);
	if (req->ecn.mode == HRTCP_ECN_ACCURATE)
		hrtcp_seg_set_ace(seg, HRTCP_ACE_FIRST);
	if (req->ts_on) {
		seg->opt.present = HRTCP_OPT_TS;
		seg->opt.tsval = hrtcp_ts_now(req->ts_offset, false, now_ns);
		seg->opt.tsecr = req->ts_recent;
	}
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	reply->send = true;
}

/*
 * An ACK that only a stray segment asks for, at a bounded rate: a SYN forged to come from the
 * listener's own address would have the request answer itself for ever.
 */
static void challenge(struct hrtcp_req *req, const struct hrtcp_cfg *cfg, u64 now_ns,
		      struct hrtcp_reply *reply)
{
	if (hrtcp_challenge_may(&req->challenge, cfg, now_ns))
		reply_empty(req, HRTCP_ACK, now_ns, reply);
}

/* Timestamps and step 1 for a request. Return: HRTCP_DROP_NONE to go on. */
static enum hrtcp_drop check_arrival(struct hrtcp_req *req, const struct hrtcp_cfg *cfg,
				     const struct hrtcp_seg *seg, u64 now_ns,
				     struct hrtcp_reply *reply)
{
	bool rst = seg->flags & HRTCP_RST;

	if (req->ts_on && !rst && !(seg->opt.present & HRTCP_OPT_TS))
		return HRTCP_DROP_NO_TIMESTAMP;
	if (req->ts_on && !rst && hrtcp_ts_before(seg->opt.tsval, req->ts_recent)) {
		challenge(req, cfg, now_ns, reply);
		return HRTCP_DROP_PAWS;
	}
	if (hrtcp_seq_acceptable(seg, seq_add(req->irs, 1), req->rcv_wnd))
		return HRTCP_DROP_NONE;
	if (!rst)
		challenge(req, cfg, now_ns, reply);
	return rst ? HRTCP_DROP_BAD_RST : HRTCP_DROP_OUT_OF_WINDOW;
}

/* Step 2: RFC 5961 3.2, as for a connection. */
static enum hrtcp_req_verdict on_rst(struct hrtcp_req *req, struct hrtcp_listen *listen,
				     const struct hrtcp_cfg *cfg,
				     const struct hrtcp_seg *seg, u64 now_ns,
				     struct hrtcp_reply *reply)
{
	if (seq_eq(seg->seq, seq_add(req->irs, 1)))
		return remove_req(req, listen, HRTCP_C_REQ_RST_RCVD, seg, now_ns, reply);
	reply->drop = HRTCP_DROP_BAD_RST;
	challenge(req, cfg, now_ns, reply);
	return HRTCP_REQ_KEEP;
}

/*
 * The handshake is done, but the user wants to hear of connections with data only. After the
 * time set a SYN,ACK asks for this ACK once more, and then it will do.
 */
static bool defer(struct hrtcp_req *req, const struct hrtcp_listen *listen,
		  const struct hrtcp_seg *seg, u64 now_ns)
{
	if (seg->len || seg->flags & HRTCP_FIN || now_ns - req->begun_ns >= listen->defer_ns)
		return false;
	req->deadline_ns = req->begun_ns + listen->defer_ns;
	req->timeout_ns = 0;
	return true;
}

/* Ours was lost; or two SYNs contradict each other, RFC 9768 3.1.5. */
static enum hrtcp_req_verdict on_syn_again(struct hrtcp_req *req, struct hrtcp_listen *listen,
					   const struct hrtcp_cfg *cfg,
					   const struct hrtcp_seg *seg, u64 now_ns,
					   struct hrtcp_reply *reply)
{
	if (!hrtcp_ecn_on_syn_again(&req->ecn, seg)) {
		reply_empty(req, HRTCP_RST | HRTCP_ACK, now_ns, reply);
		return remove_req(req, listen, HRTCP_C_REQ_SYN_RCVD, seg, now_ns, reply);
	}
	if (req->timeout_ns) {
		req->deadline_ns = req->timeout_ns;	/* the peer asked before the probe did */
		req->timeout_ns = 0;
	}
	repeat_synack(req, cfg, now_ns, reply);
	reply->drop = HRTCP_DROP_DUPLICATE;
	return HRTCP_REQ_KEEP;
}

enum hrtcp_req_verdict hrtcp_req_on_segment(struct hrtcp_req *req, struct hrtcp_listen *listen,
					    const struct hrtcp_cfg *cfg,
					    const struct hrtcp_seg *seg, u64 now_ns,
					    struct hrtcp_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (seg->flags & HRTCP_SYN && !(seg->flags & (HRTCP_ACK | HRTCP_RST)) &&
	    seq_eq(seg->seq, req->irs))
		return on_syn_again(req, listen, cfg, seg, now_ns, reply);
	reply->drop = check_arrival(req, cfg, seg, now_ns, reply);
	if (reply->drop)
		return HRTCP_REQ_KEEP;
	if (seg->flags & HRTCP_RST)
		return on_rst(req, listen, cfg, seg, now_ns, reply);
	if (seg->flags & HRTCP_SYN)
		return remove_req(req, listen, HRTCP_C_REQ_SYN_RCVD, seg, now_ns, reply);
	if (!(seg->flags & HRTCP_ACK)) {
		reply->drop = HRTCP_DROP_NO_ACK;
		return HRTCP_REQ_KEEP;
	}
	if (!seq_eq(seg->ack, seq_add(req->iss, 1))) {
		reply->drop = HRTCP_DROP_BAD_ACK;
		reply_reset(seg, reply);
		return HRTCP_REQ_KEEP;
	}
	if (defer(req, listen, seg, now_ns)) {
		hrtcp_ecn_on_held_ack(&req->ecn, seg);
		return HRTCP_REQ_KEEP;
	}
	if (hrtcp_listen_accept_full(listen)) {
		reply->drop = HRTCP_DROP_ACCEPT_FULL;	/* our SYN,ACK comes again and asks again */
		return HRTCP_REQ_KEEP;
	}
	return HRTCP_REQ_PROMOTE;
}

/* The SYN,ACK as it was; no timeout, so that it counts for none of what these are for. */
static void probe(struct hrtcp_req *req, const struct hrtcp_cfg *cfg, u64 now_ns,
		  struct hrtcp_reply *reply)
{
	static const struct hrtcp_cookie none;

	reply_synack(req, cfg, &none, now_ns, reply);
	req->sends--;
	req->probed = true;
	req->deadline_ns = req->timeout_ns;
	req->timeout_ns = 0;
}

enum hrtcp_req_verdict hrtcp_req_on_deadline(struct hrtcp_req *req, struct hrtcp_listen *listen,
					     const struct hrtcp_cfg *cfg, u64 now_ns,
					     struct hrtcp_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (now_ns < req->deadline_ns)
		return HRTCP_REQ_KEEP;
	if (req->timeout_ns) {
		probe(req, cfg, now_ns, reply);
		return HRTCP_REQ_KEEP;
	}
	if (now_ns - req->begun_ns < cfg->synack_r2_ns &&
	    !(cfg->synack_retries && req->sends > cfg->synack_retries)) {
		if (!req->ecn.held)
			hrtcp_ecn_synack_timeout(&req->ecn);
		repeat_synack(req, cfg, now_ns, reply);
		arm(req, cfg, now_ns);
		return HRTCP_REQ_KEEP;
	}
	reply_empty(req, HRTCP_RST | HRTCP_ACK, now_ns, reply);
	return remove_req(req, listen, HRTCP_C_REQ_TIMEOUT, NULL, now_ns, reply);
}

void hrtcp_req_promoted(struct hrtcp_req *req, struct hrtcp_listen *listen)
{
	(void)req;
	listen->n_half_open--;
}

void hrtcp_req_on_abort(struct hrtcp_req *req, struct hrtcp_listen *listen, u64 now_ns,
			struct hrtcp_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply_empty(req, HRTCP_RST | HRTCP_ACK, now_ns, reply);
	remove_req(req, listen, HRTCP_C_REQ_ABORT, NULL, now_ns, reply);
}
