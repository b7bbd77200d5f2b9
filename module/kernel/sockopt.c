// SPDX-License-Identifier: GPL-2.0
/*
 * sockopt.c -- options of one integer as a table, for SOL_TCP and SOL_IPV6; SOL_HRTCP in
 * settings.c; SOL_IP through
 * Linux's own handlers, but only for options known to keep to struct inet_sock: others
 * there would take the socket for one of the host's TCP.
 */
#include "sockopt.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>

#include "core/conn.h"

#include "cc.h"
#include "info.h"
#include "listen.h"
#include "netns.h"
#include "settings.h"
#include "settle.h"
#include "sock.h"

#define MAXSEG_MIN 88			/* Linux's limits of TCP_MAXSEG */
#define MAXSEG_MAX 32767
#define LINGER2_MAX 3600			/* seconds, as fin_timeout */
#define WINDOW_CLAMP_MIN 1152		/* octets; Linux's, too */

/* -- integers ---------------------------------------------------------------------- */

struct int_opt {
	int level, name, min, max;
	int (*set)(struct hrtcp_sock *hs, int val);	/* NULL: cannot be set */
	int (*get)(struct hrtcp_sock *hs);
};

static int set_nodelay(struct hrtcp_sock *hs, int val)
{
	hs->user.nodelay = val;
	hrtcp_conn_set_nodelay(&hs->conn, val);
	return 0;
}

static int get_nodelay(struct hrtcp_sock *hs)
{
	return hs->user.nodelay;
}

static int set_cork(struct hrtcp_sock *hs, int val)
{
	hs->user.cork = val;
	hrtcp_conn_set_cork(&hs->conn, val);
	return 0;
}

static int get_cork(struct hrtcp_sock *hs)
{
	return hs->user.cork;
}

static int set_maxseg(struct hrtcp_sock *hs, int val)
{
	if (val && val < MAXSEG_MIN)
		return -EINVAL;
	hs->user.mss = val;
	return 0;
}

