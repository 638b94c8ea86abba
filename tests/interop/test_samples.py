"""Every sample in Python and, translated and compiled by the real CLIs, in Node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop.equal import compare
from tests.interop.project import CLIS, SampleProject, Worlds, skip_without_node
from tests.interop.scripts import Sample, refusals, samples
from tests.interop.vm import VmHost

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]  # the first one waits for the compiler


@pytest.fixture(scope="module")
def host() -> Iterator[VmHost]:
    skip_without_node()
    with VmHost() as host:
        yield host


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    with Worlds() as worlds:
        yield worlds


@pytest.fixture(scope="module", params=CLIS)
def project(
    request: pytest.FixtureRequest, host: VmHost, tmp_path_factory: pytest.TempPathFactory
) -> SampleProject:
    return SampleProject.exported(tmp_path_factory.mktemp("project") / "out", request.param)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_equal(sample: Sample, worlds: Worlds, project: SampleProject, host: VmHost) -> None:
    """Requests, records, logs and outcome of the artefact are those of the Python run.

    What a layout's CLI is too old for is refused there.
    """
    if project.layout not in sample.layouts:
        assert refusals(sample, project.layout) == {"ts-newer"}
        return
    assert worlds.differences(sample, lambda at: project.run_artefact(host, sample, at), compare) == []
