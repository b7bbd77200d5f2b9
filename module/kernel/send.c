// SPDX-License-Identifier: GPL-2.0
/*
 * send.c -- SEND, RFC 9293 3.10.2: from the user's memory straight into page fragments.
 *
 * The tail buffer of the queue is filled up to a whole super-segment before the next one is
 * begun. Each full buffer is settled at once, so that the device works while the rest is
 * copied; the end of the call settles what remains, marked as pushed.
 */
#include "send.h"

#include <net/sock.h>
#include <net/tcp.h>

#include "connect.h"
#include "settle.h"
#include "sock.h"
#include "txq.h"

struct send {
	struct sock *sk;
	struct msghdr *msg;
	long timeo;
	size_t copied;
};

/* Room for one more piece of @pfrag in @skb? If so, at which fragment. */
static bool frag_room(struct sk_buff *skb, struct page_frag *pfrag, int *i, bool *merge)
{
	*i = skb_shinfo(skb)->nr_frags;
	*merge = skb_can_coalesce(skb, *i, pfrag->page, pfrag->offset);
	return *merge || *i < MAX_SKB_FRAGS;
}

/* Copy up to @len octets to @skb's end. Return: octets, 0: no room, or a negative errno. */
static int copy_in(struct send *s, struct sk_buff *skb, u32 len)
{
	struct page_frag *pfrag = sk_page_frag(s->sk);
	bool merge;
	int err, i;

	if (!sk_page_frag_refill(s->sk, pfrag))
		return -ENOBUFS;
	if (!frag_room(skb, pfrag, &i, &merge))
		return 0;
	len = min_t(u32, len, pfrag->size - pfrag->offset);
	if (!sk_wmem_schedule(s->sk, len))
		return -ENOBUFS;
	err = skb_copy_to_page_nocache(s->sk, &s->msg->msg_iter, skb, pfrag->page,
				       pfrag->offset, len);
	if (err)
		return err;
	if (merge) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], len);
	} else {
		skb_fill_page_desc(skb, i, pfrag->page, pfrag->offset, len);
		get_page(pfrag->page);
	}
	pfrag->offset += len;
	return len;
}

/* The buffer at the queue's end, if there is room in it. */
static struct sk_buff *usable_tail(const struct hrtcp_conn *conn, u32 *room)
{
	struct hrtcp_txnode *node = hrtcp_conn_write_tail(conn);

	if (!node || skb_cloned(hrtcp_txnode_skb(node)))
		return NULL;
	*room = hrtcp_conn_size_goal(conn) - hrtcp_txnode_len(node);
	return hrtcp_txnode_skb(node);
}

/* One piece. Return: octets taken, or a negative errno. */
static int send_piece(struct send *s, size_t left)
{
	struct hrtcp_conn *conn = &hrtcp_sk(s->sk)->conn;
	struct sk_buff *skb;
	u32 room;
	int n = 0;

	skb = usable_tail(conn, &room);
	if (skb)
		n = copy_in(s, skb, min_t(size_t, left, room));
	if (n < 0)
		return n;
	if (!n) {
		skb = hrtcp_txq_alloc(s->sk, s->sk->sk_allocation);
		if (!skb)
			return -ENOBUFS;
		room = hrtcp_conn_size_goal(conn);
		n = copy_in(s, skb, min_t(size_t, left, room));
		if (n <= 0) {
			hrtcp_txq_free_skb(s->sk, skb);
			return n ?: -ENOBUFS;
		}
	}
	hrtcp_conn_on_write(conn, hrtcp_skb_txnode(skb), n,
			    (size_t)n == left && !(s->msg->msg_flags & MSG_MORE));
	if (s->msg->msg_flags & MSG_OOB)
		hrtcp_conn_on_urgent(conn);
	if ((u32)n == room)
		hrtcp_settle(s->sk);
	return n;
}

static int wait_for_memory(struct send *s)
{
	set_bit(SOCK_NOSPACE, &s->sk->sk_socket->flags);
	hrtcp_settle(s->sk);		/* what waits must go first */
	return sk_stream_wait_memory(s->sk, &s->timeo);
}

