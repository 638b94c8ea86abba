"""Isolation of the process that runs scripts by the operating system: no network, no other processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from typing import Final

_SECONDS: Final = 10.0
# own namespaces: no network except an unconnected loopback, no process to signal, no privileges
_FLAGS: Final = ("--user", "--net", "--ipc", "--pid", "--fork", "--kill-child=KILL")


@cache
def isolation() -> tuple[str, ...]:
    """Return the prefix of a command that isolates it; empty if this system does not support that.

    Tried once: containers and some distributions forbid user namespaces.
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
