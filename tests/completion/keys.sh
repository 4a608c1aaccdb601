#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: keys.sh PREFIX
# See keys.zsh.
set -eu
. "$(dirname "$0")/../abi/report.sh"

for shell in bash zsh fish; do
	command -v $shell >/dev/null || skip "no $shell"
done
[ -e /usr/share/bash-completion/bash_completion ] || skip "no bash-completion"
exec zsh "$(dirname "$0")/keys.zsh" "$1"
