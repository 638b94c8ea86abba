"""Nango's own rate limit refuses before anything is done: each call waits for it, says so, and goes on."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from nangonb._nango import rate_limit
from nangonb._text import plural
from nangonb.errors import ApiError, HTTPError, Interrupted
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import YAML, World, shown

PYTHON = """%%nango_sync contacts
def fetch_data(nango):
    for number in range(7):
        nango.batch_save(nango.get("/items", params={"n": number}).data, "Contact")
"""
TYPESCRIPT = """%%nango_sync_ts contacts
import type { NangoSync, Contact } from '../../models';
export default async function fetchData(nango: NangoSync): Promise<void> {
    for (let number = 0; number < 7; number++) {
        const { data } = await nango.get<Contact[]>({ endpoint: '/items', params: { n: number } });
        await nango.batchSave(data, 'Contact');
    }
}
"""


def limited(path: str = "/proxy/items", method: str = "GET", after: str | None = "0") -> Answer:
    """As Nango answers. The seconds are rounded down."""
    headers = {"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000000"}
    headers |= {} if after is None else {"Retry-After": after}
    return Answer({"error": {"code": "too_many_request", "method": method, "path": path}}, 429, headers)


class Limiter:
    """Lets ``points`` requests through in each window of ``window`` seconds; Nango's is a minute long."""

    def __init__(self, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> None:
        self.points, self.window = 1_000_000, 1.2
        self.refused: list[str] = []
        self._since, self._used, self._lock = time.monotonic(), 0, threading.Lock()
        reply = scripted._reply

        def limited_reply(asked: Asked) -> Answer:
            with self._lock:
                now = time.monotonic()
                if now - self._since >= self.window:
                    self._since, self._used = now, 0
                self._used += 1
                if self._used > self.points:
                    self.refused.append(f"{asked.method} {asked.path}")
                    return limited(asked.path, asked.method, str(int(self._since + self.window - now)))
            return reply(asked)

        monkeypatch.setattr(scripted, "_reply", limited_reply)

    def exhaust(self) -> None:
        """The window is used up, and a new one lets one request through."""
        self.points, self._since, self._used = 1, time.monotonic(), 1
        self.refused.clear()


@pytest.fixture
def limiter(scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> Limiter:
    return Limiter(scripted, monkeypatch)


class TestADryRun:
    @pytest.mark.parametrize("cell", [PYTHON, TYPESCRIPT], ids=["python", "typescript"])
    def test_goes_on_when_nango_lets_it(
        self, acme: World, scripted: ScriptedNango, limiter: Limiter, cell: str
    ) -> None:
        scripted.answers = [[{"id": str(n)}] for n in range(7)]
        acme.cell(YAML)
        acme.cell(cell)
        limiter.points = 4
        result = acme.session.dryrun("contacts", "conn-1")
        assert [row["id"] for row in result.records["Contact"]] == [str(n) for n in range(7)]
        assert [entry.status for entry in result.trace.requests] == [200] * 7
        # each refusal was waited for: nothing was asked at once again
        assert limiter.refused and set(limiter.refused) == {"GET /proxy/items"}
        assert result.waits == len(limiter.refused)
        assert result.seconds >= result.waits
        first = str(result).splitlines()[0]
        said = f" · {plural(result.waits, 'wait')} for Nango's rate limit · "
        assert first.startswith("✓ contacts") and said in first
        logged = [entry.message for entry in result.trace.logs]
        assert logged == ["Waiting 1 s for Nango's rate limit."] * result.waits
        (problem,) = result.problem_list
        assert (problem.code, problem.severity) == ("rate-limit", "note")
        assert f"waited {result.waits} time" in problem.message

    def test_a_write_reaches_the_provider_once(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [limited("/proxy/items", "POST"), {"id": 1}]
        acme.action("return nango.post('/items', data={'a': 1}).data")
        result = acme.session.last_dryrun()
        assert (result.output, result.waits, result.writes) == ({"id": 1}, 1, 1)
        assert result.seconds >= 1  # 0 is up to a second
        assert [asked.json for asked in scripted.asked] == [{"a": 1}] * 2

    def test_retries_are_not_used_up(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [*[limited()] * 2, []]
        result = acme.sync("nango.get('/items', retries=1)", max_requests=1)
        assert (result.ok, result.waits, result.trace.request_count) == (True, 2, 1)

    def test_calls_of_nango_s_own_api_wait_too(
        self, acme: World, scripted: ScriptedNango, limiter: Limiter
    ) -> None:
        body = "nango.update_metadata({'a': 1})\nnango.get_environment_variables()\nnango.get_metadata()"
        limiter.exhaust()
        result = acme.sync(body)
        assert result.ok
        assert {name.split("?")[0] for name in limiter.refused} >= {
            "PATCH /connections/metadata", "GET /environment-variables",
        }  # fmt: skip
        assert scripted.metadata["a"] == 1
        assert result.waits >= len([name for name in limiter.refused if "connections/conn-1" not in name])

    def test_in_threads_of_a_script(self, acme: World, scripted: ScriptedNango, limiter: Limiter) -> None:
        scripted.answers = [[{"id": str(n)}] for n in range(6)]
        limiter.points = 4
        result = acme.sync(
            "with ThreadPoolExecutor(3) as pool:\n"
            "    for answer in pool.map(lambda n: nango.get('/items'), range(6)):\n"
            "        nango.batch_save(answer.data, 'Contact')",
            head="from concurrent.futures import ThreadPoolExecutor\n",
        )
        assert (result.counts.added, result.waits) == (6, len(limiter.refused))
        assert limiter.refused


class TestEnds:
    def test_at_the_timeout(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": "1"}], limited(after="55")]
        started = time.monotonic()
        with pytest.raises(Interrupted) as caught:
            acme.sync(
                "nango.batch_save(nango.get('/items').data, 'Contact')\nnango.get('/items')", timeout=1.0
            )
        assert time.monotonic() - started < 5
        assert "contacts was stopped: it ran longer than 1 s (--timeout)." in shown(caught.value)
        assert caught.value.dryrun.records == {"Contact": [{"id": "1"}]}
        assert "1 wait" in str(caught.value.dryrun)

    def test_at_the_timeout_in_another_thread(self, acme: World, scripted: ScriptedNango) -> None:
        """Where no signal ends it."""
        scripted.answers = [limited(after="55")]
        caught: list[BaseException] = []

        def run() -> None:
            try:
                acme.sync("nango.get('/items')", timeout=1.0)
            except Interrupted as error:
                caught.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(10)
        assert len(caught) == 1

    def test_at_the_timeout_before_the_script(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections/conn-1"] = limited("/connections/conn-1", after="55")
        with pytest.raises(ApiError) as caught:
            acme.sync("pass", timeout=1.0)
        assert "contacts was not started: Nango's rate limit asks for more than 1 s" in shown(caught.value)

    def test_when_it_is_stopped(self, acme: World, scripted: ScriptedNango) -> None:
        def stop(asked: Asked) -> Answer:
            main = threading.main_thread().ident or 0
            threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
            return limited(after="55")

        scripted.answers = [stop, [{"id": "1"}]]
        started = time.monotonic()
        with pytest.raises(Interrupted) as caught:
            acme.sync("nango.get('/items')")
        assert time.monotonic() - started < 5
        assert [entry.code for entry in caught.value.dryrun.trace.requests] == ["interrupted"]
        assert acme.sync("nango.get('/items')").ok  # the client is usable afterwards

    @pytest.mark.parametrize(("patience", "after", "asked"), [(300.0, "3600", 1), (2.5, "1", 3)])
    def test_when_it_would_take_too_long(
        self,
        acme: World,
        scripted: ScriptedNango,
        monkeypatch: pytest.MonkeyPatch,
        patience: float,
        after: str,
        asked: int,
    ) -> None:
        monkeypatch.setattr(rate_limit, "PATIENCE", patience)
        scripted.answers = [limited(after=after)] * 9
        error = acme.fails("nango.get('/items')")
        assert isinstance(error.__cause__, HTTPError) and error.__cause__.status == 429
        text = shown(error)
        assert "This is Nango's own rate limit (by default 200 requests a minute" in text
        assert f"Nango asks to wait {int(after):,} s" in text
        assert "provider asks" not in text and "retries=3" not in text
        assert len(scripted.asked) == asked


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"error": {"code": "too_many_requests", "message": "Slow down"}}, 429, {"Retry-After": "0"}),
        Answer({"error": {"code": "too_many_request"}}, 429, {"Retry-After": "0"}),
        # the provider is a Nango itself
        Answer({"error": {"code": "too_many_request", "method": "GET", "path": "/records"}}, 429),
        Answer({"error": "too_many_request"}, 429, {"X-RateLimit-Limit": "200"}),
        Answer(b"too_many_request", 429, {"X-RateLimit-Limit": "200"}),
    ],
)
def test_the_provider_s_own_limit_is_said_at_once(
    acme: World, scripted: ScriptedNango, answer: Answer
) -> None:
    scripted.answers = [answer]
    error = acme.fails("nango.get('/items')")
    assert "Too many requests for the provider" in shown(error)
    assert (error.dryrun.waits, len(scripted.asked)) == (0, 1)


class TestOtherVerbs:
    """Each is refused first, and then does what it is for."""

    @pytest.mark.parametrize(
        "verb",
        [
            lambda session: session.connections(),
            lambda session: session.connections(integration_id="acme"),
            lambda session: session.connection("conn-1"),
            lambda session: session.records("Contact", "conn-1", integration_id="acme"),
            lambda session: session.trigger("contacts", "conn-1"),
            lambda session: session.pause("contacts", "conn-1"),
        ],
    )
    def test_wait(
        self, acme: World, scripted: ScriptedNango, limiter: Limiter, verb: Callable[[Any], Any]
    ) -> None:
        record = {"id": "1", "_nango_metadata": {"last_action": "ADDED", "cursor": "a"}}
        sync = {"name": "contacts", "variant": "base", "connection_id": "conn-1", "status": "SUCCESS"}
        scripted.api |= {
            "/records": {"records": [record], "next_cursor": None},
            "/sync/status": {"syncs": [sync]},
            "/sync/trigger": {"success": True},
            "/sync/pause": {"success": True},
        }
        acme.cell(YAML)
        acme.cell(PYTHON)
        front = acme.session.front = Front()  # type: ignore[assignment]
        limiter.exhaust()
        verb(acme.session)
        assert len([wait for wait in front.waits if wait.begins]) == len(limiter.refused) >= 1
        assert len([wait for wait in front.waits if wait.over]) == len(limiter.refused)
        assert front.waits[0].words == "Waiting 1 s for Nango's rate limit"

    def test_the_result_of_records_counts_them(self, acme: World, scripted: ScriptedNango) -> None:
        record = {"id": "1", "_nango_metadata": {"last_action": "ADDED", "cursor": "a"}}
        answers: list[Any] = [limited("/records"), {"records": [record], "next_cursor": None}]
        scripted.api["/records"] = lambda asked: answers.pop(0)
        found = acme.session.records("Contact", "conn-1", integration_id="acme")
        assert (found.waits, len(found)) == (1, 1)
        assert " · 1 request · 1 wait for Nango's rate limit · " in found.text()

    def test_without_a_front_end_the_log_says_it(
        self, acme: World, limiter: Limiter, caplog: pytest.LogCaptureFixture
    ) -> None:
        limiter.exhaust()
        acme.session.connections()
        assert "Waiting 1 s for Nango's rate limit: the connections" in caplog.text


class Front:
    def __init__(self) -> None:
        self.waits: list[Any] = []

    def waiting(self, wait: Any) -> None:
        self.waits.append(wait)

    def progress(self, name: str) -> Callable[[object], None]:
        return lambda progress: None

    def __getattr__(self, name: str) -> Any:
        return lambda *args: None


def test_how_long_nango_asks_to_wait() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    for headers, seconds in (
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "-3"}, 1.0),
        ({"retry-after": "nan"}, 10.0),
        ({"retry-after": later}, 30.0),
        ({"retry-after": "soon", "x-ratelimit-reset": str(int(time.time()) + 20)}, 20.0),
        ({"x-ratelimit-reset": "1700000000"}, 1.0),
        ({}, 10.0),
    ):
        assert rate_limit.seconds(headers) == pytest.approx(seconds, abs=5 if seconds >= 20 else 0), headers
