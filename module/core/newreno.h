/* SPDX-License-Identifier: GPL-2.0 */
/* newreno.h -- loss recovery where the peer has no SACK, RFC 6582. */
#ifndef HRTCP_CORE_NEWRENO_H
#define HRTCP_CORE_NEWRENO_H

#include "env.h"

struct hrtcp_conn;
struct hrtcp_ack;

void hrtcp_newreno_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);

/* The reordering window after a duplicate ACK is over: what it asks for has not come. */
void hrtcp_newreno_on_late(struct hrtcp_conn *conn, u64 now_ns);

#endif
