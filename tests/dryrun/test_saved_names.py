"""Saved responses are found by the name of a script alone: another script's are never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nangonb.errors import FolderError, UsageError
from tests.scripted import ScriptedNango
from tests.world import YAML, World, shown

TWINS = YAML.replace("      do-it:\n", "      contacts:\n")
SYNC = (
    "%%nango_sync contacts\ndef fetch_data(nango):\n    nango.batch_save(nango.get('/a').data, 'Contact')\n"
)
ACTION = "%%nango_action contacts --integration-id acme\ndef run_action(nango, input):\n    return 'done'\n"
SAVED = Path("acme/tests/contacts.test.json")


def saved_sync(world: World, scripted: ScriptedNango) -> bytes:
    scripted.answers = [[{"id": "1"}]]
    world.cell(YAML)
    world.cell(SYNC)
    world.session.dryrun("contacts", "conn-1", save_responses=True)
    return SAVED.read_bytes()


def test_a_sync_and_an_action_of_one_name(acme: World, scripted: ScriptedNango) -> None:
    acme.cell(TWINS)
    acme.cell(SYNC)
    acme.cell(ACTION)
    for name, said in (
        ("acme/syncs/contacts", "The sync contacts and the action contacts of acme"),
        ("acme/actions/contacts", "The action contacts and the sync contacts of acme"),
    ):
        with pytest.raises(UsageError) as caught:
            acme.session.dryrun(name, "conn-1", save_responses=True)
        assert said in shown(caught.value)
        assert "acme/tests/contacts.test.json" in shown(caught.value)
        assert "Rename one of them" in shown(caught.value)
    assert scripted.asked == []  # before anything is fetched
    assert acme.session.dryrun("acme/actions/contacts", "conn-1").output == "done"


def test_what_another_kernel_saved(acme: World, scripted: ScriptedNango) -> None:
    before = saved_sync(acme, scripted)
    acme.session.forget("contacts")
    acme.cell(TWINS)
    acme.cell(ACTION)
    with pytest.raises(FolderError) as caught:
        acme.session.dryrun("contacts", "conn-1", save_responses=True)
    assert "holds the saved responses of a sync, and contacts is an action" in shown(caught.value)
    result = acme.session.dryrun("contacts", "conn-1")
    with pytest.raises(FolderError, match="They were not overwritten"):
        result.save_responses(SAVED)
    assert SAVED.read_bytes() == before
    replay = acme.session.test()["acme/actions/contacts"]
    assert (replay.passed, replay.reason) == (None, "nothing saved yet (--save-responses)")
    SAVED.unlink()
    acme.session.dryrun("contacts", "conn-1", save_responses=True)
    assert json.loads(SAVED.read_text())["output"] == "done"


def test_an_export_carries_them_for_their_own_script(
    acme: World, scripted: ScriptedNango, tmp_path: Path
) -> None:
    saved_sync(acme, scripted)
    acme.cell(TWINS.replace("POST /do-it", "POST /contacts"))
    acme.cell(ACTION)
    acme.session.export(tmp_path, layout="python")
    record = json.loads((tmp_path / ".nangonb/export.json").read_text())
    (owned,) = [one for one in record["files"] if one["path"] == SAVED.as_posix()]
    assert owned["script"] == "acme/syncs/contacts"
    replays = {one.script.key: one.passed for one in acme.session.test()}
    assert replays == {"acme/syncs/contacts": True, "acme/actions/contacts": None}


def test_a_name_that_begins_with_its_integration(acme: World, scripted: ScriptedNango) -> None:
    # acme-contacts.test.json is where Nango's CLI looks first for the responses of contacts, too
    acme.cell(YAML.replace("      contacts:\n", "      acme-contacts:\n").replace("/contacts", "/others"))
    acme.cell(SYNC.replace("contacts", "acme-contacts"))
    scripted.answers = [[{"id": "theirs"}]]
    acme.session.dryrun("acme-contacts", "conn-1", save_responses=True)
    theirs = Path("acme/tests/acme-contacts.test.json")
    before = theirs.read_bytes()
    options = "contacts --integration-id acme --output Contact --endpoint /c --runs hourly"
    acme.cell(SYNC.replace("contacts", options, 1))
    scripted.answers = [[{"id": "ours"}]]
    acme.session.dryrun("contacts", "conn-1", save_responses=True)
    assert theirs.read_bytes() == before
    assert "ours" in SAVED.read_text()
    assert acme.session.test().passed == 2


class TestLinks:
    """Saved responses stay below the folder of the tests, wherever links lead."""

    @staticmethod
    def refused(world: World, scripted: ScriptedNango) -> str:
        world.cell(YAML)
        world.cell(SYNC)
        with pytest.raises(FolderError) as caught:
            world.session.dryrun("contacts", "conn-1", save_responses=True)
        assert scripted.asked == []  # before anything is fetched
        return shown(caught.value)

    @pytest.mark.parametrize("link", ["acme", "acme/tests"])
    def test_out_of_the_folder(self, acme: World, scripted: ScriptedNango, tmp_path: Path, link: str) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        Path(link).parent.mkdir(exist_ok=True)
        Path(link).symlink_to(outside)
        said = self.refused(acme, scripted)
        assert "it is below a link" in said and str(outside) in said and "Remove the link" in said
        assert list(outside.rglob("*")) == []

    def test_that_leads_out_once_the_run_has_begun(
        self, acme: World, scripted: ScriptedNango, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()

        def link(asked: object) -> list[object]:
            Path("acme").symlink_to(outside)
            return [{"id": "1"}]

        scripted.answers = [link]
        acme.cell(YAML)
        acme.cell(SYNC)
        with pytest.raises(FolderError, match="it is below a link") as caught:
            acme.session.dryrun("contacts", "conn-1", save_responses=True)
        assert caught.value.dryrun.records == {"Contact": [{"id": "1"}]}
        assert list(outside.rglob("*")) == []

    def test_in_a_circle(self, acme: World, scripted: ScriptedNango) -> None:
        Path("acme").symlink_to("acme")
        assert "cannot be written" in self.refused(acme, scripted)

    def test_inside_of_the_folder(self, acme: World, scripted: ScriptedNango) -> None:
        Path("all-tests").mkdir()
        Path("acme").mkdir()
        Path("acme/tests").symlink_to("../all-tests")
        saved_sync(acme, scripted)
        assert Path("all-tests/contacts.test.json").is_file()

    def test_to_a_file_elsewhere_is_replaced(
        self, acme: World, scripted: ScriptedNango, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("{}")
        SAVED.parent.mkdir(parents=True)
        SAVED.symlink_to(tmp_path / "file")
        saved_sync(acme, scripted)
        assert (tmp_path / "file").read_text() == "{}" and not SAVED.is_symlink()


def test_a_name_that_is_too_long(acme: World, scripted: ScriptedNango) -> None:
    name = "n" * 300
    acme.cell(YAML.replace("contacts", name))
    acme.cell(SYNC.replace("contacts", name))
    with pytest.raises(FolderError, match="bytes, and may have"):
        acme.session.dryrun(name, "conn-1", save_responses=True)
    assert scripted.asked == []
