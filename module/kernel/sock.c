// SPDX-License-Identifier: GPL-2.0
/*
 * sock.c -- a socket from its making to its end.
 *
 * Owning. A socket, its connection and its queues belong to one owner at a time: a process
 * between lock_sock() and release_sock(), or a softirq between bh_lock_sock() and
 * bh_unlock_sock() that saw !sock_owned_by_user(). Everything that takes a socket here
 * wants it owned, unless it says otherwise. A softirq that meets a process's socket leaves
 * its work: segments on the backlog, the rest as bits in hs->flags for release_cb.
 *
 * Lock order, outer first; what each guards:
 *
 *   lock_sock(sk)          process context: all of the socket
 *   hn->ports.lock         mutex: which ports are held, and the choice of one
 *   lock_sock(shadow)      of the kernel TCP socket that holds a port, inside bind
 *   listener->lock         spinlock, softirqs off: the listener's counts, its requests and
 *                          its accept queue; so a segment never needs a listener's sk lock
 *   slock of a child       taken under listener->lock only for a socket just cloned, which
 *                          nobody else can own yet; and under no other slock
 *   hn->tw.lock            spinlock, softirqs off: TIME-WAIT records and their queue
 *   port->lock             spinlock, softirqs off: users of a port
 *   listener->fast_lock    spinlock, softirqs off: places for Fast Open; inside any slock
 *   hn->fast.lock          spinlock, softirqs off: Fast Open's keys and servers
 *   bucket locks of the rhashtable
 *
 * Transmitting and waking happen under the slock, as in Linux TCP; replies for requests and
 * TIME-WAIT are sent after their locks were dropped.
 *
 * References of a struct sock: the struct socket's (or the accept queue's), given back by
 * release(); the table's, while hs->hashed; the scheduled tasklet's; lookups'. A hrtimer has
 * none, clock.c says why.
 * Transmitted skbs hold sk_wmem_alloc instead, which keeps the memory but not the life.
 * Memory goes by RCU (SOCK_RCU_FREE), so that lookups may look before they hold.
 *
 * The end. CLOSED reached, settle() buries: drains the core's nodes, leaves table, port and
 * timer. What may still hold the socket then and why that ends: a process, until it closes;
 * a softirq that looked it up, until it finds !hs->hashed; the timer and the tasklet, which
 * fire once and find the same; skbs in a device, until it sends them. An orphan keeps
 * no reference of its namespace, so it never touches hs->hn once it is out of the table;
 * the end of a namespace takes all that are in it (netns.c) and waits for softirqs.
 *
 * The module. A struct socket holds the module by sock->ops->owner. proto.owner is NULL on
 * purpose: orphans must not refuse rmmod; exit ends them and waits for hrtcp_n_socks.
 */
#include "sock.h"

#include <linux/module.h>
#include <net/inet_common.h>
#include <net/transp_v6.h>

#include "cc.h"
#include "fastopen.h"
#include "listen.h"
#include "lookup.h"
#include "netns.h"
#include "proto.h"
#include "rxq.h"
#include "settings.h"
#include "timewait.h"
#include "tx.h"
#include "txq.h"

static atomic64_t next_cookie;

/* Neither the host's nor ours are ever given twice: those of the kernel count from 1. */
u64 hrtcp_cookie_next(void)
{
	return (1ull << 62) + atomic64_inc_return(&next_cookie);
}

