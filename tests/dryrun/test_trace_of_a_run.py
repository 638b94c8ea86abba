"""Requests, bodies, times of a run, through the doors of its result."""

from __future__ import annotations

import sys

import pytest

from nangonb._dryrun import recording
from nangonb.errors import UsageError
from tests.scripted import Answer, ScriptedNango
from tests.world import World


def test_calls_of_nangos_own_api_have_rows_and_do_not_count(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [Answer({"items": []})]
    result = acme.sync(
        "nango.get('/items')\n"
        "nango.get_environment_variables()\nnango.set_metadata({'a': 1})\nnango.get_connection()",
        max_requests=1,
    )
    rows = result.requests[["kind", "method", "endpoint", "status", "writes_provider"]].values.tolist()
    assert rows == [
        ["provider", "GET", "/items", 200, False],
        ["nango", "GET", "/environment-variables", 200, False],
        ["nango", "POST", "/connections/metadata", 200, False],
        ["nango", "GET", "/connections/conn-1", 200, False],
    ]
    assert "· 1 request ·" in str(result)
    assert "1 request, 3 calls to Nango&#x27;s own API" in result._repr_mimebundle_()["text/html"]


def test_a_call_that_nango_refuses(acme: World, scripted: ScriptedNango) -> None:
    scripted.api["/environment-variables"] = Answer({"error": {"code": "nope", "message": "no"}}, 403)
    error = acme.fails("nango.get_environment_variables()")
    assert error.dryrun.requests[["kind", "status"]].values.tolist() == [["nango", 403]]


def test_a_request_with_all_that_went_and_came(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [Answer({"id": 7, "name": "<b>Zoë</b>"}, 201, {"x-rate-left": "9"})]
    long = "x" * 3_000
    result = acme.sync(
        f"nango.post('/items', data={{'name': 'Zoë', 'long': {long!r}}}, headers={{'Accept': 'a/b'}})"
    )
    one = result.request(1)
    assert one.request.as_dict()["status"] == 201
    assert one.data == {"name": "Zoë", "long": long}
    assert one.body == {"id": 7, "name": "<b>Zoë</b>"}
    assert one.response_headers is not None
    assert one.response_headers["x-rate-left"] == "9"
    assert one.note == ""
    assert "#1 POST /items → 201" in repr(one)
    html = one._repr_mimebundle_()["text/html"]
    assert "&lt;b&gt;Zoë" in html
    assert "<b>Zoë" not in html


@pytest.mark.parametrize("n", [0, 2, -2, True])
def test_there_is_no_such_request(acme: World, scripted: ScriptedNango, n: int) -> None:
    scripted.answers = [Answer({})]
    result = acme.sync("nango.get('/items')")
    with pytest.raises(UsageError, match="this run made 1"):
        result.request(n)


def test_no_answer_came(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [lambda asked: 1 / 0]
    error = acme.fails("nango.post('/items', data={'a': 1})")
    one = error.dryrun.request(-1)
    assert (one.request.status, one.data, one.body) == (None, {"a": 1}, None)
    assert one.note == "There is no complete answer."


def test_past_the_limit_the_last_bodies_are_there(
    acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the package has a function of the module's name
    monkeypatch.setattr(sys.modules["nangonb._dryrun.run"], "LIMIT", 1_000)
    scripted.answers = [Answer({"n": n, "filler": "x" * 400}, 500 if n == 9 else 200) for n in range(10)]
    error = acme.fails("for n in range(10):\n    nango.get('/items')")
    bodies = [error.dryrun.request(n).body for n in range(1, 11)]
    there = [None if body is None else body["n"] for body in bodies]
    assert there == [0, 1, None, None, None, None, None, 7, 8, 9]
    assert "--save-responses" in error.dryrun.request(4).note
    assert recording.LIMIT == 64 * 2**20


@pytest.mark.parametrize("fails", [False, True])
def test_the_parts_add_up(acme: World, scripted: ScriptedNango, fails: bool) -> None:
    scripted.answers = [Answer([{"id": "1"}])]
    body = "nango.batch_save(nango.get('/items').data, 'Contact')\nsum(range(200_000))"
    result = acme.fails(body + "\n1/0").dryrun if fails else acme.sync(body)
    frame = result.profile().df
    assert frame["part"].tolist() == ["network", "script", "saving", "other"]
    assert frame.dtypes.astype(str).tolist() == ["string", "Float64", "Float64"]
    assert frame["seconds"].sum() == pytest.approx(result.seconds)
    assert frame["share"].sum() == pytest.approx(1.0)
    assert (frame["seconds"] > 0).all()
    assert "slowest is #1 GET /items" in repr(result.profile())


def test_a_triggered_sync_has_parts_of_its_own(acme: World, scripted: ScriptedNango) -> None:
    acme.cell(
        "%%nango_sync other --integration-id acme --output Contact\n"
        "def fetch_data(nango):\n    nango.get('/b')\n"
    )
    scripted.answers = [Answer([]), Answer([])]
    result = acme.sync("nango.get('/a')\nnango.trigger_sync('acme', 'conn-1', 'other')")
    (inner,) = result.triggered
    assert sum(inner.spent.values()) == pytest.approx(inner.seconds)
    assert inner.seconds < result.seconds


def test_the_timeline(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [Answer([{"id": "1"}]), Answer({}, 500)]
    error = acme.fails("nango.batch_save(nango.get('/<i>').data, 'Contact')\nnango.get('/b')")
    drawn = error.dryrun.timeline()
    text, html = repr(drawn), drawn._repr_mimebundle_()["text/html"]
    assert "2 requests · 1 record ·" in text
    assert "│ #1 GET /<i> · " in text
    assert "500 · " in text
    assert html.count("<rect") >= 3
    assert "&lt;i&gt;" in html
    assert "/<i>" not in html
    assert "<script" not in html


def test_nothing_happened(acme: World) -> None:
    result = acme.sync("pass")
    assert "no requests" in repr(result.timeline())
    assert "no requests" in result.timeline()._repr_mimebundle_()["text/html"]
    assert result.profile().df["seconds"].sum() == pytest.approx(result.seconds)


def test_a_request_that_is_not_there(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [Answer([]), Answer([])]
    result = acme.sync("nango.get('/a')\nnango.get('/b')")
    assert (result.request(2).request.endpoint, result.request(-2).request.endpoint) == ("/b", "/a")
    for wrong in (0, 3, -3, True, "1", None, 1.5, result.requests):
        with pytest.raises(UsageError, match=r"There is no request .*: this run made 2") as caught:
            result.request(wrong)  # type: ignore[arg-type]
        assert len(caught.value.message) < 100
