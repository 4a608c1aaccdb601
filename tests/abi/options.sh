#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: options.sh MINICTR MAN-PAGE-SOURCE
# The commands and options of the help texts are those of the man page.
set -eu
. "$(dirname "$0")/report.sh"

minictr=$1
page=$2

# "-v,--volume" for each line of a help text that begins with options.
options_of_help() {
	"$minictr" help "$@" | sed -nE 's/^ +((-[A-Za-z], )?--[a-z-]+).*/\1/p' | tr -d ' '
}

# The same from the paragraphs between two headings of the page.
options_of_page() {
	sed -n "/^# $1\$/,/^# $2\$/p" "$page" |
		sed -nE 's/^((\*-[A-Za-z]\*, )?\*--[a-z-]+\*).*/\1/p' | tr -d '* '
}

commands_of_help() {
	"$minictr" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

commands_of_page() {
	sed -n '/^# SYNOPSIS$/,/^# DESCRIPTION$/s/^\*minictr \([a-z]*\)\*.*/\1/p' "$page"
}

compare() {
	[ -n "$2" ] || report "nothing is found in" "$1"
	same_names "$1" "$2" "$3" "$4"
}

compare "the help" "$(commands_of_help)" SYNOPSIS "$(commands_of_page)"
general=$(options_of_help)
compare "the help" "$general" "OPTIONS OF MINICTR" \
	"$(options_of_page 'OPTIONS OF MINICTR' 'OPTIONS OF RUN AND EXPLAIN')"
for command in run explain; do
	options=$(options_of_help $command)
	compare "the help of $command" "$options" "OPTIONS OF RUN AND EXPLAIN" \
		"$(options_of_page 'OPTIONS OF RUN AND EXPLAIN' 'OPTIONS OF JAIL')"
done

options_jail=$(options_of_help jail)
compare "the help of jail" "$options_jail" "OPTIONS OF JAIL" \
	"$(options_of_page 'OPTIONS OF JAIL' 'OPTIONS OF CHROOT')"

options_chroot=$(options_of_help chroot)
compare "the help of chroot" "$options_chroot" "OPTIONS OF CHROOT" \
	"$(options_of_page 'OPTIONS OF CHROOT' 'OPTIONS OF GC')"

options_gc=$(options_of_help gc)
compare "the help of gc" "$options_gc" "OPTIONS OF GC" \
	"$(options_of_page 'OPTIONS OF GC' 'OPTIONS OF DOCTOR')"

options_doctor=$(options_of_help doctor)
compare "the help of doctor" "$options_doctor" "OPTIONS OF DOCTOR" \
	"$(options_of_page 'OPTIONS OF DOCTOR' 'OPTIONS OF COMPLETION')"

options_completion=$(options_of_help completion)
compare "the help of completion" "$options_completion" "OPTIONS OF COMPLETION" \
	"$(options_of_page 'OPTIONS OF COMPLETION' 'WHAT DOCTOR CHECKS')"

known=$(echo "$general" "$options" "$options_jail" "$options_chroot" "$options_gc" \
	"$options_doctor" "$options_completion" | tr ', ' '\n\n')
spoken_of=$(tr -c 'a-z-' '\n' <"$page" | grep -- '^--[a-z]' | sort -u)
report "the page speaks of options that do not exist" "$(missing_from "$known" "$spoken_of")"
exit $broken
