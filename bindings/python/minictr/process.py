# SPDX-License-Identifier: MIT
"""Containers that run, and what became of them."""

import concurrent.futures
import contextlib
import ctypes
import errno
import io
import math
import os
import queue
import select
import selectors
import signal
import subprocess
import threading
import time
import warnings
import weakref
from typing import (IO, Any, Callable, ContextManager, Dict, Iterator, List, Optional, Sequence, Tuple, Type,
                    Union)

from ._lib import Container, call, lib
from .errors import CalledProcessError, MinictrError
from .spec import Spec

_CHUNK = 65536
_LONGEST = 1000000  # seconds; poll(2) takes no more than an int of milliseconds

_File = Union[int, IO[Any], None]  # what a standard stream may be given as


class _Spawner:
    """Makes containers on threads that stay.

    The kernel kills a container when the thread that made it ends. The main thread stays as
    long as the process does; for any other there are threads of this class's own. Those of
    an executor would end with the main thread's program, and others may go on after that.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)  # which has no threads

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._work: "queue.SimpleQueue[Tuple[Any, ...]]" = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads = 0

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if threading.get_native_id() == os.getpid():
            return call(function, *arguments)
        future: "concurrent.futures.Future[Any]" = concurrent.futures.Future()
        with self._lock:
            if not self._idle.acquire(blocking=False) and self._threads < (os.cpu_count() or 1):
                threading.Thread(target=self._serve, name="minictr", daemon=True).start()
                self._threads += 1
        self._work.put((future, function, arguments))
        return future.result()

    def _serve(self) -> None:
        while True:
            future, function, arguments = self._work.get()
            try:
                future.set_result(call(function, *arguments))
            except BaseException as error:
                future.set_exception(error)
            del future, function, arguments  # while it waits for the next
            self._idle.release()


_spawn = _Spawner()


def _usage(container: Any) -> Dict[str, int]:
    """A dictionary of what is counted, by the names of minictr/usage.h."""
    usage = call(lib.ctr_usage_new)
    try:
        call(lib.ctr_container_stats, container, usage)
        numbers: Dict[str, int] = {}
        value = ctypes.c_uint64()
        what = 0
        while name := lib.ctr_usage_name(what):
            if lib.ctr_usage_get(usage, what, ctypes.byref(value)):
                numbers[name.decode()] = value.value
            what += 1
        return numbers
    finally:
        lib.ctr_usage_free(usage)


def _descriptor(number: int) -> int:
    """A negative one would be the null device, or the caller's."""
    if not 0 <= number < 1 << 31:
        raise ValueError(f"{number}: not a descriptor")
    return number


def _deadline(timeout: Optional[float]) -> Optional[float]:
    return None if timeout is None else time.monotonic() + timeout


class _Shared:
    """An object of the library's that threads use while another one may close it.

    It is freed when it was closed and nobody uses it any more. Nothing waits for that, so a
    signal handler may close it too, in the thread that uses it.
    """

    _all: "weakref.WeakSet[_Shared]" = weakref.WeakSet()

    def __init__(self, pointer: Any, free: Callable[[Any], None]) -> None:
        self._pointer = pointer
        self._free = free
        self._open = True
        self._reset()
        self._all.add(self)

    def _reset(self) -> None:
        self._lock = threading.RLock()
        self._users = 0

    @classmethod
    def _after_fork(cls) -> None:
        """Other threads, which the child does not have, may have held locks."""
        for shared in cls._all:
            shared._reset()

    @contextlib.contextmanager
    def use(self) -> Iterator[Any]:
        with self._lock:
            if not self._open:
                raise ValueError("the plan was closed")
            self._users += 1
        try:
            yield self._pointer
        finally:
            with self._lock:
                self._users -= 1
                self._free_if_unused()

    def close(self) -> None:
        with self._lock:
            self._open = False
            self._free_if_unused()

    def _free_if_unused(self) -> None:
        if not self._open and self._users == 0:
            pointer, self._pointer = self._pointer, None
            self._free(pointer)


os.register_at_fork(after_in_child=_Shared._after_fork)


