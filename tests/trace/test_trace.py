"""What a run did, without secrets, with times from a clock that only goes forward."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from nangonb._masking import MASK, Masker
from nangonb._trace import MAX_LOG_BYTES, MAX_LOGS, Trace

SECRET = "tok-canary-12345"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trace(clock: Clock) -> Trace:
    return Trace(Masker([SECRET]), clock=clock)


def test_a_request_has_its_times_sizes_and_records(trace: Trace, clock: Clock) -> None:
    clock.now = 101.0
    entry = trace.begin("get", "/query", params={"q": "SELECT Id"}, retries=3, page=1)
    clock.now = 101.5
    trace.end(entry, status=200, received=412)
    trace.saved(100)
    trace.saved(20)
    second = trace.begin("POST", "/write")
    trace.end(second, code="ECONNRESET", received=7)
    trace.saved(1)
    assert [entry.as_dict() for entry in trace.requests] == [
        {
            "n": 1,
            "kind": "provider",
            "method": "GET",
            "endpoint": "/query",
            "params": {"q": "SELECT Id"},
            "headers": None,
            "status": 200,
            "code": None,
            "started": 1.0,
            "seconds": 0.5,
            "bytes": 412,
            "attempt": 1,
            "retries": 3,
            "page": 1,
            "records": 120,
            "writes_provider": False,
        },
        {
            "n": 2,
            "kind": "provider",
            "method": "POST",
            "endpoint": "/write",
            "params": None,
            "headers": None,
            "status": None,
            "code": "ECONNRESET",
            "started": 1.5,
            "seconds": 0.0,
            "bytes": 7,
            "attempt": 1,
            "retries": 0,
            "page": None,
            "records": 1,
            "writes_provider": True,
        },
    ]
    assert (
        trace.request_count,
        trace.writes,
        trace.received,
        sum(e.seconds or 0 for e in trace.requests),
    ) == (2, 1, 419, 0.5)
    assert [entry.ok for entry in trace.requests] == [True, False]


@pytest.mark.parametrize(
    ("method", "writes"), [("get", 0), ("HEAD", 0), ("OPTIONS", 0), ("PUT", 1), ("delete", 1)]
)
def test_only_some_methods_may_write(trace: Trace, method: str, writes: int) -> None:
    trace.begin(method, "/x")
    assert trace.writes == writes


def test_a_request_that_was_interrupted_is_there_without_status(trace: Trace) -> None:
    trace.begin("GET", "/slow")
    [entry] = trace.requests
    assert (entry.status, entry.code, entry.seconds, entry.ok) == (None, None, None, False)


def test_records_before_any_request_belong_to_none(trace: Trace) -> None:
    trace.saved(5)
    trace.begin("GET", "/x")
    assert trace.requests[0].saved == 0


def _everything(trace: Trace) -> str:
    frames = f"{trace.requests_frame().to_dict()}{trace.logs_frame().to_dict()}"
    return json.dumps(trace.as_dict(), ensure_ascii=False) + repr(trace.requests) + repr(trace.logs) + frames


def test_no_secret_comes_out_whatever_one_reads(trace: Trace) -> None:
    trace.begin(
        "GET",
        f"/x?token={SECRET}",
        params={"q": f"a {SECRET}", "api_key": "unknown-key", "n": [SECRET]},
        headers={"Accept": "application/json", "X-Custom": "custom-value", "Prefer": SECRET},
    )
    trace.begin("GET", "/y", params=f"a={SECRET}&access_token=unknown-token")
    trace.log("info", f"got {SECRET} and Bearer unknown-bearer")
    shown = _everything(trace)
    for secret in (SECRET, "unknown-key", "unknown-token", "unknown-bearer", "custom-value"):
        assert secret not in shown
    first = trace.requests[0]
    assert first.headers == {"Accept": "application/json", "X-Custom": None, "Prefer": MASK}
    assert first.params == {"q": f"a {MASK}", "api_key": MASK, "n": [MASK]}


def test_a_secret_that_was_learnt_after_the_request_is_masked_too() -> None:
    masker = Masker()
    trace = Trace(masker)
    trace.begin("GET", "/x/late-secret")
    trace.log("info", "late-secret")
    masker.add("late-secret")
    assert "late-secret" not in _everything(trace)


def test_logs_have_level_time_and_order(trace: Trace, clock: Clock) -> None:
    trace.log("info", "one")
    clock.now = 102.25
    trace.log("error", "two")
    assert [entry.as_dict() for entry in trace.logs] == [
        {"n": 1, "at": 0.0, "level": "info", "message": "one"},
        {"n": 2, "at": 2.25, "level": "error", "message": "two"},
    ]


@pytest.mark.parametrize("character", ["x", "é", "美", "😀", "\ud800"])
def test_a_long_message_is_cut_at_99000_bytes(trace: Trace, character: str) -> None:
    width = len(character.encode("utf-8", "surrogatepass"))
    fits = character * (MAX_LOG_BYTES // width)
    trace.log("info", fits)
    trace.log("info", fits + character)
    kept, cut = (entry.message for entry in trace.logs)
    assert kept == fits
    assert cut.endswith("… (cut)")
    assert len(cut.encode("utf-8", "surrogatepass")) <= MAX_LOG_BYTES


def test_a_secret_at_the_cut_is_masked_as_a_whole(trace: Trace) -> None:
    lead = "x" * (MAX_LOG_BYTES - len("… (cut)".encode()) - 5)
    trace.log("info", lead + SECRET + "y" * 100)
    assert SECRET[:5] not in trace.logs[0].message


def test_endless_logging_is_counted_but_not_kept(trace: Trace) -> None:
    for _ in range(MAX_LOGS + 3):
        trace.log("info", "again")
    assert (len(trace.logs), trace.logs_dropped) == (MAX_LOGS, 3)


def test_frames_are_typed_and_keep_their_columns_when_empty(trace: Trace) -> None:
    empty = trace.requests_frame()
    empty_logs = trace.logs_frame()
    trace.end(trace.begin("GET", "/x", params={"a": {"b": 1}}), status=200, received=10)
    trace.begin("GET", "/y")
    trace.log("warn", "careful")
    requests, logs = trace.requests_frame(), trace.logs_frame()
    assert list(empty.columns) == list(requests.columns)
    assert empty.dtypes.equals(requests.dtypes)
    assert list(empty_logs.columns) == ["n", "at", "level", "message"]
    assert empty_logs.dtypes.equals(logs.dtypes)
    assert requests["status"].dtype == "Int64"
    assert requests["status"].isna().tolist() == [False, True]
    assert requests["params"][0] == {"a": {"b": 1}}
    assert logs["message"].tolist() == ["careful"]


def test_calls_of_nangos_own_api_are_traced_and_not_counted(trace: Trace) -> None:
    first = trace.begin("GET", "/items")
    trace.end(first, status=200)
    call = trace.begin("POST", "/connections/metadata", kind="nango")
    trace.end(call, status=200)
    trace.saved(3)
    assert (trace.request_count, trace.traced, trace.writes) == (1, 2, 0)
    assert trace.requests_frame()["kind"].tolist() == ["provider", "nango"]
    assert trace.requests_frame()["records"].tolist() == [3, 0]


def test_each_moment_belongs_to_one_part(trace: Trace, clock: Clock) -> None:
    clock.now += 1  # other
    with trace.on("script"):
        clock.now += 2
        entry = trace.begin("GET", "/x")
        clock.now += 4
        trace.end(entry, status=200)
        with trace.on("saving"):
            clock.now += 8
        clock.now += 16
        trace.begin("GET", "/interrupted")
        clock.now += 32
    clock.now += 64
    assert trace.spent == {"network": 36.0, "script": 18.0, "saving": 8.0, "other": 65.0}
    assert sum(trace.spent.values()) == trace.elapsed


def test_requests_of_other_threads_leave_the_parts_alone(trace: Trace, clock: Clock) -> None:
    def ask() -> None:
        entry = trace.begin("GET", "/x")
        clock.now += 2
        trace.end(entry, status=200)

    with trace.on("script"):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert trace.spent == {"network": 0.0, "script": 2.0, "saving": 0.0, "other": 0.0}
    assert trace.request_count == 1


def test_pandas_is_imported_for_frames_only() -> None:
    program = (
        "import sys, nangonb._trace as t, nangonb._masking as m\n"
        "t.Trace(m.Masker()).as_dict()\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
