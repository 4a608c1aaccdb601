#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: musl.sh SOURCE-DIRECTORY SECCOMP-NUMBERS
# The library and the command compile with musl's headers, and call nothing that is neither
# theirs, nor musl's, nor of the libraries that they need. (Debian has none of these for
# musl, so nothing can be linked.)
set -eu
. "$(dirname "$0")/report.sh"

source=$1
seccomp_numbers=$2
command -v musl-gcc >/dev/null || skip "no musl-gcc"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of the host's headers those of the kernel, and of the libraries.
multiarch=$(gcc -print-multiarch)
mkdir "$work/include"
for header in linux asm-generic libcgroup.h libcgroup seccomp.h seccomp-syscalls.h json-c \
	gelf.h libelf.h elfutils; do
	ln -s "/usr/include/$header" "$work/include"
done
ln -s "/usr/include/$multiarch/asm" "$work/include"

cd "$work"
cat >compile <<END
musl-gcc -c -std=c17 -D_GNU_SOURCE -DCTR__VERSION='""' -Wall -Wextra -Werror -I "$source/lib" \\
	-I "$source/include" -I "$source/cli" -isystem "$work/include" \\
	-o "\$(echo "\${1#/}" | tr / _).o" "\$1"
END

# What archives and objects have for others.
names_in() {
	nm -g --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }'
}

sources="$(find "$source/lib" "$source/cli" -name '*.c' ! -path '*/helper/*' \
	! -name seccomp_print.c ! -name seccomp_table.c ! -name helper_blob.c ! -name completion_scripts.c) $seccomp_numbers"
said=$(echo "$sources" | xargs -P "$(nproc)" -n 1 sh ./compile 2>&1) || report "does not compile" "$said"

own=$(names_in ./*.o)
[ -n "$own" ] || report "nothing is defined by" "$sources"
# Data of files that the assembler includes: the helper, and scripts for shells.
own="$own ctr__helper_begin ctr__helper_size completion_script_bash completion_script_zsh
	completion_script_fish"
musl=$(names_in "/usr/lib/${multiarch%-gnu}-musl/libc.a")
needed=$(for library in libcgroup libseccomp json-c libelf; do
	nm -D --defined-only "$(pkg-config --variable=libdir $library)/lib${library#lib}.so"
done | awk '{ sub(/@.*/, "", $3); print $3 }')
used=$(nm -u ./*.o | awk 'NF == 2 { print $2 }' | sort -u)
report "not in musl" "$(missing_from "$own $musl $needed _GLOBAL_OFFSET_TABLE_" "$used")"
exit $broken
