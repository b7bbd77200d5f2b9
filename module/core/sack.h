/* SPDX-License-Identifier: GPL-2.0 */
/* sack.h -- the SACK blocks we report: most recently changed first. RFC 2018 4, 2883. */
#ifndef HRTCP_CORE_SACK_H
#define HRTCP_CORE_SACK_H

#include "wire.h"

struct hrtcp_sack {
	bool on;			/* both SYNs had SACK-permitted */
	u8 n;
	bool dsack_due;			/* RFC 2883: dsack goes first, once */
	u8 dups;			/* of this RCV.NXT, that went at once */
	u8 withheld;			/* duplicates that the next ACK with blocks stands for */
	struct hrtcp_sack_block dsack;
	struct hrtcp_sack_block block[HRTCP_SACK_BLOCKS];
};

/* [@start, @end) was kept out of order. */
void hrtcp_sack_kept(struct hrtcp_sack *sack, struct seq start, struct seq end);

/* [@start, @end) was received before: report it once. */
void hrtcp_sack_duplicate(struct hrtcp_sack *sack, struct seq start, struct seq end);

/* As that, for the first part of [@start, @end) that was kept already, if any: RFC 2883 4.2 */
void hrtcp_sack_overlap(struct hrtcp_sack *sack, struct seq start, struct seq end);

/* RCV.NXT is @nxt now. */
void hrtcp_sack_advance(struct hrtcp_sack *sack, struct seq nxt);

/* Put the blocks that fit beside the other options into @opt. */
void hrtcp_sack_fill(struct hrtcp_sack *sack, struct hrtcp_opts *opt);

#endif
