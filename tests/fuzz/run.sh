#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh PROGRAM CORPUS BUILD-DIRECTORY
# Lets libFuzzer feed a target for FUZZ_SECONDS, 5 if it is not set. It begins with
# the inputs of CORPUS and with those that it has found before, which are in
# BUILD-DIRECTORY/corpus/NAME. An input that ends the program is told of, and kept in
# BUILD-DIRECTORY/crashes/NAME.
set -eu

program=$1
corpus=$2
build=$3
name=${program##*/fuzz_}
finds=$build/corpus/$name
crashes=$build/crashes/$name
log=$build/$name.log

mkdir -p "$finds" "$crashes"
status=0
"$program" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
	-use_value_profile=1 -print_final_stats=1 -artifact_prefix="$crashes/" \
	"$finds" "$corpus" >"$log" 2>&1 || status=$?

if [ "$status" -ne 0 ]; then
	cat "$log"
	echo
	echo "fuzz_$name ended with status $status"
	input=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -n 1)
	[ -z "$input" ] || printf '%s\n' "the input: $input" "to see it again: $program $input"
	exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
covered=$(sed -n 's/^#[0-9].* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
files=$(ls "$finds" | wc -l)
echo "fuzz_$name: $runs runs, $covered edges, $files inputs found so far"
