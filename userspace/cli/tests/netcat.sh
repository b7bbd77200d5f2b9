#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netcat.sh HRTCP FAMILY... -- hrtcp listen and hrtcp connect with each other, between every two
# of the families (hrtcp, inet) that are named. TAP.
set -uo pipefail

hrtcp=$1
shift
families=("$@")
work=$(mktemp -d)
count=0
failures=0
listener=

cleanup() {
	[[ -z $listener ]] || kill "$listener" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

# check NAME COMMAND...
check() {
	local name=$1
	shift
	count=$((count + 1))
	if "$@" >"$work/said" 2>&1; then
		echo "ok $count $name"
	else
		failures=$((failures + 1))
		echo "not ok $count $name"
		sed 's/^/# /' "$work/said" "$work/listen.err"
	fi
}

# Starts a listener with input $1 and sets $port as soon as it has one.
listen() {
	local input=$1 line=
	shift
	mkfifo "$work/said-first"
	"$hrtcp" listen -v --family "$to" "$@" 127.0.0.1 0 <"$input" >"$work/listen.out" \
		2>"$work/said-first" &
	listener=$!
	exec 3<"$work/said-first"
	rm "$work/said-first"
	read -r line <&3
	cat <&3 >"$work/listen.err" &
	exec 3<&-
	port=${line##*:}
}

connect() { timeout 60 "$hrtcp" connect --family "$from" "$@" 127.0.0.1 "$port"; }

finish() {
	wait "$listener"
	listener=
}

stop() {
	kill "$listener"
	wait "$listener" 2>/dev/null
	listener=
}

both_ways() {
	echo "from server" >"$work/server.in"
	listen "$work/server.in"
	[[ $(echo "from client" | connect) == "from server" ]] || return 1
	finish && [[ $(<"$work/listen.out") == "from client" ]]
}

# The client ends its side at once and still gets everything.
half_close() {
	head -c 1000000 /dev/zero >"$work/zeros"
	listen "$work/zeros"
	connect </dev/null | cmp - "$work/zeros" && finish
}

pattern() {
	listen /dev/null --send-bytes 700001 --recv-digest
	connect --send-bytes 500003 --recv-digest --block 1000 >"$work/client.out" || return 1
	finish || return 1
	cat "$work/client.out" "$work/listen.out"
	grep -q 'received 700001 sent 500003 .* pattern yes$' "$work/client.out" &&
		grep -q 'received 500003 sent 700001 .* pattern yes$' "$work/listen.out"
}

echoes() {
	local i pids=()
	listen /dev/null -k --echo
	for i in 1 2 3 4; do
		connect --send-bytes $((i * 100000)) --recv-digest >"$work/echo.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	stop
	cat "$work"/echo.*
	[[ $(grep -c 'pattern yes$' "$work"/echo.* | grep -c ':1$') == 4 ]]
}

reset() {
	listen /dev/null --send-bytes 1 --abort
	sleep 1 | connect >"$work/client.out" 2>"$work/client.err"
	[[ $? == 2 ]] && grep -q 'Connection reset' "$work/client.err" && finish
}

refused() {
	local said
	listen /dev/null
	stop
	said=$(connect </dev/null 2>&1)
	[[ $? == 2 && $said == *"Connection refused" ]]
}

for from in "${families[@]}"; do
	for to in "${families[@]}"; do
		check "$from to $to: data both ways" both_ways
		check "$from to $to: half-close" half_close
		check "$from to $to: pattern and digest" pattern
		check "$from to $to: concurrent echoes" echoes
		check "$from to $to: reset" reset
		check "$from to $to: refused" refused
	done
done
echo "1..$count"
[[ $failures == 0 ]]
