"""A run that is stopped anywhere: a Dryrun with what was got, or a KeyboardInterrupt; nothing in halves."""

from __future__ import annotations

import gc
import inspect
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from nangonb._dryrun import Dryrun
from nangonb._dryrun.document import pieces
from nangonb.errors import Interrupted, UsageError
from tests.dryrun.test_limits import stop_main
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import YAML, World, shown

PAGES = """
nango.get_metadata()
for page in nango.paginate('/items', paginate={'type': 'cursor', 'response_path': 'items',
        'cursor_path_in_response': 'next', 'cursor_name_in_request': 'cursor'}):
    nango.batch_save(page, 'Contact')
    nango.log('a page')
nango.batch_update([{'id': '1-0', 'age': 7}], 'Contact')
nango.batch_delete([{'id': '9'}], 'Contact')
"""
SAVED = Path("acme/tests/contacts.test.json")


def page(number: int) -> Answer:
    rows = [{"id": f"{number}-{row}", "name": "x" * 20, "age": 1.5} for row in range(4)]
    return Answer({"items": rows, **({"next": str(number + 1)} if number < 3 else {})})


class Stopped:
    """Raises KeyboardInterrupt at the ``at``-th moment at which Python looks for signals in nangonb's code:
    where a function begins, and after a call of one that is written in C. Not where a generator goes on: that
    may be to end it, and then Python itself ignores whatever is raised.
    """

    def __init__(self, at: int | None = None) -> None:
        self.at, self.moments, self.place = at, 0, ""

    def __enter__(self) -> Stopped:
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: FrameType, event: str, arg: Any) -> None:
        if event not in ("call", "c_return"):
            return
        if event == "call" and frame.f_code.co_flags & inspect.CO_GENERATOR:
            return
        if not str(frame.f_globals.get("__name__")).startswith("nangonb."):
            return
        self.moments += 1
        if self.moments == self.at:
            sys.setprofile(None)
            self.place = f"{frame.f_code.co_filename}:{frame.f_lineno}, after {arg}, moment {self.at}"
            raise KeyboardInterrupt


def spread(moments: int, count: int) -> list[int]:
    """``count`` among so many moments, the first and the last among them."""
    return sorted({1 + round(number * (moments - 1) / (count - 1)) for number in range(count)})


def assert_whole(result: Dryrun) -> None:
    """Calls of the script that are there in full, in their order, and everything that is made of them."""
    assert result.state != "running"
    calls = list(result.buffer("Contact").calls("save"))
    assert [[row["id"] for row in call] for call in calls] == [
        [f"{number}-{row}" for row in range(4)] for number in range(1, len(calls) + 1)
    ]
    assert result.counts.added == 4 * len(calls) == len(result["Contact"])
    document = json.loads(b"".join(pieces(result)))
    assert len(document["records"]["Contact"]) == 4 * len(calls)
    assert result._repr_mimebundle_()["text/html"] and str(result)


def on_disk() -> Any:
    """What is saved, but for the time of day."""
    found = json.loads(SAVED.read_text())
    for answers in found["api"]["get"].values():
        for one in answers if isinstance(answers, list) else [answers]:
            one["headers"].pop("date", None)
    return found


def indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.strip().splitlines())


@pytest.fixture
def saving(acme: World, scripted: ScriptedNango) -> Callable[[], Dryrun]:
    """Dry runs PAGES, and saves its responses."""
    acme.cell(YAML)
    acme.cell(f"%%nango_sync contacts\ndef fetch_data(nango):\n{indented(PAGES)}")

    def run() -> Dryrun:
        # by its cursor: a request of a run that was stopped may come to the server in the next one
        scripted.answers = [lambda asked: page(int(dict(asked.query).get("cursor", 1)))] * 20
        return acme.session.dryrun("contacts", "conn-1", save_responses=True, timeout=60)

    return run


