// SPDX-License-Identifier: GPL-2.0
/*
 * txq.c -- buffers of written data. Their truesize, with the node beside them, is in
 * sk_wmem_queued from the writing to the acknowledgment; what is in a device's queue at the
 * moment is clones, tx.c.
 */
#include "txq.h"

#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "netns.h"
#include "sock.h"

static struct kmem_cache *txbuf_cache;

static void free_skb(struct sk_buff *skb)
{
	kmem_cache_free(txbuf_cache, *hrtcp_skb_txbuf(skb));
	__kfree_skb(skb);
}

/* A node does not fit into the 48 octets of a control block. */
static struct sk_buff *alloc_skb_and_node(gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb_fclone(MAX_TCP_HEADER, gfp);
	struct hrtcp_txbuf *buf;

	if (!skb)
		return NULL;
	buf = kmem_cache_zalloc(txbuf_cache, gfp);
	if (!buf) {
		__kfree_skb(skb);
		return NULL;
	}
	buf->skb = skb;
	memset(skb->cb, 0, sizeof(skb->cb));
	*hrtcp_skb_txbuf(skb) = buf;
	skb->truesize += sizeof(*buf);
	return skb;
}

struct sk_buff *hrtcp_txq_alloc(struct sock *sk, gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb_and_node(gfp);

	if (!skb)
		return NULL;
	if (!sk_wmem_schedule(sk, skb->truesize)) {
		free_skb(skb);
		return NULL;
	}
	skb_reserve(skb, MAX_TCP_HEADER);
	__skb_header_release(skb);	/* a clone's header is its own business */
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	return skb;
}

void hrtcp_txq_free_skb(struct sock *sk, struct sk_buff *skb)
{
	sk_wmem_queued_add(sk, -skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	free_skb(skb);
}

void hrtcp_txq_free(struct sock *sk, struct hrtcp_txnode *node)
{
	hrtcp_txq_free_skb(sk, hrtcp_txnode_skb(node));
}

/* A clone in a device's queue shares the list of fragments: leave it to the clone. */
static bool unshare(struct sk_buff *skb)
{
	const u32 truesize = skb->truesize;

	if (!skb_cloned(skb))
		return true;
	if (pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
		return false;
	__skb_header_release(skb);
	skb->truesize = truesize;	/* as it was charged */
	return true;
}

bool hrtcp_txq_split_node(struct sock *sk, struct hrtcp_txnode *node, u32 len)
{
	struct sk_buff *skb = hrtcp_txnode_skb(node);
	const u32 keep = hrtcp_txnode_off(node) + len;
	struct sk_buff *rest;

	sock_owned_by_me(sk);
	if (!unshare(skb))
		return false;
	rest = hrtcp_txq_alloc(sk, GFP_ATOMIC);
	if (!rest)
		return false;
	rest->truesize += skb->len - keep;
	skb->truesize -= skb->len - keep;
	skb_split(skb, rest, keep);
	hrtcp_conn_on_split(&hrtcp_sk(sk)->conn, node, hrtcp_skb_txnode(rest), len);
	return true;
}

/* The fragments of @from behind those of @to. Return: false, nothing done, if there is no room. */
static bool append_frags(struct sk_buff *to, const struct sk_buff *from)
{
	struct skb_shared_info *info = skb_shinfo(to);
	int i, k = info->nr_frags;

	if (k + skb_shinfo(from)->nr_frags > MAX_SKB_FRAGS)
		return false;
	for (i = 0; i < skb_shinfo(from)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(from)->frags[i];

		if (skb_can_coalesce(to, k, skb_frag_page(frag), skb_frag_off(frag))) {
			skb_frag_size_add(&info->frags[k - 1], skb_frag_size(frag));
			continue;
		}
		get_page(skb_frag_page(frag));
		skb_fill_page_desc(to, k++, skb_frag_page(frag), skb_frag_off(frag),
				   skb_frag_size(frag));
	}
	return true;
}

void hrtcp_txq_join_node(struct sock *sk, struct hrtcp_txnode *node)
{
	struct sk_buff *skb = hrtcp_txnode_skb(node), *next = hrtcp_txnode_skb(node->next);
	bool done;

	sock_owned_by_me(sk);
	done = !hrtcp_txnode_off(node->next) && unshare(skb) && append_frags(skb, next);
	if (done) {
		/* The charge goes with the octets; what is left of @next is its own. */
		skb->len += next->len;
		skb->data_len += next->len;
		skb->truesize += next->len;
		next->truesize -= next->len;
	}
	hrtcp_conn_on_join(&hrtcp_sk(sk)->conn, node, done);
}

struct sk_buff *hrtcp_txq_copy_range(const struct sk_buff *skb, u32 off, u32 len, gfp_t gfp)
{
	const struct skb_shared_info *from = skb_shinfo(skb);
	struct sk_buff *part;
	int i, k = 0;
	u32 size, n;

	part = alloc_skb(MAX_TCP_HEADER, gfp);
	if (!part)
		return NULL;
	skb_reserve(part, MAX_TCP_HEADER);
	part->len = len;
	part->data_len = len;
	part->truesize += len;
	for (i = 0; i < from->nr_frags && len; i++) {
		size = skb_frag_size(&from->frags[i]);
		if (off >= size) {
			off -= size;
			continue;
		}
		n = min(size - off, len);
		get_page(skb_frag_page(&from->frags[i]));
		skb_fill_page_desc(part, k++, skb_frag_page(&from->frags[i]),
				   skb_frag_off(&from->frags[i]) + off, n);
		len -= n;
		off = 0;
	}
	return part;
}

void hrtcp_txq_purge(struct sock *sk)
{
	struct hrtcp_txnode *node;

	sock_owned_by_me(sk);
	while ((node = hrtcp_conn_drain_tx(&hrtcp_sk(sk)->conn)))
		hrtcp_txq_free(sk, node);
	sk_mem_reclaim(sk);
}

/* Twice the congestion window, with room for the buffers' own size; as Linux does. */
void hrtcp_txq_tune(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	u64 want = 2ull * hs->conn.cc.cwnd_bytes;

	sock_owned_by_me(sk);
	if (sk->sk_userlocks & SOCK_SNDBUF_LOCK)
		return;
	want = min_t(u64, want + want / 4, READ_ONCE(hs->hn->bufs.wmem[2]));
	if (want > sk->sk_sndbuf && !READ_ONCE(*sk->sk_prot->memory_pressure))
		WRITE_ONCE(sk->sk_sndbuf, (int)want);
}

void hrtcp_write_space(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;
	struct socket_wq *wq;

	if (!sock || !test_bit(SOCK_NOSPACE, &sock->flags) || !__sk_stream_is_writeable(sk, 1))
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);
	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

int hrtcp_txq_init(void)
{
	txbuf_cache = KMEM_CACHE(hrtcp_txbuf, 0);
	return txbuf_cache ? 0 : -ENOMEM;
}

void hrtcp_txq_exit(void)
{
	kmem_cache_destroy(txbuf_cache);
}
