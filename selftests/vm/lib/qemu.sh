# shellcheck shell=bash disable=SC2154,SC2054 # variables of the command; commas in QEMU's words
# qemu.sh -- QEMU's arguments for one machine. Fills the array qemu_args; reads suite, clock, cpus,
# mem, log_words and append.

have_kvm() {
	# A /dev/kvm that opens may still be useless: nested, without vmx or svm.
	grep -qwE 'vmx|svm' /proc/cpuinfo && [[ -w /dev/kvm ]]
}

# Real: guest time follows the host's, processors run at once. Virtual: time is the number of
# instructions executed, idle time is skipped, nothing is random, so two runs are the same.
clock_args() {
	if [[ $clock == virtual ]]; then
		qemu_args+=(-accel tcg,thread=single -smp 1 -cpu max
			-icount "shift=$vm_icount_shift,sleep=off" -seed 1
			-rtc base=2025-01-01,clock=vm)
	elif have_kvm; then
		qemu_args+=(-accel kvm -smp "$cpus" -cpu host)
	else
		qemu_args+=(-accel "tcg,thread=multi" -smp "$cpus" -cpu max)
	fi
}

# nokaslr: addresses in logs mean the same in every run.
kernel_words() {
	local words='console=ttyS0 panic=-1 oops=panic nokaslr mitigations=off no_timer_check'
	words+=' tsc=reliable random.trust_cpu=on net.ifnames=0'
	words+=' printk.devkmsg=on'	# or the kernel drops our own lines after ten
	if [[ $clock == virtual ]]; then
		# A jump over idle time must not look like a hang.
		words+=' nowatchdog sysctl.kernel.hung_task_timeout_secs=0'
	else
		# A busy host must not look like one either.
		words+=' watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=60'
	fi
	echo "$words $log_words $append"
}

machine_args() {
	qemu_args+=(-nodefaults -no-user-config -no-reboot -display none -M q35,nvdimm=on
		-m "${mem}M,slots=1,maxmem=64G" -object "memory-backend-memfd,id=mem,size=${mem}M,share=on"
		-machine memory-backend=mem
		-kernel "$build/$suite/vmlinuz" -initrd "$work/initramfs"
		-append "$(kernel_words)")
	[[ -z $net ]] || qemu_args+=(-nic user,model=virtio-net-pci)
}

# ioeventfd=off: a write to a port is over when it returns, which keeps the virtual clock exact.
ports_args() {
	local name
	qemu_args+=(-device virtio-serial-pci,ioeventfd=off)
	for name in "$@"; do
		qemu_args+=(-chardev "file,id=port-$name,path=$work/$name"
			-device "virtserialport,chardev=port-$name,name=$name")
	done
}

# A file as the guest's persistent memory, read only: its pages are the host's page cache, and reading
# them is a copy, not a wait.
pmem() {
	qemu_args+=(-object "memory-backend-file,id=pmem,mem-path=$1,size=$(stat -Lc %s "$1"),share=on,readonly=on"
		-device nvdimm,memdev=pmem,unarmed=on)
}
