// SPDX-License-Identifier: GPL-2.0
/*
 * settings.c -- the table of settings_list.h, and what a socket sets for itself.
 *
 * Who reads a configuration reads whole words of it at any time, under no lock; hs->own is
 * published once and stays until the memory of the socket goes, by RCU. So a listener's is
 * read by its requests under the listener's lock alone.
 */
#include "settings.h"

#include <linux/slab.h>

#include "core/conn.h"

#include "netns.h"
#include "settle.h"
#include "sock.h"

const struct hrtcp_setting hrtcp_settings[HRTCP_N_SETTINGS] = {
#define X(name_, kind_, field_, min_, max_, opt_)						\
	{ .name = #name_, .offset = offsetof(struct hrtcp_cfg, field_),			\
	  .kind = HRTCP_SET_##kind_, .opt = opt_, .min = min_, .max = max_ },
	HRTCP_SETTINGS(X)
#undef X
};

static u64 unit_ns(const struct hrtcp_setting *setting)
{
	if (setting->kind == HRTCP_SET_US)
		return NSEC_PER_USEC;
	return setting->kind == HRTCP_SET_MS ? NSEC_PER_MSEC : NSEC_PER_SEC;
}

u64 hrtcp_setting_read(const struct hrtcp_setting *setting, const struct hrtcp_cfg *cfg)
{
	const void *at = (const u8 *)cfg + setting->offset;
	u64 ns;

	switch (setting->kind) {
	case HRTCP_SET_BOOL:
	case HRTCP_SET_BYTE:
		return READ_ONCE(*(const u8 *)at);
	case HRTCP_SET_NUMBER:
		return READ_ONCE(*(const u32 *)at);
	default:
		ns = READ_ONCE(*(const u64 *)at);
		return ns == HRTCP_NEVER ? HRTCP_FOREVER : div64_u64(ns, unit_ns(setting));
	}
}

void hrtcp_setting_write(const struct hrtcp_setting *setting, struct hrtcp_cfg *cfg, u64 val)
{
	void *at = (u8 *)cfg + setting->offset;

	BUILD_BUG_ON(sizeof(bool) != sizeof(u8));
	switch (setting->kind) {
	case HRTCP_SET_BOOL:
	case HRTCP_SET_BYTE:
		WRITE_ONCE(*(u8 *)at, (u8)val);
		break;
	case HRTCP_SET_NUMBER:
		WRITE_ONCE(*(u32 *)at, (u32)val);
		break;
	default:
		WRITE_ONCE(*(u64 *)at, val == HRTCP_FOREVER ? HRTCP_NEVER :
							      val * unit_ns(setting));
	}
}

static const struct hrtcp_setting *find(int opt)
{
	size_t i;

	for (i = 0; opt && i < ARRAY_SIZE(hrtcp_settings); i++)
		if (hrtcp_settings[i].opt == opt)
			return &hrtcp_settings[i];
	return NULL;
}

static u64 bit_of(const struct hrtcp_setting *setting)
{
	BUILD_BUG_ON(HRTCP_N_SETTINGS > 64);
	return 1ull << (setting - hrtcp_settings);
}

const struct hrtcp_cfg *hrtcp_settings_cfg(const struct hrtcp_sock *hs)
{
	const struct hrtcp_own *own = smp_load_acquire(&hs->own);

	return own ? &own->cfg : &hs->hn->cfg;
}

void hrtcp_settings_renew(struct hrtcp_sock *hs)
{
	const struct hrtcp_setting *setting = hrtcp_settings;
	struct hrtcp_cfg cfg = hs->hn->cfg;
	struct hrtcp_own *own = hs->own;

	if (!own)
		return;
	for (; setting < hrtcp_settings + ARRAY_SIZE(hrtcp_settings); setting++)
		if (own->set & bit_of(setting))
			hrtcp_setting_write(setting, &cfg,
					    hrtcp_setting_read(setting, &own->cfg));
	own->cfg = cfg;
}

struct hrtcp_own *hrtcp_settings_inherit(const struct hrtcp_sock *hs)
{
	const struct hrtcp_own *own = smp_load_acquire(&hs->own);

	if (!own)
		return NULL;
	return kmemdup(own, sizeof(*own), GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN) ?:
	       ERR_PTR(-ENOMEM);
}

static struct hrtcp_own *make_own(struct hrtcp_sock *hs)
{
	struct hrtcp_own *own = hs->own;

	if (own)
		return own;
	own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);
	if (!own)
		return NULL;
	own->cfg = hs->hn->cfg;
	smp_store_release(&hs->own, own);
	return own;
}

