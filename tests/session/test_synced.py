"""Synced records: all pages, typed columns, and errors that say what there is."""

from __future__ import annotations

import pytest

from nangonb._session.lines import Lines
from nangonb.errors import ApiError, Interrupted, UnknownName, UsageError
from tests.deployed import Deployed, record, refused, state
from tests.scripted import ScriptedNango
from tests.world import YAML, World, shown


@pytest.fixture
def deployed(scripted: ScriptedNango, acme: World) -> Deployed:
    acme.cell(YAML)
    return Deployed(scripted)


@pytest.fixture
def three(deployed: Deployed) -> Deployed:
    deployed.records = [
        record("1", name="Zoë", age=30, active=True, nested={"a": [1]}),
        record("2", "UPDATED", name=None, age=2**60, extra="x"),
        record("3", "DELETED"),
    ]
    return deployed


class TestFrame:
    def test_all_pages_with_the_types_of_the_model_and_the_metadata_last(
        self, acme: World, three: Deployed
    ) -> None:
        found = acme.session.records("Contact", "conn-1")
        frame = found.df
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
            "id": "string", "name": "string", "age": "Int64", "active": "boolean",
            "nested": "object", "extra": "string",
            "first_seen_at": "datetime64[ns, UTC]", "last_modified_at": "datetime64[ns, UTC]",
            "last_action": "category", "deleted_at": "datetime64[ns, UTC]",
            "pruned_at": "datetime64[ns, UTC]", "cursor": "string",
        }  # fmt: skip
        assert frame["age"].tolist()[:2] == [30, 2**60]
        assert frame["first_seen_at"].dt.microsecond.tolist() == [123456] * 3
        assert frame["deleted_at"].isna().tolist() == [True, True, False]
        assert frame["last_action"].tolist() == ["ADDED", "UPDATED", "DELETED"]
        assert (len(found), found.requests, found.next_cursor, found.state) == (3, 2, None, "succeeded")
        assert three.queries == [{"model": "Contact", "limit": "10000"}] * 2

    def test_records_come_back_exactly(self, acme: World, three: Deployed) -> None:
        assert acme.session.records("Contact").records == three.records

    def test_a_field_that_is_called_as_metadata_is(self, acme: World, deployed: Deployed) -> None:
        deployed.records = [record("1", deleted_at="their own", cursor=5)]
        frame = acme.session.records("Contact").df
        assert (frame["deleted_at"].tolist(), frame["cursor"].tolist()) == (["their own"], [5])
        assert frame["_nango_deleted_at"].isna().all()
        assert frame["_nango_cursor"].tolist() == ["cursor-1"]

    def test_no_records_have_the_columns(self, acme: World, deployed: Deployed) -> None:
        frame = acme.session.records("Contact").df
        assert list(frame)[:4] == ["id", "name", "age", "active"]
        assert (len(frame), str(frame["deleted_at"].dtype)) == (0, "datetime64[ns, UTC]")

    def test_pruned_records_and_large_integers(self, acme: World, deployed: Deployed) -> None:
        deployed.records = [{"id": "1"}, record("2", age=2**70, name="\ud83d")]
        found = acme.session.records("Contact")
        assert found.records == deployed.records
        assert found.df["age"].tolist()[1] == 2**70
        assert [problem.code for problem in found.problem_list] == ["unsafe-integer", "lost-digits"]

    def test_integers_that_javascript_cannot_hold_are_said_once(
        self, acme: World, deployed: Deployed
    ) -> None:
        deployed.records = [record(str(n), age=2**53 + n, nested={"n": 2**60}) for n in range(5)]
        found = acme.session.records("Contact")
        (problem,) = [each for each in found.problem_list if each.code == "unsafe-integer"]
        assert problem.message.startswith("10 integers of Contact are beyond 2^53 (in age, nested): ")
        assert "their last digits may be wrong" in problem.message
        deployed.records = [record("1", age=2**53 - 1)]
        assert acme.session.records("Contact").problem_list == []


