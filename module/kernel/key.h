/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key.h -- what tells one connection from another, and the record that every connection,
 * half-open request and TIME-WAIT begins with in the one table of its namespace.
 */
#ifndef HRTCP_KERNEL_KEY_H
#define HRTCP_KERNEL_KEY_H

#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <net/ipv6.h>

struct hrtcp_net;
struct sk_buff;
struct tcphdr;

/* Hashed as octets, so without holes. IPv4 addresses are mapped ones (RFC 4291 2.5.5.2). */
struct hrtcp_key {
	struct in6_addr laddr, raddr;
	u16 lport, rport;		/* host order */
	u32 ifindex;			/* the VRF; of link-local addresses the link; else 0 */
};

static inline bool hrtcp_key_v4(const struct hrtcp_key *key)
{
	return ipv6_addr_v4mapped(&key->raddr);
}

static inline __be32 hrtcp_addr_v4(const struct in6_addr *addr)
{
	return addr->s6_addr32[3];
}

/* Do these addresses name something only on one link? */
static inline bool hrtcp_key_is_link_local(const struct hrtcp_key *key)
{
	return (ipv6_addr_type(&key->laddr) | ipv6_addr_type(&key->raddr)) &
	       IPV6_ADDR_LINKLOCAL;
}

/* Does a segment claim to come from where it goes to? No peer's does, RFC 9293 3.9.2.3. */
static inline bool hrtcp_key_is_self(const struct hrtcp_key *key)
{
	return key->lport == key->rport && ipv6_addr_equal(&key->laddr, &key->raddr);
}

/* Where a segment came in: as IP tells it (the VRF, if the link has one) and its slave. */
struct hrtcp_in {
	int dif, sdif;
};

/* Of a received segment, ours being its destination; IP's control block still in place. */
void hrtcp_key_of_skb(struct hrtcp_key *key, struct hrtcp_in *in, const struct sk_buff *skb,
		      const struct tcphdr *th);

/* The part of the key that says where the addresses hold. */
u32 hrtcp_key_scope(const struct hrtcp_key *key, const struct hrtcp_in *in);

enum hrtcp_rec_kind {
	HRTCP_REC_SOCK,			/* in struct hrtcp_sock */
	HRTCP_REC_REQ,			/* in struct hrtcp_request */
	HRTCP_REC_TW,			/* in struct hrtcp_timewait */
};

struct hrtcp_rec {
	struct rhash_head node;
	struct hrtcp_key key;
	u64 cookie;			/* handed on from request to socket to TIME-WAIT */
	u8 kind;
};

#endif
