// SPDX-License-Identifier: GPL-2.0
/* dctcp.c -- DCTCP, RFC 8257: reduce by the fraction of octets that were marked. */
#include "../core/algorithm.h"

#define ALPHA_SHIFT 10			/* alpha is in 1/1024 */
#define ALPHA_ONE (1u << ALPHA_SHIFT)
#define G_SHIFT 4			/* g = 1/16, RFC 8257 4.2 */

struct dctcp {
	u32 alpha;
	u32 acked, marked;		/* octets of this window */
	struct seq window_end;
};

static struct dctcp *dctcp_of(struct hrtcp_conn *conn)
{
	return (struct dctcp *)conn->cc.priv;
}

static void dctcp_init(struct hrtcp_conn *conn)
{
	struct dctcp *dctcp = dctcp_of(conn);

	_Static_assert(sizeof(*dctcp) <= sizeof(conn->cc.priv) - sizeof(u64), "Reno's word");
	memset(dctcp, 0, sizeof(*dctcp));
	dctcp->alpha = ALPHA_ONE;	/* RFC 8257 3.3: prudent at first */
	dctcp->window_end = conn->snd.nxt;
	hrtcp_cc_reno.init(conn);
}

/* RFC 8257 3.3 steps 1 to 8, on every ACK. */
static void dctcp_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct dctcp *dctcp = dctcp_of(conn);
	u32 marked;

	dctcp->acked += ack->acked_bytes;
	dctcp->marked += ack->marked_bytes;
	if (seq_lt(conn->snd.una, dctcp->window_end) || !dctcp->acked)
		return;
	marked = min_t(u32, dctcp->marked, dctcp->acked);	/* marks may be told of first */
	marked = (u32)div_u64((u64)marked * ALPHA_ONE, dctcp->acked);
	dctcp->alpha += (marked >> G_SHIFT) - (dctcp->alpha >> G_SHIFT);
	dctcp->alpha = min_t(u32, dctcp->alpha, ALPHA_ONE);
	dctcp->acked = 0;
	dctcp->marked = 0;
	dctcp->window_end = conn->snd.nxt;
}

/* RFC 8257 3.3 (9): cwnd * (1 - alpha / 2) */
static u32 dctcp_on_ecn(struct hrtcp_conn *conn, u64 now_ns)
{
	u32 cwnd = conn->cc.cwnd_bytes;
	u64 cut = ((u64)cwnd * dctcp_of(conn)->alpha) >> (ALPHA_SHIFT + 1);

	(void)now_ns;
	return max_t(u32, cwnd - (u32)cut, 2u * conn->snd.mss);
}

static void dctcp_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	hrtcp_cc_reno.on_ack(conn, ack);
}

static u32 dctcp_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	return hrtcp_cc_reno.on_loss(conn, how, now_ns);
}

const struct hrtcp_cc_ops hrtcp_cc_dctcp = {
	.name = "dctcp",
	.exact_echo = true,
	.restricted = true,
	.init = dctcp_init,
	.on_delivered = dctcp_on_delivered,
	.on_ack = dctcp_on_ack,
	.on_loss = dctcp_on_loss,
	.on_ecn = dctcp_on_ecn,
};
