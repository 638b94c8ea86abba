"""The sample scripts: what a user would write in a cell, with how to run each.

A sample is ``samples/<name>.py``: a line ``# options: {…}``, ``#|`` lines, the script. Options are the
connection, what a dry run takes (``last_sync_date``, ``input``, ``metadata``, ``variant``), the ``kind``
where the entry function does not say it, and ``writes`` where it changes what the sandbox holds, so that it
needs one of its own. The line ``# expect: {…}`` says what a run of it must have done (:func:`outcome`).
Its name is the file's, with ``-`` for ``_``. Models are in ``samples/models.yaml``, modules below
``samples/modules``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from nangonb._project import layout_named
from nangonb._translate import translate
from tests.sessions import Session

FOLDER: Final = Path(__file__).parent / "samples"
Kind = Literal["sync", "action", "on-event"]
_OPTIONS = re.compile(r"# options: (\{.*\})\n")
_EXPECT = re.compile(r"^# expect: (\{.*\})\n", re.MULTILINE)
_CONFIG = re.compile(r"^#\| (\w+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One script. ``options`` are keywords of ``Session.dryrun``; ``expect`` is what a run gives."""

    name: str
    kind: Kind
    integration: str
    connection: str
    models: tuple[str, ...]
    text: str
    path: Path
    options: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    writes: bool = False
    layouts: tuple[str, ...] = ("nango-yaml", "zero-yaml")

    @property
    def cell(self) -> str:
        """The text of the notebook cell."""
        magic = self.kind.replace("-", "_")
        return f"%%nango_{magic} {self.name}\n{self.text}"


def cells() -> Iterator[tuple[str, str]]:
    """Label and text of the cells that all samples need: the models and the modules."""
    yield "models", "%%nango_yaml models\n" + (FOLDER / "models.yaml").read_text("utf-8")
    modules = FOLDER / "modules"
    for path in sorted(modules.rglob("*.py")):
        name = path.relative_to(modules).with_suffix("").as_posix()
        yield f"module {name}", f"%%nango_module {name}\n{path.read_text('utf-8')}"


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, by name."""
    return tuple(_sample(path) for path in sorted(FOLDER.glob("*.py")))


def declare(session: Session, *chosen: Sample) -> None:
    """Declare the models, the modules and these samples (all where none is named)."""
    for label, text in cells():
        session.declare(text, label=label)
    for sample in chosen or samples():
        session.declare(sample.cell, label=sample.name)


def refusals(sample: Sample, layout: str) -> set[str]:
    """The codes with which the translator refuses a sample."""
    session = Session()
    declare(session, sample)
    script = session.project.script(sample.name, sample.integration)
    return {problem.code for problem in translate(session.project, script, layout_named(layout)).problems}


def _sample(path: Path) -> Sample:
    text = path.read_text("utf-8")
    found = _OPTIONS.match(text)
    options = json.loads(found[1]) if found else {}
    expected = _EXPECT.search(text)
    config = dict(_CONFIG.findall(text))
    kind = options.pop("kind", "action" if re.search(r"^def run_action\(", text, re.MULTILINE) else "sync")
    writes = options.pop("writes", False)
    layouts = tuple(options.pop("layouts", ("nango-yaml", "zero-yaml")))
    output = config.get("output", "") if kind == "sync" else ""
    return Sample(
        name=path.stem.replace("_", "-"),
        kind=kind,
        integration=config["integration"],
        connection=options.pop("connection"),
        models=tuple(part.strip() for part in output.strip("[]").split(",") if part.strip()),
        text=text,
        path=path,
        options=options,
        expect=json.loads(expected[1]) if expected else {},
        writes=writes,
        layouts=layouts,
    )


def outcome(document: dict[str, Any]) -> dict[str, Any]:
    """What a run did, in short: counts of requests and records, log lines, and its output or error."""
    error = document["error"]
    short: dict[str, Any] = {"requests": len(document["requests"])}
    for name in ("records", "updated", "deleted"):
        counts = {model: len(rows) for model, rows in document[name].items() if rows}
        if counts:
            short[name] = counts
    if document["logs"]:
        short["logs"] = len(document["logs"])
    if document["metadataWrites"]:
        short["metadata_writes"] = len(document["metadataWrites"])
    if document["output"] is not None:
        short["output"] = sorted(document["output"])
    if error is not None:
        short["error"] = error["type"]
    return short


#: The samples that the translator carries over.
