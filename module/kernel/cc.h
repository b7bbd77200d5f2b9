/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cc.h -- congestion controls by name: those built in, and those of other modules, for which
 * this header and core/algorithm.h are the interface. Such a module is named hrtcp_NAME, has
 * MODULE_ALIAS("hrtcp-cc-NAME"), sets ops->owner, and keeps the table for as long as it is
 * registered; the references held by connections keep the module.
 */
#ifndef HRTCP_KERNEL_CC_H
#define HRTCP_KERNEL_CC_H

#include "core/algorithm.h"

struct hrtcp_net;
struct hrtcp_sock;

/* Return: 0, -EINVAL if a hook is missing, -EEXIST if the name is taken, -ENOMEM. */
int hrtcp_cc_register(const struct hrtcp_cc_ops *ops);
void hrtcp_cc_unregister(const struct hrtcp_cc_ops *ops);

/* By name, with a reference of its module; may load it, and sleeps. NULL: none such. */
const struct hrtcp_cc_ops *hrtcp_cc_get(const char *name);
void hrtcp_cc_put(const struct hrtcp_cc_ops *ops);

/*
 * What any user may choose in a namespace: what the administrator said or else all that are not
 * restricted, and its default in any case. Others are for who administrates the network.
 */
bool hrtcp_cc_allowed(struct hrtcp_net *hn, const struct hrtcp_cc_ops *ops);

/* The names with a space between: of what any user may choose in @hn, or without @hn of all. */
void hrtcp_cc_names(const struct hrtcp_net *hn, char *buf, size_t size);

/* @names: with spaces between. Return: 0, -ENOENT if there is none of a name, -ENOMEM. */
int hrtcp_cc_allow(struct hrtcp_net *hn, const char *names);

/* The user's choice or the namespace's default, with a reference, for a new connection. */
void hrtcp_sock_default_cc(struct hrtcp_sock *hs);

/* The connection changes to @ops, and the reference of the caller with it. */
void hrtcp_sock_use_cc(struct hrtcp_sock *hs, const struct hrtcp_cc_ops *ops);

#endif
