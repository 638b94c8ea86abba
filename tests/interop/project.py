"""The samples as one exported project, compiled by the real CLI, and the two worlds that a sample runs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

import pytest

from tests.exporting import export
from tests.interop.equal import PythonRun, RecordingSession
from tests.interop.npm import YAML_CLI, ZERO_CLI, CliRun, NangoCli, NpmError, Version, install
from tests.interop.scripts import Sample, declare, samples
from tests.interop.vm import VmHost
from tests.sandbox.process import Sandbox
from tests.sessions import Session

#: layout → the version of the CLI that takes it.
CLIS: Final[dict[str, Version]] = {"nango-yaml": YAML_CLI, "zero-yaml": ZERO_CLI}
_OPTIONS: Final = {"last_sync_date": "-l", "input": "-i", "metadata": "-m", "variant": "--variant"}

T = TypeVar("T")


def skip_without_node() -> None:
    """Skip where Node or npm is missing, or nothing is installed and the registry is out of reach."""
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))


def export_samples(folder: Path, layout: str) -> None:
    """Export every sample that this layout can carry, as one project."""
    session = Session()
    declare(session, *(sample for sample in samples() if layout in sample.layouts))
    export(session.project, folder, layout=layout)


class SampleProject:
    """A folder with the translated samples that the CLI has compiled, without an error."""

    def __init__(self, folder: Path, cli: NangoCli) -> None:
        self.folder, self.cli = folder, cli
        done = cli.compile(folder)
        assert done.returncode == 0, done.text

    @classmethod
    def exported(cls, folder: Path, layout: str) -> SampleProject:
        """Export in this layout, and compile."""
        export_samples(folder, layout)
        return cls(folder, NangoCli(CLIS[layout]))

    @property
    def layout(self) -> str:
        """The layout of the folder."""
        return next(layout for layout, version in CLIS.items() if version == self.cli.version)

    def run_artefact(self, host: VmHost, sample: Sample, at: Sandbox) -> dict[str, Any]:
        """What the CLI compiled, in the vm host."""
        return host.run(
            kind=sample.kind,
            name=sample.name,
            integration=sample.integration,
            connection=sample.connection,
            host=at.url,
            key=at.key,
            bundle=self._artefact(sample).read_text("utf-8"),
            models=sample.models,
            timeout=30,
            **sample.options,
        )

    def dryrun(self, sample: Sample, at: Sandbox) -> CliRun:
        """The real ``nango dryrun`` of what was compiled."""
        arguments = ["--integration-id", sample.integration]
        for name, value in sample.options.items():
            arguments += [_OPTIONS[name], value if isinstance(value, str) else json.dumps(value)]
        return self.cli.dryrun(
            self.folder, sample.name, sample.connection, at.url, at.key, *arguments, compiled=True
        )

    def _artefact(self, sample: Sample) -> Path:
        return self.cli.artefact(self.folder, sample.integration, sample.kind, sample.name)


class Worlds:
    """Python's world and Node's, each with a sandbox of its own. Use it as a context manager."""

    def __enter__(self) -> Worlds:
        self._pair = Sandbox(), Sandbox()
        self.session = RecordingSession(self._pair[0].url, self._pair[0].key)
        declare(self.session)
        self._runs: dict[str, PythonRun] = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()
        for sandbox in self._pair:
            sandbox.close()

    def differences(
        self, sample: Sample, run: Callable[[Sandbox], T], compare: Callable[[PythonRun, T], list[str]]
    ) -> list[str]:
        """The differences of a sample's run in Python and of ``run``.

        A sample that writes to a provider or to metadata gets a fresh sandbox in each world.
        """
        python = self._python(sample)
        if not sample.writes:
            return compare(python, run(self._pair[1]))
        fresh = Sandbox()
        try:
            return compare(python, run(fresh))
        finally:
            fresh.close()

    def _python(self, sample: Sample) -> PythonRun:
        if sample.name in self._runs:
            return self._runs[sample.name]
        fresh = Sandbox() if sample.writes else None
        session = self.session
        if fresh is not None:
            session = RecordingSession(fresh.url, fresh.key)
            declare(session, sample)
        try:
            run = session.run(sample.name, sample.connection, **sample.options)
        finally:
            if fresh is not None:
                session.close()
                fresh.close()
        self._runs[sample.name] = run
        return run
