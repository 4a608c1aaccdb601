# SPDX-License-Identifier: MIT
# For the checks of this folder to read in with ".".

broken=0

# report RULE FINDINGS: complains if there are findings, one a line.
report() {
	[ -n "$2" ] || return 0
	printf '%s\n' "$1:"
	printf '%s\n' "$2" | sed 's/^/  /'
	broken=1
}

# What CTest takes for "skipped".
skip() {
	echo "skipped: $*"
	exit 77
}

# The words of $2 that are not in $1, one a line.
missing_from() {
	have=" $(echo $1) "
	for word in $2; do
		case $have in
		*" $word "*) ;;
		*) echo "$word" ;;
		esac
	done
}

# same_names WHERE-A NAMES-A WHERE-B NAMES-B
same_names() {
	report "in $3, not in $1" "$(missing_from "$2" "$4")"
	report "in $1, not in $3" "$(missing_from "$4" "$2")"
}
