#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# load.sh -- insmod and rmmod, wanted and refused.

lib=$(cd "$(dirname "$0")/../lib" && pwd)
# shellcheck source=../lib/tap.sh
. "$lib/tap.sh"
# shellcheck source=../lib/netns.sh
. "$lib/netns.sh"

module=/hrtcp/build/vm/${HRTCP_SUITE:-bookworm}/module/hrtcp.ko

loaded() { [[ -d /sys/module/hrtcp ]]; }
unload() {
	local other
	for other in /sys/module/hrtcp_*; do	# what uses it
		[[ ! -e $other ]] || rmmod "${other##*/}"
	done
	! loaded || rmmod hrtcp
}
tap_clean() { netns_down; unload; }

# Holds a socket of family $1 until killed; fails if there is none to be had.
hold_socket() {
	exec python3 -c 'import socket, sys, time
s = socket.socket(int(sys.argv[1]), socket.SOCK_STREAM)
print("open", flush=True)
time.sleep(1000)' "$1"
}

can_open() { python3 -c 'import socket, sys; socket.socket(int(sys.argv[1]), socket.SOCK_STREAM)' "$1" 2>/dev/null; }

loads_serves_and_unloads_leaving_nothing() {
	unload
	! can_open 18
	insmod "$module"
	can_open 18
	grep -q '^HRTCP' /proc/net/protocols
	[[ -d /proc/sys/net/hrtcp ]]
	rmmod hrtcp
	! loaded
	! can_open 18
	! grep -q '^HRTCP' /proc/net/protocols
	[[ ! -e /proc/sys/net/hrtcp ]]
}

the_family_number_is_a_parameter() {
	insmod "$module" family=22
	same 22 "$(cat /sys/module/hrtcp/parameters/family)" "the parameter as read"
	can_open 22
	! can_open 18
}

# insmod with $1, which must fail with the message $2; nothing stays.
refused() {
	local said
	! said=$(insmod "$module" $1 2>&1)
	[[ $said == *"$2"* ]] || { echo "insmod $1 said: $said"; exit 1; }
	! loaded
	grep -q '^HRTCP' /proc/net/protocols && exit 1
	[[ ! -e /proc/sys/net/hrtcp ]]
}

a_taken_family_number_is_eexist_and_said_plainly() {
	dmesg -C
	refused family=2 "File exists"
	dmesg | grep -i 'hrtcp.*family 2'
	insmod "$module"
}

a_family_number_that_cannot_be_is_refused() {
	refused family=0 "Invalid"
	refused family=-1 "Invalid"
	refused family=1000 "Invalid"
	refused family=x "Invalid"
}

rmmod_is_refused_while_a_socket_is_open() {
	local holder
	insmod "$module"
	exec 3< <(hold_socket 18)
	holder=$!
	read -r -u 3
	! rmmod hrtcp
	loaded
	kill "$holder"
	exec 3<&-
	wait_for 'rmmod hrtcp 2>/dev/null' 10
}

rmmod_is_refused_while_a_connection_is_open() {
	insmod "$module"
	netns_up
	s hrtcp listen --echo 80 </dev/null >/dev/null &
	wait_for_listener server 80
	c hrtcp connect "$server_ip" 80 < <(sleep 1000) >/dev/null &
	wait_for 'cq hrtcp ss -Hn state established | grep -q .' 10
	! rmmod hrtcp
	netns_down
	wait_for 'rmmod hrtcp 2>/dev/null' 10
}

rmmod_takes_time_wait_along() {
	insmod "$module"
	netns_up
	s hrtcp listen --echo 80 </dev/null >/dev/null &
	wait_for_listener server 80
	echo x | c hrtcp connect "$server_ip" 80 >/dev/null
	wait_for 'cq hrtcp ss -Hn state time-wait | grep -q .' 10
	wait
	rmmod hrtcp
}

# What a step of the initialization that fails leaves behind would be seen by the next load.
every_step_of_loading_can_fail_cleanly() {
	local step
	modinfo -p "$module" | grep -q '^fail_step' || skip "not a debug build of the module"
	for step in 1 2 3 4 5 6 7 8 9; do
		refused fail_step=$step "could not insert"
	done
	insmod "$module"
}

aliases_load_it_on_demand() {
	local aliases
	aliases=$(modinfo -F alias "$module")
	grep -x 'net-pf-18' <<<"$aliases"
	grep -x 'net-pf-16-proto-16-family-hrtcp' <<<"$aliases"
}

# The entry of TCP in inet_protos changes hands under a connection of the host's TCP.
the_hosts_tcp_does_not_notice() {
	local server
	netns_up
	sq iperf3 -s -1 >/dev/null &
	server=$!
	wait_for_listener server 5201
	cq iperf3 -c "$server_ip" -t 4 --json >/tmp/iperf3.json &
	for _ in {1..8}; do
		insmod "$module"
		sleep 0.1
		rmmod hrtcp
		sleep 0.1
	done
	wait $!
	wait "$server"
	python3 - <<-'PYTHON'
	import json
	end = json.load(open("/tmp/iperf3.json"))["end"]
	assert end["sum_received"]["bytes"] > 1000000, end
	PYTHON
}

was_loaded=0
! loaded || was_loaded=1
(tap_main loads_serves_and_unloads_leaving_nothing the_family_number_is_a_parameter \
	a_taken_family_number_is_eexist_and_said_plainly a_family_number_that_cannot_be_is_refused \
	rmmod_is_refused_while_a_socket_is_open rmmod_is_refused_while_a_connection_is_open \
	rmmod_takes_time_wait_along every_step_of_loading_can_fail_cleanly \
	aliases_load_it_on_demand the_hosts_tcp_does_not_notice)
result=$?
if [[ $was_loaded -eq 1 ]]; then
	insmod "$module"
	for other in "${module%.ko}"_*.ko; do
		[[ ! -e $other ]] || insmod "$other"
	done
fi
exit "$result"
