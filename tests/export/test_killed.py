"""An export that is killed at any change of the folder: each file is whole, and the next export mends it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nangonb._folders import read
from nangonb.errors import FolderError
from tests.export.test_export import files
from tests.export.test_ownership import HAND_WRITTEN, LEADS, LEADS_SYNC
from tests.exporting import export
from tests.folders.making import SYNC, YAML, write_folder, write_notebook

ACTION = """\
%%nango_action fields --integration-id salesforce --endpoint /fields
def run_action(nango):
    return "Email"
"""
LAYOUTS = ("python", "nango-yaml", "zero-yaml")


def sync(value: int) -> str:
    return SYNC.replace("pass", f'nango.log("{value}")')


def export_and_kill(root: Path, *words: Path | str) -> None:
    """See :mod:`tests.export.killed`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.export.killed", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


class Scene:
    """A folder with a first export and things of others, and copies of it in which a second was killed."""

    def __init__(self, tmp: Path, root: Path, layout: str) -> None:
        self.layout, self.tmp = layout, tmp
        self.notebook = tmp / "a.ipynb"
        self.folder = write_folder(tmp / "out", {"notes.txt": "mine\n", "hubspot/mine.txt": "mine\n"})
        if layout != "zero-yaml":
            write_folder(self.folder, {"nango.yaml": HAND_WRITTEN})
        self.export(self.folder, YAML, sync(1), ACTION)
        self.first = files(self.folder)
        # a change, a new script, and one that is gone
        self.second = (YAML.replace("every day", "every hour"), sync(2), LEADS, LEADS_SYNC)
        write_notebook(self.notebook, *self.second)
        export_and_kill(root, self.notebook, self.folder, layout, tmp / "copies")
        self.copies = sorted((tmp / "copies").iterdir(), key=lambda path: int(path.name))
        self.whole = files(self.copies.pop())
        self.script = next(path for path in self.first if path.startswith("salesforce/syncs/contacts."))

    def export(self, folder: Path, *cells: str, prune: bool = True) -> None:
        export(read([write_notebook(self.notebook, *cells)]), folder, layout=self.layout, prune=prune)


@pytest.fixture(scope="module", params=LAYOUTS)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Scene:
    return Scene(tmp_path_factory.mktemp("killed"), root, request.param)


def own(found: dict[str, str]) -> dict[str, str]:
    """Without what only an export that did not end leaves."""
    return {
        path: text
        for path, text in found.items()
        if not path.endswith(".nangonb-tmp") and path != ".nangonb/export-begun.json"
    }


def test_every_file_is_whole(scene: Scene) -> None:
    assert len(scene.copies) > 15
    assert own(scene.whole) == scene.whole
    seen = set()
    for copy in scene.copies:
        found = own(files(copy))
        for path, text in found.items():
            assert text in (scene.first.get(path), scene.whole.get(path)), (copy.name, path)
        # what was there is there, but for what the second export takes away
        assert found.keys() >= scene.first.keys() & scene.whole.keys()
        seen.add(frozenset(found.items()))
    assert len(seen) > 4


@pytest.mark.parametrize("what", ["the same", "the first again", "something else"])
def test_the_next_export_mends_it(scene: Scene, tmp_path: Path, what: str) -> None:
    cells = {
        "the same": scene.second,
        "the first again": (YAML, sync(1), ACTION),
        "something else": (YAML.replace("every day", "every week"), sync(3)),
    }[what]
    scene.export(scene.tmp / f"wanted {what}", *cells)
    wanted = files(scene.tmp / f"wanted {what}")
    for copy in scene.copies:
        again = tmp_path / copy.name
        subprocess.run(["cp", "-a", copy, again], check=True)
        scene.export(again, *cells)
        found = files(again)
        assert found.pop("notes.txt") == found.pop("hubspot/mine.txt") == "mine\n"
        assert own(found) == found, copy.name  # nothing is left behind
        assert found[scene.script] == wanted[scene.script]
        assert found.keys() == wanted.keys(), copy.name
        if scene.layout != "zero-yaml":
            assert "# is it up?" in found["nango.yaml"]
        scene.export(again, *cells)
        assert files(again) == files(again) | found  # and so it stays


def test_what_was_edited_meanwhile_is_not_overwritten(scene: Scene, tmp_path: Path) -> None:
    for copy in scene.copies:
        again = tmp_path / copy.name
        subprocess.run(["cp", "-a", copy, again], check=True)
        (again / scene.script).write_text("// mine\n")
        before = files(again)
        with pytest.raises(FolderError) as caught:
            scene.export(again, YAML, sync(3))
        assert f"{scene.script}: it was changed since it was exported" in caught.value.hint
        assert files(again) == before


def test_a_second_one_that_is_killed_loses_nothing_of_the_first(
    scene: Scene, tmp_path: Path, root: Path
) -> None:
    """The new script of the first is dropped in the second; none is left, and nobody takes it for foreign."""
    leads = scene.script.replace("contacts", "leads")
    middle = next(  # it is written, and the record does not know it yet
        copy
        for copy in scene.copies
        if (copy / leads).exists() and leads not in (copy / ".nangonb/export.json").read_text()
    )
    write_notebook(scene.notebook, YAML, sync(3))
    export_and_kill(root, scene.notebook, middle, scene.layout, tmp_path / "c")
    for copy in (tmp_path / "c").iterdir():
        scene.export(copy, YAML, sync(4), LEADS, LEADS_SYNC.replace("pass", "nango.log('new')"))
        scene.export(copy, YAML, sync(4))
        found = files(copy)
        assert own(found) == found
        assert not [path for path in found if "leads" in path or "fields" in path]
