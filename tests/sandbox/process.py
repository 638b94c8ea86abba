"""A sandbox as a child process, as a session starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]


class Sandbox:
    """``python -m nangonb.sandbox``, and a client with its key."""

    def __init__(self, *arguments: str) -> None:
        # In its own session, so that ^C in the terminal that runs the tests does not reach it.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nangonb.sandbox", "--until-stdin-closes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout is not None
        self.ready = self.process.stdout.readline()
        match = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+) key (\S+)\n", self.ready)
        if match is None:
            self.close()
            raise AssertionError(f"not ready: {self.ready!r} {self.errors!r}")
        self.url, self.key = match[1], match[2]
        self.client = httpx.Client(
            base_url=self.url, headers={"authorization": f"Bearer {self.key}"}, timeout=30
        )

    def proxy(
        self,
        path: str,
        connection: str,
        integration: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """A request through ``/proxy``."""
        named = {"connection-id": connection, "provider-config-key": integration, **(headers or {})}
        return self.client.request(method, f"/proxy{path}", headers=named, **more)

    def soql(self, query: str, *, connection: str = "conn-1", version: str = "v53.0") -> httpx.Response:
        """A SOQL query in ``conn-1``."""
        return self.proxy(f"/services/data/{version}/query", connection, "salesforce", params={"q": query})

    def every_record(self, query: str) -> list[dict[str, Any]]:
        """All records of a query, page after page."""
        page = self.soql(query).json()
        found = list(page["records"])
        while not page["done"]:
            page = self.proxy(page["nextRecordsUrl"], "conn-1", "salesforce").json()
            found.extend(page["records"])
        return found

    def unreliable(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """A request to the provider that misbehaves."""
        return self.proxy(path, "flaky-1", "unreliable", headers=headers)

    def resident(self) -> int:
        """Resident memory of the child, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def close(self) -> int:
        """Close its standard input and wait until it has ended; gives the exit code."""
        if hasattr(self, "client"):
            self.client.close()
        self.rest, self.errors = self.process.communicate(timeout=20)
        return self.process.returncode
