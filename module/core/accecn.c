// SPDX-License-Identifier: GPL-2.0
/* accecn.c -- counting marks, telling of them and reading what is told, RFC 9768 3.2. */
#include "steps.h"

#define ACE_MASK 7u
#define ACE_CWR 2u
#define OPTION_SPACE 40
#define TWO_SACK_BLOCKS 20u		/* with two NOPs: they come first, 3.2.3.3 */
#define DUP_WEIGHT 8			/* of data come again, against that of new data */
#define DUPS_MAX (3 * DUP_WEIGHT)
#define FEW_PKTS_X8 (4 * 8)		/* of an ACK: well below a turn of ACE, appendix A.2.1 */

u8 hrtcp_accecn_code(u8 ip_ecn)
{
	static const u8 codes[] = { 2, 3, 4, 6 };

	return codes[ip_ecn & 3];
}

static void init_count(struct hrtcp_ecn_count *count)
{
	count->cep = HRTCP_ACE_FIRST;
	count->bytes[HRTCP_E0B] = 1;
	count->bytes[HRTCP_CEB] = 0;
	count->bytes[HRTCP_E1B] = 1;
}

void hrtcp_accecn_init(struct hrtcp_accecn *acc)
{
	memset(acc, 0, sizeof(*acc));
	init_count(&acc->r);
	init_count(&acc->s);
	acc->opt_cep = HRTCP_ACE_FIRST;
}

static bool accurate(const struct hrtcp_conn *conn)
{
	return conn->ecn.pact.mode == HRTCP_ECN_ACCURATE;
}

/* -- the data receiver --------------------------------------------------------------- */

/* CE on a SYN,ACK counts once, however many come: 3.2.2.2. */
static void count_packets(struct hrtcp_accecn *acc, const struct hrtcp_seg *seg)
{
	u32 pkts = max_t(u32, seg->pkts, 1);

	if (seg->ip_ecn != HRTCP_IP_CE)
		return;
	if (seg->flags & HRTCP_SYN) {
		acc->r.cep += !acc->synack_ce;
		acc->synack_ce = true;
		return;
	}
	acc->r.cep += pkts;
	acc->ce_unacked = (u8)min_t(u32, acc->ce_unacked + pkts, 255);
}

static void count_bytes(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	static const u8 counters[] = { 0, HRTCP_E1B, HRTCP_E0B, HRTCP_CEB };
	struct hrtcp_accecn *acc = &conn->ecn.acc;
	u8 i = counters[seg->ip_ecn & 3], ever = acc->ever;

	if (!seg->len || seg->ip_ecn == HRTCP_IP_NOT_ECT)
		return;
	acc->r.bytes[i] += seg->len;
	acc->changed |= (u8)(1u << i);
	acc->ever |= acc->changed;
	if (acc->ever == ever)
		return;
	hrtcp_conn_sync_mss(conn);	/* our data makes room for the option */
	conn->cc.cwnd_bytes = max_t(u32, conn->cc.cwnd_bytes, conn->snd.mss);
}

void hrtcp_accecn_count(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;
	bool ce = seg->ip_ecn == HRTCP_IP_CE, data = seg->len || conn->rcv.unacked_bytes;

	if (conn->ecn.pact.mode == HRTCP_ECN_NOT)
		return;
	conn->ecn.seen |= seg->ip_ecn != HRTCP_IP_NOT_ECT;
	if (ce)
		conn->ecn.ce_in += max_t(u32, seg->pkts, 1);
	if (!accurate(conn))
		return;
	count_packets(acc, seg);
	count_bytes(conn, seg);
	if (seg->flags & HRTCP_SYN)
		return;
	/* 3.2.2.5.1: a change, or n marks, 2 with data to acknowledge and else 3. */
	if (ce && ((seg->len && !acc->ce_last) || acc->ce_unacked >= (data ? 2 : 3))) {
		acc->ack_bare = !data && !conn->rcv.ack_now;
		acc->ack_due = true;
		conn->rcv.ack_now = true;
	}
	acc->ce_last = ce;
	if (!seg->len)
		return;
	acc->ack_bare = false;
	acc->opt_dups -= acc->opt_dups > 0;
}

/*
 * 3.2.3.2.2: the path may swallow what has the option, if what it acknowledges comes again more
 * often than not. That new data comes, too, says little: a timeout and a probe send some.
 */
