"""A disk that is full, for real: a small tmpfs in a mount namespace of the child's own, gone with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
_NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")
_HEAD = """
import json, os, subprocess, sys
from pathlib import Path
disk = Path(sys.argv[1])

def fill():
    "Leaves no room on it; gives what takes the room."
    path = disk / "filler"
    with path.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"x" * 4096):
                pass
        except OSError as error:
            assert error.errno == 28, error
    return path

def files(folder="."):
    "Text of all files below, by path."
    below = sorted((disk / folder).rglob("*"))
    return {path.relative_to(disk).as_posix(): path.read_text() for path in below if path.is_file()}

def nangonb(*words):
    "The command, run in the disk."
    done = subprocess.run([sys.executable, "-m", "nangonb", *words], cwd=disk, capture_output=True, text=True)
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}
"""


@cache
def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    line = "mount -t tmpfs -o size=64k tmpfs /mnt"
    return subprocess.run([*_NAMESPACE, line], capture_output=True).returncode == 0


def on_small_disk(code: str, folder: Path, *words: str, kilobytes: int = 256) -> Any:
    """Runs ``code`` with ``disk``, ``fill()``, ``files()`` and ``nangonb()``; gives what it prints as JSON.

    ``folder`` is where the disk is put; what is in it is copied there. ``words`` are ``sys.argv[2:]``.
    """
    if not _may_mount():
        pytest.skip("this machine lets us mount no small disk (needs unshare, and tmpfs in a user namespace)")
    lines = (
        'mkdir -p "$1" && cp -a "$1" "$1.all" && '
        f'mount -t tmpfs -o size={kilobytes}k tmpfs "$1" && cp -a "$1.all/." "$1" && shift && exec "$@"'
    )
    command = [sys.executable, "-c", _HEAD + code, folder, *words]
    done = subprocess.run(
        [*_NAMESPACE, lines, "sh", folder, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # not even from a finalizer
    return json.loads(done.stdout)
