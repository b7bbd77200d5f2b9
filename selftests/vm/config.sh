# shellcheck shell=bash disable=SC2034 # read by the files that source this one
# config.sh -- what one may want to change about the test VM.

# Debian suites; each brings its own kernel: 6.1, 6.12 and the newest one.
vm_suites='bookworm trixie sid'
vm_default_suite=bookworm

vm_default_mem=1024		# MB; memory is taken from the host only when touched
vm_default_cpus=2
vm_default_timeout=600		# seconds of the host's time

# The guest's PATH starts with this: where the build puts the hrtcp command.
vm_guest_path=/hrtcp/build/vm/bookworm/userspace/bin

# Virtual clock: one guest instruction takes 2^N ns.
vm_icount_shift=0
