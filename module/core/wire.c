// SPDX-License-Identifier: GPL-2.0
/* wire.c -- header and options to values and back, one octet at a time: any alignment. */
#include "wire.h"

enum { KIND_EOL = 0, KIND_NOP = 1, KIND_MSS = 2, KIND_WSCALE = 3, KIND_SACK_OK = 4,
       KIND_SACK = 5, KIND_TS = 8, KIND_FAST_OPEN = 34, KIND_ACCECN0 = 172, KIND_ACCECN1 = 174,
       KIND_EXPERIMENT = 254 };

static u16 get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static u32 get24(const u8 *p)
{
	return (u32)get16(p) << 8 | p[2];
}

static u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

static u8 *put16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
	return p + 2;
}

static u8 *put32(u8 *p, u32 v)
{
	return put16(put16(p, (u16)(v >> 16)), (u16)v);
}

static void parse_sack(const u8 *body, u32 len, struct hrtcp_opts *opt)
{
	u32 n = len / 8, i;

	if (!n || len % 8)
		return;
	opt->n_sack = (u8)min_t(u32, n, HRTCP_SACK_BLOCKS);
	for (i = 0; i < opt->n_sack; i++) {
		opt->sack[i].start = seq_of(get32(body + 8 * i));
		opt->sack[i].end = seq_of(get32(body + 8 * i + 4));
	}
	opt->present |= HRTCP_OPT_SACK;
}

static void parse_cookie(const u8 *body, u32 len, struct hrtcp_opts *opt)
{
	if (len % 2 || len > HRTCP_COOKIE_MAX || (len && len < HRTCP_COOKIE_MIN))
		return;
	opt->fast.len = (u8)len;
	memcpy(opt->fast.octets, body, len);
	opt->present |= HRTCP_OPT_FAST;
}

/* Whole fields count, whatever follows them: RFC 9768 3.2.3. */
static void parse_accecn(u8 kind, const u8 *body, u32 len, struct hrtcp_opts *opt)
{
	struct hrtcp_accecn_opt *accecn = &opt->accecn;
	u8 i;

	accecn->order1 = kind == KIND_ACCECN1;
	accecn->n = (u8)min_t(u32, len / 3, HRTCP_ACCECN_FIELDS);
	for (i = 0; i < accecn->n; i++)
		accecn->field[i] = get24(body + 3 * i);
	opt->present |= HRTCP_OPT_ACCECN;
}

/* A known kind with a length that is not its own is skipped like an unknown one. */
static void parse_option(u8 kind, const u8 *body, u32 len, struct hrtcp_opts *opt)
{
	if (kind == KIND_MSS && len == 2) {
		opt->mss = get16(body);
		opt->present |= HRTCP_OPT_MSS;
	} else if (kind == KIND_WSCALE && len == 1) {
		opt->wscale = (u8)min_t(u32, body[0], HRTCP_WSCALE_MAX);
		opt->present |= HRTCP_OPT_WSCALE;
	} else if (kind == KIND_SACK_OK && len == 0) {
		opt->present |= HRTCP_OPT_SACK_OK;
	} else if (kind == KIND_TS && len == 8) {
		opt->tsval = get32(body);
		opt->tsecr = get32(body + 4);
		opt->present |= HRTCP_OPT_TS;
	} else if (kind == KIND_SACK) {
		parse_sack(body, len, opt);
	} else if (kind == KIND_FAST_OPEN) {
		parse_cookie(body, len, opt);
	} else if (kind == KIND_ACCECN0 || kind == KIND_ACCECN1) {
		parse_accecn(kind, body, len, opt);
	} else if (kind == KIND_EXPERIMENT && len == 6 && get16(body) == HRTCP_EXID) {
		opt->hr_delack_us = get32(body + 2) & ~HRTCP_HR_ANSWER;
		opt->hr_answer = get32(body + 2) & HRTCP_HR_ANSWER;
		opt->present |= HRTCP_OPT_HR;
	}
}

