"""What the real ``nango dryrun --save`` writes, and what we write: the same files, and both are replayed.

Documented differences (docs/testing.md): headers that depend on the moment or on the client, and
``nango.getConnection``, ``getMetadata`` and ``provider``, of which we keep more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._dryrun.replayed import replayed
from nangonb._dryrun.saved_responses import from_document, read
from tests.exporting import export
from tests.interop.equal import RecordingSession
from tests.interop.npm import ZERO_CLI, NangoCli
from tests.interop.project import skip_without_node
from tests.interop.scripts import Sample, declare, samples
from tests.sandbox.process import Sandbox

#: Pages of the provider's own pagination, stubbed metadata, a POST with a header, an input.
CHOSEN = ("issues-provider-default", "account-scores", "create-issue", "search-contacts")
_OF_THE_MOMENT = ("date", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id")
pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


def chosen() -> list[Sample]:
    return [sample for sample in samples() if sample.name in CHOSEN]


@pytest.fixture(scope="module")
def saved_by_the_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the real CLI has saved each chosen sample."""
    skip_without_node()
    folder = tmp_path_factory.mktemp("cli") / "out"
    sandbox = Sandbox()
    session = RecordingSession(sandbox.url, sandbox.key)
    try:
        declare(session, *chosen())
        export(session.project, folder, layout="zero-yaml")
        cli = NangoCli(ZERO_CLI)
        compiled = cli.compile(folder)
        assert compiled.returncode == 0, compiled.text
        for sample in chosen():
            given = [f"--integration-id={sample.integration}", "--save"]
            for name, value in sample.options.items():
                given += [f"--{name}", json.dumps(value)]
            run = cli.dryrun(
                folder, sample.name, sample.connection, sandbox.url, sandbox.key, *given, compiled=True
            )
            assert "Mocks saved to" in run.text, run.text
    finally:
        session.close()
        sandbox.close()
    return folder


@pytest.fixture(scope="module")
def saved_by_us(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same samples, saved by us on a sandbox of its own."""
    folder = tmp_path_factory.mktemp("us")
    sandbox = Sandbox()
    session = RecordingSession(sandbox.url, sandbox.key)
    try:
        declare(session, *chosen())
        for sample in chosen():
            result = session.dryrun(
                sample.name, sample.connection, integration_id=sample.integration, **sample.options
            )
            result.save_responses(folder / _file(sample))
    finally:
        session.close()
        sandbox.close()
    return folder


def _file(sample: Sample) -> str:
    return f"{sample.integration}/tests/{sample.name}.test.json"


def _comparable(document: dict[str, Any]) -> dict[str, Any]:
    """The file without what the two are known to differ in."""
    for name in ("getConnection", "getMetadata", "provider"):
        document["nango"].pop(name, None)
    for endpoints in document["api"].values():
        for entries in endpoints.values():
            for entry in entries if isinstance(entries, list) else [entries]:
                for header in _OF_THE_MOMENT:
                    entry["headers"].pop(header, None)
                if isinstance(entry["response"], dict) and entry["status"] == 201:  # made at that moment
                    assert entry["response"].pop("created_at") and entry["response"].pop("updated_at")
    return document


@pytest.mark.parametrize("name", CHOSEN)
def test_the_cli_s_file_is_ours(name: str, saved_by_the_cli: Path, saved_by_us: Path) -> None:
    sample = next(sample for sample in chosen() if sample.name == name)
    theirs = json.loads((saved_by_the_cli / _file(sample)).read_text())
    ours = json.loads((saved_by_us / _file(sample)).read_text())
    assert list(ours) == list(theirs)
    if "metadata" in sample.options:
        assert ours["nango"]["getMetadata"] == theirs["nango"]["getMetadata"] == sample.options["metadata"]
    assert _comparable(ours) == _comparable(theirs)


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("by", ["saved_by_the_cli", "saved_by_us"])
def test_replayed(name: str, by: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(by)
    sample = next(sample for sample in chosen() if sample.name == name)
    session = RecordingSession("http://127.0.0.1:9", "unused-key")  # nothing answers there
    declare(session, *chosen())
    script = session.project.script(name, sample.integration)
    found = replayed(session.project, script, read(folder / _file(sample)))
    assert found.passed, found.reason
    document = json.loads((folder / _file(sample)).read_text())
    document["api"] = {}
    assert not replayed(session.project, script, from_document(document)).passed
