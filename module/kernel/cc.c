// SPDX-License-Identifier: GPL-2.0
/*
 * cc.c -- the registry of congestion controls, and whose module is held by whom: a socket's by
 * hs->cc until its destructor, a namespace's default by its sysctl. Who finds a table under
 * RCU may look at it until it has its reference: unregistering waits for that.
 */
#include "cc.h"

#include <linux/capability.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "netns.h"
#include "sock.h"

struct entry {
	struct list_head link;
	const struct hrtcp_cc_ops *ops;
};

static LIST_HEAD(registered);		/* read under RCU, written under: */
static DEFINE_MUTEX(lock);

static struct entry *find_entry(const char *name)
{
	struct entry *entry;

	list_for_each_entry_rcu(entry, &registered, link, lockdep_is_held(&lock))
		if (!strcmp(entry->ops->name, name))
			return entry;
	return NULL;
}

static bool usable(const struct hrtcp_cc_ops *ops)
{
	return ops->name[0] && strnlen(ops->name, sizeof(ops->name)) < sizeof(ops->name) &&
	       ops->init && ops->on_loss && (ops->on_ack || ops->control);
}

int hrtcp_cc_register(const struct hrtcp_cc_ops *ops)
{
	struct entry *entry;
	int err = 0;

	if (!usable(ops))
		return -EINVAL;
	entry = kmalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->ops = ops;
	mutex_lock(&lock);
	if (hrtcp_cc_find(ops->name) || find_entry(ops->name))
		err = -EEXIST;
	else
		list_add_tail_rcu(&entry->link, &registered);
	mutex_unlock(&lock);
	if (err)
		kfree(entry);
	return err;
}
EXPORT_SYMBOL_GPL(hrtcp_cc_register);

void hrtcp_cc_unregister(const struct hrtcp_cc_ops *ops)
{
	struct entry *entry;

	mutex_lock(&lock);
	entry = find_entry(ops->name);
	if (entry)
		list_del_rcu(&entry->link);
	mutex_unlock(&lock);
	synchronize_rcu();
	kfree(entry);
}
EXPORT_SYMBOL_GPL(hrtcp_cc_unregister);

/* What algorithm.h, pace.h, rate.h and cc.h offer to an algorithm. */
EXPORT_SYMBOL_GPL(hrtcp_cc_cubic);
EXPORT_SYMBOL_GPL(hrtcp_cc_initial_window);
EXPORT_SYMBOL_GPL(hrtcp_cc_restart_window);
EXPORT_SYMBOL_GPL(hrtcp_ecn_l4s);
EXPORT_SYMBOL_GPL(hrtcp_pace_set_wanted);
EXPORT_SYMBOL_GPL(hrtcp_rate_mark_app_limited);
EXPORT_SYMBOL_GPL(hrtcp_recovery_pipe);

static const struct hrtcp_cc_ops *try_get(const char *name)
{
	const struct hrtcp_cc_ops *ops = hrtcp_cc_find(name);
	struct entry *entry;

	if (ops)
		return ops;
	rcu_read_lock();
	entry = find_entry(name);
	if (entry && try_module_get(entry->ops->owner))
		ops = entry->ops;
	rcu_read_unlock();
	return ops;
}

const struct hrtcp_cc_ops *hrtcp_cc_get(const char *name)
{
	const struct hrtcp_cc_ops *ops = try_get(name);

	if (ops || !capable(CAP_NET_ADMIN))
		return ops;
	request_module("hrtcp-cc-%s", name);
	return try_get(name);
}

void hrtcp_cc_put(const struct hrtcp_cc_ops *ops)
{
	if (ops)
		module_put(ops->owner);
}

/* -- who may choose what --------------------------------------------------------------- */

/* Is @name one of the words? */
static bool listed(const char *names, const char *name)
{
	const size_t len = strlen(name);

	for (; *names; names += strcspn(names, " ")) {
		names += strspn(names, " ");
		if (strcspn(names, " ") == len && !strncmp(names, name, len))
			return true;
	}
	return false;
}

static bool allowed(const struct hrtcp_net *hn, const struct hrtcp_cc_ops *ops)
{
	lockdep_assert_held(&lock);
	if (ops == (READ_ONCE(hn->cfg.cc) ?: &hrtcp_cc_cubic))
		return true;
	return hn->allowed_cc ? listed(hn->allowed_cc, ops->name) : !ops->restricted;
}

bool hrtcp_cc_allowed(struct hrtcp_net *hn, const struct hrtcp_cc_ops *ops)
{
	bool yes;

	mutex_lock(&lock);
	yes = allowed(hn, ops);
	mutex_unlock(&lock);
	return yes;
}

static size_t put_name(const struct hrtcp_net *hn, char *buf, size_t size, size_t len,
		       const struct hrtcp_cc_ops *ops)
{
	if (hn && !allowed(hn, ops))
		return len;
	return len + scnprintf(buf + len, size - len, "%s%s", len ? " " : "", ops->name);
}

void hrtcp_cc_names(const struct hrtcp_net *hn, char *buf, size_t size)
{
	const struct hrtcp_cc_ops *ops;
	struct entry *entry;
	size_t len = 0;
	u32 i;

	buf[0] = 0;
	mutex_lock(&lock);
	for (i = 0; (ops = hrtcp_cc_built_in(i)); i++)
		len = put_name(hn, buf, size, len, ops);
	list_for_each_entry(entry, &registered, link)
		len = put_name(hn, buf, size, len, entry->ops);
	mutex_unlock(&lock);
}

/* Is there one of each name? */
static bool all_known(const char *names)
{
	char name[HRTCP_CC_NAME_MAX];
	size_t len;

	for (names += strspn(names, " "); *names; names += strspn(names, " ")) {
		len = strcspn(names, " ");
		if (len >= sizeof(name))
			return false;
		memcpy(name, names, len);
		name[len] = 0;
		if (!hrtcp_cc_find(name) && !find_entry(name))
			return false;
		names += len;
	}
	return true;
}

int hrtcp_cc_allow(struct hrtcp_net *hn, const char *names)
{
	char *copy = kstrdup(names, GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	mutex_lock(&lock);
	if (all_known(copy))
		swap(hn->allowed_cc, copy);
	else
		err = -ENOENT;
	mutex_unlock(&lock);
	kfree(copy);
	return err;
}

/* -- a socket's ------------------------------------------------------------------------ */

void hrtcp_sock_use_cc(struct hrtcp_sock *hs, const struct hrtcp_cc_ops *ops)
{
	const struct hrtcp_cc_ops *before = hs->cc;

	hs->cc = ops;
	hrtcp_conn_set_cc(&hs->conn, ops);
	hrtcp_cc_put(before);
}

void hrtcp_sock_default_cc(struct hrtcp_sock *hs)
{
	const struct hrtcp_cc_ops *ops;

	rcu_read_lock();
	ops = hs->user.cc ?: READ_ONCE(hs->hn->cfg.cc);
	if (!ops || !try_module_get(ops->owner)) {
		hs->user.cc = NULL;	/* it is about to go */
		ops = &hrtcp_cc_cubic;
	}
	rcu_read_unlock();
	hrtcp_sock_use_cc(hs, ops);
}
