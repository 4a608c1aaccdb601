# SPDX-License-Identifier: MIT
"""The functions of the C library that the package uses, with their types."""

import ctypes
import os
from typing import Any, Callable, Dict, Tuple, Union

from .errors import Code, MinictrError, make_error

_POINTER = ctypes.c_void_p
_STRING = ctypes.c_char_p
_INT = ctypes.c_int
_SIZE = ctypes.c_size_t
_U32 = ctypes.c_uint32
_U64 = ctypes.c_uint64
_U64S = ctypes.POINTER(ctypes.c_uint64)

# What an int becomes for C, and the numbers that it can be: ctypes takes the low bits of any.
_RANGES = {
    _INT: (-1 << 31, 1 << 31),
    _U32: (0, 1 << 32),
    _U64: (0, 1 << 64),
    _SIZE: (0, 1 << 8 * ctypes.sizeof(_SIZE)),
}


class Container(_POINTER):
    """A ctr_container, which is freed, and so ended, when nothing refers to it any more.

    Its only reference is made by ctypes. A signal handler that raises before the pointer is
    stored somewhere takes that away, and with it the container, which nobody could end then.
    """

    def free(self) -> None:
        pointer, self.value = self.value, None
        if pointer:
            lib.ctr_container_free(pointer)

    def __del__(self) -> None:
        self.free()


# name: result, arguments. Those in the second table have a ctr_error behind them.
_PLAIN: Dict[str, Tuple[Any, ...]] = {
    "ctr_version": (_STRING,),
    "ctr_error_new": (_POINTER,),
    "ctr_error_free": (None, _POINTER),
    "ctr_error_code": (_INT, _POINTER),
    "ctr_error_errno": (_INT, _POINTER),
    "ctr_error_step": (_STRING, _POINTER),
    "ctr_error_object": (_STRING, _POINTER),
    "ctr_error_hint": (_STRING, _POINTER),
    "ctr_error_message": (_STRING, _POINTER),
    "ctr_spec_free": (None, _POINTER),
    "ctr_spec_get_limits": (_POINTER, _POINTER),
    "ctr_spec_get_process": (_POINTER, _POINTER),
    "ctr_plan_free": (None, _POINTER),
    "ctr_plan_count": (_SIZE, _POINTER),
    "ctr_plan_describe": (_SIZE, _POINTER, _SIZE, _STRING, _SIZE),
    "ctr_container_free": (None, _POINTER),
    "ctr_container_pid": (_INT, _POINTER),
    "ctr_container_pidfd": (_INT, _POINTER),
    "ctr_container_program_pid": (_INT, _POINTER),
    "ctr_container_time_left_ms": (_INT, _POINTER),
    "ctr_container_end": (_U32, _POINTER),
    "ctr_container_end_name": (_STRING, _U32),
    "ctr_container_exit_code": (_INT, _POINTER),
    "ctr_container_exit_signal": (_INT, _POINTER),
    "ctr_given_free": (None, _POINTER),
    "ctr_usage_free": (None, _POINTER),
    "ctr_usage_get": (_INT, _POINTER, _U32, _U64S),
    "ctr_usage_name": (_STRING, _U32),
}
_FAILING: Dict[str, Tuple[Any, ...]] = {
    "ctr_spec_new": (_POINTER,),
    "ctr_process_add_arg": (_INT, _POINTER, _STRING),
    "ctr_process_set_env": (_INT, _POINTER, _STRING, _STRING),
    "ctr_process_set_cwd": (_INT, _POINTER, _STRING),
    "ctr_process_set_dir_fd": (_INT, _POINTER, _INT, _INT),
    "ctr_process_set_fd": (_INT, _POINTER, _INT, _INT),
    "ctr_process_set_umask": (_INT, _POINTER, _U32),
    "ctr_spec_set_rootfs": (_INT, _POINTER, _STRING),
    "ctr_spec_set_read_only": (_INT, _POINTER, _INT),
    "ctr_spec_add_bind": (_INT, _POINTER, _STRING, _STRING, _U32),
    "ctr_spec_add_tmpfs": (_INT, _POINTER, _STRING, _U64, _U32, _U32),
    "ctr_process_set_user_name": (_INT, _POINTER, _STRING, _STRING),
    "ctr_process_add_group_name": (_INT, _POINTER, _STRING),
    "ctr_process_add_cap": (_INT, _POINTER, _STRING),
    "ctr_process_drop_cap": (_INT, _POINTER, _STRING),
    "ctr_spec_set_hostname": (_INT, _POINTER, _STRING),
    "ctr_spec_set_namespace": (_INT, _POINTER, _U32, _INT),
    "ctr_spec_set_accounting": (_INT, _POINTER, _INT),
    "ctr_process_set_init": (_INT, _POINTER, _INT),
    "ctr_spec_set_wall_limit_ms": (_INT, _POINTER, _U64),
    "ctr_spec_set_cpu_limit_ms": (_INT, _POINTER, _U64),
    "ctr_spec_set_output_limit": (_INT, _POINTER, _U64),
    "ctr_limits_set_memory_max": (_INT, _POINTER, _U64),
    "ctr_limits_set_swap_max": (_INT, _POINTER, _U64),
    "ctr_limits_set_pids_max": (_INT, _POINTER, _U64),
    "ctr_limits_set_cpu_max": (_INT, _POINTER, _U64, _U64),
    "ctr_limits_set_cpuset_cpus": (_INT, _POINTER, _STRING),
    "ctr_plan_compile": (_POINTER, _POINTER),
    "ctr_given_new": (_POINTER,),
    "ctr_given_set_fd": (_INT, _POINTER, _INT, _INT),
    "ctr_plan_spawn_with": (Container, _POINTER, _POINTER),
    "ctr_spawn": (Container, _POINTER),
    "ctr_container_wait": (_INT, _POINTER, _INT),
    "ctr_container_send_signal": (_INT, _POINTER, _INT),
    "ctr_container_kill_all": (_INT, _POINTER),
    "ctr_container_freeze": (_INT, _POINTER),
    "ctr_container_thaw": (_INT, _POINTER),
    "ctr_container_stats": (_INT, _POINTER, _POINTER),
    "ctr_usage_new": (_POINTER,),
}


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(os.environ.get("MINICTR_LIBRARY") or "libminictr.so.0")
    for table, behind in (_PLAIN, ()), (_FAILING, (_POINTER,)):
        for name, types in table.items():
            function = getattr(library, name)
            function.restype = types[0]
            function.argtypes = types[1:] + behind
    return library


