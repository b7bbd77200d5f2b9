/* SPDX-License-Identifier: GPL-2.0 */
/* lookup.h -- the table of connections, and the finding of listeners. */
#ifndef HRTCP_KERNEL_LOOKUP_H
#define HRTCP_KERNEL_LOOKUP_H

#include "key.h"

struct sock;

int hrtcp_table_init(struct hrtcp_net *hn);
void hrtcp_table_exit(struct hrtcp_net *hn);

/* The table owns one reference of each record in it; the caller gives and takes it.
 * Return: 0, -EADDRINUSE where the key is taken, or -ENOMEM. */
int hrtcp_rec_insert(struct hrtcp_net *hn, struct hrtcp_rec *rec);
void hrtcp_rec_remove(struct hrtcp_net *hn, struct hrtcp_rec *rec);

/* @new stands where @old stood; no segment falls between. Return: whether @old was there. */
bool hrtcp_rec_replace(struct hrtcp_net *hn, struct hrtcp_rec *old, struct hrtcp_rec *new);

/* Return: the record with a reference, or NULL. */
struct hrtcp_rec *hrtcp_rec_lookup(struct hrtcp_net *hn, const struct hrtcp_key *key);
void hrtcp_rec_put(struct hrtcp_rec *rec);

/* Return: the best listener with a reference, or NULL. */
struct sock *hrtcp_listener_lookup(struct hrtcp_net *hn, const struct hrtcp_key *key,
				   const struct hrtcp_in *in);

#endif
