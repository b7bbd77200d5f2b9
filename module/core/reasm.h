/* SPDX-License-Identifier: GPL-2.0 */
/* reasm.h -- segments beyond RCV.NXT, kept until the gap closes. RFC 9293 3.10.7.4 step 7. */
#ifndef HRTCP_CORE_REASM_H
#define HRTCP_CORE_REASM_H

#include "seq.h"
#include "../uapi/hrtcp.h"

/*
 * What is held is bounded by the window, in octets. Small segments cost their caller more than
 * their octets: so many nodes, then only as long as they are larger than this on the average.
 */
#define HRTCP_REASM_MAX 16384
#define HRTCP_REASM_SIZE 512

/* Embedded by the caller in its receive buffers; 48 octets on 64-bit machines. */
struct hrtcp_rxnode {
	union {
		struct rb_node rb;
		struct hrtcp_rxnode *next;	/* once in the ready list */
	};
	struct seq seq, end;		/* payload needed: [seq, end) */
	struct seq run;			/* first of a run of nodes: its end; last: its beginning */
	u32 skip;			/* octets of the caller's payload before seq */
	bool fin;			/* a FIN stands at end */
};

struct hrtcp_reasm {
	struct rb_root root;		/* by seq, never overlapping */
	struct hrtcp_rxnode *ready, *ready_tail; /* to deliver, or empty ones to free */
	u32 nodes, bytes;
	struct seq run_start, run_end;	/* what is contiguous around the node inserted last;
					 * empty: all of it was held already */
};

void hrtcp_reasm_init(struct hrtcp_reasm *r);

/**
 * hrtcp_reasm_insert() - keep a segment that begins beyond RCV.NXT
 * @r: the queue
 * @node: seq, end, skip and fin filled; trimmed to what is new, held until polled
 *
 * Nodes that @node covers wholly become ready as empty ones.
 *
 * Return: HRTCP_DROP_NONE, HRTCP_DROP_DUPLICATE or HRTCP_DROP_REASM_FULL.
 */
enum hrtcp_drop hrtcp_reasm_insert(struct hrtcp_reasm *r, struct hrtcp_rxnode *node);

/* Is nothing held beyond @node, which is? */
bool hrtcp_reasm_is_last(const struct hrtcp_rxnode *node);

/* Move *@nxt over all that is contiguous now; the nodes become ready. Return: a FIN follows. */
bool hrtcp_reasm_advance(struct hrtcp_reasm *r, struct seq *nxt);

/* Take the next ready node; NULL: none. */
struct hrtcp_rxnode *hrtcp_reasm_ready(struct hrtcp_reasm *r);

/* Take any node, to free the queue; NULL when empty. */
struct hrtcp_rxnode *hrtcp_reasm_drain(struct hrtcp_reasm *r);

#endif
