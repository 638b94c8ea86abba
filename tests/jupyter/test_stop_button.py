"""The stop button in a real kernel, at every stage of a dry run: nothing is lost, and said in a line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kernel import Kernel, Result
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import YAML

SYNC = """\
%%nango_sync contacts
def fetch_data(nango):
    for page in nango.paginate('/items', paginate={'type': 'cursor', 'response_path': 'items',
            'cursor_path_in_response': 'next', 'cursor_name_in_request': 'cursor'}):
        nango.batch_save(page, 'Contact')
"""
# what the kernel's own process does to itself, where nobody outside knows when
PRESS = """\
import os, signal
from contextlib import contextmanager
from unittest.mock import patch

@contextmanager
def stopped_in(name):
    import importlib
    place, _, attribute = name.rpartition('.')
    owner = importlib.import_module(place.partition(':')[0])
    for part in filter(None, place.partition(':')[2].split('.')):
        owner = getattr(owner, part)
    real = getattr(owner, attribute)
    def stop(*args, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return real(*args, **options)
    with patch.object(owner, attribute, stop):
        yield
"""
PAGES = [
    {"items": [{"id": "1", "name": "a"}], "next": "2"},
    {"items": [{"id": "2", "name": "b"}]},
]


@pytest.fixture(scope="module")
def provider(_clean_session: None) -> Iterator[ScriptedNango]:
    server = ScriptedNango()
    yield server
    server.close()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, provider: ScriptedNango) -> Iterator[Kernel]:
    env = {"NANGO_HOSTPORT": provider.url, "NANGO_SECRET_KEY_DEV": provider.key}
    kernel = Kernel(tmp_path_factory.mktemp("kernel"), env)
    for code in ("%load_ext nangonb", YAML, SYNC, PRESS):
        kernel.run(code).check()
    yield kernel
    kernel.close()


@pytest.fixture(autouse=True)
def goes_on(kernel: Kernel, provider: ScriptedNango) -> Iterator[None]:
    """After each test, the same kernel runs the script as if nothing had been."""
    provider.api.clear()
    provider.answers = []
    yield
    provider.api.clear()
    provider.answers = [*PAGES]
    assert "added 2" in kernel.run("%nango_dryrun contacts conn-1").check().text


def stopped(kernel: Kernel, code: str, held_at: threading.Event | None = None) -> Result:
    """What a cell shows that is stopped, by itself or once ``held_at`` is set."""
    running = kernel.begin(code)
    if held_at is not None:
        assert held_at.wait(30)
        kernel.interrupt()
    result = running.result()
    assert result.error is not None, result.text
    assert "nangonb/" not in result.error.traceback, result.error.traceback
    return result


def held(until: threading.Event) -> tuple[threading.Event, Callable[[Asked], Answer]]:
    asked = threading.Event()

    def hold(request: Asked) -> Answer:
        asked.set()
        until.wait(30)
        return Answer({})

    return asked, hold


@pytest.fixture
def end() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(
    ("line", "waits_at"),
    [
        ("%nango_connection", "/connections"),
        ("%nango_dryrun contacts conn-1", "/connections/conn-1"),
        ("%nango_dryrun contacts", "/connections"),
        ("%nango_status", "/sync/status"),
    ],
)
def test_before_anything_came(
    kernel: Kernel, provider: ScriptedNango, end: threading.Event, line: str, waits_at: str
) -> None:
    asked, provider.api[waits_at] = held(end)
    result = stopped(kernel, line, asked)
    assert result.error is not None and result.error.ename == "Interrupted"
    assert result.error.traceback.splitlines() == [f"Interrupted: {line.split()[0]} was stopped."]


def test_in_paginate(kernel: Kernel, provider: ScriptedNango, end: threading.Event) -> None:
    asked, hold = held(end)
    provider.answers = [PAGES[0], hold]
    result = stopped(kernel, "%nango_dryrun contacts conn-1", asked)
    assert "Kept until then: 1 record, 2 requests: nangonb.last_dryrun()" in result.text
    shown = kernel.run("run = nangonb.last_dryrun(); run.state, run.df['id'].tolist()").check().text
    assert shown == "('interrupted', ['1'])"


@pytest.mark.parametrize(
    ("stage", "kept"),
    [
        ("nangonb._records.validate:Validator.check_columns", []),
        ("nangonb._records.buffer:Segment.of", []),
        ("nangonb._trace:Trace.saved", ["1"]),
    ],
)
def test_while_records_are_saved(
    kernel: Kernel, provider: ScriptedNango, stage: str, kept: list[str]
) -> None:
    provider.answers = [*PAGES]
    code = f"with stopped_in({stage!r}):\n    get_ipython().run_line_magic('nango_dryrun', 'contacts conn-1')"
    assert "contacts was stopped after" in stopped(kernel, code).text
    shown = kernel.run("run = nangonb.last_dryrun(); run.state, run.df['id'].tolist()").check().text
    assert shown == str(("interrupted", kept))


def test_while_the_frame_is_built(kernel: Kernel, provider: ScriptedNango) -> None:
    provider.answers = [*PAGES]
    code = (
        "with stopped_in('nangonb._records.buffer:RecordBuffer.frame'):\n"
        "    get_ipython().run_line_magic('nango_dryrun', 'contacts conn-1 -o contacts')"
    )
    text = stopped(kernel, code).text
    assert "%nango_dryrun was stopped while contacts was made." in text
    assert "nangonb.last_dryrun()" in text
    assert (
        kernel.run("run = nangonb.last_dryrun(); run.state, len(run.df)").check().text == "('succeeded', 2)"
    )


def test_while_it_is_shown(kernel: Kernel, provider: ScriptedNango) -> None:
    provider.answers = [*PAGES]
    kernel.run("run = %nango_dryrun contacts conn-1").check()
    kernel.run("pressing = stopped_in('nangonb._dryrun.show.view'); pressing.__enter__()").check()
    result = kernel.run("run")
    kernel.run("pressing.__exit__(None, None, None)").check()
    assert result.error is not None and result.error.ename == "KeyboardInterrupt"
    assert "added 2" in kernel.run("nangonb.last_dryrun()").check().text


def test_while_responses_are_saved(kernel: Kernel, provider: ScriptedNango) -> None:
    where = Path(kernel.run("print(os.getcwd())").check().stdout.strip()) / "acme/tests"
    provider.answers = [*PAGES]
    code = (
        "with stopped_in('os.fsync'):\n"
        "    get_ipython().run_line_magic('nango_dryrun', 'contacts conn-1 --save-responses')"
    )
    text = stopped(kernel, code).text
    assert "contacts ran to its end, and was stopped while its responses were saved." in text
    assert "save_responses(PATH)" in text
    assert list(where.iterdir()) == []
    saved = kernel.run("nangonb.last_dryrun().save_responses('acme/tests/contacts.test.json')").check()
    assert "contacts.test.json" in saved.text
    document = json.loads((where / "contacts.test.json").read_text())
    assert [row["id"] for row in document["nango"]["batchSave"]["Contact"]] == ["1", "2"]


def limited(path: str, after: str) -> Answer:
    """What Nango's own rate limit answers."""
    error = {"code": "too_many_request", "method": "GET", "path": path}
    return Answer({"error": error}, 429, {"Retry-After": after, "X-RateLimit-Limit": "200"})


def test_a_wait_for_nango_s_rate_limit_is_shown_and_goes(kernel: Kernel, provider: ScriptedNango) -> None:
    provider.answers = [limited("/proxy/items", "1"), *PAGES]
    running = kernel.begin("%nango_dryrun contacts conn-1")
    shown = running.until("Waiting 1 s for Nango's rate limit · GET /items")
    assert "stop with ■" in shown.text
    result = running.result().check()
    assert "added 2" in result.text and "1 wait for Nango's rate limit" in result.text
    assert "Waiting 1 s for Nango's rate limit · " not in json.dumps(result.outputs, ensure_ascii=False)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("%nango_connection", "/connections"),
        ("%nango_records Contact conn-1", "/records"),
        ("%nango_dryrun contacts conn-1", "/proxy/items"),
    ],
)
def test_a_wait_for_nango_s_rate_limit_is_stopped(
    kernel: Kernel, provider: ScriptedNango, line: str, path: str
) -> None:
    provider.api[path] = limited(path, "50")
    provider.answers = [limited(path, "50")]
    running = kernel.begin(line)
    running.until("for Nango's rate limit · ")
    kernel.interrupt()
    result = running.result()
    assert result.error is not None
    assert result.error.ename in ("Interrupted", "KeyboardInterrupt")
    assert "stop with ■" not in json.dumps(result.outputs, ensure_ascii=False)
