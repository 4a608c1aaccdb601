# SPDX-License-Identifier: MIT
# usage: awk -v page=NAME -v include=HEADER -v example=FILE -f header-man.awk HEADER
# A page of section 3 in scdoc(5) from a public header: its first comment is the
# description, the constants and functions follow with theirs, and last the
# program, if one is given. tests/abi/docs.sh holds the comments to the form that
# is read here.

# What scdoc would take for markup, in running text.
function plain(text,   out, c, i, before) {
	out = ""
	before = " "
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (index("\\*#|[]`", c) || (c == "_" && before !~ /[A-Za-z0-9]/))
			out = out "\\"
		out = out c
		before = c
	}
	return out
}

# @parameter is underlined; after a word, scdoc would not see its beginning.
function marked(text,   out) {
	out = ""
	while (match(text, /@[a-z0-9_]+/)) {
		out = out plain(substr(text, 1, RSTART - 1)) \
			"_" substr(text, RSTART + 1, RLENGTH - 1) "_"
		text = substr(text, RSTART + RLENGTH)
	}
	return out plain(text)
}

function capital(text) {
	return toupper(substr(text, 1, 1)) substr(text, 2)
}

function trim(text) {
	gsub(/[ \t\n]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

function section(title) {
	printf "\n# %s\n\n", title
}

# A line that begins with a dash would be an item of a list.
function line_of(text) {
	return (text ~ /^-/ ? "\\" : "") marked(text)
}

function end_item() {
	if (term != "")
		printf "%s\n\t%s\n\n", term, line_of(trim(meaning))
	term = meaning = ""
}

# The first word of the line is the term.
function begin_item(its_term, line) {
	if (term == "")
		printf "\n"
	end_item()
	term = its_term
	sub(/^ *[^ ]+ +/, "", line)
	meaning = line
}

# Lines of a comment as paragraphs, items ("@name: ...", "Threads: ...") and
# the tables of error codes.
function print_comment(lines, n,   i, line) {
	for (i = 1; i <= n; i++) {
		line = lines[i]
		if (line ~ /^@[a-z0-9_]+: /) {
			begin_item("_" substr(line, 2, index(line, ":") - 2) "_", line)
		} else if (line ~ /^(Threads|Kernel|Since): /) {
			begin_item("*" substr(line, 1, index(line, ":") - 1) "*", line)
		} else if (line ~ /^  CTR_E_/) {
			split(line, words, " ")
			begin_item("*" words[1] "*", line)
		} else if (line == "") {
			end_item()
			printf "\n"
		} else if (term != "" && line ~ /^ /) {
			meaning = meaning " " line
		} else if (line ~ /^(- |  )/) {
			printf "%s\n", substr(line, 1, 2) marked(substr(line, 3))
		} else {
			end_item()
			sub(/^Return: +/, "Returns ", line)
			print line_of(line)
		}
	}
	end_item()
}

function read_comment(   line) {
	n_lines = 0
	while ((getline line) > 0 && line !~ /\*\//) {
		sub(/^ \* ?/, "", line)
		comment[++n_lines] = line
	}
}

function take_head(lines, n,   i) {
	name_line = lines[1]
	for (i = 2; i <= n; i++)
		body[i - 1] = lines[i]
	n_body = n - 1
}

function take_constant(line,   text) {
	text = ""
	if (match(line, /\/\*.*\*\//)) {
		text = substr(line, RSTART + 2, RLENGTH - 4)
		line = substr(line, 1, RSTART - 1)
	}
	split(line, words, /[ \t]+/)
	if (n_constants == 0 || heading != "")
		constants[++n_constants] = "\n" marked(heading) "\n\n"
	heading = ""
	constants[++n_constants] = "*" words[2] "*\n" \
		(text == "" ? "" : "\t" marked(trim(text)) "\n") "\n"
}

function take_function(line,   more) {
	while (line !~ /;/ && (getline more) > 0)
		line = line "\n" more
	n_functions++
	synopsis = synopsis line "\n"
	prototype[n_functions] = trim(line)
	head[n_functions] = name_line
	n_doc[n_functions] = n_body
	for (more = 1; more <= n_body; more++)
		doc[n_functions, more] = body[more]
	name_line = ""
}

/^\/\*\*$/ {
	read_comment()
	take_head(comment, n_lines)
	if (!intro_done) {
		intro_done = 1
		summary = name_line
		sub(/^[^-]*- /, "", summary)
		n_intro = n_body
		for (i = 1; i <= n_body; i++)
			intro[i] = body[i]
		name_line = ""
	}
	next
}

/^\/\* .* \*\/$/ { heading = substr($0, 4, length($0) - 6); next }
/^#define CTR_/ { take_constant($0); next }
/^#|^}|^extern|^$|^\/\*|^ \*/ { next }
/^typedef/ { next }
/[(]/ { take_function($0) }

function print_function(k,   what, i) {
	what = head[k]
	sub(/ - .*/, "", what)
	printf "## %s\n\n", what
	printf "*%s*\n\n", plain(prototype[k])
	what = head[k]
	sub(/^[^-]* - /, "", what)
	printf "%s.\n\n", marked(capital(what))
	for (i = 1; i <= n_doc[k]; i++)
		lines[i] = doc[k, i]
	print_comment(lines, n_doc[k])
}

# Without its licence line.
function print_example(   line) {
	section("EXAMPLE")
	print "```"
	while ((getline line < example) > 0)
		if (line !~ /SPDX/)
			print line
	print "```"
}

END {
	printf "%s(3)\n", page
	section("NAME")
	printf "%s - %s\n", page, plain(summary)
	section("SYNOPSIS")
	printf "```\n#include <%s>\n\n%s```\n", include, synopsis
	section("DESCRIPTION")
	print_comment(intro, n_intro)
	if (n_constants)
		section("CONSTANTS")
	for (k = 1; k <= n_constants; k++)
		printf "%s", constants[k]
	section("FUNCTIONS")
	for (k = 1; k <= n_functions; k++)
		print_function(k)
	if (example != "")
		print_example()
	section("SEE ALSO")
	printf "*libminictr*(3), *minictr*(1)\n"
}
