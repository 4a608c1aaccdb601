# SPDX-License-Identifier: MIT
# usage: zsh keys.zsh PREFIX
# What a press of TAB makes of a line, in shells that found the completion where it was
# installed below PREFIX. Each is typed at on a terminal of its own; a further key has it
# write the line into a file.
zmodload zsh/zpty
prefix=$1
work=$(mktemp -d)
trap 'rm -rf $work' EXIT
mkdir -p $work/sub/image
touch $work/sub/image.txt
export PATH=$prefix/bin:$PATH HOME=$work XDG_DATA_DIRS=$prefix/share:/usr/share
export XDG_CONFIG_HOME=$work XDG_RUNTIME_DIR=$work LC_ALL=C.UTF-8 TERM=xterm-256color
cd $work

cat >start.bash <<\END
. /usr/share/bash-completion/bash_completion
bind -x '"\C-g": printf "%s\n" "$READLINE_LINE" >line && mv line done; READLINE_LINE='
END
cat >start.zsh <<END
fpath=($prefix/share/zsh/site-functions \$fpath)
autoload -Uz compinit
compinit -u -d dump
write-line() { print -r -- "\$BUFFER" >line; mv line done; BUFFER= }
zle -N write-line
bindkey '^G' write-line
END
cat >start.fish <<\END
bind \cg 'commandline >line; mv line done; commandline ""'
END

# Waits for the file, and reads on meanwhile: who can't write waits.
await() {
	local said
	line=
	repeat 1200; do
		if [[ -e done ]]; then
			line=$(<done)
			break
		fi
		zpty -rt shell said
		sleep 0.05
	done
	rm -f done
}

typeset -A makes=(
	'minictr ru' 'minictr run'
	'minictr help d' 'minictr help doctor'
	'minictr run --pids' 'minictr run --pids-limit'
	'minictr run --userns=k' 'minictr run --userns=keep-id'
	'minictr run --rootfs sub/im' 'minictr run --rootfs sub/image/'
	'minictr run --network ns:sub/image.' 'minictr run --network ns:sub/image.txt'
	'minictr run -- mkfif' 'minictr run -- mkfifo'
)

broken=0
try() {
	zpty shell $@
	zpty -w shell ". $work/start.$1; : >done"
	await
	for typed wanted in ${(kv)makes}; do
		zpty -w -n shell $typed$'\t\007'
		await
		# What ends a word, or begins a value, is added by some.
		if [[ ${line%[ =]} != $wanted ]]; then
			print -r -- "$1 makes \"$line\" of \"$typed\""
			broken=1
		fi
	done
	zpty -d shell
}

try bash --norc --noprofile -i
try zsh -f -i
try fish -i
exit $broken
