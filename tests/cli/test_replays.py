"""``nangonb test`` and ``%nango_test``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nangonb._cli.main import main
from tests.world import YAML

SCRIPT = """def fetch_data(nango):
    print("printed by the script")
    nango.batch_save([{"id": row["id"]} for row in nango.get("/items").data], "Contact")
"""
SAVED = {
    "nango": {"batchSave": {"Contact": [{"id": "1"}]}, "batchDelete": {"Contact": []}},
    "api": {"get": {"/items": {"response": [{"id": "1"}], "status": 200, "headers": {}, "request": {}}}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of layout python: a sync with saved responses, and an action without."""
    files = {
        "nango.yaml": YAML.partition("\n")[2],
        "acme/syncs/contacts.py": SCRIPT,
        "acme/actions/do-it.py": "def run_action(nango, input):\n    return None\n",
        "acme/tests/contacts.test.json": json.dumps(SAVED),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(*words: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code, and each line of stdout; what the script prints must not be among them."""
    done = subprocess.run(
        [sys.executable, "-m", "nangonb", *words], capture_output=True, text=True, timeout=120, check=False
    )
    assert "printed by the script" in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_for_each_script_that_has_saved_responses(
    folder: Path,
) -> None:
    sync = {"integration": "acme", "name": "contacts", "kind": "sync"}
    assert run("test", str(folder), "--json") == (0, [{**sync, "passed": True, "reason": ""}])
    (folder / "acme/syncs/contacts.py").write_text(SCRIPT.replace('row["id"]', 'row["id"] + "0"'))
    reason = 'batch_save Contact · id "1" · id: expected "1", got "10"'
    found = run("test", str(folder), "--integration", "acme", "--json")
    assert found == (12, [{**sync, "passed": False, "reason": reason}])


def test_the_table_names_what_was_skipped(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(folder)]) == 0
    shown = capfd.readouterr().out
    assert "1 passed · 0 failed · 1 skipped" in shown and "nothing saved yet (--save-responses)" in shown
    (folder / "acme/tests/contacts.test.json").write_text("{")
    assert main(["test", str(folder)]) == 12
    assert "is not JSON" in capfd.readouterr().out


def test_where_there_is_nothing_to_test(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A check in CI that tests nothing must not pass."""
    (tmp_path / "acme" / "tests").mkdir(parents=True)
    (tmp_path / "nango.yaml").write_text("integrations: {}\nmodels: {}\n")
    for flags in ([], ["--json"]):
        assert main(["test", str(tmp_path), *flags]) == 2
        shown = capfd.readouterr()
        assert shown.out == "" and f"{tmp_path}: no scripts are declared" in shown.err
        assert "Name the folder with nango.yaml, or the notebook" in shown.err
    (tmp_path / "my book.ipynb").write_text("{}")
    assert main(["test", str(tmp_path)]) == 2
    assert f"nangonb test '{tmp_path}/my book.ipynb'" in capfd.readouterr().err


def test_an_unknown_integration(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(folder), "--integration", "acne"]) == 2
    assert "acme" in capfd.readouterr().err


def test_a_refused_file_keeps_a_test_of_everything_from_passing(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "acme/actions/do-it.py").write_text("async def run_action(nango, input):\n    return None\n")
    assert main(["test", str(folder)]) == 1
    shown = capfd.readouterr()
    assert shown.out == "" and "acme/actions/do-it.py, line 1" in shown.err and "is async" in shown.err
    (folder / "acme/syncs/contacts.py").write_text("def fetch_data(nango:\n")
    assert main(["test", str(folder)]) == 1
    assert "acme/syncs/contacts.py, line 1" in capfd.readouterr().err
