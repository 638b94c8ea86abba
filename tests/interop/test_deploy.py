"""What the real CLIs send for an exported folder, and what we send for the same cells: equal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nangonb._deploy import Compiler, Package, prepare
from nangonb._export import ProjectFiles
from nangonb._project import layout_named
from tests.deploy.test_payload import ON_EVENT, ZERO, without_js
from tests.deploying import DeployTarget
from tests.exporting import export
from tests.interop.npm import NangoCli
from tests.interop.project import CLIS, skip_without_node
from tests.interop.scripts import declare, samples
from tests.scripted import ScriptedNango
from tests.sessions import Session

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


@dataclasses.dataclass(frozen=True)
class Both:
    """One project: its exported folder with the CLI that takes it, and our package of it."""

    folder: Path
    cli: NangoCli
    package: Package

    def sent(self, scripted: ScriptedNango, *options: str) -> DeployTarget:
        """What the CLI sends to a Nango that takes everything."""
        target = DeployTarget(scripted)
        if self.cli.zero:
            self.cli.link(self.folder)
            assert self.cli.compile(self.folder).returncode == 0
        variables = {"NANGO_HOSTPORT": scripted.url, "NANGO_SECRET_KEY_DEV": scripted.key}
        ran = self.cli.run(self.folder, "deploy", "dev", *options, environment=variables)
        assert len(target.confirmations) == len(target.deployments) == 1, ran.text
        return target


@pytest.fixture(scope="module", params=list(CLIS))
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """All samples, and scripts in TypeScript that use what the samples do not."""
    skip_without_node()
    layout = request.param
    session, compiler = Session(), Compiler()
    declare(session, *(sample for sample in samples() if layout in sample.layouts))
    for number, cell in enumerate((ZERO, ON_EVENT) if layout == "zero-yaml" else ()):
        session.declare(cell, label=f"TypeScript {number}")
    folder = tmp_path_factory.mktemp("project") / "out"
    export(session.project, folder, layout=layout)
    yield Both(
        folder,
        NangoCli(CLIS[layout]),
        prepare(ProjectFiles(session.project, layout_named(layout)), compiler).package,
    )
    compiler.close()


def test_a_whole_project(both: Both, scripted: ScriptedNango) -> None:
    theirs = both.sent(scripted)
    assert set(theirs.agents) != set()
    assert all(agent.startswith(f"nango-cli/{both.package.layout.cli} (") for agent in theirs.agents)
    for ours, sent in (
        (both.package.confirmation("all"), theirs.confirmations[0]),
        (both.package.deployment("all"), theirs.deployments[0]),
    ):
        assert _differences(without_js(ours), without_js(sent)) == []


def test_one_sync(both: Both, scripted: ScriptedNango) -> None:
    """Scripts of its own, and nothing else: what we always send."""
    flow = next(flow for flow in both.package.flows if flow["type"] == "sync")
    theirs = both.sent(scripted, "-s", flow["syncName"])
    ours = dataclasses.replace(both.package, flows=[flow], on_events=[])
    assert _differences(without_js(ours.confirmation()), without_js(theirs.confirmations[0])) == []
    assert _differences(without_js(ours.deployment()), without_js(theirs.deployments[0])) == []


def _differences(ours: Any, theirs: Any, at: str = "") -> list[str]:
    """Where two bodies differ; the order of keys counts, too."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if list(ours) != list(theirs):
            return [f"{at}: keys {list(ours)} ≠ {list(theirs)}"]
        return [found for key in ours for found in _differences(ours[key], theirs[key], f"{at}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{at}: {len(ours)} ≠ {len(theirs)} elements"]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [found for number, (a, b) in pairs for found in _differences(a, b, f"{at}[{number}]")]
    return [] if ours == theirs else [f"{at}: {str(ours)[:200]!r} ≠ {str(theirs)[:200]!r}"]
