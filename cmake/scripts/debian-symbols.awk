# SPDX-License-Identifier: MIT
# usage: awk -v library=libNAME -f debian-symbols.awk lib/NAME.map
# The symbols file of Debian's package of it: each name with its node, and the release that
# the node is named after.
BEGIN {
	print library ".so.0 " library "0 #MINVER#"
	print "* Build-Depends-Package: libminictr-dev"
}

/^LIBMINICTR_/ {
	node = $1
	release = node
	sub(/.*_/, "", release)
	print " " node "@" node " " release
}
/^\tctr_/ {
	sub(/;$/, "", $1)
	print " " $1 "@" node " " release
}
