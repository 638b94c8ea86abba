"""What scripts declare with ``createSync`` and the like: read, where it is literal, and else evaluated.

Reading runs nothing (``host/literals.mjs``). Evaluating runs what stands outside of functions: in a process
that the system isolates, or where whoever asks says that the code is trusted.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from nangonb.errors import ConfigurationError
from nangonb.node.compiler import compiler
from nangonb.node.find import NodeMissing, find_node, node_for
from nangonb.node.isolation import isolation
from nangonb.node.packages import installed, there
from nangonb.node.process import NodeProcess, OutOfTime, ProcessDied, ScriptFailure
from nangonb.project import Declaration, Place, Problem, Source, reachable

_SECONDS: Final = 10.0
_READ_SECONDS: Final = 60.0
_KEPT: Final = 500
_PACKAGES: Final = re.compile(r"""\bfrom\s+['"](zod|soap|unzipper|botbuilder)\b""")
_UNREAD: Final = "unread"
TRUST_HINT: Final = "Look at the code; where you trust it, add --trust (in Python: trust=True)."


class Declarer:
    """What scripts declare, for an :data:`~nangonb.project.Evaluate`; the same text is asked only once."""

    def __init__(self) -> None:
        self._process = NodeProcess()
        self._known: dict[str, Declaration] = {}

    def __call__(
        self, files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool
    ) -> Mapping[str, Declaration | Problem]:
        try:
            with node_for("What createSync and the like declare is read with"):
                find_node()
                ready(files)
        except NodeMissing as error:
            return {
                each: Problem("needs-node", error.message, files[each].top, error.hint) for each in entries
            }
        except ConfigurationError as error:
            said = f"{error.message} {error.hint}"
            return {each: Problem("needs-node", said, files[each].top) for each in entries}
        texts = {path: source.text for path, source in files.items()}
        asked = {entry: {path: files[path] for path in reachable(entry, texts)} for entry in entries}
        keys = {entry: _key(entry, own) for entry, own in asked.items()}
        read = _read(files, [entry for entry in entries if keys[entry] not in self._known])
        return {
            entry: self._known.get(keys[entry])
            or self._kept(keys[entry], self._declared(own, entry, read[entry], trusted=trusted))
            for entry, own in asked.items()
        }

    def _kept(self, key: str, found: Declaration | Problem) -> Declaration | Problem:
        if not isinstance(found, Problem):  # it names cells, whose labels change
            for old in list(self._known)[: len(self._known) + 1 - _KEPT]:
                del self._known[old]
            self._known[key] = found
        return found

    def _declared(
        self, files: Mapping[str, Source], entry: str, read: Mapping[str, Any], *, trusted: bool
    ) -> Declaration | Problem:
        if "found" in read:
            found: Declaration = read["found"]
            return found
        if "names" in read:
            return _unreadable(read["said"], files[entry].place(read["line"]))
        if trusted or isolation():
            return self._evaluate(files, entry)
        fault = self._evaluate(files, entry, only_link=True)
        if isinstance(fault, Problem):
            return fault
        return Problem(
            "needs-trust",
            f"What the script declares is known only by running its code: {read['reason']}. "
            "This system offers no isolation, so that code from someone else is not run unasked.",
            files[read["file"]].place(read["line"]) if read.get("file") in files else files[entry].top,
            TRUST_HINT,
        )

    def _evaluate(
        self, files: Mapping[str, Source], entry: str, *, only_link: bool = False
    ) -> Declaration | Problem:
        place, hint = files[entry].top, ""
        try:
            found = self._process.declare(
                {"entry": entry, "files": script_files(files), "only_link": only_link},
                deadline=time.monotonic() + _SECONDS,
            )
        except ScriptFailure as error:
            said = str(error) if error.kind == "error" or error.name == "SyntaxError" else error.text
            said = said.rstrip(".")
            if error.frames and error.frames[0].file in files:
                frame = error.frames[0]
                place = files[frame.file].place(frame.line, frame.column)
        except ProcessDied as error:
            said = str(error)
        except OutOfTime:
            said = f"evaluating it takes longer than {_SECONDS:g} s"
            hint = "What stands outside of functions runs when the script is read: it should only declare."
        else:
            if found.get("style") in ("zero", _UNREAD):
                return found
            said = "its default export is not what createSync, createAction or createOnEvent gives"
            hint = "export default createSync({ … })"
        return _unreadable(said, place, hint)


def _unreadable(said: str, place: Place, hint: str = "") -> Problem:
    message = f"What the script declares cannot be read: {said}."
    return Problem("typescript-declaration", message, place, hint)


def _key(entry: str, files: Mapping[str, Source]) -> str:
    return hashlib.sha256(json.dumps([entry, sorted(script_files(files).items())]).encode()).hexdigest()


def _read(files: Mapping[str, Source], entries: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """What each declares as far as it is literal: nothing runs."""
    unread: dict[str, Mapping[str, Any]] = {entry: {"reason": "it is not read here"} for entry in entries}
    if not entries or there() is None:  # without packages there is no parser
        return unread
    message = {"files": script_files(files), "entries": list(entries)}
    try:
        return compiler().process.read(message, deadline=time.monotonic() + _READ_SECONDS)
    except (ProcessDied, OutOfTime, ScriptFailure) as error:
        reason = "reading it takes too long" if isinstance(error, OutOfTime) else str(error).rstrip(".")
        return {entry: {"reason": reason} for entry in entries}


def ready(files: Mapping[str, Source]) -> None:
    """Install what these sources import, if it is not there yet. Raises ConfigurationError."""
    if any(_PACKAGES.search(source.text) for source in files.values()):
        installed()


def script_files(files: Mapping[str, Source]) -> dict[str, dict[str, object]]:
    """Sources as the host takes them. ``models.ts``, which the CLI generates, has types only."""
    sent: dict[str, dict[str, object]] = {
        path: {"text": source.body, "offset": source.offset} for path, source in files.items()
    }
    return {"models.ts": {"text": "", "offset": 0}, **sent}


_threads = threading.local()


def evaluate(
    files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool = True
) -> Mapping[str, Declaration | Problem]:
    """An :data:`~nangonb.project.Evaluate` with what this thread knows already.

    Without ``trusted``, code of scripts runs only where the system isolates it.
    """
    found: Declarer | None = getattr(_threads, "declarer", None)
    if found is None:
        found = _threads.declarer = Declarer()
    return found(files, entries, trusted=trusted)