static int set(struct hrtcp_sock *hs, const struct hrtcp_setting *setting, u64 val)
{
	struct hrtcp_own *own;

	sock_owned_by_me(&hs->inet.sk);
	if ((val < setting->min || val > setting->max) &&
	    !(setting->opt == HRTCP_SO_R2 && val == HRTCP_FOREVER))
		return -EINVAL;
	own = make_own(hs);
	if (!own)
		return -ENOMEM;
	own->set |= bit_of(setting);
	hrtcp_setting_write(setting, &own->cfg, val);
	hrtcp_conn_set_cfg(&hs->conn, &own->cfg, ktime_get_ns());
	return 0;
}

int hrtcp_settings_set(struct hrtcp_sock *hs, u8 opt, u64 val)
{
	return set(hs, find(opt), val);
}

int hrtcp_settings_unset(struct hrtcp_sock *hs, u8 opt)
{
	const struct hrtcp_setting *setting = find(opt);
	const u64 val = hrtcp_setting_read(setting, &hs->hn->cfg);
	int err = 0;

	if (hs->own && hs->own->set & bit_of(setting)) {
		err = set(hs, setting, val);
		hs->own->set &= ~bit_of(setting);
	}
	return err;
}

u64 hrtcp_settings_get(const struct hrtcp_sock *hs, u8 opt)
{
	return hrtcp_setting_read(find(opt), hrtcp_settings_cfg(hs));
}

/* -- SOL_HRTCP ---------------------------------------------------------------------- */

/* Not of struct hrtcp_cfg: 0 says that R2 holds. */
static int set_user_timeout(struct hrtcp_sock *hs, u64 us)
{
	if (us > HRTCP_DAY_US)
		return -EINVAL;
	hs->user.timeout_us = us;
	hrtcp_conn_set_user_timeout(&hs->conn, us * NSEC_PER_USEC);
	return 0;
}

static int copy_in(u64 *val, sockptr_t uval, unsigned int len)
{
	s32 small;

	if (len >= sizeof(*val))
		return copy_from_sockptr(val, uval, sizeof(*val)) ? -EFAULT : 0;
	if (len < sizeof(small))
		return -EINVAL;
	if (copy_from_sockptr(&small, uval, sizeof(small)))
		return -EFAULT;
	*val = (u64)small;
	return small < 0 ? -EINVAL : 0;
}

int hrtcp_settings_setsockopt(struct hrtcp_sock *hs, int opt, sockptr_t uval, unsigned int len)
{
	const struct hrtcp_setting *setting = find(opt);
	u64 val;
	int err;

	if (!setting && opt != HRTCP_SO_USER_TIMEOUT)
		return -ENOPROTOOPT;
	err = copy_in(&val, uval, len);
	if (err)
		return err;
	lock_sock(&hs->inet.sk);
	err = setting ? set(hs, setting, val) : set_user_timeout(hs, val);
	if (!err)
		hrtcp_settle(&hs->inet.sk);
	release_sock(&hs->inet.sk);
	return err;
}

/* An int where there is room for no more. */
static int copy_out(char __user *uval, int __user *ulen, u64 val)
{
	const s32 small = (s32)val;
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < (int)sizeof(small))
		return -EINVAL;
	if (len >= (int)sizeof(val)) {
		len = sizeof(val);
		return put_user(len, ulen) || copy_to_user(uval, &val, len) ? -EFAULT : 0;
	}
	if (val > INT_MAX)
		return -EOVERFLOW;
	len = sizeof(small);
	return put_user(len, ulen) || copy_to_user(uval, &small, len) ? -EFAULT : 0;
}

int hrtcp_settings_getsockopt(struct hrtcp_sock *hs, int opt, char __user *uval,
			      int __user *ulen)
{
	const struct hrtcp_setting *setting = find(opt);
	u64 val;

	if (!setting && opt != HRTCP_SO_USER_TIMEOUT)
		return -ENOPROTOOPT;
	lock_sock(&hs->inet.sk);
	val = setting ? hrtcp_setting_read(setting, hrtcp_settings_cfg(hs)) :
			hs->user.timeout_us;
	release_sock(&hs->inet.sk);
	return copy_out(uval, ulen, val);
}
