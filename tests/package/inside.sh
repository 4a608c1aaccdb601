# SPDX-License-Identifier: MIT
# usage: sh inside.sh, as root in a minimal tree with the packages beside it
set -eu
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

fail() {
	echo "$*"
	exit 1
}

install() {
	apt-get install -q -y --no-install-recommends "$@" >apt.log 2>&1 || {
		tail -n 20 apt.log
		fail "apt-get install $* fails"
	}
}

compile_and_run() {
	cc -o program "$@" >cc.log 2>&1 || fail "cc $*: $(cat cc.log)"
	./program >program.log 2>&1 || fail "$1, built with $*: $(cat program.log)"
}

# The command, with nothing but what it depends on.
install ./minictr_*.deb
minictr run -- true || fail "minictr run -- true fails"
said=$(minictr run -- id)
[ "$said" = "uid=0(root) gid=0(root) groups=0(root)" ] || fail "id says: $said"
! minictr run -- touch /packages/file 2>/dev/null || fail "the host can be written"
for file in bash-completion/completions/minictr zsh/vendor-completions/_minictr \
	fish/vendor_completions.d/minictr.fish; do
	[ -s "/usr/share/$file" ] || fail "there is no /usr/share/$file"
done

# The shared library, and what it loads itself.
install ./libminictr0_*.deb
loaded=$(grep -aohE 'lib(json-c|seccomp)\.so\.[0-9]+' /usr/lib/*/libminictr.so.0 | sort -u)
[ "$(echo "$loaded" | wc -l)" = 2 ] || fail "the shared library loads: $loaded"
for library in $loaded; do
	ldconfig -p | grep -qF "$library" || fail "libminictr0 does not depend on $library"
done

# The library, with what the package itself names, a compiler and man.
install gcc libc6-dev man-db pkgconf ./libminictr-jail0_*.deb ./libminictr-dev_*.deb ./libminictr-doc_*.deb
! readelf -d /usr/bin/minictr | grep -F '(NEEDED)' || fail "minictr is not static"
for page in 1:minictr 3:libminictr 3:ctr_spawn 7:minictr-limits; do
	man "${page%:*}" "${page#*:}" >page 2>&1 || fail "man $page: $(cat page)"
	grep -q "^NAME" page || fail "man $page shows: $(head page)"
done
shared=$(pkg-config --cflags --libs minictr)
static="-static $(pkg-config --static --cflags --libs minictr)"
compile_and_run consumer.c $shared
compile_and_run consumer.c $static
compile_and_run jail.c $(pkg-config --cflags --libs minictr-jail)
compile_and_run jail.c -static $(pkg-config --static --cflags --libs minictr-jail)
compile_and_run /usr/share/doc/libminictr-dev/examples/getpid.c $shared

apt-get purge -q -y minictr libminictr0 libminictr-jail0 libminictr-dev libminictr-doc >apt.log 2>&1 ||
	fail "apt-get purge: $(tail apt.log)"
left=$(find / -xdev -name '*minictr*' ! -path '/packages/*' ! -path '/var/cache/*')
[ -z "$left" ] || fail "left behind: $left"