class _Streams:
    """Standard input, output and error: what the program gets, and our ends of pipes."""

    def __init__(self, stdin: _File, stdout: _File, stderr: _File) -> None:
        self._theirs: List[int] = []  # to be closed when the program has them
        self.ours: List[Optional[IO[Any]]] = []
        try:
            self.fds = [self._open(stdin, "wb"), self._open(stdout, "rb")]
            if stderr == subprocess.STDOUT:
                self.ours.append(None)
                self.fds.append(1 if self.fds[1] == -1 else self.fds[1])
            else:
                self.fds.append(self._open(stderr, "rb"))
        except BaseException:
            self.close_theirs()
            self.close_ours()
            raise

    def _open(self, given: _File, mode: str) -> int:
        if given == subprocess.PIPE:
            read, write = os.pipe()
            theirs, ours = (read, write) if mode == "wb" else (write, read)
            self._theirs.append(theirs)
            self.ours.append(open(ours, mode))
            return theirs
        self.ours.append(None)
        if given is None:
            return -1  # the caller's
        if given == subprocess.DEVNULL:
            self._theirs.append(os.open(os.devnull, os.O_RDWR))
            return self._theirs[-1]
        return _descriptor(given if isinstance(given, int) else given.fileno())

    def decode(self, encoding: Optional[str], errors: Optional[str]) -> None:
        for i, stream in enumerate(self.ours):
            if stream:
                self.ours[i] = io.TextIOWrapper(stream, write_through=stream.writable(),
                                                encoding=encoding, errors=errors)

    def close_theirs(self) -> None:
        while self._theirs:
            os.close(self._theirs.pop())

    def close_ours(self) -> None:
        for stream in self.ours:
            if stream:
                stream.close()


