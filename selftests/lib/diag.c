// SPDX-License-Identifier: GPL-2.0
/* diag.c -- connections and counters, from netlink or /proc. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "net.h"

struct rows {
	struct row *row;
	int n;
};

static struct sockaddr_storage read_addr(const struct nlattr *attr, int family, int port)
{
	struct sockaddr_storage addr = { .ss_family = family };

	if (!attr)
		return addr;
	if (family == AF_INET)
		memcpy(&((struct sockaddr_in *)&addr)->sin_addr, genl_data(attr), 4);
	else
		memcpy(&((struct sockaddr_in6 *)&addr)->sin6_addr, genl_data(attr), 16);
	((struct sockaddr_in *)&addr)->sin_port = htons(port);
	return addr;
}

static void take_conn(struct nlattr *const *attrs, int cmd, void *ctx)
{
	struct rows *rows = ctx;
	struct row *row = &rows->row[rows->n];
	int family = genl_number(attrs[HRTCP_A_CONN_FAMILY]);

	if (cmd != HRTCP_CMD_GET_CONN || rows->n == DIAG_ROWS)
		return;
	memset(row, 0, sizeof(*row));
	row->ipv = family == AF_INET ? 4 : 6;
	row->state = genl_number(attrs[HRTCP_A_CONN_STATE]);
	row->local_port = genl_number(attrs[HRTCP_A_CONN_SPORT]);
	row->remote_port = genl_number(attrs[HRTCP_A_CONN_DPORT]);
	row->local = read_addr(attrs[HRTCP_A_CONN_SADDR], family, row->local_port);
	row->remote = read_addr(attrs[HRTCP_A_CONN_DADDR], family, row->remote_port);
	row->rqueue = genl_number(attrs[HRTCP_A_CONN_RQUEUE]);
	row->wqueue = genl_number(attrs[HRTCP_A_CONN_WQUEUE]);
	row->half_open = genl_number(attrs[HRTCP_A_CONN_HALF_OPEN]);
	row->retrans = genl_number(attrs[HRTCP_A_CONN_RETRANS]);
	row->uid = genl_number(attrs[HRTCP_A_CONN_UID]);
	row->inode = genl_number(attrs[HRTCP_A_CONN_INODE]);
	row->cookie = genl_number(attrs[HRTCP_A_CONN_COOKIE]);
	row->timer = attrs[HRTCP_A_CONN_TIMER] ? (int)genl_number(attrs[HRTCP_A_CONN_TIMER]) :
						 HRTCP_T_COUNT;
	row->timer_ns = genl_number(attrs[HRTCP_A_CONN_TIMER_NS]);
	row->ecn = genl_number(attrs[HRTCP_A_CONN_ECN]);
	row->ce_in = genl_number(attrs[HRTCP_A_CONN_CE_IN]);
	row->ce_told = genl_number(attrs[HRTCP_A_CONN_CE_TOLD]);
	rows->n++;
}

static int rows_netlink(struct row *row, uint32_t states)
{
	struct rows rows = { .row = row };
	struct genl_request req;
	struct genl genl;
	int error = genl_open(&genl);

	if (error)
		return error;
	genl_begin(&genl, &req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	if (states)
		genl_put(&req, HRTCP_A_FILTER_STATES, &states, sizeof(states));
	error = genl_ask(&genl, &req, take_conn, &rows);
	genl_close(&genl);
	return error ? error : rows.n;
}

/* "0100007F:1F90", in host order by words. */
static struct sockaddr_storage read_hex(const char *text, int ipv, int *port)
{
	struct sockaddr_storage addr = { .ss_family = ipv == 4 ? AF_INET : AF_INET6 };
	uint32_t *to = ipv == 4 ? &((struct sockaddr_in *)&addr)->sin_addr.s_addr :
				  ((struct sockaddr_in6 *)&addr)->sin6_addr.s6_addr32;
	int i;

	for (i = 0; i < (ipv == 4 ? 1 : 4); i++, text += 8)
		sscanf(text, "%8x", &to[i]);
	sscanf(text, ":%x", port);
	((struct sockaddr_in *)&addr)->sin_port = htons(*port);
	return addr;
}