lib = _load()


def version() -> str:
    """The version of the library, such as "0.1.0"."""
    return os.fsdecode(lib.ctr_version())


def _error(err: Any) -> MinictrError:
    def text(get: Callable[[Any], bytes]) -> str:
        return os.fsdecode(get(err))

    return make_error(Code(lib.ctr_error_code(err)), lib.ctr_error_errno(err),
                      text(lib.ctr_error_step), text(lib.ctr_error_object),
                      text(lib.ctr_error_hint), text(lib.ctr_error_message))


def _check_ranges(function: Any, arguments: Tuple[Any, ...]) -> None:
    for kind, value in zip(function.argtypes, arguments):
        if kind in _RANGES and isinstance(value, int):
            first, end = _RANGES[kind]
            if not first <= value < end:
                raise OverflowError(f"{value}: not from {first} to {end - 1}")


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function that can fail; a failure becomes an exception."""
    _check_ranges(function, arguments)
    err = lib.ctr_error_new()
    if not err:
        raise MemoryError
    result = None
    try:
        result = function(*arguments, err)
        if result is None or result == -1 or (isinstance(result, Container) and not result):
            raise _error(err)
        return result
    except BaseException:
        result = None  # the traceback would keep it
        raise
    finally:
        lib.ctr_error_free(err)


def encode(text: Union[str, bytes, "os.PathLike[Any]"]) -> bytes:
    """A string or path for C, which must not end at a NUL in it."""
    data = os.fsencode(text)
    if b"\0" in data:
        raise ValueError("embedded null byte")
    return data
