"""``nangonb test`` on folders with TypeScript scripts, in the style of Nango's public templates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import read
from nangonb._session.replays import Replays
from tests.cli.conftest import Run
from tests.exporting import export
from tests.sessions import Session

FOLDERS = Path(__file__).resolve().parents[1] / "replays"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """Scripts that declare themselves, with saved responses as today's CLI writes them."""
    return shutil.copytree(FOLDERS / "templates", tmp_path / "templates")


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    """A folder with nango.yaml and the saved responses of its CLI."""
    return shutil.copytree(FOLDERS / "legacy", tmp_path / "legacy")


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def replayed(folder: Path) -> Replays:
    return Session(project=read([folder]), sources=[folder], door="command").test()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_all_templates_pass(templates: Path, run: Run) -> None:
    done = run("test", str(templates), "--json")
    assert done.code == 0, done.err
    found = lines(done.out)
    assert [(one["integration"], one["kind"], one["name"]) for one in found] == [
        ("github", "action", "close-issue"),
        ("github", "sync", "issues"),
        ("hubspot", "action", "create-contact"),
        ("hubspot", "action", "find-contacts"),
        ("hubspot", "action", "whoami"),
        ("hubspot", "sync", "companies"),
        ("hubspot", "sync", "contacts"),
        ("hubspot", "sync", "deals"),
        ("hubspot", "sync", "owners"),
    ]
    assert {(one["passed"], one["reason"]) for one in found} == {(True, "")}
    assert {tuple(one) for one in found} == {("integration", "name", "kind", "passed", "reason")}


def test_one_integration_and_what_failed(templates: Path, run: Run) -> None:
    change(templates / "github/syncs/issues.ts", "String(id)", "`${id}0`")
    done = run("test", str(templates), "--integration", "github", "--json")
    assert done.code == 12
    reason = 'batch_save Issue · id "1" · id: expected "1", got "10"'
    assert [(one["name"], one["passed"], one["reason"]) for one in lines(done.out)] == [
        ("close-issue", True, ""),
        ("issues", False, reason),
    ]


def test_both_layouts_of_saved_responses(legacy: Path) -> None:
    assert [(one.script.name, one.passed, one.reason) for one in replayed(legacy)] == [
        ("create-ticket", True, ""),
        ("contacts", True, ""),
        ("tickets", True, ""),
    ]


def test_undefined_is_dropped_and_null_is_not(templates: Path) -> None:
    sync = templates / "hubspot/syncs/companies.ts"
    change(sync, "domain: company.domain || null", "domain: company.domain || undefined")
    found = replayed(templates)["companies"].difference
    assert found is not None
    assert (found.id, found.path, found.expected, found.got_text) == ("2", "domain", None, "nothing")
    change(sync, "|| undefined", "|| null")
    change(sync, "employees: company.employees", "employees: company.employees ?? null")
    found = replayed(templates)["companies"].difference
    assert found is not None
    assert (found.id, found.path, found.got, found.expected_text) == ("2", "employees", None, "nothing")


def test_a_script_that_throws_is_named_with_its_line(templates: Path) -> None:
    change(templates / "hubspot/actions/find-contacts.ts", "data.items.map", "data.rows.map")
    one = replayed(templates)["find-contacts"]
    assert one.passed is False
    assert one.reason.startswith("TypeError: Cannot read properties of undefined (reading 'map')")
    assert "(hubspot/actions/find-contacts.ts, line 18)" in one.reason


def test_a_request_that_is_not_saved_names_the_nearest(templates: Path) -> None:
    change(templates / "hubspot/actions/find-contacts.ts", "limit: 50", "limit: 51")
    reason = replayed(templates)["find-contacts"].reason
    assert "No saved response for GET /v1/contacts/search?" in reason
    assert "its parameter limit is '50', not '51'" in reason


def test_replays_are_those_of_nango_s_test_library(templates: Path) -> None:
    """``lastSyncDate`` is null, and ``zodValidateInput`` gives the input as it is."""
    action = templates / "hubspot/actions/create-contact.ts"
    change(action, "zodSchema: InputSchema", "zodSchema: z.object({ email: z.literal('no') }) as any")
    assert replayed(templates)["create-contact"].passed
    change(
        templates / "hubspot/syncs/deals.ts",
        "nango.lastSyncDate === null",
        "nango.lastSyncDate === undefined",
    )
    assert not replayed(templates)["deals"].passed


def test_what_is_deleted_counts_where_the_file_says_it(templates: Path) -> None:
    change(
        templates / "hubspot/syncs/deals.ts",
        "gone.map(({ id }) => ({ id }))",
        "gone.map(() => ({ id: 'x' }))",
    )
    found = replayed(templates)["deals"].difference
    assert found is not None and (found.where, found.expected, found.got) == ("batch_delete Deal", "d2", "x")
    path = templates / "hubspot/tests/deals.test.json"
    document = json.loads(path.read_text())
    del document["nango"]["batchDelete"]
    path.write_text(json.dumps(document))
    assert replayed(templates)["deals"].passed


def test_without_node_scripts_are_skipped(legacy: Path, run: Run) -> None:
    done = run("test", str(legacy), "--json", NANGONB_NODE="/nowhere/node")
    assert done.code == 3
    found = lines(done.out)
    assert {one["passed"] for one in found} == {None}
    assert "pip install 'nangonb[typescript]'" in found[0]["reason"]
    shown = run("test", str(legacy), NANGONB_NODE="/nowhere/node")
    assert shown.code == 3
    assert shown.out.count("pip install 'nangonb[typescript]'") == 1


def test_both_languages_in_one_folder(legacy: Path) -> None:
    (legacy / "hubspot/syncs/tickets.ts").unlink()
    body = "def fetch_data(nango):\n    nango.batch_save([], 'Ticket')\n    nango.batch_save([], 'Person')\n"
    (legacy / "hubspot/syncs/tickets.py").write_text(body)
    assert {one.script.name: one.passed for one in replayed(legacy)} == {
        "create-ticket": True,
        "contacts": True,
        "tickets": False,
    }


def test_scripts_that_were_wrapped_for_the_other_layout(legacy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(read([legacy]), out, layout="zero-yaml")
    shutil.copytree(legacy / "hubspot/mocks", out / "hubspot/mocks")
    assert [(one.script.style, one.passed, one.reason) for one in replayed(out)] == [("zero", True, "")] * 3
    change(out / "nango-yaml/hubspot/mappers/to-ticket.ts", "`${ticketId}`", "`${ticketId}0`")
    assert [one.passed for one in replayed(out)] == [False, True, False]
