#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh SHELL MINICTR [plain]
# What the shell offers at the end of each line of cases.txt. Plain: a bash without the
# package bash-completion, which does not know what completes the programs that are run.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
. "$folder/../abi/report.sh"

shell=$1
minictr=$2
command -v "$shell" >/dev/null || skip "no $shell"
[ -n "${3-}" ] || [ "$shell" != bash ] || [ -e /usr/share/bash-completion/bash_completion ] ||
	skip "no bash-completion"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Where the lines are completed, and the minictr that is found there.
mkdir -p "$work/here/sub/image" "$work/bin" "$work/shell"
touch "$work/here/sub/image.txt" "$work/here/file"
ln -s "$minictr" "$work/bin/minictr"
export PATH="$work/bin:$PATH" HOME="$work/shell" XDG_RUNTIME_DIR="$work/shell" LC_ALL=C.UTF-8

commands=$("$minictr" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
options=$("$minictr" help run | sed -nE 's/^ +(-[A-Za-z], )?(--[a-z-]+).*/\2/p')

# Some shells offer the whole word, "--rootfs=sub/image", others its last part.
in_order() {
	while IFS= read -r offered; do
		echo $(printf '%s\n' $offered | sed -E 's#.*[=:/](.)#\1#; s#/$##' | sort -u)
	done
}

left_out=${3:+minictr .* minictr}
grep -v -e '^#' ${left_out:+-e "$left_out"} "$folder/cases.txt" >"$work/cases"
sed 's/|.*//' "$work/cases" >"$work/lines"
sed 's/.*|//' "$work/cases" |
	sed "s/\$commands/$(echo $commands)/; s/\$options/$(echo $options)/" | in_order >"$work/expected"
"$minictr" completion "$shell" >"$work/script"
(cd "$work/here" && "$shell" "$folder/drive.$shell" "$work/script" "$work/shell" ${3-}) \
	<"$work/lines" 2>"$work/said" | in_order >"$work/offered"

report "$shell says" "$(cat "$work/said")"
paste -d '|' "$work/lines" "$work/expected" "$work/offered" | awk -F '|' '$2 != $3' >"$work/wrong"
report "line | what should be offered | what $shell offers" "$(cat "$work/wrong")"
exit $broken