void hrtcp_accecn_on_duplicate(struct hrtcp_conn *conn)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;

	if (!accurate(conn) || !acc->opt_sent)
		return;
	acc->opt_dups = (u8)min_t(u32, acc->opt_dups + DUP_WEIGHT, DUPS_MAX);
	acc->opt_off |= acc->opt_dups == DUPS_MAX;
}

void hrtcp_accecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;

	hrtcp_seg_set_ace(seg, acc->r.cep & ACE_MASK);
	acc->ce_unacked = 0;
	acc->ack_due = false;
	if (seg->len || seg->flags & (HRTCP_FIN | HRTCP_RST) || !acc->synack_due)
		return;
	hrtcp_seg_set_ace(seg, hrtcp_accecn_code(conn->ecn.pact.ip_ecn));
	acc->synack_due = false;
}

bool hrtcp_accecn_bare(const struct hrtcp_conn *conn)
{
	const struct hrtcp_accecn *acc = &conn->ecn.acc;

	return acc->synack_due || (acc->ack_due && acc->ack_bare);
}

bool hrtcp_accecn_ack_first(const struct hrtcp_conn *conn)
{
	return conn->ecn.acc.synack_due && conn->rcv.ack_now &&
	       conn->state != HRTCP_SYN_SENT && conn->state != HRTCP_SYN_RECEIVED;
}

bool hrtcp_accecn_alone(const struct hrtcp_conn *conn)
{
	return accurate(conn) && !conn->ecn.gso_ace && conn->ecn.acc.r.cep & ACE_CWR;
}

/* -- its option ---------------------------------------------------------------------- */

/* Where in an option of that order a counter stands. */
static u8 place(u8 counter, bool order1)
{
	return order1 ? (u8)(HRTCP_E1B - counter) : counter;
}

/* Fields needed to name all of @counters. */
static u8 fields_for(u8 counters, bool order1)
{
	u8 n = 0, i;

	for (i = 0; i < HRTCP_ACCECN_FIELDS; i++)
		if (counters & 1u << i)
			n = (u8)max_t(u32, n, place(i, order1) + 1u);
	return n;
}

/* Order 1 pays where ECT(1) is all that ever came. */
static bool prefers_order1(const struct hrtcp_accecn *acc)
{
	return (acc->ever & (1u << HRTCP_E0B | 1u << HRTCP_E1B)) == 1u << HRTCP_E1B;
}

static void put_fields(const struct hrtcp_accecn *acc, struct hrtcp_opts *opt, bool order1, u8 n)
{
	u8 i;

	opt->accecn.order1 = order1;
	opt->accecn.n = n;
	for (i = 0; i < n; i++)
		opt->accecn.field[i] = acc->r.bytes[place(i, order1)] & HRTCP_ACCECN_MASK;
	opt->present |= HRTCP_OPT_ACCECN;
}

/*
 * Every counter that ever moved, if there is room, else those that did since the last option,
 * in whichever order that is shorter; without them none, 3.2.3.3. Return: whether it is in.
 */
static bool put_in(const struct hrtcp_accecn *acc, struct hrtcp_opts *opt, u32 room)
{
	bool order1 = prefers_order1(acc), other = false;
	u8 n = (u8)max_t(u32, fields_for(acc->ever, order1), 1);
	u8 least = fields_for(acc->changed, order1);

	while (n > least && hrtcp_accecn_opt_space(n) > room)
		n--;
	if (hrtcp_accecn_opt_space(n) > room) {
		other = true;
		n = fields_for(acc->changed, !order1);
	}
	if (hrtcp_accecn_opt_space(n) > room)
		return false;
	put_fields(acc, opt, order1 != other, n);
	return true;
}

void hrtcp_accecn_put_first(struct hrtcp_opts *opt)
{
	struct hrtcp_accecn acc;
	u32 len = hrtcp_wire_opt_len(opt);

	hrtcp_accecn_init(&acc);
	put_in(&acc, opt, len < OPTION_SPACE ? OPTION_SPACE - len : 0);
}

u8 hrtcp_accecn_reserve(const struct hrtcp_conn *conn)
{
	const struct hrtcp_accecn *acc = &conn->ecn.acc;

	if (!accurate(conn) || acc->opt_off || !acc->ever)
		return 0;
	return (u8)hrtcp_accecn_opt_space(fields_for(acc->ever, prefers_order1(acc)));
}

