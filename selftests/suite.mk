# SPDX-License-Identifier: GPL-2.0
# suite.mk -- what every suite's Makefile includes, after it named its programs: the library of
# lib/ linked into each, and kselftest's own rules. KSFT is kselftest's folder.

SELFTESTS := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))
KSFT ?= $(SELFTESTS)/../build/kselftest

CFLAGS += -std=gnu11 -O2 -g -Wall -Wextra -Werror -MMD -D_GNU_SOURCE=
CFLAGS += -isystem $(KSFT) -I$(SELFTESTS)/lib -I$(SELFTESTS)/../module
LOCAL_HDRS += $(wildcard $(SELFTESTS)/lib/*.h)

include $(KSFT)/lib.mk

LIB_OUT := $(abspath $(OUTPUT)/../lib.o)
LIB := $(LIB_OUT)/libselftest.a
LIB_OBJECTS := $(patsubst $(SELFTESTS)/lib/%.c,$(LIB_OUT)/%.o,$(wildcard $(SELFTESTS)/lib/*.c))

$(TEST_GEN_PROGS) $(TEST_GEN_PROGS_EXTENDED): $(LIB)

$(LIB): $(LIB_OBJECTS)
	$(AR) rcs $@ $^

$(LIB_OUT)/%.o: $(SELFTESTS)/lib/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@

-include $(wildcard $(LIB_OUT)/*.d $(OUTPUT)/*.d)