def test_anywhere_in_a_run(acme: World, saving: Callable[[], Dryrun]) -> None:
    last = saving()
    saved = on_disk()
    before = gc.get_threshold(), signal.getsignal(signal.SIGALRM)
    with Stopped() as counted:
        saving()
    assert counted.moments > 1_000
    outcomes = set()
    for at in spread(counted.moments, 250):
        stopped = Stopped(at)
        try:
            with stopped:
                saving()
            # a run has some moments more or fewer than another: how often progress is shown
            outcome = "went on" if stopped.moments >= at else "not reached"
        except Interrupted as error:
            outcome = error.dryrun.state
            # the one exception: it had not even begun to ask for anything
            assert error.dryrun is acme.session.last_dryrun() or not error.dryrun.trace.traced
            assert error.dryrun is not last
        except KeyboardInterrupt:
            outcome = "clean"
        outcomes.add(outcome)
        if acme.session.last_dryrun() is not last:
            last = acme.session.last_dryrun()
            assert_whole(last)
        assert (gc.get_threshold(), signal.getsignal(signal.SIGALRM)) == before, stopped.place
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0), stopped.place
        assert on_disk() == saved, stopped.place
    # before it began, while it ran, while its responses were saved; and an interrupt is never swallowed
    assert outcomes - {"not reached"} == {"clean", "interrupted", "succeeded"}
    saving()  # the session goes on as if nothing had been
    assert on_disk() == saved
    assert [path.name for path in SAVED.parent.iterdir()] == [SAVED.name]


def test_anywhere_in_what_is_made_of_a_run(saving: Callable[[], Dryrun]) -> None:
    result = saving()
    made: dict[str, Callable[[], Any]] = {
        "frame": lambda: result.df.to_json(),
        "html": lambda: result._repr_mimebundle_()["text/html"],
        "text": lambda: str(result),
        "json": lambda: b"".join(pieces(result)),
        "requests": lambda: result.requests.to_json(),
        "problems": lambda: result.problems.to_json(),
    }
    for name, make in made.items():
        whole = make()
        with Stopped() as counted:
            make()
        for at in spread(counted.moments, 25):
            with pytest.raises(KeyboardInterrupt), Stopped(at):
                make()
            assert make() == whole, name
    assert result.state == "succeeded"


class TestByTheServer:
    """The stop button, while Nango or the provider lets us wait: SIGINT, for real."""

    @pytest.mark.parametrize(
        ("waits_at", "connection"), [("/connections", None), ("/connections/conn-1", "conn-1")]
    )
    def test_before_the_script_begins(
        self,
        acme: World,
        scripted: ScriptedNango,
        held: threading.Event,
        waits_at: str,
        connection: str | None,
    ) -> None:
        acme.cell(YAML)
        acme.cell("%%nango_sync contacts\ndef fetch_data(nango):\n    nango.get('/a')\n")
        scripted.api[waits_at] = waiting(held)
        with pytest.raises(KeyboardInterrupt):
            acme.session.dryrun("contacts", connection)
        with pytest.raises(UsageError, match="No script was dry run yet"):
            acme.session.last_dryrun()
        del scripted.api[waits_at]
        scripted.answers = [{}]
        assert acme.session.dryrun("contacts", connection).ok  # the client goes on

    @pytest.mark.parametrize(
        ("call", "waits_at"),
        [
            ("nango.get_environment_variables()", "/environment-variables"),
            ("nango.get_integration()", "/integrations/acme"),
            ("nango.set_metadata({'a': 1})", "/connections/metadata"),
        ],
    )
    def test_in_a_call_of_nango(
        self, acme: World, scripted: ScriptedNango, held: threading.Event, call: str, waits_at: str
    ) -> None:
        scripted.api[waits_at] = waiting(held)
        with pytest.raises(Interrupted) as caught:
            acme.sync(f"nango.batch_save([{{'id': '1'}}], 'Contact')\n{call}")
        assert caught.value.dryrun.records == {"Contact": [{"id": "1"}]}
        assert f"line 4: {call}" in shown(caught.value)

    def test_in_paginate(self, acme: World, scripted: ScriptedNango, held: threading.Event) -> None:
        scripted.answers = [page(1), waiting(held)]
        with pytest.raises(Interrupted) as caught:
            acme.sync(PAGES)
        result = caught.value.dryrun
        assert_whole(result)
        assert len(result.df) == 4
        assert [entry.code for entry in result.trace.requests if entry.kind == "provider"] == [
            None, "interrupted",
        ]  # fmt: skip
        assert "Kept until then: 4 records, 2 requests" in shown(caught.value)


def waiting(held: threading.Event) -> Callable[[Asked], Answer]:
    """Presses the stop button, and gives no answer while anybody waits for it."""

    def wait(asked: Asked) -> Answer:
        stop_main()
        held.wait(30)
        return Answer({})

    return wait
