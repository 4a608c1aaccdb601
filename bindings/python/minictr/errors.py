# SPDX-License-Identifier: MIT
"""What can go wrong."""

import enum
import errno
import subprocess
from typing import Any, Dict, Optional, Tuple, Type


class Code(enum.IntEnum):
    """The kind of a MinictrError, as in minictr/error.h."""

    INVALID = 1
    NOMEM = 2
    SYSTEM = 3
    NOT_FOUND = 4
    NOT_EXECUTABLE = 5
    UNSUPPORTED = 6
    TIMEOUT = 7
    KILLED = 8
    STATE = 9
    LOST = 10


class MinictrError(OSError):
    """The container could not be made, or something could not be done to it.

    code: a Code. errno: the kernel's, 0 if none was involved. step: what was being done;
    object: to what; hint: the cause or the cure. The last three are "" if not known.

    Where Python has an exception for the errno, the error is one of that class too: a missing
    directory is a FileNotFoundError, what is not permitted a PermissionError.
    """

    errno: int
    strerror: str

    def __init__(self, code: Code, errno: int, step: str, object: str, hint: str,
                 message: str) -> None:
        super().__init__(errno, message)
        self.code = code
        self.step = step
        self.object = object
        self.hint = hint

    def __str__(self) -> str:
        return self.strerror

    def __reduce__(self) -> Tuple[Any, ...]:  # for another process: OSError would give two
        return make_error, (self.code, self.errno, self.step, self.object, self.hint,
                            self.strerror)


class ProgramNotFound(MinictrError, FileNotFoundError):
    """The program does not exist in the container: Code.NOT_FOUND."""


def _subclasses() -> Dict[type, Type[MinictrError]]:
    """For each class that Python has for an errno, one that is a MinictrError as well."""
    classes: Dict[type, Type[MinictrError]] = {OSError: MinictrError}
    for number in errno.errorcode:
        base = type(OSError(number, ""))
        if base not in classes:
            classes[base] = type(f"Minictr{base.__name__}", (MinictrError, base),
                                 {"__module__": __name__, "__doc__": base.__doc__})
    return classes


_classes = _subclasses()
globals().update({kind.__name__: kind for kind in _classes.values()})  # pickle looks there


def make_error(code: Code, number: int, step: str, object: str, hint: str,
               message: str) -> MinictrError:
    """The error of the most fitting class."""
    kind = _classes[type(OSError(number, ""))]
    if code == Code.NOT_FOUND:
        kind = ProgramNotFound
    return kind(code, number, step, object, hint, message)


class CalledProcessError(subprocess.CalledProcessError):
    """A program did not exit with 0. end and usage are as in CompletedProcess."""

    def __init__(self, returncode: int, cmd: Any, output: Any = None, stderr: Any = None,
                 end: Optional[str] = None, usage: Optional[Dict[str, int]] = None) -> None:
        super().__init__(returncode, cmd, output, stderr)
        self.end = end
        self.usage = usage

    def __str__(self) -> str:
        text = super().__str__()
        if self.end in ("exited", "signalled"):
            return text
        return f"{text} ({self.end})"