static int send_all(struct send *s)
{
	struct hrtcp_conn *conn = &hrtcp_sk(s->sk)->conn;
	int n;

	while (msg_data_left(s->msg)) {
		if (s->sk->sk_err || (s->sk->sk_shutdown & SEND_SHUTDOWN))
			return -EPIPE;
		n = hrtcp_conn_may_write(conn);
		if (n == -ENOTCONN)
			n = -EPIPE;
		if (!n && !sk_stream_memory_free(s->sk))
			n = -ENOBUFS;
		if (!n)
			n = send_piece(s, msg_data_left(s->msg));
		if (n == -ENOBUFS)
			n = wait_for_memory(s);
		if (n < 0)
			return n;
		s->copied += n;
	}
	return 0;
}

static int wait_connected(struct send *s)
{
	if (hrtcp_sk(s->sk)->conn.fast.passive)
		return 0;		/* RFC 7413 4.2.2: the server need not wait */
	if ((1 << s->sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return sk_stream_wait_connect(s->sk, &s->timeo);
	return 0;
}

/* The SYN was held back for data: it leaves now, with what it takes. */
static int send_on_syn(struct send *s)
{
	struct hrtcp_conn *conn = &hrtcp_sk(s->sk)->conn;
	size_t room = hrtcp_conn_syn_room(conn);
	int n = 0;

	while (room && msg_data_left(s->msg)) {
		n = send_piece(s, min(room, msg_data_left(s->msg)));
		if (n < 0)
			break;
		s->copied += n;
		room -= n;
	}
	hrtcp_conn_send_syn(conn, ktime_get_ns());
	hrtcp_settle(s->sk);
	return n < 0 && !s->copied ? n : 0;
}

/*
 * The handshake of MSG_FASTOPEN or TCP_FASTOPEN_CONNECT, in this call. What went with the SYN
 * is sent whatever comes; that the peer refused is told all the same.
 */
static int open_fast(struct send *s)
{
	int err = send_on_syn(s);

	if (err)
		return err;
	if (!s->timeo)
		return s->copied ? 0 : -EINPROGRESS;
	err = wait_connected(s);
	if (s->sk->sk_state == TCP_CLOSE)
		s->copied = 0;
	return err;
}

static int send_locked(struct send *s)
{
	struct hrtcp_conn *conn = &hrtcp_sk(s->sk)->conn;
	int err;

	sock_owned_by_me(s->sk);
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, s->sk);
	if (conn->fast.deferred)
		err = open_fast(s);
	else
		err = wait_connected(s);
	hrtcp_conn_set_cork(conn, hrtcp_sk(s->sk)->user.cork ||
				  s->msg->msg_flags & MSG_MORE);
	if (!err && !((1 << s->sk->sk_state) & TCPF_SYN_SENT))
		err = send_all(s);
	if (s->copied) {
		if (err)
			hrtcp_conn_push(conn);	/* what was copied ends here all the same */
		hrtcp_settle(s->sk);
		return s->copied;
	}
	if (!err)
		return 0;
	err = sk_stream_error(s->sk, s->msg->msg_flags, err);
	if (err == -EAGAIN)
		s->sk->sk_write_space(s->sk);	/* room may have come meanwhile */
	return err;
}

/* What connect() would have left, had it waited. */
static socket_state state_of(const struct sock *sk)
{
	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return SS_CONNECTING;
	return sk->sk_state == TCP_CLOSE ? SS_UNCONNECTED : SS_CONNECTED;
}

int hrtcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct send s = {
		.sk = sock->sk,
		.msg = msg,
		.timeo = sock_sndtimeo(sock->sk, msg->msg_flags & MSG_DONTWAIT),
	};
	bool fast;
	int ret = 0;

	lock_sock(sock->sk);
	if (msg->msg_flags & MSG_FASTOPEN)
		ret = hrtcp_connect_fast(sock, msg);
	fast = hrtcp_sk(sock->sk)->conn.fast.deferred;
	if (!ret)
		ret = send_locked(&s);
	if (fast)
		sock->state = state_of(sock->sk);
	release_sock(sock->sk);
	return ret;
}

void hrtcp_splice_eof(struct socket *sock)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	hrtcp_conn_set_cork(&hrtcp_sk(sk)->conn, hrtcp_sk(sk)->user.cork);
	hrtcp_settle(sk);
	release_sock(sk);
}
