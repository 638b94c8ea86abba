"""``nangonb records``, ``status``, ``trigger``, ``start``, ``pause``: words, documents, exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from typing import Any

import jsonschema
import pytest

from nangonb._session import sync_states, synced_records
from tests.cli.conftest import Ran, Run, command, environment, folder
from tests.deployed import Deployed, Runs, record, refused, state
from tests.scripted import Answer, Asked, ScriptedNango


@pytest.fixture
def deployed(scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    monkeypatch.setenv("NANGO_HOSTPORT", scripted.url)
    monkeypatch.setenv("NANGO_SECRET_KEY", scripted.key)
    deployed = Deployed(scripted)
    deployed.records = [record("1", name="Zoë"), record("2", "DELETED"), record("3")]
    return deployed


def _records(ran: Ran) -> dict[str, Any]:
    return _document(ran, synced_records.schema())


def _syncs(ran: Ran) -> dict[str, Any]:
    return _document(ran, sync_states.schema())


def _document(ran: Ran, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert ran.out.count("\n") == 1
    return found


class TestRecords:
    def test_as_text_and_with_options(self, deployed: Deployed, inside: Run) -> None:
        ran = inside("records", "Contact", "conn-1", "--limit", "2", "--filter", "added,deleted")
        assert ran.code == 0, ran.err
        assert ran.out.startswith("✓ Contact on conn-1 · dev · 127.0.0.1")
        assert "2 records (1 deleted) · there may be more · 1 request" in ran.out
        assert deployed.queries == [{"model": "Contact", "limit": "10000"}]

    @pytest.mark.parametrize("words", [["Contact"], ["Contact", "conn-1"]])
    @pytest.mark.parametrize("with_source", [True, False])
    def test_as_a_document(
        self, deployed: Deployed, inside: Run, words: list[str], with_source: bool
    ) -> None:
        source = [folder("pass")] if with_source else []
        document = _records(inside("records", *source, *words, "--json"))
        assert document["records"] == deployed.records
        assert (document["state"], document["count"], document["requests"]) == ("succeeded", 3, 2)
        assert (document["integration"], document["connection_id"]) == ("acme", "conn-1")
        assert (document["next_cursor"], document["error"]) == (None, None)
        assert (document["complete"], document["running"]) == (True, [])

    def test_while_a_sync_is_running(self, deployed: Deployed, inside: Run) -> None:
        deployed.syncs = [state(status="RUNNING")]
        assert inside("records", "Contact").out.startswith("▲ Contact on conn-1")
        document = _records(inside("records", "Contact", "--json"))
        assert (document["state"], document["complete"], document["running"]) == (
            "succeeded", False, ["contacts"],
        )  # fmt: skip

    def test_a_misspelt_model(self, deployed: Deployed, inside: Run) -> None:
        ran = inside("records", "Contat", "--json")
        assert ran.code == 2 and "Did you mean 'Contact'?" in ran.err
        document = _records(ran)
        assert (document["state"], document["records"]) == ("failed", [])
        assert "no synced model" in document["error"]

    def test_nothing_was_asked_for(self, deployed: Deployed, inside: Run) -> None:
        ran = inside("records", "Contact", "--limit", "0", "--json")
        assert (ran.code, _records(ran)["model"]) == (2, None)

    def test_a_failure_in_the_middle(self, deployed: Deployed, inside: Run, scripted: ScriptedNango) -> None:
        pages = scripted.api["/records"]
        assert callable(pages)
        scripted.api["/records"] = lambda asked: (
            refused(400, "plan_limit") if "cursor" in dict(asked.query) else pages(asked)
        )
        ran = inside("records", "Contact", "--json")
        assert ran.code == 3 and "plan_limit" in ran.err
        document = _records(ran)
        assert (document["state"], document["count"], document["next_cursor"]) == ("failed", 2, "2")
        assert document["complete"] is False

    def test_stopped(self, deployed: Deployed, scripted: ScriptedNango) -> None:
        pages, waiting, go_on = scripted.api["/records"], threading.Event(), threading.Event()
        assert callable(pages)

        def slow(asked: Asked) -> Answer:
            if "cursor" in dict(asked.query):
                waiting.set()
                go_on.wait(60)
            found: Answer = pages(asked)
            return found

        scripted.api["/records"] = slow
        process = subprocess.Popen(
            command("records", "Contact", "--json"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        go_on.set()
        document = _records(Ran(process.returncode, out, err))
        assert (process.returncode, document["state"], document["count"]) == (130, "interrupted", 2)
        assert "were stopped after 2 of them" in err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["a", "Contact", "conn-1"], "'a' is neither a notebook nor a nango-integrations folder"),
            (["no.ipynb", "Contact"], "no.ipynb"),
            (["no.ipynb"], "MODEL is missing"),
            ([], "MODEL"),
        ],
    )
    def test_wrong_words(self, deployed: Deployed, inside: Run, words: list[str], said: str) -> None:
        ran = inside("records", *words)
        assert ran.code in (1, 2) and said in ran.err
        assert deployed.asked == []


class TestSyncs:
    def test_status(self, deployed: Deployed, inside: Run) -> None:
        assert "✓ SUCCESS" in inside("status").out
        document = _syncs(inside("status", folder("pass"), "contacts", "--json"))
        (sync,) = document["syncs"]
        assert (sync["name"], sync["integration"], sync["status"]) == ("contacts", "acme", "SUCCESS")
        assert (sync["record_count"], sync["finished_at"]) == ({"Contact": 2413}, "2026-01-02T08:00:12.000Z")
        assert document["done"] is None

    @pytest.mark.parametrize("verb", ["trigger", "start", "pause"])
    def test_acting(self, deployed: Deployed, inside: Run, verb: str) -> None:
        ran = inside(verb, "contacts", "conn-1")
        assert ran.code == 0, ran.err
        assert "✓ contacts on conn-1 · dev" in ran.out and "nangonb st" in ran.out
        assert _syncs(inside(verb, "acme/contacts", "--json"))["done"] in ("triggered", "started", "paused")
        assert [name for name, _ in deployed.orders] == [verb, verb]

    def test_refused(self, deployed: Deployed, inside: Run) -> None:
        ran = inside("trigger", "contcats", "--json")
        assert ran.code == 2 and "Did you mean 'contacts'?" in ran.err
        assert "no sync of acme" in _syncs(ran)["error"]


DONE = state(finishedAt="2026-01-04T09:30:00.000Z", latestResult={"Contact": {"added": 7}})
RUNNING = state(status="RUNNING", latestResult=None)


class TestWaiting:
    def test_for_a_run(self, deployed: Deployed, inside: Run) -> None:
        Runs(deployed, state(), RUNNING, DONE)
        ran = inside("trigger", "contacts", "conn-1", "--wait", "--json")
        document = _syncs(ran)
        assert (ran.code, document["done"], document["error"]) == (0, "triggered", None)
        run = document["run"]
        assert (run["outcome"], run["result"]) == ("succeeded", {"Contact": {"added": 7}})
        assert document["syncs"][0]["latest_result"] == {"Contact": {"added": 7}}

    def test_as_text(self, deployed: Deployed, inside: Run) -> None:
        Runs(deployed, state(), RUNNING, DONE)
        ran = inside("trigger", "contacts", "--wait", "--timeout", "60")
        assert "· triggered: the run succeeded after" in ran.out and "Contact: added 7" in ran.out
        assert "Its records: nangonb records Contact conn-1" in ran.out

    def test_not_waiting_has_no_run(self, deployed: Deployed, inside: Run) -> None:
        document = _syncs(inside("trigger", "contacts", "--json"))
        assert (document["run"], document["syncs"][0]["status"]) == (None, "PENDING")

    def test_for_a_run_that_fails(self, deployed: Deployed, inside: Run) -> None:
        Runs(deployed, {**DONE, "status": "ERROR"})
        ran = inside("trigger", "contacts", "--wait", "--json")
        document = _syncs(ran)
        assert (ran.code, document["done"], document["run"]["outcome"]) == (12, "triggered", "failed")
        assert "failed after" in document["error"] and "failed after" in ran.err

    def test_for_too_long(self, deployed: Deployed, inside: Run) -> None:
        Runs(deployed, state())
        ran = inside("trigger", "contacts", "--wait", "--timeout", "0.2", "--json")
        document = _syncs(ran)
        assert (ran.code, document["done"], document["run"]) == (12, "triggered", None)
        assert document["syncs"][0]["status"] == "PENDING" and "has not begun" in document["error"]

    def test_stopped(self, deployed: Deployed, scripted: ScriptedNango) -> None:
        Runs(deployed, RUNNING)
        status, waiting = scripted.api["/sync/status"], threading.Event()
        assert callable(status)

        def seen(asked: Asked) -> Answer:
            if deployed.orders:
                waiting.set()
            found: Answer = status(asked)
            return found

        scripted.api["/sync/status"] = seen
        process = subprocess.Popen(
            command("trigger", "contacts", "--wait", "--json"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        document = _syncs(Ran(process.returncode, out, err))
        assert (process.returncode, document["done"], document["run"]) == (130, "triggered", None)
        assert "continues in Nango" in document["error"] and "nangonb status contacts conn-1" in err
