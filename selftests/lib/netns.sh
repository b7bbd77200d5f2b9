# shellcheck shell=bash
# netns.sh -- two network namespaces and the wire between them, for scripts to source.
#
#        client                               server
#   +-------------+                      +-------------+
#   |        eth0 |======== veth ========| eth0        |
#   +-------------+                      +-------------+
#     10.0.0.1/24                          10.0.0.2/24
#     fd00::1/64                           fd00::2/64
#
#   netns_up         make both, addresses ready to use
#   netns_down       end what runs inside and remove both
#   c CMD, s CMD     run a command in client or server, echoed to stderr first
#   cq CMD, sq CMD   the same without the echo
#   wait_for CMD S   run CMD until it succeeds, for at most S seconds of the clock
#   wait_for_listener NS PORT    until somebody listens there, on either stack
#
# The namespaces are called client and server; set netns_suffix before netns_up for more than one
# pair at a time.

client_ip=10.0.0.1 client_ip6=fd00::1
server_ip=10.0.0.2 server_ip6=fd00::2
export client_ip client_ip6 server_ip server_ip6

client_ns() { echo "client${netns_suffix:-}"; }
server_ns() { echo "server${netns_suffix:-}"; }

cq() { ip netns exec "$(client_ns)" "$@"; }
sq() { ip netns exec "$(server_ns)" "$@"; }

c() { echo "# client: $*" >&2; cq "$@"; }
s() { echo "# server: $*" >&2; sq "$@"; }

# One end. Without duplicate address detection, or IPv6 would be unusable for its first second.
netns_end() {
	local ns=$1 ip=$2 ip6=$3
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
	ip -n "$ns" -batch - <<-BATCH
		addr add $ip/24 dev eth0
		addr add $ip6/64 dev eth0
		link set lo up
		link set eth0 up
	BATCH
}

netns_up() {
	local client server
	client=$(client_ns) server=$(server_ns)
	netns_down
	ip -batch - <<-BATCH
		netns add $client
		netns add $server
		link add eth0 netns $client type veth peer name eth0 netns $server
	BATCH
	netns_end "$client" "$client_ip" "$client_ip6"
	netns_end "$server" "$server_ip" "$server_ip6"
	wait_for "netns_ready $client && netns_ready $server" 5
}

# The link-local address comes when IPv6 has seen the carrier; a packet sent before is lost.
netns_ready() { ip -n "$1" -6 addr show dev eth0 scope link -tentative | grep -q fe80; }

netns_down() {
	local ns
	for ns in "$(client_ns)" "$(server_ns)"; do
		[[ -e /run/netns/$ns ]] || continue
		ip netns pids "$ns" | xargs -r kill -KILL 2>/dev/null || true
		ip netns del "$ns"
	done
}

# Milliseconds of the clock the test lives under, virtual or not.
now_ms() {
	local up
	read -r up _ </proc/uptime
	echo $((10#${up/./} * 10))
}

wait_for() {
	local condition=$1 end
	end=$(($(now_ms) + $2 * 1000))
	until eval "$condition"; do
		if [[ $(now_ms) -ge $end ]]; then
			echo "# waited $2 s in vain for: $condition" >&2
			return 1
		fi
		sleep 0.02
	done
}

# The host's TCP is asked by ss; hrTCP's own listeners by the command, where it is installed.
netns_listens() {
	local ns=$1 port=$2
	ip netns exec "$ns" ss -Hltn "sport = :$port" | grep -q . && return
	command -v hrtcp >/dev/null || return 1
	ip netns exec "$ns" hrtcp ss -Hln 2>/dev/null | grep -qE "[:.]$port( |\$)"
}

wait_for_listener() { wait_for "netns_listens '$1' '$2'" "${3:-5}"; }
