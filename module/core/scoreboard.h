/* SPDX-License-Identifier: GPL-2.0 */
/* scoreboard.h -- the SACK blocks that arrive. RFC 2018 5, RFC 2883 5, RFC 6675. */
#ifndef HRTCP_CORE_SCOREBOARD_H
#define HRTCP_CORE_SCOREBOARD_H

#include "txq.h"
#include "wire.h"

struct hrtcp_ack;
struct hrtcp_conn;

/* Mark what @seg says is held; @ack learns what it reports as received twice. */
void hrtcp_scoreboard_on_segment(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				 struct hrtcp_delivered *d, struct hrtcp_ack *ack);

#endif
