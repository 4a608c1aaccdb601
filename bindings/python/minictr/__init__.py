# SPDX-License-Identifier: MIT
"""Run programs in containers, as subprocess runs them without.

    >>> import minictr
    >>> minictr.run(["hostname"], hostname="box", capture_output=True, text=True).stdout
    'box\\n'

A binding of libminictr: there is no daemon, no other program is run and nothing has to be
set up. What a container is when nothing else is said: the host's files, read-only, with a
/tmp of its own; namespaces of its own, a network without interfaces but the loopback
included; user 0 with few capabilities, and a filter of system calls. See Spec for the
keywords that change it.

The library is found by the name of its soname, or by the path in MINICTR_LIBRARY.

Threads: everything may be called from any thread, and of one object by several at once, but for
Popen.communicate(); others run while a call waits. A container ends with this process, however
that ends.
"""

from subprocess import DEVNULL, PIPE, STDOUT, TimeoutExpired

from .calls import call, check_call, check_output
from .errors import CalledProcessError, Code, MinictrError, ProgramNotFound
from .process import CompletedProcess, Plan, Popen, run
from .spec import Bind, Spec, Tmpfs
from ._lib import version

__all__ = [
    "Bind", "CalledProcessError", "Code", "CompletedProcess", "DEVNULL", "MinictrError",
    "PIPE", "Plan", "Popen", "ProgramNotFound", "STDOUT", "Spec", "TimeoutExpired", "Tmpfs",
    "call", "check_call", "check_output", "run", "version",
]
