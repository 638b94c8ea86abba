"""The state of deployed syncs, and acting on them: what Nango is told, and what is said."""

from __future__ import annotations

import pytest

from nangonb.errors import ApiError, UnknownName, UsageError
from nangonb.session import SyncStates
from tests.deployed import Deployed, refused, state
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
        assert "not deployed there" in caught.value.hint

    def test_of_an_unknown_connection(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UnknownName, match="no connection of acme named 'con-1'"):
            acme.session.status("contacts", "con-1")

    def test_of_another_kind_of_script(self, acme: World, deployed: Deployed) -> None:
        with pytest.raises(UsageError, match="is no sync"):
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

    def test_a_plan_that_does_not_allow_it(
        self, acme: World, deployed: Deployed, scripted: ScriptedNango
    ) -> None:
        scripted.api["/sync/start"] = refused(400, "resource_capped", "Reached the limit")
        with pytest.raises(ApiError) as caught:
            acme.session.start("contacts")
        assert "Reached the limit" in caught.value.message and "plan" in caught.value.hint
