/* SPDX-License-Identifier: GPL-2.0 */
/*
 * repath.h -- when to try another path of several. Networks choose among equal paths by a hash of
 * the flow, for IPv6 of its flow label too (RFC 6438): a source that changes the label leaves a
 * path that has failed long before the routers do.
 */
#ifndef HRTCP_CORE_REPATH_H
#define HRTCP_CORE_REPATH_H

#include "seq.h"

struct hrtcp_conn;
struct hrtcp_seg;

struct hrtcp_repath {
	bool repeated;			/* the peer has sent data again that we have, ... */
	struct seq again;		/* ... beginning here */
	u64 changed_ns;			/* when we last wanted another path; 0: never */
};

/* A timeout of data, of our FIN, our SYN or SYN,ACK, which is counted already. */
void hrtcp_repath_on_timeout(struct hrtcp_conn *conn, u64 now_ns);

/* @seg lies wholly before RCV.NXT. */
void hrtcp_repath_on_repeat(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns);

#endif
