// SPDX-License-Identifier: GPL-2.0
/* info.c -- struct tcp_info, as far as the core knows what Linux asks for. */
#include <linux/tcp.h>

#include "core/conn.h"

#include "compat.h"
#include "info.h"
#include "sock.h"
#include "sockopt.h"

static u32 us(u64 ns)
{
	return (u32)div_u64(ns, NSEC_PER_USEC);
}

static u32 segs(u32 bytes, u32 mss)
{
	return mss ? DIV_ROUND_UP(bytes, mss) : 0;
}

static u8 options(const struct hrtcp_conn *conn)
{
	u8 opts = 0;

	if (conn->ts.on)
		opts |= TCPI_OPT_TIMESTAMPS;
	if (conn->sack.on)
		opts |= TCPI_OPT_SACK;
	if (conn->snd.wscale || conn->rcv.wscale)
		opts |= TCPI_OPT_WSCALE;
	if (conn->fast.taken)
		opts |= TCPI_OPT_SYN_DATA;
	if (conn->ecn.pact.mode != HRTCP_ECN_NOT)
		opts |= TCPI_OPT_ECN;
	if (conn->ecn.seen)
		opts |= TCPI_OPT_ECN_SEEN;
	return opts;
}

static u8 ca_state(const struct hrtcp_conn *conn)
{
	switch (conn->recovery.state) {
	case HRTCP_R_OPEN:
		return TCP_CA_Open;
	case HRTCP_R_DISORDER:
		return TCP_CA_Disorder;
	case HRTCP_R_CWR:
		return TCP_CA_CWR;
	case HRTCP_R_RECOVERY:
		return TCP_CA_Recovery;
	default:
		return TCP_CA_Loss;
	}
}

static void fill_times(const struct hrtcp_conn *conn, struct tcp_info *info)
{
	info->tcpi_rto = us(hrtcp_rtt_timeout(&conn->rtt, conn->cfg));
	info->tcpi_ato = us(conn->rcv.delack_ns);
	info->tcpi_rtt = us(conn->rtt.srtt_ns);
	info->tcpi_rttvar = us(conn->rtt.rttvar_ns);
	info->tcpi_min_rtt = us(conn->rtt.min_ns);
	info->tcpi_backoff = conn->rtt.backoff;
}

static void fill_rates(const struct hrtcp_conn *conn, struct tcp_info *info)
{
	const struct hrtcp_rate *rate = &conn->rate;

	info->tcpi_pacing_rate = conn->cc.pace.rate;
	info->tcpi_max_pacing_rate = conn->cc.pace.most;
	info->tcpi_delivered = segs((u32)rate->delivered, conn->snd.mss);
	info->tcpi_delivery_rate_app_limited = rate->told_app_limited;
	if (rate->told_ns)
		info->tcpi_delivery_rate = div64_u64((u64)rate->told_bytes * NSEC_PER_SEC,
						     rate->told_ns);
}

static void fill_ecn(const struct hrtcp_conn *conn, struct tcp_info *info)
{
	const struct hrtcp_accecn *acc = &conn->ecn.acc;

	info->tcpi_delivered_ce = hrtcp_ecn_told(&conn->ecn);
	hrtcp_info_set_ecn(info, conn->ecn.pact.mode, conn->ecn.ce_in);
	if (conn->ecn.pact.mode == HRTCP_ECN_ACCURATE)
		hrtcp_info_set_accecn(info, acc->s.bytes, acc->r.bytes, acc->opt_heard);
}

void hrtcp_info_fill(const struct hrtcp_sock *hs, struct tcp_info *info)
{
	const struct hrtcp_conn *conn = &hs->conn;
	const u32 mss = conn->snd.mss;

	memset(info, 0, sizeof(*info));
	info->tcpi_state = conn->state;
	info->tcpi_ca_state = ca_state(conn);
	info->tcpi_retransmits = conn->rtt.backoff;
	info->tcpi_probes = conn->snd.probes;
	info->tcpi_options = options(conn);
	info->tcpi_snd_wscale = conn->snd.wscale;
	info->tcpi_rcv_wscale = conn->rcv.wscale;
	info->tcpi_snd_mss = mss;
	info->tcpi_rcv_mss = conn->rcv.mss;
	info->tcpi_advmss = conn->rcv.mss;
	info->tcpi_pmtu = hs->mtu;
	info->tcpi_unacked = segs(conn->txq.pipe_bytes + conn->txq.lost_bytes, mss);
	info->tcpi_lost = segs(conn->txq.lost_bytes, mss);
	info->tcpi_snd_cwnd = segs(conn->cc.cwnd_bytes, mss);
	info->tcpi_snd_ssthresh = conn->cc.ssthresh_bytes == ~0u ? INT_MAX :	/* none, as Linux */
				  segs(conn->cc.ssthresh_bytes, mss);
	info->tcpi_snd_wnd = conn->snd.wnd;
	info->tcpi_rcv_space = conn->rcv.buf_bytes;
	info->tcpi_total_retrans = conn->total_retrans;
	info->tcpi_notsent_bytes = seq_lt(conn->snd.nxt, conn->snd.end) ?
				   seq_diff(conn->snd.end, conn->snd.nxt) : 0;
	fill_times(conn, info);
	fill_rates(conn, info);
	fill_ecn(conn, info);
}