static enum hrtcp_drop parse_options(const u8 *p, const u8 *end, struct hrtcp_opts *opt)
{
	while (p < end && *p != KIND_EOL) {
		if (*p == KIND_NOP) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] < 2 || p[1] > end - p)
			return HRTCP_DROP_BAD_OPTION;
		parse_option(p[0], p + 2, p[1] - 2u, opt);
		p += p[1];
	}
	return HRTCP_DROP_NONE;
}

static void forget(struct hrtcp_opts *opt, u8 option)
{
	opt->present &= (u8)~option;
}

/* What stands in a segment of the wrong sort is not there. */
static void drop_misplaced(struct hrtcp_seg *seg)
{
	if (!(seg->flags & HRTCP_SYN)) {	/* RFC 7413 4.1.1 */
		forget(&seg->opt, HRTCP_OPT_FAST);
		seg->opt.fast.len = 0;
		return;
	}
	if (seg->opt.hr_answer != !!(seg->flags & HRTCP_ACK))	/* an echo of our own */
		forget(&seg->opt, HRTCP_OPT_HR);
	if (!(seg->flags & HRTCP_ACK)) {	/* RFC 9768 3.2.3.2.1 */
		forget(&seg->opt, HRTCP_OPT_ACCECN);
		memset(&seg->opt.accecn, 0, sizeof(seg->opt.accecn));
	}
}

enum hrtcp_drop hrtcp_wire_parse(const u8 *hdr, u32 avail, u32 total, struct hrtcp_seg *seg)
{
	enum hrtcp_drop drop;
	u32 hdr_len;

	if (avail < HRTCP_HDR_MIN)
		return HRTCP_DROP_MALFORMED;
	hdr_len = (u32)(hdr[12] >> 4) * 4;
	if (hdr_len < HRTCP_HDR_MIN || hdr_len > avail || hdr_len > total)
		return HRTCP_DROP_MALFORMED;
	memset(seg, 0, sizeof(*seg));
	seg->seq = seq_of(get32(hdr + 4));
	seg->ack = seq_of(get32(hdr + 8));
	seg->hdr_len = (u8)hdr_len;
	seg->ae = hdr[12] & 1;
	seg->flags = hdr[13];
	seg->wnd = get16(hdr + 14);
	seg->urg = get16(hdr + 18);
	seg->len = total - hdr_len;
	drop = parse_options(hdr + HRTCP_HDR_MIN, hdr + hdr_len, &seg->opt);
	drop_misplaced(seg);
	return drop;
}

u32 hrtcp_wire_opt_len(const struct hrtcp_opts *opt)
{
	u32 len = 0;

	if (opt->present & HRTCP_OPT_MSS)
		len += 4;
	if (opt->present & HRTCP_OPT_TS)
		len += HRTCP_TS_SPACE;
	else if (opt->present & HRTCP_OPT_SACK_OK)
		len += 4;
	if (opt->present & HRTCP_OPT_WSCALE)
		len += 4;
	if (opt->present & HRTCP_OPT_HR)
		len += 8;
	if (opt->present & HRTCP_OPT_SACK)
		len += 4 + 8u * opt->n_sack;
	if (opt->present & HRTCP_OPT_FAST)
		len += (2u + opt->fast.len + 3) / 4 * 4;
	if (opt->present & HRTCP_OPT_ACCECN)
		len += hrtcp_accecn_opt_space(opt->accecn.n);
	return len;
}

/* SACK-permitted takes the place of the two NOPs before the timestamps. */
static u8 *build_ts_and_sack_ok(u8 *p, const struct hrtcp_opts *opt)
{
	if (opt->present & HRTCP_OPT_SACK_OK) {
		*p++ = KIND_SACK_OK;
		*p++ = 2;
	}
	if (!(opt->present & HRTCP_OPT_SACK_OK) || !(opt->present & HRTCP_OPT_TS)) {
		*p++ = KIND_NOP;
		*p++ = KIND_NOP;
	}
	if (opt->present & HRTCP_OPT_TS) {
		*p++ = KIND_TS;
		*p++ = 10;
		p = put32(put32(p, opt->tsval), opt->tsecr);
	}
	return p;
}

