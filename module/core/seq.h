/* SPDX-License-Identifier: GPL-2.0 */
/*
 * seq.h -- sequence numbers, RFC 9293 3.4. A type of their own, so that no plain `<`
 * compares them; this is the only place that does.
 */
#ifndef HRTCP_CORE_SEQ_H
#define HRTCP_CORE_SEQ_H

#include "env.h"

struct seq {
	u32 v;
};

static inline struct seq seq_of(u32 v)
{
	return (struct seq){ v };
}

static inline struct seq seq_add(struct seq a, u32 n)
{
	return seq_of(a.v + n);
}

static inline struct seq seq_sub(struct seq a, u32 n)
{
	return seq_of(a.v - n);
}

/* How far @a lies ahead of @b; negative when behind. The caller must look at the sign. */
static inline s32 seq_diff(struct seq a, struct seq b)
{
	return (s32)(a.v - b.v);
}

static inline bool seq_eq(struct seq a, struct seq b)
{
	return a.v == b.v;
}

static inline bool seq_lt(struct seq a, struct seq b)
{
	return seq_diff(a, b) < 0;
}

static inline bool seq_le(struct seq a, struct seq b)
{
	return seq_diff(a, b) <= 0;
}

static inline bool seq_gt(struct seq a, struct seq b)
{
	return seq_diff(a, b) > 0;
}

static inline bool seq_ge(struct seq a, struct seq b)
{
	return seq_diff(a, b) >= 0;
}

static inline struct seq seq_max(struct seq a, struct seq b)
{
	return seq_gt(a, b) ? a : b;
}

static inline struct seq seq_min(struct seq a, struct seq b)
{
	return seq_lt(a, b) ? a : b;
}

/* Is @a in the half-open window [@start, @start + @len)? */
static inline bool seq_in(struct seq a, struct seq start, u32 len)
{
	return a.v - start.v < len;
}

#endif
