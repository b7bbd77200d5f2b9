/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fastopen.h -- Fast Open as a namespace keeps it: the server's keys, and what is known of
 * servers. What either is used for is core/fastopen.h's.
 */
#ifndef HRTCP_KERNEL_FASTOPEN_H
#define HRTCP_KERNEL_FASTOPEN_H

#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

#include "core/fastopen.h"

struct hrtcp_arrival;
struct hrtcp_key;
struct hrtcp_listener;
struct hrtcp_net;
struct hrtcp_sock;

#define HRTCP_FAST_HASH 256
#define HRTCP_FAST_KEYS_TEXT (2 * 36)	/* as text, with separators and the end */

/* In struct hrtcp_net. */
struct hrtcp_fast_net {
	spinlock_t lock;		/* all below; taken with softirqs off, no other inside */
	siphash_key_t key[2];		/* in use; the one before */
	u64 key_since_ns;
	bool key_set;			/* by the administrator: does not expire */
	struct list_head lru;		/* of servers, the last used one first */
	struct hlist_head hash[HRTCP_FAST_HASH];
	u32 count;
};

void hrtcp_fast_net_init(struct hrtcp_net *hn);
void hrtcp_fast_net_exit(struct hrtcp_net *hn);

/* The sysctl: keys to and from text. Return: 0 or -EINVAL. */
void hrtcp_fast_keys_print(struct hrtcp_net *hn, char *text, size_t size);
int hrtcp_fast_keys_parse(struct hrtcp_net *hn, const char *text);

/* A SYN for @lst: may it open at once? Fills @open, counts. Any lock may be held. */
void hrtcp_fast_judge(struct hrtcp_listener *lst, const struct hrtcp_arrival *a,
		      struct hrtcp_fast_open *open);

/* The place taken above belongs to @hs from now on; it leaves SYN-RECEIVED; or was not made. */
void hrtcp_fast_enter(struct hrtcp_sock *hs, struct hrtcp_listener *lst);
void hrtcp_fast_leave(struct hrtcp_sock *hs, bool reset);
void hrtcp_fast_cancel(struct hrtcp_listener *lst);

/* A client: how to open towards its peer; what came of it. The socket is owned. */
void hrtcp_fast_fill(struct hrtcp_sock *hs, struct hrtcp_fast_open *open);
void hrtcp_fast_learn(struct hrtcp_sock *hs);

#endif
