# SPDX-License-Identifier: MIT
"""usage: prototypes.py, with CC set and minictr known to pkg-config

What the Python package has copied from the headers, which ctypes can't read: the types of
functions, and constants. A wrong one would go unnoticed until a call has the wrong bits.
"""

import ctypes
import os
import re
import subprocess
import sys

from minictr import _lib, errors, spec

CONSTANTS = {
    **{f"CTR_E_{code.name}": code.value for code in errors.Code},
    **{f"CTR_NS_{name.upper()}": bit for name, bit in spec._NAMESPACES.items()},
    **{f"CTR_NS_MODE_{name.upper()}": mode for name, mode in spec._USERNS.items()},
    "CTR_NS_USER": spec._NS_USER,
    "CTR_NS_MODE_HOST": spec._NS_MODE_HOST,
    "CTR_MOUNT_READ_ONLY": spec._MOUNT_READ_ONLY,
    "CTR_MOUNT_NOEXEC": spec._MOUNT_NOEXEC,
}
TYPES = {
    "void": None,
    "int": ctypes.c_int,
    "pid_t": ctypes.c_int,
    "size_t": ctypes.c_size_t,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "char *": ctypes.c_char_p,
    "char * *": ctypes.POINTER(ctypes.c_char_p),
    "int *": ctypes.POINTER(ctypes.c_int),
    "uint64_t *": ctypes.POINTER(ctypes.c_uint64),
}


def preprocess(text):
    flags = subprocess.check_output(["pkg-config", "--cflags", "minictr"], text=True).split()
    source = "#include <minictr.h>\n" + text
    return subprocess.check_output([os.environ.get("CC", "cc"), "-E", "-P", *flags, "-xc", "-"],
                                   input=source, text=True)


def ctype(declaration):
    """The type of "const char *name", as the package has it; objects are c_void_p."""
    words = re.findall(r"\w+|\*", declaration.replace("const", ""))
    kind = " ".join([words[0], *(word for word in words if word == "*")])
    if kind.startswith("ctr_") and kind.endswith("*"):
        return ctypes.c_void_p
    return TYPES[kind]


def main():
    lines = preprocess("".join(f'constant "{name}" {name}\n' for name in CONSTANTS))
    values = {name: eval(value.replace("u", ""))
              for name, value in re.findall(r'^constant "(\w+)" (.*)$', lines, re.M)}
    wrong = [name for name in CONSTANTS if CONSTANTS[name] != values[name]]

    prototypes = dict((name, (result, arguments)) for result, name, arguments in
                      re.findall(r"([\w ]+[ *])(ctr_\w+)\(([^)]*)\)", lines.replace("\n", " ")))
    for name in {**_lib._PLAIN, **_lib._FAILING}:
        function = getattr(_lib.lib, name)
        result, arguments = prototypes[name]
        restype = ctypes.c_void_p if function.restype is _lib.Container else function.restype
        expected = [] if arguments == "void" else [ctype(a) for a in arguments.split(",")]
        if restype != ctype(result) or list(function.argtypes) != expected:
            wrong.append(f"{name}: {function.restype} {function.argtypes}, not {result}{arguments}")
    if wrong:
        sys.exit("not as in the headers:\n  " + "\n  ".join(wrong))


main()
