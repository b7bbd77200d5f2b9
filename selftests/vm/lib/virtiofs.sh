# shellcheck shell=bash disable=SC2154,SC2054 # variables of the command; commas in QEMU's words
# virtiofs.sh -- one virtiofsd per folder that the guest is to see.

virtiofsd_path() {
	local path
	for path in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
		[[ -x $path ]] && echo "$path" && return
	done
	die "no virtiofsd found; run selftests/vm/deps"
}

# The one of QEMU 7.2 (Debian 12) has fuse-style options, the later one has words of its own.
virtiofsd_args() {
	if [[ $("$1" --help 2>&1) == *--shared-dir* ]]; then
		printf '%s\n' --shared-dir "$2" --cache "$3"
	else
		printf '%s\n' -f -o "source=$2,cache=$3"
	fi
}

# share TAG FOLDER CACHE: always for what doesn't change during a run, auto for results.
share() {
	local tag=$1 folder=$2 cache=$3 daemon args
	daemon=$(virtiofsd_path)
	mapfile -t args < <(virtiofsd_args "$daemon" "$folder" "$cache")
	"${die_with_us[@]}" "$daemon" --socket-path="$work/$tag.sock" "${args[@]}" >>"$log_dir/virtiofsd.log" 2>&1 &
	children+=($!)
	qemu_args+=(-chardev "socket,id=$tag,path=$work/$tag.sock"
		-device "vhost-user-fs-pci,chardev=$tag,tag=$tag,queue-size=1024")
}

wait_for_sockets() {
	local tag
	for tag in "$@"; do
		for _ in {1..3000}; do
			[[ -S $work/$tag.sock ]] && continue 2
			sleep 0.02
		done
		cat "$log_dir/virtiofsd.log" >&2
		die "virtiofsd did not start"
	done
}

# Debian 12's virtiofsd leaves a lock file named after its socket.
forget_sockets() {
	local mangled=${work//\//.}
	rm -f /var/run/virtiofsd/"${mangled#.}"* /var/run/virtiofsd/"$mangled"*
}
