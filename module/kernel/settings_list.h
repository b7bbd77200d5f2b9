/* SPDX-License-Identifier: GPL-2.0 */
/*
 * settings_list.h -- what can be set of struct hrtcp_cfg: one row for the variable of sysctl, the
 * socket option of SOL_HRTCP (0: none), the manual and the tests.
 *
 *   X(name of the variable, kind, field, least, most, option)
 *
 * Names without _us are those of net.ipv4.tcp_* and mean what they mean there. Bounds are in the
 * variable's unit; they are what the RFCs allow, where they say something, and otherwise what
 * can be of use. Options are in microseconds where the kind is a time.
 */
#ifndef HRTCP_KERNEL_SETTINGS_LIST_H
#define HRTCP_KERNEL_SETTINGS_LIST_H

#define HRTCP_S_US 1000000ull			/* a second, in microseconds */
#define HRTCP_HOUR_US (3600 * HRTCP_S_US)
#define HRTCP_DAY_US (24 * HRTCP_HOUR_US)

#define HRTCP_SETTINGS(X)								\
	X(sack,			BOOL,	sack,			0, 1, 0)		\
	X(timestamps,		BOOL,	timestamps,		0, 1, 0)		\
	X(window_scaling,	BOOL,	window_scaling,		0, 1, 0)		\
	X(ecn,			BYTE,	ecn,			0, 5, 0)		\
	X(ecn_abe,		BOOL,	ecn_abe,		0, 1, 0)		\
	X(hr_option,		BOOL,	hr_option,		0, 1, 0)		\
	X(max_syn_backlog,	NUMBER,	max_syn_backlog,	1, 1 << 20, 0)		\
	X(syncookies,		BYTE,	syncookies,		0, 2, 0)		\
	X(fastopen,		BYTE,	fastopen,		0, 7, 0)		\
	X(fastopen_blackhole_timeout_us, US, fastopen_blackhole_ns, 0, HRTCP_DAY_US, 0)	\
	X(init_cwnd,		NUMBER,	init_cwnd_pkts,		1, 64, 0)		\
	X(pacing_ss_ratio,	NUMBER,	pacing_ss_ratio,	0, 1000, 0)		\
	X(pacing_ca_ratio,	NUMBER,	pacing_ca_ratio,	0, 1000, 0)		\
	X(mtu_probing,		BYTE,	mtu_probing,		0, 2, 0)		\
	X(base_mss,		NUMBER,	base_mss,		48, 65535, 0)		\
	X(mtu_probe_floor,	NUMBER,	mtu_probe_floor,	48, 65535, 0)		\
	X(probe_threshold,	NUMBER,	probe_threshold,	1, 65535, 0)		\
	X(probe_interval_us,	US,	probe_interval_ns, 300 * HRTCP_S_US, HRTCP_DAY_US, 0) \
	X(slow_start_after_idle, BOOL,	slow_start_after_idle,	0, 1, 0)		\
	X(rto_init_us,		US,	rto_init_ns,	100, 60 * HRTCP_S_US, HRTCP_SO_RTO_INIT) \
	X(rto_min_us,		US,	rto_min_ns,	0, 60 * HRTCP_S_US, HRTCP_SO_RTO_MIN) \
	X(rto_max_us,		US,	rto_max_ns,	HRTCP_S_US, HRTCP_HOUR_US, HRTCP_SO_RTO_MAX) \
	X(rto_max_ms,		MS,	rto_max_ns,	1000, 3600000, 0)		\
	X(rto_granularity_us,	US,	rto_granularity_ns, 0, HRTCP_S_US, HRTCP_SO_RTO_GRANULARITY) \
	X(peer_delack_us,	US,	peer_delack_ns,	0, HRTCP_S_US, HRTCP_SO_PEER_DELACK) \
	X(delack_us,		US,	delack_ns,	0, 500000, HRTCP_SO_DELACK)	\
	X(quick_acks,		NUMBER,	quick_acks,	0, 255, 0)			\
	X(sack_delay_us,	US,	sack_delay_ns,	0, HRTCP_S_US, 0)		\
	X(sack_merge,		NUMBER,	sack_merge,	0, 255, 0)			\
	X(hr_delack_us,		US,	hr_delack_ns,	0, 500000, HRTCP_SO_HR_DELACK)	\
	X(hr_granularity_us,	US,	hr_granularity_ns, 0, HRTCP_S_US, HRTCP_SO_HR_GRANULARITY) \
	X(tlp,			BOOL,	tlp,		0, 1, HRTCP_SO_TLP)		\
	X(pto_min_us,		US,	pto_min_ns,	0, HRTCP_S_US, HRTCP_SO_PTO_MIN)	\
	X(retrans_collapse,	BOOL,	retrans_collapse, 0, 1, 0)			\
	X(persist_max_us,	US,	persist_max_ns,	1000, HRTCP_HOUR_US, HRTCP_SO_PERSIST_MAX) \
	X(keepalive_time,	S,	keepalive_time_ns, 1, 86400, 0)			\
	X(keepalive_time_us,	US,	keepalive_time_ns, 1000, HRTCP_DAY_US, HRTCP_SO_KEEPALIVE_TIME) \
	X(keepalive_intvl,	S,	keepalive_intvl_ns, 1, 86400, 0)		\
	X(keepalive_intvl_us,	US,	keepalive_intvl_ns, 1000, HRTCP_DAY_US, HRTCP_SO_KEEPALIVE_INTVL) \
	X(keepalive_probes,	NUMBER,	keepalive_probes, 1, 127, HRTCP_SO_KEEPALIVE_PROBES) \
	X(metrics_save,		BOOL,	metrics_save,		0, 1, 0)		\
	X(ssthresh_save,	BOOL,	ssthresh_save,		0, 1, 0)		\
	X(repath,		BOOL,	repath,		0, 1, 0)		\
	X(retries1,		NUMBER,	retries1,	3, 255, HRTCP_SO_RETRIES1)		\
	X(retries2,		NUMBER,	retries2,	0, 255, HRTCP_SO_RETRIES2)		\
	X(orphan_retries,	NUMBER,	orphan_retries,	0, 255, HRTCP_SO_ORPHAN_RETRIES)	\
	X(syn_retries,		NUMBER,	syn_retries,	0, 127, HRTCP_SO_SYN_RETRIES)	\
	X(synack_retries,	NUMBER,	synack_retries,	0, 255, HRTCP_SO_SYNACK_RETRIES)	\
	X(r2_us,		US,	r2_ns,		1000, HRTCP_HOUR_US, HRTCP_SO_R2)	\
	X(orphan_r2_us,		US,	orphan_r2_ns,	1000, HRTCP_HOUR_US, HRTCP_SO_ORPHAN_R2) \
	X(syn_r2_us,		US,	syn_r2_ns,	1000, HRTCP_HOUR_US, HRTCP_SO_SYN_R2) \
	X(synack_r2_us,		US,	synack_r2_ns,	1000, HRTCP_HOUR_US, HRTCP_SO_SYNACK_R2) \
	X(fin_timeout,		S,	fin_timeout_ns,	0, 3600, 0)			\
	X(fin_timeout_us,	US,	fin_timeout_ns,	0, HRTCP_HOUR_US, HRTCP_SO_FIN_TIMEOUT) \
	X(time_wait_us,		US,	time_wait_ns,	0, HRTCP_HOUR_US, HRTCP_SO_TIME_WAIT) \
	X(tx_retry_us,		US,	tx_retry_ns,	1, HRTCP_S_US, 0)		\
	X(challenge_us,		US,	challenge_ns,	0, 10 * HRTCP_S_US, 0)		\
	X(challenge_limit,	NUMBER,	challenge_limit, 1, 1000, 0)

#endif
