"""No room on the disk (ENOSPC, for real): what was fetched is there, and no file is in halves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.disk import on_small_disk
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML

SYNC = """def fetch_data(nango):
    for number in range(3):
        nango.batch_save(nango.get(f"/items/{number}").data, "Contact")
"""


@pytest.fixture
def project(tmp_path: Path, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of layout python whose Nango is :func:`scripted`, with responses saved earlier."""
    monkeypatch.setenv("NANGO_HOSTPORT", scripted.url)
    monkeypatch.setenv("NANGO_SECRET_KEY", scripted.key)
    folder = tmp_path / "disk"
    (folder / "acme/syncs").mkdir(parents=True)
    (folder / "acme/tests").mkdir()
    (folder / "nango.yaml").write_text(YAML.partition("\n")[2])
    (folder / "acme/syncs/contacts.py").write_text(SYNC)
    (folder / "acme/tests/contacts.test.json").write_text('{"nango": {"batchSave": {}}}')
    return folder


def pages(scripted: ScriptedNango, size: int) -> None:
    scripted.answers += [Answer([{"id": f"{number}", "name": "x" * size}]) for number in range(3)]


def test_while_responses_are_saved(project: Path, scripted: ScriptedNango) -> None:
    pages(scripted, 60_000)
    pages(scripted, 60_000)
    pages(scripted, 60_000)
    found = on_small_disk(
        "filler = fill()\n"
        "run = ('dryrun', '.', 'contacts', 'conn-1', '--save-responses')\n"
        "full = nangonb(*run, '--json'), nangonb(*run)\n"
        "left = files('acme/tests')\n"
        "filler.unlink()\n"
        "print(json.dumps([*full, left, nangonb(*run), files('acme/tests')]))\n",
        project,
        kilobytes=1024,
    )
    document, text, left, again, saved = found
    said = "acme/tests/contacts.test.json cannot be written: No space left on device."
    for one in (document, text):
        assert one["code"] == 1
        assert one["err"].startswith(f"FolderError: {said}\nThe run itself is complete: ")
        assert "Traceback" not in one["err"]
    run = json.loads(document["out"])  # nothing is lost
    assert (run["state"], [row["id"] for row in run["records"]["Contact"]]) == ("succeeded", ["0", "1", "2"])
    problem = next(each for each in run["problems"] if each["code"] == "responses-not-saved")
    assert said in problem["message"]
    assert "contacts on conn-1" in text["out"] and "added 3" in text["out"].splitlines()[0]
    assert left == {"acme/tests/contacts.test.json": '{"nango": {"batchSave": {}}}'}
    assert again["code"] == 0
    assert list(saved) == ["acme/tests/contacts.test.json"]
    assert len(json.loads(saved["acme/tests/contacts.test.json"])["nango"]["batchSave"]["Contact"]) == 3


def test_while_responses_and_records_spill(project: Path, scripted: ScriptedNango, tmp_path: Path) -> None:
    """Into a temporary folder without room: memory is what is left."""
    pages(scripted, 1_500_000)
    found = on_small_disk(
        "os.environ['TMPDIR'] = str(disk)\n"
        "fill()\n"
        "done = subprocess.run([sys.executable, '-c', sys.argv[3], 'dryrun', sys.argv[2], 'contacts',\n"
        "    'conn-1', '--save-responses', '--json'], capture_output=True, text=True)\n"
        "assert done.stderr == '', done.stderr\n"
        "print(done.stdout)\n",
        tmp_path / "small",
        str(project),
        # records spill from a quarter of a gigabyte on: here from the first
        "import sys; from nangonb._records import RecordBuffer\n"
        "RecordBuffer.__init__.__kwdefaults__['spill_at'] = 1000\n"
        "from nangonb._cli.main import main; sys.exit(main())",
    )
    assert [len(row["name"]) for row in found["records"]["Contact"]] == [1_500_000] * 3
    saved = json.loads((project / "acme/tests/contacts.test.json").read_text())
    assert [
        len(one["response"][0]["name"])
        for one in (saved["api"]["get"][f"/items/{number}"] for number in range(3))
    ] == [1_500_000] * 3


def test_a_spill_that_runs_out_of_room_half_way(tmp_path: Path) -> None:
    found = on_small_disk(
        "import gc, tempfile\n"
        "tempfile.tempdir = str(disk)\n"
        "from nangonb._records import RecordBuffer\n"
        "buffer, sent = RecordBuffer('Contact', spill_at=10_000), []\n"
        "for page in range(200):\n"
        "    rows = [{'id': f'{page}-{n}', 'name': 'x' * 50, **({'t': [n]} if page % 2 else {})}\n"
        "            for n in range(40)]\n"
        "    buffer.save(rows)\n"
        "    sent += rows\n"
        "left = os.statvfs(disk).f_bavail\n"
        "same = buffer.records() == sent and len(buffer.frame()) == len(sent)\n"
        "del buffer\n"
        "gc.collect()\n"
        "print(json.dumps([left, same, os.statvfs(disk).f_bavail > 0]))\n",
        tmp_path / "small",
        kilobytes=64,
    )
    assert found == [0, True, True]
