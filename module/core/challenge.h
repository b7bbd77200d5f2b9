/* SPDX-License-Identifier: GPL-2.0 */
/*
 * challenge.h -- answers that nothing but a stray segment asks for, at a bounded rate. Each
 * connection, request and TIME-WAIT counts its own: a count shared by connections would tell
 * one of another, as RFC 5961 7 did not foresee.
 */
#ifndef HRTCP_CORE_CHALLENGE_H
#define HRTCP_CORE_CHALLENGE_H

#include "config.h"

struct hrtcp_challenge {
	u64 since_ns;			/* when the interval began; 0: never */
	u32 sent;			/* in it */
};

/* May one be sent now? It counts as sent then. */
static inline bool hrtcp_challenge_may(struct hrtcp_challenge *c, const struct hrtcp_cfg *cfg,
				       u64 now_ns)
{
	if (!c->since_ns || now_ns - c->since_ns >= cfg->challenge_ns) {
		c->since_ns = now_ns;
		c->sent = 0;
	}
	if (c->sent >= cfg->challenge_limit)
		return false;
	c->sent++;
	return true;
}

#endif
