// SPDX-License-Identifier: GPL-2.0
/*
 * secret.c -- numbers that a stranger must not guess: initial sequence numbers and timestamp offsets: keyed hashes of addresses and
 * ports. Since the offset is the same for the same addresses and ports, a new incarnation of a
 * connection goes on with the old one's clock: RFC 6191 compares the two.
 */
#include "secret.h"

#include <linux/init.h>
#include <linux/random.h>
#include <linux/siphash.h>

#include "core/conn.h"

#include "key.h"
#include "syncookie.h"

static siphash_key_t iss_key __read_mostly;
static siphash_key_t ts_key __read_mostly;
static siphash_key_t port_key __read_mostly;

int __init hrtcp_secret_init(void)
{
	get_random_bytes(&iss_key, sizeof(iss_key));
	get_random_bytes(&ts_key, sizeof(ts_key));
	get_random_bytes(&port_key, sizeof(port_key));
	hrtcp_syncookie_init();
	return 0;
}

void hrtcp_secret_exit(void)
{
}

struct seq hrtcp_iss(const struct hrtcp_key *key, u64 now_ns)
{
	return hrtcp_isn((u32)siphash(key, sizeof(*key), &iss_key), now_ns);
}

void hrtcp_port_hashes(const struct hrtcp_key *key, u32 *f, u32 *g)
{
	struct hrtcp_key any = *key;
	u64 hash;

	any.lport = 0;
	hash = siphash(&any, sizeof(any), &port_key);
	*f = (u32)hash;
	*g = (u32)(hash >> 32);
}

u32 hrtcp_txhash(const struct hrtcp_key *key)
{
	return (u32)siphash(key, sizeof(*key), &port_key) ?: 1;
}

u32 hrtcp_ts_offset(const struct hrtcp_key *key)
{
	return (u32)siphash(key, sizeof(*key), &ts_key);
}
