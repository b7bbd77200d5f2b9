# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the command and the other parts
# machine.sh -- one VM from its options to its end: folders shared, QEMU run, everything put away.

# shellcheck source-path=SCRIPTDIR source=virtiofs.sh
. "$vm_dir/lib/virtiofs.sh"
# shellcheck source-path=SCRIPTDIR source=job.sh
. "$vm_dir/lib/job.sh"
# shellcheck source-path=SCRIPTDIR source=qemu.sh
. "$vm_dir/lib/qemu.sh"

# Even if this shell is killed outright, nothing it started stays.
die_with_us=(setpriv --pdeathsig KILL)

machine_defaults() {
	suite=$vm_default_suite clock=real log_words=ignore_loglevel append='' net=''
	log_dir='' work='' extra_settings=''
	cpus=$vm_default_cpus mem=$vm_default_mem timeout=$vm_default_timeout
	copies=() preloads=() children=() qemu_args=() keep_log=''
}

# A folder of its own for each run: any number may go on at once.
open_folders() {
	work=$(mktemp -d -t hrtcp-vm.XXXXXX)
	trap machine_close EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	if [[ -n $log_dir ]]; then
		keep_log=1
	else
		mkdir -p "$build/log"
		log_dir=$(mktemp -d "$build/log/$(date +%m%d-%H%M%S).XXXX")
	fi
	mkdir -p "$log_dir/out"
	log_dir=$(realpath "$log_dir")
	rm -f "$log_dir"/{kernel.log,stdout,stderr,status,virtiofsd.log}
	: >"$log_dir/kernel.log"
}

# machine_open GUEST-INIT COMMAND...: all that is needed before QEMU starts.
machine_open() {
	[[ $suite == debug ]] && "$vm_dir/debug-kernel"
	"$vm_dir/root" "$suite"
	[[ -e $build/$suite/initramfs && ! $vm_dir/guest/preinit -nt $build/$suite/initramfs ]] ||
		"$vm_dir/initramfs" "$suite"
	open_folders
	make_job "$@"
	machine_args
	clock_args
	share_folders
}

# No virtiofs under the virtual clock: its mere presence makes the time of two runs differ.
share_folders() {
	if [[ $clock == virtual ]]; then
		pmem "$("$vm_dir/image" "$suite")"
	else
		share out "$log_dir/out" auto
		share root "$(root_dir "$suite")" always
		share hrtcp "$project" always
		wait_for_sockets out root hrtcp
	fi
}

# machine_start SECONDS: run QEMU to its end; 124 or 137 if it had to be stopped. In the background,
# or a signal to us would wait for QEMU's end.
machine_start() {
	local ended=0
	"${die_with_us[@]}" timeout --kill-after=5 "$1" \
		"${die_with_us[@]}" qemu-system-x86_64 "${qemu_args[@]}" &
	children+=($!)
	wait $! || ended=$?
	return "$ended"
}

machine_keep_log() {
	[[ -z $keep_log && $1 -ne 0 ]] || return 0
	keep_log=1
	say "logs kept in ${log_dir#"$PWD"/}"
}

# QEMU, the last to start, goes first: it would wait for a folder's daemon that died before it.
machine_close() {
	local i
	trap '' INT TERM	# a second Ctrl-C must not leave half of it
	for ((i = ${#children[@]} - 1; i >= 0; i--)); do
		kill "${children[i]}" 2>/dev/null || true
		wait "${children[i]}" 2>/dev/null || true
	done
	forget_sockets
	rm -rf "$work"
	[[ -n $keep_log ]] || rm -rf "$log_dir"
}
