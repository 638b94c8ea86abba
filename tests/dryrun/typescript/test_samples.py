"""Every sample script, translated and declared as a TypeScript cell, runs as its Python does.

The same samples that `make interop` runs through the real CLIs: what Node makes of them here must be what
Nango's compiler and runner make of them there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nangonb._project import layout_named
from nangonb._translate import translate, translate_module
from tests.interop.equal import PythonRun, RecordingSession, compare
from tests.interop.project import Worlds
from tests.interop.scripts import Sample, cells, declare, samples
from tests.sandbox.process import Sandbox
from tests.sessions import Session


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    with Worlds() as worlds:
        yield worlds


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_equal(sample: Sample, worlds: Worlds) -> None:
    """In each layout that has the script: both styles of TypeScript."""
    for layout in sample.layouts:
        assert worlds.differences(sample, lambda at, layout=layout: _run(sample, layout, at), _compare) == []  # type: ignore[misc]


def _run(sample: Sample, layout: str, at: Sandbox) -> PythonRun:
    session = RecordingSession(at.url, at.key)
    try:
        _declare(session, sample, layout)
        return session.run(sample.name, sample.connection, **sample.options)
    finally:
        session.close()


def _declare(session: Session, sample: Sample, layout: str) -> None:
    python = Session()
    declare(python, sample)
    for label, text in cells():
        if not label.startswith("module"):
            session.declare(text, label=label)
    for module in python.project.modules:
        code = translate_module(python.project, module, layout_named(layout)).code
        session.declare(f"%%nango_module_ts {module.path}\n{code}", label=module.path)
    script = python.project.script(sample.name, sample.integration)
    config = "".join(f"//{line[1:]}\n" for line in sample.text.splitlines() if line.startswith("#| "))
    magic = f"{sample.kind.replace('-', '_')}_ts"
    if layout == "zero-yaml":
        config, magic = "", f"{magic} {sample.name} --integration-id {sample.integration}"
    else:
        magic = f"{magic} {sample.name}"
    code = translate(python.project, script, layout_named(layout)).code
    session.declare(f"%%nango_{magic}\n{config}{code}", label=sample.name)


def _compare(python: PythonRun, typescript: PythonRun) -> list[str]:
    document, error_json = typescript.document(), typescript.dryrun.error_json
    if error_json is not None and document["error"].get("message", "") is None:
        document["error"]["message"] = error_json["message"]  # which line throws says nothing of the Python
    return compare(python, document)
