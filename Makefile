# SPDX-License-Identifier: GPL-2.0
# hrTCP: `make` builds the module and user space, `make check` proves them, `make demo` shows
# them. Kbuild builds the module, CMake what runs in user space, selftests/ does the rest.

KVER	   ?= $(shell ls /lib/modules 2>/dev/null | sort -V | tail -n 1)
KDIR	   ?= $(if $(KERNELDIR),$(KERNELDIR),/lib/modules/$(KVER)/build)
PREFIX	   ?= /usr/local
DESTDIR	   ?=
DEPMOD	   ?= depmod
BUILD	   := build
JOBS	   ?= $(shell nproc)
VM	   := selftests/vm
VERSION	   := $(shell sed -n 's/^version := //p' Kbuild)

have_kdir  := $(wildcard $(KDIR)/Makefile)
kbuild	   := $(MAKE) -C $(KDIR) M=$(CURDIR)
cmake	   := cmake -S userspace -DCMAKE_INSTALL_PREFIX=$(PREFIX)

all: module core tools

module:
ifneq ($(have_kdir),)
	+$(kbuild) modules
else
	@echo "module: left out, no kernel headers in $(KDIR) (set KDIR)"
endif

debug:
	+$(kbuild) HRTCP_DEBUG=1 modules

sparse:
	+$(kbuild) W=1 C=2 modules

# The core as user space has it, with its unit tests; what is missing for it is said by CMake.
core: $(BUILD)/unit/Makefile
	+$(MAKE) -C $(BUILD)/unit

$(BUILD)/unit/Makefile:
	$(cmake) -B $(@D) -DHRTCP_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug \
		-DCMAKE_C_FLAGS_DEBUG="-g -O1" -DCMAKE_CXX_FLAGS_DEBUG="-g -O0"

tools: $(BUILD)/userspace/Makefile
	+$(MAKE) -C $(BUILD)/userspace

$(BUILD)/userspace/Makefile:
	$(cmake) -B $(@D) -DHRTCP_BUILD_TESTS=OFF -DHRTCP_BUILD_SIM=OFF

test: core
	ctest --test-dir $(BUILD)/unit --output-on-failure -j $(JOBS)

# Connections from seeds in the simulator; a single one, or SEED without N, with its trace.
SEED	   ?=
ALGO	   ?=
LIFE	   ?=
N	   ?= $(if $(SEED),1,10000)

sim: $(BUILD)/unit/Makefile
	+$(MAKE) -s -C $(BUILD)/unit hrtcp-sim
	$(BUILD)/unit/bin/hrtcp-sim --seed $(or $(SEED),1) --count $(N) $(if $(ALGO),--cc $(ALGO)) $(if $(LIFE),--life $(LIFE)) $(if $(filter 1,$(N)),--trace)

# The tables of figures kept in userspace/sim/golden, made anew; git diff says what moved.
golden: $(BUILD)/unit/Makefile
	+$(MAKE) -s -C $(BUILD)/unit hrtcp-sim
	$(BUILD)/unit/bin/hrtcp-sim --golden userspace/sim/golden --update

# Do the tests notice what breaks the rules that docs/conformance.md says they prove? ROW, FILE: of
# a row, of a file of the core only.
ROW	   ?=
FILE	   ?=

mutants: $(BUILD)/unit/Makefile
	+$(MAKE) -s -C $(BUILD)/unit test-core
	userspace/mutants/run $(ROW) $(FILE)

# What follows installs the Debian packages it needs, and says which.
# T: seconds for each fuzz target.
T	   ?= 60

fuzz:
	selftests/fuzz $(T)

check:
	selftests/check

check-debug:
	selftests/check-debug

demo:
	selftests/demo

bench:
	selftests/bench/run

vm:
	$(VM)/shell

style:
	selftests/style/run

install: tools
	$(MAKE) -C $(BUILD)/userspace install DESTDIR=$(DESTDIR)

module-install: module
	$(kbuild) modules_install INSTALL_MOD_PATH=$(DESTDIR)
	$(if $(DESTDIR),,$(DEPMOD) -a $(KVER))

# The sources where DKMS looks for them, the version filled in; DKMS builds from there.
dkms-install:
	install -d $(DESTDIR)/usr/src/hrtcp-$(VERSION)
	cp -r Kbuild LICENSE module $(DESTDIR)/usr/src/hrtcp-$(VERSION)
	sed 's/@VERSION@/$(VERSION)/' dkms.conf >$(DESTDIR)/usr/src/hrtcp-$(VERSION)/dkms.conf
	$(if $(DESTDIR),,dkms install hrtcp/$(VERSION))

# Every place that names a section of a specification, by document.
spec-index:
	@grep -rnoE 'RFC [0-9]{3,5}( [0-9]+(\.[0-9]+)*)?( step [0-9]+)?' module | \
		awk -F: '{ print $$3 "\t" $$1 ":" $$2 }' | sort -V

clean:
	$(if $(have_kdir),$(kbuild) clean)
	rm -rf $(BUILD)/unit $(BUILD)/userspace $(BUILD)/check $(BUILD)/fuzz

.PHONY: all module debug sparse core tools test sim golden mutants fuzz check check-debug demo bench vm style install \
	module-install dkms-install spec-index clean