static u8 *build_sack(u8 *p, const struct hrtcp_opts *opt)
{
	u32 i;

	*p++ = KIND_NOP;
	*p++ = KIND_NOP;
	*p++ = KIND_SACK;
	*p++ = (u8)(2 + 8 * opt->n_sack);
	for (i = 0; i < opt->n_sack; i++)
		p = put32(put32(p, opt->sack[i].start.v), opt->sack[i].end.v);
	return p;
}

static u8 *build_cookie(u8 *p, const struct hrtcp_cookie *cookie)
{
	if (cookie->len % 4 == 0) {
		*p++ = KIND_NOP;
		*p++ = KIND_NOP;
	}
	*p++ = KIND_FAST_OPEN;
	*p++ = (u8)(2 + cookie->len);
	memcpy(p, cookie->octets, cookie->len);
	return p + cookie->len;
}

static u8 *build_accecn(u8 *p, const struct hrtcp_accecn_opt *accecn)
{
	u32 len = 2 + 3u * accecn->n, i;

	for (i = len; i < hrtcp_accecn_opt_space(accecn->n); i++)
		*p++ = KIND_NOP;
	*p++ = accecn->order1 ? KIND_ACCECN1 : KIND_ACCECN0;
	*p++ = (u8)len;
	for (i = 0; i < accecn->n; i++) {
		*p++ = (u8)(accecn->field[i] >> 16);
		p = put16(p, (u16)accecn->field[i]);
	}
	return p;
}

static u8 *build_options(u8 *p, const struct hrtcp_opts *opt)
{
	if (opt->present & HRTCP_OPT_MSS) {
		*p++ = KIND_MSS;
		*p++ = 4;
		p = put16(p, opt->mss);
	}
	if (opt->present & (HRTCP_OPT_TS | HRTCP_OPT_SACK_OK))
		p = build_ts_and_sack_ok(p, opt);
	if (opt->present & HRTCP_OPT_WSCALE) {
		*p++ = KIND_NOP;
		*p++ = KIND_WSCALE;
		*p++ = 3;
		*p++ = opt->wscale;
	}
	if (opt->present & HRTCP_OPT_HR) {
		*p++ = KIND_EXPERIMENT;
		*p++ = 8;
		p = put32(put16(p, HRTCP_EXID), (opt->hr_delack_us & ~HRTCP_HR_ANSWER) |
			  (opt->hr_answer ? HRTCP_HR_ANSWER : 0));
	}
	if (opt->present & HRTCP_OPT_FAST)
		p = build_cookie(p, &opt->fast);
	if (opt->present & HRTCP_OPT_ACCECN)
		p = build_accecn(p, &opt->accecn);
	if (opt->present & HRTCP_OPT_SACK)
		p = build_sack(p, opt);
	return p;
}

u32 hrtcp_wire_build(u8 *hdr, u16 sport, u16 dport, const struct hrtcp_seg *seg)
{
	u8 *p = hdr;
	u32 len = HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt);

	p = put16(put16(p, sport), dport);
	p = put32(put32(p, seg->seq.v), seg->ack.v);
	*p++ = (u8)(len / 4 << 4 | seg->ae);
	*p++ = seg->flags;
	p = put16(p, seg->wnd);
	p = put16(put16(p, 0), seg->urg);
	build_options(p, &seg->opt);
	return len;
}

bool hrtcp_wire_reset_for(const struct hrtcp_seg *in, struct hrtcp_seg *rst)
{
	memset(rst, 0, sizeof(*rst));
	if (in->flags & HRTCP_RST)
		return false;
	if (in->opt.present & HRTCP_OPT_TS) {	/* RFC 7323 5.2 */
		rst->opt.present = HRTCP_OPT_TS;
		rst->opt.tsecr = in->opt.tsval;
	}
	rst->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&rst->opt));
	if (in->flags & HRTCP_ACK) {
		rst->seq = in->ack;
		rst->flags = HRTCP_RST;
		return true;
	}
	rst->ack = seq_add(in->seq, hrtcp_seg_len(in));
	rst->flags = HRTCP_RST | HRTCP_ACK;
	return true;
}
