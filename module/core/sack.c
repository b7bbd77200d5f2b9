// SPDX-License-Identifier: GPL-2.0
#include "sack.h"

#define OPTION_SPACE 40

static void remove_block(struct hrtcp_sack *sack, u32 i)
{
	sack->n--;
	memmove(&sack->block[i], &sack->block[i + 1], (sack->n - i) * sizeof(sack->block[0]));
}

void hrtcp_sack_kept(struct hrtcp_sack *sack, struct seq start, struct seq end)
{
	u32 i = 0;

	while (i < sack->n) {
		const struct hrtcp_sack_block *b = &sack->block[i];

		if (seq_gt(b->start, end) || seq_lt(b->end, start)) {
			i++;
			continue;
		}
		start = seq_min(start, b->start);
		end = seq_max(end, b->end);
		remove_block(sack, i);
	}
	if (sack->n == HRTCP_SACK_BLOCKS)
		sack->n--;		/* the block not changed for the longest time */
	memmove(&sack->block[1], &sack->block[0], sack->n * sizeof(sack->block[0]));
	sack->block[0].start = start;
	sack->block[0].end = end;
	sack->n++;
}

void hrtcp_sack_advance(struct hrtcp_sack *sack, struct seq nxt)
{
	u32 i = 0;

	sack->dups = 0;
	sack->withheld = 0;
	while (i < sack->n) {
		if (seq_le(sack->block[i].end, nxt))
			remove_block(sack, i);
		else
			i++;
	}
}

void hrtcp_sack_duplicate(struct hrtcp_sack *sack, struct seq start, struct seq end)
{
	if (!sack->on || !seq_lt(start, end))
		return;
	sack->dsack.start = start;
	sack->dsack.end = end;
	sack->dsack_due = true;
}

void hrtcp_sack_overlap(struct hrtcp_sack *sack, struct seq start, struct seq end)
{
	struct seq first = end, last = end;
	u32 i;

	for (i = 0; i < sack->n; i++) {
		const struct hrtcp_sack_block *b = &sack->block[i];
		struct seq from = seq_max(start, b->start);

		if (seq_lt(from, seq_min(end, b->end)) && seq_lt(from, first)) {
			first = from;
			last = seq_min(end, b->end);
		}
	}
	hrtcp_sack_duplicate(sack, first, last);
}

void hrtcp_sack_fill(struct hrtcp_sack *sack, struct hrtcp_opts *opt)
{
	u32 room, i;

	if (!sack->on || !(sack->n || sack->dsack_due))
		return;
	room = (OPTION_SPACE - hrtcp_wire_opt_len(opt) - 4) / 8;
	opt->n_sack = 0;
	if (sack->dsack_due)
		opt->sack[opt->n_sack++] = sack->dsack;
	sack->dsack_due = false;
	sack->withheld = 0;
	for (i = 0; i < sack->n && opt->n_sack < room; i++)
		opt->sack[opt->n_sack++] = sack->block[i];
	opt->present |= HRTCP_OPT_SACK;
}