class TestShown:
    def test_the_count_line_names_target_connection_and_model(
        self, acme: World, three: Deployed, scripted: ScriptedNango
    ) -> None:
        found = acme.session.records("Contact")
        head, _, rest = found.text().partition("\n")
        host = scripted.url.removeprefix("http://")
        assert head.startswith(
            f"✓ Contact on conn-1 · dev · {host} · acme · 3 records (1 deleted) · 2 requests · "
        )
        assert "3 rows × 12 columns" in rest and "Zoë" in rest
        assert "<b>Contact</b> on conn-1" in found.html() and "3 records (1 deleted)" in found.html()

    def test_only_the_first(self, acme: World, three: Deployed) -> None:
        found = acme.session.records("Contact", limit=1)
        assert (len(found), found.next_cursor) == (1, "1")
        assert "1 record · there are more · 1 request" in found.text()

    def test_what_comes_from_the_network_does_not_act(
        self, acme: World, deployed: Deployed, scripted: ScriptedNango
    ) -> None:
        deployed.records = [record("1", name="<script>alert(1)</script>\x1b[31m", age=scripted.key)]
        found = acme.session.records("Contact")
        assert "<script>" not in found.html()
        for said in (found.text(), found.html()):
            assert "alert(1)" in said and "\x1b" not in said and scripted.key not in said

    def test_a_column_that_is_not_what_the_model_says(self, acme: World, deployed: Deployed) -> None:
        deployed.records = [record("1", age="old")]
        found = acme.session.records("Contact")
        assert "'old' is not a number" in found.text() and "is not a number" in found.html()


class TestOptions:
    def test_go_to_nango(self, acme: World, three: Deployed) -> None:
        acme.session.records(
            "Contact",
            modified_after="2026-01-31T08:00:00+01:00",
            filter="added, updated",
            variant="emea",
            limit=2,
        )
        assert three.queries == [
            {"model": "Contact", "modified_after": "2026-01-31T07:00:00.000Z", "filter": "added,updated",
             "variant": "emea", "limit": "2"},
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("filter", "ids"),
        [
            ("added", "14"),
            ("updated", "25"),
            ("deleted", "36"),
            ("added,updated", "1245"),
            ("updated,deleted", "2356"),
            ("deleted,added", "1346"),
            ("added,updated,deleted", "123456"),
            (["deleted", "updated"], "2356"),
        ],
    )
    def test_a_filter_gives_all_that_it_names(
        self, acme: World, deployed: Deployed, filter: str, ids: str
    ) -> None:
        """Nango itself forgets deleted records where another action is named beside them."""
        deployed.records = [
            record(str(n + 1), action) for n, action in enumerate(["ADDED", "UPDATED", "DELETED"] * 2)
        ]
        found = acme.session.records("Contact", filter=filter)
        assert "".join(found.df["id"]) == ids
        assert found.next_cursor is None and found.text().startswith("✓")

    def test_a_filter_with_a_limit_tells_where_it_goes_on(self, acme: World, deployed: Deployed) -> None:
        deployed.page = 4
        deployed.records = [
            record(str(n + 1), action) for n, action in enumerate(["ADDED", "UPDATED", "DELETED"] * 3)
        ]
        found = acme.session.records("Contact", filter="updated,deleted", limit=3)
        assert (found.df["id"].tolist(), found.next_cursor) == (["2", "3", "5"], "cursor-5")
        assert "· there may be more · 2 requests" in found.text()
        assert acme.session.records("Contact", filter="updated,deleted", limit=6).next_cursor is None

    def test_a_filter_here_needs_the_metadata(self, acme: World, deployed: Deployed) -> None:
        deployed.records = [record("1", "UPDATED"), {"id": "2"}]
        with pytest.raises(ApiError, match="last_action in _nango_metadata"):
            acme.session.records("Contact", filter="updated,deleted")

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"filter": "added,removed"}, "no --filter named 'removed'"),
            ({"limit": 0}, "--limit is a number above 0"),
            ({"limit": 1.5}, "--limit is a whole number"),
            ({"modified_after": "yesterday"}, "--modified-after 2026-01-31"),
            ({"variant": " "}, "--variant"),
        ],
    )
    def test_that_are_wrong_ask_for_nothing(
        self, acme: World, three: Deployed, options: dict[str, object], said: str
    ) -> None:
        with pytest.raises(UsageError) as caught:
            acme.session.records("Contact", **options)  # type: ignore[arg-type]
        assert said in shown(caught.value)
        assert three.asked == []


