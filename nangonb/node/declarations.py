"""What scripts declare with ``createSync`` and the like: their modules are evaluated in Node.js."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from nangonb.errors import ConfigurationError
from nangonb.node.find import NodeMissing, find_node, node_for
from nangonb.node.packages import installed
from nangonb.node.process import NodeProcess, OutOfTime, ProcessDied, ScriptFailure
from nangonb.project import Declaration, Problem, Source, reachable

_SECONDS: Final = 10.0
_KEPT: Final = 500
_PACKAGES: Final = re.compile(r"""\bfrom\s+['"](zod|soap|unzipper|botbuilder)\b""")


class Declarer:
    """An :data:`~nangonb.project.Evaluate`. Nothing is asked of a network, and the same text only once."""

    def __init__(self, process: NodeProcess | None = None) -> None:
        self._process = process or NodeProcess()
        self._known: dict[str, Declaration] = {}

    def __call__(
        self, files: Mapping[str, Source], entries: Sequence[str]
    ) -> Mapping[str, Declaration | Problem]:
        try:
            with node_for("What createSync and the like declare is read with"):
                find_node()
                ready(files)
        except NodeMissing as error:
            return {
                each: Problem("needs-node", "warning", error.message, files[each].top, error.hint)
                for each in entries
            }
        except ConfigurationError as error:
            said = f"{error.message} {error.hint}"
            return {each: Problem("needs-node", "warning", said, files[each].top) for each in entries}
        texts = {path: source.text for path, source in files.items()}
        return {
            entry: self._evaluated({path: files[path] for path in reachable(entry, texts)}, entry)
            for entry in entries
        }

    def _evaluated(self, files: Mapping[str, Source], entry: str) -> Declaration | Problem:
        sent = script_files(files)
        key = hashlib.sha256(json.dumps([entry, sorted(sent.items())]).encode()).hexdigest()
        if key not in self._known:
            found = self._evaluate(files, entry, sent)
            if isinstance(found, Problem):  # it names cells, whose labels change
                return found
            for old in list(self._known)[: len(self._known) + 1 - _KEPT]:
                del self._known[old]
            self._known[key] = found
        return self._known[key]

    def _evaluate(
        self, files: Mapping[str, Source], entry: str, sent: Mapping[str, Mapping[str, object]]
    ) -> Declaration | Problem:
        place, hint = files[entry].top, ""
        try:
            found = self._process.declare(
                {"entry": entry, "files": sent}, deadline=time.monotonic() + _SECONDS
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
            if found.get("style") == "zero":
                return found
            said = "its default export is not what createSync, createAction or createOnEvent gives"
            hint = "export default createSync({ … })"
        return Problem(
            "typescript-declaration",
            "error",
            f"What the script declares cannot be read: {said}.",
            place,
            hint,
        )


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


def evaluate(files: Mapping[str, Source], entries: Sequence[str]) -> Mapping[str, Declaration | Problem]:
    """The :class:`Declarer` of this thread."""
    found: Declarer | None = getattr(_threads, "declarer", None)
    if found is None:
        found = _threads.declarer = Declarer()
    return found(files, entries)
