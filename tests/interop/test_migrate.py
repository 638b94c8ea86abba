"""An export for nango.yaml, put through the real ``nango migrate-to-zero-yaml``, is our own zero-yaml export.

What the command loses is listed in :data:`LOST`. It ends with exit code 0 also where what it wrote does not
compile; in a project that is compiled, no script may fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.interop.equal import compare
from tests.interop.npm import ZERO_CLI, CliRun, NangoCli
from tests.interop.project import SampleProject, Worlds, export_samples, skip_without_node
from tests.interop.scripts import Sample, samples
from tests.interop.vm import VmHost

pytestmark = [pytest.mark.interop, pytest.mark.timeout(900)]

_OBJECT: Final = "a field of type object becomes z.object({}), which takes nothing"
_METADATA: Final = "nango.yaml does not say what metadata is, and it becomes z.object({}), which has nothing"
_UNUSED: Final = "imports a model that only a comment or a text names"
_OPTIONAL: Final = "an optional list becomes a required one"
#: The scripts that the command migrates to what its own compiler refuses, and why.
LOST: Final = {
    "account-scores": _OBJECT,
    "account-summary": _OBJECT,
    "contacts-elsewhere": _METADATA,
    "contacts-metadata-cursor": _METADATA,
    "date-range": "imports zod where a variable is called z",
    "get-contact": _UNUSED,
    "issue-report": "imports zod for an input that it does not check",
    "issues-incremental": _METADATA,
    "on-connected": _METADATA,
    "preferences": _METADATA,
    "update-contact": _OBJECT,
    "whoami": _OBJECT,
}
#: The scripts whose schemas differ from those of our own export, and why.
OTHER_SCHEMAS: Final = {
    "close-issues": _OBJECT,
    "contact-picklists": _OBJECT,
    "create-issue": _OPTIONAL,
    "create-issue-invalid": _OPTIONAL,
    "health": _OBJECT,
    "import-contacts": _OBJECT,
    "parsed-webhook-url": _OBJECT,
}
KEPT: Final = [sample for sample in samples() if "nango-yaml" in sample.layouts and sample.name not in LOST]


@dataclass(frozen=True, slots=True)
class Migrated:
    """The migrated project without the scripts that are lost, and what the command said."""

    run: CliRun
    project: SampleProject


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    skip_without_node()
    folder, cli = tmp_path_factory.mktemp("migrated") / "out", NangoCli(ZERO_CLI)
    export_samples(folder, "nango-yaml")
    cli.link(folder)
    run = cli.run(folder, "migrate-to-zero-yaml")
    index = folder / "index.ts"
    assert index.is_file() and not (folder / "nango.yaml").exists(), run.text
    lines = index.read_text("utf-8").splitlines(keepends=True)
    index.write_text("".join(line for line in lines if not _lost(line)), "utf-8")
    return Migrated(run, SampleProject(folder, cli))


@pytest.fixture(scope="module")
def host() -> Iterator[VmHost]:
    skip_without_node()
    with VmHost() as host:
        yield host


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    with Worlds() as worlds:
        yield worlds


def test_nothing_else_is_lost(migrated: Migrated) -> None:
    refused = re.findall(r"^err - (\S+?\.ts)\b", migrated.run.text, re.MULTILINE)
    assert {Path(path).stem for path in refused} == set(LOST), migrated.run.text


@pytest.mark.parametrize("sample", KEPT, ids=lambda sample: sample.name)
def test_equal(sample: Sample, worlds: Worlds, migrated: Migrated, host: VmHost) -> None:
    """As our own zero-yaml export (``test_samples``), it does what the Python run does."""
    run = migrated.project.run_artefact
    assert worlds.differences(sample, lambda at: run(host, sample, at), compare) == []


def test_what_is_declared_is_equal(
    migrated: Migrated, host: VmHost, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Names, schedules, endpoints, models and their schemas, as the CLI reads them from both."""
    own = SampleProject.exported(tmp_path_factory.mktemp("own") / "out", "zero-yaml")
    ours, theirs = _declared(own.folder), _declared(migrated.project.folder)
    assert len(theirs) == len([sample for sample in KEPT if sample.kind != "on-event"])
    other = {name for name, script in theirs.items() if script.pop("schemas") != ours[name].pop("schemas")}
    assert other == set(OTHER_SCHEMAS)
    assert theirs == {name: ours[name] for name in theirs}


def _lost(line: str) -> bool:
    return any(f"/{name}.js'" in line for name in LOST)


def _declared(folder: Path) -> dict[str, dict[str, Any]]:
    """The scripts of .nango/nango.json by name, without versions and metadata.

    The command writes the version 0.0.1 where there was none, and metadata without a field where nango.yaml
    does not say what it has; we write what the script reads.
    """
    found = {}
    for integration in json.loads((folder / ".nango" / "nango.json").read_text("utf-8")):
        for script in (*integration["syncs"], *integration["actions"]):
            schemas = script.pop("json_schema")["definitions"]
            models = script.pop("usedModels")
            if script["type"] == "sync":
                schemas.pop(script.pop("input", None), None)
            else:
                assert set(models) == set(schemas)
            script["schemas"] = schemas
            assert script.pop("version") in ("", "0.0.1")
            found[script["name"]] = {"integration": integration["providerConfigKey"], **script}
    return found
