/* SPDX-License-Identifier: GPL-2.0 */
/* newreno.h -- loss recovery where the peer has no SACK, RFC 6582. */
#ifndef HRTCP_CORE_NEWRENO_H
#define HRTCP_CORE_NEWRENO_H

#include "env.h"

struct hrtcp_conn;
struct hrtcp_ack;

void hrtcp_newreno_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* F-RTO cannot tell: the timeout counts as genuine, and what it found lost goes again. */
void hrtcp_newreno_give_up_frto(struct hrtcp_conn *conn);

/* The reordering window after a duplicate ACK is over: what it asks for has not come. */
void hrtcp_newreno_on_late(struct hrtcp_conn *conn, u64 now_ns);

#endif
