"""nango.trigger_action, trigger_sync and start_sync."""

from __future__ import annotations

import pytest

from nangonb.errors import ScriptError
from tests.scripted import Answer, ScriptedNango
from tests.world import World, shown

HELPER_YAML = """%%nango_yaml helpers
integrations:
  acme:
    actions:
      helper:
        input: Ask
        endpoint: POST /helper
    syncs:
      others:
        runs: every day
        output: Other
        endpoint: GET /others
models:
  Ask:
    n: number
  Other:
    id: string
"""
CATCH = """
try:
    nango.trigger_action('acme', 'conn-1', 'helper', {'n': 1})
except HTTPError as error:
    return [str(error), error.status, error.data, error.code]
"""


def helper(acme: World, body: str, *, head: str = "") -> None:
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    acme.cell(HELPER_YAML)
    acme.cell(f"%%nango_action helper\n{head}def run_action(nango, input):\n{lines}")


class TestOwnAction:
    def test_runs_here_with_its_own_connection_and_cell(self, acme: World, scripted: ScriptedNango) -> None:
        helper(acme, "nango.log('hello')\nreturn {'n': input['n'] + 1.0, 'got': nango.get('/a').data}")
        scripted.answers = [{"ok": True}]
        output = acme.action("return nango.trigger_action('acme', 'conn-1', 'helper', {'n': 1})")
        assert output == {"n": 2, "got": {"ok": True}}
        result = acme.session.last_dryrun()
        assert result.trace.request_count == 1
        assert [entry.message for entry in result.trace.logs] == [
            "The action helper is declared here, and runs here.", "hello",
        ]  # fmt: skip
        assert [asked for asked in scripted.called if asked.path == "/action/trigger"] == []
        # one look at the connection for both
        assert len([a for a in scripted.called if a.path == "/connections/conn-1"]) == 1

    def test_an_action_error_is_what_the_api_answers(self, acme: World) -> None:
        helper(acme, "raise nango.ActionError('nope', id=3)")
        assert acme.action(CATCH, head="from nangonb import HTTPError\n") == [
            "Request failed with status code 500", 500,
            {"error": {"message": "The action script failed with a runtime error",
                       "code": "action_script_runtime_error", "payload": {"message": "nope", "id": 3}}},
            "ERR_BAD_RESPONSE",
        ]  # fmt: skip

    def test_a_refused_request_is_status_424(self, acme: World, scripted: ScriptedNango) -> None:
        helper(acme, "nango.get('/a')")
        scripted.answers = [Answer({"m": "gone"}, 410, {"X-RateLimit-Left": "7", "X-Secret": "s"})]
        found = acme.action(CATCH, head="from nangonb import HTTPError\n")
        assert found[1] == 424
        assert found[2] == {
            "error": {
                "payload": {"m": "gone"},
                "code": "script_http_error",
                "upstream": {
                    "status": 410,
                    "headers": {"content-type": "application/json", "x-ratelimit-left": "7"},
                    "body": {"m": "gone"},
                },
            }
        }

    def test_any_other_error_is_internal_and_shows_both_cells(self, acme: World) -> None:
        helper(acme, "return {}['missing']")
        assert acme.action(CATCH, head="from nangonb import HTTPError\n")[2] == {
            "error": {
                "payload": {"name": "KeyError", "message": "'missing'"},
                "code": "script_internal_error",
            }
        }
        text = shown(acme.fails("nango.trigger_action('acme', 'conn-1', 'helper', {'n': 1})"))
        assert "Cell In[2], line 3, in run_action" in text
        assert "KeyError: 'missing'" in text
        assert "HTTPError: Request failed with status code 500" in text
        assert "POST /action/trigger" in text
        assert "The action helper ran here, and failed. See its error above." in text
        assert "The provider failed" not in text

    def test_input_is_checked(self, acme: World) -> None:
        helper(acme, "return 1")
        acme.action("return nango.trigger_action('acme', 'conn-1', 'helper', {'n': 'x'})")
        (problem,) = [p for p in acme.session.last_dryrun().problem_list if p.code == "invalid-input"]
        assert "The input of helper breaks its model Ask" in problem.message

    def test_endless_recursion_is_an_error(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            acme.action("nango.trigger_action('acme', 'conn-1', 'do-it')")
        assert "they call each other without end" in shown(caught.value)

    def test_caps_hold_for_both(self, acme: World, scripted: ScriptedNango) -> None:
        helper(acme, "nango.get('/a')\nnango.get('/b')\nnango.get('/c')")
        scripted.answers = [{}, {}, {}]
        acme.action("nango.trigger_action('acme', 'conn-1', 'helper', {'n': 1})", max_requests=2)
        assert acme.session.last_dryrun().capped == "max-requests"
        assert scripted.lines == ["GET /a", "GET /b"]

    def test_its_metadata_writes_count(self, acme: World) -> None:
        helper(acme, "nango.update_metadata({'seen': 1})")
        output = acme.action(
            "nango.trigger_action('acme', 'conn-1', 'helper', {'n': 1})\nreturn nango.get_metadata()"
        )
        assert output == {"region": "EMEA", "seen": 1}
        assert (acme.session.last_dryrun().writes, acme.session.last_dryrun().metadata_writes) == (0, 1)


class TestDeployedAction:
    def test_is_triggered_on_nango(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/action/trigger"] = Answer({"made": 1})
        assert acme.action("return nango.trigger_action('acme', 'c-2', 'far', {'a': 1})") == {"made": 1}
        (asked,) = [a for a in scripted.called if a.path == "/action/trigger"]
        assert asked.json == {"action_name": "far", "input": {"a": 1}}
        assert (asked.headers["connection-id"], asked.headers["provider-config-key"]) == ("c-2", "acme")
        assert acme.session.last_dryrun().writes == 1

    def test_its_error_reaches_the_script(self, acme: World, scripted: ScriptedNango) -> None:
        body = {"error": {"message": "m", "code": "action_script_runtime_error", "payload": {"why": "x"}}}
        scripted.api["/action/trigger"] = Answer(body, 500)
        found = acme.action(CATCH, head="from nangonb import HTTPError\n")
        assert found[:3] == ["Request failed with status code 500", 500, body]

    def test_a_read_only_run_refuses(self, acme: World, scripted: ScriptedNango) -> None:
        error = acme.fails("nango.trigger_action('acme', 'c-2', 'far')", read_only=True)
        assert "The action far may write to the provider, and this run is read-only" in shown(error)
        assert not [a for a in scripted.called if a.path == "/action/trigger"]


class TestTriggerSync:
    def test_the_own_sync_is_dry_run(self, acme: World, scripted: ScriptedNango) -> None:
        acme.cell(HELPER_YAML)
        acme.cell(
            "%%nango_sync others\ndef fetch_data(nango):\n"
            "    nango.batch_save([{'id': nango.variant}], 'Other')\n"
        )
        result = acme.sync(
            "nango.trigger_sync('acme', 'conn-1', {'name': 'others', 'variant': 'emea'}, 'full_refresh')"
        )
        (inner,) = result.triggered
        assert inner.ok
        assert inner.records == {"Other": [{"id": "emea"}]}
        assert result.counts.added == 0
        assert result.trace.logs[-1].message == (
            "The sync others was dry run here (added 1, updated 0, deleted 0); "
            "nothing was triggered in Nango."
        )
        assert not [a for a in scripted.called if a.method == "POST"]

    def test_its_failure_is_logged(self, acme: World) -> None:
        acme.cell(HELPER_YAML)
        acme.cell("%%nango_sync others\ndef fetch_data(nango):\n    return 1 / 0\n")
        result = acme.sync("nango.trigger_sync('acme', 'conn-1', 'others')")
        assert result.ok
        assert not result.triggered[0].ok
        (entry,) = result.trace.logs
        assert (entry.level, entry.message) == ("error", "The sync others failed: division by zero")

    def test_one_that_is_not_here_is_said(self, acme: World) -> None:
        (entry,) = acme.sync("nango.trigger_sync('acme', 'conn-1', 'far')").trace.logs
        assert entry.level == "warn"
        assert "far of acme is not declared here, and nothing was run" in entry.message

    def test_unknown_mode(self, acme: World) -> None:
        error = acme.fails("nango.trigger_sync('acme', 'conn-1', 'far', 'full')")
        assert "sync_mode is one of incremental, full_refresh, full_refresh_and_clear_cache" in shown(error)


def test_start_sync_says_what_the_cli_says(acme: World, scripted: ScriptedNango) -> None:
    (entry,) = acme.sync("nango.start_sync('acme', ['contacts'], 'conn-1')").trace.logs
    assert entry.message == "This has no effect but on a remote Nango instance would start a schedule"
    assert not [a for a in scripted.called if a.path == "/sync/start"]
