// SPDX-License-Identifier: GPL-2.0
/* recv.c -- RECEIVE, RFC 9293 3.10.3: from the receive queue to the user's memory. */
#include "recv.h"

#include <net/busy_poll.h>
#include <net/sock.h>

#include "rxq.h"
#include "settle.h"
#include "sock.h"
#include "urgent.h"

struct recv {
	struct sock *sk;
	struct msghdr *msg;
	size_t len;			/* wanted */
	size_t copied;
	size_t until;			/* of this round: len, or where the urgent mark is */
	int flags;
	long timeo;
};

/* Copy what one skb has. Return: octets, or -EFAULT. */
static int copy_out(struct recv *r, const struct sk_buff *skb, u32 off, u32 n)
{
	if (r->flags & MSG_TRUNC)
		return n;		/* of a stream: discarded */
	return skb_copy_datagram_msg(skb, off, r->msg, n) ? -EFAULT : (int)n;
}

static void unqueue(struct sock *sk, struct sk_buff *skb)
{
	__skb_unlink(skb, &sk->sk_receive_queue);
	__kfree_skb(skb);
}

/* Take what is there. Return: 0 or -EFAULT. */
static int take_queue(struct recv *r)
{
	struct hrtcp_rxcb *cb;
	struct sk_buff *skb, *next;
	int n;

	skb_queue_walk_safe(&r->sk->sk_receive_queue, skb, next) {
		cb = hrtcp_skb_rxcb(skb);
		n = copy_out(r, skb, cb->off, min_t(size_t, cb->end - cb->off,
						    r->until - r->copied));
		if (n < 0)
			return n;
		cb->off += n;
		r->copied += n;
		if (cb->off == cb->end)
			unqueue(r->sk, skb);
		if (r->copied == r->until)
			break;
	}
	return 0;
}

/* MSG_PEEK: copy the queue's octets from r->copied on, leave everything; @skip of them out. */
static int peek_queue(struct recv *r, u32 skip)
{
	size_t behind = r->copied + skip;	/* peeked at before a wait */
	const struct hrtcp_rxcb *cb;
	struct sk_buff *skb;
	u32 have;
	int n;

	skb_queue_walk(&r->sk->sk_receive_queue, skb) {
		cb = hrtcp_skb_rxcb(skb);
		have = cb->end - cb->off;
		if (behind >= have) {
			behind -= have;
			continue;
		}
		n = copy_out(r, skb, cb->off + behind,
			     min_t(size_t, have - behind, r->until - r->copied));
		if (n < 0)
			return n;
		behind = 0;
		r->copied += n;
		if (r->copied == r->until)
			break;
	}
	return 0;
}

/* The urgent octet is next, and only MSG_OOB reads it. */
static void skip_octet(struct sock *sk)
{
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);
	struct hrtcp_rxcb *cb;

	if (!skb)
		return;
	cb = hrtcp_skb_rxcb(skb);
	if (++cb->off == cb->end)
		unqueue(sk, skb);
	hrtcp_conn_on_read(&hrtcp_sk(sk)->conn, 1);
}

/* Of what this call has not read yet, the octets before the urgent mark. */
static u32 to_mark(const struct recv *r)
{
	const u32 mark = hrtcp_urgent_mark(r->sk);

	if (mark == U32_MAX || !(r->flags & MSG_PEEK))
		return mark;
	return mark < r->copied ? U32_MAX : mark - r->copied;
}

static int wait_for_data(struct recv *r, u32 seen)
{
	struct hrtcp_conn *conn = &hrtcp_sk(r->sk)->conn;
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int err;

	add_wait_queue(sk_sleep(r->sk), &wait);
	sk_set_bit(SOCKWQ_ASYNC_WAITDATA, r->sk);
	err = sk_wait_event(r->sk, &r->timeo,
			    READ_ONCE(conn->rcv.unread_bytes) != seen ||
			    READ_ONCE(r->sk->sk_err) ||
			    READ_ONCE(r->sk->sk_shutdown) & RCV_SHUTDOWN ||
			    READ_ONCE(r->sk->sk_state) == TCP_CLOSE, &wait);
	sk_clear_bit(SOCKWQ_ASYNC_WAITDATA, r->sk);
	remove_wait_queue(sk_sleep(r->sk), &wait);
	return err < 0 ? err : 0;
}

/* Nothing (more) in the queue. Return: 0 to wait, 1: end of stream, or a negative errno. */
static int why_empty(struct recv *r)
{
	struct sock *sk = r->sk;

	if (sk->sk_err)
		return sock_error(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return 1;
	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	if (!r->timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(r->timeo);
	return 0;
}

static int take_round(struct recv *r)
{
	const u32 hidden = r->copied ? 0 : hrtcp_urgent_hidden(r->sk);
	const size_t before = r->copied;
	u32 mark;
	int err;

	if (hidden && !(r->flags & MSG_PEEK))
		skip_octet(r->sk);
	mark = to_mark(r);
	r->until = r->len;
	if (mark && mark < r->len - r->copied)
		r->until = r->copied + mark;
	if (r->until == r->copied)
		return 0;
	if (r->flags & MSG_PEEK)
		return peek_queue(r, hidden);
	err = take_queue(r);
	if (r->copied > before) {
		hrtcp_conn_on_read(&hrtcp_sk(r->sk)->conn, r->copied - before);
		hrtcp_settle(r->sk);	/* the window may open */
	}
	return err;
}

static int recv_locked(struct recv *r)
{
	const size_t target = sock_rcvlowat(r->sk, r->flags & MSG_WAITALL, r->len);
	struct hrtcp_conn *conn = &hrtcp_sk(r->sk)->conn;
	u32 seen;
	int err;

	sock_owned_by_me(r->sk);
	if (r->sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	if (conn->fast.deferred) {	/* who reads first has nothing to send with the SYN */
		hrtcp_conn_send_syn(conn, ktime_get_ns());
		hrtcp_settle(r->sk);
	}
	for (;;) {
		err = take_round(r);
		if (err || r->copied >= target || (r->copied && !to_mark(r)))
			break;
		/* A signal, error or end is reported by the next call if this one has data. */
		if (r->copied && (r->sk->sk_err || r->sk->sk_shutdown & RCV_SHUTDOWN ||
				  r->sk->sk_state == TCP_CLOSE || !r->timeo ||
				  signal_pending(current)))
			break;
		err = why_empty(r);
		if (err)
			break;
		seen = conn->rcv.unread_bytes;
		err = wait_for_data(r, seen);
		if (err)
			break;
	}
	if (r->copied)
		return r->copied;
	return err > 0 ? 0 : err;
}

int hrtcp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	struct recv r = {
		.sk = sock->sk,
		.msg = msg,
		.len = min_t(size_t, len, INT_MAX),
		.flags = flags,
		.timeo = sock_rcvtimeo(sock->sk, flags & MSG_DONTWAIT),
	};
	int ret;

	if (flags & MSG_ERRQUEUE)
		return -EAGAIN;		/* nothing is ever queued there */
	if (sk_can_busy_loop(r.sk) && skb_queue_empty_lockless(&r.sk->sk_receive_queue) &&
	    r.sk->sk_state == TCP_ESTABLISHED)
		sk_busy_loop(r.sk, flags & MSG_DONTWAIT);
	lock_sock(r.sk);
	ret = flags & MSG_OOB ? hrtcp_urgent_recv(r.sk, msg, len, flags) : recv_locked(&r);
	release_sock(r.sk);
	return ret;
}
