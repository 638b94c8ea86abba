"""The state of deployed syncs, and acting on them: what Nango is told, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from nangonb._dryrun import Progress
from nangonb._session import SyncStates
from nangonb.errors import ApiError, RunError, UnknownName, UsageError
from tests.deployed import Deployed, Runs, refused, state
from tests.scripted import ScriptedNango
from tests.world import YAML, World, shown

ORDER = {"provider_config_key": "acme", "connection_id": "conn-1"}


@pytest.fixture
def deployed(scripted: ScriptedNango, acme: World) -> Deployed:
    acme.cell(YAML)
    return Deployed(scripted)


class TestStatus:
    def test_of_one(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs.append(state("others"))
        found = acme.session.status("acme/contacts", "conn-1")
        assert found.text().startswith("contacts of acme on conn-1 · dev · 127.0.0.1")
        assert "✓ SUCCESS  every day  2026-01-02 08:00:12  2026-01-03 08:00:00  Contact 2,413" in found.text()
        assert "Contact: added 3, deleted 1" in found.text() and "others" not in found.text()
        assert "<td>contacts</td>" in found.html()

    def test_of_all_on_all_connections_as_a_frame(self, acme: World, deployed: Deployed) -> None:
        never = {"finishedAt": None, "recordCount": {}, "latestResult": {}, "nextScheduledSyncAt": None}
        deployed.syncs.append(state(status="PAUSED", connection_id="conn-2", checkpoint={"page": 2}, **never))
        found = acme.session.status()
        frame = found.df
        assert frame["connection_id"].tolist() == ["conn-1", "conn-2"]
        assert frame["records"].tolist() == [2413, 0]
        assert str(frame["finished_at"].dtype) == "datetime64[ns, UTC]" and frame["finished_at"].isna()[1]
        assert frame["checkpoint"].tolist()[1] == {"page": 2}
        assert "on all connections" in found.text() and "■ PAUSED" in found.text()
        assert '{"page":2}' in found.text() and "conn-2" in found.text()

    def test_of_none(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs = []
        found = acme.session.status()
        assert found.text().endswith(": none is deployed") and len(found.df) == 0

    def test_of_the_selected_connection(self, acme: World, deployed: Deployed) -> None:
        acme.session.connection("conn-1")
        assert acme.session.status().text().startswith("the syncs of acme on conn-1 · dev")

    def test_of_a_variant(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs.append(state(variant="emea"))
        assert [each["variant"] for each in acme.session.status("contacts", variant="emea").states] == [
            "emea"
        ]
        with pytest.raises(UnknownName) as caught:
            acme.session.status("contacts", variant="apac")
        assert "There is: base, emea." in shown(caught.value)

    def test_of_a_misspelt_name(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UnknownName) as caught:
            acme.session.status("contcats", "conn-1")
        assert "There is no sync of acme on conn-1 in dev" in shown(caught.value)
        assert "Did you mean 'contacts'?" in shown(caught.value)

    def test_of_one_that_is_not_deployed(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs = []
        with pytest.raises(UnknownName) as caught:
            acme.session.status("contacts")
        assert "not deployed" in caught.value.hint

    def test_of_an_unknown_connection(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UnknownName, match="no connection of acme named 'con-1'"):
            acme.session.status("contacts", "con-1")

    def test_of_another_kind_of_script(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UsageError, match="is not a sync"):
            acme.session.status("acme/actions/do-it")
        acme.cell("%%nango_action do-it\ndef run_action(nango, input):\n    return 1\n")
        for verb in ("status", "trigger"):
            with pytest.raises(UsageError, match="do-it is an action; only a sync has a state") as caught:
                getattr(acme.session, verb)("do-it")
            assert "triggers it (POST /action/trigger); %nango_dryrun do-it runs it here" in caught.value.hint


class TestActing:
    @pytest.mark.parametrize("verb", ["trigger", "start", "pause"])
    def test_tells_nango_and_says_what_and_where(self, acme: World, deployed: Deployed, verb: str) -> None:
        found: SyncStates = getattr(acme.session, verb)("contacts")
        assert deployed.orders == [(verb, {"syncs": ["contacts"], **ORDER})]
        head, line = found.text().splitlines()[:2]
        done = {"trigger": "triggered", "start": "started", "pause": "paused"}[verb]
        assert found.done == done
        assert head.startswith("✓ contacts on conn-1 · dev · 127.0.0.1") and f"· acme · {done}: " in head
        watch = "Start it again: %nango_start" if verb == "pause" else "Watch it: %nango_status"
        assert line == f"{watch} contacts conn-1"
        assert len(found.states) == 1

    def test_a_start_does_not_promise_a_run(self, acme: World, deployed: Deployed) -> None:
        """Nango runs a sync at once only at its first start, or where a run is due."""
        said = acme.session.start("contacts").text()
        assert "started: it runs at its interval, and at once only if it never ran or a run is due." in said
        assert "Run it now: %nango_trigger contacts conn-1 --wait" in said

    def test_from_scratch(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs.append(state(variant="emea"))
        found = acme.session.trigger("contacts", variant="emea", reset=True, empty_cache=True)
        sync = {"name": "contacts", "variant": "emea"}
        opts = {"reset": True, "emptyCache": True}
        assert deployed.orders == [("trigger", {"syncs": [sync], "opts": opts, **ORDER})]
        assert "contacts (emea) on conn-1" in found.text()
        assert "from scratch, and its synced records are deleted first" in found.text()
        assert "%nango_status contacts conn-1 --variant emea" in found.text()

    def test_emptying_without_a_reset(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UsageError, match="--empty-cache deletes what was synced, and needs --reset"):
            acme.session.trigger("contacts", empty_cache=True)
        assert deployed.orders == []

    def test_a_misspelt_name_does_nothing(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UnknownName, match="no sync of acme on conn-1"):
            acme.session.pause("contact", integration_id="acme")
        assert deployed.orders == []

    def test_needs_one_connection(self, acme: World, deployed: Deployed, scripted: ScriptedNango) -> None:
        one = {"provider_config_key": "acme", "provider": "acme", "created": "", "errors": []}
        scripted.api["/connections"] = {
            "connections": [{**one, "connection_id": f"conn-{n}"} for n in (1, 2)]
        }
        with pytest.raises(UsageError, match="acme has 2 connections, and none is selected"):
            acme.session.trigger("contacts")
        assert deployed.orders == []

    @pytest.mark.parametrize(
        "wrong", [{"timeout": 3}, {"wait": True, "timeout": 0}, {"wait": True, "timeout": "soon"}]
    )
    def test_a_wrong_timeout_triggers_nothing(
        self, acme: World, deployed: Deployed, wrong: dict[str, object]
    ) -> None:
        with pytest.raises(UsageError, match="--timeout"):
            acme.session.trigger("contacts", **wrong)  # type: ignore[arg-type]
        assert deployed.orders == []

    def test_a_plan_that_does_not_allow_it(
        self, acme: World, deployed: Deployed, scripted: ScriptedNango
    ) -> None:
        scripted.api["/sync/start"] = refused(400, "resource_capped", "Reached the limit")
        with pytest.raises(ApiError) as caught:
            acme.session.start("contacts")
        assert "Reached the limit" in caught.value.message and "plan" in caught.value.hint


LATER, LATEST = "2026-01-04T09:00:00.000Z", "2026-01-04T09:30:00.000Z"
OLD = {"Contact": {"added": 3, "updated": 0, "deleted": 1}}
NEW = {"Contact": {"added": 0, "updated": 7, "deleted": 0}}
RUNNING = state(status="RUNNING", latestResult=None, finishedAt=LATER)
DONE = state(finishedAt=LATEST, latestResult=NEW, latestExecutionStatus="SUCCESS")
# what a real Nango answers: the run of yesterday, until there is a new one
BEFORE = state(latestExecutionStatus="SUCCESS")


class TestTriggeredWithoutWaiting:
    def test_the_run_before_is_not_shown_as_this_one(self, acme: World, deployed: Deployed) -> None:
        Runs(deployed, BEFORE)
        found = acme.session.trigger("contacts")
        assert "▷ PENDING" in found.text() and "SUCCESS" not in found.text()
        assert "2026-01-02 08:00:12" not in found.text() and "added 3" not in found.text()
        assert "Contact 2,413" in found.text()
        frame = found.df
        assert frame["status"].tolist() == ["PENDING"] and frame["finished_at"].isna().all()
        assert frame["latest_result"].tolist() == [None]

    def test_a_run_that_has_begun_has_no_result_yet(self, acme: World, deployed: Deployed) -> None:
        """Some servers keep the result of the run before until there is a new one."""
        Runs(deployed, {**RUNNING, "latestResult": OLD})
        found = acme.session.trigger("contacts")
        assert "▶ RUNNING" in found.text() and "added 3" not in found.text()

    def test_a_run_that_has_ended_already(self, acme: World, deployed: Deployed) -> None:
        Runs(deployed, DONE)
        assert "✓ SUCCESS" in acme.session.trigger("contacts").text()

    def test_during_a_run(self, acme: World, deployed: Deployed) -> None:
        Runs(deployed, DONE, before=[RUNNING])
        found = acme.session.trigger("contacts")
        assert "triggered during a run; Nango may skip it" in found.text()
        assert "SUCCESS" not in found.text() and "updated 7" not in found.text()


class TestWaiting:
    def test_gives_the_result_of_the_run_that_it_started(self, acme: World, deployed: Deployed) -> None:
        Runs(deployed, BEFORE, BEFORE, RUNNING, {**RUNNING, "finishedAt": LATEST}, DONE)
        found = acme.session.trigger("contacts", wait=True, reset=True)
        assert deployed.orders == [("trigger", {"syncs": ["contacts"], "opts": {"reset": True}, **ORDER})]
        assert found.text().startswith("✓ contacts on conn-1 · dev · 127.0.0.1")
        assert "· triggered, from scratch: the run succeeded after " in found.text()
        assert "Contact: updated 7" in found.text() and "added 3" not in found.text()
        assert "Its records: %nango_records Contact conn-1" in found.text()
        assert found.run is not None and (found.run.outcome, found.run.result) == ("succeeded", NEW)
        assert found.df["finished_at"].dt.hour.tolist() == [9]

    @pytest.mark.parametrize(
        ("before", "done"),
        [
            # the shape of the sandbox until now, and of a sync that never ran
            ({}, {"finishedAt": LATEST, "latestResult": NEW}),
            (
                {"finishedAt": None, "latestResult": None, "status": "STOPPED"},
                {"finishedAt": LATEST, "latestResult": None},
            ),
            (
                {"status": "PAUSED"},
                {"status": "PAUSED", "latestExecutionStatus": "SUCCESS", "finishedAt": LATEST},
            ),
        ],
    )
    def test_whatever_nango_leaves_out(
        self, acme: World, deployed: Deployed, before: dict[str, object], done: dict[str, object]
    ) -> None:
        first = {name: value for name, value in state(**before).items() if value is not None}
        last = {name: value for name, value in state(**done).items() if value is not None}
        Runs(deployed, first, last, before=[first])
        found = acme.session.trigger("contacts", wait=True)
        assert found.text().startswith("✓") and found.run is not None and found.run.outcome == "succeeded"

    def test_a_run_in_progress_is_not_taken_for_this_one(self, acme: World, deployed: Deployed) -> None:
        earlier = state(finishedAt=LATER, latestResult=OLD)
        Runs(deployed, earlier, RUNNING, DONE, before=[RUNNING, RUNNING, earlier])
        found = acme.session.trigger("contacts", wait=True)
        assert [verb for verb, _ in deployed.orders] == ["trigger"]
        assert found.run is not None and found.run.result == NEW

    @pytest.mark.parametrize(
        "failed",
        [
            {"status": "ERROR"},
            {"status": "PAUSED", "latestExecutionStatus": "STOPPED"},
            {"status": "PAUSED", "error": "TypeError: no such field"},
        ],
    )
    def test_a_run_that_fails_is_an_error(
        self, acme: World, deployed: Deployed, failed: dict[str, object], scripted: ScriptedNango
    ) -> None:
        # with the result of the run before, which some servers keep
        last = state(finishedAt=LATEST, latestResult=OLD, **failed)
        if "error" in last:
            last["error"] += f" {scripted.key}"
        Runs(deployed, BEFORE, RUNNING, last)
        with pytest.raises(RunError) as caught:
            acme.session.trigger("contacts", wait=True)
        said = shown(caught.value)
        assert "The run of contacts on conn-1 · dev" in said and "failed after" in said
        assert ("TypeError: no such field" in said) == ("error" in failed)
        assert scripted.key not in said
        run = caught.value.states.run
        assert run is not None and (run.outcome, run.result, caught.value.exit_code) == ("failed", None, 12)

    def test_one_of_which_nango_does_not_say_how_it_ended(self, acme: World, deployed: Deployed) -> None:
        Runs(deployed, RUNNING, state(status="PAUSED", finishedAt=LATEST))
        found = acme.session.trigger("contacts", wait=True)
        assert found.text().startswith("▲ contacts on conn-1")
        assert "Nango does not report its outcome" in found.text()

    @pytest.mark.parametrize(
        ("answers", "said"),
        [([BEFORE], "has not begun after 0.3 s"), ([RUNNING], "has not ended after 0.3 s")],
    )
    def test_no_longer_than_it_may(
        self, acme: World, deployed: Deployed, answers: list[dict[str, object]], said: str
    ) -> None:
        Runs(deployed, *answers)
        with pytest.raises(RunError) as caught:
            acme.session.trigger("contacts", wait=True, timeout=0.3)
        assert said in shown(caught.value) and "%nango_status contacts conn-1" in shown(caught.value)
        assert caught.value.states.done == "triggered" and caught.value.states.run is None
        assert "SUCCESS" not in caught.value.states.text()

    def test_a_run_in_progress_that_does_not_end(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs = [RUNNING]
        with pytest.raises(RunError, match="was not triggered: the run in progress has not ended") as caught:
            acme.session.trigger("contacts", wait=True, timeout=0.3)
        assert deployed.orders == [] and caught.value.states.done is None

    def test_lost_answers_do_not_matter(
        self, acme: World, deployed: Deployed, scripted: ScriptedNango
    ) -> None:
        Runs(deployed, BEFORE, RUNNING, DONE)
        status = scripted.api["/sync/status"]
        assert callable(status)
        misses = [500, 500]
        scripted.api["/sync/status"] = lambda asked: (
            refused(misses.pop(), "no") if deployed.orders and misses else status(asked)
        )
        assert acme.session.trigger("contacts", wait=True).text().startswith("✓")
        assert misses == []

    def test_how_far_it_is_is_shown(self, acme: World, deployed: Deployed) -> None:
        said: list[str | None] = []

        class Front:
            def progress(self, name: str) -> Callable[[Progress | None], None]:
                return lambda progress: said.append(None if progress is None else f"{name}: {progress.text}")

        acme.session.front = cast(Any, Front())
        earlier = {**RUNNING, "recordCount": None}
        Runs(
            deployed,
            BEFORE,
            RUNNING,
            {**RUNNING, "recordCount": {"Contact": 9}},
            DONE,
            before=[earlier, BEFORE],
        )
        acme.session.trigger("contacts", wait=True)
        assert said == [
            "contacts: waits for the run in progress, 2,413 records in Nango",
            "contacts: Nango has not started the run yet, 2,413 records in Nango",
            "contacts: running, 2,413 records in Nango",
            "contacts: running, 9 records in Nango",
            "contacts: running, 2,413 records in Nango",
            None,
        ]
