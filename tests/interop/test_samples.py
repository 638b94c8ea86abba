"""Every sample in Python and, translated to both layouts, in Node: requests, records, logs, outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nangonb.translate import Layout, Modules, translate, translate_module
from tests.interop.equal import PythonRun, RecordingSession, compare
from tests.interop.npm import NpmError, install
from tests.interop.scripts import Sample, declare, samples
from tests.interop.vm import VmHost
from tests.sandbox.process import Sandbox

#: What the translator refuses today, by the first refusal. The list shrinks as the table grows.
REFUSED = {
    "contact-email-hashes": "ts-type",
    "contact-fields-wrong-version": "ts-expression",
    "contact-picklists": "ts-dict-key",
    "contacts-resaved": "ts-operator",
    "contacts-time-windows": "ts-operator",
    "date-range-empty": "ts-expression",
    "environment-report": "ts-expression",
    "expired-token": "ts-type",
    "github-export": "ts-operator",
    "issue-digest": "ts-operator",
    "issue-report": "ts-expression",
    "items-offset-by-size": "ts-expression",
    "page-check": "ts-unknown-call",
    "retried-by-hand": "ts-operator",
}
LAYOUTS: tuple[Layout, ...] = ("nango-yaml", "zero-yaml")


class Judge:
    """The project of all samples, a sandbox for each world, and Node."""

    def __init__(self, host: VmHost, python_at: Sandbox, node_at: Sandbox) -> None:
        self.host, self.node_at = host, node_at
        self.session = RecordingSession(python_at.url, python_at.key)
        declare(self.session)
        self.project = self.session.project
        self._runs: dict[str, PythonRun] = {}

    def differences(self, sample: Sample, layout: Layout) -> list[str]:
        modules = Modules(self.project)
        files = {
            f"{module.path}.ts": translate_module(self.project, module, layout, modules=modules).code
            for module in self.project.modules
        }
        script = self.project.script(sample.name, sample.integration)
        done = translate(self.project, script, layout, modules=modules)
        assert not done.problems, "\n".join(map(str, done.problems))
        entry = f"{sample.integration}/{sample.kind}s/{sample.name}.ts"
        files[entry] = done.code
        if not sample.writes:
            if sample.name not in self._runs:
                run = self.session.run(sample.name, sample.connection, **sample.options)
                self._runs[sample.name] = run
            return compare(self._runs[sample.name], self._node(sample, files, self.node_at))
        mine, its = Sandbox(), Sandbox()  # what a script writes stays in its own
        try:
            session = RecordingSession(mine.url, mine.key)
            declare(session, sample)
            python = session.run(sample.name, sample.connection, **sample.options)
            return compare(python, self._node(sample, files, its))
        finally:
            mine.close()
            its.close()

    def _node(self, sample: Sample, files: dict[str, str], at: Sandbox) -> dict[str, Any]:
        return self.host.run(
            kind=sample.kind,
            integration=sample.integration,
            connection=sample.connection,
            host=at.url,
            key=at.key,
            files=files,
            entry=f"{sample.integration}/{sample.kind}s/{sample.name}.ts",
            models=sample.models,
            timeout=30,
            **sample.options,
        )


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))
    python_at, node_at = Sandbox(), Sandbox()
    try:
        with VmHost() as host:
            yield Judge(host, python_at, node_at)
    finally:
        python_at.close()
        node_at.close()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("sample", [s for s in samples() if s.name not in REFUSED], ids=lambda s: s.name)
def test_equal(judge: Judge, sample: Sample, layout: Layout) -> None:
    assert judge.differences(sample, layout) == []


@pytest.mark.parametrize("sample", [s for s in samples() if s.name in REFUSED], ids=lambda s: s.name)
def test_refused(judge: Judge, sample: Sample) -> None:
    """A warning with a place and a way out; a sample that is carried over leaves this list."""
    script = judge.project.script(sample.name, sample.integration)
    problems = translate(judge.project, script, modules=Modules(judge.project)).problems
    assert problems and problems[0].code == REFUSED[sample.name]
    assert all(problem.place and problem.place.line and problem.hint for problem in problems)
