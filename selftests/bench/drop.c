// SPDX-License-Identifier: GPL-2.0
/* drop.c -- the filter, in BPF's own words. */
#include <err.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "drop.h"

#define INSN(c, d, s, o, i) \
	(struct bpf_insn) { .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ALU(op, d, s) INSN(BPF_ALU64 | (op) | BPF_X, d, s, 0, 0)
#define ALU_IMM(op, d, i) INSN(BPF_ALU64 | (op) | BPF_K, d, 0, 0, i)
#define LOAD(d, s, o) INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define STORE(d, o, s) INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define LOAD_OCTET(i) INSN(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, i)	/* of the packet, to r0 */
#define LOAD_LONG(d, v) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, 0, 0, (int)(v)), INSN(0, 0, 0, 0, (int)((v) >> 32))
#define LOAD_MAP(d, fd) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define JUMP(op, d, s, o) INSN(BPF_JMP | (op) | BPF_X, d, s, o, 0)
#define JUMP_IMM(op, d, i, o) INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define SKIP offsetof(struct drop, skip)
#define COUNT offsetof(struct drop, count)
#define RATE offsetof(struct drop, rate)
#define SEED offsetof(struct drop, seed)

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* r7: struct drop, r8: the segment's octets. The packet begins with the TCP header. */
static int load_filter(int map)
{
	struct bpf_insn filter[] = {
		MOV(6, 1),
		MOV_IMM(0, 0),
		INSN(BPF_STX | BPF_MEM | BPF_W, 10, 0, -4, 0),
		LOAD_MAP(1, map),
		MOV(2, 10),
		ALU_IMM(BPF_ADD, 2, -4),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IMM(BPF_JEQ, 0, 0, 37),			/* to pass */
		MOV(7, 0),
		/* octets: what follows the header, and a SYN */
		INSN(BPF_LDX | BPF_MEM | BPF_W, 8, 6, offsetof(struct __sk_buff, len), 0),
		LOAD_OCTET(12),
		ALU_IMM(BPF_RSH, 0, 4),
		ALU_IMM(BPF_LSH, 0, 2),
		ALU(BPF_SUB, 8, 0),
		LOAD_OCTET(13),
		ALU_IMM(BPF_AND, 0, 2),
		ALU_IMM(BPF_RSH, 0, 1),
		ALU(BPF_ADD, 8, 0),
		/* by rate? */
		LOAD(1, 7, RATE),
		JUMP_IMM(BPF_JEQ, 1, 0, 10),			/* to skip */
		LOAD(2, 7, SEED),
		LOAD_LONG(3, 6364136223846793005ull),
		ALU(BPF_MUL, 2, 3),
		LOAD_LONG(3, 1442695040888963407ull),
		ALU(BPF_ADD, 2, 3),
		STORE(7, SEED, 2),
		ALU_IMM(BPF_RSH, 2, 33),
		JUMP(BPF_JLT, 2, 1, 13),			/* to drop */
		/* skip */
		JUMP_IMM(BPF_JEQ, 8, 0, 14),			/* to pass */
		LOAD(1, 7, SKIP),
		JUMP(BPF_JLT, 1, 8, 3),				/* to count */
		ALU(BPF_SUB, 1, 8),
		STORE(7, SKIP, 1),
		JUMP_IMM(BPF_JA, 0, 0, 9),			/* to pass */
		/* count */
		LOAD(2, 7, COUNT),
		JUMP_IMM(BPF_JEQ, 2, 0, 7),			/* to pass */
		JUMP(BPF_JGT, 2, 8, 1),
		MOV(2, 8),
		ALU(BPF_SUB, 2, 8),
		STORE(7, COUNT, 2),
		INSN(BPF_ST | BPF_MEM | BPF_DW, 7, 0, SKIP, 0),
		/* drop */
		MOV_IMM(0, 0),
		EXIT(),
		/* pass */
		MOV_IMM(0, -1),
		EXIT(),
	};
	static char log[65536];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)filter,
		.insn_cnt = sizeof(filter) / sizeof(filter[0]),
		.license = (uintptr_t)"GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	const int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		err(1, "the filter: %s", log);
	return fd;
}

struct drop *drop_new(int *filter)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = sizeof(struct drop),
		.max_entries = 1,
		.map_flags = BPF_F_MMAPABLE,
	};
	const int map = bpf(BPF_MAP_CREATE, &attr);
	struct drop *drop;

	if (map < 0)
		err(1, "a map");
	drop = mmap(NULL, sizeof(*drop), PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (drop == MAP_FAILED)
		err(1, "the map's memory");
	*filter = load_filter(map);
	return drop;
}

void drop_attach(int fd, int filter)
{
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &filter, sizeof(filter)))
		err(1, "the filter on a socket");
}
