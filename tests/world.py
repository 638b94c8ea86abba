"""A session with cells, and a Nango to run them on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from nangonb._dryrun import Dryrun
from nangonb._session import Declared
from nangonb.errors import NangonbError, ScriptError
from tests.sessions import Session

looping = threading.Event()
"""For scripts that say that they are in their loop."""

YAML = """%%nango_yaml
integrations:
  acme:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
    actions:
      do-it:
        endpoint: POST /do-it
models:
  Contact:
    id: string
    name?: string | null
    age?: number
    active?: boolean
"""


class World:
    """``session`` talks to the Nango at ``url``, as the environment ``dev``."""

    def __init__(self, url: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_HOSTPORT", url)
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", key)
        self.session = Session()
        self._cells = 0

    def cell(self, text: str, *, label: str | None = None) -> Declared:
        """Declare one cell; it is ``Cell In[1]``, ``Cell In[2]`` …"""
        self._cells += 1
        return self.session.declare(text, label=label or f"Cell In[{self._cells}]")

    def sync(self, body: str, *, connection: str | None = None, head: str = "", **options: Any) -> Dryrun:
        """Declare ``contacts`` of acme with this body (``fetch_data`` is around it) and dry run it."""
        lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
        self.cell(YAML)
        self.cell(f"%%nango_sync contacts\n{head}def fetch_data(nango):\n{lines}")
        return self.session.dryrun("contacts", connection or "conn-1", **options)

    def action(self, body: str, *, connection: str | None = None, head: str = "", **options: Any) -> Any:
        """The same for the action ``do-it``; gives its output."""
        lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
        self.cell(YAML)
        self.cell(f"%%nango_action do-it\n{head}def run_action(nango, input):\n{lines}")
        return self.session.dryrun("do-it", connection or "conn-1", **options).output

    def fails(self, body: str, **options: Any) -> ScriptError:
        """The error of a sync that fails."""
        with pytest.raises(ScriptError) as caught:
            self.sync(body, **options)
        return caught.value


def shown(error: BaseException) -> str:
    """What a person sees of an error."""
    assert isinstance(error, NangonbError)
    return "\n".join(error.lines())
