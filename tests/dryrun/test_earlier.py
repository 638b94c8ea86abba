"""--since-last goes on from an earlier run and fetches less; --against says what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nangonb._dryrun import Dryrun
from nangonb.errors import ScriptError, UsageError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World, shown

FETCH = """%%nango_sync contacts
def fetch_data(nango):
    since = nango.last_sync_date
    page = (nango.get_checkpoint() or {}).get("page", 0)
    params = {"page": page, **({"since": since.isoformat()} if since else {})}
    nango.batch_save(nango.get("/contacts", params=params).data, "Contact")
    nango.save_checkpoint({"page": page + 1})
"""
ADA, BOB, CLEO = (
    {"id": "1", "name": "Ada", "age": 36},
    {"id": "2", "name": "Bob", "age": 5},
    {"id": "3", "name": None, "age": 7},
)


@pytest.fixture
def contacts(acme: World, scripted: ScriptedNango) -> Callable[..., Dryrun]:
    """Dry runs a sync that saves what the provider answers."""
    acme.cell(YAML)
    acme.cell(FETCH)

    def run(records: Any, **options: Any) -> Dryrun:
        scripted.answers = [records]
        return acme.session.dryrun("contacts", "conn-1", **options)

    return run


def rows(run: Dryrun) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value is not None and value == value}
        for row in run.changes.astype(object).where(run.changes.notna(), None).to_dict("records")
    ]


class TestSinceLast:
    def test_its_start_and_its_checkpoint(
        self, contacts: Callable[..., Dryrun], scripted: ScriptedNango
    ) -> None:
        first = contacts([ADA, BOB])
        assert first.last_sync_date is None
        second = contacts([ADA], since_last=True)
        assert second.last_sync_date == first.started
        assert scripted.asked[-1].query == [("page", "1"), ("since", first.started.isoformat())]
        assert second.checkpoint == {"page": 2}
        line = str(second).splitlines()[1].strip()
        assert line.startswith("since the run of ") and "and its checkpoint" in line
        assert line.endswith("1 request, 1 record (then 1 request, 2 records)")
        assert "since the run of" in second._repr_mimebundle_()["text/html"]

    def test_a_checkpoint_that_is_given_is_the_one(
        self, contacts: Callable[..., Dryrun], scripted: ScriptedNango
    ) -> None:
        contacts([ADA])
        contacts([ADA], since_last=True, checkpoint={"page": 9})
        assert scripted.asked[-1].query[0] == ("page", "9")

    def test_as_on_nango_a_run_that_did_not_end_keeps_the_date_of_the_one_before(
        self, contacts: Callable[..., Dryrun]
    ) -> None:
        first = contacts([ADA])
        with pytest.raises(ScriptError):
            contacts(Answer({}, 500), since_last=True)
        capped = contacts([ADA, BOB], since_last=True, max_records=1)
        assert (capped.last_sync_date, capped.capped) == (first.started, "max-records")
        assert contacts([], since_last=True).last_sync_date == first.started

    def test_the_first_run_fetches_everything_and_says_so(self, contacts: Callable[..., Dryrun]) -> None:
        run = contacts([ADA], since_last=True)
        assert (run.last_sync_date, run.counts.added) == (None, 1)
        (problem,) = run.problem_list
        assert (problem.code, problem.severity) == ("no-earlier-run", "warning")
        assert problem.message == "contacts was not dry run on conn-1 before: everything was fetched."

    def test_of_another_variant_is_another_run(self, contacts: Callable[..., Dryrun]) -> None:
        contacts([ADA])
        assert contacts([ADA], since_last=True, variant="emea").last_sync_date is None

    def test_what_contradicts_it(self, acme: World, contacts: Callable[..., Dryrun]) -> None:
        with pytest.raises(UsageError, match="--since-last and -l both set"):
            contacts([], since_last=True, last_sync_date="2026-01-01")
        with pytest.raises(UsageError, match="A webhook does not continue"):
            contacts([], since_last=True, payload={})
        for option in ({"since_last": True}, {"against": "previous"}):
            with pytest.raises(UsageError, match="do-it is not a sync"):
                acme.action("return 1", **option)

    def test_a_second_run_fetches_less_from_the_sandbox(self, demo: World) -> None:
        demo.cell(
            "%%nango_yaml\nintegrations:\n  salesforce:\n    syncs:\n      sf:\n        runs: every day\n"
            "        output: Contact\n        endpoint: GET /sf\nmodels:\n  Contact:\n    id: string\n"
            "    changed: string\n"
        )
        demo.cell(
            "%%nango_sync sf\ndef fetch_data(nango):\n"
            "    query = 'SELECT Id, LastModifiedDate FROM Contact'\n"
            "    mark = nango.get_checkpoint()\n"
            "    if nango.last_sync_date and mark:\n"
            "        query += f\" WHERE LastModifiedDate > {mark['newest']}\"\n"
            "    newest = mark['newest'] if mark else ''\n"
            "    page = nango.get('/services/data/v53.0/query', params={'q': query}).data\n"
            "    while True:\n"
            "        rows = [{'id': r['Id'], 'changed': r['LastModifiedDate']} for r in page['records']]\n"
            "        nango.batch_save(rows, 'Contact')\n"
            "        newest = max([newest, *(row['changed'] for row in rows)])\n"
            "        if page['done']:\n            break\n"
            "        page = nango.get(page['nextRecordsUrl']).data\n"
            "    nango.save_checkpoint({'newest': newest.replace('+0000', 'Z')})\n"
        )
        first = demo.session.dryrun("sf", "conn-1")
        second = demo.session.dryrun("sf", "conn-1", since_last=True, against="previous")
        assert second.trace.request_count < first.trace.request_count
        assert second.counts.added < first.counts.added / 10
        received = [sum(entry.received for entry in run.trace.requests) for run in (second, first)]
        assert received[0] < received[1] / 10
        assert second.compared is not None
        assert (second.compared.deleted, second.compared.unseen > 1_000) == (0, True)


class TestAgainst:
    def test_added_updated_unchanged_deleted(self, contacts: Callable[..., Dryrun]) -> None:
        contacts([ADA, BOB, CLEO])
        run = contacts([ADA, {**BOB, "age": 6, "active": True}, {"id": "4"}], against="previous")
        assert rows(run) == [
            {"change": "added", "model": "Contact", "id": "4", "changed": []},
            {"change": "updated", "model": "Contact", "id": "2", "changed": ["age", "active"],
             "age_old": 5, "age_new": 6, "active_new": True},
            {"change": "deleted", "model": "Contact", "id": "3", "changed": [], "age_old": 7},
        ]  # fmt: skip
        assert [str(run.changes[name].dtype) for name in ("change", "id", "age_old", "active_new")] == [
            "category", "string", "Int64", "boolean",
        ]  # fmt: skip
        line = str(run).splitlines()[1].strip()
        assert line.startswith("against the run of ")
        assert line.endswith(": added 1 · updated 1 · unchanged 1 · deleted 1")
        assert "unchanged 1" in run._repr_mimebundle_()["text/html"]

    def test_the_first_changes_are_shown(self, contacts: Callable[..., Dryrun]) -> None:
        contacts([ADA, BOB, CLEO])
        run = contacts([{**ADA, "name": "<i>", "api_key": "k"}, {"id": "4"}, BOB], against="previous")
        shown = str(run).split("\n\n")[1].splitlines()
        assert shown[0] == "changes · 3 records"
        assert [line.split(maxsplit=2) for line in shown[3:]] == [
            ["updated", "1", "name: Ada → <i>, api_key: – → ****"],
            ["deleted", "3"],
            ["added", "4"],
        ]
        html = run._repr_mimebundle_()["text/html"]
        assert "name: Ada → &lt;i&gt;, api_key: – → ****" in html
        many = contacts([{"id": str(n)} for n in range(100, 120)], against="previous")
        assert "changes · 10 of 23 records; see .changes for all" in str(many)
        assert "changes ·" not in str(contacts([{"id": str(n)} for n in range(100, 120)], against="previous"))

    def test_several_models_are_named(self, acme: World) -> None:
        acme.cell(YAML.replace("output: Contact", "output: [Contact, Other]") + "  Other:\n    id: string\n")
        save = "    nango.batch_save([{'id': 1}], 'Contact')\n    nango.batch_save([{'id': 2}], 'Other')\n"
        for body in ("    pass\n", save):
            acme.cell(f"%%nango_sync contacts\ndef fetch_data(nango):\n{body}")
            run = acme.session.dryrun("contacts", "conn-1", against="previous")
        assert "added   Contact  1" in str(run) and "added   Other    2" in str(run)

    def test_what_a_part_does_not_bring_was_not_deleted(self, contacts: Callable[..., Dryrun]) -> None:
        contacts([ADA, BOB, CLEO])
        run = contacts([{**ADA, "name": "Ada L."}], against="previous", since_last=True)
        assert rows(run) == [
            {"change": "updated", "model": "Contact", "id": "1", "changed": ["name"],
             "name_old": "Ada", "name_new": "Ada L."},
        ]  # fmt: skip
        assert str(run).splitlines()[2].strip().endswith("deleted 0 · not fetched this time 2")
        later = contacts([BOB], against="previous")
        assert " (which fetched only a part): added 1" in str(later)
        capped = contacts([ADA, BOB], against="previous", max_records=1).compared
        assert capped is not None and (capped.deleted, capped.unseen) == (0, 1)

    def test_updates_and_deletes_of_the_script(self, acme: World) -> None:
        save = "nango.batch_save([{'id': 1, 'name': 'a', 'age': 1}, {'id': 2}, {'id': 3}], 'Contact')"
        acme.sync(save)
        since = "nango.batch_update([{'id': 1, 'age': 2}, {'id': 9, 'age': 3}, {'id': 2}], 'Contact')\n"
        run = acme.sync(
            since + "nango.batch_delete([{'id': 3}, {'id': 8}], 'Contact')",
            against="previous",
            last_sync_date="2026-01-01",
        )
        assert [(row["change"], row["id"], row["changed"]) for row in rows(run)] == [
            ("updated", "1", ["age"]),
            ("updated", "9", ["age"]),
            ("deleted", "3", []),
            ("deleted", "8", []),
        ]
        assert run.compared is not None and run.compared.unchanged == 1

    @pytest.mark.parametrize(
        ("old", "new", "differs"),
        [
            ({"age": 1}, {"age": 1.0}, False),
            ({"age": 1}, {"age": 1.5}, True),
            ({"age": 2**53}, {"age": 2**53 + 1}, True),
            ({"age": 0.5}, {"age": 2**70}, True),
            ({"active": True}, {"active": 1}, True),
            ({"name": None}, {}, False),
            ({"name": "1"}, {"name": 1}, True),
            ({"more": {"a": [1, {"b": 2}], "c": 3}}, {"more": {"c": 3, "a": [1, {"b": 2}]}}, False),
            ({"more": {"a": [1]}}, {"more": {"a": [True]}}, True),
            ({"more": [1, 2]}, {"more": [2, 1]}, True),
            ({"name": "\ud800"}, {"name": "\ud800"}, False),
            ({"name": "é"}, {"name": "é"}, False),
        ],
    )
    def test_values_are_compared_as_json(
        self, acme: World, old: dict[str, Any], new: dict[str, Any], differs: bool
    ) -> None:
        acme.sync(f"nango.batch_save([{ {'id': '1', **old}!r}], 'Contact')")
        run = acme.sync(f"nango.batch_save([{ {'id': '1', **new}!r}], 'Contact')", against="previous")
        assert len(run.changes) == (1 if differs else 0)

    def test_columns_of_many_records_agree_with_one_by_one(self, contacts: Callable[..., Dryrun]) -> None:
        old = {
            str(n): {"id": str(n), "name": f"n{n % 7}", "age": n % 5, "tag": [n % 3]} for n in range(3_000)
        }
        new = {
            str(n): {"id": str(n), "name": f"n{n % 11}", "age": n % 4, "tag": [n % 2]}
            for n in range(500, 3_500)
        }
        contacts(list(old.values()))
        run = contacts(list(new.values())[::-1], against="previous")
        expected = {
            key: [name for name in ("name", "age", "tag") if old[key][name] != new[key][name]]
            for key in old.keys() & new.keys()
        }
        found = run.changes[run.changes["change"] == "updated"]
        assert dict(zip(found["id"], found["changed"], strict=True)) == {
            k: v for k, v in expected.items() if v
        }
        for row in found.sample(50, random_state=1).to_dict("records"):
            assert (row["name_old"], row["age_new"]) == (old[row["id"]]["name"], new[row["id"]]["age"])
        counts = run.changes["change"].value_counts()
        assert (counts["added"], counts["deleted"]) == (500, 500)

    def test_a_run_of_your_own(self, acme: World, contacts: Callable[..., Dryrun]) -> None:
        first = contacts([ADA])
        contacts([BOB])
        assert len(contacts([ADA], against=first).changes) == 0
        again = contacts([ADA], against=first, since_last=True)
        assert again.last_sync_date == first.started
        for wrong in ("yesterday", first.df, 5):
            with pytest.raises(UsageError, match=r"--against is previous, a Dryrun, or @run\.json"):
                contacts([], against=wrong)

    def test_previous_is_the_latest_that_succeeded(self, contacts: Callable[..., Dryrun]) -> None:
        contacts([ADA])
        with pytest.raises(ScriptError) as caught:
            contacts(Answer({}, 500), against="previous")
        assert caught.value.dryrun.compared is not None
        assert (caught.value.dryrun.compared.deleted, caught.value.dryrun.compared.unseen) == (0, 1)
        assert len(contacts([ADA], against="previous").changes) == 0

    def test_without_one(self, contacts: Callable[..., Dryrun]) -> None:
        run = contacts([ADA], against="previous")
        assert [p.code for p in run.problem_list] == ["no-earlier-run"]
        with pytest.raises(UsageError) as caught:
            _ = run.changes
        assert "--against previous" in shown(caught.value)

    def test_a_chain_of_runs_does_not_keep_them_all(
        self, acme: World, contacts: Callable[..., Dryrun]
    ) -> None:
        import gc
        import weakref

        first = weakref.ref(contacts([ADA]).runtime)
        for _ in range(25):
            contacts([ADA], against="previous")
        gc.collect()
        assert first() is None
