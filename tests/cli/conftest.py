"""The command as a process of its own, as a shell runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nangonb._cli.main import main
from nangonb._dryrun.document import schema
from tests.scripted import ScriptedNango

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout; it follows the schema."""
        found: dict[str, Any] = json.loads(self.out)
        jsonschema.Draft202012Validator(
            schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        ).validate(found)
        return found


Run = Callable[..., Ran]


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "nangonb", *words]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


@pytest.fixture
def run() -> Run:
    """``run("dryrun", …, NANGO_SECRET_KEY=…)``: runs ``nangonb …`` to its end."""

    def run(*words: str, **variables: str) -> Ran:
        done = subprocess.run(
            command(*words), env=environment(**variables), capture_output=True, text=True, timeout=60
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def inside(capsys: pytest.CaptureFixture[str]) -> Run:
    """The same in this process, which is quicker; not for commands that take over stdout or the process."""

    def run(*words: str) -> Ran:
        try:
            code = main(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def acme_run(run: Run, scripted: ScriptedNango) -> Run:
    """The same, against the scripted Nango."""
    return lambda *words, **more: run(
        *words, NANGO_HOSTPORT=scripted.url, NANGO_SECRET_KEY=scripted.key, **more
    )


YAML = """integrations:
  acme:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
    actions:
      do-it:
        endpoint: POST /do-it
models:
  Contact:
    id: string
    name?: string
"""


def folder(body: str, name: str = "contacts", kind: str = "syncs") -> str:
    """A folder ``project`` with nango.yaml and one script. Gives its path."""
    path = Path("project")
    (path / "acme" / kind).mkdir(parents=True, exist_ok=True)
    (path / "nango.yaml").write_text(YAML)
    head = "def fetch_data(nango):\n" if kind == "syncs" else "def run_action(nango, input):\n"
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    (path / "acme" / kind / f"{name}.py").write_text(head + lines)
    return str(path)
