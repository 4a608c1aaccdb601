# SPDX-License-Identifier: MIT
"""What a container is to be."""

import contextlib
import dataclasses
import math
import os
from typing import (Any, Dict, Iterator, Mapping, NamedTuple, Optional, Sequence, Tuple, Type,
                    TypeVar, Union)

from ._lib import call, encode, lib

# The bits and values of minictr/namespace.h, namespaces.h and mount.h.
_NAMESPACES = {"pid": 1 << 1, "uts": 1 << 2, "ipc": 1 << 3, "net": 1 << 4, "cgroup": 1 << 5}
_NS_USER = 1 << 6
_NS_MODE_HOST = 2
_MOUNT_READ_ONLY = 1 << 0
_MOUNT_NOEXEC = 1 << 1
_USERNS = {"auto": 0, "new": 1, "host": 2}
_CPU_PERIOD_US = 100000
_PATHS = (str, bytes, os.PathLike)
_NO_UMASK = -1  # as subprocess has it

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


class Bind(NamedTuple):
    """A file or directory of the host's, shown in the container: absolute paths."""

    source: Path
    target: Optional[Path] = None  # the same
    read_only: bool = False
    no_exec: bool = False


class Tmpfs(NamedTuple):
    """An empty file system in memory."""

    target: Path
    size_bytes: int = 0  # a fifth of the machine's memory
    mode: int = 0o1777