/* What is left of the header for it: two SACK blocks come first, all of the data does. */
static u32 room_for(const struct hrtcp_conn *conn, const struct hrtcp_opts *opt, u32 unit)
{
	const struct hrtcp_sack *sack = &conn->sack;
	u32 room = OPTION_SPACE - hrtcp_wire_opt_len(opt);
	u32 most = (u32)conn->snd.mss + conn->ecn.acc.reserve;

	if (unit)
		return unit < most ? min_t(u32, room, most - unit) : 0;
	if (sack->on && sack->n + sack->dsack_due)
		room -= sack->n + sack->dsack_due > 1 ? TWO_SACK_BLOCKS : TWO_SACK_BLOCKS - 8;
	return room;
}

/* The first data that has the option is what tries it out: does it have to be sent again? */
static void watch(struct hrtcp_accecn *acc, const struct hrtcp_conn *conn,
		  const struct hrtcp_seg *seg, bool again)
{
	if (!acc->opt_watch)
		return;
	if (seq_gt(conn->snd.una, acc->opt_seq))
		acc->opt_watch = false;
	else if (again && seq_le(seg->seq, acc->opt_seq) &&
		 seq_lt(acc->opt_seq, seq_add(seg->seq, seg->len)))
		acc->opt_off = true;
}

void hrtcp_accecn_put(struct hrtcp_conn *conn, struct hrtcp_seg *seg, u32 unit, bool again)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;

	if (!accurate(conn))
		return;
	acc->opt_sent = false;
	acc->opt_off |= conn->ecn.pact.answers > 0;	/* 3.2.3.2.2: ours may be swallowed */
	watch(acc, conn, seg, again);
	if (acc->opt_off || !(acc->changed || (unit ? acc->opt_data : acc->opt_ack)))
		return;
	acc->opt_sent = put_in(acc, &seg->opt, room_for(conn, &seg->opt, unit));
	if (!acc->opt_sent)
		return;
	acc->changed = 0;
	acc->opt_ack = false;
	if (unit && acc->opt_data) {
		acc->opt_data = false;
		acc->opt_watch = true;
		acc->opt_seq = seg->seq;
	}
}

/* -- the data sender ----------------------------------------------------------------- */

/* Its counters are behind ours, by less than half a turn. */
static bool goes_back(const struct hrtcp_accecn *acc, const struct hrtcp_opts *opt)
{
	u8 i;

	if (!(opt->present & HRTCP_OPT_ACCECN))
		return false;
	for (i = 0; i < opt->accecn.n; i++) {
		u32 counter = acc->s.bytes[place(i, opt->accecn.order1)];

		if (((opt->accecn.field[i] - counter) & HRTCP_ACCECN_MASK) > HRTCP_ACCECN_MASK / 2)
			return true;
	}
	return false;
}

/*
 * An ACK that tells nothing newer than one before it may be older: appendix A.1. One that
 * acknowledges more is not, whatever the peer's clock says: after long idleness it has gone round.
 * What has SACK blocks that are new may be either, since no ACK has room for all of them.
 */
static bool superseded(struct hrtcp_accecn *acc, const struct hrtcp_ack *ack,
		       const struct hrtcp_opts *opt)
{
	bool later = false;

	if (ack->has_ts) {
		if (acc->ts_known && hrtcp_ts_before(opt->tsval, acc->ts) && !ack->acked_bytes)
			return true;
		later = !acc->ts_known || opt->tsval != acc->ts;
		acc->ts_known = true;
		acc->ts = opt->tsval;
	}
	if (later || ack->acked_bytes)
		return false;
	return !ack->delivered_bytes || goes_back(acc, opt);
}

/* Octets marked CE since the last option; every counter goes on from its field, 3.2.3.1. */
static u32 read_option(struct hrtcp_accecn *acc, const struct hrtcp_accecn_opt *opt)
{
	u32 before = acc->s.bytes[HRTCP_CEB];
	u8 i;

	for (i = 0; i < opt->n; i++) {
		u32 *counter = &acc->s.bytes[place(i, opt->order1)];

		*counter += (opt->field[i] - *counter) & HRTCP_ACCECN_MASK;
	}
	return acc->s.bytes[HRTCP_CEB] - before;
}

/*
 * How far s.cep moves: the least that ACE tells, or turns more where the segments acknowledged
 * allow for them, as many as the octets marked need or, if nothing tells of those, all of them.
 * But where ACKs stand for so many segments that they always would, none. Appendix A.2
 */
