"""``nangonb deploy``: exit codes, streams, and the question at a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, command, environment
from tests.deploy.conftest import ACTION, MODULE, SYNC, YAML
from tests.deploying import DeployTarget
from tests.scripted import ScriptedNango


@pytest.fixture
def target(scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> DeployTarget:
    monkeypatch.setenv("NANGO_HOSTPORT", scripted.url)
    monkeypatch.setenv("NANGO_SECRET_KEY_DEV", scripted.key)
    return DeployTarget(scripted)


@pytest.fixture(autouse=True)
def notebook() -> None:
    cells = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [], "execution_count": None}
        | {"source": source}
        for number, source in enumerate([YAML, SYNC, ACTION, MODULE])
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("crm.ipynb").write_text(json.dumps(document), "utf-8")


def test_plan_and_deployment(target: DeployTarget, inside: Run) -> None:
    planned = inside("deploy", "crm.ipynb", "dev", "--plan")
    assert planned.code == 0, planned.err
    assert planned.out.startswith("Plan for dev · 127.0.0.1")
    assert "Deploy it: nangonb deploy crm.ipynb dev" in planned.out and target.deployments == []
    done = inside("deploy", "crm.ipynb", "dev", "--auto-confirm")
    assert done.code == 0, done.err
    assert done.out.count("Plan for dev") == 1 and "✓ Deployed 2 scripts to dev" in done.out
    assert "Watch it: nangonb status crm.ipynb contacts" in done.out
    assert len(target.deployments) == 1


def test_a_sandbox_that_ends_with_the_command(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path("crm.ipynb").read_text("utf-8").replace("acme", "salesforce")
    Path("crm.ipynb").write_text(text, "utf-8")
    done = inside("deploy", "crm.ipynb", "sandbox", "--auto-confirm")
    assert done.code == 0 and "nangonb sandbox --state DIR is one that lasts" in done.out
    assert "nangonb status" not in done.out
    monkeypatch.setenv("NANGONB_SANDBOX_STATE", str(Path("kept").absolute()))
    done = inside("deploy", "crm.ipynb", "sandbox", "--auto-confirm")
    assert done.code == 0 and "Watch it: nangonb status crm.ipynb contacts" in done.out
    there = inside("status", "crm.ipynb", "contacts", "conn-1")
    assert there.code == 0 and "every day" in there.out


def test_without_a_terminal(target: DeployTarget, run: Run) -> None:
    ran = run("deploy", "crm.ipynb", "dev")
    assert ran.code == 11 and "Plan for dev" in ran.out
    assert "nangonb deploy crm.ipynb dev --auto-confirm" in ran.err


@pytest.mark.parametrize(("answer", "code", "count"), [("y", 0, 1), ("n", 11, 0), ("\x04", 11, 0)])
def test_at_a_terminal(target: DeployTarget, answer: str, code: int, count: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("deploy", "crm.ipynb", "dev"), stdin=theirs, stdout=theirs, stderr=theirs, env=environment()
    )
    os.close(theirs)
    said = b""
    try:
        while b"[y/N]" not in said:
            said += os.read(ours, 4096)
        os.write(ours, answer.encode() + (b"" if answer == "\x04" else b"\n"))
        while chunk := _read(ours):
            said += chunk
        assert process.wait(60) == code, said.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert len(target.deployments) == count


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other side is closed
        return b""


def test_exit_codes(target: DeployTarget, inside: Run) -> None:
    target.refuse("/sync/deploy", 409, "concurrent_deployment")
    ran = inside("deploy", "crm.ipynb", "dev", "--auto-confirm")
    assert ran.code == 11 and "Nothing was deployed." in ran.err
    assert inside("deploy", "crm.ipynb", "staging").code == 3
    assert inside("deploy", "crm.ipynb").code == 2
    assert inside("deploy", "crm.ipynb", "dev", "--layout", "python").code == 2
    broken = Path("crm.ipynb").read_text("utf-8").replace("every day", "now and then")
    Path("crm.ipynb").write_text(broken, "utf-8")
    ran = inside("deploy", "crm.ipynb", "dev")
    assert ran.code == 1 and "crm.ipynb" in ran.err
