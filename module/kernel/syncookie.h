/* SPDX-License-Identifier: GPL-2.0 */
/* syncookie.h -- the secrets of SYN cookies; the format is core/syncookie.h's. */
#ifndef HRTCP_KERNEL_SYNCOOKIE_H
#define HRTCP_KERNEL_SYNCOOKIE_H

#include "core/syncookie.h"

struct hrtcp_key;

void hrtcp_syncookie_init(void);

/* The hashes for a SYN of number @irs, or for what acknowledges its answer. Any context. */
void hrtcp_syncookie_hash(const struct hrtcp_key *key, struct seq irs, u64 now_ns,
			  struct hrtcp_syncookie *hash);

#endif
