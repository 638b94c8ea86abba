"""Declarations of scripts with ``createSync`` and the like: read if they are literal, else evaluated.

Reading runs no code (``host/literals.mjs``). Evaluating runs the code outside of functions: in a process that
the system isolates, or if the caller trusts the code.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from nangonb._node.compiler import compiler
from nangonb._node.find import NodeMissing, find_node, node_for
from nangonb._node.isolation import isolation
from nangonb._node.packages import installed, packages_folder
from nangonb._node.process import NodeProcess, OutOfTime, ProcessDied, ScriptFailure
from nangonb._project import Declaration, Place, Problem, Source, reachable
from nangonb.errors import ConfigurationError

_SECONDS: Final = 10.0
_READ_SECONDS: Final = 60.0
_CACHED: Final = 500
_PACKAGES: Final = re.compile(r"""\bfrom\s+['"](zod|soap|unzipper|botbuilder)\b""")
_UNREAD: Final = "unread"
TRUST_HINT: Final = "Review the code, then add --trust (in Python: trust=True)."


class Declarer:
    """An :data:`~nangonb._project.Evaluate` with a cache."""

    def __init__(self) -> None:
        self._process = NodeProcess()
        self._cache: dict[str, Declaration] = {}

    def __call__(
        self, files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool
    ) -> Mapping[str, Declaration | Problem]:
        try:
            with node_for("Declarations of createSync, createAction and createOnEvent are read with"):
                find_node()
                ready(files)
        except NodeMissing as error:
            return {
                each: Problem("needs-node", error.message, files[each].top, error.hint) for each in entries
            }
        except ConfigurationError as error:
            message = f"{error.message} {error.hint}"
            return {each: Problem("needs-node", message, files[each].top) for each in entries}
        texts = {path: source.text for path, source in files.items()}
        sources = {entry: {path: files[path] for path in reachable(entry, texts)} for entry in entries}
        keys = {entry: _key(entry, own) for entry, own in sources.items()}
        read = _read(files, [entry for entry in entries if keys[entry] not in self._cache])
        return {
            entry: self._cache.get(keys[entry])
            or self._store(keys[entry], self._declared(own, entry, read[entry], trusted=trusted))
            for entry, own in sources.items()
        }

    def _store(self, key: str, declaration: Declaration | Problem) -> Declaration | Problem:
        if not isinstance(declaration, Problem):  # it has labels of cells, which change
            for old in list(self._cache)[: len(self._cache) + 1 - _CACHED]:
                del self._cache[old]
            self._cache[key] = declaration
        return declaration

    def _declared(
        self, files: Mapping[str, Source], entry: str, read: Mapping[str, Any], *, trusted: bool
    ) -> Declaration | Problem:
        if "declaration" in read:
            declaration: Declaration = read["declaration"]
            return declaration
        if "names" in read:
            return _unreadable(read["message"], files[entry].place(read["line"]))
        if trusted or isolation():
            return self._evaluate(files, entry)
        fault = self._evaluate(files, entry, only_link=True)
        if isinstance(fault, Problem):
            return fault
        return Problem(
            "needs-trust",
            f"Reading the declaration of the script requires running its code: {read['reason']}. "
            "This code is not trusted, and this system does not isolate it.",
            files[read["file"]].place(read["line"]) if read.get("file") in files else files[entry].top,
            TRUST_HINT,
        )

    def _evaluate(
        self, files: Mapping[str, Source], entry: str, *, only_link: bool = False
    ) -> Declaration | Problem:
        place, hint = files[entry].top, ""
        try:
            declaration = self._process.declare(
                {"entry": entry, "files": script_files(files), "only_link": only_link},
                deadline=time.monotonic() + _SECONDS,
            )
        except ScriptFailure as error:
            reason = str(error) if error.kind == "error" or error.name == "SyntaxError" else error.text
            reason = reason.rstrip(".")
            if error.frames and error.frames[0].file in files:
                frame = error.frames[0]
                place = files[frame.file].place(frame.line, frame.column)
        except ProcessDied as error:
            reason = str(error)
        except OutOfTime:
            reason = f"evaluating it takes longer than {_SECONDS:g} s"
            hint = "Code outside of functions runs when the script is read. Keep only declarations there."
        else:
            if declaration.get("style") in ("zero", _UNREAD):
                return declaration
            reason = "its default export is not a call of createSync, createAction or createOnEvent"
            hint = "Use `export default createSync({ … })`."
        return _unreadable(reason, place, hint)


def _unreadable(reason: str, place: Place, hint: str = "") -> Problem:
    message = f"Cannot read the declaration of the script: {reason}."
    return Problem("typescript-declaration", message, place, hint)


def _key(entry: str, files: Mapping[str, Source]) -> str:
    return hashlib.sha256(json.dumps([entry, sorted(script_files(files).items())]).encode()).hexdigest()


def _read(files: Mapping[str, Source], entries: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the literal declarations. No code runs."""
    unread: dict[str, Mapping[str, Any]] = {entry: {"reason": "it was not read"} for entry in entries}
    if not entries or packages_folder() is None:  # no parser
        return unread
    message = {"files": script_files(files), "entries": list(entries)}
    try:
        return compiler().process.read(message, deadline=time.monotonic() + _READ_SECONDS)
    except (ProcessDied, OutOfTime, ScriptFailure) as error:
        reason = "reading it takes too long" if isinstance(error, OutOfTime) else str(error).rstrip(".")
        return {entry: {"reason": reason} for entry in entries}


def ready(files: Mapping[str, Source]) -> None:
    """Install the packages that these sources import, if they are missing. Raises ConfigurationError."""
    if any(_PACKAGES.search(source.text) for source in files.values()):
        installed()


def script_files(files: Mapping[str, Source]) -> dict[str, dict[str, object]]:
    """Convert sources for the host. ``models.ts``, which the CLI generates, has types only."""
    sent: dict[str, dict[str, object]] = {
        path: {"text": source.body, "offset": source.offset} for path, source in files.items()
    }
    return {"models.ts": {"text": "", "offset": 0}, **sent}


_threads = threading.local()


def evaluate(
    files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool = True
) -> Mapping[str, Declaration | Problem]:
    """An :data:`~nangonb._project.Evaluate` with the cache of this thread.

    Without ``trusted``, code of scripts runs only if the system isolates it.
    """
    if not hasattr(_threads, "declarer"):
        _threads.declarer = Declarer()
    declarer: Declarer = _threads.declarer
    return declarer(files, entries, trusted=trusted)
