#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh BUILD-DIRECTORY [ROUNDS]: the benchmark, on a root of its own.
set -eu

build=$1
rounds=${2:-300}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/bin" "$root/proc" "$root/dev" "$root/sys" "$root/tmp"
cp "$build/tests/bench_true" "$root/bin/true"

echo "== small host program"
"$build/tests/bench_spawn" "$root" /bin/true "$rounds"
echo "== host program with 2 GiB resident"
"$build/tests/bench_spawn" "$root" /bin/true "$rounds" 2048