static int get_maxseg(struct hrtcp_sock *hs)
{
	if ((1 << hs->inet.sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return hs->user.mss ?: 536;
	return hs->conn.snd.mss;
}

/* Those of SOL_HRTCP in seconds. */
static int set_seconds(struct hrtcp_sock *hs, u8 opt, int val)
{
	return hrtcp_settings_set(hs, opt, (u64)val * USEC_PER_SEC);
}

static int get_seconds(struct hrtcp_sock *hs, u8 opt)
{
	return (int)div_u64(hrtcp_settings_get(hs, opt), USEC_PER_SEC);
}

static int set_keepidle(struct hrtcp_sock *hs, int val)
{
	return set_seconds(hs, HRTCP_SO_KEEPALIVE_TIME, val);
}

static int get_keepidle(struct hrtcp_sock *hs)
{
	return get_seconds(hs, HRTCP_SO_KEEPALIVE_TIME);
}

static int set_keepintvl(struct hrtcp_sock *hs, int val)
{
	return set_seconds(hs, HRTCP_SO_KEEPALIVE_INTVL, val);
}

static int get_keepintvl(struct hrtcp_sock *hs)
{
	return get_seconds(hs, HRTCP_SO_KEEPALIVE_INTVL);
}

static int set_keepcnt(struct hrtcp_sock *hs, int val)
{
	return hrtcp_settings_set(hs, HRTCP_SO_KEEPALIVE_PROBES, val);
}

static int get_keepcnt(struct hrtcp_sock *hs)
{
	return (int)hrtcp_settings_get(hs, HRTCP_SO_KEEPALIVE_PROBES);
}

static int set_syncnt(struct hrtcp_sock *hs, int val)
{
	return hrtcp_settings_set(hs, HRTCP_SO_SYN_RETRIES, val);
}

static int get_syncnt(struct hrtcp_sock *hs)
{
	return (int)hrtcp_settings_get(hs, HRTCP_SO_SYN_RETRIES);
}

/* As Linux has it: 0 is the namespace's, less is none at all, more than there may be the most. */
static int set_linger2(struct hrtcp_sock *hs, int val)
{
	if (!val)
		return hrtcp_settings_unset(hs, HRTCP_SO_FIN_TIMEOUT);
	return set_seconds(hs, HRTCP_SO_FIN_TIMEOUT, clamp(val, 0, LINGER2_MAX));
}

static int get_linger2(struct hrtcp_sock *hs)
{
	return get_seconds(hs, HRTCP_SO_FIN_TIMEOUT) ?: -1;
}

static int set_user_timeout(struct hrtcp_sock *hs, int val)
{
	hs->user.timeout_us = (u64)val * USEC_PER_MSEC;
	hrtcp_conn_set_user_timeout(&hs->conn, (u64)val * NSEC_PER_MSEC);
	return 0;
}

static int get_user_timeout(struct hrtcp_sock *hs)
{
	return (int)div_u64(hs->user.timeout_us, USEC_PER_MSEC);
}

static int set_quickack(struct hrtcp_sock *hs, int val)
{
	hs->user.quickack = val;
	hrtcp_conn_set_quickack(&hs->conn, val);
	return 0;
}

static int get_quickack(struct hrtcp_sock *hs)
{
	return hs->user.quickack;
}

static int set_defer_accept(struct hrtcp_sock *hs, int val)
{
	struct hrtcp_listener *lst = hs->listener;

	hs->user.defer_s = val;
	if (!lst)
		return 0;
	spin_lock_bh(&lst->lock);
	lst->core.defer_ns = (u64)val * NSEC_PER_SEC;
	spin_unlock_bh(&lst->lock);
	return 0;
}

static int get_defer_accept(struct hrtcp_sock *hs)
{
	return hs->user.defer_s;
}

static int set_window_clamp(struct hrtcp_sock *hs, int val)
{
	hs->user.window_clamp = val ? max(val, WINDOW_CLAMP_MIN) : 0;
	hrtcp_conn_set_window_clamp(&hs->conn, hs->user.window_clamp);
	return 0;
}

static int get_window_clamp(struct hrtcp_sock *hs)
{
	return hs->user.window_clamp;
}

static int set_notsent_lowat(struct hrtcp_sock *hs, int val)
{
	WRITE_ONCE(hs->user.notsent_lowat, val);
	hs->inet.sk.sk_write_space(&hs->inet.sk);
	return 0;
}

static int get_notsent_lowat(struct hrtcp_sock *hs)
{
	return hs->user.notsent_lowat;
}

/* A server's: how many of its connections may be without an ACK of their SYN,ACK. */
static int set_fastopen(struct hrtcp_sock *hs, int val)
{
	if (!((1 << hs->inet.sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		return -EINVAL;
	hs->user.fastopen_qlen = val;
	if (hs->listener)
		hrtcp_listen_set_fast(hs->listener, val);
	return 0;
}

static int get_fastopen(struct hrtcp_sock *hs)
{
	return hs->user.fastopen_qlen;
}

/* A client's. */
static int set_fastopen_connect(struct hrtcp_sock *hs, int val)
{
	if (!(hs->hn->cfg.fastopen & HRTCP_FAST_CLIENT))
		return -EOPNOTSUPP;
	if (hs->inet.sk.sk_state != TCP_CLOSE)
		return -EINVAL;
	hs->user.fastopen_connect = val;
	return 0;
}

static int get_fastopen_connect(struct hrtcp_sock *hs)
{
	return hs->user.fastopen_connect;
}

static int set_fastopen_no_cookie(struct hrtcp_sock *hs, int val)
{
	if (hs->inet.sk.sk_state != TCP_CLOSE)
		return -EINVAL;
	hs->user.fastopen_no_cookie = val;
	return 0;
}

static int get_fastopen_no_cookie(struct hrtcp_sock *hs)
{
	return hs->user.fastopen_no_cookie;
}

static int set_v6only(struct hrtcp_sock *hs, int val)
{
	if (hs->use.port)
		return -EINVAL;
	hs->inet.sk.sk_ipv6only = val;
	return 0;
}

static int get_v6only(struct hrtcp_sock *hs)
{
	return hs->inet.sk.sk_ipv6only;
}

static int set_tclass(struct hrtcp_sock *hs, int val)
{
	if (val == -1)
		val = 0;
	/* The two low bits are ECN's, which is the protocol's. */
	val = (val & ~INET_ECN_MASK) | (hs->inet6.tclass & INET_ECN_MASK);
	if (val == hs->inet6.tclass)
		return 0;
	hs->inet6.tclass = val;
	sk_dst_reset(&hs->inet.sk);
	return 0;
}

static int get_tclass(struct hrtcp_sock *hs)
{
	return hs->inet6.tclass;
}

static int set_hops(struct hrtcp_sock *hs, int val)
{
	hs->inet6.hop_limit = val;
	return 0;
}

static int get_hops(struct hrtcp_sock *hs)
{
	struct dst_entry *dst;
	int hops = hs->inet6.hop_limit;

	if (hops >= 0)
		return hops;
	dst = __sk_dst_get(&hs->inet.sk);
	return dst && !ipv6_addr_v4mapped(&hs->inet.sk.sk_v6_daddr) ?
	       ip6_dst_hoplimit(dst) :
	       READ_ONCE(sock_net(&hs->inet.sk)->ipv6.devconf_all->hop_limit);
}

static int set_minhops(struct hrtcp_sock *hs, int val)
{
	WRITE_ONCE(hs->inet6.min_hopcount, val);
	return 0;
}

static int get_minhops(struct hrtcp_sock *hs)
{
	return hs->inet6.min_hopcount;
}

static int set_pmtudisc(struct hrtcp_sock *hs, int val)
{
	hs->inet6.pmtudisc = val;
	return 0;
}

static int get_pmtudisc(struct hrtcp_sock *hs)
{
	return hs->inet6.pmtudisc;
}

static int get_mtu(struct hrtcp_sock *hs)
{
	struct dst_entry *dst = __sk_dst_get(&hs->inet.sk);

	return dst ? (int)dst_mtu(dst) : -ENOTCONN;
}

static const struct int_opt int_opts[] = {
	{ SOL_TCP, TCP_NODELAY,	0, 1, set_nodelay, get_nodelay },
	{ SOL_TCP, TCP_CORK, 0, 1, set_cork, get_cork },
	{ SOL_TCP, TCP_MAXSEG, 0, MAXSEG_MAX, set_maxseg, get_maxseg },
	{ SOL_TCP, TCP_KEEPIDLE, 1, 32767, set_keepidle, get_keepidle },
	{ SOL_TCP, TCP_KEEPINTVL, 1, 32767, set_keepintvl, get_keepintvl },
	{ SOL_TCP, TCP_KEEPCNT, 1, 127, set_keepcnt, get_keepcnt },
	{ SOL_TCP, TCP_SYNCNT, 1, 127, set_syncnt, get_syncnt },
	{ SOL_TCP, TCP_LINGER2, INT_MIN, INT_MAX, set_linger2, get_linger2 },
	{ SOL_TCP, TCP_USER_TIMEOUT, 0, INT_MAX, set_user_timeout, get_user_timeout },
	{ SOL_TCP, TCP_FASTOPEN, 0, 65535, set_fastopen, get_fastopen },
	{ SOL_TCP, TCP_FASTOPEN_CONNECT, 0, 1, set_fastopen_connect, get_fastopen_connect },
	{ SOL_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 1, set_fastopen_no_cookie,
	  get_fastopen_no_cookie },
	{ SOL_TCP, TCP_QUICKACK, 0, 1, set_quickack, get_quickack },
	{ SOL_TCP, TCP_DEFER_ACCEPT, 0, 32767, set_defer_accept, get_defer_accept },
	{ SOL_TCP, TCP_WINDOW_CLAMP, 0, INT_MAX, set_window_clamp, get_window_clamp },
	{ SOL_TCP, TCP_NOTSENT_LOWAT, 0, INT_MAX, set_notsent_lowat, get_notsent_lowat },
	{ SOL_IPV6, IPV6_V6ONLY, 0, 1, set_v6only, get_v6only },
	{ SOL_IPV6, IPV6_TCLASS, -1, 255, set_tclass, get_tclass },
	{ SOL_IPV6, IPV6_UNICAST_HOPS, -1, 255, set_hops, get_hops },
	{ SOL_IPV6, IPV6_MINHOPCOUNT, 0, 255, set_minhops, get_minhops },
	{ SOL_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT, IPV6_PMTUDISC_OMIT, set_pmtudisc,
	  get_pmtudisc },
	{ SOL_IPV6, IPV6_MTU, 0, 0, NULL, get_mtu },
};

static const struct int_opt *find_int_opt(int level, int name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(int_opts); i++)
		if (int_opts[i].level == level && int_opts[i].name == name)
			return &int_opts[i];
	return NULL;
}

static int set_int(struct hrtcp_sock *hs, const struct int_opt *opt, sockptr_t uval,
		   unsigned int len)
{
	int val, err;

	if (!opt->set)
		return -ENOPROTOOPT;
	if (len < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, uval, sizeof(val)))
		return -EFAULT;
	if (!opt->min && opt->max == 1)
		val = !!val;
	if (val < opt->min || val > opt->max)
		return -EINVAL;
	lock_sock(&hs->inet.sk);
	err = opt->set(hs, val);
	if (!err)
		hrtcp_settle(&hs->inet.sk);
	release_sock(&hs->inet.sk);
	return err;
}

/* -- SOL_TCP's others --------------------------------------------------------------- */

static int set_congestion(struct hrtcp_sock *hs, sockptr_t uval, unsigned int len)
{
	const struct net *net = sock_net(&hs->inet.sk);
	const struct hrtcp_cc_ops *cc;
	char name[HRTCP_CC_NAME_MAX];
	long n;

	if (!len)
		return -EINVAL;
	n = strncpy_from_sockptr(name, uval, min_t(size_t, sizeof(name) - 1, len));
	if (n < 0)
		return -EFAULT;
	name[n] = 0;
	cc = hrtcp_cc_get(name);
	if (!cc)
		return -ENOENT;
	if (!hrtcp_cc_allowed(hs->hn, cc) && !ns_capable(net->user_ns, CAP_NET_ADMIN)) {
		hrtcp_cc_put(cc);
		return -EPERM;
	}
	lock_sock(&hs->inet.sk);
	hs->user.cc = cc;
	hrtcp_sock_use_cc(hs, cc);
	hrtcp_settle(&hs->inet.sk);
	release_sock(&hs->inet.sk);
	return 0;
}

/* Copy out at most what the user has room for, and say how much. */
static int put_user_buf(char __user *uval, int __user *ulen, const void *buf, int have)
{
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min(len, have);
	if (put_user(len, ulen) || copy_to_user(uval, buf, len))
		return -EFAULT;
	return 0;
}

static int get_congestion(struct hrtcp_sock *hs, char __user *uval, int __user *ulen)
{
	char name[HRTCP_CC_NAME_MAX] = { };

	lock_sock(&hs->inet.sk);
	strscpy(name, hs->conn.cc.ops->name, sizeof(name));
	release_sock(&hs->inet.sk);
	return put_user_buf(uval, ulen, name, sizeof(name));
}

static int get_info(struct hrtcp_sock *hs, char __user *uval, int __user *ulen)
{
	struct tcp_info info;

	lock_sock(&hs->inet.sk);
	hrtcp_info_fill(hs, &info);
	release_sock(&hs->inet.sk);
	return put_user_buf(uval, ulen, &info, sizeof(info));
}

static int get_int(struct hrtcp_sock *hs, const struct int_opt *opt, char __user *uval,
		   int __user *ulen)
{
	int val;

	lock_sock(&hs->inet.sk);
	val = opt->get(hs);
	release_sock(&hs->inet.sk);
	if (val == -ENOTCONN)
		return val;
	return put_user_buf(uval, ulen, &val, sizeof(val));
}

/* -- SOL_IP ------------------------------------------------------------------------- */

static const u8 ip_opts[] = {
	IP_TOS, IP_TTL, IP_MTU_DISCOVER, IP_MTU, IP_FREEBIND, IP_TRANSPARENT, IP_MINTTL,
	IP_BIND_ADDRESS_NO_PORT, IP_LOCAL_PORT_RANGE, IP_OPTIONS,
};

/* The option of SOL_IP that stands for this one; 0: none. */
static int as_ip_opt(int level, int name)
{
	if (level == SOL_IPV6 && name == IPV6_FREEBIND)
		return IP_FREEBIND;
	if (level == SOL_IPV6 && name == IPV6_TRANSPARENT)
		return IP_TRANSPARENT;
	if (level != SOL_IP || name <= 0 || name > U8_MAX)
		return 0;
	return memchr(ip_opts, name, sizeof(ip_opts)) ? name : 0;
}

/* RFC 9293 3.9.2.1: a source route among them takes another way, and all take room. */
static int set_ip_options(struct hrtcp_sock *hs, sockptr_t uval, unsigned int len)
{
	struct sock *sk = &hs->inet.sk;
	int err = ip_setsockopt(sk, SOL_IP, IP_OPTIONS, uval, len);

	if (err)
		return err;
	lock_sock(sk);
	hs->user.ip_options = len > 0;
	sk_dst_reset(sk);
	hrtcp_settle(sk);
	release_sock(sk);
	return 0;
}

/* ---------------------------------------------------------------------------------- */

int hrtcp_setsockopt(struct socket *sock, int level, int name, sockptr_t val,
		     unsigned int len)
{
	const struct int_opt *opt = find_int_opt(level, name);
	struct hrtcp_sock *hs = hrtcp_sk(sock->sk);

	if (opt)
		return set_int(hs, opt, val, len);
	if (level == SOL_HRTCP)
		return hrtcp_settings_setsockopt(hs, name, val, len);
	if (level == SOL_IP && name == IP_OPTIONS)
		return set_ip_options(hs, val, len);
	if (as_ip_opt(level, name))
		return ip_setsockopt(sock->sk, SOL_IP, as_ip_opt(level, name), val, len);
	if (level == SOL_TCP && name == TCP_CONGESTION)
		return set_congestion(hs, val, len);
	return -ENOPROTOOPT;
}

int hrtcp_getsockopt(struct socket *sock, int level, int name, char __user *val,
		     int __user *len)
{
	const struct int_opt *opt = find_int_opt(level, name);
	struct hrtcp_sock *hs = hrtcp_sk(sock->sk);

	if (opt)
		return get_int(hs, opt, val, len);
	if (level == SOL_HRTCP)
		return hrtcp_settings_getsockopt(hs, name, val, len);
	if (as_ip_opt(level, name))
		return ip_getsockopt(sock->sk, SOL_IP, as_ip_opt(level, name), val, len);
	if (level == SOL_TCP && name == TCP_CONGESTION)
		return get_congestion(hs, val, len);
	if (level == SOL_TCP && name == TCP_INFO)
		return get_info(hs, val, len);
	return -ENOPROTOOPT;
}
