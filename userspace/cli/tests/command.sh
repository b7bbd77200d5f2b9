#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# command.sh HRTCP -- the hrtcp command as a whole: exit statuses of hrtcp run, and the completion
# as bash uses it. Wants HRTCP_FAMILY in the environment where the module is not loaded. TAP.
# shellcheck disable=SC2016 # expanded by the shell that is run
set -uo pipefail

hrtcp=$1
count=0
failures=0

# check NAME COMMAND...
check() {
	local name=$1 said
	shift
	count=$((count + 1))
	if said=$("$@" 2>&1); then
		echo "ok $count $name"
	else
		failures=$((failures + 1))
		echo "not ok $count $name"
		[[ -z $said ]] || echo "# ${said//$'\n'/$'\n'# }"
	fi
}

# status EXPECTED COMMAND...
status() {
	local expected=$1
	shift
	"$@"
	[[ $? == "$expected" ]]
}

preloads_first() {
	local list
	list=$(LD_PRELOAD=/nowhere.so "$hrtcp" run -- sh -c 'echo "$LD_PRELOAD"' 2>/dev/null)
	[[ $list == */libhrtcp-run.so:/nowhere.so ]]
}

preloads_alone() {
	local list
	list=$(unset LD_PRELOAD; "$hrtcp" run sh -c 'echo "$LD_PRELOAD"')
	[[ $list == */libhrtcp-run.so ]]
}

keeps_words() { [[ $("$hrtcp" run -- printf '%s|' -a -- 'b c' -j) == '-a|--|b c|-j|' ]]; }

says_what_it_does() {
	local said
	said=$("$hrtcp" run -d bash -c ': <>/dev/tcp/127.0.0.1/1' 2>&1)
	[[ $said == "hrtcp run["*"socket()"* ]]
}

# completes EXPECTED WORD...: the last word is the one that the cursor is at.
completes() {
	local expected=$1
	shift
	# shellcheck source=/dev/null
	source <("$hrtcp" completion bash)
	COMP_WORDS=(hrtcp "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_hrtcp
	echo "${COMPREPLY[*]}"
	[[ ${COMPREPLY[*]} == "$expected" ]]
}

check "run: the program's status is ours" status 7 "$hrtcp" run sh -c 'exit 7'
check "run: what can't be executed is 126" status 126 "$hrtcp" run /
check "run: what is not found is 127" status 127 "$hrtcp" run no-such-program
check "run: without the module it is refused" status 2 env HRTCP_FAMILY=250 "$hrtcp" run true
check "run: goes before what is preloaded" preloads_first
check "run: no stray colon" preloads_alone
check "run: the program's words are its own" keeps_words
check "run: says what it does" says_what_it_does
check "completion: commands" completes monitor mon
check "completion: options" completes --numeric ss --nu
check "completion: filters" completes 'fin-wait-1 fin-wait-2' ss state fin
check "completion: shells" completes bash completion b
check "completion: programs" completes "$(compgen -c -- mktemp | xargs)" run mktemp
echo "1..$count"
[[ $failures == 0 ]]
