"""A provider that misbehaves, each way: what a script sees, what a person sees, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from nangonb._dryrun import Dryrun
from nangonb.errors import HTTPError, Interrupted, NangonbError, ScriptError
from tests.scripted import ScriptedNango
from tests.world import World, shown

YAML = """%%nango_yaml
integrations:
  unreliable:
    syncs:
      items:
        runs: every day
        output: Item
        endpoint: GET /items
models:
  Item:
    id: string
    name?: string
"""


@pytest.fixture
def unreliable(demo: World) -> World:
    demo.cell(YAML)
    return demo


def run(world: World, body: str, connection: str = "flaky-1", **options: Any) -> Dryrun:
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    world.cell(f"%%nango_sync items\ndef fetch_data(nango):\n{lines}")
    return world.session.dryrun("items", connection, **options)


def failed(world: World, call: str, **options: Any) -> tuple[ScriptError, HTTPError]:
    """Saves a record, then fails at ``call``; the record must be there."""
    with pytest.raises(ScriptError) as caught:
        run(world, f"nango.batch_save([{{'id': 'kept'}}], 'Item')\n{call}", **options)
    error = caught.value
    assert error.dryrun.records == {"Item": [{"id": "kept"}]}
    assert error.dryrun.state == "failed"
    assert f"---->   4     {call}" in shown(error)
    assert "Kept until then: 1 record, 1 request: nangonb.last_dryrun()" in shown(error)
    assert isinstance(error.__cause__, HTTPError)
    return error, error.__cause__


def test_too_many_requests_without_retries(unreliable: World) -> None:
    error, cause = failed(unreliable, "nango.get('/rate-limited?x=without')")
    assert (cause.status, cause.headers["retry-after"]) == (429, "0.05")
    assert "HTTPError: Request failed with status code 429\nGET /rate-limited?x=without\n" in shown(error)
    assert "Too many requests (1)" in shown(error)
    assert "(Retry-After: 0.05). With retries=3 Nango waits and repeats the request." in shown(error)


def test_too_many_requests_with_retries(unreliable: World) -> None:
    result = run(
        unreliable,
        "nango.batch_save(nango.get('/rate-limited?x=with', retries=3).data['items'], 'Item')",
    )
    assert result.counts.added == 3
    (entry,) = result.trace.requests  # Nango did the waiting: one request of ours
    assert (entry.status, entry.retries) == (200, 3)


def test_server_errors(unreliable: World) -> None:
    error, cause = failed(unreliable, "nango.get('/broken')")
    assert (str(cause), cause.status) == ("Request failed with status code 500", 500)
    assert '"message": "Something went wrong"' in shown(error)
    assert "The provider failed. With retries=3 Nango repeats the request." in shown(error)
    assert error.dryrun.error_json is not None
    assert error.dryrun.error_json["type"] == "script_http_error"
    assert error.dryrun.error_json["status"] == 500
    assert error.dryrun.error_json["payload"] == {"error": "internal", "message": "Something went wrong"}


def test_a_circle_of_redirects(unreliable: World) -> None:
    error, _ = failed(unreliable, "nango.get('/redirect-loop')")
    assert "The provider redirects in a loop, which repeating does not fix" in shown(error)
    assert "retries=3" not in shown(error)


def test_server_errors_that_pass(unreliable: World) -> None:
    result = run(
        unreliable, "nango.batch_save(nango.get('/flaky?x=passing', retries=2).data['items'], 'Item')"
    )
    assert result.counts.added == 3


def test_a_slow_answer_and_a_timeout(unreliable: World) -> None:
    with pytest.raises(Interrupted) as caught:
        run(
            unreliable,
            "nango.batch_save([{'id': 'kept'}], 'Item')\nnango.get('/slow?seconds=60')",
            timeout=0.3,
        )
    text = shown(caught.value)
    assert "items was stopped: it ran longer than 0.3 s (--timeout)." in text
    assert "It was at Cell In[2], line 4: nango.get('/slow?seconds=60')" in text
    assert caught.value.dryrun.records == {"Item": [{"id": "kept"}]}
    assert caught.value.dryrun.trace.requests[0].code == "interrupted"
    assert caught.value.dryrun.state == "interrupted"
    assert run(unreliable, "nango.get('/items')").ok  # the client is usable afterwards


@pytest.mark.parametrize(
    ("path", "status", "code", "said"),
    [
        ("/truncated", 200, "ERR_BAD_RESPONSE", "stream has been aborted"),
        ("/reset-in-body", 200, "ERR_BAD_RESPONSE", "stream has been aborted"),
    ],
)
def test_a_body_that_breaks_off(unreliable: World, path: str, status: int, code: str, said: str) -> None:
    error, cause = failed(unreliable, f"nango.get('{path}')")
    assert (str(cause), cause.code) == (said, code)
    assert f"HTTPError: {said}\nGET {path}\n" in shown(error)
    assert "The connection was interrupted. Try again." in shown(error)
    (entry,) = error.dryrun.trace.requests
    assert (entry.status, entry.code) == (status, code)
    assert entry.received > 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/reset", "HTTPError: socket hang up"),
        ("/unreachable", "connect ECONNREFUSED"),
        ("/redirect-loop", "Maximum number of redirects exceeded"),
    ],
)
def test_no_answer_from_the_provider(unreliable: World, path: str, said: str) -> None:
    error, _ = failed(unreliable, f"nango.get('{path}')")
    assert f"GET {path}" in shown(error)
    assert said in shown(error)


def test_html_instead_of_json(unreliable: World) -> None:
    with pytest.raises(ScriptError) as caught:
        run(
            unreliable,
            "data = nango.get('/html').data\nnango.log(data[:15])\nfor item in data['items']: pass",
        )
    assert "TypeError: string indices must be integers" in shown(caught.value)
    assert "This is text, not a dict: perhaps the body was empty, HTML or broken JSON" in shown(caught.value)
    assert "---->   5     for item in data['items']: pass" in shown(caught.value)
    assert caught.value.dryrun.trace.logs[0].message == "<!doctype html>"
    assert caught.value.dryrun.trace.requests[0].status == 200


def test_html_in_an_error_is_never_markup(unreliable: World) -> None:
    with pytest.raises(ScriptError) as caught:
        run(unreliable, "raise ValueError(nango.get('/html').data)")
    html = caught.value.dryrun._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_json_that_is_none(unreliable: World) -> None:
    result = run(unreliable, "nango.log(nango.get('/invalid-json').data)")
    assert result.trace.logs[0].message == '{"items": [{"id": 1}, {"id": 2,'


def test_an_expired_token(unreliable: World) -> None:
    error, cause = failed(unreliable, "nango.get('/expired-token')")
    assert cause.status == 401
    assert "Request failed with status code 401" in shown(error)
    assert "The provider refuses this connection's credentials: reconnect it in Nango." in shown(error)


def test_a_connection_whose_token_cannot_be_refreshed(unreliable: World) -> None:
    with pytest.raises(NangonbError) as caught:
        run(unreliable, "nango.get('/items')", connection="expired-1")
    text = shown(caught.value)
    assert "expired-1" in text
    assert "unreliable-FAKE" not in text


def test_a_cursor_that_repeats_ends_at_max_requests(unreliable: World) -> None:
    result = run(
        unreliable,
        "for page in nango.paginate('/repeating-cursor'):\n    nango.batch_save(page, 'Item')",
        max_requests=5,
    )
    assert result.ok
    assert result.trace.request_count == 5
    assert [entry.page for entry in result.trace.requests] == [None, 1, 2, 3, 4, 5]
    (problem,) = [p for p in result.problem_list if p.code == "cap-reached"]
    assert problem.message == "The run ended after 5 requests (--max-requests); there may be more records."
    assert str(problem.place) == "Cell In[2], line 3"
    assert len(result.df) == 3


def test_odd_values_come_through_exactly(unreliable: World) -> None:
    result = run(
        unreliable,
        "items = nango.get('/odd-values').data['items']\n"
        "assert items[0]['above_2_53'] == 9007199254740993\nnango.batch_save(items, 'Item')",
    )
    (record,) = result.records["Item"]
    assert record["big"] == 36893488147419103233
    assert record["nul"] == "a\0b"
    assert record["lone"] == "\ud83d"
    codes = {problem.code for problem in result.problem_list}
    assert {"unsafe-integer", "invalid-record"} <= codes
    assert str(result) and result._repr_mimebundle_()["text/html"]


def test_pages_until_one_fails(unreliable: World) -> None:
    with pytest.raises(ScriptError) as caught:
        run(
            unreliable,
            "for page in nango.paginate('/items', params={'fail_after': 20}):\n"
            "    nango.batch_save(page, 'Item')",
        )
    assert len(caught.value.dryrun["Item"]) == 20
    pages = [entry for entry in caught.value.dryrun.trace.requests if entry.page]
    assert [entry.status for entry in pages] == [200, 200, 500]
    assert [entry.saved for entry in pages] == [10, 10, 0]


def test_a_server_that_goes_away(acme: World, scripted: ScriptedNango) -> None:
    def vanish(asked: object) -> None:
        raise ConnectionAbortedError  # the handler dies, and the connection with it

    scripted.answers = [vanish]
    error = acme.fails("nango.get('/a')")
    assert "HTTPError: socket hang up\nGET /a\nThe connection was interrupted. Try again." in shown(error)
    assert error.dryrun.error_json is not None
    assert error.dryrun.error_json["payload"] == {
        "name": "HTTPError", "code": "ECONNRESET", "message": "socket hang up",
    }  # fmt: skip