static u32 read_ace(const struct hrtcp_accecn *acc, u8 ace, u32 pkts, bool told, u32 ceb, u32 mss)
{
	u32 least = (ace - acc->s.cep) & ACE_MASK, safer;

	if (pkts <= least)
		return least;
	safer = told ? min_t(u32, pkts, DIV_ROUND_UP(ceb, mss) + ACE_MASK) : pkts;
	if (safer <= least || (!told && acc->pkts_x8 >= FEW_PKTS_X8))
		return least;
	return safer - ((safer - least) & ACE_MASK);
}

/* 3.2.3.2.5: octets but no packets were marked, and ACE did not have time for a turn. */
static void reconcile(struct hrtcp_conn *conn, u32 ceb, u32 pkts)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;

	if (ceb && acc->s.cep == acc->opt_cep && acc->opt_pkts + pkts <= ACE_MASK)
		conn->ecn.pact.no_ect = true;
	acc->opt_cep = acc->s.cep;
	acc->opt_pkts = 0;
}

static void read_counters(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			  struct hrtcp_ack *ack)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;
	u32 pkts = ack->delivered_pkts, mss = conn->snd.mss, cep, ceb = 0;
	bool told = seg->opt.present & HRTCP_OPT_ACCECN && !acc->opt_ignore;

	if (told)
		ceb = read_option(acc, &seg->opt.accecn);
	cep = read_ace(acc, hrtcp_seg_ace(seg), pkts, told, ceb, mss);
	acc->s.cep += cep;
	if (pkts)
		acc->pkts_x8 += pkts - acc->pkts_x8 / 8;
	if (told) {
		reconcile(conn, ceb, pkts);
		ack->marked_bytes = ceb - min_t(u32, ceb, acc->guessed_bytes);
		acc->guessed_bytes = 0;
	} else {
		acc->opt_pkts += pkts;
		if (pkts)
			mss = DIV_ROUND_UP(ack->delivered_bytes, pkts);
		ack->marked_bytes = cep * mss;	/* appendix A.3 */
		acc->guessed_bytes += ack->marked_bytes;
	}
	ack->marked = cep || ack->marked_bytes;
}

/* Table 4: the ACK of our SYN,ACK, which left without ECT. */
static void read_handshake(struct hrtcp_conn *conn, u8 ace, struct hrtcp_ack *ack)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;

	if (!ace) {
		conn->ecn.pact.no_ect = true;
		acc->deaf = true;
	}
	if (ace == 3 || ace == 4 || ace == 6)
		conn->ecn.pact.no_ect = true;	/* 3.2.2.3: the field was changed */
	if (ace != 6)
		return;
	acc->s.cep = HRTCP_ACE_FIRST + 1;
	acc->opt_cep = acc->s.cep;
	ack->marked = true;
}

void hrtcp_accecn_read_held(struct hrtcp_conn *conn, u64 now_ns)
{
	const struct hrtcp_ecn_pact *pact = &conn->ecn.pact;
	struct hrtcp_ack ack = { .now_ns = now_ns };

	if (!accurate(conn) || !pact->held)
		return;
	read_handshake(conn, pact->held_ace, &ack);
	hrtcp_ecn_on_ack(conn, &ack);
}

/* 3.2.3.2.4: the first option of the peer has counters that cannot be 0. */
static bool zeroed(const struct hrtcp_accecn_opt *opt)
{
	u8 i;

	for (i = 0; i < opt->n; i++)
		if (place(i, opt->order1) != HRTCP_CEB && !opt->field[i])
			return true;
	return false;
}

static bool is_handshake(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	return conn->state == HRTCP_SYN_RECEIVED && !seg->len && !(seg->flags & HRTCP_FIN) &&
	       !(seg->opt.present & HRTCP_OPT_SACK);
}

void hrtcp_accecn_read(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		       struct hrtcp_ack *ack)
{
	struct hrtcp_accecn *acc = &conn->ecn.acc;
	bool first = seg->flags & HRTCP_SYN || conn->state == HRTCP_SYN_RECEIVED;
	u8 ace = hrtcp_seg_ace(seg);

	if (seg->opt.present & HRTCP_OPT_ACCECN) {
		acc->opt_ignore |= first && zeroed(&seg->opt.accecn);
		acc->opt_heard = true;
	}
	if (acc->deaf || superseded(acc, ack, &seg->opt))
		return;
	if (seg->flags & HRTCP_SYN)	/* 3.2.2.2: s.cep does not count our SYN's */
		ack->marked = ace == hrtcp_accecn_code(HRTCP_IP_CE);
	else if (is_handshake(conn, seg))
		read_handshake(conn, ace, ack);
	else
		read_counters(conn, seg, ack);
}
