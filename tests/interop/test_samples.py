"""Every sample in Python and, translated and compiled by the real CLIs, in Node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nangonb.session import Session
from nangonb.translate import Modules, translate
from tests.interop.equal import compare
from tests.interop.project import CLIS, SampleProject, Worlds, skip_without_node
from tests.interop.scripts import REFUSED, TRANSLATED, Sample, declare, samples
from tests.interop.vm import VmHost

pytestmark = pytest.mark.timeout(600)  # the first one waits for the compiler


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


@pytest.mark.parametrize("sample", TRANSLATED, ids=lambda sample: sample.name)
def test_equal(sample: Sample, worlds: Worlds, project: SampleProject, host: VmHost) -> None:
    """Requests, records, logs and outcome of the artefact are those of the Python run."""
    assert worlds.differences(sample, lambda at: project.run_artefact(host, sample, at), compare) == []


@pytest.mark.parametrize("sample", [s for s in samples() if s.name in REFUSED], ids=lambda s: s.name)
def test_refused(sample: Sample) -> None:
    """A warning with a place and a way out; a sample that is carried over leaves this list."""
    session = Session()
    declare(session, sample)
    script = session.project.script(sample.name, sample.integration)
    problems = translate(session.project, script, modules=Modules(session.project)).problems
    assert problems and problems[0].code == REFUSED[sample.name]
    assert all(problem.place and problem.place.line and problem.hint for problem in problems)
