"""What lives longer than a run on Nango: checkpoints, locks, deletes, merging strategies, stored records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._dryrun.document import pieces, schema
from nangonb.errors import UsageError
from tests.scripted import Answer, ScriptedNango
from tests.world import World, shown


class TestCheckpoints:
    def test_what_is_saved_is_in_the_result(self, acme: World) -> None:
        result = acme.sync(
            "nango.log(nango.get_checkpoint())\n"
            "nango.save_checkpoint({'page': 1, 'done': False, 'at': 'x'})\n"
            "nango.log(nango.get_checkpoint())"
        )
        assert result.checkpoint == {"page": 1, "done": False, "at": "x"}
        assert [entry.message for entry in result.trace.logs] == [
            "null", '{"page":1,"done":false,"at":"x"}',
        ]  # fmt: skip
        assert 'checkpoint for the next run: {"page"' in str(result)
        assert "checkpoint for the next run" in result._repr_mimebundle_()["text/html"]

    def test_a_run_begins_with_the_given_one(self, acme: World, tmp_path: Path) -> None:
        body = "nango.save_checkpoint({'page': nango.get_checkpoint()['page'] + 1})"
        assert acme.sync(body, checkpoint='{"page": 4}').checkpoint == {"page": 5}
        file = tmp_path / "c.json"
        file.write_text('{"page": 7}')
        assert acme.sync(body, checkpoint=f"@{file}").checkpoint == {"page": 8}
        assert acme.sync(body, checkpoint={"page": 1}).checkpoint == {"page": 2}
        assert acme.sync("pass", checkpoint={"page": 1}).checkpoint == {"page": 1}

    def test_a_cleared_one_is_none(self, acme: World) -> None:
        result = acme.sync("nango.clear_checkpoint()\nnango.log(nango.get_checkpoint())", checkpoint={"a": 1})
        assert result.checkpoint is None
        assert "checkpoint" not in str(result)

    def test_actions_have_them_too(self, acme: World) -> None:
        acme.action("nango.save_checkpoint({'n': 1.5})")
        assert acme.session.last_dryrun().checkpoint == {"n": 1.5}

    def test_a_failed_run_keeps_it(self, acme: World) -> None:
        error = acme.fails("nango.save_checkpoint({'page': 2})\n1 / 0")
        assert error.dryrun.checkpoint == {"page": 2}

    @pytest.mark.parametrize(
        ("checkpoint", "why"),
        [
            ("[1]", "it is a dict, not list"),
            ("{'a': {'b': 1}}", "'a' is a dict; a value is text, a number or a boolean"),
            ("{'a': None}", "'a' is None; leave it out"),
            ("{'a': float('nan')}", "'a' is nan; a value is text, a number or a boolean"),
            ("{'a': nango.last_sync_date}", "'a' is a datetime; save it as text: .isoformat()"),
            ("{1: 'a'}", "the name 1 is not text"),
        ],
    )
    def test_only_flat_ones(self, acme: World, checkpoint: str, why: str) -> None:
        error = acme.fails(f"nango.save_checkpoint({checkpoint})", last_sync_date="2026-01-01")
        assert f"SDKError: Invalid checkpoint: {why}." in shown(error)

    def test_the_option_is_checked_before_anything_runs(self, acme: World, scripted: ScriptedNango) -> None:
        with pytest.raises(UsageError) as caught:
            acme.sync("pass", checkpoint='{"a": [1]}')
        assert "--checkpoint: Invalid checkpoint: 'a' is a list" in caught.value.message
        assert scripted.called == []

    def test_the_json_document_has_it(self, acme: World) -> None:
        import jsonschema

        document = json.loads(b"".join(pieces(acme.sync("nango.save_checkpoint({'page': 1})"))))
        jsonschema.validate(document, schema())
        assert document["checkpoint"] == {"page": 1}


class TestLocks:
    def test_are_always_free(self, acme: World) -> None:
        assert acme.action(
            "again = [nango.try_acquire_lock(key='a', ttl_ms=ttl) for ttl in (1000, 1)]\n"
            "return [*again, "
            "nango.release_lock(key='a'), nango.release_all_locks()]"
        ) == [True, True, True, None]

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            ("nango.try_acquire_lock(key='a', ttl_ms=0)", "ttl_ms is a number of milliseconds, not 0."),
            ("nango.try_acquire_lock(key='a', ttl_ms='1')", "ttl_ms is a number of milliseconds, not '1'."),
            ("nango.release_lock(key='')", "key is text, not ''."),
        ],
    )
    def test_misuse(self, acme: World, call: str, said: str) -> None:
        assert said in shown(acme.fails(call))


class TestDeletes:
    def test_start_and_end_have_no_effect_here(self, acme: World) -> None:
        result = acme.sync(
            "nango.track_deletes_start('Contact')\nnango.batch_save([{'id': '1'}], 'Contact')\n"
            "nango.log(nango.track_deletes_end('Contact'))"
        )
        assert [entry.message for entry in result.trace.logs] == [
            "This has no effect locally: track_deletes_start for Contact.",
            "This has no effect locally: track_deletes_end for Contact.",
            '{"deletedKeys":[]}',
        ]
        assert result.counts.deleted == 0

    def test_an_end_without_a_start(self, acme: World) -> None:
        said = "SDKError: No track deletes starting point found for model 'Contact'."
        assert said in shown(acme.fails("nango.track_deletes_end('Contact')"))
        twice = "nango.track_deletes_start('Contact')\nnango.track_deletes_end('Contact')\n" * 2
        assert acme.sync(twice).ok
        assert said in shown(acme.fails(twice + "nango.track_deletes_end('Contact')"))

    def test_a_resumed_run_may_have_started_earlier(self, acme: World) -> None:
        assert acme.sync("nango.track_deletes_end('Contact')", checkpoint={"page": 3}).ok

    def test_the_older_way(self, acme: World) -> None:
        result = acme.sync("nango.log(nango.delete_records_from_previous_executions('Contact'))")
        assert [entry.message for entry in result.trace.logs] == [
            "This has no effect locally: delete_records_from_previous_executions for Contact.",
            '{"deletedKeys":[]}',
        ]


class TestMergingStrategy:
    def test_the_first_call_wins(self, acme: World) -> None:
        result = acme.sync(
            "nango.set_merging_strategy('ignore_if_modified_after', 'Contact')\n"
            "nango.set_merging_strategy('override', 'Contact')"
        )
        assert [(entry.level, entry.message) for entry in result.trace.logs] == [
            (
                "info",
                "This has no effect locally: set_merging_strategy to ignore_if_modified_after for Contact.",
            ),
            ("warn", "Merging strategy for model Contact is already set. Skipping"),
        ]

    def test_unknown_strategy_and_model(self, acme: World) -> None:
        text = shown(acme.fails("nango.set_merging_strategy({'strategy': 'override'}, 'Contact')"))
        assert "strategy is override or ignore_if_modified_after, not {'strategy': 'override'}" in text
        assert "'Nope' is not a model" in shown(acme.fails("nango.set_merging_strategy('override', 'Nope')"))


def stored(*ids: Any, cursor: str | None = None) -> Answer:
    records = [{"id": each, "_nango_metadata": {"last_action": "ADDED"}} for each in ids]
    return Answer({"records": records, "next_cursor": cursor})


class TestStoredRecords:
    def test_list_records_follows_cursors(
        self, acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pages = {None: stored("1", "2", cursor="a"), "a": stored("3", cursor="b"), "b": stored("4")}
        answer_records(scripted, monkeypatch, lambda query: pages[query.get("cursor", [None])[0]])
        body = "nango.log([r['id'] for r in nango.list_records('Contact'{})])"
        assert acme.sync(body.format("")).trace.logs[0].message == '["1","2","3","4"]'
        assert acme.sync(body.format(", cursor='b'")).trace.logs[0].message == '["4"]'

    def test_nango_stops_after_the_first_page(
        self, acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pages = {None: stored("1", "2", cursor="a"), "a": stored("3", cursor="b"), "b": stored("4")}
        answer_records(scripted, monkeypatch, lambda query: pages[query.get("cursor", [None])[0]])
        body = "for record in nango.list_records('Contact'{}):\n    {}\n"

        def said(cursor: str, what: str) -> list[str]:
            found = acme.sync(body.format(cursor, what) * 2).problem_list
            return [f"{p.message} {p.place}" for p in found if p.code == "list-records-stops"]

        (problem,) = said("", "nango.log(record['id'])")
        assert "list of stored records of Contact after 100 of them" in problem and "line 3" in problem
        assert said("", "break") == [] == said(", cursor='b'", "pass")

    def test_a_variant_has_records_of_its_own(
        self, acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = answer_records(scripted, monkeypatch, lambda query: stored("1"))
        acme.sync("list(nango.list_records('Contact'))", variant="emea")
        acme.sync("list(nango.list_records('Contact'))")
        assert [query.get("variant") for query in seen] == [["emea"], None]
        asked = [asked for asked in scripted.called if asked.path == "/records"]
        assert {a.headers["connection-id"] for a in asked} == {"conn-1"}
        assert {a.headers["provider-config-key"] for a in asked} == {"acme"}

    def test_records_by_ids_keep_the_type_that_was_asked_with(
        self, acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = answer_records(
            scripted, monkeypatch, lambda query: stored(*[key for key in query["ids"] if key != "9"])
        )
        result = acme.sync(
            "found = nango.get_records_by_ids([1, '2', 9], 'Contact')\n"
            "nango.log(sorted(map(repr, found)), found['2']['id'])"
        )
        assert result.trace.logs[0].message == '["\'2\'","1"] 2'
        assert seen[0]["ids"] == ["1", "2", "9"]

    def test_a_hundred_at_a_time(
        self, acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = answer_records(scripted, monkeypatch, lambda query: stored(*query["ids"]))
        result = acme.sync("nango.log(len(nango.get_records_by_ids(list(range(250)), 'Contact')))")
        assert result.trace.logs[0].message == "250"
        assert [len(query["ids"]) for query in seen] == [100, 100, 50]

    def test_none_asks_nothing(self, acme: World, scripted: ScriptedNango) -> None:
        assert acme.sync("nango.log(nango.get_records_by_ids([], 'Contact'))").trace.logs[0].message == "{}"
        assert not [asked for asked in scripted.called if asked.path == "/records"]

    def test_a_refusal_is_an_error_of_a_request(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/records"] = Answer({"error": {"code": "unknown_connection", "message": "m"}}, 400)
        text = shown(acme.fails("list(nango.list_records('Contact'))"))
        assert "HTTPError: Request failed with status code 400\nGET /records" in text

    def test_misuse(self, acme: World) -> None:
        assert "ids is a list, not str" in shown(acme.fails("nango.get_records_by_ids('1', 'Contact')"))
        text = shown(acme.fails("nango.list_records('Contacts')"))
        assert "Did you mean 'Contact'?" in text


def answer_records(
    scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> list[dict[str, list[str]]]:
    """``GET /records`` is answered by a function of its query; gives the queries."""
    seen: list[dict[str, list[str]]] = []
    own = scripted._own

    def reply(asked: Any) -> Answer:
        if asked.path != "/records":
            return own(asked)
        query: dict[str, list[str]] = {}
        for name, value in asked.query:
            query.setdefault(name, []).append(value)
        seen.append(query)
        found: Answer = answer(query)
        return found

    monkeypatch.setattr(scripted, "_own", reply)
    return seen
