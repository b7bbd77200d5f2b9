// SPDX-License-Identifier: GPL-2.0
/*
 * cubic.c -- CUBIC, RFC 9438, with the slow start of HyStart++, RFC 9406. Windows are octets,
 * times milliseconds, so that a cube fits in 64 bits.
 */
#include "../core/algorithm.h"

/*
 * beta 0.7 and alpha = 3 (1 - beta) / (1 + beta) = 9 / 17, RFC 9438 4.6, 4.3; after a mark
 * beta is 0.85, RFC 8511 3.1
 */
#define BETA_LOSS 70
#define BETA_ECN 85
#define BETA_DEN 100
#define ALPHA_NUM 9
#define ALPHA_DEN 17
#define MS_NS 1000000ull
#define DISTANCE_MAX_MS 1000000ull	/* its cube times 1 stays below 2^60 */

/* RFC 9406 4.3 */
#define HY_MIN_THRESH_US 4000u
#define HY_MAX_THRESH_US 16000u
#define HY_DIVISOR 8
#define HY_SAMPLES 8
#define HY_CSS_GROWTH 4
#define HY_CSS_ROUNDS 5
#define HY_LIMIT_SEGS 8			/* L */
#define HY_NONE (~0u)

struct hystart {
	u32 last_min_us, min_us;	/* least RTT of the last and of this round */
	u32 css_base_us;		/* what the RTT must fall below to leave CSS */
	struct seq round_end;
	u8 samples, css_rounds;
	bool css;
};

struct curve {
	u64 epoch_ns;			/* congestion avoidance began; 0: not yet */
	u32 k_ms;			/* from there until W_max is reached again */
	u32 w_max;
	u32 w_est;			/* what Reno would have, RFC 9438 4.3 ... */
	u32 rest;			/* ... and what is left of its last step, to be divided by cwnd */
	u32 cwnd_prior;
};

struct cubic {
	struct curve now, undo;		/* undo: before the last response */
	u64 grown_ns;			/* when cwnd last could grow */
	bool paused;			/* the application did not use it since */
	bool timeout;			/* the last response was to one */
	struct hystart hy;
};

static struct cubic *cubic_of(struct hrtcp_conn *conn)
{
	return (struct cubic *)conn->cc.priv;
}

static u32 cube_root(u64 x)
{
	u64 root = 0, bit;

	for (bit = 1ull << 20; bit; bit >>= 1)
		if ((root | bit) * (root | bit) * (root | bit) <= x)
			root |= bit;
	return (u32)root;
}

static void reset_round(struct hrtcp_conn *conn, struct hystart *hy)
{
	hy->last_min_us = hy->min_us;
	hy->min_us = HY_NONE;
	hy->samples = 0;
	hy->round_end = conn->snd.nxt;
}

static void cubic_init(struct hrtcp_conn *conn)
{
	struct cubic *cubic = cubic_of(conn);

	_Static_assert(sizeof(*cubic) <= HRTCP_CC_PRIV_CUBIC * sizeof(u64), "private room");
	memset(cubic, 0, sizeof(*cubic));
	cubic->hy.min_us = HY_NONE;
	reset_round(conn, &cubic->hy);
}

/* RFC 9406 4.2: has the RTT risen so much that a queue must be building? */
static bool rtt_rose(const struct hystart *hy)
{
	u32 thresh;

	if (hy->samples < HY_SAMPLES || hy->last_min_us == HY_NONE)
		return false;
	thresh = hy->last_min_us / HY_DIVISOR;
	thresh = max_t(u32, HY_MIN_THRESH_US, min_t(u32, thresh, HY_MAX_THRESH_US));
	return hy->min_us >= hy->last_min_us + thresh;
}

/* Return: slow start is over. */
static bool end_of_round(struct hrtcp_conn *conn, struct hystart *hy)
{
	reset_round(conn, hy);
	return hy->css && ++hy->css_rounds >= HY_CSS_ROUNDS;
}

