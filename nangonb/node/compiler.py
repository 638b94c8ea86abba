"""What the TypeScript compiler says of files, asked of a process that stays: an edit takes a moment."""

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
from typing import Any, Final, Literal

from nangonb.node.find import find_node
from nangonb.node.packages import cache_folder, installed
from nangonb.node.process import NodeProcess

_SECONDS: Final = 60.0
_KEPT: Final = 50
_VERDICTS: Final = 500
Layout = Literal["nango-yaml", "zero-yaml"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong: ``line`` and ``column`` count from 1 in ``file``, ``text`` stands there.

    ``code`` is ``ts-2305`` for what the compiler says, else that of a rule. ``hint`` and ``layouts`` (those
    whose CLI refuses it) come with rules only.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    text: str = ""
    hint: str = ""
    layouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of files, in their order; ``absent`` are those that nothing imports: not checked.

    ``places`` has (line, column) of what scripts say that declare themselves: file → property → place.
    """

    found: tuple[Diagnostic, ...]
    absent: frozenset[str]
    places: Mapping[str, Mapping[str, tuple[int, int]]]


class Compiler:
    """Checks folders that are in memory only. What has not changed is not asked again, nor what another
    process found to be right."""

    def __init__(self, process: NodeProcess | None = None) -> None:
        self.process = process or NodeProcess("compiler")
        self._known: dict[str, Checked] = {}

    def check(
        self,
        layout: Layout,
        files: Mapping[str, str],
        roots: Sequence[str],
        wanted: Sequence[Mapping[str, Any]],
    ) -> Checked:
        """``files`` are all of a folder of this layout, path → text, ``roots`` its scripts. ``wanted`` are
        those to check, as ``host/compiler.mjs`` takes them.

        Raises:
            NodeMissing, ConfigurationError: there is no Node.js, or its packages cannot be installed.
            ProcessDied, OutOfTime, ScriptFailure: it could not be checked.
        """
        message = {"layout": layout, "files": files, "roots": roots, "wanted": wanted}
        key = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
        find_node()
        if key not in self._known:
            told = _kept(key)
            if told is None:
                installed()
                told = self.process.check(message, deadline=time.monotonic() + _SECONDS)
                _keep(key, told)
            for old in list(self._known)[: len(self._known) + 1 - _KEPT]:
                del self._known[old]
            self._known[key] = _checked(told)
        return self._known[key]


def _checked(told: Mapping[str, Any]) -> Checked:
    found = tuple(Diagnostic(**{**one, "layouts": tuple(one.get("layouts", ()))}) for one in told["found"])
    places = {
        file: {name: (at["line"], at["column"]) for name, at in said.items()}
        for file, said in told["places"].items()
    }
    return Checked(found, frozenset(told["absent"]), places)


# What was found to be right is kept for other processes: a command compiles only what is new to it.


def _kept(key: str) -> dict[str, Any] | None:
    try:
        return {"found": [], **json.loads(_file(key).read_text("utf-8"))}
    except (OSError, ValueError):
        return None


def _keep(key: str, told: Mapping[str, Any]) -> None:
    if told["found"]:
        return  # it may quote the script
    path = _file(key)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump({"absent": told["absent"], "places": told["places"]}, file)
        Path(file.name).replace(path)
        by_age = sorted(path.parent.iterdir(), key=lambda each: each.stat().st_mtime)
        for old in by_age[:-_VERDICTS]:
            old.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return cache_folder() / f"compiled-{_own_digest()}" / f"{key}.json"


@cache
def _own_digest() -> str:
    """Of all that a verdict depends on besides the scripts."""
    here = Path(__file__).parent
    paths = sorted(each for name in ("host", "types", "packages") for each in (here / name).rglob("*"))
    texts = [each.read_bytes() for each in paths if each.is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:12]


_TYPES: Final = Path(__file__).parent / "types"


@cache
def sdk_declarations() -> str:
    """What scripts see of Nango in ``models.ts``, below the models."""
    return (_TYPES / "sdk.ts").read_text("utf-8")


def sdk_types() -> tuple[str, str]:
    """The declarations of the ``nango`` object for scripts of both styles."""
    return sdk_declarations(), (_TYPES / "nango.d.ts").read_text("utf-8")


_threads = threading.local()


def compiler() -> Compiler:
    """The one of this thread."""
    found: Compiler | None = getattr(_threads, "compiler", None)
    if found is None:
        found = _threads.compiler = Compiler()
    return found
