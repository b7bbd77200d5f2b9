// SPDX-License-Identifier: GPL-2.0
/* mtup.c -- packetization layer path MTU discovery, RFC 4821. */
#include "steps.h"

#define BEHIND 4			/* segments to follow a probe: its loss shows by SACK */
#define BLACK_HOLE_NS 1000000000ull	/* R1 of a fast path is no time: an outage is longer */

/* What the options in every segment take of an MSS, RFC 9293 3.7.1. */
static u16 option_space(const struct hrtcp_conn *conn)
{
	return conn->ts.on ? HRTCP_TS_SPACE : 0;
}

static u16 largest(const struct hrtcp_conn *conn)
{
	return (u16)min_t(u32, conn->snd.mss_peer, conn->snd.mss_path);
}

static bool converged(const struct hrtcp_conn *conn)
{
	return conn->mtup.high < conn->mtup.low + max_t(u32, conn->cfg->probe_threshold, 1);
}

/* The same number of round trips as cwnd has segments: RFC 4821 7.6.2. */
static u64 congestion_interval_ns(const struct hrtcp_conn *conn)
{
	return (conn->cc.cwnd_bytes / conn->snd.mss + 1) * conn->rtt.srtt_ns;
}

/* A result is in; @wait_ns until the next probe, or much more if there is little to gain. */
static void settle_range(struct hrtcp_conn *conn, u64 wait_ns, u64 now_ns)
{
	if (converged(conn))
		wait_ns = conn->cfg->probe_interval_ns;
	conn->mtup.next_ns = now_ns + wait_ns;
}

static void set_low(struct hrtcp_conn *conn, u32 low)
{
	const u16 before = conn->snd.mss;

	conn->mtup.low = (u16)max_t(u32, low, conn->mtup.floor);
	hrtcp_conn_sync_mss(conn);
	hrtcp_cc_on_mss(conn, before);
}

static void begin(struct hrtcp_conn *conn)
{
	struct hrtcp_mtup *mtup = &conn->mtup;

	mtup->on = true;
	mtup->high = largest(conn);
	set_low(conn, min_t(u32, conn->cfg->base_mss, mtup->high));
}

void hrtcp_mtup_init(struct hrtcp_conn *conn, u16 floor)
{
	memset(&conn->mtup, 0, sizeof(conn->mtup));
	conn->mtup.floor = (u16)max_t(u32, conn->cfg->mtu_probe_floor, floor);
	if (conn->cfg->mtu_probing > HRTCP_MTU_PROBING_BLACK_HOLE)
		begin(conn);
}

/* RFC 4821 7.4: nothing lost or probed already, and enough to follow the probe. */
static bool may_probe(const struct hrtcp_conn *conn, u32 len)
{
	const struct hrtcp_snd *snd = &conn->snd;
	struct seq end = seq_add(snd->nxt, len + BEHIND * snd->mss);

	return conn->recovery.state == HRTCP_R_OPEN && !conn->txq.sacked_bytes &&
	       hrtcp_txnode_len(conn->txq.unsent) >= len && seq_ge(snd->end, end) &&
	       seq_le(end, seq_add(snd->una, snd->wnd)) && !snd->urgent &&
	       conn->cc.cwnd_bytes >= len + BEHIND * snd->mss;
}

u32 hrtcp_mtup_probe_len(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_mtup *mtup = &conn->mtup;
	u32 len;

	if (!mtup->on || mtup->out || now_ns < mtup->next_ns || !conn->sack.on)
		return 0;
	if (converged(conn)) {		/* long ago: the path may be another, RFC 4821 7.3 */
		mtup->high = largest(conn);
		mtup->missed = false;
		settle_range(conn, 0, now_ns);
		return 0;
	}
	/* Most paths take all that the ends do. */
	mtup->size = (u16)(mtup->missed ? (mtup->low + mtup->high + 1) / 2 : mtup->high);
	len = mtup->size - option_space(conn);
	return may_probe(conn, len) ? len : 0;
}

void hrtcp_mtup_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	struct hrtcp_mtup *mtup = &conn->mtup;

	mtup->out = true;
	mtup->start = node->seq;
	mtup->end = node->end;
	mtup->probes++;
}

u16 hrtcp_mtup_unit(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node)
{
	if (conn->mtup.out && seq_eq(node->seq, conn->mtup.start))
		return (u16)hrtcp_txnode_len(node);
	return conn->snd.mss;
}

