// SPDX-License-Identifier: GPL-2.0
/* config.c -- the defaults. */
#include "config.h"

#define MS(n) ((n) * 1000000ull)
#define SEC(n) ((n) * 1000000000ull)

const struct hrtcp_cfg hrtcp_cfg_default = {
	.sack = true,
	.timestamps = true,
	.window_scaling = true,
	.ecn = 2,			/* HRTCP_ECN_IF_ASKED */
	.ecn_abe = true,
	.max_syn_backlog = 1024,
	.syncookies = 1,		/* HRTCP_SYNCOOKIES_FULL */
	.fastopen = 1,			/* HRTCP_FAST_CLIENT, for who asks */
	.fastopen_blackhole_ns = SEC(3600),
	.init_cwnd_pkts = 10,		/* RFC 6928 2 */
	.pacing_ss_ratio = 200,		/* it doubles in a round trip */
	.pacing_ca_ratio = 120,
	.mtu_probing = HRTCP_MTU_PROBING_BLACK_HOLE,
	.base_mss = 1024,		/* RFC 4821 7.2 */
	.mtu_probe_floor = 48,
	.probe_threshold = 8,
	.probe_interval_ns = SEC(600),	/* RFC 4821 7.3 */
	.metrics_save = true,
	.ssthresh_save = false,		/* one bad minute would slow all that follow down */
	.repath = true,
	.retries1 = 3,			/* RFC 9293 SHLD-10 */
	.slow_start_after_idle = true,
	.rto_init_ns = SEC(1),		/* RFC 6298 2.1 */
	.rto_max_ns = SEC(120),
	.rto_min_ns = 0,		/* the peer's ACK delay is the floor */
	.rto_granularity_ns = MS(10),	/* a peer that ticks at HZ=100 */
	.peer_delack_ns = MS(40),	/* Linux's shortest delayed ACK */
	.delack_ns = MS(40),
	.quick_acks = 16,
	.sack_delay_ns = 0,		/* on paths that lose much it can cost more than it saves */
	.sack_merge = 44,		/* Linux's */
	.hr_option = true,
	.hr_delack_ns = 250000,
	.hr_granularity_ns = MS(1),	/* scheduling hiccups of a busy or virtual machine */
	.keepalive_time_ns = SEC(7200),
	.keepalive_intvl_ns = SEC(75),
	.keepalive_probes = 9,
	.tlp = true,
	.pto_min_ns = 0,
	.retrans_collapse = true,
	.persist_max_ns = SEC(120),
	.r2_ns = SEC(900),
	.syn_r2_ns = SEC(180),		/* RFC 9293 MUST-23 */
	.synack_r2_ns = SEC(63),	/* 1+2+4+8+16+32 s: five repeats */
	.orphan_r2_ns = SEC(100),	/* RFC 9293 SHLD-11 */
	.fin_timeout_ns = SEC(60),
	.time_wait_ns = SEC(120),
	.tx_retry_ns = MS(1),
	.challenge_ns = MS(500),
	.challenge_limit = 1,
};
