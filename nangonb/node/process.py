"""A child process in which Node.js runs scripts; it asks us for all that they ask of Nango.

Calls go one way, Node → Python, and are served in the order in which they come, in the thread that waits for
the script. The frames of the socket are described in ``host/wire.mjs`` and ``host/main.mjs``.
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

from nangonb.node.find import find_node
from nangonb.node.isolation import isolation
from nangonb.node.packages import there
from nangonb.text import LEVELS

_HOST: Final = Path(__file__).parent / "host"
_TYPES: Final = Path(__file__).parent / "types"
Program = Literal["main", "compiler"]
MEMORY_MB: Final = 2048
OWN_PACKAGES: Final = ("soap", "unzipper", "botbuilder")
"""Packages of Nango's runner that need Node.js itself; the user's own node_modules have them."""
_OWN: Final = re.compile(rf"""(?:\bfrom|\bimport|\brequire\()\s*['"]({"|".join(OWN_PACKAGES)})['"]""")
_TAIL: Final = 20_000
# where an object of Node's own is reached after all, it gives no code and cannot be changed
_LOCKED: Final = ("--disallow-code-generation-from-strings", "--frozen-intrinsics")
_RECEIVE: Final = 1 << 20
_START_SECONDS: Final = 30.0
_TOGETHER: Final = 1 << 16

Json = Any


@dataclass(frozen=True, slots=True)
class Call:
    """What a script asks: ``body`` are raw bytes that belong to it (saved records), or None."""

    method: str
    args: list[Json]
    body: bytes | None
    run: int


@dataclass(frozen=True, slots=True)
class Reply:
    """``value`` and ``body`` for the script, or ``error``: what it is to throw."""

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
    """The script ended with an error.

    ``kind`` is ``source`` (it does not compile), ``action`` (an ActionError; ``payload``), ``http``,
    ``error`` or ``thrown``. ``ref`` is that of the reply which the error came with, None for its own.
    ``loose``: nothing awaited what failed, and the script had come to its end.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.kind: str = told["kind"]
        self.name: str = told.get("name") or "SyntaxError"
        self.text: str = told.get("message") or ""
        self.code: str | None = told.get("code")
        self.payload: Json = told.get("payload")
        self.ref: int | None = told.get("ref")
        self.loose: bool = bool(told.get("loose"))
        self.frames = tuple(
            Frame(each["file"], each["line"], each.get("column"), each.get("name") or "")
            for each in told.get("frames") or ()
        )
        self.cause = ScriptFailure(told["cause"]) if told.get("cause") else None
        super().__init__(f"{self.name}: {self.text}" if self.text else self.name)


class ProcessDied(Exception):
    """Node.js ended in the middle of a script. The text says why, as far as that can be seen."""


class OutOfTime(Exception):
    """The deadline passed. The process was ended with it."""


@dataclass(slots=True)
class _Run:
    serve: Callable[[Call], Reply]
    result: dict[str, Any] | None = None
    body: bytes | None = None
    replies: dict[int, dict[str, Any]] = field(default_factory=dict)


class NodeProcess:
    """Started when it is first needed, and again after it died.

    It has no environment, a session of its own (the stop button of a kernel is ours), and by Node's
    permissions no files, child processes or workers. No code is made from strings, and no object of Node's
    own is within a script's reach. Where the system allows it, it has no network and sees no other process
    (:mod:`nangonb.node.isolation`).

    ``program`` is what it does: ``main`` runs scripts, ``compiler`` reads and checks them and runs nothing.
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

    # What it does

    def run(
        self,
        message: Mapping[str, Json],
        serve: Callable[[Call], Reply],
        *,
        deadline: float | None = None,
        own_packages: bool = False,
    ) -> tuple[bool, bytes]:
        """Run a script to its end: whether it returned nothing, and else what it returned, as JSON.

        With ``own_packages`` it may import those of the user's node_modules (:data:`OWN_PACKAGES`), which
        have Node's own rights and the network.

        ``message`` has ``entry``, ``files`` (path → ``text``, ``offset``) or ``bundle``, ``about``,
        ``webhook`` and, where there is one, ``input``. ``serve`` answers its calls; it may run other scripts
        meanwhile. What it raises ends the process and passes through, as a KeyboardInterrupt does.

        ``deadline`` is a time of :func:`time.monotonic`.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        frame = {"type": "run", "levels": LEVELS, **message}
        result, body = self._talk(frame, serve, deadline, own_packages=own_packages)
        return result["absent"], body

    def declare(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """What a module's default export declares (``host/declare.cjs``); ``entry`` and ``files`` as above.

        With ``only_link`` nothing of it runs: ``{"style": "unread"}`` where all its imports are there.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        _, body = self._talk({"type": "declare", **message}, _no_calls, deadline)
        found: dict[str, Json] = json.loads(body)
        return found

    def read(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """What scripts declare as far as that is literal, entry → result; ``entries`` and ``files`` (path →
        ``text``, ``offset``): ``host/literals.mjs``. Nothing of them runs.

        Raises:
            ScriptFailure: the reader itself failed.
            ProcessDied, OutOfTime, NodeMissing
        """
        _, body = self._talk({"type": "read", **message}, _no_calls, deadline)
        found: dict[str, Json] = json.loads(body)
        return found

    def check(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """What the compiler finds; ``layout``, ``files``, ``roots``, ``wanted``: ``host/compiler.mjs``.

        Raises:
            ScriptFailure: the compiler itself failed.
            ProcessDied, OutOfTime, NodeMissing
        """
        _, body = self._talk({"type": "check", **message}, _no_calls, deadline)
        found: dict[str, Json] = json.loads(body)
        return found

    def load(self, message: Mapping[str, Json], *, deadline: float | None = None) -> dict[str, Json]:
        """What a compiled bundle declares once it is loaded; ``entry`` names it, ``bundle`` is its text.

        Raises:
            ScriptFailure, ProcessDied, OutOfTime, NodeMissing
        """
        _, body = self._talk({"type": "load", **message}, _no_calls, deadline)
        found: dict[str, Json] = json.loads(body)
        return found

    def tell_page(
        self, call: Call, value: Mapping[str, Json], body: bytes, deadline: float | None = None
    ) -> dict[str, Json]:
        """Run the ``on_page`` of the script that makes ``call``, and wait for its end: ``{"error": …}``
        where it threw. ``value`` has ``pager``, ``parameter`` and ``answer``."""
        self._count += 1
        number = self._count
        run = self._runs[call.run]
        self._send({"type": "on_page", "run": call.run, "number": number, **value}, body)
        while number not in run.replies:
            self._step(deadline)
        return run.replies.pop(number)

    def close(self) -> None:
        """End the process, if there is one."""
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

    # How

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
        wanted = (packages, own_packages)
        if (
            self._process is not None
            and self._process.poll() is None
            and (self._packages, self._own_packages) == wanted
        ):
            return
        self.close()
        node = find_node()
        self._packages, self._own_packages = wanted
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
            raise ProcessDied(f"{node.path} could not be started. {died}") from None
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
            if body and len(body) < _TOGETHER:  # one system call, and the other side wakes once
                self._socket.sendall(line + body)
            else:
                self._socket.sendall(line)
                if body:
                    self._socket.sendall(body)
        except OSError:
            raise self._died() from None

    def _receive(self, deadline: float | None) -> tuple[dict[str, Any], bytes | None]:
        """The next frame that comes."""
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
        said = self._tail.decode("utf-8", "replace").strip()
        self.close()
        if "heap out of memory" in said:
            return ProcessDied(f"The script ran out of memory: Node.js may take {self.memory_mb:,} MB.")
        how = f"with status {code}"
        if code is not None and code < 0:
            how = f"by {signal.Signals(-code).name}"
        tail = f" It said: {said[-500:]}" if said else ""
        return ProcessDied(
            f"Node.js ended {how}{' in the middle of the script' if self._runs else ''}.{tail}"
        )


def needs_own_packages(texts: Iterable[str]) -> bool:
    """Whether a script, or a compiled one, among these texts imports one of :data:`OWN_PACKAGES` that is in
    the user's node_modules."""
    wanted = {name for text in texts for name in _OWN.findall(text)}
    return any((Path.cwd() / "node_modules" / name).is_dir() for name in wanted)


def _packages(own: bool) -> tuple[Path, ...]:
    """Folders whose node_modules scripts may import from: ours, and, where ``own``, the user's."""
    ours, here = there(), Path.cwd()
    with_here = own and (here / "node_modules").is_dir()
    return (*([] if ours is None else [ours]), *([here] if with_here else []))


def _no_calls(call: Call) -> Reply:
    return Reply(error={"kind": "error", "message": f"nango.{call.method}() cannot be called here."})
