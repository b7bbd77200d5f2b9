// SPDX-License-Identifier: GPL-2.0
/*
 * syncookie.c -- two secrets by turns. Periods are hashed with the secret of their
 * generation, of GENERATION periods; when a new one begins, the secret before the last is
 * replaced. What only hides the format has a secret that stays.
 */
#include "syncookie.h"

#include <linux/random.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>

#include "key.h"

#define GENERATION_LOG 6		/* 64 periods: 73 minutes */

struct secrets {
	u32 generation;
	siphash_key_t key[2];		/* by the generation's lowest bit */
};

static DEFINE_SEQLOCK(secrets_lock);
static struct secrets secrets;
static siphash_key_t blind_key __read_mostly;

struct hashed {
	struct hrtcp_key key;
	u32 irs, period;
};

void hrtcp_syncookie_init(void)
{
	get_random_bytes(&blind_key, sizeof(blind_key));
	get_random_bytes(secrets.key, sizeof(secrets.key));
	secrets.generation = hrtcp_syncookie_period(ktime_get_ns()) >> GENERATION_LOG;
}

static void turn(u32 generation)
{
	write_seqlock_bh(&secrets_lock);
	if ((s32)(generation - secrets.generation) > 0) {
		if (generation - secrets.generation > 1)	/* a long silence: both are old */
			get_random_bytes(&secrets.key[~generation & 1],
					 sizeof(secrets.key[0]));
		get_random_bytes(&secrets.key[generation & 1], sizeof(secrets.key[0]));
		secrets.generation = generation;
	}
	write_sequnlock_bh(&secrets_lock);
}

static void read_secrets(struct secrets *to)
{
	unsigned int seq;

	do {
		seq = read_seqbegin(&secrets_lock);
		*to = secrets;
	} while (read_seqretry(&secrets_lock, seq));
}

void hrtcp_syncookie_hash(const struct hrtcp_key *key, struct seq irs, u64 now_ns,
			  struct hrtcp_syncookie *hash)
{
	const u32 period = hrtcp_syncookie_period(now_ns);
	struct hashed in = { .key = *key, .irs = irs.v };
	struct secrets now;
	u32 age;

	BUILD_BUG_ON(sizeof(in) != 48);
	read_secrets(&now);
	if ((s32)((period >> GENERATION_LOG) - now.generation) > 0) {
		turn(period >> GENERATION_LOG);
		read_secrets(&now);
	}
	hash->blind = (u32)siphash(&in, sizeof(in), &blind_key);
	for (age = 0; age < 2; age++) {
		in.period = period - age;
		hash->mac[age] = siphash(&in, sizeof(in),
					 &now.key[in.period >> GENERATION_LOG & 1]);
	}
	memzero_explicit(&now, sizeof(now));
}
