/* SPDX-License-Identifier: GPL-2.0 */
/*
 * env.h -- what the core takes from the world it is compiled in: types, list, rbtree,
 * division. The only file of the core that tests __KERNEL__ or includes a system header.
 */
#ifndef HRTCP_CORE_ENV_H
#define HRTCP_CORE_ENV_H

#ifdef __KERNEL__

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/rbtree.h>
#include <linux/string.h>
#include <linux/types.h>

#define rb_node_top rb_node

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <bsd/sys/tree.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define __must_check __attribute__((warn_unused_result))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* As the kernel has them; the latter two of a mask that is not 0. */
static inline u32 hweight64(u64 mask)
{
	return (u32)__builtin_popcountll(mask);
}

static inline u32 __ffs64(u64 mask)
{
	return (u32)__builtin_ctzll(mask);
}

static inline u32 fls64(u64 mask)
{
	return mask ? 64 - (u32)__builtin_clzll(mask) : 0;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

/* The kernel's rbtree interface, as far as the core uses it, over BSD's tree. */
struct rb_node {
	RB_ENTRY(rb_node) entry;
};
RB_HEAD(rb_root, rb_node);

#ifndef __cplusplus	/* C++ only sees the types */

static inline int hrtcp_rb_nocmp(const struct rb_node *a, const struct rb_node *b)
{
	return a < b ? -1 : a > b;	/* places are chosen by the caller of rb_link_node() */
}

RB_GENERATE_INTERNAL(rb_root, rb_node, entry, hrtcp_rb_nocmp,
		     __attribute__((unused)) static)

#undef RB_ROOT
#define RB_ROOT ((struct rb_root){ NULL })
#define rb_left entry.rbe_left
#define rb_right entry.rbe_right
#define rb_node_top rbh_root

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	RB_SET(node, parent, entry);
	*link = node;
}

static inline void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_root_RB_INSERT_COLOR(root, node);
}

static inline void rb_erase(struct rb_node *node, struct rb_root *root)
{
	RB_REMOVE(rb_root, root, node);
}

static inline struct rb_node *rb_first(const struct rb_root *root)
{
	return RB_MIN(rb_root, (struct rb_root *)root);
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
	return RB_NEXT(rb_root, NULL, (struct rb_node *)node);
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	return RB_PREV(rb_root, NULL, (struct rb_node *)node);
}

#endif /* __cplusplus */
#endif /* __KERNEL__ */
#endif
