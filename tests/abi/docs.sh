#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: docs.sh INCLUDE-DIRECTORY MAP...
# Each public function has a comment that says all, in the form that it has
# everywhere:
#	name() - what
#	@parameter: ...			all of them, in order; no others
#	Return: ...			unless it is void
#	Threads: ...
#	Kernel: ...			see below
#	Since: MAJOR.MINOR		the node that it has in the map
# and names only functions and constants that exist.
set -eu
. "$(dirname "$0")/report.sh"

include=$1
shift
maps=$*

# The functions that work on their object's memory alone and ask the kernel for
# nothing. All others say what they need, and no one of these does.
no_kernel='
	ctr_caps_default ctr_caps_name ctr_caps_number
	ctr_cgroup_free ctr_cgroup_path
	ctr_container_detach ctr_container_end ctr_container_end_name ctr_container_exit_code
	ctr_container_exit_signal ctr_container_machine ctr_container_pid
	ctr_error_clear ctr_error_code ctr_error_errno ctr_error_free ctr_error_hint
	ctr_error_json ctr_error_message ctr_error_new ctr_error_object ctr_error_step
	ctr_idmap_clear_error ctr_idmap_free ctr_idmap_new
	ctr_jail_count ctr_jail_extra_name ctr_jail_extra_summary ctr_jail_free ctr_jail_json
	ctr_jail_kind ctr_jail_needed_by ctr_jail_path ctr_jail_reason ctr_jail_reason_count
	ctr_jail_size_bytes ctr_jail_state ctr_jail_target
	ctr_limits_clear_error ctr_limits_free ctr_limits_new
	ctr_parse_number ctr_parse_size
	ctr_plan_count ctr_plan_describe ctr_plan_free
	ctr_probe_free ctr_probe_get ctr_probe_hint ctr_probe_json ctr_probe_name ctr_probe_value
	ctr_probe_why
	ctr_process_clear_error ctr_process_free ctr_process_new
	ctr_spec_check ctr_spec_clear_error ctr_spec_free ctr_spec_get_process ctr_spec_new
	ctr_spec_set_base_mounts
	ctr_text_escape ctr_text_json
	ctr_usage_free ctr_usage_get ctr_usage_name ctr_usage_new
	ctr_version'

check='
function complain(text) {
	print FILENAME ":" FNR ": " name "(): " text
}

function has(tag) {
	return match(comment, "\n \\* " tag ": +[^ \n]")
}

# The last word of each parameter, in wanted[].
function read_parameters(list,   i, n, parts) {
	sub(/^[^(]*\(/, "", list)
	sub(/\)[^)]*$/, "", list)
	if (list ~ /[()]/)
		complain("a parameter that bindings can not read: " list)
	if (list == "void")
		return 0
	n = split(list, parts, ",")
	for (i = 1; i <= n; i++) {
		sub(/(\[.*\])? *$/, "", parts[i])
		match(parts[i], /[a-z0-9_]+$/)
		wanted[i] = substr(parts[i], RSTART)
	}
	return n
}

function check_parameters(n,   i, rest, word, known, given, n_given) {
	for (i = 1; i <= n; i++)
		known[wanted[i]] = 1
	rest = comment
	while (match(rest, /\n \* @[a-z0-9_]+:/)) {
		given[++n_given] = substr(rest, RSTART + 5, RLENGTH - 6)
		rest = substr(rest, RSTART + RLENGTH)
	}
	for (i = 1; i <= n || i <= n_given; i++)
		if (given[i] != wanted[i]) {
			complain("parameter " i " is \"" wanted[i] "\" in the prototype, \"" \
				given[i] "\" in the comment")
			break
		}
	rest = comment
	while (match(rest, /@[A-Za-z0-9_]+/)) {
		word = substr(rest, RSTART + 1, RLENGTH - 1)
		if (!(word in known))
			complain("@" word " is no parameter")
		rest = substr(rest, RSTART + RLENGTH)
	}
	delete wanted
}

function check_kernel(   said) {
	said = has("Kernel")
	if (said && (name in silent))
		complain("has Kernel:, and is listed as one that needs none")
	if (!said && !(name in silent))
		complain("no Kernel:")
	if (!said && comment ~ /CTR_E_SYSTEM/)
		complain("no Kernel:, but it can fail with CTR_E_SYSTEM")
}

function check_function(text,   n) {
	gsub(/[ \t\n]+/, " ", text)
	match(text, /ctr_[a-z0-9_]+ ?\(/)
	name = substr(text, RSTART, RLENGTH - 1)
	seen[name] = 1
	if (comment == "") {
		complain("no comment above it")
		return
	}
	if (index(comment, "/**\n * " name "() - ") != 1)
		complain("the comment does not begin with \"" name "() - \"")
	n = read_parameters(text)
	check_parameters(n)
	if (!!has("Return") == (text ~ /^void ctr_/))
		complain(text ~ /^void ctr_/ ? "void, and has Return:" : "no Return:")
	if (!has("Threads"))
		complain("no Threads:")
	check_kernel()
	if (!match(comment, /\n \* Since: +[0-9]+\.[0-9]+\n/))
		complain("no Since:")
	else if (comment !~ "\n \\* Since: +" node[name] "\n")
		complain("Since: is not what the map says, " node[name])
}

BEGIN {
	n = split(no_kernel, list, /[ \t\n]+/)
	for (i = 1; i <= n; i++)
		if (list[i] != "")
			silent[list[i]] = 1
}

FNR == 1 { comment = code = ""; in_comment = in_other = 0 }

FILENAME ~ /\.map$/ {
	if ($2 == "{") { current = $1; sub(/.*_/, "", current) }
	if (/^\tctr_[a-z]/) { word = $1; sub(";", "", word); node[word] = current }
	next
}

/^\/\*\*/ { in_comment = 1; comment = "" }
in_comment {
	comment = comment $0 "\n"
	if (/\*\//)
		in_comment = 0
	next
}

# Other comments: of a constant, or a heading.
/^\/\*/ { in_other = 1; comment = "" }
in_other {
	if (/\*\//)
		in_other = 0
	next
}

# Nothing is between a comment and what it is about.
/^[ \t]*$/ || /^#/ || /^extern "C"/ || /^\}/ { if (code == "") comment = ""; next }

{
	code = code $0 " "
	if (!/;/)
		next
	if (code ~ /ctr_[a-z0-9_]+ ?\(/)
		check_function(code)
	code = comment = ""
}

END {
	for (name in silent)
		if (!(name in seen))
			complain("listed as one that needs no Kernel:, and does not exist")
	for (name in node)
		if (!(name in seen))
			complain("in the map, and not found in any header")
}
'

headers=$(find "$include" -name '*.h' | sort)
report "comments of public functions" \
	"$(awk -v no_kernel="$(echo $no_kernel)" "$check" $maps $headers)"

mentioned=$(cat $headers | tr -c 'A-Za-z0-9_(' '\n' |
	sed -n 's/^\(ctr_[a-z0-9_]*\)(.*/\1/p' | sort -u)
exist=$(sed -n 's/^\t\(ctr_[a-z].*\);$/\1/p' $maps)
report "functions that comments name and that do not exist" \
	"$(missing_from "$exist" "$mentioned")"

# CTR_NS_* and the like stand for several.
mentioned=$(cat $headers | grep -owE 'CTR_[A-Z0-9_]+[A-Z0-9]' | sort -u)
exist=$(cat $headers | sed -n 's/^#define \(CTR_[A-Z0-9_]*\).*/\1/p')
report "constants that comments name and that do not exist" \
	"$(missing_from "$exist" "$mentioned")"
exit $broken
