# SPDX-License-Identifier: MIT
"""What can go wrong."""

import enum
import subprocess


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
    """

    def __init__(self, code, errno, step, object, hint, message):
        super().__init__(errno, message)
        self.code = code
        self.step = step
        self.object = object
        self.hint = hint

    def __str__(self):
        return self.strerror

    def __reduce__(self):  # for another process: OSError would give two arguments
        return type(self), (self.code, self.errno, self.step, self.object, self.hint,
                            self.strerror)


class ProgramNotFound(MinictrError, FileNotFoundError):
    """The program does not exist in the container: Code.NOT_FOUND."""


class CalledProcessError(subprocess.CalledProcessError):
    """A program did not exit with 0. end and usage are as in CompletedProcess."""

    def __init__(self, returncode, cmd, output=None, stderr=None, end=None, usage=None):
        super().__init__(returncode, cmd, output, stderr)
        self.end = end
        self.usage = usage

    def __str__(self):
        text = super().__str__()
        if self.end in ("exited", "signalled"):
            return text
        return f"{text} ({self.end})"
