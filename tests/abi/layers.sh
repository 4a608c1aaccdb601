#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: layers.sh SOURCE-DIRECTORY
# Includes go down only:
#	cli -> public headers
#	probe -> container -> compile -> spec -> primitives, cgroup -> plan -> base
#	jail -> base
# Each public header counts as part of the layer that implements it.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
report "includes that go the wrong way" "$(awk '
function complain(text) {
	print FILENAME ":" FNR ": " text
}

function layer_of(path) {
	sub(/\/.*/, "", path)
	return path
}

function public_layer(header) {
	if (!(header in implements)) {
		complain("no layer is known for <minictr/" header ">: see tests/abi/layers.sh")
		return "base"
	}
	return implements[header]
}

function check_library(layer, to, quoted,   target) {
	if (quoted && !index(to, "/"))
		complain("\"" to "\" lacks its folder")
	if (to ~ /^minictr\//)
		target = public_layer(substr(to, 9))
	else if (quoted || layer_of(to) in rank)
		target = layer_of(to)
	else if (to == "minictr.h" || to ~ /\.\./)
		complain(to " is no part of one layer")
	else
		return # of the system
	# The helper is a program of its own, of the interpreter and raw system calls.
	if (layer == "helper" && (target == "plan" || to == "base/sys.h"))
		return
	if (layer == "jail" && target != "jail" && target != "base")
		complain(layer " includes " to)
	if (layer == "helper" || target == "helper" || !(target in rank) ||
	    rank[target] > rank[layer] || (rank[target] == rank[layer] && target != layer))
		complain(layer " includes " to)
}

function check_client(to, quoted) {
	if (quoted && index(to, "/"))
		complain(FILENAME " includes " to)
	if (!quoted && (layer_of(to) in rank || layer_of(to) == "helper"))
		complain("<" to "> is not public")
}

BEGIN {
	rank["base"] = 0; rank["plan"] = 1; rank["primitives"] = rank["cgroup"] = 2
	rank["spec"] = 3; rank["compile"] = 4; rank["container"] = 5; rank["probe"] = 6
	# Beside the others: it knows the base alone, and none of them knows it.
	rank["jail"] = 7
	implements["error.h"] = implements["parse.h"] = implements["version.h"] = "base"
	implements["jail.h"] = "jail"
	implements["caps.h"] = implements["chroot.h"] = implements["mount.h"] = implements["userns.h"] = "primitives"
	implements["landlock.h"] = implements["namespace.h"] = implements["credentials.h"] = implements["seccomp.h"] = "primitives"
	implements["cgroup.h"] = implements["limits.h"] = implements["usage.h"] = "cgroup"
	implements["spec.h"] = implements["process.h"] = implements["confine.h"] = implements["mounts.h"] = "spec"
	implements["namespaces.h"] = implements["resources.h"] = "spec"
	implements["plan.h"] = implements["program.h"] = "compile"
	implements["container.h"] = implements["given.h"] = implements["pool.h"] = "container"
	implements["probe.h"] = "probe"
}

/^[ \t]*#[ \t]*include/ {
	match($0, /[<"][^>"]*/)
	to = substr($0, RSTART + 1, RLENGTH - 1)
	quoted = substr($0, RSTART, 1) == "\""
	if (FILENAME ~ /^lib\//)
		check_library(layer_of(substr(FILENAME, 5)), to, quoted)
	else if (FILENAME ~ /^include\//) {
		if (quoted || (to !~ /^minictr\// && to !~ /^(stddef|stdint|sys\/types)\.h$/))
			complain("a public header includes " to)
	} else
		check_client(to, quoted)
}
' $(find include lib cli examples -name '*.[chS]' -o -name '*.def' | sort))"
exit $broken
