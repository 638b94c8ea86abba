"""Diagnostics of the TypeScript compiler, from a long-lived process: a check after an edit is fast."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from nangonb._node.find import find_node
from nangonb._node.packages import cache_folder, installed
from nangonb._node.process import NodeProcess
from nangonb._project import Layout, layout_named

_SECONDS: Final = 60.0
_CACHED: Final = 50
_CACHED_ON_DISK: Final = 500


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: ``line`` and ``column`` count from 1 in ``file``, ``text`` is the source text.

    ``code`` is ``ts-2305`` for a finding of the compiler, else that of a rule. Only rules have ``hint`` and
    ``layouts`` (those whose CLI rejects it).
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    text: str = ""
    hint: str = ""
    layouts: tuple[Layout, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The diagnostics of files, in their order; ``absent`` are files that no script imports: not checked.

    ``places`` has the (line, column) of properties of createSync and the like: file → property → place.
    """

    diagnostics: tuple[Diagnostic, ...]
    absent: frozenset[str]
    places: Mapping[str, Mapping[str, tuple[int, int]]]


class Compiler:
    """Checks folders in memory. Results are cached, and those without diagnostics are shared with other
    processes."""

    def __init__(self, process: NodeProcess | None = None) -> None:
        self.process = process or NodeProcess("compiler")
        self._cache: dict[str, Checked] = {}

    def check(
        self,
        layout: Layout,
        files: Mapping[str, str],
        roots: Sequence[str],
        targets: Sequence[Mapping[str, Any]],
    ) -> Checked:
        """Check ``files``, the whole folder of a layout (path → text); ``roots`` are its scripts.

        ``targets`` are the files to check, in the form of ``host/compiler.mjs``.

        Raises:
            NodeMissing, ConfigurationError: Node.js is missing, or its packages cannot be installed.
            ProcessDied, OutOfTime, ScriptFailure: the check failed.
        """
        message = {"layout": layout.name, "files": files, "roots": roots, "targets": targets}
        key = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
        find_node()
        if key not in self._cache:
            result = _from_disk(key)
            if result is None:
                installed()
                result = self.process.check(message, deadline=time.monotonic() + _SECONDS)
                _to_disk(key, result)
            for old in list(self._cache)[: len(self._cache) + 1 - _CACHED]:
                del self._cache[old]
            self._cache[key] = _checked(result)
        return self._cache[key]


def _checked(result: Mapping[str, Any]) -> Checked:
    diagnostics = tuple(
        Diagnostic(**{**one, "layouts": tuple(map(layout_named, one.get("layouts", ())))})
        for one in result["diagnostics"]
    )
    places = {
        file: {name: (at["line"], at["column"]) for name, at in properties.items()}
        for file, properties in result["places"].items()
    }
    return Checked(diagnostics, frozenset(result["absent"]), places)


# Results without diagnostics are cached on disk: a command compiles only new files.


def _from_disk(key: str) -> dict[str, Any] | None:
    try:
        return {"diagnostics": [], **json.loads(_file(key).read_text("utf-8"))}
    except (OSError, ValueError):
        return None


def _to_disk(key: str, result: Mapping[str, Any]) -> None:
    if result["diagnostics"]:
        return  # diagnostics may quote the script
    path = _file(key)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump({"absent": result["absent"], "places": result["places"]}, file)
        Path(file.name).replace(path)
        by_age = sorted(path.parent.iterdir(), key=lambda each: each.stat().st_mtime)
        for old in by_age[:-_CACHED_ON_DISK]:
            old.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return cache_folder() / f"compiled-{_own_digest()}" / f"{key}.json"


@cache
def _own_digest() -> str:
    """Return a digest of the files besides the scripts that affect a result."""
    here = Path(__file__).parent
    paths = sorted(each for name in ("host", "types", "packages") for each in (here / name).rglob("*"))
    texts = [each.read_bytes() for each in paths if each.is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:12]


_TYPES: Final = Path(__file__).parent / "types"


@cache
def sdk_declarations() -> str:
    """Return the declarations of ``models.ts`` for scripts of nango.yaml, below the models."""
    return (_TYPES / "sdk.ts").read_text("utf-8")


def sdk_types() -> tuple[str, str]:
    """Return the declarations of the ``nango`` object for scripts of both styles."""
    return sdk_declarations(), (_TYPES / "nango.d.ts").read_text("utf-8")


_threads = threading.local()


def compiler() -> Compiler:
    """Return the compiler of this thread."""
    if not hasattr(_threads, "compiler"):
        _threads.compiler = Compiler()
    instance: Compiler = _threads.compiler
    return instance
