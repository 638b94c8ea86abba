"""Exports again and again into fresh copies of a folder, each killed at a later change of the file system.

``python -m tests.export.killed NOTEBOOK FOLDER LAYOUT COPIES``: the copies are COPIES/1, COPIES/2 …, and
one more, in which the export came to its end. The kill is real (SIGKILL), and comes before the n-th change;
before a file is put in its place, once with half of it written.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from nangonb._folders import read
from tests.exporting import export

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def kill_at(number: int, folder: str) -> None:
    """Kill this process at its ``number``-th change of something in ``folder``."""
    seen = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal seen
        changes = event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT)
        if not changes or isinstance(args[0], int) or not os.fspath(args[0]).startswith(folder):
            return
        for half in (True, False) if event == "os.rename" else (False,):
            seen += 1
            if seen == number:
                if half:
                    os.truncate(args[0], Path(args[0]).stat().st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(notebook: str, folder: str, layout: str, copies: str) -> None:
    project = read([notebook])
    for number in count(1):
        copy = Path(copies) / str(number)
        shutil.copytree(folder, copy)
        child = os.fork()
        if child == 0:
            kill_at(number, f"{copy}/")
            export(project, copy, layout=layout, prune=True)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            return
        assert status == -signal.SIGKILL, status


if __name__ == "__main__":
    main(*sys.argv[1:])
