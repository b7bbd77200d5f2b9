// SPDX-License-Identifier: GPL-2.0
/* proto.c -- what generic socket code needs to know: sizes, memory limits, callbacks. */
#include "proto.h"

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "rx.h"
#include "settle.h"
#include "sock.h"

long hrtcp_sysctl_mem[3] __read_mostly;

/* The least that sk_mem code grants a socket under pressure; defaults are per namespace. */
static int least_wmem[3] = { 4096, 4096, 4096 };
static int least_rmem[3] = { 4096, 4096, 4096 };

static atomic_long_t memory_allocated;
static unsigned long memory_pressure;
static struct percpu_counter sockets_allocated;
static DEFINE_PER_CPU(int, fw_alloc);
static atomic_t n_socks;

static void hrtcp_enter_memory_pressure(struct sock *sk)
{
	if (!READ_ONCE(memory_pressure))
		WRITE_ONCE(memory_pressure, jiffies ?: 1);
}

static void hrtcp_leave_memory_pressure(struct sock *sk)
{
	WRITE_ONCE(memory_pressure, 0);
}

/* SO_KEEPALIVE; the socket is owned. */
static void hrtcp_keepalive(struct sock *sk, int on)
{
	hrtcp_conn_set_keepalive(&hrtcp_sk(sk)->conn, on, ktime_get_ns());
	hrtcp_settle(sk);
}

/* TCP_NOTSENT_LOWAT: room only while less than that was not sent yet; half of it to wake. */
static bool hrtcp_stream_memory_free(const struct sock *sk, int wake)
{
	const struct hrtcp_sock *hs = hrtcp_sk(sk);
	const u32 lowat = READ_ONCE(hs->user.notsent_lowat);
	const s32 notsent = seq_diff(hs->conn.snd.end, hs->conn.snd.nxt);

	return !lowat || notsent <= 0 || (u64)notsent << wake < lowat;
}

/* owner is left out on purpose: the essay in sock.c, "The module". */
struct proto hrtcp_proto = {
	.name			= "HRTCP",
	.init			= hrtcp_sock_init,
	.keepalive		= hrtcp_keepalive,
	.backlog_rcv		= hrtcp_rx_backlog,
	.release_cb		= hrtcp_release_cb,
	.stream_memory_free	= hrtcp_stream_memory_free,
	.enter_memory_pressure	= hrtcp_enter_memory_pressure,
	.leave_memory_pressure	= hrtcp_leave_memory_pressure,
	.memory_allocated	= &memory_allocated,
	.per_cpu_fw_alloc	= &fw_alloc,
	.sockets_allocated	= &sockets_allocated,
	.memory_pressure	= &memory_pressure,
	.sysctl_mem		= hrtcp_sysctl_mem,
	.sysctl_wmem		= least_wmem,
	.sysctl_rmem		= least_rmem,
	.max_header		= MAX_TCP_HEADER,
	.obj_size		= sizeof(struct hrtcp_sock),
	HRTCP_PROTO_IPV6(offsetof(struct hrtcp_sock, inet6))
	.no_autobind		= true,
};

void hrtcp_proto_count(int change)
{
	atomic_add(change, &n_socks);
}

/* As tcp_mem: an eighth of memory at most, pressure from three quarters of that. */
static void size_memory(void)
{
	const unsigned long limit = max(nr_free_buffer_pages() / 16, 128UL);

	hrtcp_sysctl_mem[0] = limit / 4 * 3;
	hrtcp_sysctl_mem[1] = limit;
	hrtcp_sysctl_mem[2] = limit / 4 * 3 * 2;
}

int hrtcp_proto_init(void)
{
	int err;

	size_memory();
	err = percpu_counter_init(&sockets_allocated, 0, GFP_KERNEL);
	if (err)
		return err;
	err = proto_register(&hrtcp_proto, 1);
	if (err)
		percpu_counter_destroy(&sockets_allocated);
	return err;
}

void hrtcp_proto_exit(void)
{
	/* What is left has its last skb in a device's queue, or waits for RCU. */
	while (atomic_read(&n_socks))
		msleep(20);
	rcu_barrier();
	proto_unregister(&hrtcp_proto);
	percpu_counter_destroy(&sockets_allocated);
}
