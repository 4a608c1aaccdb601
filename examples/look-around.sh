# SPDX-License-Identifier: 0BSD
# What a container looks like from inside: `./dev try` runs it in one.

echo "I am process $$ on host \"$(hostname)\", as $(id -un)."

printf '\nAll processes that I see:\n'
ps -e -o pid,ppid,user,args | cut -c 1-72

printf '\nNetwork interfaces:%s\n' "$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr '\n' ' ')"

printf '\nFile systems that are my own:\n'
awk '$4 == "/" && $5 ~ /^.(proc|dev|dev.pts|dev.shm|dev.mqueue|tmp|run)?$/ {
	line[$5] = "  " $5 " (" $6 ")" } END { for (i in line) print line[i] }' \
	/proc/self/mountinfo | sort

printf '\nThe rest is the host'\''s, read-only:\n  '
touch /a-file 2>&1

printf '\nMy limit is 20 processes. Starting 40:\n  '
sh -c 'i=0; while [ $i -lt 40 ]; do sleep 1 >/dev/null 2>&1 & i=$((i + 1)); done' 2>&1 | tail -n 1
set -- /proc/[0-9]* # no process is left to count them with
echo "  $# processes in all."
