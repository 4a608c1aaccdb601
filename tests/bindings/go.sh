#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: go.sh, in the environment of CMakeLists.txt: bindings/go and examples/go.
set -eu
. "$(dirname "$0")/env.sh"

command -v go >/dev/null || skip "no go"

expect "gofmt -l" "" "$(gofmt -l "$SRC/bindings/go" "$SRC/examples/go")"

cd "$SRC/bindings/go"
go vet ./...
go test -count=1 ./...
case $(go env GOARCH) in # where there is a race detector
amd64 | arm64) go test -count=1 -race ./... ;;
esac

# What the lecture's program prints, but for the time in front: two lines of its own, and
# what the command says.
cd "$SRC/examples/go"
go vet ./...
make_rootfs
script='hostname; pwd; echo $$; ls'
for program in raw lecture; do
	go build -o "$WORK/$program" "./$program"
	said=$("$WORK/$program" run /bin/sh -c "$script" 2>&1 | sed 's/^[0-9/]* [0-9:]* //')
	case $program in
	raw) root="bin dev proc" ;; # with no /sys, as the lecture's has none
	*) root="bin dev proc sys" ;;
	esac
	expect "$program" "Running [run /bin/sh -c $script]
Running [child /bin/sh -c $script]
container
/
2
$(echo "$root" | tr ' ' '\n')" "$said"

	status=0
	"$WORK/$program" run /bin/sh -c 'exit 7' 2>/dev/null || status=$?
	expect "the exit status of $program" 7 $status

	forks='i=0; while [ $i -lt 40 ]; do sleep 1 & i=$((i + 1)); done'
	said=$("$WORK/$program" run /bin/sh -c "$forks" 2>&1) || :
	case $said in
	*"can't fork"*) ;;
	*) fail "$program: 40 processes, and no limit was met: $said" ;;
	esac

	said=$("$WORK/$program" run /bin/none 2>&1) && fail "$program ran what is not there"
	case $said in
	*'execute "/bin/none": No such file or directory'*) ;;
	*) fail "$program says of what is not there: $said" ;;
	esac
done
case $("$WORK/raw" explain /bin/sh 2>/dev/null) in
*"set the host name to container
"*"execute /bin/sh as: /bin/sh") ;;
*) fail "raw explain does not end with the steps" ;;
esac
