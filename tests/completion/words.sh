#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: words.sh MINICTR
# Each word that completion offers for a value is one that the option takes, or the
# beginning of one.
set -eu
. "$(dirname "$0")/../abi/report.sh"

minictr=$1

# "--option word" a line.
words=$("$minictr" completion bash | sed -n '/run|explain)/,/;;/p' | awk '
/^-/ { for (i = 2; i <= NF; i++) if ($i !~ /@/) { sub(/\x27$/, "", $i); print $1, $i } }')
[ "$(echo "$words" | wc -l)" -gt 50 ] || report "few words" "$words"

refused=$(echo "$words" | while read -r option word; do
	case $word in
	type=bind,) word=${word}src=/,dst=/tmp ;;
	*,) word=${word}dst=/tmp ;;
	label=) word=${word}a:b:c ;;
	*:) word=${word}/proc/self/ns/net ;;
	*=) word=${word}1 ;;
	esac
	said=$("$minictr" explain "$option" "$word" -- true 2>&1) ||
		printf '%s\n' "$option $word: $said"
done | grep -E 'expected|unknown|no such' || :)
report "words that the option does not take" "$refused"
exit $broken
