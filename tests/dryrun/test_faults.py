"""Faults of network, data and clock end in a clear error or a right result; what came before is kept."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nangonb._dryrun import Dryrun
from nangonb._dryrun.document import pieces
from nangonb.errors import ApiError, HTTPError, NetworkError, ScriptError
from tests.nango.raw_server import Handler, answer, reset, serve
from tests.scripted import KEY, Answer, Asked, ScriptedNango
from tests.world import World, shown

CONNECTION = json.dumps(
    {"id": 1, "connection_id": "conn-1", "provider_config_key": "acme", "provider": "acme", "credentials": {}}
).encode()
SAVE = "nango.batch_save([{'id': 'kept'}], 'Contact')\nnango.log('before')\n"
OF_ACME = {"connection": "conn-1"}


def kept(error: ScriptError, endpoint: str) -> HTTPError:
    """The request error of a script that began with SAVE; what came before is there."""
    result = error.dryrun
    assert result.records == {"Contact": [{"id": "kept"}]}
    assert [entry.message for entry in result.trace.logs] == ["before"]
    assert result.trace.requests[-1].endpoint == endpoint
    assert "Kept until then: 1 record, " in shown(error)
    assert isinstance(error.__cause__, HTTPError)
    return error.__cause__


@pytest.fixture
def raw(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Handler], World]]:
    """``raw(handler)``: a session whose Nango answers the bytes of ``handler``, but for the connection's."""
    opened: list[Any] = []

    def start(handler: Handler) -> World:
        server = serve(handler)
        opened.append(server)
        world = World(server.__enter__(), KEY, monkeypatch)
        opened.append(world.session)
        return world

    yield start
    for each in reversed(opened):
        each.close() if hasattr(each, "dryrun") else each.__exit__(None, None, None)


def beside_the_connection(misbehave: Handler) -> Handler:
    """What asks for the connection is answered well."""

    def handle(connection: socket.socket, request: bytes) -> None:
        if request.startswith((b"GET /connections", b"GET /connection")):
            connection.sendall(answer("200 OK", CONNECTION))
        else:
            misbehave(connection, request)

    return handle


def circle(connection: socket.socket, request: bytes) -> None:
    path = request.split(b" ")[1].decode()
    connection.sendall(answer("302 Found", b"", f"Location: {path}"))


def reset_in_body(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer("200 OK", b'{"items": [', length=5000))
    connection.shutdown(socket.SHUT_RDWR)


class TestBroken:
    """The connection to Nango itself breaks off in the middle of a body."""

    def test_in_a_request_of_the_script(self, raw: Callable[[Handler], World]) -> None:
        world = raw(beside_the_connection(reset_in_body))
        error = world.fails(SAVE + "nango.get('/a')", **OF_ACME)
        assert kept(error, "/a").code == "ERR_BAD_RESPONSE"
        assert "stream has been aborted" in shown(error)
        assert "The connection was interrupted. Try again." in shown(error)

    def test_in_a_call_of_nangos_own_api(self, raw: Callable[[Handler], World]) -> None:
        world = raw(beside_the_connection(reset_in_body))
        error = world.fails(SAVE + "nango.get_environment_variables()", **OF_ACME)
        assert kept(error, "/environment-variables").code == "ECONNRESET"
        assert "The connection was interrupted. Try again." in shown(error)

    def test_once_is_mended_by_asking_again(self, raw: Callable[[Handler], World]) -> None:
        asked: list[bytes] = []

        def first_one_breaks(connection: socket.socket, request: bytes) -> None:
            asked.append(request)
            if len(asked) == 1:
                reset(connection)
            else:
                connection.sendall(answer("200 OK", b'[{"name": "REGION", "value": "eu"}]'))

        world = raw(beside_the_connection(first_one_breaks))
        result = world.sync("nango.log(nango.get_environment_variables()[0]['value'])", **OF_ACME)
        assert ([entry.message for entry in result.trace.logs], len(asked)) == (["eu"], 2)

    def test_before_the_script_starts(self, raw: Callable[[Handler], World]) -> None:
        world = raw(reset_in_body)
        with pytest.raises(NetworkError, match="No answer from Nango at http://127") as caught:
            world.sync("pass")
        assert "The connection was interrupted. Try again." in shown(caught.value)


