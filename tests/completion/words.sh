#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: words.sh MINICTR
# Each word that completion offers for a value is one that the option takes, or the
# beginning of one; and what an option takes, by what it says of a word that it does not, is
# offered.
set -eu
. "$(dirname "$0")/../abi/report.sh"

minictr=$1

# "--option word" a line.
words=$("$minictr" completion bash | sed -n '/run|explain)/,/;;/p' | awk '
/^-/ {
	for (i = 2; i <= NF; i++) {
		sub(/\x27$|@.*/, "", $i)
		if ($i != "")
			print $1, $i
	}
}')
[ "$(echo "$words" | wc -l)" -gt 50 ] || report "few words" "$words"

refused=$(echo "$words" | while read -r option word; do
	case $word in
	type=bind,) word=${word}src=/,dst=/tmp ;;
	*,) word=${word}dst=/tmp ;;
	label=) word=${word}a:b:c ;;
	*mask=) word=${word}/proc/sys ;;
	ns:) word=${word}/proc/self/ns/${option#--} ;;
	*=) word=${word}1 ;;
	esac
	word=$(echo "$word" | sed 's|/ns/network$|/ns/net|')
	said=$("$minictr" explain "$option" "$word" -- true 2>&1) ||
		printf '%s\n' "$option $word: $said"
done | grep -E 'expected|unknown|no such' || :)
report "words that the option does not take" "$refused"

# expected OPTION VALUE: what it says of a value that it does not take, after "expected".
expected() {
	"$minictr" explain "$1" "$2" -- true 2>&1 | sed 's/.*expected//' | tr -c 'a-z_-' '\n' |
		grep -vxE 'one|of|or|names|such|as|each|also|with|_locked|' | sort -u
}

# offered OPTION: without what leads to a value, or is one.
offered() {
	echo "$words" | sed -n "s/^$1 //p" | sed 's/^type=//; s/[=:,].*//' | sort -u
}

for value in '--security-opt x' '--mount type=x,dst=/' '--securebits x'; do
	option=${value% *}
	takes=$(expected "$option" "${value#* }")
	[ -n "$takes" ] || report "nothing is expected by" "$option"
	report "$option takes, and completion does not offer" \
		"$(missing_from "$(offered "$option")" "$takes")"
done
exit $broken
