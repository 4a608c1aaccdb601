# SPDX-License-Identifier: MIT
# usage: bash drive.bash SCRIPT DIRECTORY [plain] <LINES
# What the completion of SCRIPT offers for each line, in a line.
[[ ${3-} ]] || source /usr/share/bash-completion/bash_completion
source "$1"

# Readline's part: what else is offered when the function has nothing.
compopt()
{
	case $* in
	'-o dirnames') otherwise=-d ;;
	'-o default') otherwise=-f ;;
	esac
}

# Words and, as words of their own, the "=" and ":" that bash breaks the line at.
break_line()
{
	mapfile -t COMP_WORDS < <(grep -oE '[^ =:]+|[=:]+' <<<"$1")
	[[ $1 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_LINE=$1
	COMP_POINT=${#1}
}

while IFS= read -r line; do
	break_line "$line"
	otherwise=
	_minictr minictr
	if [[ ${#COMPREPLY[@]} -eq 0 && $otherwise ]]; then
		last=${COMP_WORDS[COMP_CWORD]}
		[[ $last != [=:] ]] || last=
		mapfile -t COMPREPLY < <(compgen $otherwise -- "$last")
	fi
	echo "${COMPREPLY[*]}"
done
