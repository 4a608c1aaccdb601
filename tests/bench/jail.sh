#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: jail.sh DIRECTORY PROGRAM...: what people write by hand, for "minictr jail": it runs
# ldd on each program, copies what that prints, and the links on the way to it.
set -eu

jail=$1
shift

copy() {
	[ -e "$jail$1" ] && return
	mkdir -p "$jail$(dirname "$1")"
	cp -L "$1" "$jail$1"
}

for program in "$@"; do
	copy "$program"
	for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do copy "$library"; done
done
