#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: python.sh, in the environment of CMakeLists.txt: bindings/python and
# examples/python.
set -eu
. "$(dirname "$0")/env.sh"

command -v python3 >/dev/null || skip "no python3"

cd "$SRC/bindings/python"
python3 -W error::ResourceWarning -m unittest discover -s tests

python3 "$SRC/tests/bindings/prototypes.py"

# As the README has it, and without a network.
python3 -m venv "$WORK/venv" || fail "python3 has no module venv"
said=$(unshare -n "$WORK/venv/bin/pip" install --no-cache-dir --disable-pip-version-check \
	--force-reinstall "$SRC/bindings/python" 2>&1) || fail "pip install: $said"
installed=$(cd "$WORK" && PYTHONPATH='' "$WORK/venv/bin/python" -c '
import minictr, pathlib, subprocess
package = pathlib.Path(minictr.__file__).parent
print(package.parent.name, (package / "py.typed").exists(), minictr.check_output(["echo", "text"]))')
expect "the package that pip has installed" "site-packages True b'text\\n'" "$installed"

# By its path too, wherever the loader looks.
library=$(LD_LIBRARY_PATH='' MINICTR_LIBRARY="$PREFIX/$LIBDIR/libminictr.so.0" python3 -c '
import minictr
print(minictr.version())')
expect "the version of MINICTR_LIBRARY" "$(pkg-config --modversion minictr)" "$library"
expect "the version of the package" "$library" \
	"$(sed -n 's/^version = "\(.*\)"/\1/p' "$SRC/bindings/python/pyproject.toml")"

cd "$SRC/examples/python"
make_rootfs
said=$(./lecture.py run /bin/sh -c 'hostname; echo $$; ls' 2>/dev/null)
expect lecture.py "container
2
bin
dev
proc
sys" "$said"

status=0
said=$(./raw.py sh -c 'hostname; exit 7') || status=$?
expect raw.py "container 7" "$said $status"
said=$(./raw.py none 2>&1) && fail "raw.py ran what is not there"
case $said in
'raw.py: execute "none": No such file or directory'*) ;;
*) fail "raw.py says of what is not there: $said" ;;
esac

said=$(./pipeline.py 'exit 3' 'x=$(head -c 100000000 /dev/zero | tr "\0" x)' 'exit 4')
expect pipeline.py "exited 3
out_of_memory -9
exited 4" "$said"
