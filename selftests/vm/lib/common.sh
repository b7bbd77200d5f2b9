# shellcheck shell=bash
# common.sh -- paths and small words shared by the commands of this folder.

set -euo pipefail

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
project=$(cd "$vm_dir/../.." && pwd -P)
build=$project/build/vm
# shellcheck source-path=SCRIPTDIR source=../config.sh
. "$vm_dir/config.sh"
# sbin: a plain user's PATH lacks mmdebstrap's and modprobe's friends.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
	say "$*"
	exit 2
}

# Words of a list file, comments left out.
list_words() { sed 's/#.*//' "$@" | tr -s ' \t\n' ' '; }

# Chroots, mounts and virtiofsd need root: start this command again through sudo.
need_root() {
	[[ $EUID -eq 0 ]] && return
	command -v sudo >/dev/null || die "must be run as root (and there is no sudo)"
	exec sudo --preserve-env="$(env_names)" -- "$0" "$@"
}

env_names() { (IFS=,; echo "TERM,${!HRTCP_*},${!KSFT_*}"); }

known_suite() {
	local suite
	for suite in $vm_suites debug; do
		[[ $1 == "$suite" ]] && return
	done
	die "unknown suite '$1' (have: $vm_suites debug)"
}

# The debug kernel runs over the root of bookworm, whose source package it is built from.
root_suite() { if [[ $1 == debug ]]; then echo bookworm; else echo "$1"; fi; }
# May be a link, so that several working trees share the roots.
root_dir() { realpath -m "$build/$(root_suite "$1")/root"; }

# One holder at a time; a second run waits instead of building the same thing again.
lock() {
	mkdir -p "$build"
	exec {lock_fd}>"$build/.lock-$1"
	flock -n "$lock_fd" && return
	say "waiting for another '$1' to end"
	flock "$lock_fd"
}
unlock() { exec {lock_fd}>&-; }

kernel_release() {
	basename "$(find "$1/lib/modules/" -maxdepth 1 -name '*cloud*' | sort -V | tail -n 1)"
}

# A folder as an archive for the kernel. Times and inode numbers are made the same each time: the kernel
# reads their digits at boot, and under the virtual clock even that would show.
pack() {
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0 --reproducible)
}
