/* SPDX-License-Identifier: GPL-2.0 */
/* request.h -- a half-open connection: a SYN was answered, its ACK is awaited. */
#ifndef HRTCP_KERNEL_REQUEST_H
#define HRTCP_KERNEL_REQUEST_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "core/listen.h"

#include "key.h"
#include "route.h"

struct hrtcp_arrival;
struct hrtcp_listener;
struct hrtcp_timewait;

/* listener->lock guards what changes: req, dead, link. */
struct hrtcp_request {
	struct hrtcp_rec rec;
	struct hrtcp_req req;
	struct hrtcp_path path;		/* for answers; its listener has a reference */
	struct hrtcp_listener *lst;	/* as long as the listener's sock */
	struct list_head link;		/* in lst->requests */
	struct hrtimer timer;
	struct hrtcp_timewait *before;	/* NULL, or what comes back if this opens nothing */
	refcount_t refs;
	bool dead;			/* out of table and list */
	struct rcu_head rcu;
};

static inline struct hrtcp_request *hrtcp_rec_request(struct hrtcp_rec *rec)
{
	return container_of(rec, struct hrtcp_request, rec);
}

int hrtcp_request_init(void);
void hrtcp_request_exit(void);

/* A SYN came that the core wants: make a record and answer. lst->lock is held. */
struct hrtcp_request *hrtcp_request_create(struct hrtcp_listener *lst,
					   const struct hrtcp_arrival *a,
					   const struct hrtcp_path *path,
					   const struct hrtcp_open *open,
					   struct hrtcp_reply *reply);

/* Out of the list, the timer off; table and counts are the caller's. lst->lock is held. */
void hrtcp_request_retire(struct hrtcp_request *req);

void hrtcp_request_put(struct hrtcp_request *req);

/* Return: false if the request died meanwhile. */
bool hrtcp_request_rx(struct hrtcp_request *req, struct hrtcp_arrival *a);

#endif
