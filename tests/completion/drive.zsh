# SPDX-License-Identifier: MIT
# usage: zsh drive.zsh SCRIPT DIRECTORY <LINES
# What the completion of SCRIPT offers for each line, in a line. Zsh completes only for who
# types, so another one is typed at, on a terminal of its own; what it finds it writes into
# files of DIRECTORY.
zmodload zsh/zpty
directory=$2
cp $1 $directory/_minictr

cat >$directory/rc <<END
fpath=($directory \$fpath)
autoload -Uz compinit
compinit -u -d $directory/dump
compadd() {
	local -a found
	if (( \${@[(I)-[OAD]]} )); then
		builtin compadd "\$@"
		return
	fi
	builtin compadd -O found "\$@"
	print -rl -- \$found >>$directory/found
	builtin compadd "\$@"
}
done-with-it() { BUFFER=; : >$directory/done }
zle -N done-with-it
bindkey '^G' done-with-it
bindkey '^I' complete-word
LISTMAX=100000
END

await() {
	local said
	repeat 600; do
		[[ ! -e $directory/done ]] || break
		zpty -rt shell said
		sleep 0.05
	done
	rm $directory/done
}

zpty shell zsh -f -i
zpty -w shell ". $directory/rc; : >$directory/done"
await
while IFS= read -r line; do
	: >$directory/found
	zpty -w -n shell "$line"$'\t\007'
	await
	print -r -- ${(uf)"$(<$directory/found)"}
done
zpty -d shell