class Popen:
    """A container that runs.

    args, stdin, stdout, stderr, text, encoding and errors are as in subprocess.Popen; the
    other keywords are those of Spec. As a context manager it closes the pipes and waits for
    the end, or kills the container if there was an exception.

    pid: of its first process, on the host; program_pid: of the program, another one where an init
    is the first process. returncode: None until its end has been seen,
    then the exit code, or the negative number of the signal that ended the program. end: how
    it ended, one of "exited", "signalled", "out_of_memory", "wall_limit", "cpu_limit",
    "output_limit". usage: a dictionary of what it has used.
    """

    def __init__(self, args: Any, *, stdin: _File = None, stdout: _File = None,
                 stderr: _File = None, text: Optional[bool] = None,
                 encoding: Optional[str] = None, errors: Optional[str] = None,
                 **keywords: Any) -> None:
        spec = Spec(args, **keywords)

        def spawn(fds: Sequence[int]) -> Any:
            with spec.build() as built:
                for target, fd in enumerate(fds):
                    if fd != -1:
                        call(lib.ctr_process_set_fd, lib.ctr_spec_get_process(built), target, fd)
                return _spawn(lib.ctr_spawn, built)

        self._start(spec.args, spawn, stdin, stdout, stderr, text, encoding, errors)

    def _start(self, args: Any, spawn: Callable[[Sequence[int]], Any], stdin: _File = None,
               stdout: _File = None, stderr: _File = None, text: Optional[bool] = None,
               encoding: Optional[str] = None, errors: Optional[str] = None) -> None:
        self.args = args
        self.returncode: Optional[int] = None
        self.end: Optional[str] = None
        self.usage: Optional[Dict[str, int]] = None
        # Held while the library looks at the container. A signal handler may ask too, in the
        # thread that holds it, so the last to hold it is counted.
        self._lock = threading.RLock()
        self._holders = 0
        self._container: Optional[Container] = None
        self._over = False  # its end has been seen, or nobody can tell
        self._owner = os.getpid()
        # What communicate() has still to write; None: it was not called.
        self._input: Union[bytes, memoryview, None] = None
        self._output: Dict[IO[Any], List[bytes]] = {}  # what it has read, by stream
        streams = _Streams(stdin, stdout, stderr)
        try:
            self._container = spawn(streams.fds)
            streams.close_theirs()
            self.pid = lib.ctr_container_pid(self._container)
            self.program_pid = lib.ctr_container_program_pid(self._container)
            if text or encoding or errors:
                streams.decode(encoding, errors)
        except BaseException:  # of a signal handler too
            self._free()
            streams.close_theirs()
            streams.close_ours()
            raise
        self.stdin, self.stdout, self.stderr = streams.ours

    def __repr__(self) -> str:
        return f"<minictr.Popen: args: {self.args!r}, returncode: {self.returncode}>"

    def __enter__(self) -> "Popen":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *_: Any) -> None:
        if kind:
            self.kill()
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()
        try:
            if self.stdin:
                self.stdin.close()
        except BrokenPipeError:
            pass
        finally:
            self.wait()

    def __del__(self) -> None:
        # A copy of this object in a forked process is not the one whose end matters.
        if getattr(self, "_container", None) and os.getpid() == self._owner:
            if not self._over:
                warnings.warn(f"{self!r} was not waited for: it is killed", ResourceWarning,
                              source=self)
            self._free()

    def _free(self) -> None:
        container, self._container = self._container, None
        if container:
            container.free()

    @contextlib.contextmanager
    def _held(self) -> Iterator[Any]:
        """The container, which is not freed meanwhile; None if there is none to look at."""
        if os.getpid() != self._owner:
            yield None
            return
        with self._lock:
            self._holders += 1
            try:
                yield self._container
            finally:
                if self._over and self._holders == 1:
                    self._free()
                self._holders -= 1

    # ---- its end ----

    def _look(self) -> Tuple[bool, int]:
        """Whether it has ended; has limits on time kept. Until then when to look again."""
        with self._held() as container:
            if not container or self._over:
                return True, -1
            try:
                ended = call(lib.ctr_container_wait, container, 0) == 1
            except MinictrError:
                self._over = True
                raise
            if not ended:
                return False, lib.ctr_container_time_left_ms(container)
            self._take_result(container)
            return True, -1

    def _take_result(self, container: Any) -> None:
        number = lib.ctr_container_exit_signal(container)
        self.end = lib.ctr_container_end_name(lib.ctr_container_end(container)).decode()
        self.usage = _usage(container)
        self.returncode = -number if number else lib.ctr_container_exit_code(container)
        self._over = True

    def _sleep(self, milliseconds: int) -> None:
        """Until its end, or that long; -1: for ever. Signal handlers are run meanwhile."""
        with self._held() as container:
            if not container or self._over:
                return
            pidfd = os.dup(lib.ctr_container_pidfd(container))  # others may free it
        try:
            poller = select.poll()
            poller.register(pidfd, select.POLLIN)
            poller.poll(milliseconds)
        finally:
            os.close(pidfd)

    def fileno(self) -> int:
        """A descriptor that is readable when it has ended, until that has been waited for."""
        with self._held() as container:
            if not container or self._over:
                raise ValueError("the container was waited for")
            return int(lib.ctr_container_pidfd(container))

    def poll(self) -> Optional[int]:
        """The returncode, None if it has not ended."""
        self._look()
        return self.returncode

    def wait(self, timeout: Optional[float] = None) -> int:
        """Wait for its end and return the returncode."""
        return self._await(timeout, _deadline(timeout))

    def _await(self, timeout: Optional[float], deadline: Optional[float]) -> int:
        """Until the deadline; timeout is what the caller has given for it."""
        while True:
            ended, again = self._look()
            if ended:
                return self.returncode  # type: ignore[return-value]  # it is known by now
            left = -1
            if deadline is not None:
                left = math.ceil(min(max(0, deadline - time.monotonic()), _LONGEST) * 1000)
                if left == 0:
                    raise self._expired(timeout)
            self._sleep(again if left == -1 or 0 <= again < left else left)

    # ---- its streams ----

    def communicate(self, input: Any = None,
                    timeout: Optional[float] = None) -> Tuple[Any, Any]:
        """Write input, read all output, wait for the end: (stdout, stderr).

        After TimeoutExpired it can be called again, without input, and nothing is lost.
        """
        if self._input is None:
            self._input = self._encode(input)
            self._output = {stream: [] for stream in (self.stdout, self.stderr) if stream}
        elif input:
            raise ValueError("Cannot send input after starting communication")
        deadline = _deadline(timeout)
        self._exchange(timeout, deadline)
        self._await(timeout, deadline)
        return self._decode(self.stdout), self._decode(self.stderr)

    def _expired(self, timeout: Optional[float]) -> subprocess.TimeoutExpired:
        """With what communicate() has read by then."""
        out, err = (b"".join(self._output[stream]) if stream in self._output else None
                    for stream in (self.stdout, self.stderr))
        return subprocess.TimeoutExpired(self.args, timeout or 0, out, err)

    def _encode(self, text: Any) -> Union[bytes, memoryview]:
        if text is None or not self.stdin:
            return b""
        if isinstance(self.stdin, io.TextIOWrapper):
            text = text.encode(self.stdin.encoding, self.stdin.errors)
        return memoryview(text).cast("B")

    def _decode(self, stream: Optional[IO[Any]]) -> Any:
        if not stream:
            return None
        data = b"".join(self._output[stream])
        if not isinstance(stream, io.TextIOWrapper):
            return data
        text = data.decode(stream.encoding, stream.errors or "strict")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _exchange(self, timeout: Optional[float], deadline: Optional[float]) -> None:
        """Until all streams have ended. Time limits are kept."""
        with selectors.DefaultSelector() as selector:
            for stream in self._output:
                if not stream.closed:
                    selector.register(stream, selectors.EVENT_READ, stream)
            if self.stdin and not self.stdin.closed:
                self._flush(self.stdin)
                os.set_blocking(self.stdin.fileno(), False)
                selector.register(self.stdin, selectors.EVENT_WRITE, self.stdin)
            while selector.get_map():
                for key, _ in selector.select(self._time_to_look(timeout, deadline)):
                    stream = key.data
                    if not (self._write(stream) if stream is self.stdin else self._read(stream)):
                        selector.unregister(stream)
                        stream.close()

    def _read(self, stream: IO[Any]) -> bool:
        """Whether there may be more."""
        data = os.read(stream.fileno(), _CHUNK)
        self._output[stream].append(data)
        return bool(data)

    @staticmethod
    def _flush(stream: IO[Any]) -> None:
        try:
            stream.flush()
        except BrokenPipeError:
            pass  # the next write says so too

    def _write(self, stream: IO[Any]) -> bool:
        """Whether there is more to write, and the other end is still open."""
        left = self._input or b""
        try:
            self._input = left[os.write(stream.fileno(), left):]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._input = b""
        return bool(self._input)

    def _time_to_look(self, timeout: Optional[float],
                      deadline: Optional[float]) -> Optional[float]:
        """How many seconds the streams may be waited for; None: for ever."""
        _, again = self._look()
        left = None if again < 0 else again / 1000
        if deadline is None:
            return left
        rest = min(deadline - time.monotonic(), _LONGEST)
        if rest <= 0:
            raise self._expired(timeout)
        return rest if left is None else min(left, rest)

    # ---- what can be done to it ----

    def _call(self, function: Callable[..., Any], *arguments: Any) -> None:
        with self._held() as container:
            if container and not self._over:
                call(function, container, *arguments)

    def send_signal(self, number: int) -> None:
        """Send a signal to the program; nothing after its end.

        As process 1, with init=False, it gets only those that it has a handler for, and
        SIGKILL and SIGSTOP.
        """
        try:
            self._call(lib.ctr_container_send_signal, number)
        except MinictrError as error:
            if error.errno != errno.ESRCH:  # it has ended, which has not been seen yet
                raise

    def terminate(self) -> None:
        """Send SIGTERM to the program."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill all processes of the container."""
        self._call(lib.ctr_container_kill_all)

    def freeze(self) -> None:
        """Stop all its processes; it needs a limit or the keyword accounting."""
        self._call(lib.ctr_container_freeze)

    def thaw(self) -> None:
        """Let them go on."""
        self._call(lib.ctr_container_thaw)

    def stats(self) -> Optional[Dict[str, int]]:
        """What it uses now, or has used: a dictionary."""
        with self._held() as container:
            return _usage(container) if container and not self._over else self.usage


