# SPDX-License-Identifier: MIT
# In the tables a word that begins with "@" stands for a path (behind what is before it), a
# whole command line, or anything.

# What the current word can become, of the words of a table.
_minictr_reply()
{
	local item begin ret=1

	for item; do
		begin=${item%@*}
		case $item in
		(@any) _message value ;;
		(@command) _normal && ret=0 ;;
		(*@dir|*@file)
			if [[ $begin && $PREFIX != $begin* ]]; then
				compadd -S '' -- $begin && ret=0
				continue
			fi
			compset -P "$begin"
			if [[ $item == *@dir ]]; then _files -/; else _files; fi && ret=0
			;;
		(*[=:,]) compadd -S '' -- $item && ret=0 ;;
		(*) compadd -- $item && ret=0 ;;
		esac
	done
	return ret
}

_minictr()
{
	local curcontext=$curcontext line state ret=1
	local -a specs

	_arguments -C -A '-*' $_minictr_switches '1: :->command' '*:: :->words' && ret=0
	case $state in
	(command) _describe -t commands command _minictr_commands && ret=0 ;;
	(words) _minictr_about $words[1] && _arguments -s -S -A '-*' : $specs && ret=0 ;;
	esac
	return ret
}

# As a file of $fpath this is the function; read by "source" it is not.
if [[ $funcstack[1] == _minictr ]]; then
	_minictr "$@"
else
	compdef _minictr minictr
fi
