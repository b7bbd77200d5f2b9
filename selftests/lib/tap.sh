# shellcheck shell=bash
# tap.sh -- test scripts as TAP, for scripts to source: each case is a function.
#
#   tap_main NAME...   run the functions of these names, in this order, and exit as kselftest wants:
#                      0 passed, 1 failed, 4 nothing but skips
#   skip REASON        end the case: it cannot be run here
#   same WANT GOT WHAT end the case as failed if they differ
#
# A case runs in a subshell under `set -e`, so that any command that fails fails it, and ends by
# tap_clean, where the script defines that. What it prints becomes diagnostics.

tap_skip=4

skip() {
	echo "SKIP $*"
	exit "$tap_skip"
}

same() {
	[[ $1 == "$2" ]] && return
	echo "$3: want '$1', got '$2'"
	exit 1
}

tap_clean() { :; }

# In a process group of its own, so that what a case leaves behind can be ended: it would keep
# kselftest's pipe open. Not on the left of || or in a condition: there set -e would be off.
tap_case() {
	local pid status
	set -m
	(
		trap 'tap_clean >/dev/null 2>&1' EXIT
		set -eu -o pipefail
		"$1"
	) >"$tap_out" 2>&1 &
	pid=$!
	set +m
	wait "$pid"
	status=$?
	kill -KILL -- "-$pid" 2>/dev/null
	return "$status"
}

tap_main() {
	local name status n=0 failed=0 skipped=0 tap_out
	tap_out=$(mktemp)
	set +e
	echo "TAP version 13"
	echo "1..$#"
	for name in "$@"; do
		n=$((n + 1))
		tap_case "$name"
		status=$?
		sed 's/^/# /' "$tap_out"
		case $status in
		0) echo "ok $n $name" ;;
		"$tap_skip")
			skipped=$((skipped + 1))
			echo "ok $n $name # SKIP $(sed -n 's/^SKIP //p' "$tap_out" | tail -n 1)"
			;;
		*)
			failed=$((failed + 1))
			echo "not ok $n $name"
			;;
		esac
	done
	rm -f "$tap_out"
	[[ $failed -eq 0 ]] || exit 1
	[[ $skipped -lt $n ]] || exit "$tap_skip"
	exit 0
}