static void hystart_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hystart *hy = &cubic_of(conn)->hy;

	if (ack->rtt_ns) {
		hy->min_us = min_t(u32, hy->min_us, (u32)div_u64(ack->rtt_ns, 1000));
		hy->samples = (u8)min_t(u32, hy->samples + 1u, 255);
	}
	if (!hy->css && rtt_rose(hy)) {
		hy->css = true;
		hy->css_rounds = 0;
		hy->css_base_us = hy->min_us;
	} else if (hy->css && hy->samples >= HY_SAMPLES && hy->min_us < hy->css_base_us) {
		hy->css = false;	/* the rise did not last */
	}
	if (seq_ge(conn->snd.una, hy->round_end) && end_of_round(conn, hy))
		conn->cc.ssthresh_bytes = conn->cc.cwnd_bytes;
}

static void slow_start(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 grow = min_t(u32, ack->acked_bytes, hrtcp_cc_slow_start_limit(conn, HY_LIMIT_SEGS));
	u32 room = cc->ssthresh_bytes - cc->cwnd_bytes;

	if (cc->ssthresh_bytes == ~0u)	/* later slow starts know where to stop */
		hystart_on_ack(conn, ack);
	if (cubic_of(conn)->hy.css)
		grow /= HY_CSS_GROWTH;
	cc->cwnd_bytes += min_t(u32, grow, room ? room : conn->snd.mss);
}

/* RFC 9438 4.2: K, the time until W_max, and where the epoch begins; 4.8 after a timeout. */
static void begin_epoch(struct hrtcp_conn *conn, u64 now_ns)
{
	struct cubic *cubic = cubic_of(conn);
	struct curve *curve = &cubic->now;
	u32 cwnd = conn->cc.cwnd_bytes;
	u64 gap;

	curve->epoch_ns = now_ns;
	curve->w_est = cwnd;
	curve->rest = 0;
	curve->k_ms = 0;
	if (cwnd >= curve->w_max || cubic->timeout) {
		curve->w_max = cwnd;
		cubic->timeout = false;
		return;
	}
	/* K^3 = segments / C, C = 0.4 segments / s^3; in ms^3 that is 2.5e9 each */
	gap = div_u64((u64)(curve->w_max - cwnd) * 1000, conn->snd.mss);
	curve->k_ms = cube_root(gap * 2500000);
}

/* W_cubic at @t_ms after the epoch, RFC 9438 4.2 (1). */
static u32 w_cubic(const struct hrtcp_conn *conn, const struct curve *cubic, u64 t_ms)
{
	bool past = t_ms > cubic->k_ms;
	u64 d = past ? t_ms - cubic->k_ms : cubic->k_ms - t_ms, bytes;

	d = min_t(u64, d, DISTANCE_MAX_MS);
	bytes = div_u64(div_u64(d * d * d, 2500000) * conn->snd.mss, 1000);
	bytes = min_t(u64, bytes, 1u << 30);
	if (past)
		return cubic->w_max + (u32)bytes;
	return bytes < cubic->w_max ? cubic->w_max - (u32)bytes : 0;
}

/* RFC 9438 4.3: never slower than Reno would be. */
static void grow_estimate(struct hrtcp_conn *conn, struct curve *cubic, u32 acked)
{
	u32 cwnd = conn->cc.cwnd_bytes, grow;
	u64 step = (u64)acked * conn->snd.mss;

	if (cubic->w_est < cubic->cwnd_prior)
		step = div_u64(step * ALPHA_NUM, ALPHA_DEN);
	step += cubic->rest;
	grow = (u32)div_u64(step, cwnd);
	cubic->rest = (u32)(step - (u64)grow * cwnd);
	cubic->w_est += min_t(u32, grow, acked);
}

/* RFC 9438 4.2: the time in which the application did not use the window does not count. */
static void resume(struct cubic *cubic, u64 now_ns)
{
	if (cubic->paused && cubic->now.epoch_ns)
		cubic->now.epoch_ns += now_ns - cubic->grown_ns;
	cubic->paused = false;
	cubic->grown_ns = now_ns;
}

