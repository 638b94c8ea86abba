"""Scripts in Node as Nango's runner runs them: one child process, a fresh vm context for each script."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

from tests.interop.npm import install, node

_HOST: Final = Path(__file__).parent / "vm_host.mjs"
_START_SECONDS: Final = 60
_GRACE: Final = 2.0  # the host ends a script that waits; one that never yields, we end

Kind = Literal["sync", "action", "on-event"]


class VmError(Exception):
    """The host did not start, or ended."""


class VmHost:
    """A Node process that runs scripts one after the other. Use it as a context manager.

    A script that never yields is ended with the process; the next :meth:`run` starts a new one.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors: list[str] = []
        self._count = 0

    def __enter__(self) -> VmHost:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        *,
        kind: Kind,
        integration: str,
        connection: str,
        host: str,
        key: str,
        source: str | None = None,
        files: Mapping[str, str] | None = None,
        entry: str | None = None,
        bundle: str | None = None,
        name: str = "script",
        models: tuple[str, ...] = (),
        last_sync_date: datetime | str | None = None,
        input: Any = None,
        metadata: Mapping[str, Any] | None = None,
        variant: str = "base",
        timeout: float = 30.0,
    ) -> dict[str, Any]:
        """Run one script; the document says what it did, also where it failed.

        Args:
            source, files, bundle: exactly one of: a TypeScript script; TypeScript files by path, of which
                ``entry`` (the first) is the script; a compiled CommonJS file as the CLI makes it.
            host, key: the Nango API to talk to.
            models: what a sync may save to; any where empty.
            timeout: in seconds.

        Returns:
            ``requests`` ``[{method, endpoint, params, headers, data, retries, retry_on, base_url_override,
            status, code, path, body}]`` in order, where ``path`` and ``body`` are what went over the wire;
            ``records``, ``updated``, ``deleted`` model → rows that stand; ``batches`` the calls in order;
            ``logs`` ``[{level, message}]``; ``metadataWrites``; ``output`` of an action; ``error`` None or
            ``{name, message, type, payload, status}`` as ``nango dryrun`` reports it; ``seconds``.

        Raises:
            VmError: the host could not be started, or broke.
        """
        if sum(part is not None for part in (source, files, bundle)) != 1:
            raise ValueError("One of source, files and bundle is run.")
        self._count += 1
        if isinstance(last_sync_date, datetime):
            last_sync_date = last_sync_date.astimezone(UTC).isoformat()
        asked = {
            "id": self._count,
            "kind": kind,
            "name": name,
            "integration": integration,
            "connection": connection,
            "host": host,
            "key": key,
            "source": source,
            "files": None if files is None else dict(files),
            "entry": entry,
            "bundle": bundle,
            "models": list(models),
            "lastSyncDate": last_sync_date,
            "input": input,
            "metadata": None if metadata is None else dict(metadata),
            "variant": variant,
            "timeout": timeout,
        }
        process = self._start()
        assert process.stdin is not None
        line = json.dumps({name: value for name, value in asked.items() if value is not None})
        process.stdin.write(line + "\n")
        process.stdin.flush()
        try:
            said = self._lines.get(timeout=timeout + _GRACE)
        except queue.Empty:
            self.close()
            return _stopped(self._count, timeout)
        if said is None:
            raise VmError(f"The host ended while it ran {name}: {self._ended()}")
        document: dict[str, Any] = json.loads(said)
        assert document["id"] == self._count
        return document

    def close(self) -> None:
        """End the child process."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.kill()
            process.stdin.close()
            process.wait()

    def _start(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._lines, self._errors = queue.Queue(), []
        self._process = process = subprocess.Popen(
            [node(), str(_HOST), str(install())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=_read, args=(process.stdout, self._lines), daemon=True).start()
        threading.Thread(target=_keep, args=(process.stderr, self._errors), daemon=True).start()
        try:
            ready = self._lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            ready = None
        if ready is None or json.loads(ready) != {"ready": True}:
            self.close()
            raise VmError(f"The host did not start: {self._ended()}")
        return process

    def _ended(self) -> str:
        return "".join(self._errors)[-1500:].strip() or "it said nothing"


def _read(stream: Any, lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _keep(stream: Any, lines: list[str]) -> None:
    lines.extend(stream)


def _stopped(number: int, timeout: float) -> dict[str, Any]:
    message = f"The script ran longer than {timeout:g} s and never yielded."
    error = {
        "name": "Error",
        "message": message,
        "type": "script_internal_error",
        "payload": {"name": "Error", "message": message},
        "status": 500,
    }
    return {
        "id": number, "requests": [], "records": {}, "updated": {}, "deleted": {}, "batches": [], "logs": [],
        "metadataWrites": [], "output": None, "error": error, "seconds": timeout,
    }  # fmt: skip
