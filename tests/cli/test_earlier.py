"""nangonb dryrun --since-last, --against: the earlier run is what --json printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, folder
from tests.scripted import ScriptedNango

BODY = """
since = nango.last_sync_date
page = (nango.get_checkpoint() or {}).get("page", 0)
params = {"page": page, **({"since": since.isoformat()} if since else {})}
nango.batch_save(nango.get("/contacts", params=params).data, "Contact")
nango.save_checkpoint({"page": params["page"] + 1})
"""
ADA, BOB, CLEO = {"id": "1", "name": "Ada"}, {"id": "2", "name": "Bob"}, {"id": "3", "name": "Cleo"}


@pytest.fixture
def first(acme_run: Run, scripted: ScriptedNango) -> str:
    """A folder, of which one run is kept in run.json."""
    source = folder(BODY)
    scripted.answers = [[ADA, BOB, CLEO]]
    ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["changes"], ran.document["last_sync_date"]) == (None, None)
    Path("run.json").write_text(ran.out)
    return source


def test_since_last_goes_on_from_the_run_that_is_named(
    first: str, acme_run: Run, scripted: ScriptedNango
) -> None:
    scripted.answers = [[{**BOB, "name": "Bobby"}]]
    started = json.loads(Path("run.json").read_text())["started"]
    words = ("contacts", "conn-1", "--since-last", "--against", "@run.json", "--json")
    ran = acme_run("dryrun", first, *words)
    assert ran.code == 0, ran.err
    assert scripted.asked[-1].query == [("page", "1"), ("since", started.replace("Z", "+00:00"))]
    document = ran.document
    assert (document["last_sync_date"], document["resumed"]) == (started, True)
    assert document["checkpoint"] == {"page": 2}
    counts = {"added": 0, "updated": 1, "unchanged": 0, "deleted": 0, "unseen": 2}
    assert document["changes"] == {"against": started, **counts}


def test_against_says_what_changed(first: str, acme_run: Run, scripted: ScriptedNango) -> None:
    scripted.answers = [[ADA, {**BOB, "name": "Bobby"}, {"id": "4"}]]
    ran = acme_run("dryrun", first, "contacts", "conn-1", "--against", "@run.json")
    assert ran.code == 0, ran.err
    assert ": added 1 · updated 1 · unchanged 1 · deleted 1" in ran.out
    assert scripted.asked[-1].query == [("page", "0")]


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("--since-last",), "--since-last: a command remembers no", "--since-last --against @run.json"),
        (("--against", "previous"), "--against: a command remembers no", ": --against @run.json"),
        (("--against", "@none.json"), "--against: none.json cannot be read", "--json > none.json"),
        (("--against", "@bad.json"), "--against: bad.json is not JSON.", "--json > bad.json"),
        (("--against", "@other.json"), "--against: other.json holds no dry run.", "--json > other.json"),
        (("--against", "run.json"), "not 'run.json'", "--against @run.json"),
    ],
)
def test_what_cannot_be(
    acme_run: Run, scripted: ScriptedNango, words: tuple[str, ...], said: str, hint: str
) -> None:
    Path("bad.json").write_text("{")
    Path("other.json").write_text('{"records": []}')
    ran = acme_run("dryrun", folder(BODY), "contacts", "conn-1", *words, "--json")
    assert ran.code == 2
    assert said in ran.err and hint in ran.err
    assert said in ran.document["error"]["message"]
    assert scripted.asked == []
