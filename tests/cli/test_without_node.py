"""TypeScript where Node.js is missing or broken, or its packages cannot be kept: said, and no success."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import YAML, Run, folder

SYNC = """import type { NangoSync } from '../../models';
import { z } from 'zod';

export default async function fetchData(nango: NangoSync): Promise<void> {
    await nango.batchSave([{ id: z.string().parse('1') }], 'Contact');
}
"""


@pytest.fixture
def project() -> str:
    script = Path("project/acme/syncs/contacts.ts")
    script.parent.mkdir(parents=True)
    script.write_text(SYNC)
    Path("project/nango.yaml").write_text(
        YAML.replace("    actions:\n      do-it:\n        endpoint: POST /do-it\n", "")
    )
    return "project"


def of_sandbox(project: str) -> str:
    """The project, of an integration that the sandbox has."""
    Path(project, "acme").rename(Path(project, "github"))
    yaml = Path(project, "nango.yaml")
    yaml.write_text(yaml.read_text().replace("  acme:", "  github:"))
    return project


def test_none(acme_run: Run, project: str) -> None:
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_NODE="/nowhere/node")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "NodeMissing: TypeScript scripts run in Node.js 22.13 or later. "
        "$NANGONB_NODE is /nowhere/node, which is not Node.js.\n"
        "Install it: pip install 'nangonb[typescript]'\n"
    )
    ran = acme_run("dryrun", project, "contacts", "conn-1", "--json", NANGONB_NODE="/nowhere/node")
    assert (ran.code, ran.document["error"]["name"]) == (3, "NodeMissing")


def test_one_that_is_old(run: Run, project: str) -> None:
    node = Path("node").absolute()
    node.write_text("#!/bin/sh\necho v20.20.2\n")
    node.chmod(0o755)
    old = f"Node.js 22.13 or later. {node} has version 20.20.2."
    of_sandbox(project)
    for words, said in (
        (["dryrun", project, "contacts", "gh-1", "-e", "sandbox"], "TypeScript scripts run in"),
        (["deploy", project, "sandbox", "--plan"], "Deploying checks types and bundles scripts with"),
        (["check", project], "TypeScript is checked with"),
    ):
        ran = run(*words, NANGONB_NODE=str(node))
        assert f"{said} {old}" in (ran.out if words[0] == "check" else ran.err)
        assert "pip install 'nangonb[typescript]'" in ran.out + ran.err


def test_deploying_python_needs_it_too(run: Run) -> None:
    source = of_sandbox(folder("pass"))
    ran = run("deploy", source, "sandbox", "--plan", NANGONB_NODE="/nowhere/node")
    assert ran.code == 3
    assert "Deploying checks types and bundles scripts with Node.js 22.13 or later" in ran.err
    ran = run("deploy", source, "sandbox", "--plan", "--via", "functions", NANGONB_NODE="/nowhere/node")
    assert ran.code == 11
    assert "The sandbox compiles scripts with Node.js 22.13 or later" in ran.err


def test_one_that_is_broken(acme_run: Run, project: str) -> None:
    node = Path("node").absolute()
    node.write_text(
        '#!/bin/sh\nif [ "$1" = --version ]; then echo v24.1.0; else echo no such flag >&2; exit 9; fi\n'
    )
    node.chmod(0o755)
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_NODE=str(node))
    assert ran.code == 12
    assert f"{node} failed to start. Node.js exited with status 9. Output: no such flag" in ran.err


def test_a_cache_that_cannot_be_written(acme_run: Run, project: str) -> None:
    Path("file").write_text("")
    cache = str(Path("file/cache").absolute())
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_CACHE=cache)
    assert ran.code == 3
    assert f"Cannot store zod and the TypeScript compiler in {cache}: Not a directory." in ran.err
    assert "Set NANGONB_CACHE to another folder." in ran.err
    checked = acme_run("check", project, NANGONB_CACHE=cache)
    assert checked.code == 0
    assert "note needs-node: TypeScript was not checked" in checked.out
