"""Every sample through the real ``nango dryrun`` of zero-yaml, 0.71.10."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop.equal import compare_cli
from tests.interop.project import SampleProject, Worlds, skip_without_node
from tests.interop.scripts import Sample, samples

_PROVIDER = "the CLI paginates for providers of Nango's own, and unreliable is the sandbox's"
#: Samples that this CLI cannot run, and why.
CANNOT = {
    "issue-by-action": "to trigger an action is to dry run it there, and nothing where there is none",
    "items-cursor": _PROVIDER,
    "items-offset-by-size": _PROVIDER,
    "kept-until-failure": _PROVIDER,
    "on-connected": "0.71.10 looks for the scripts of events among the syncs",
}
RUN = [sample for sample in samples() if sample.name not in CANNOT]
pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    with Worlds() as worlds:
        yield worlds


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SampleProject:
    skip_without_node()
    return SampleProject.exported(tmp_path_factory.mktemp("project") / "out", "zero-yaml")


@pytest.mark.parametrize("sample", RUN, ids=lambda sample: sample.name)
def test_equal(sample: Sample, worlds: Worlds, project: SampleProject) -> None:
    assert worlds.differences(sample, lambda at: project.dryrun(sample, at), compare_cli) == []