static void hrtcp_unblock_fired(struct tasklet_struct *tasklet)
{
	struct hrtcp_sock *hs = from_tasklet(hs, tasklet, unblock);
	struct sock *sk = &hs->inet.sk;

	clear_bit(HRTCP_SF_TASKLET, &hs->flags);
	bh_lock_sock(sk);
	set_bit(HRTCP_SF_UNBLOCK, &hs->flags);
	if (!sock_owned_by_user(sk))
		hrtcp_tx_unblock(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

void hrtcp_sock_reset_conn(struct hrtcp_sock *hs)
{
	struct hrtcp_conn *conn = &hs->conn;

	rcu_read_lock();		/* for the default's module, until hs->cc holds it */
	hrtcp_settings_renew(hs);
	hrtcp_conn_init(conn, hrtcp_settings_cfg(hs));
	hrtcp_sock_default_cc(hs);
	rcu_read_unlock();
	hrtcp_conn_set_nodelay(conn, hs->user.nodelay);
	hrtcp_conn_set_cork(conn, hs->user.cork);
	hrtcp_conn_set_quickack(conn, hs->user.quickack);
	hrtcp_conn_set_window_clamp(conn, hs->user.window_clamp);
	hrtcp_conn_set_user_timeout(conn, hs->user.timeout_us * NSEC_PER_USEC);
	hrtcp_conn_set_keepalive(conn, sock_flag(&hs->inet.sk, SOCK_KEEPOPEN), ktime_get_ns());
	memset(&hs->counted, 0, sizeof(hs->counted));
	clear_bit(HRTCP_SF_DEADLINE, &hs->flags);
	clear_bit(HRTCP_SF_UNBLOCK, &hs->flags);
	clear_bit(HRTCP_SF_PMTU, &hs->flags);
	clear_bit(HRTCP_SF_BLOCKED, &hs->flags);
	hs->oob_taken = false;
	hs->mtu = 0;
	hs->rcvbuf_seen = 0;
	hs->held_told = false;
}

/* Everything of ours; Linux's part is set up, by sock_init_data() or by sk_clone_lock(). */
void hrtcp_sock_reset(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;

	hs->hn = hrtcp_net(sock_net(sk));
	hs->flags = 0;
	hs->cc = NULL;			/* a clone's is the listener's */
	hrtcp_sock_reset_conn(hs);
	memset(&hs->rec, 0, sizeof(hs->rec));
	hs->rec.kind = HRTCP_REC_SOCK;
	memset(&hs->use, 0, sizeof(hs->use));
	hrtcp_clock_init(&hs->clock);
	tasklet_setup(&hs->unblock, hrtcp_unblock_fired);
	hs->listener = NULL;
	hs->fast_of = NULL;
	INIT_LIST_HEAD(&hs->accept_link);
	hs->hashed = false;

	RCU_INIT_POINTER(inet_sk(sk)->inet_opt, NULL);	/* a listener's stay its own */
	hs->user.ip_options = false;
	inet_sk(sk)->pinet6 = &hs->inet6;
	hs->inet6.ipv6_mc_list = NULL;
	hs->inet6.ipv6_ac_list = NULL;
	hs->inet6.pktoptions = NULL;
	RCU_INIT_POINTER(hs->inet6.opt, NULL);
	sk->sk_destruct = hrtcp_sock_destruct;
	hrtcp_proto_count(1);
}

/* What Linux's inet_create() does for a stream, as far as it is not 0. */
int hrtcp_sock_init(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);

	sock_set_flag(sk, SOCK_RCU_FREE);
	sk->sk_protocol = IPPROTO_TCP;
	sk->sk_backlog_rcv = hrtcp_proto.backlog_rcv;
	sk->sk_write_space = hrtcp_write_space;
	sk->sk_txrehash = READ_ONCE(net->core.sysctl_txrehash);
	sk->sk_ipv6only = READ_ONCE(net->ipv6.sysctl.bindv6only);
	inet->uc_ttl = -1;
	inet->mc_ttl = 1;
	inet->pmtudisc = READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc) ?
			 IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	hs->inet6.hop_limit = -1;
	hs->inet6.pmtudisc = IPV6_PMTUDISC_WANT;
	hrtcp_sock_reset(hs);
	hs->rec.cookie = hrtcp_cookie_next();
	atomic64_set(&sk->sk_cookie, hs->rec.cookie);
	WRITE_ONCE(sk->sk_sndbuf, hs->hn->bufs.wmem[1]);
	WRITE_ONCE(sk->sk_rcvbuf, hs->hn->bufs.rmem[1]);
	sk_sockets_allocated_inc(sk);
	return 0;
}

/* By RCU, after the last reference and the last transmitted skb. */
void hrtcp_sock_destruct(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	WARN_ON_ONCE(hs->hashed || hs->use.port);
	hrtcp_clock_destroy(&hs->clock);
	kfree(hs->listener);
	kfree(hs->own);
	hrtcp_cc_put(hs->cc);
	sk_sockets_allocated_dec(sk);
	inet_sock_destruct(sk);
	hrtcp_proto_count(-1);
}

/* What Linux shows for an IPv6 address where only an IPv4 one can stand. */
static __be32 v4_face(const struct in6_addr *ip)
{
	if (ipv6_addr_v4mapped(ip))
		return hrtcp_addr_v4(ip);
	return ipv6_addr_any(ip) ? 0 : LOOPBACK4_IPV6;
}

