"""What the TypeScript compiler says of files, asked of a process that stays: an edit takes a moment."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from nangonb.node.packages import installed
from nangonb.node.process import NodeProcess

_SECONDS: Final = 60.0
_KEPT: Final = 50
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
    """Checks folders that are in memory only. What has not changed is not asked again."""

    def __init__(self, process: NodeProcess | None = None) -> None:
        self._process = process or NodeProcess("compiler")
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
        if key not in self._known:
            installed()
            told = self._process.check(message, deadline=time.monotonic() + _SECONDS)
            for old in list(self._known)[: len(self._known) + 1 - _KEPT]:
                del self._known[old]
            found = tuple(
                Diagnostic(**{**one, "layouts": tuple(one.get("layouts", ()))}) for one in told["found"]
            )
            places = {
                file: {name: (at["line"], at["column"]) for name, at in said.items()}
                for file, said in told["places"].items()
            }
            self._known[key] = Checked(found, frozenset(told["absent"]), places)
        return self._known[key]


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