void hrtcp_mtup_on_ack(struct hrtcp_conn *conn, const struct hrtcp_delivered *d, u64 now_ns)
{
	struct hrtcp_mtup *mtup = &conn->mtup;

	mtup->acked = max_t(u16, mtup->acked, d->unit);
	if (mtup->held && seq_gt(conn->snd.una, mtup->held_seq))
		mtup->held = false;	/* so large a segment did arrive */
	if (!mtup->out || seq_lt(conn->snd.una, mtup->end))
		return;
	mtup->out = false;
	set_low(conn, min_t(u32, mtup->size, mtup->high));
	settle_range(conn, 0, now_ns);
}

/* The probe is no more: its octets leave in segments of the usual size. */
static void give_up_probe(struct hrtcp_conn *conn)
{
	conn->mtup.out = false;
	hrtcp_txq_recut(&conn->txq, conn->snd.una, conn->snd.mss);
}

bool hrtcp_mtup_on_lost(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_mtup *mtup = &conn->mtup;
	u32 lost = conn->txq.lost_bytes;

	if (!mtup->out)
		return mtup->resend && hrtcp_txq_lost_in(&conn->txq, mtup->start, mtup->end) == lost;
	if (!lost || !hrtcp_txq_lost_in(&conn->txq, mtup->start, mtup->end))
		return false;
	give_up_probe(conn);
	if (lost != (u32)seq_diff(mtup->end, mtup->start))
		return false;		/* inconclusive, RFC 4821 7.6.4 */
	mtup->misses++;
	mtup->missed = true;
	mtup->resend = true;
	mtup->high = mtup->size - 1;
	settle_range(conn, congestion_interval_ns(conn), now_ns);
	conn->snd.force = true;
	return true;
}

/*
 * Segments of the present size get no answer while there may be a way for smaller ones: down
 * to where the search begins, then by halves. RFC 4821 7.7
 */
static void shrink(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_mtup *mtup = &conn->mtup;
	u32 base = conn->cfg->base_mss;

	mtup->black_holes++;
	conn->recovery.undo.armed = false;	/* what is out is lost */
	if (!mtup->on)
		begin(conn);
	else if (mtup->low > base)
		set_low(conn, base);
	else
		set_low(conn, mtup->low / 2u);
	mtup->high = max_t(u16, mtup->high, mtup->low);
	mtup->missed = true;
	mtup->next_ns = now_ns + 5 * congestion_interval_ns(conn);
	hrtcp_txq_recut(&conn->txq, conn->snd.una, conn->snd.mss);
}

void hrtcp_mtup_on_timeout(struct hrtcp_conn *conn, bool full_stop, u64 now_ns)
{
	struct hrtcp_mtup *mtup = &conn->mtup;
	const struct hrtcp_txnode *head = conn->txq.head;

	if (mtup->out) {
		give_up_probe(conn);
		mtup->next_ns = now_ns + 5 * congestion_interval_ns(conn);
	}
	mtup->resend = false;
	if (mtup->held && seq_le(conn->snd.una, mtup->held_seq)) {
		mtup->held = false;
		conn->events |= HRTCP_EV_TOO_BIG;
	}
	if (!full_stop || !conn->cfg->mtu_probing || now_ns - conn->progress_ns < BLACK_HOLE_NS)
		return;
	if (head && head != conn->txq.unsent &&
	    min_t(u32, head->mss, hrtcp_txnode_len(head)) > mtup->floor)
		shrink(conn, now_ns);
}

void hrtcp_mtup_on_path(struct hrtcp_conn *conn)
{
	struct hrtcp_mtup *mtup = &conn->mtup;

	mtup->acked = 0;		/* of another path, for all that is known */
	if (!mtup->on)
		return;
	mtup->high = largest(conn);
	mtup->missed = false;
	mtup->low = min_t(u16, mtup->low, mtup->high);
	mtup->next_ns = 0;
	if (mtup->out && mtup->size > mtup->high)
		give_up_probe(conn);
}

bool hrtcp_conn_on_too_big(struct hrtcp_conn *conn, struct seq seq, u16 mss_path)
{
	struct hrtcp_mtup *mtup = &conn->mtup;

	if (seq_lt(seq, conn->snd.una) || seq_ge(seq, conn->snd.max))
		return false;		/* RFC 5927 4.1 */
	if (mss_path >= conn->snd.mss_path)
		return false;
	if (mss_path >= mtup->acked + option_space(conn))
		return true;
	mtup->held = true;
	mtup->held_seq = seq;
	return false;
}
