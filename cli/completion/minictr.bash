# SPDX-License-Identifier: MIT
# The tables above are all that is particular to a command. In them a word that begins with
# "@" stands for a path (behind what is before it), a whole command line, or anything.

# Bash breaks the line at "=" and ":" too. Makes words of what blanks are between, and the
# number that each begins at among bash's.
_minictr_words()
{
	local rest=$COMP_LINE blanks word i

	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blanks=${rest%%[![:space:]]*}
		rest=${rest#"$blanks"}
		rest=${rest#"$word"}
		if [[ ! $words || $blanks ]]; then
			words+=("$word")
			begins+=("$i")
		else
			words[-1]+=$word
		fi
	done
}

# What the table has for an option: nothing for a switch.
_minictr_value_of()
{
	local name items

	while read -r name items; do
		[[ $name != "$1" ]] || echo "$items"
	done <<<"$options"
}

# What the word after this one completes to, if it is this one's value.
_minictr_value_after()
{
	local word=$1 value i

	case $word in
	--*=*) ;;
	--*) _minictr_value_of "$word" ;;
	*)
		for ((i = 1; i < ${#word}; i++)); do
			value=$(_minictr_value_of "-${word:i:1}")
			[[ ! $value ]] || break
		done
		((i < ${#word} - 1)) || echo "$value"
		;;
	esac
}

# _minictr_reply ITEMS [PREFIX]: what the last word, behind PREFIX, can become.
_minictr_reply()
{
	local value=${words[-1]#"$2"} broken=${COMP_WORDS[COMP_CWORD]} item begin known

	[[ $broken != [=:] ]] || broken=
	known=$((${#words[-1]} - ${#broken}))
	for item in $1; do
		begin=${item%@*}
		case $item in
		*@dir | *@file)
			if [[ $value == "$begin"* ]]; then
				[[ $item == *@dir ]] && compopt -o dirnames || compopt -o default
				item=
			else
				item=$begin
			fi
			;;
		@* | ...) item= ;;
		esac
		if [[ $item && $item == "$value"* ]]; then
			item=$2$item
			COMPREPLY+=("${item:known}")
		fi
	done
	if [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *[=:,] ]]; then
		compopt -o nospace
	fi
}

# A command line of its own, which begins at that word of bash's.
_minictr_command_line()
{
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif (($1 == COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "${words[-1]}")
	else
		compopt -o default
	fi
}

# _minictr_operand INDEX: completes the last word; the first operand has that index in words.
_minictr_operand()
{
	local last=$((${#words[@]} - 1)) n

	[[ $operands ]] || return
	n=$((last - $1))
	if [[ $n -ge ${#operands[@]} && ${operands[-1]} == *... ]]; then
		n=$((${#operands[@]} - 1))
	fi
	if [[ ${operands[n]} == *@command* ]]; then
		_minictr_command_line "${begins[$1 + n]}"
	else
		_minictr_reply "${operands[n]}"
	fi
}

_minictr_after_command()
{
	local last=$((${#words[@]} - 1)) value i word

	for ((i = 2; i < last; i++)); do
		word=${words[i]}
		[[ $word == -?* ]] || break
		if [[ $word == -- ]]; then
			i=$((i + 1))
			_minictr_operand $i
			return
		fi
		value=$(_minictr_value_after "$word")
		[[ ! $value ]] || i=$((i + 1))
	done

	word=${words[-1]}
	if ((i > last)); then
		_minictr_reply "$value"
	elif [[ $i -eq $last && $word == --*=* ]]; then
		_minictr_reply "$(_minictr_value_of "${word%%=*}")" "${word%%=*}="
	elif [[ $i -eq $last && $word == -* ]]; then
		_minictr_reply "$(while read -r word value; do echo "$word"; done <<<"$options")"
	else
		_minictr_operand $i
	fi
}

_minictr()
{
	local words=() begins=() operands=() options=

	COMPREPLY=()
	_minictr_words
	if ((${#words[@]} > 2)); then
		_minictr_about "${words[1]}" && _minictr_after_command
	elif [[ ${words[1]} == -* ]]; then
		_minictr_reply "$_minictr_switches"
	else
		_minictr_reply "$_minictr_commands"
	fi
}

complete -F _minictr minictr
