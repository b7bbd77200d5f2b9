// SPDX-License-Identifier: GPL-2.0
#include "scoreboard.h"
#include "tcb.h"

static u32 block_len(const struct hrtcp_sack_block *block)
{
	return (u32)seq_diff(block->end, block->start);
}

/* RFC 2883 5: by the ACK field of the same segment and by the second block, nothing else. */
static bool is_dsack(const struct hrtcp_seg *seg)
{
	const struct hrtcp_sack_block *first = &seg->opt.sack[0], *second = &seg->opt.sack[1];

	if (seq_le(first->end, seg->ack))
		return true;
	return seg->opt.n_sack > 1 && seq_ge(first->start, second->start) &&
	       seq_le(first->end, second->end);
}

/* A block that names what was never sent, or is already acknowledged, says nothing. */
static bool is_valid(const struct hrtcp_conn *conn, const struct hrtcp_sack_block *block)
{
	return seq_lt(block->start, block->end) && seq_gt(block->start, conn->snd.una) &&
	       seq_le(block->end, conn->snd.nxt);
}

/* Octets that came twice; what is older than any window says nothing. */
static void take_dsack(struct hrtcp_conn *conn, const struct hrtcp_sack_block *block,
		       struct hrtcp_ack *ack)
{
	if (block_len(block) > conn->snd.max_wnd || seq_gt(block->end, conn->snd.nxt) ||
	    seq_lt(block->start, seq_sub(conn->snd.una, conn->snd.max_wnd)))
		return;
	hrtcp_recovery_on_dsack(conn, block->start, block->end);
	ack->dsacked_bytes = block_len(block);
	ack->dsack = *block;
}

void hrtcp_scoreboard_on_segment(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				 struct hrtcp_delivered *d, struct hrtcp_ack *ack)
{
	const struct hrtcp_opts *opt = &seg->opt;
	u32 i = 0;

	if (!conn->sack.on || !(opt->present & HRTCP_OPT_SACK))
		return;
	if (seq_lt(opt->sack[0].start, opt->sack[0].end) && is_dsack(seg)) {
		take_dsack(conn, &opt->sack[0], ack);
		i = 1;
	}
	for (; i < opt->n_sack; i++)
		if (is_valid(conn, &opt->sack[i]))
			hrtcp_txq_sack(&conn->txq, opt->sack[i].start, opt->sack[i].end, d);
}
