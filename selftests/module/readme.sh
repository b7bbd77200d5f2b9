#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# readme.sh -- the README's look around the test VM, word by word.

lib=$(cd "$(dirname "$0")/../lib" && pwd)
# shellcheck source=../lib/tap.sh
. "$lib/tap.sh"
# shellcheck source=../lib/netns.sh
. "$lib/netns.sh"

module=/hrtcp/build/vm/${HRTCP_SUITE:-bookworm}/module/hrtcp.ko
readme=/hrtcp/README.md

tap_clean() { netns_down; }

# The commands of the section @1, a line each.
commands_of() { awk -v title="## $1" '/^## / { in_it = $0 == title } in_it && sub(/^    /, "")' "$readme"; }

# Who hears events in the client's namespace: a reader of generic netlink that is in a group.
readers() { cq awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink | wc -l; }

# A person sees that a command has begun before typing the next.
has_begun() { # LINE READERS-BEFORE
	case $1 in
	*listen*8080*) wait_for_listener server 8080 ;;
	*http.server\ 8000*) wait_for_listener server 8000 15 ;;
	*monitor*|*ladder*) wait_for "[[ \$(readers) -gt $2 ]]" 15 ;;
	esac
}

the_look_around_shows_what_it_says() {
	local line before out
	out=$(mktemp -d)
	netns_up
	cd /hrtcp
	commands_of "A look around" | sed '/^make vm$/d' >"$out/lines"
	[[ $(wc -l <"$out/lines") -ge 5 ]]
	while read -r line; do
		before=$(readers)
		echo "$line"
		eval "{ $line"$'\n'"} >>'$out/all' 2>&1 </dev/null"
		has_begun "$line" "$before"
	done <"$out/lines"
	wait_for "grep -q 'TIME-WAIT' '$out/all'" 15
	cat "$out/all"
	same 2 "$(grep -cx hello "$out/all")" "echoes"
	grep -q 'LISTEN.*8080' "$out/all"		# ss
	grep -q 'SYN-SENT.*ESTABLISHED' "$out/all"	# monitor
	grep -q 'SYN,ACK received' "$out/all"
	grep -qE '^active_opens +[1-9]' "$out/all"	# stat
	grep -q 'README.md' "$out/all"			# the page
	wait_for "grep -qE '^ .*SYN.*ACK' '$out/all'" 15	# ladder
}

[[ -d /sys/module/hrtcp ]] || insmod "$module"
tap_main the_look_around_shows_what_it_says
