"""Webhooks that a sync takes, and scripts on events of a connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb.errors import ProjectError, UsageError
from tests.world import YAML, World, shown

SYNC = """%%nango_sync contacts
def fetch_data(nango):
    nango.log('fetched')

def on_webhook(nango, payload):
    nango.batch_save([{'id': payload['id']}], 'Contact')
    nango.log('webhook')
"""


@pytest.fixture
def declared(acme: World) -> World:
    acme.cell(YAML)
    acme.cell(SYNC)
    return acme


def test_a_payload_runs_on_webhook_instead(declared: World, tmp_path: Path) -> None:
    result = declared.session.dryrun("contacts", "conn-1", payload='{"id": "7"}')
    assert result.records == {"Contact": [{"id": "7"}]}
    assert [entry.message for entry in result.trace.logs] == ["webhook"]
    file = tmp_path / "hook.json"
    file.write_text('{"id": "8"}')
    again = declared.session.dryrun("contacts", "conn-1", payload=f"@{file}")
    assert again.records == {"Contact": [{"id": "8"}]}


def test_without_one_fetch_data_runs(declared: World) -> None:
    result = declared.session.dryrun("contacts", "conn-1")
    assert [entry.message for entry in result.trace.logs] == ["fetched"]


def test_a_sync_without_on_webhook(acme: World) -> None:
    with pytest.raises(UsageError) as caught:
        acme.sync("pass", payload={"id": "1"})
    assert (
        caught.value.message == "contacts has no function on_webhook that could take a webhook (--payload)."
    )
    assert caught.value.hint == "Add it to the cell: def on_webhook(nango, payload): …"


def test_an_action_takes_none(acme: World) -> None:
    with pytest.raises(UsageError, match="only a sync takes webhooks"):
        acme.action("pass", payload={"id": "1"})


def test_an_error_in_it_is_shown_at_its_line(acme: World) -> None:
    acme.cell(YAML)
    acme.cell(SYNC)
    with pytest.raises(Exception, match="KeyError") as caught:
        acme.session.dryrun("contacts", "conn-1", payload={"x": 1})
    assert "Cell In[2], line 6, in on_webhook" in shown(caught.value)


def test_an_on_event_script_is_run_with_the_connection(acme: World) -> None:
    acme.cell(
        "%%nango_yaml\nintegrations:\n  acme:\n    on-events:\n"
        "      post-connection-creation:\n        - greet\n"
    )
    acme.cell(
        "%%nango_on_event greet\ndef on_event(nango):\n"
        "    nango.set_metadata({'greeted': True})\n"
        "    nango.log(nango.script_type, nango.connection_id, nango.get_metadata())\n"
    )
    result = acme.session.dryrun("greet", "conn-1")
    assert result.trace.logs[0].message == 'on-event conn-1 {"greeted":true}'
    assert (result.writes, result.metadata_writes) == (0, 1)
    with pytest.raises(UsageError, match="greet is an on-event script; only an action has an input"):
        acme.session.dryrun("greet", "conn-1", input="{}")


def test_an_async_one_is_refused_when_it_is_declared(acme: World) -> None:
    with pytest.raises(ProjectError) as caught:
        acme.cell(SYNC.replace("def on_webhook", "async def on_webhook"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("async-script", "on_webhook is async.")
    assert problem.place is not None
    assert problem.place.line == 5
