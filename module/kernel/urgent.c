// SPDX-License-Identifier: GPL-2.0
#include "urgent.h"

#include <net/sock.h>

#include "rxq.h"
#include "sock.h"

u32 hrtcp_urgent_mark(const struct sock *sk)
{
	u32 ahead;

	if (!hrtcp_conn_urgent(&hrtcp_sk(sk)->conn, &ahead))
		return U32_MAX;
	return ahead - 1;
}

u32 hrtcp_urgent_hidden(const struct sock *sk)
{
	return !sock_flag(sk, SOCK_URGINLINE) && !hrtcp_urgent_mark(sk) &&
	       READ_ONCE(hrtcp_sk(sk)->conn.rcv.unread_bytes);
}

u32 hrtcp_urgent_inq(const struct sock *sk)
{
	const u32 unread = hrtcp_sk(sk)->conn.rcv.unread_bytes;

	if (sock_flag(sk, SOCK_URGINLINE))
		return unread;
	return min(unread, hrtcp_urgent_mark(sk));
}

static bool taken(const struct hrtcp_sock *hs)
{
	return hs->oob_taken && seq_eq(hs->oob_up, hs->conn.rcv.up);
}

bool hrtcp_urgent_pending(const struct sock *sk)
{
	const struct hrtcp_sock *hs = hrtcp_sk(sk);

	return hrtcp_urgent_mark(sk) < READ_ONCE(hs->conn.rcv.unread_bytes) && !taken(hs);
}

/* The octet @at octets on from what the user has read. */
static int copy_octet(struct sock *sk, struct msghdr *msg, u32 at)
{
	const struct hrtcp_rxcb *cb;
	struct sk_buff *skb;

	skb_queue_walk(&sk->sk_receive_queue, skb) {
		cb = hrtcp_skb_rxcb(skb);
		if (at < cb->end - cb->off)
			return skb_copy_datagram_msg(skb, cb->off + at, msg, 1);
		at -= cb->end - cb->off;
	}
	return -EINVAL;
}

int hrtcp_urgent_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	const u32 mark = hrtcp_urgent_mark(sk);
	int err;

	sock_owned_by_me(sk);
	if (sock_flag(sk, SOCK_URGINLINE) || mark == U32_MAX || taken(hs))
		return -EINVAL;
	if (mark >= hs->conn.rcv.unread_bytes) {
		if (sk->sk_shutdown & RCV_SHUTDOWN || sk->sk_state == TCP_CLOSE)
			return 0;
		return -EAGAIN;
	}
	msg->msg_flags |= MSG_OOB;
	if (!len) {
		msg->msg_flags |= MSG_TRUNC;
		return 0;
	}
	err = copy_octet(sk, msg, mark);
	if (err)
		return err;
	if (!(flags & MSG_PEEK)) {
		hs->oob_taken = true;
		hs->oob_up = hs->conn.rcv.up;
	}
	return 1;
}

void hrtcp_urgent_tell(struct sock *sk)
{
	sk_send_sigurg(sk);
	sk->sk_data_ready(sk);
}