class CompletedProcess(subprocess.CompletedProcess[Any]):
    """What became of a container: as subprocess has it, with end and usage as in Popen."""

    def __init__(self, args: Any, returncode: int, stdout: Any = None, stderr: Any = None,
                 end: Optional[str] = None, usage: Optional[Dict[str, int]] = None) -> None:
        super().__init__(args, returncode, stdout, stderr)
        self.end = end
        self.usage = usage

    def check_returncode(self) -> None:
        """Raise CalledProcessError unless the program exited with 0."""
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr,
                                     self.end, self.usage)


def _run(popen: Callable[..., Popen], input: Any, capture_output: bool, timeout: Optional[float],
         check: bool, streams: Dict[str, Any]) -> CompletedProcess:
    if input is not None:
        if streams.get("stdin") is not None:
            raise ValueError("stdin and input may not both be used.")
        streams["stdin"] = subprocess.PIPE
    if capture_output:
        if streams.get("stdout") is not None or streams.get("stderr") is not None:
            raise ValueError("stdout and stderr may not be used with capture_output.")
        streams["stdout"] = streams["stderr"] = subprocess.PIPE
    with popen(**streams) as process:
        stdout, stderr = process.communicate(input, timeout)
    completed = CompletedProcess(process.args, process.wait(), stdout, stderr, process.end,
                                 process.usage)
    if check:
        completed.check_returncode()
    return completed


