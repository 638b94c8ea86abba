"""TypeScript where Node.js is missing or broken, or its packages cannot be kept: said, and no success."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import YAML, Run

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


def test_none(acme_run: Run, project: str) -> None:
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_NODE="/nowhere/node")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "NodeMissing: TypeScript cells need Node.js 22.13 or later; "
        "$NANGONB_NODE names /nowhere/node, which is none.\n"
        "Install it: pip install 'nangonb[typescript]'\n"
    )
    ran = acme_run("dryrun", project, "contacts", "conn-1", "--json", NANGONB_NODE="/nowhere/node")
    assert (ran.code, ran.document["error"]["name"]) == (3, "NodeMissing")


def test_one_that_is_broken(acme_run: Run, project: str) -> None:
    node = Path("node").absolute()
    node.write_text(
        '#!/bin/sh\nif [ "$1" = --version ]; then echo v24.1.0; else echo no such flag >&2; exit 9; fi\n'
    )
    node.chmod(0o755)
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_NODE=str(node))
    assert ran.code == 12
    assert f"{node} could not be started. Node.js ended with status 9. It said: no such flag" in ran.err


def test_a_cache_that_cannot_be_written(acme_run: Run, project: str) -> None:
    Path("file").write_text("")
    cache = str(Path("file/cache").absolute())
    ran = acme_run("dryrun", project, "contacts", "conn-1", NANGONB_CACHE=cache)
    assert ran.code == 3
    assert f"zod and the TypeScript compiler cannot be kept in {cache}: Not a directory." in ran.err
    assert "NANGONB_CACHE names another folder." in ran.err
    checked = acme_run("check", project, NANGONB_CACHE=cache)
    assert checked.code == 0
    assert "note needs-node: TypeScript was not checked" in checked.out
