"""The real CLIs as judges: the exported quickstart dry runs, with the records of the Python run."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._folders import read
from tests.exporting import export
from tests.interop.equal import RecordingSession, compare_cli
from tests.interop.npm import NangoCli
from tests.interop.project import CLIS, skip_without_node
from tests.sandbox.process import Sandbox

QUICKSTART = Path(__file__).resolve().parents[3] / "notebooks" / "quickstart.ipynb"


@pytest.mark.interop  # each layout takes half a minute
@pytest.mark.timeout(600)
@pytest.mark.parametrize("layout", CLIS)
def test_the_quickstart_dry_runs(layout: str, tmp_path: Path) -> None:
    skip_without_node()
    project, out = read([QUICKSTART]), tmp_path / "out"
    export(project, out, layout=layout)
    sandbox, cli = Sandbox(), NangoCli(CLIS[layout])
    session = RecordingSession(sandbox.url, sandbox.key)
    try:
        for cell in (*project.yaml_cells, *project.scripts):
            session.declare(cell.source.text, label=cell.source.label)
        compiled = cli.compile(out)
        assert compiled.returncode == 0, compiled.text
        for name, options, arguments in (
            ("salesforce-contacts", {"last_sync_date": "2026-06-01"}, ["-l", "2026-06-01"]),
            ("salesforce-contact-fields", {}, []),
        ):
            python = session.run(name, "conn-1", **options)
            done = cli.dryrun(out, name, "conn-1", sandbox.url, sandbox.key, *arguments)
            assert compare_cli(python, done) == [], done.text[:2000]
        assert done.output["fields"]
    finally:
        session.close()
        sandbox.close()
