/* SPDX-License-Identifier: GPL-2.0 */
/* reply.h -- segments of requests, TIME-WAIT and listeners, which have no socket to send. */
#ifndef HRTCP_KERNEL_REPLY_H
#define HRTCP_KERNEL_REPLY_H

struct hrtcp_path;
struct hrtcp_rec;
struct hrtcp_reply;

/* Do what @reply says: tell of the transition, count the drop, send the segment. No lock is
 * held. @rec: for events, or NULL. */
void hrtcp_reply_send(const struct hrtcp_path *path, const struct hrtcp_rec *rec,
		      const struct hrtcp_reply *reply);

#endif