class TestWhileASyncIsRunning:
    """Records that are read meanwhile are no state that ever was."""

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({"status": "RUNNING"}, {"status": "RUNNING"}),
            ({"status": "RUNNING"}, {"finishedAt": "2026-01-03T08:00:12.000Z"}),
            ({}, {"status": "RUNNING"}),
            ({}, {"status": "PAUSED", "latestExecutionStatus": "RUNNING"}),
            ({}, {"finishedAt": "2026-01-03T08:00:12.000Z"}),
        ],
    )
    def test_is_said(
        self, acme: World, three: Deployed, before: dict[str, str], after: dict[str, str]
    ) -> None:
        three.status = lambda: [state(**(after if three.asked else before))]
        found = acme.session.records("Contact", "conn-1")
        assert found.text().startswith("▲ Contact on conn-1")
        assert "· 3 records (1 deleted) · while contacts was running · 2 requests" in found.text()
        assert "▲" in found.html() and "while contacts was running" in found.html()
        assert (found.complete, found.running, len(found)) == (False, ("contacts",), 3)
        (problem,) = [each for each in found.problem_list if each.code == "sync-running"]
        assert "some may be missing" in problem.message
        assert "%nango_status contacts conn-1" in problem.hint

    @pytest.mark.parametrize(
        "other",
        [
            state("others", status="RUNNING", recordCount={"Deal": 3}, latestResult=None),
            state(status="RUNNING", variant="emea"),
            state(status="PAUSED", latestExecutionStatus="SUCCESS"),
        ],
    )
    def test_another_sync_does_not_matter(
        self, acme: World, three: Deployed, other: dict[str, object]
    ) -> None:
        three.syncs.append(other)
        found = acme.session.records("Contact", "conn-1")
        assert found.text().startswith("✓") and found.complete

    def test_a_sync_of_which_nothing_is_known_may_save_them(self, acme: World, three: Deployed) -> None:
        """In its first run a sync has no counts."""
        three.syncs = [state("others", status="RUNNING", recordCount=None, latestResult=None)]
        assert acme.session.records("Contact", "conn-1").running == ("others",)

    def test_no_records_until_now(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs = [state("others", status="RUNNING", recordCount=None, latestResult=None)]
        assert acme.session.records("Contact", "conn-1").text().startswith("▲ Contact on conn-1")

    def test_nango_does_not_say_it(self, acme: World, three: Deployed, scripted: ScriptedNango) -> None:
        scripted.api["/sync/status"] = refused(403, "forbidden")
        found = acme.session.records("Contact", "conn-1")
        assert (found.running, found.complete, len(found)) == (None, False, 3)
        assert "does not report whether a sync of `Contact` is running" in found.text()

    def test_nango_is_lost_after_the_last_page(
        self, acme: World, three: Deployed, scripted: ScriptedNango
    ) -> None:
        status = scripted.api["/sync/status"]
        assert callable(status)
        scripted.api["/sync/status"] = lambda asked: refused(500, "no") if three.asked else status(asked)
        assert len(acme.session.records("Contact", "conn-1")) == 3


class TestErrors:
    def test_a_misspelt_model(self, acme: World, three: Deployed) -> None:
        with pytest.raises(UnknownName) as caught:
            acme.session.records("Contcat")
        assert "There is no synced model of acme in dev" in shown(caught.value)
        assert "Did you mean 'Contact'?" in shown(caught.value)

    def test_a_model_that_is_declared_and_not_deployed(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs = []
        with pytest.raises(UnknownName, match="no synced model") as caught:
            acme.session.records("Contact")
        assert "not deployed" in caught.value.hint

    def test_a_deployed_sync_that_never_ran(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs[0].update(recordCount={}, latestResult={})
        assert len(acme.session.records("Contact")) == 0

    def test_a_misspelt_variant(self, acme: World, deployed: Deployed) -> None:
        deployed.syncs.append(state(variant="emea"))
        with pytest.raises(UnknownName, match="no variant of a sync of acme on conn-1 in dev") as caught:
            acme.session.records("Contact", variant="emae")
        assert "Did you mean 'emea'?" in shown(caught.value)
        assert len(acme.session.records("Contact", variant="emea")) == 0

    def test_an_unknown_connection(self, acme: World, three: Deployed) -> None:
        with pytest.raises(UnknownName) as caught:
            acme.session.records("Contact", "con-1")
        assert "no connection of acme named 'con-1'" in shown(caught.value)
        assert "Did you mean 'conn-1'?" in shown(caught.value)

    def test_several_connections(self, acme: World, three: Deployed, scripted: ScriptedNango) -> None:
        one = {"provider_config_key": "acme", "provider": "acme", "created": "", "errors": []}
        scripted.api["/connections"] = {
            "connections": [{**one, "connection_id": f"conn-{n}"} for n in (1, 2)]
        }
        with pytest.raises(UsageError) as caught:
            acme.session.records("Contact")
        assert "acme has 2 connections" in shown(caught.value)
        assert "%nango_connection conn-2" in shown(caught.value)
        acme.session.context.lines = Lines(acme.session.config, "command")
        with pytest.raises(UsageError, match="acme has 2") as caught:
            acme.session.records("Contact")
        assert "nangonb records Contact conn-2" in shown(caught.value)

    def test_in_which_of_several_integrations(
        self, acme: World, three: Deployed, scripted: ScriptedNango
    ) -> None:
        every = [
            {"provider_config_key": home, "provider": home, "created": "", "errors": [], "connection_id": id}
            for home, id in (("acme", "conn-1"), ("other", "conn-2"))
        ]
        scripted.api["/connections"] = {"connections": every}
        with pytest.raises(UsageError, match="Contcat may be in 2 integrations") as caught:
            acme.session.records("Contcat")
        assert "Did you mean 'Contact'? Or name it: --integration-id acme" in shown(caught.value)
        with pytest.raises(UsageError, match="contcats may be in 2 integrations") as caught:
            acme.session.status("contcats")
        assert "Did you mean 'contacts'?" in shown(caught.value)
        acme.session.connection("conn-1")
        with pytest.raises(UnknownName, match="no synced model of acme in dev"):
            acme.session.records("Contcat")
        acme.session.connection("conn-2")
        with pytest.raises(UsageError, match="may be in 2 integrations"):
            acme.session.records("Contcat")

    def test_a_failure_in_the_middle_keeps_what_came(
        self, acme: World, three: Deployed, scripted: ScriptedNango
    ) -> None:
        pages = scripted.api["/records"]
        assert callable(pages)
        scripted.api["/records"] = lambda asked: (
            refused(400, "plan_limit", "No more") if "cursor" in dict(asked.query) else pages(asked)
        )
        with pytest.raises(ApiError) as caught:
            acme.session.records("Contact")
        assert "not enabled or not allowed for this environment or plan" in caught.value.hint
        assert "The 2 records read so far: nangonb.last_records().df" in caught.value.hint
        kept = acme.session.last_records()
        assert (len(kept), kept.state, kept.next_cursor) == (2, "failed", "2")
        assert kept.text().startswith("✗ Contact on conn-1")

    def test_stopped(self, acme: World, three: Deployed, scripted: ScriptedNango) -> None:
        class Stopping:
            def progress(self, name: str) -> object:
                def show(progress: object) -> None:
                    if progress is not None:
                        raise KeyboardInterrupt

                return show

        acme.session.front = Stopping()  # type: ignore[assignment]
        with pytest.raises(Interrupted) as caught:
            acme.session.records("Contact")
        assert len(caught.value.records) == 2
        assert acme.session.last_records() is caught.value.records
        assert caught.value.records.text().startswith("■ Contact on conn-1")

    def test_nothing_was_read_yet(self, acme: World) -> None:
        with pytest.raises(UsageError, match="No synced records"):
            acme.session.last_records()


class TestIntegration:
    def test_without_a_declaration_the_only_one(self, scripted: ScriptedNango, acme: World) -> None:
        deployed = Deployed(scripted)
        deployed.records = [record("1", name="x")]
        found = acme.session.records("Contact", "conn-1")
        assert (found.integration, found.df["name"].tolist()) == ("acme", ["x"])

    def test_that_is_named_wins(self, acme: World, three: Deployed) -> None:
        assert acme.session.records("Contact", "conn-1", integration_id="other").integration == "other"
        assert three.asked[0].headers["provider-config-key"] == "other"

    def test_several_without_a_hint(self, scripted: ScriptedNango, acme: World) -> None:
        one = {"connection_id": "conn-1", "provider": "acme", "created": "", "errors": []}
        both = [{**one, "provider_config_key": key} for key in ("acme", "other")]
        scripted.api["/connections"] = {"connections": both}
        with pytest.raises(UsageError) as caught:
            acme.session.records("Contact", "conn-1")
        assert "Contact may be in 2 integrations" in shown(caught.value)
        assert "--integration-id acme or --integration-id other" in shown(caught.value)

    def test_a_connection_that_is_nowhere(self, scripted: ScriptedNango, acme: World) -> None:
        with pytest.raises(UnknownName, match="no connection in dev"):
            acme.session.records("Contact", "conn-9")
