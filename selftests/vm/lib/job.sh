# shellcheck shell=bash disable=SC2154,SC2054 # variables of the command; commas in QEMU's words
# job.sh -- what differs from run to run, packed as a second archive behind the suite's initramfs.
# It arrives in the guest's memory before the kernel starts, so reading it costs no time there.

quote() {
	local word
	for word in "$@"; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# The guest's environment: what init needs, and the caller's HRTCP_ and KSFT_ variables.
job_settings() {
	local name
	echo "vm_clock=$clock"
	echo "vm_net=$net"
	echo "$extra_settings"
	echo "vm_path=$(quote "$vm_guest_path")"
	echo "export TERM=$(quote "${TERM:-dumb}")"
	echo "export HRTCP_SUITE=$suite HRTCP_CLOCK=$clock"
	for name in "${!HRTCP_@}" "${!KSFT_@}"; do
		echo "export $name=$(quote "${!name}")"
	done
}

# Paths relative to the project, from such paths (as COMMAND sees them) or absolute ones.
in_project() {
	local path
	for path in "$@"; do
		path=$(cd "$project" && realpath -e -- "$path")
		[[ $path == "$project"/* ]] || die "$path is not inside the project"
		echo "${path#"$project"/}"
	done
}

# What the guest is to have in its own memory. Under the virtual clock that is all it has of the
# project, so what every test may want goes along.
copy_paths() {
	local path folder=build/vm/$suite wanted
	wanted=("$project/$folder"/module/*.ko)
	if [[ $clock == virtual ]]; then
		wanted+=("$project"/selftests "$project/$folder/selftests"
			"$project/${vm_guest_path#/hrtcp/}")
	fi
	for path in "${wanted[@]}"; do
		[[ ! -e $path ]] || copies+=("$path")
	done
	[[ ${#copies[@]} -gt 0 ]] || return 0
	mkdir "$1/hrtcp"
	in_project "${copies[@]}" | rsync -a --relative --files-from=- -r "$project/" "$1/hrtcp/"
}

make_job() {
	local init=$1 job=$work/initrd/job
	shift
	mkdir -p "$job"
	cp "$vm_dir"/guest/* "$job/"
	[[ $init == init ]] || mv "$job/$init" "$job/init"
	job_settings >"$job/settings"
	copy_paths "$job"
	printf '%s\n' "${preloads[@]}" >"$job/preload"
	# Not busybox's sh: that one takes its own ip, ping or cat for the real ones.
	printf '#!/bin/sh\nexec %s\n' "$(quote "$@")" >"$job/command"
	chmod +x "$job/command"
	pack "$work/initrd" >"$work/job.cpio"
	cat "$build/$suite/initramfs" "$work/job.cpio" >"$work/initramfs"
}
