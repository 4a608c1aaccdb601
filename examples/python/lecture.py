#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""The lecture's container: lecture.py run CMD [ARG...].

CMD runs in new UTS, PID and mount namespaces, in the directory that ROOTFS names, with /proc,
as host "container", with at most 20 processes.
"""

import logging
import os
import sys

import minictr


def main():
    if len(sys.argv) < 3 or sys.argv[1] != "run":
        sys.exit("usage: lecture.py run CMD [ARG...]")
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    logging.info("Running [%s]", " ".join(sys.argv[1:]))
    try:
        with minictr.Popen(
            sys.argv[2:],
            rootfs=os.environ.get("ROOTFS"),
            hostname="container",
            host_namespaces=["ipc", "net", "cgroup"],
            pids=20,
        ) as process:
            returncode = process.wait()
    except minictr.MinictrError as error:
        sys.exit(f"lecture.py: {error}")
    return returncode if returncode >= 0 else 128 - returncode


if __name__ == "__main__":
    sys.exit(main())
