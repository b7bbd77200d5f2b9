/* SPDX-License-Identifier: GPL-2.0 */
/* settings.h -- struct hrtcp_cfg as a namespace and as a socket may set it. */
#ifndef HRTCP_KERNEL_SETTINGS_H
#define HRTCP_KERNEL_SETTINGS_H

#include <linux/sockptr.h>
#include <linux/types.h>

#include "core/config.h"

#include "uapi/sockopt.h"

#include "settings_list.h"

struct hrtcp_sock;

enum hrtcp_setting_kind {
	HRTCP_SET_BOOL,
	HRTCP_SET_BYTE,
	HRTCP_SET_NUMBER,		/* u32 */
	HRTCP_SET_US,			/* u64 of nanoseconds, told in microseconds ... */
	HRTCP_SET_MS,
	HRTCP_SET_S,
};

struct hrtcp_setting {
	const char *name;
	u16 offset;			/* in struct hrtcp_cfg */
	u8 kind;			/* enum hrtcp_setting_kind */
	u8 opt;				/* of SOL_HRTCP, or 0 */
	u64 min, max;
};

enum {
#define X(name, ...) HRTCP_SETTING_##name,
	HRTCP_SETTINGS(X)
#undef X
	HRTCP_N_SETTINGS
};

extern const struct hrtcp_setting hrtcp_settings[HRTCP_N_SETTINGS];

/* In the setting's unit; nothing is checked. Any context. */
u64 hrtcp_setting_read(const struct hrtcp_setting *setting, const struct hrtcp_cfg *cfg);
void hrtcp_setting_write(const struct hrtcp_setting *setting, struct hrtcp_cfg *cfg, u64 val);

/*
 * The configuration of a socket that set any of it for itself: a copy of the namespace's with
 * what was set. Made by the first such call, inherited by copy, freed with the socket.
 */
struct hrtcp_own {
	struct hrtcp_cfg cfg;
	u64 set;			/* bits by place in hrtcp_settings[] */
};

/* What holds for @hs. Any context, while the socket is there. */
const struct hrtcp_cfg *hrtcp_settings_cfg(const struct hrtcp_sock *hs);

/* A connection is to begin: what @hs did not set is the namespace's of this moment. */
void hrtcp_settings_renew(struct hrtcp_sock *hs);

/* For a child of @hs: a copy, or NULL if there is none, or an ERR_PTR. Any context. */
struct hrtcp_own *hrtcp_settings_inherit(const struct hrtcp_sock *hs);

/* For options of other levels: @opt of SOL_HRTCP. The socket is owned. Return: 0 or -errno. */
int hrtcp_settings_set(struct hrtcp_sock *hs, u8 opt, u64 val);
int hrtcp_settings_unset(struct hrtcp_sock *hs, u8 opt);
u64 hrtcp_settings_get(const struct hrtcp_sock *hs, u8 opt);

/* setsockopt() and getsockopt() at level SOL_HRTCP. */
int hrtcp_settings_setsockopt(struct hrtcp_sock *hs, int opt, sockptr_t uval, unsigned int len);
int hrtcp_settings_getsockopt(struct hrtcp_sock *hs, int opt, char __user *uval,
			      int __user *ulen);

#endif