void hrtcp_sock_set_local(struct hrtcp_sock *hs, const struct in6_addr *ip, u16 port)
{
	struct inet_sock *inet = &hs->inet;

	sock_owned_by_me(&inet->sk);
	inet->inet_rcv_saddr = v4_face(ip);
	inet->inet_saddr = inet->inet_rcv_saddr;
	inet->sk.sk_v6_rcv_saddr = *ip;
	hs->inet6.saddr = *ip;
	inet->inet_num = port;
	inet->inet_sport = htons(port);
}

void hrtcp_sock_set_peer(struct hrtcp_sock *hs, const struct in6_addr *ip, u16 port)
{
	struct inet_sock *inet = &hs->inet;

	sock_owned_by_me(&inet->sk);
	inet->inet_daddr = v4_face(ip);
	inet->sk.sk_v6_daddr = *ip;
	inet->inet_dport = htons(port);
}

int hrtcp_sock_hash(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	int err;

	sock_owned_by_me(sk);
	sock_hold(sk);
	hs->hashed = true;
	err = hrtcp_rec_insert(hs->hn, &hs->rec);
	if (!err) {
		sock_prot_inuse_add(sock_net(sk), sk->sk_prot, 1);
		return 0;
	}
	hs->hashed = false;
	__sock_put(sk);
	return err;
}

void hrtcp_sock_unhash(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;

	if (!hs->hashed)
		return;
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
	hrtcp_rec_remove(hs->hn, &hs->rec);
	hs->hashed = false;
	__sock_put(sk);			/* the owner has one of its own */
}

/*
 * All but TIME-WAIT: Linux takes a struct sock in that state for an inet_timewait_sock. There
 * as in Linux's own TCP the user's socket is closed and the connection waits without it.
 */
void hrtcp_sock_set_state(struct sock *sk, u8 state)
{
	BUILD_BUG_ON((int)HRTCP_ESTABLISHED != TCP_ESTABLISHED);
	BUILD_BUG_ON((int)HRTCP_SYN_SENT != TCP_SYN_SENT);
	BUILD_BUG_ON((int)HRTCP_SYN_RECEIVED != TCP_SYN_RECV);
	BUILD_BUG_ON((int)HRTCP_FIN_WAIT_1 != TCP_FIN_WAIT1);
	BUILD_BUG_ON((int)HRTCP_FIN_WAIT_2 != TCP_FIN_WAIT2);
	BUILD_BUG_ON((int)HRTCP_CLOSED != TCP_CLOSE);
	BUILD_BUG_ON((int)HRTCP_CLOSE_WAIT != TCP_CLOSE_WAIT);
	BUILD_BUG_ON((int)HRTCP_LAST_ACK != TCP_LAST_ACK);
	BUILD_BUG_ON((int)HRTCP_LISTEN != TCP_LISTEN);
	BUILD_BUG_ON((int)HRTCP_CLOSING != TCP_CLOSING);
	if (state == HRTCP_TIME_WAIT)
		state = TCP_CLOSE;
	if (sk->sk_state != state)
		inet_sk_set_state(sk, state);
}

void hrtcp_sock_bury(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;

	sock_owned_by_me(sk);
	hrtcp_clock_stop(sk);
	hrtcp_fast_leave(hs, false);
	hrtcp_txq_purge(sk);
	hrtcp_rxq_purge_core(sk);
	if (sock_flag(sk, SOCK_DEAD))
		hrtcp_rxq_purge(sk);
	sk_dst_reset(sk);
	/* A port that the user chose stays with the socket until it is closed. */
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK) || sock_flag(sk, SOCK_DEAD))
		hrtcp_port_leave(&hs->use);
	hrtcp_sock_unhash(hs);
	if (sock_flag(sk, SOCK_DEAD) && !sk->sk_net_refcnt)
		hrtcp_sock_leave_net(sk);
}

void hrtcp_sock_orphan(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	sock_owned_by_me(sk);
	sock_orphan(sk);
	release_sock(sk);		/* the backlog, too, finds an orphan */
	local_bh_disable();
	bh_lock_sock(sk);
	hrtcp_timewait_take(hs);
	if (hs->conn.state == HRTCP_CLOSED)
		hrtcp_sock_bury(hs);
	if (sk->sk_net_refcnt) {
		hrtcp_sock_unref_net(sk);
		if (!hs->hashed)
			hrtcp_sock_leave_net(sk);
	} else {
		net = NULL;
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	if (net)
		put_net(net);
}