@dataclasses.dataclass(frozen=True)
class Spec:
    """The keywords of run(), Popen and Plan. What is not given is the library's default.

    args            the program, looked up in the container's PATH, and its arguments; or one
                    string: the program alone
    env             a mapping, besides the container's PATH and HOME
    cwd             in the container
    pass_fds        descriptors that it has with the same numbers; no directories
    pass_dir_fds    those that are directories: from one the program can leave its root
    umask           -1: 0o022

    rootfs          a directory of the host's; None: the host's files, read-only
    read_only       the rootfs too
    binds           of Bind, tuples of what makes one, or paths: what the container sees too
    tmpfs           of Tmpfs, tuples, or paths: empty file systems in memory

    user            "NAME", "UID", "NAME:GROUP", "UID:GID", or a number
    group           a name or a number; None: that of user, or user's primary one
    groups          supplementary ones, names or numbers
    extra_groups    the same: the name that subprocess has for it
    drop_caps       capabilities, such as "NET_BIND_SERVICE", or "ALL"
    add_caps        those that it has all the same

    hostname
    host_namespaces those that are not new: of "pid", "uts", "ipc", "net", "cgroup"
    userns          "auto": a namespace of users for unprivileged callers; "new", "host"

    memory_bytes    of all processes together, as the other limits
    no_swap         none of it may be swapped out
    pids            processes and threads
    cpus            0.01 or more, such as 0.5
    cpuset          such as "0-3"
    wall_time       seconds
    cpu_time        seconds
    output_bytes    the most that any one file may become
    accounting      count what it uses, also where nothing is limited
    init            run the program below a small init, not as process 1; None: where
                    the container has a PID namespace of its own
    """

    args: Any  # after __post_init__() a list of paths
    env: Optional[Mapping[Any, Any]] = None
    cwd: Optional[Path] = None
    pass_fds: Sequence[int] = ()
    pass_dir_fds: Sequence[int] = ()
    umask: int = _NO_UMASK
    rootfs: Optional[Path] = None
    read_only: bool = False
    binds: Sequence[Any] = ()
    tmpfs: Sequence[Any] = ()
    user: Union[str, int, None] = None
    group: Union[str, int, None] = None
    groups: Sequence[Union[str, int]] = ()
    extra_groups: Optional[Sequence[Union[str, int]]] = None
    drop_caps: Sequence[str] = ()
    add_caps: Sequence[str] = ()
    hostname: Optional[str] = None
    host_namespaces: Sequence[str] = ()
    userns: str = "auto"
    memory_bytes: Optional[int] = None
    no_swap: bool = False
    pids: Optional[int] = None
    cpus: Optional[float] = None
    cpuset: Optional[str] = None
    wall_time: Optional[float] = None
    cpu_time: Optional[float] = None
    output_bytes: Optional[int] = None
    accounting: bool = False
    init: Optional[bool] = None

    def __post_init__(self) -> None:
        args = [self.args] if isinstance(self.args, _PATHS) else list(self.args)
        object.__setattr__(self, "args", args)

    @contextlib.contextmanager
    def build(self) -> Iterator[Any]:
        """A ctr_spec, as long as the block lasts."""
        spec = call(lib.ctr_spec_new)
        try:
            process = lib.ctr_spec_get_process(spec)
            self._program(process)
            self._files(spec)
            self._identity(process)
            self._isolation(spec)
            self._limits(spec)
            yield spec
        finally:
            lib.ctr_spec_free(spec)

    def _program(self, process: Any) -> None:
        for arg in self.args:
            call(lib.ctr_process_add_arg, process, encode(arg))
        for name, value in (self.env or {}).items():
            call(lib.ctr_process_set_env, process, encode(name), encode(value))
        if self.cwd is not None:
            call(lib.ctr_process_set_cwd, process, encode(self.cwd))
        for fd in self.pass_fds:
            _unsigned(fd, 31)
            call(lib.ctr_process_set_fd, process, fd, fd)
        for fd in self.pass_dir_fds:
            _unsigned(fd, 31)
            call(lib.ctr_process_set_dir_fd, process, fd, fd)
        if self.umask != _NO_UMASK:
            call(lib.ctr_process_set_umask, process, _unsigned(self.umask, 32))
        if self.init is not None:
            call(lib.ctr_process_set_init, process, bool(self.init))

    def _files(self, spec: Any) -> None:
        if self.rootfs is not None:
            call(lib.ctr_spec_set_rootfs, spec, encode(self.rootfs))
        call(lib.ctr_spec_set_read_only, spec, bool(self.read_only))
        for bind in self.binds:
            bind = _made(Bind, bind)
            target = bind.source if bind.target is None else bind.target
            flags = ((_MOUNT_READ_ONLY if bind.read_only else 0)
                     | (_MOUNT_NOEXEC if bind.no_exec else 0))
            call(lib.ctr_spec_add_bind, spec, encode(bind.source), encode(target), flags)
        for mount in self.tmpfs:
            mount = _made(Tmpfs, mount)
            call(lib.ctr_spec_add_tmpfs, spec, encode(mount.target),
                 _unsigned(mount.size_bytes), _unsigned(mount.mode, 32), 0)

    def _identity(self, process: Any) -> None:
        user, group = self._user()
        if user is not None or group is not None:
            call(lib.ctr_process_set_user_name, process, encode("0" if user is None else user),
                 None if group is None else encode(group))
        for more in (*self.groups, *(self.extra_groups or ())):
            call(lib.ctr_process_add_group_name, process, encode(str(more)))
        for name in self.drop_caps:
            call(lib.ctr_process_drop_cap, process, encode(name))
        for name in self.add_caps:
            call(lib.ctr_process_add_cap, process, encode(name))

    def _user(self) -> Tuple[Optional[str], Optional[str]]:
        user: Optional[str] = None
        group = None if self.group is None else str(self.group)
        if self.user is not None:
            user, found, its_group = str(self.user).partition(":")
            if found and group is not None:
                raise ValueError("user names a group, and there is a group: leave one out")
            group = its_group if found else group
        return user, group

    def _isolation(self, spec: Any) -> None:
        if self.hostname is not None:
            call(lib.ctr_spec_set_hostname, spec, encode(self.hostname))
        for name in self.host_namespaces:
            kind = _choose("host_namespaces", name, _NAMESPACES)
            call(lib.ctr_spec_set_namespace, spec, kind, _NS_MODE_HOST)
        call(lib.ctr_spec_set_namespace, spec, _NS_USER, _choose("userns", self.userns, _USERNS))
        call(lib.ctr_spec_set_accounting, spec, bool(self.accounting))

    def _limits(self, spec: Any) -> None:
        limits = lib.ctr_spec_get_limits(spec)
        if self.memory_bytes is not None:
            call(lib.ctr_limits_set_memory_max, limits, _limit("memory_bytes", self.memory_bytes))
        if self.no_swap:
            call(lib.ctr_limits_set_swap_max, limits, 0)
        if self.pids is not None:
            call(lib.ctr_limits_set_pids_max, limits, _limit("pids", self.pids))
        if self.cpus is not None:
            call(lib.ctr_limits_set_cpu_max, limits, _quota(self.cpus), _CPU_PERIOD_US)
        if self.cpuset is not None:
            call(lib.ctr_limits_set_cpuset_cpus, limits, encode(self.cpuset))
        call(lib.ctr_spec_set_wall_limit_ms, spec, _milliseconds(self.wall_time))
        call(lib.ctr_spec_set_cpu_limit_ms, spec, _milliseconds(self.cpu_time))
        if self.output_bytes is not None:
            call(lib.ctr_spec_set_output_limit, spec, _limit("output_bytes", self.output_bytes))


_Made = TypeVar("_Made", Bind, Tmpfs)


def _made(kind: Type[_Made], value: Any) -> _Made:
    return kind(value) if isinstance(value, _PATHS) else kind(*value)


def _choose(what: str, name: str, table: Dict[str, int]) -> int:
    if name not in table:
        raise ValueError(f"{what}: {name!r}: not one of {', '.join(table)}")
    return table[name]


def _unsigned(number: int, bits: int = 64) -> int:
    """ctypes would take the low bits of any number."""
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{number}: not from 0 to 2**{bits} - 1")
    return number


def _limit(what: str, number: int) -> int:
    if number == 0:
        raise ValueError(f"{what}: 0 would be no limit")
    return _unsigned(number)


def _quota(cpus: float) -> int:
    """Of a period; the kernel's least is 1000, and 0 would be no limit."""
    if not 0.01 <= cpus < math.inf:
        raise ValueError(f"cpus: {cpus}: not a number of CPUs, 0.01 or more")
    return _unsigned(round(cpus * _CPU_PERIOD_US))


def _milliseconds(seconds: Optional[float]) -> int:
    """Rounded up: 0 would be no limit."""
    if seconds is None:
        return 0
    if seconds < 0:
        raise ValueError(f"{seconds}: not a time")
    return _unsigned(max(1, math.ceil(seconds * 1000)))
