# SPDX-License-Identifier: MIT
# usage: awk -f debian-symbols.awk lib/minictr.map
# The symbols file of Debian's libminictr0: each name with its node, and the release that
# the node is named after.
BEGIN {
	print "libminictr.so.0 libminictr0 #MINVER#"
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