static void rows_proc(struct rows *rows, int ipv, uint32_t states)
{
	FILE *file = fopen(ipv == 4 ? "/proc/thread-self/net/tcp" : "/proc/thread-self/net/tcp6",
			   "r");
	char line[512], local[64], remote[64];

	if (!file)
		return;
	while (rows->n < DIAG_ROWS && fgets(line, sizeof(line), file)) {
		struct row *row = &rows->row[rows->n];

		memset(row, 0, sizeof(*row));
		if (sscanf(line, " %*d: %63s %63s %x %x:%x %*s %x %u %*d %u", local, remote,
			   (unsigned int *)&row->state, &row->wqueue, &row->rqueue,
			   &row->retrans, &row->uid, &row->inode) < 5)
			continue;
		row->ipv = ipv;
		row->local = read_hex(local, ipv, &row->local_port);
		row->remote = read_hex(remote, ipv, &row->remote_port);
		if (row->state == 12)	/* the kernel's own name for a half-open request */
			row->state = HRTCP_SYN_RECEIVED;
		if (!states || states >> row->state & 1)
			rows->n++;
	}
	fclose(file);
}

int diag_rows(const struct end *at, struct row *row, uint32_t states)
{
	struct rows rows = { .row = row };
	int error = net_enter(at->ns);

	if (error)
		return error;
	if (at->stack == HR && testing_hrtcp())
		return rows_netlink(row, states);
	rows_proc(&rows, 4, states);
	rows_proc(&rows, 6, states);
	return rows.n;
}

bool diag_find(const struct end *at, int local_port, int remote_port, struct row *row)
{
	static struct row rows[DIAG_ROWS];
	int n = diag_rows(at, rows, 0), i;

	for (i = 0; i < n; i++) {
		if (rows[i].local_port != local_port ||
		    (remote_port && rows[i].remote_port != remote_port))
			continue;
		*row = rows[i];
		return true;
	}
	return false;
}

int diag_state(const struct end *at, int local_port, int remote_port)
{
	struct row row;

	return diag_find(at, local_port, remote_port, &row) ? row.state : 0;
}

static const char *const stat_names[] = {
	"",
#define X(name, text) text,
	HRTCP_STATS(X)
#undef X
};

static const char *const drop_names[] = {
	"",
#define X(name, text) text,
	HRTCP_DROPS(X)
#undef X
};

struct counter {
	const char *name;
	int64_t value;
};

static void look_up(struct counter *counter, struct nlattr *nest, const char *const *names,
		    int n)
{
	char *at = genl_data(nest), *end = at + genl_len(nest);

	while (at + NLA_HDRLEN <= end) {
		struct nlattr *attr = (struct nlattr *)at;
		int type = attr->nla_type & NLA_TYPE_MASK;

		if (type > 0 && type < n && !strcmp(names[type], counter->name))
			counter->value = genl_number(attr);
		at += NLA_ALIGN(attr->nla_len);
	}
}

static void take_counter(struct nlattr *const *attrs, int cmd, void *ctx)
{
	(void)cmd;
	if (attrs[HRTCP_A_STATS])
		look_up(ctx, attrs[HRTCP_A_STATS], stat_names,
			sizeof(stat_names) / sizeof(*stat_names));
	if (attrs[HRTCP_A_DROPS])
		look_up(ctx, attrs[HRTCP_A_DROPS], drop_names,
			sizeof(drop_names) / sizeof(*drop_names));
}

int64_t diag_counter(const struct end *at, const char *name)
{
	struct counter counter = { .name = name, .value = -1 };
	struct genl_request req;
	struct genl genl;

	if (net_enter(at->ns) || genl_open(&genl))
		return -1;
	genl_begin(&genl, &req, HRTCP_CMD_GET_STATS, 0);
	genl_ask(&genl, &req, take_counter, &counter);
	genl_close(&genl);
	return counter.value;
}

static void take_event(struct nlattr *const *attrs, int cmd, void *ctx)
{
	struct event *event = ctx;

	if (cmd != HRTCP_CMD_EVENT_STATE)
		return;
	event->old_state = genl_number(attrs[HRTCP_A_EV_OLD_STATE]);
	event->new_state = genl_number(attrs[HRTCP_A_EV_NEW_STATE]);
	event->cause = genl_number(attrs[HRTCP_A_EV_CAUSE]);
	event->time_ns = genl_number(attrs[HRTCP_A_EV_TIME_NS]);
	event->local_port = genl_number(attrs[HRTCP_A_CONN_SPORT]);
	event->remote_port = genl_number(attrs[HRTCP_A_CONN_DPORT]);
}

int diag_event(struct genl *genl, int ms, struct event *event)
{
	return genl_next(genl, ms, take_event, event);
}

const char *state_name(int state)
{
	switch (state) {
#define X(name, number, text) case number: return text;
	HRTCP_STATES(X)
#undef X
	default: return "none";
	}
}
