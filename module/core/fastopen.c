// SPDX-License-Identifier: GPL-2.0
/* fastopen.c -- TCP Fast Open, RFC 7413: who may send data on a SYN, and what is learnt. */
#include "fastopen.h"
#include "steps.h"

#define COOKIE_LEN 8
#define BACKOFF_MAX 6			/* doublings of cfg->fastopen_blackhole_ns */

/* -- server ------------------------------------------------------------------------ */

static void put_mac(struct hrtcp_cookie *cookie, u64 mac)
{
	u32 i;

	cookie->len = COOKIE_LEN;
	for (i = 0; i < COOKIE_LEN; i++)
		cookie->octets[i] = (u8)(mac >> (56 - 8 * i));
}

static bool is_mac(const struct hrtcp_cookie *cookie, u64 mac)
{
	u64 got = 0;
	u32 i;

	for (i = 0; i < COOKIE_LEN; i++)
		got = got << 8 | cookie->octets[i];
	return cookie->len == COOKIE_LEN && got == mac;
}

/* Resets are forgotten by the minute. */
static void turn_minute(struct hrtcp_fastq *q, u64 now_ns)
{
	if (now_ns - q->minute_ns < HRTCP_FAST_RST_NS)
		return;
	q->reset[1] = now_ns - q->minute_ns < 2 * HRTCP_FAST_RST_NS ? q->reset[0] : 0;
	q->reset[0] = 0;
	q->minute_ns = now_ns;
}

bool hrtcp_fastq_asks(const struct hrtcp_fastq *q, const struct hrtcp_cfg *cfg,
		      const struct hrtcp_seg *syn)
{
	return q->limit && cfg->fastopen & HRTCP_FAST_SERVER &&
	       syn->opt.present & HRTCP_OPT_FAST;
}

enum hrtcp_fast_verdict hrtcp_fastq_on_syn(struct hrtcp_fastq *q, const struct hrtcp_seg *syn,
					   const struct hrtcp_fast_macs *macs, u64 now_ns,
					   struct hrtcp_fast_open *open)
{
	const struct hrtcp_cookie *shown = &syn->opt.fast;
	bool good = is_mac(shown, macs->now);

	memset(open, 0, sizeof(*open));
	if (!good)
		put_mac(&open->cookie, macs->now);
	if (!good && !is_mac(shown, macs->before))
		return shown->len ? HRTCP_FAST_WRONG : HRTCP_FAST_NO;
	turn_minute(q, now_ns);
	if (q->pending + q->reset[0] + q->reset[1] >= q->limit)
		return HRTCP_FAST_FULL;
	q->pending++;
	open->on = true;
	return HRTCP_FAST_YES;
}

void hrtcp_fastq_leave(struct hrtcp_fastq *q, bool reset, u64 now_ns)
{
	turn_minute(q, now_ns);
	q->pending--;
	q->reset[0] += reset;
}

/* -- client ------------------------------------------------------------------------ */

void hrtcp_fast_entry_use(const struct hrtcp_fast_entry *entry, const struct hrtcp_cfg *cfg,
			  bool no_cookie, u64 now_ns, struct hrtcp_fast_open *open)
{
	bool known = entry && entry->cookie.len;

	memset(open, 0, sizeof(*open));
	if (!(cfg->fastopen & HRTCP_FAST_CLIENT))
		return;
	open->on = true;
	if (entry && now_ns < entry->until_ns)
		return;			/* RFC 7413 4.1.3.1: not on this path, for now */
	no_cookie |= cfg->fastopen & HRTCP_FAST_NO_COOKIE;
	open->data = known || no_cookie;
	open->option = known || !no_cookie;
	if (!entry)
		return;
	open->cookie = entry->cookie;
	open->mss = entry->mss;
}

void hrtcp_fast_entry_learn(struct hrtcp_fast_entry *entry, const struct hrtcp_conn *conn,
			    u64 now_ns)
{
	u8 outcome = conn->fast.outcome;

	if (outcome == HRTCP_FAST_REFUSED || outcome == HRTCP_FAST_LOST) {
		if (entry->failures)	/* the first may be chance: any SYN can get lost */
			entry->until_ns = now_ns + (conn->cfg->fastopen_blackhole_ns <<
						    min_t(u32, entry->failures - 1u,
							  BACKOFF_MAX));
		if (entry->failures < 255)
			entry->failures++;
		return;
	}
	if (outcome == HRTCP_FAST_GIVEN)
		entry->cookie = conn->fast.cookie;
	entry->mss = conn->snd.mss_peer;
	entry->failures = 0;
	entry->until_ns = 0;
}

/* -- a connection ------------------------------------------------------------------ */

static void tell(struct hrtcp_conn *conn, enum hrtcp_fast_outcome outcome)
{
	conn->fast.outcome = (u8)outcome;
	conn->events |= HRTCP_EV_FAST;
}

u32 hrtcp_conn_syn_room(const struct hrtcp_conn *conn)
{
	u32 mss = conn->fast.mss ? conn->fast.mss : conn->snd.mss_peer;

	if (conn->state != HRTCP_SYN_SENT || !conn->fast.deferred || !conn->fast.data)
		return 0;
	mss = min_t(u32, mss, conn->snd.mss_path);
	return mss > HRTCP_HDR_MAX - HRTCP_HDR_MIN ? mss - (HRTCP_HDR_MAX - HRTCP_HDR_MIN) : 0;
}

void hrtcp_conn_send_syn(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_fast *fast = &conn->fast;

	if (conn->state != HRTCP_SYN_SENT || !fast->deferred)
		return;
	if (conn->txq.head)
		fast->sent = min_t(u32, hrtcp_conn_syn_room(conn),
				   hrtcp_txnode_len(conn->txq.head));
	fast->deferred = false;
	conn->pending.syn = true;
	conn->progress_ns = now_ns;
}

/* RFC 7413 4.2.2: what the peer's SYN,ACK, or SYN, says of ours. */
void hrtcp_fast_on_answer(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_fast *fast = &conn->fast;
	bool asked = fast->option;

	fast->option = false;
	fast->taken |= fast->sent && seq_gt(conn->snd.una, seq_add(conn->snd.iss, 1));
	if (asked && seg->opt.present & HRTCP_OPT_FAST && seg->opt.fast.len) {
		fast->cookie = seg->opt.fast;
		tell(conn, HRTCP_FAST_GIVEN);
	} else if (fast->taken) {
		tell(conn, HRTCP_FAST_TAKEN);
	} else if (fast->sent && !conn->syn_repeats) {
		tell(conn, HRTCP_FAST_REFUSED);
	}
}

/* RFC 7413 4.2.2, 4.1.3.1: neither data nor option the second time. */
void hrtcp_fast_on_lost(struct hrtcp_conn *conn)
{
	if (!conn->passive && (conn->fast.option || conn->fast.sent) && !conn->syn_repeats)
		tell(conn, HRTCP_FAST_LOST);
	conn->fast.option = false;
}