def run(args: Any, *, input: Any = None, capture_output: bool = False,
        timeout: Optional[float] = None, check: bool = False, **keywords: Any) -> CompletedProcess:
    """Run a container to its end, as subprocess.run(). The keywords are those of Popen.

    At the timeout, in seconds, all its processes are killed and TimeoutExpired is raised. The
    keyword wall_time is a limit of the container's: it is told by the result.
    """
    def popen(**more: Any) -> Popen:
        return Popen(args, **{**keywords, **more})

    return _run(popen, input, capture_output, timeout, check, {
        name: keywords.get(name) for name in ("stdin", "stdout", "stderr")})


class Plan:
    """A Spec that was checked and compiled once, for many containers, from any threads.

    Each costs less than one of run(). As a context manager it is closed at the end.
    """

    def __init__(self, args: Any, **keywords: Any) -> None:
        self._plan: Optional[_Shared] = None
        self.spec = Spec(args, **keywords)
        with self.spec.build() as built:
            self._plan = _Shared(call(lib.ctr_plan_compile, built), lib.ctr_plan_free)

    def __enter__(self) -> "Plan":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Free it, as soon as no thread uses it any more; containers of it go on."""
        if self._plan:
            self._plan.close()

    def _use(self) -> ContextManager[Any]:
        if not self._plan:
            raise ValueError("the plan was closed")
        return self._plan.use()

    def steps(self) -> List[str]:
        """What making a container of it consists of, one line each."""
        lines = []
        with self._use() as plan:
            for index in range(lib.ctr_plan_count(plan)):
                size = lib.ctr_plan_describe(plan, index, None, 0) + 1
                text = ctypes.create_string_buffer(size)
                lib.ctr_plan_describe(plan, index, text, size)
                lines.append(os.fsdecode(text.value))
        return lines

    def popen(self, **streams: Any) -> Popen:
        """One container of it: a Popen. The keywords are stdin to errors of Popen."""
        def spawn(fds: Sequence[int]) -> Any:
            with self._use() as plan:
                given = call(lib.ctr_given_new)
                try:
                    for target, fd in enumerate(fds):
                        call(lib.ctr_given_set_fd, given, target, fd)
                    return _spawn(lib.ctr_plan_spawn_with, plan, given)
                finally:
                    lib.ctr_given_free(given)

        process = Popen.__new__(Popen)
        process._start(self.spec.args, spawn, **streams)
        return process

    def run(self, *, input: Any = None, capture_output: bool = False,
            timeout: Optional[float] = None, check: bool = False,
            **streams: Any) -> CompletedProcess:
        """One container of it, to its end, as run()."""
        return _run(self.popen, input, capture_output, timeout, check, streams)
