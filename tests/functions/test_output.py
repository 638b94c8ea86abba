"""What Nango's servers print of a dry run, read back: by the real CLI's recordings, and by odd ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nangonb.errors import ApiError, Interrupted, ScriptError
from tests.functions.remote_nango import RemoteNango
from tests.scripted import ScriptedNango
from tests.world import YAML, World, shown

SYNC = "%%nango_sync contacts\ndef fetch_data(nango):\n    nango.log('x')\n"
HEAD = 'Compiled\nExecuting -> integration:"acme" script:"function" \n'


def _results(added: int = 0, updated: int = 0, deleted: int = 0, *messages: object) -> str:
    counts = json.dumps({"updated": updated, "added": added, "deleted": deleted}, indent=2)
    said = "The following log messages were generated:" if messages else ""
    return "\n".join(
        ["Done", f"The dry run would produce the following results: {counts}", said]
        + [json.dumps(message, indent=2) for message in messages]
    )


@pytest.fixture
def nango(acme: World, scripted: ScriptedNango) -> RemoteNango:
    acme.cell(YAML)
    acme.cell(SYNC)
    return RemoteNango(scripted)


def test_the_recorded_output_of_the_real_cli(acme: World, nango: RemoteNango, shared: Path) -> None:
    printed = (shared / "nango/recordings/zero-sync.out.txt").read_text("utf-8")
    printed = printed.removesuffix("[exit code 0]\n")  # the recorder's
    nango.succeed("\x1b[33m" + printed + "\x1b[39m")
    run = acme.session.dryrun("contacts", "conn-1", remote=True)
    assert run.counts.added == 5 == len(run.records["Contact"])
    assert [each["id"] for each in run.records["Contact"]] == [f"003000{n}" for n in range(5)]
    logs = list(run.logs["message"])
    assert logs[-1] == "Sync run completed!"
    assert all(re.match(r"http \[200\] GET http", line) for line in logs[:-1])
    assert len(run.validation) > 0  # the recorded contacts are not those of this model


def test_all_that_can_be_written(acme: World, nango: RemoteNango) -> None:
    nango.succeed(
        HEAD
        + "[1, 2]\nA batch save call would\n"  # what a script logs is not what the CLI says
        + _results(
            2, 1, 1,
            "A batch save call would save the following data to the Contact model:",
            {"id": "1", "name": "A batch delete call would delete the following data:"},
            {"id": "2"},
            "A batch update call would update the following data to the Contact model:",
            {"id": "9", "age": 3},
            "A batch delete call would delete the following data:", {"id": "7"},
            "something else",
        )
    )  # fmt: skip
    run = acme.session.dryrun("contacts", "conn-1", remote=True)
    assert [each["id"] for each in run.records["Contact"]] == ["1", "2"]
    assert run.updated == {"Contact": [{"id": "9", "age": 3}]}
    assert run.deleted == {"Contact": [{"id": "7"}]}
    assert list(run.logs["message"]) == ["[1, 2]", "A batch save call would", "something else"]
    assert [each.code for each in run.problem_list] == ["remote-run"]


def test_records_that_are_not_shown_are_missed(acme: World, nango: RemoteNango) -> None:
    said = "A batch save call would save the following data to the Contact model:"
    nango.succeed(HEAD + _results(11, 0, 0, said, {"id": "1"}))
    run = acme.session.dryrun("contacts", "conn-1", remote=True)
    problem = next(each for each in run.problem_list if each.code == "remote-output")
    assert problem.message == "Nango reports that 11 records would be written, and shows 1 of them."


def test_an_unknown_format_stays_in_the_log(acme: World, nango: RemoteNango) -> None:
    nango.succeed("Everything has changed\nin version 2")
    run = acme.session.dryrun("contacts", "conn-1", remote=True)
    assert list(run.logs["message"]) == ["Everything has changed", "in version 2"]
    assert "remote-output" in [each.code for each in run.problem_list]


def test_what_is_sent(acme: World, nango: RemoteNango) -> None:
    acme.session.dryrun("contacts", "conn-1", remote=True, last_sync_date="2026-01-02", checkpoint={"a": 1})
    (compiled,), (sent,) = nango.sent["compile"], nango.sent["dryruns"]
    assert sent.pop("code") == compiled["code"]
    assert compiled["code"].startswith("import { createSync } from 'nango';\n")
    assert sent == {
        "integration_id": "acme",
        "function_type": "sync",
        "connection_id": "conn-1",
        "checkpoint": {"a": 1},
        "last_sync_date": "2026-01-02T00:00:00.000Z",
    }


def test_what_is_declared_is_validated_here(acme: World, nango: RemoteNango) -> None:
    said = "A batch save call would save the following data to the Contact model:"
    nango.succeed(HEAD + _results(1, 0, 0, said, {"id": "1", "age": "old"}))
    run = acme.session.dryrun("contacts", "conn-1", remote=True)
    assert list(run.validation["path"]) == ["age"]


class TestFailures:
    def test_in_words_only(self, acme: World, nango: RemoteNango) -> None:
        nango.fail("dryrun_error", 'Compiled\nNo script named "function" found in integration "acme"')
        with pytest.raises(ScriptError) as caught:
            acme.session.dryrun("contacts", "conn-1", remote=True)
        assert 'No script named "function" found' in shown(caught.value)
        assert caught.value.dryrun.error_json is not None
        assert caught.value.dryrun.error_json["name"] == "RemoteError"

    def test_a_run_that_nango_ended(self, acme: World, nango: RemoteNango) -> None:
        nango.fail("timeout", "Dry run timed out")
        with pytest.raises(ScriptError, match="Dry run timed out"):
            acme.session.dryrun("contacts", "conn-1", remote=True)

    def test_one_that_does_not_end(self, acme: World, nango: RemoteNango) -> None:
        nango.ended = {"status": "running"}
        with pytest.raises(Interrupted, match=r"ran longer than 0.2 s \(--timeout\)") as caught:
            acme.session.dryrun("contacts", "conn-1", remote=True, timeout=0.2)
        assert "continues" in next(
            p.message for p in caught.value.dryrun.problem_list if p.code == "remote-run"
        )

    def test_a_nango_without_machines_for_it(self, acme: World, nango: RemoteNango) -> None:
        message = "Failed to initialize the function execution environment"
        nango.refuse("compile", 500, "server_error", message)
        with pytest.raises(ApiError, match=message) as caught:
            acme.session.dryrun("contacts", "conn-1", remote=True)
        assert "without --remote" in caught.value.hint
        assert not nango.sent["dryruns"]

    def test_no_secret_is_shown(self, acme: World, nango: RemoteNango, scripted: ScriptedNango) -> None:
        acme.session.dryrun("contacts", "conn-1", remote=True)  # so that its token is known
        acme.session.connections()
        nango.fail("dryrun_error", f"Error: token {scripted.key} was refused")
        with pytest.raises(ScriptError) as caught:
            acme.session.dryrun("contacts", "conn-1", remote=True)
        run = caught.value.dryrun
        for text in (shown(caught.value), str(run), json.dumps(run.error_json), str(run.logs)):
            assert scripted.key not in text