static void avoid_congestion(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct curve *curve = &cubic_of(conn)->now;
	struct hrtcp_cc *cc = &conn->cc;
	u64 t_ms;
	u32 target;

	resume(cubic_of(conn), ack->now_ns);
	if (!curve->epoch_ns)
		begin_epoch(conn, ack->now_ns);
	t_ms = div_u64(ack->now_ns - curve->epoch_ns, MS_NS);
	grow_estimate(conn, curve, ack->acked_bytes);
	if (w_cubic(conn, curve, t_ms) < curve->w_est) {
		cc->cwnd_bytes = max_t(u32, cc->cwnd_bytes, curve->w_est);
		return;
	}
	target = w_cubic(conn, curve, t_ms + div_u64(conn->rtt.srtt_ns, MS_NS));
	target = min_t(u32, target, cc->cwnd_bytes + cc->cwnd_bytes / 2);
	if (target <= cc->cwnd_bytes)
		return;
	cc->cwnd_bytes += (u32)div_u64((u64)(target - cc->cwnd_bytes) * ack->acked_bytes,
				       cc->cwnd_bytes);
}

static void cubic_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	if (!ack->cwnd_limited) {	/* RFC 7661: a window not used is not proven */
		cubic_of(conn)->paused = true;
		cubic_of(conn)->hy.round_end = conn->snd.nxt;	/* nor does it end a round */
		return;
	}
	if (conn->cc.cwnd_bytes <= conn->cc.ssthresh_bytes)	/* RFC 9438 4.10 */
		slow_start(conn, ack);
	else
		avoid_congestion(conn, ack);
}

/* RFC 9438 4.6, with fast convergence, 4.7. Return: @beta percent of cwnd. */
static u32 reduce(struct hrtcp_conn *conn, u32 beta)
{
	struct cubic *cubic = cubic_of(conn);
	struct curve *curve = &cubic->now;
	u32 cwnd = conn->cc.cwnd_bytes;

	cubic->undo = *curve;
	cubic->hy.css = false;
	cubic->timeout = false;
	curve->epoch_ns = 0;
	curve->cwnd_prior = cwnd;
	if (cwnd < curve->w_max)
		curve->w_max = (u32)div_u64((u64)cwnd * (BETA_DEN + beta), 2 * BETA_DEN);
	else
		curve->w_max = cwnd;
	return (u32)div_u64((u64)cwnd * beta, BETA_DEN);
}

static u32 cubic_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	u32 ssthresh = reduce(conn, BETA_LOSS);

	(void)now_ns;
	cubic_of(conn)->timeout = how == HRTCP_LOSS_TIMEOUT;
	return max_t(u32, ssthresh, 2u * conn->snd.mss);
}

/* Marks, unlike losses, bring cwnd down to one segment. */
static u32 cubic_on_ecn(struct hrtcp_conn *conn, u64 now_ns)
{
	u32 beta = hrtcp_cc_mild_on_mark(conn) ? BETA_ECN : BETA_LOSS;
	u32 cwnd = reduce(conn, beta);

	(void)now_ns;
	return max_t(u32, cwnd, conn->snd.mss);
}

/* RFC 9438 4.9 */
static void cubic_on_undo(struct hrtcp_conn *conn)
{
	struct cubic *cubic = cubic_of(conn);

	if (conn->cc.cwnd_bytes >= cubic->now.cwnd_prior)
		return;
	cubic->now = cubic->undo;
	cubic->timeout = false;
	cubic->paused = true;		/* nor did the time since then grow anything */
}

static void cubic_on_restart(struct hrtcp_conn *conn, u64 now_ns)
{
	(void)now_ns;
	cubic_of(conn)->paused = true;
}

const struct hrtcp_cc_ops hrtcp_cc_cubic = {
	.name = "cubic",
	.init = cubic_init,
	.on_ack = cubic_on_ack,
	.on_loss = cubic_on_loss,
	.on_ecn = cubic_on_ecn,
	.on_undo = cubic_on_undo,
	.on_restart = cubic_on_restart,
};
