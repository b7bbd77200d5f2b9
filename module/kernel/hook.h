/* SPDX-License-Identifier: GPL-2.0 */
/* hook.h -- standing where IP looks for TCP. */
#ifndef HRTCP_KERNEL_HOOK_H
#define HRTCP_KERNEL_HOOK_H

int hrtcp_hook_init(void);
void hrtcp_hook_exit(void);

#endif
