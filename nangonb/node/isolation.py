"""What the operating system takes from a process that runs scripts: the network, and other processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from typing import Final

_SECONDS: Final = 10.0
# namespaces of its own: no network but an unconnected loopback, no process to send a signal to, no privileges
_FLAGS: Final = ("--user", "--net", "--ipc", "--pid", "--fork", "--kill-child=KILL")


@cache
def isolation() -> tuple[str, ...]:
    """What stands before a command to isolate it; empty where this system offers nothing.

    It is tried once: containers and some distributions forbid namespaces to users.
    """
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    command = (unshare, *_FLAGS, "--")
    try:
        done = subprocess.run(
            [*command, "true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if done.returncode == 0 else ()
