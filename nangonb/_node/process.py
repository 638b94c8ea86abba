"""A Node.js child process that runs scripts and forwards their calls of nango to Python.

Calls go from Node to Python only, and are served in order, in the thread that waits for the script. For the
frames of the socket see ``host/wire.mjs`` and ``host/main.mjs``.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Literal

from nangonb._node.find import find_node
from nangonb._node.isolation import isolation
from nangonb._node.packages import packages_folder
from nangonb._text import LEVELS

_HOST: Final = Path(__file__).parent / "host"
_TYPES: Final = Path(__file__).parent / "types"
Program = Literal["main", "compiler"]
MEMORY_MB: Final = 2048
OWN_PACKAGES: Final = ("soap", "unzipper", "botbuilder")
"""Packages of Nango's runner that need Node.js itself, from the user's own node_modules."""
_OWN: Final = re.compile(rf"""(?:\bfrom|\bimport|\brequire\()\s*['"]({"|".join(OWN_PACKAGES)})['"]""")
_TAIL: Final = 20_000
# a script that reaches an object of Node.js still cannot create code or change the object
_LOCKED: Final = ("--disallow-code-generation-from-strings", "--frozen-intrinsics")
_RECEIVE: Final = 1 << 20
_START_SECONDS: Final = 30.0
_TOGETHER: Final = 1 << 16

Json = Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a script: ``body`` is its raw bytes (saved records), or None."""

    method: str
    args: list[Json]
    body: bytes | None
    run: int


@dataclass(frozen=True, slots=True)
class Reply:
    """``value`` and ``body`` for the script, or the ``error`` that it throws."""

    value: Json = None
    body: bytes | None = None
    error: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a script: ``line`` counts from 1 in its cell or file, ``column`` from 1, or is None."""

    file: str
    line: int
    column: int | None
    function: str = ""


class ScriptFailure(Exception):
    """The script failed with an error.

    ``kind`` is ``source`` (it does not compile), ``action`` (an ActionError; ``payload``), ``http``,
    ``error`` or ``thrown``. ``ref`` is the number of the reply with the error, None for an error of the
    script. ``loose``: the script did not await the promise that failed, and reached its end.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.kind: str = data["kind"]
        self.name: str = data.get("name") or "SyntaxError"
        self.text: str = data.get("message") or ""
        self.code: str | None = data.get("code")
        self.payload: Json = data.get("payload")
        self.ref: int | None = data.get("ref")
        self.loose: bool = bool(data.get("loose"))
        self.frames = tuple(
            Frame(each["file"], each["line"], each.get("column"), each.get("name") or "")
            for each in data.get("frames") or ()
        )
        self.cause = ScriptFailure(data["cause"]) if data.get("cause") else None
        super().__init__(f"{self.name}: {self.text}" if self.text else self.name)


class ProcessDied(Exception):
    """Node.js exited during a script. The text is the reason, if it is known."""


class OutOfTime(Exception):
    """The deadline passed. The process is stopped."""


@dataclass(slots=True)
class _Run:
    serve: Callable[[Call], Reply]
    result: dict[str, Any] | None = None
    body: bytes | None = None
    replies: dict[int, dict[str, Any]] = field(default_factory=dict)


class NodeProcess:
    """The process starts on first use, and again after it died.

    It has no environment, its own session (the stop button of a kernel does not reach it), and, by Node's
    permission model, no files, child processes or workers. It creates no code from strings, and scripts reach
    no object of Node.js. If the system supports it, it has no network and sees no other process
    (:mod:`nangonb._node.isolation`).

    ``program`` is its task: ``main`` runs scripts, ``compiler`` reads and checks them without running them.
    """

    def __init__(self, program: Program = "main", *, memory_mb: int = MEMORY_MB) -> None:
        self.program = program
        self.memory_mb = memory_mb
        self._own_packages = False
        self.command: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._buffer = bytearray()
        self._tail = b""
        self._runs: dict[int, _Run] = {}
        self._packages: tuple[Path, ...] = ()
        self._count = 0
        self._drains: list[threading.Thread] = []

    # Requests

    def run(
        self,
        message: Mapping[str, Json],
        serve: Callable[[Call], Reply],
        *,
        deadline: float | None = None,
        own_packages: bool = False,
    ) -> tuple[bool, bytes]:
        """Run a script. Return whether it returned nothing, and the returned value as JSON.

        With ``own_packages`` it may import packages of the user's node_modules (:data:`OWN_PACKAGES`), which
        have the rights of Node.js and the network.

        ``message`` has ``entry``, ``files`` (path → ``text``, ``offset``) or ``bundle``, ``about``,
        ``webhook`` and an optional ``input``. ``serve`` answers the calls; it may run other scripts
        meanwhile. An exception of ``serve``, or a KeyboardInterrupt, stops the process and propagates.

        ``deadline`` is a time of :func:`time.monotonic`.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        frame = {"type": "run", "levels": LEVELS, **message}
        result, body = self._talk(frame, serve, deadline, own_packages=own_packages)
        return result["absent"], body

    def declare(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """Return the declaration of a module's default export (``host/declare.cjs``).

        ``message`` has ``entry`` and ``files`` as in :meth:`run`. With ``only_link`` no code of it runs; the
        result is ``{"style": "unread"}`` if all its imports exist.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        return self._document("declare", message, deadline)

    def read(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """Return the literal declarations of scripts, entry → result (``host/literals.mjs``). No code runs.

        ``message`` has ``entries`` and ``files`` (path → ``text``, ``offset``).

        Raises:
            ScriptFailure: the reader itself failed.
            ProcessDied, OutOfTime, NodeMissing
        """
        return self._document("read", message, deadline)

    def check(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """Return the diagnostics of the compiler (``host/compiler.mjs``).

        ``message`` has ``layout``, ``files``, ``roots`` and ``targets``.

        Raises:
            ScriptFailure: the compiler itself failed.
            ProcessDied, OutOfTime, NodeMissing
        """
        return self._document("check", message, deadline)

    def load(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """Load a compiled bundle and return its declaration; ``message`` has its name ``entry`` and
        ``bundle``.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        return self._document("load", message, deadline)

    def _document(self, kind: str, message: Mapping[str, Json], deadline: float | None) -> dict[str, Json]:
        _, body = self._talk({"type": kind, **message}, _no_calls, deadline)
        document: dict[str, Json] = json.loads(body)
        return document

    def tell_page(
        self, call: Call, value: Mapping[str, Json], body: bytes, deadline: float | None = None
    ) -> dict[str, Json]:
        """Run the ``on_page`` of the script of ``call`` and wait for it. The result is ``{"error": …}`` if it
        threw. ``value`` has ``pager``, ``parameter`` and ``answer``."""
        self._count += 1
        number = self._count
        run = self._runs[call.run]
        self._send({"type": "on_page", "run": call.run, "number": number, **value}, body)
        while number not in run.replies:
            self._step(deadline)
        return run.replies.pop(number)

    def close(self) -> None:
        """Stop the process if it runs."""
        process, self._process = self._process, None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if process is not None:
            process.kill()
            process.wait()
            for drain in self._drains:
                drain.join()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        self._buffer.clear()

    # Transport

    def _talk(
        self,
        message: dict[str, Json],
        serve: Callable[[Call], Reply],
        deadline: float | None,
        *,
        own_packages: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        if not self._runs:
            self._start(own_packages)
        self._count += 1
        number = self._count
        run = self._runs[number] = _Run(serve)
        try:
            self._send({**message, "run": number})
            while run.result is None:
                self._step(deadline)
        except BaseException:
            self.close()
            raise
        finally:
            self._runs.pop(number, None)
        if run.result["type"] == "failed":
            raise ScriptFailure(run.result["error"])
        return run.result, run.body or b"null"

    def _step(self, deadline: float | None) -> None:
        frame, body = self._receive(deadline)
        run = self._runs.get(frame.get("run", 0))
        match frame["type"]:
            case "call" if run is not None:
                reply = run.serve(Call(frame["method"], frame["args"], body, frame["run"]))
                sent: dict[str, Json] = {"type": "answer", "run": frame["run"], "call": frame["call"]}
                sent.update(
                    {"error": dict(reply.error)} if reply.error is not None else {"value": reply.value}
                )
                self._send(sent, reply.body)
            case "on_page_done" if run is not None:
                run.replies[frame["number"]] = frame
            case "done" | "failed" if run is not None:
                run.result, run.body = frame, body

    def _start(self, own_packages: bool) -> None:
        packages = _packages(own_packages)
        options = (packages, own_packages)
        if (
            self._process is not None
            and self._process.poll() is None
            and (self._packages, self._own_packages) == options
        ):
            return
        self.close()
        node = find_node()
        self._packages, self._own_packages = options
        ours, theirs = socket.socketpair()
        folders = [p / "node_modules" for p in self._packages]
        readable = [f"--allow-fs-read={path}" for path in (_HOST, _TYPES, *folders)]
        mode = str(_TYPES) if self.program == "compiler" else "own" if own_packages else "none"
        self.command = [
            *(() if own_packages else isolation()),
            node.path,
            "--no-warnings",
            "--experimental-vm-modules",
            "--permission",
            *(_LOCKED if self.program == "main" and not own_packages else ()),
            *readable,
            f"--max-old-space-size={self.memory_mb}",
            str(_HOST / f"{self.program}.mjs"),
            str(theirs.fileno()),
            mode,
            *map(str, self._packages),
        ]
        with theirs:
            self._process = subprocess.Popen(
                self.command,
                pass_fds=(theirs.fileno(),),
                env={"TZ": "UTC"},
                cwd=os.sep,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        self._socket = ours
        self._tail = b""
        self._drains = [
            threading.Thread(target=self._drain, args=(stream,), daemon=True)
            for stream in (self._process.stdout, self._process.stderr)
        ]
        for drain in self._drains:
            drain.start()
        try:
            frame, _ = self._receive(time.monotonic() + _START_SECONDS)
        except OutOfTime:
            raise ProcessDied(f"{node.path} did not start within {_START_SECONDS:g} s.") from None
        except ProcessDied as died:
            raise ProcessDied(f"{node.path} failed to start. {died}") from None
        except BaseException:
            self.close()
            raise
        assert frame["type"] == "ready"

    def _drain(self, stream: IO[bytes]) -> None:
        while chunk := os.read(stream.fileno(), 65536):
            self._tail = (self._tail + chunk)[-_TAIL:]

    def _send(self, frame: Mapping[str, Json], body: bytes | None = None) -> None:
        assert self._socket is not None
        head = json.dumps(frame if body is None else {**frame, "size": len(body)}, ensure_ascii=True)
        try:
            line = head.encode() + b"\n"
            if body and len(body) < _TOGETHER:  # one system call: the other side wakes once
                self._socket.sendall(line + body)
            else:
                self._socket.sendall(line)
                if body:
                    self._socket.sendall(body)
        except OSError:
            raise self._died() from None

    def _receive(self, deadline: float | None) -> tuple[dict[str, Any], bytes | None]:
        """Return the next frame."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._more(deadline)
        frame: dict[str, Any] = json.loads(self._buffer[:end])
        del self._buffer[: end + 1]
        size = frame.get("size")
        if size is None:
            return frame, None
        while len(self._buffer) < size:
            self._more(deadline)
        body = bytes(self._buffer[:size])
        del self._buffer[:size]
        return frame, body

    def _more(self, deadline: float | None) -> None:
        assert self._socket is not None
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                self.close()
                raise OutOfTime
        try:
            chunk = self._socket.recv(_RECEIVE)
        except ConnectionError:
            chunk = b""
        if not chunk:
            raise self._died()
        self._buffer += chunk

    def _died(self) -> ProcessDied:
        process = self._process
        code = None if process is None else process.wait()
        for drain in self._drains:
            drain.join()
        output = self._tail.decode("utf-8", "replace").strip()
        self.close()
        if "heap out of memory" in output:
            return ProcessDied(f"The script ran out of memory: the limit is {self.memory_mb:,} MB.")
        how = f"exited with status {code}"
        if code is not None and code < 0:
            how = f"was stopped by {signal.Signals(-code).name}"
        during = " during the script" if self._runs else ""
        tail = f" Output: {output[-500:]}" if output else ""
        return ProcessDied(f"Node.js {how}{during}.{tail}")


def needs_own_packages(texts: Iterable[str]) -> bool:
    """Return whether one of these scripts or bundles imports a package of :data:`OWN_PACKAGES` that is in the
    user's node_modules."""
    imported = {name for text in texts for name in _OWN.findall(text)}
    return any((Path.cwd() / "node_modules" / name).is_dir() for name in imported)


def _packages(own: bool) -> tuple[Path, ...]:
    """Return the folders with node_modules for scripts: ours and, with ``own``, the user's."""
    ours, here = packages_folder(), Path.cwd()
    with_here = own and (here / "node_modules").is_dir()
    return (*([] if ours is None else [ours]), *([here] if with_here else []))


def _no_calls(call: Call) -> Reply:
    return Reply(error={"kind": "error", "message": f"nango.{call.method}() is not available here."})
