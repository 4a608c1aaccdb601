# SPDX-License-Identifier: MIT
# usage: fish drive.fish SCRIPT <LINES
# What the completion of SCRIPT offers for each line, in a line.
source $argv[1]
while read -l line
	set -l offered (complete --do-complete=$line | string replace -r '\t.*' '')
	echo "$offered"
end
