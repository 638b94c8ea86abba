"""The real CLIs as judges: what we export compiles, and runs to the records of the Python run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nangonb.export import export
from nangonb.folders import read
from nangonb.session import Session
from nangonb.translate import translate
from tests.interop.equal import RecordingSession, compare_cli
from tests.interop.npm import YAML_CLI, ZERO_CLI, NangoCli, NpmError, Version, install
from tests.interop.scripts import declare
from tests.sandbox.process import Sandbox

CLIS = pytest.mark.parametrize(("version", "layout"), [(YAML_CLI, "nango-yaml"), (ZERO_CLI, "zero-yaml")])
QUICKSTART = Path(__file__).resolve().parents[3] / "notebooks" / "quickstart.ipynb"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@CLIS
def test_all_samples_compile(version: Version, layout: str, tmp_path: Path) -> None:
    session = Session()
    declare(session)
    for script in session.project.scripts:
        if not translate(session.project, script).ok:
            session.forget(script.key)
    exported = export(session.project, tmp_path / "out", layout=layout)
    assert len([path for path in exported.paths if path.count("/") == 2]) > 40
    done = NangoCli(version).compile(tmp_path / "out")
    assert done.returncode == 0, done.text


@CLIS
def test_the_quickstart_dry_runs(version: Version, layout: str, tmp_path: Path, sandbox: Sandbox) -> None:
    project = read([QUICKSTART])
    export(project, tmp_path / "out", layout=layout)
    cli, session = NangoCli(version), RecordingSession(sandbox.url, sandbox.key)
    for cell in project.yaml_cells:
        session.declare(cell.source.text, label=cell.source.label)
    for script in project.scripts:
        session.declare(script.source.text, label=script.source.label)
    compiled = cli.compile(tmp_path / "out")
    assert compiled.returncode == 0, compiled.text
    for name, options, arguments in (
        ("salesforce-contacts", {"last_sync_date": "2026-06-01"}, ["-l", "2026-06-01"]),
        ("salesforce-contact-fields", {}, []),
    ):
        python = session.run(name, "conn-1", **options)
        done = cli.dryrun(tmp_path / "out", name, "conn-1", sandbox.url, sandbox.key, *arguments)
        assert compare_cli(python, done) == [], done.text[:2000]
    assert done.output["fields"]
