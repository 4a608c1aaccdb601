# SPDX-License-Identifier: MIT
# In the tables a word that begins with "@" stands for a path (behind what is before it), a
# whole command line, or anything.

# What the current word can become, of the words of a table.
function __minictr_reply
	set -l value (commandline -ct | string replace -r -- '^--[^=]*=' '')
	for item in $argv
		set -l begin (string replace -r '@.*' '' -- $item)
		switch $item
			case @any ...
			case '*@dir'
				__fish_complete_directories $value ''
			case '*@file'
				if string match -q -- "$begin*" $value
					set -l length (string length -- "$begin")
					printf "$begin%s\n" (__fish_complete_path (string sub -s (math $length + 1) -- $value))
				else
					echo $begin
				end
			case '*'
				echo $item
		end
	end
end

# Whether the next word is the value of the last option in this one, such as -itv.
function __minictr_wants_value --argument-names word
	set -l valued $argv[2..]
	switch $word
		case '--*'
			contains -- $word $valued
		case '*'
			while string match -q -- '-?*' $word
				if contains -- (string sub -l 2 -- $word) $valued
					test (string length -- $word) -eq 2
					return
				end
				set word -(string sub -s 3 -- $word)
			end
			return 1
	end
end

# The words before the current one, from the command's first operand on: after "--", or the
# first that is no option. Fails if the current one can still be an option.
function __minictr_operands
	set -l words (commandline -opc)
	set -l valued (__minictr_valued $words[2])
	set -l i 3
	while string match -q -- '-?*' $words[$i]; and test $words[$i] != --
		__minictr_wants_value $words[$i] $valued; and set i (math $i + 1)
		set i (math $i + 1)
	end
	set -q words[$i]; or return
	test $words[$i] = --; and set -e words[$i]
	set -q words[$i]; and printf '%s\n' $words[$i..]
	return 0
end

function __minictr_reply_operand --argument-names place
	set -l items $argv[2..]
	if test $items[1] = @command
		__minictr_command_line $place
	else
		__minictr_reply $items
	end
end

# Whether the current word can be an option of one of these commands.
function __minictr_in
	set -l words (commandline -opc)
	contains -- "$words[2]" $argv; and not __minictr_operands >/dev/null
end

# Whether it can be that operand of one of them, the first being 1; "2+": or a later one.
function __minictr_operand --argument-names place
	set -l words (commandline -opc)
	contains -- "$words[2]" $argv[2..]; or return
	set -l operands (__minictr_operands); or not string match -q -- '-*' (commandline -ct); or return
	set -l here (math 1 + (count $operands))
	set -l first (string replace + '' -- $place)
	test $here -eq $first; or test $here -gt $first -a $first != $place
end

# A command line of its own, which begins at that operand.
function __minictr_command_line --argument-names place
	set -l words (__minictr_operands)
	set -l line (string escape -- $words[$place..]) (commandline -ct)
	complete --do-complete="$line"
end
