"""``nangonb dev`` as a process: it exports again whenever a notebook is saved, until it is stopped."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run, command, environment
from tests.folders.making import SYNC, YAML, write_notebook


class Dev:
    """The process, and the lines that it has printed."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            command("dev", *words), env=environment(), stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, words: str) -> list[str]:
        """The lines up to the one that has ``words``."""
        found: list[str] = []
        while not found or words not in found[-1]:
            try:
                found.append(self._lines.get(timeout=30))
            except queue.Empty:
                raise AssertionError(f"no line with {words!r} in {found}") from None
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "a.ipynb", YAML, SYNC)


@pytest.fixture
def dev(notebook: Path, tmp_path: Path) -> Iterator[Dev]:
    running = Dev(str(notebook), str(tmp_path / "out"))
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGKILL)
    assert running.process.stdout is not None
    running.process.stdout.close()


def test_saves_are_exported_and_errors_leave_the_folder_as_it_was(
    dev: Dev, notebook: Path, tmp_path: Path
) -> None:
    script = tmp_path / "out/salesforce/syncs/contacts.ts"
    dev.until("Exported to")
    first = script.read_text()

    write_notebook(notebook, YAML, SYNC.replace("pass", "nango.log('changed')"))
    assert "salesforce/syncs/contacts.ts" in dev.until("Exported to")[-1]
    changed = script.read_text()
    assert changed != first and "nango.log('changed')" in changed

    write_notebook(notebook, YAML.replace("/crm/contact", "/crm/person"), SYNC.replace("pass", "open('x')"))
    said = dev.until("--layout python")
    assert any("a.ipynb cell 2, line 3, column 5: error ts-unknown-call" in line for line in said)
    assert script.read_text() == changed
    assert "/crm/contact" in (tmp_path / "out/nango.yaml").read_text()

    notebook.write_text("{")  # half of a save
    dev.until("is not a notebook")
    replaced = write_notebook(tmp_path / "new.ipynb", YAML, SYNC)
    replaced.replace(notebook)  # as editors save
    dev.until("Exported to")
    assert script.read_text() == first
    assert dev.stop() == 0
    assert not list((tmp_path / "out").rglob("*.nangonb-tmp"))


def test_a_file_that_was_edited_by_hand_is_not_overwritten(dev: Dev, notebook: Path, tmp_path: Path) -> None:
    dev.until("Exported to")
    script = tmp_path / "out/salesforce/syncs/contacts.ts"
    script.write_text("// mine\n")
    write_notebook(notebook, YAML, SYNC.replace("pass", "nango.log('changed')"))
    dev.until("it was changed since it was exported")
    assert script.read_text() == "// mine\n"
    assert dev.stop(signal.SIGTERM) == 0


def test_several_notebooks(tmp_path: Path, notebook: Path) -> None:
    other = write_notebook(tmp_path / "b.ipynb", "%%nango_module b\ndef f() -> int:\n    return 1\n")
    running = Dev(str(notebook), str(other), str(tmp_path / "out"), "--layout", "zero-yaml")
    try:
        running.until("Exported to")
        write_notebook(other, "%%nango_module b\ndef f() -> int:\n    return 2\n")
        assert running.until("Exported to")[-1].endswith(": b.ts.")
        assert running.stop() == 0
    finally:
        if running.process.poll() is None:
            running.stop(signal.SIGKILL)
        assert running.process.stdout is not None
        running.process.stdout.close()


def test_slips(inside: Run, notebook: Path, tmp_path: Path) -> None:
    ran = inside("dev", str(tmp_path / "none.ipynb"), str(tmp_path / "out"))
    assert ran.code != 0 and "none.ipynb is not there" in ran.err
    ran = inside("dev", str(notebook), str(tmp_path / "out"), "--layout", "nango-yml")
    assert ran.code == 2 and "nango-yaml" in ran.err
    assert json.loads(notebook.read_text())["cells"]


def test_what_is_wrong_with_typescript_is_said_at_every_save(tmp_path: Path) -> None:
    script = (
        "%%nango_sync_ts contacts\n"
        "export default async function fetchData(nango: any) {\n    await nango.log('x');\n}\n"
    )
    notebook = write_notebook(tmp_path / "ts.ipynb", YAML, script)
    running = Dev(str(notebook), str(tmp_path / "out"))
    try:
        running.until("Exported to")
        slips = script.replace("await nango", "const n = await nango.get(1);\n    nango")
        write_notebook(notebook, YAML, slips)
        said = running.until("not-awaited")
        assert any("cannot be exported" in line for line in said)  # Nango's CLI refuses it, too
        assert "ts.ipynb cell 2, line 4, column 5: error not-awaited" in said[-1]
        assert any("ts.ipynb cell 2, line 3, column 11: error ts-6133" in line for line in said)
        write_notebook(notebook, YAML, script.replace("await nango", "const m = 1;\n    await nango"))
        assert not any("not-awaited" in line for line in running.until("'m' is declared"))
        assert running.stop() == 0
    finally:
        if running.process.poll() is None:
            running.stop(signal.SIGKILL)
        assert running.process.stdout is not None
        running.process.stdout.close()