class TestEndlessRedirect:
    def test_of_a_request_through_the_proxy(self, raw: Callable[[Handler], World]) -> None:
        error = raw(beside_the_connection(circle)).fails(SAVE + "nango.get('/a')", **OF_ACME)
        assert kept(error, "/a").code == "ERR_FR_TOO_MANY_REDIRECTS"
        assert "Maximum number of redirects exceeded" in shown(error)
        assert "redirects in a loop: check the path" in shown(error)

    def test_of_nangos_own_api_in_a_script(self, raw: Callable[[Handler], World]) -> None:
        error = raw(beside_the_connection(circle)).fails(SAVE + "nango.get_integration()", **OF_ACME)
        assert kept(error, "/integrations/acme").code == "ERR_FR_TOO_MANY_REDIRECTS"
        assert "redirects in a loop. This does not look like Nango's API." in shown(error)

    def test_of_nango_before_the_script_starts(self, raw: Callable[[Handler], World]) -> None:
        with pytest.raises(NetworkError) as caught:
            raw(circle).sync("pass")
        assert "Maximum number of redirects exceeded (ERR_FR_TOO_MANY_REDIRECTS)" in shown(caught.value)
        assert "Check NANGO_HOSTPORT" in caught.value.hint


class TestTooManyRequests:
    """429 without Retry-After."""

    def test_of_the_provider(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"message": "slow down"}, 429)]
        error = acme.fails(SAVE + "nango.get('/a')")
        assert kept(error, "/a").status == 429
        assert "Too many requests for the provider. With retries=3 Nango waits" in shown(error)
        assert len(scripted.asked) == 1  # Nango does the repeating

    def test_of_nango_is_waited_for(self, acme: World, scripted: ScriptedNango) -> None:
        replies: list[Any] = [Answer(None, 429), Answer({}, 429), scripted.variables]
        scripted.api["/environment-variables"] = lambda asked: replies.pop(0)
        result = acme.sync("nango.log(nango.get_environment_variables()[0]['value'])")
        assert ([entry.message for entry in result.trace.logs], replies) == (["eu"], [])

    def test_of_nango_that_stays(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/environment-variables"] = Answer(
            {"error": {"code": "too_many_requests", "message": "Too many requests"}}, 429
        )
        error = acme.fails(SAVE + "nango.get_environment_variables()")
        assert kept(error, "/environment-variables").status == 429
        assert "Too many requests to Nango's API. Wait, then try again." in shown(error)

    def test_of_nango_before_the_script_starts(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections/conn-1"] = Answer(None, 429)
        with pytest.raises(ApiError) as caught:
            acme.sync("pass")
        assert caught.value.status == 429
        assert "Wait, then try again." in shown(caught.value)


@pytest.mark.parametrize("cursors", ["a", "ab"])
def test_cursors_of_stored_records_that_repeat(acme: World, scripted: ScriptedNango, cursors: str) -> None:
    circle = itertools.cycle(cursors)
    scripted.api["/records"] = lambda asked: {
        "records": [{"id": "1", "_nango_metadata": {}}],
        "next_cursor": next(circle),
    }
    result = acme.sync(
        "for record in nango.list_records('Contact'):\n"
        "    nango.batch_save([{'id': record['id']}], 'Contact')"
    )
    assert result.records == {"Contact": [{"id": "1"}]}
    (entry,) = result.trace.logs
    if cursors == "a":  # where Nango stops, too
        said = "Nango returned the cursor 'a' again. The records of Contact end here."
        assert (entry.level, entry.message, result.capped) == ("warn", said, None)
    else:
        assert "the cursor 'a' again, 3 times in a row" in entry.message
        assert result.capped == "repeated-page"


class TestLarge:
    YAML = (
        "%%nango_yaml\nintegrations:\n  unreliable:\n    syncs:\n      items:\n        runs: every day\n"
        "        output: Item\n        endpoint: GET /items\n"
        "models:\n  Item:\n    id: string\n    text: string\n"
    )

    def run(self, demo: World, megabytes: int, kilobytes: int) -> Dryrun:
        demo.cell(self.YAML)
        demo.cell(
            "%%nango_sync items\ndef fetch_data(nango):\n"
            f"    page = nango.get('/large?megabytes={megabytes}&kilobytes={kilobytes}').data\n"
            "    nango.batch_save(page['items'], 'Item')\n"
        )
        return demo.session.dryrun("items", "flaky-1", validation=True)

    def test_a_page_of_50_mb(self, demo: World, tmp_path: Path) -> None:
        result = self.run(demo, 50, 1)
        assert (result.counts.added, result.problem_list) == (50 * 1024, [])
        assert result.trace.requests[0].received > 49 * 2**20
        assert set(result.df["text"].str.len()) == {1024 - 40}
        shown_html = result._repr_mimebundle_()["text/html"]
        assert len(str(result)) < 20_000 > len(shown_html) - 10_000
        assert len(str(result.request(1))) < 100_000
        saved = json.loads(result.save_responses(tmp_path / "items.test.json").read_bytes())
        assert len(saved["nango"]["batchSave"]["Item"]) == 50 * 1024

    def test_a_record_of_5_mb(self, demo: World) -> None:
        result = self.run(demo, 10, 5 * 1024)
        assert result.counts.added == 2
        assert set(result.df["text"].str.len()) == {5 * 2**20 - 40}
        assert len(str(result)) < 20_000
        assert len(result._repr_mimebundle_()["text/html"]) < 30_000
        document = json.loads(b"".join(pieces(result)))
        assert [len(record["text"]) for record in document["records"]["Item"]] == [5 * 2**20 - 40] * 2


BIG, ODD = 36893488147419103233, 2**53 + 1
ODD_BODY = (
    b'{"items": [{"id": "1", "name": "a\\u0000b\\ud83d", "big": 36893488147419103233, '
    b'"odd": 9007199254740993, "nested": {"low": -18446744073709551617, "half\\udc00": "\\ud800"}}, '
    b'{"id": "2\\u0000", "name": "caf\xe9 \xf0\x9f\x98", "big": 1, "odd": -9007199254740993}]}'
)
ODD_RECORDS: list[dict[str, Any]] = [
    {
        "id": "1",
        "name": "a\0b\ud83d",
        "big": BIG,
        "odd": ODD,
        "nested": {"low": -(2**64) - 1, "half\udc00": "\ud800"},
    },
    {"id": "2\0", "name": "caf\ufffd \ufffd", "big": 1, "odd": -ODD},
]
"""NUL, halves of surrogate pairs, invalid UTF-8, integers beyond 2^53 and 2^64, as JSON.parse reads them."""


class TestOddValues:
    @pytest.fixture
    def result(self, acme: World, scripted: ScriptedNango) -> Dryrun:
        scripted.answers = [ODD_BODY]
        return acme.sync(
            "data = nango.get('/a').data\nnango.log(data['items'][0]['name'])\n"
            "nango.batch_save(data['items'], 'Contact')\n"
            "nango.save_checkpoint({'name': data['items'][0]['name'], 'big': data['items'][0]['big']})"
        )

    def test_the_records_and_the_frame(self, result: Dryrun) -> None:
        assert result.records == {"Contact": ODD_RECORDS}
        frame = result.df
        assert frame["name"].tolist() == ["a\0b\ud83d", "caf\ufffd \ufffd"]
        assert frame["big"].tolist() == [BIG, 1]
        assert frame["odd"].tolist() == [ODD, -ODD]
        assert frame["nested"][0] == ODD_RECORDS[0]["nested"]
        assert result.checkpoint == {"name": "a\0b\ud83d", "big": BIG}

    def test_that_nango_rounds_is_said(self, result: Dryrun) -> None:
        (problem,) = [p for p in result.problem_list if p.code == "unsafe-integer"]
        assert problem.message.startswith("4 integers of Contact are beyond 2^53 (in big, odd, nested): ")

    @pytest.mark.parametrize("save", ["", "nango.batch_save([{'id': str(item['odd'])}], 'Contact')"])
    def test_that_nango_rounds_what_it_reads_is_said_once(
        self, acme: World, scripted: ScriptedNango, save: str
    ) -> None:
        """str(value) is too late on Nango, where the number is rounded already."""
        scripted.answers = [ODD_BODY] * 3
        result = acme.sync(
            f"for n in range(3):\n    for item in nango.get('/a').data['items']:\n        {save or 'pass'}\n"
        )
        (problem,) = [p for p in result.problem_list if p.code == "unsafe-integer"]
        assert problem.message.startswith(
            "4 integers of the answer to GET /a are beyond 2^53 "
            "(in items[].big, items[].nested.low, items[].odd): "
        )
        assert "str(value) is too late" in problem.hint
        assert problem.place is not None and "nango.get('/a')" in problem.place.text

    @pytest.mark.parametrize(
        ("body", "how"),
        [
            (b'{"id": "9007199254740993", "n": 9007199254740991}', ""),
            (b'{"id": 9007199254740993}', ", response_type='text'"),
            (b"id 9007199254740993", ""),
            (b'{"at": 1767340800000, "x": 0.12345678901234567}', ""),
        ],
    )
    def test_what_keeps_its_digits_is_not_mentioned(
        self, acme: World, scripted: ScriptedNango, body: bytes, how: str
    ) -> None:
        scripted.answers = [body]
        result = acme.sync(f"nango.get('/a'{how})")
        assert [p.code for p in result.problem_list if p.code == "unsafe-integer"] == []

    def test_the_output_of_an_action(self, acme: World) -> None:
        assert acme.action("return {'a': [{'b': 9007199254740993}]}") == {"a": [{"b": ODD}]}
        (problem,) = [p for p in acme.session.last_dryrun().problem_list if p.code == "unsafe-integer"]
        assert (
            problem.message
            == "1 integer of the output is beyond 2^53 (in output.a[].b): Nango will round this."
        )

    def test_the_document(self, result: Dryrun) -> None:
        document = json.loads(b"".join(pieces(result)))
        assert document["records"] == {"Contact": ODD_RECORDS}
        assert document["checkpoint"] == {"name": "a\0b\ud83d", "big": BIG}
        assert document["logs"][0]["message"] == "a\0b\ud83d"

    def test_the_saved_responses_and_their_replay(self, result: Dryrun, acme: World, tmp_path: Path) -> None:
        path = result.save_responses(Path("acme") / "tests" / "contacts.test.json")
        saved = json.loads(path.read_bytes())
        assert saved["nango"]["batchSave"]["Contact"] == ODD_RECORDS
        assert saved["api"]["get"]["/a"]["response"]["items"] == ODD_RECORDS
        (replayed,) = [each for each in acme.session.test().replays if each.saved]
        assert replayed.passed, replayed.reason

    def test_everything_that_is_shown_can_be_sent_to_a_front_end(self, result: Dryrun) -> None:
        bundle = result._repr_mimebundle_()
        one = result.request(1)
        frames = [result.logs, result.requests, result.problems, result.validation]
        texts = [
            str(result),
            *map(json.dumps, bundle.values()),
            bundle["text/html"],
            str(one),
            one._repr_mimebundle_()["text/html"],
            result.timeline()._repr_mimebundle_()["text/html"],
        ]
        for text in texts:
            assert text.encode() and "\0" not in text
        for frame in frames:  # pandas shows them
            assert (frame.to_html() + frame.to_csv()).encode()
        for form in (bundle["text/plain"], bundle["text/html"]):
            assert str(BIG) in form and str(ODD) in form
            assert "a\\x00b\\ud83d" in form

    @pytest.mark.parametrize(
        "call",
        [
            "raise ValueError(half)",
            "raise nango.ActionError(half, detail=half)",
            "{}[half]",
            "nango.get('/fail')",
            "nango.get('/fail?q=' + half)",
            "nango.get('/fail', params={half: half})",
            "nango.post('/fail', data=half)",
            "nango.get('/fail', headers={half: 'x'})",
            "nango.batch_save([{'id': half}, {'id': {half}}], 'Contact')",
            "nango.uncontrolled_fetch('http://' + half)",
        ],
    )
    def test_an_error_that_holds_them(self, acme: World, scripted: ScriptedNango, call: str) -> None:
        scripted.answers = [Answer(b'{"half": "\\ud800", "text": "\\u0000\\u001b[2J"}', 400)]
        error = acme.fails(SAVE + f"half = chr(0xd800) + '\\0' + chr(27) + '[2J'\n{call}")
        assert error.dryrun.records == {"Contact": [{"id": "kept"}]}
        texts = [shown(error), str(error), "\n".join(error._render_traceback_()), str(error.dryrun)]
        texts += [error.dryrun._repr_mimebundle_()["text/html"]]
        for text in texts:
            assert text.encode()
            assert "\0" not in text and "\x1b[2J" not in text
        assert error.dryrun.requests.to_csv().encode()
        assert json.loads(b"".join(pieces(error.dryrun)))["state"] == "failed"

    def test_in_a_credential(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.token = "canary-\ud800-token-0001"
        result = acme.sync("nango.log(nango.get_connection()['credentials']['access_token'])")
        assert [entry.message for entry in result.trace.logs] == ["****"]

    def test_half_a_pair_where_the_model_asks_for_a_number(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': '1', 'age': chr(0xd800)}], 'Contact')")
        assert result.records == {"Contact": [{"id": "1", "age": "\ud800"}]}
        assert result.validation[["path", "rule"]].values.tolist() == [["age", "type"]]


class _Clock(dt.datetime):
    """``datetime.now``, moved."""

    moved = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.moved


class TestClockThatJumps:
    @pytest.fixture
    def move(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
        """Sets the machine's clock, as what asks for the time of day sees it."""
        real = time.time
        for module in ("nangonb._dryrun.run", "nangonb._dryrun.compare", "nangonb._session.dryruns"):
            monkeypatch.setattr(importlib.import_module(module), "datetime", _Clock)
        monkeypatch.setattr(time, "time", lambda: real() + _Clock.moved.total_seconds())
        monkeypatch.setattr(_Clock, "moved", timedelta())
        return lambda by: monkeypatch.setattr(_Clock, "moved", by)

    @pytest.mark.parametrize("days", [-1, 1])
    def test_during_a_run(
        self, acme: World, scripted: ScriptedNango, move: Callable[[timedelta], None], days: int
    ) -> None:
        def jump(asked: Asked) -> Answer:
            move(timedelta(days=days))
            return Answer([{"id": "1"}])

        scripted.answers = [jump, Answer([{"id": "2"}])]
        result = acme.sync(
            "for path in '/a', '/b':\n"
            "    nango.batch_save(nango.get(path).data, 'Contact')\n    nango.log(path)",
            timeout=3600,
        )
        assert (result.ok, result.counts.added, result.capped) == (True, 2, None)
        entries, logs = result.trace.requests, result.trace.logs
        times = [0.0, entries[0].started, logs[0].at, entries[1].started, logs[1].at, result.seconds]
        assert times == sorted(times)
        for seconds in [*(entry.seconds for entry in entries), *result.spent.values()]:
            assert seconds is not None and 0 <= seconds <= result.seconds
        assert result.seconds < 3600
        assert result.timeline().view and result.profile().view and str(result)

    def test_set_back_between_two_runs(
        self, acme: World, scripted: ScriptedNango, move: Callable[[timedelta], None]
    ) -> None:
        move(timedelta(days=1))
        first = acme.sync("nango.save_checkpoint({'page': 1})")
        move(timedelta())
        second = acme.sync("pass", since_last=True, against="previous")
        assert second.last_sync_date == first.started > datetime.now(UTC)
        assert second.checkpoint == {"page": 1}
        (problem,) = second.problem_list
        assert (problem.code, problem.severity) == ("clock-set-back", "warning")
        assert f"last_sync_date is {first.started:%Y-%m-%dT%H:%M:%SZ}" in problem.message
        assert "since the run of" in str(second)
        named = acme.sync("pass", last_sync_date="2026-01-31T12:00:00Z")
        assert named.problem_list == []

    def test_set_forward_between_two_runs(self, acme: World, move: Callable[[timedelta], None]) -> None:
        first = acme.sync("pass")
        move(timedelta(days=1))
        second = acme.sync("pass", since_last=True)
        assert (second.last_sync_date, second.problem_list) == (first.started, [])
