// SPDX-License-Identifier: GPL-2.0
/* script.c -- segments from and to text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

static const char flag_letters[] = "FSRP.UEW";

/* Each reads what it knows at *@at and moves past it; false: something else stands there. */
static bool word(const char **at, const char *text)
{
	size_t n = strlen(text);

	while (**at == ' ')
		(*at)++;
	if (strncmp(*at, text, n))
		return false;
	*at += n;
	return true;
}

static bool number(const char **at, uint32_t *value)
{
	char *end;

	while (**at == ' ')
		(*at)++;
	*value = strtoul(*at, &end, 10);
	if (end == *at)
		return false;
	*at = end;
	return true;
}

static bool position(const char **at, uint32_t base, uint32_t nxt, uint32_t *value)
{
	uint32_t by;

	if (word(at, "="))
		return number(at, value);
	if (!word(at, "nxt")) {
		if (!number(at, value))
			return false;
		*value += base;
		return true;
	}
	*value = nxt;
	if (word(at, "+"))
		*value += number(at, &by) ? by : 0;
	else if (word(at, "-"))
		*value -= number(at, &by) ? by : 0;
	return true;
}

static bool flags(const char **at, struct seg *seg)
{
	const char *letter;

	if (word(at, "- "))
		return true;
	for (; **at && **at != ' '; (*at)++) {
		letter = strchr(flag_letters, **at);
		if (!letter)
			return false;
		seg->flags |= 1 << (letter - flag_letters);
	}
	return true;
}

static bool span(const char **at, const struct base *base, struct seg *seg)
{
	uint32_t end = 0;
	bool has_end;

	if (!position(at, base->seq, base->seq_nxt, &seg->seq))
		return false;
	has_end = word(at, ":");
	if (has_end && !position(at, base->seq, base->seq_nxt, &end))
		return false;
	if (!word(at, "(") || !number(at, &seg->len) || !word(at, ")"))
		return false;
	return !has_end || end == seg->seq + seg->len;
}

static bool timestamps(const char **at, const struct base *base, struct seg *seg)
{
	seg->options |= OPT_TS;
	seg->ts_ecr = base->ts_echo;
	if (word(at, "val"))
		return number(at, &seg->ts_val) && word(at, "ecr") && number(at, &seg->ts_ecr);
	seg->any_ts = !number(at, &seg->ts_val);
	return true;
}

static bool blocks(const char **at, const struct base *base, struct seg *seg)
{
	uint32_t *edge = seg->sack;

	seg->options |= OPT_SACK;
	while (seg->n_sack < 4 && position(at, base->ack, base->ack_nxt, edge)) {
		if (!word(at, ":") || !position(at, base->ack, base->ack_nxt, edge + 1))
			return false;
		edge += 2;
		seg->n_sack++;
	}
	return true;
}

static bool option(const char **at, const struct base *base, struct seg *seg)
{
	uint32_t value;

	if (word(at, "mss")) {
		seg->options |= OPT_MSS;
		if (!number(at, &value))
			return false;
		seg->mss = value;
		return true;
	}
	if (word(at, "wscale")) {
		seg->options |= OPT_WSCALE;
		if (!number(at, &value))
			return false;
		seg->wscale = value;
		return true;
	}
	if (word(at, "sackOK")) {
		seg->options |= OPT_SACKOK;
		return true;
	}
	if (word(at, "sack"))
		return blocks(at, base, seg);
	if (word(at, "FO")) {
		seg->options |= OPT_FAST;
		return true;
	}
	return word(at, "TS") && timestamps(at, base, seg);
}

int script_parse(const char *text, const struct base *base, struct seg *seg)
{
	const char *at = text;
	uint32_t value;

	memset(seg, 0, sizeof(*seg));
	if (!flags(&at, seg) || !span(&at, base, seg))
		return -EINVAL;
	if (word(&at, "ack") && !position(&at, base->ack, base->ack_nxt, &seg->ack))
		return -EINVAL;
	seg->has_win = word(&at, "win");
	if (seg->has_win) {
		if (!number(&at, &value))
			return -EINVAL;
		seg->win = value;
	}
	if (word(&at, "urg")) {
		if (!number(&at, &value))
			return -EINVAL;
		seg->urg = value;
	}
	if (word(&at, "<"))
		do
			if (!option(&at, base, seg))
				return -EINVAL;
		while (word(&at, ","));
	word(&at, ">");
	word(&at, "");
	return *at ? -EINVAL : 0;
}

static int print_options(char *to, int size, const struct seg *seg, const struct base *base)
{
	int n = 0, i;

	if (seg->options & OPT_MSS)
		n += snprintf(to + n, size - n, ",mss %u", seg->mss);
	if (seg->options & OPT_WSCALE)
		n += snprintf(to + n, size - n, ",wscale %u", seg->wscale);
	if (seg->options & OPT_SACKOK)
		n += snprintf(to + n, size - n, ",sackOK");
	if (seg->options & OPT_TS)
		n += snprintf(to + n, size - n, ",TS val %u ecr %u", seg->ts_val, seg->ts_ecr);
	if (seg->options & OPT_FAST)
		n += snprintf(to + n, size - n, ",FO(%d)", seg->cookie_len);
	for (i = 0; i < seg->n_sack; i++)
		n += snprintf(to + n, size - n, "%s %u:%u", i ? "" : ",sack",
			      seg->sack[2 * i] - base->ack, seg->sack[2 * i + 1] - base->ack);
	return n;
}

void script_print(char *to, int size, const struct seg *seg, const struct base *base)
{
	char letters[9] = "", options[160] = "";
	uint32_t seq = seg->seq - base->seq;
	int i, n = 0;

	for (i = 0; i < 8; i++)
		if (seg->flags >> i & 1)
			letters[n++] = flag_letters[i];
	n = snprintf(to, size, "%s %u:%u(%u)", letters[0] ? letters : "-", seq, seq + seg->len,
		     seg->len);
	if (seg->flags & F_ACK)
		n += snprintf(to + n, size - n, " ack %u", seg->ack - base->ack);
	n += snprintf(to + n, size - n, " win %u", seg->win);
	print_options(options, sizeof(options), seg, base);
	if (options[0])
		snprintf(to + n, size - n, " <%s>", options + 1);
}

static bool match_options(const struct seg *want, const struct seg *got)
{
	if (want->options & ~got->options)
		return false;
	if (want->options & OPT_MSS && want->mss != got->mss)
		return false;
	if (want->options & OPT_WSCALE && want->wscale != got->wscale)
		return false;
	if (want->options & OPT_TS && !want->any_ts &&
	    (want->ts_val != got->ts_val || want->ts_ecr != got->ts_ecr))
		return false;
	return !(want->options & OPT_SACK) ||
	       (want->n_sack == got->n_sack &&
		!memcmp(want->sack, got->sack, 8 * want->n_sack));
}

bool script_match(const struct seg *want, const struct seg *got)
{
	/* Whether PSH is set is the sender's own affair, unless the line asks for it. */
	uint8_t care = 0xff & ~(want->flags & F_PSH ? 0 : F_PSH);

	if (want->flags != (got->flags & care) || want->seq != got->seq || want->len != got->len)
		return false;
	if (want->flags & F_ACK && want->ack != got->ack)
		return false;
	if (want->has_win && want->win != got->win)
		return false;
	return match_options(want, got);
}
