"""How much memory this process holds, and how much more the machine has for it. Bytes, all of them."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_UNLIMITED = 2**60
_PAGE = resource.getpagesize()


def resident() -> int:
    """What lies in memory now; where the system does not tell, the most that there ever was."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def available() -> int:
    """What may still be taken without swapping, also by the limit of a container."""
    return max(min(_of_machine(), _of_container()), 0)


def _of_machine() -> int:
    try:
        for line in _MEMINFO.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    # other programs take their share of it; half is a guess on the safe side
    return os.sysconf("SC_PHYS_PAGES") * _PAGE // 2


def _of_container() -> int:
    try:
        most = (_CGROUP / "memory.max").read_text("ascii").strip()
        if most == "max":
            return _UNLIMITED
        taken = int((_CGROUP / "memory.current").read_text("ascii"))
        # pages of files count as taken, and are given back when they are needed
        given_back = next(
            int(line.split()[1])
            for line in (_CGROUP / "memory.stat").read_text("ascii").splitlines()
            if line.startswith("inactive_file ")
        )
        return int(most) - taken + given_back
    except (OSError, ValueError, StopIteration):
        return _UNLIMITED
