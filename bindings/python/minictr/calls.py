# SPDX-License-Identifier: MIT
"""run() by the other names that subprocess has for it. The keywords are those of run()."""

import subprocess
from typing import Any

from .process import run


def call(args: Any, **keywords: Any) -> int:
    """Run a container to its end, and return the returncode."""
    return run(args, **keywords).returncode


def check_call(args: Any, **keywords: Any) -> int:
    """The same, and raise CalledProcessError unless the program exits with 0."""
    return run(args, check=True, **keywords).returncode


def check_output(args: Any, **keywords: Any) -> Any:
    """The same, and return what the program has written to standard output."""
    for name in "stdout", "check":
        if name in keywords:
            raise ValueError(f"{name} argument not allowed, it will be overridden.")
    return run(args, stdout=subprocess.PIPE, check=True, **keywords).stdout
