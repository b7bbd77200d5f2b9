/* SPDX-License-Identifier: GPL-2.0 */
/* secret.h -- numbers that a stranger must not guess. */
#ifndef HRTCP_KERNEL_SECRET_H
#define HRTCP_KERNEL_SECRET_H

#include "core/seq.h"

struct hrtcp_key;

/* Keys of all hashes below, and of SYN cookies. */
int hrtcp_secret_init(void);
void hrtcp_secret_exit(void);

/* The initial send sequence number of a connection, RFC 6528. */
struct seq hrtcp_iss(const struct hrtcp_key *key, u64 now_ns);

/* What is added to its timestamp clock, RFC 7323 5.4. */
u32 hrtcp_ts_offset(const struct hrtcp_key *key);

/* F and G of RFC 6056 3.3.4: hashes of all but the local port. */
void hrtcp_port_hashes(const struct hrtcp_key *key, u32 *f, u32 *g);

/*
 * For the IPv6 flow label and the choice of queues: one value as long as a connection lives and its
 * path works, with a socket and without one. Never 0.
 */
u32 hrtcp_txhash(const struct hrtcp_key *key);

#endif
