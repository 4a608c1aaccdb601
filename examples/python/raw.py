#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""A container by ctypes alone: raw.py CMD [ARG...] runs CMD as host "container"."""

import ctypes
import sys

lib = ctypes.CDLL("libminictr.so.0")
# Otherwise ctypes treats a pointer as an int, and its upper half is lost.
for name in "ctr_error_new", "ctr_spec_new", "ctr_spec_get_process", "ctr_spawn":
    getattr(lib, name).restype = ctypes.c_void_p
lib.ctr_error_message.restype = ctypes.c_char_p


class Failure(Exception):
    pass


def call(function, *arguments):
    """Calls a function, and turns an error into an exception."""
    err = ctypes.c_void_p(lib.ctr_error_new())
    try:
        result = function(*arguments, err)
        if result is None or result == -1:
            raise Failure(lib.ctr_error_message(err).decode())
        return result
    finally:
        lib.ctr_error_free(err)


def run(args):
    spec = ctypes.c_void_p(call(lib.ctr_spec_new))
    try:
        call(lib.ctr_spec_set_hostname, spec, b"container")
        process = ctypes.c_void_p(lib.ctr_spec_get_process(spec))
        for arg in args:
            call(lib.ctr_process_add_arg, process, arg.encode())
        container = ctypes.c_void_p(call(lib.ctr_spawn, spec))
    finally:
        lib.ctr_spec_free(spec)
    try:
        call(lib.ctr_container_wait, container, -1)
        return lib.ctr_container_exit_code(container)
    finally:
        lib.ctr_container_free(container)


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"raw.py: {failure}")
