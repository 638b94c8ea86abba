"""A real IPython kernel for tests, driven as a front end drives it.

It speaks the kernel's wire protocol over plain blocking sockets: no event loop, so that it works in every
test, and every wait ends with a message, the kernel's end or a time limit.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.session import Session

TIME_LIMIT = 90.0  # seconds for one cell, unless the call says otherwise
_CHANNELS = ("shell", "iopub", "stdin", "control")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")

Output = dict[str, Any]
Message = dict[str, Any]


class KernelGone(Exception):
    """The kernel's process ended, or it did not answer in time."""


@dataclass(frozen=True)
class CellError:
    """What an ``error`` output holds; ``traceback`` is without colours."""

    ename: str
    evalue: str
    traceback: str


@dataclass(frozen=True)
class Result:
    """What one cell left behind. ``outputs`` are dicts as in a saved notebook (nbformat 4).

    A display of an earlier cell that was changed is an output of the type ``update_display_data``.
    """

    status: str
    outputs: tuple[Output, ...]
    payload: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None

    @property
    def stdout(self) -> str:
        return self._streams("stdout")

    @property
    def stderr(self) -> str:
        return self._streams("stderr")

    @property
    def stream(self) -> str:
        """Both streams, in the order in which they came."""
        return self._streams("stdout", "stderr")

    @property
    def text(self) -> str:
        """All that a reader without HTML sees: streams, text/plain and tracebacks, without colours."""
        return "\n".join(part for part in map(_plain, self.outputs) if part)

    @property
    def html(self) -> str:
        """The text/html of every output that has one."""
        return "\n".join(
            output["data"]["text/html"] for output in self.outputs if "text/html" in output.get("data", {})
        )

    @property
    def data(self) -> dict[str, Any]:
        """The MIME bundle of the last rich output; empty if there is none."""
        bundles: list[dict[str, Any]] = [output["data"] for output in self.outputs if "data" in output]
        return bundles[-1] if bundles else {}

    @property
    def error(self) -> CellError | None:
        for output in self.outputs:
            if output["output_type"] == "error":
                traceback = _ANSI.sub("", "\n".join(output["traceback"]))
                return CellError(output["ename"], output["evalue"], traceback)
        return None

    @property
    def pager(self) -> str:
        """What ``name?`` and ``%magic?`` show."""
        pages = [entry["data"]["text/plain"] for entry in self.payload if entry.get("source") == "page"]
        return _ANSI.sub("", "\n".join(pages))

    def check(self) -> Result:
        """Itself, where the cell succeeded; an AssertionError with all that it showed, where not."""
        assert self.status == "ok", f"the cell did not succeed ({self.status}):\n{self.text}"
        return self

    def _streams(self, *names: str) -> str:
        return "".join(output["text"] for output in self.outputs if output.get("name") in names)


@dataclass(frozen=True)
class Completion:
    """An answer to Tab. ``matches`` replace the code from ``start`` to ``end``."""

    matches: tuple[str, ...]
    start: int
    end: int
    metadata: dict[str, Any]


@dataclass
class Running:
    """A cell that was sent and may not have ended yet."""

    kernel: Kernel
    msg_id: str
    answers: list[str]
    outputs: list[Output] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    idle: bool = False
    _clear_pending: bool = False

    @property
    def so_far(self) -> Result:
        reply = self.reply or {}
        return Result(
            reply.get("status", "running"),
            tuple(self.outputs),
            tuple(reply.get("payload", ())),
            reply.get("execution_count"),
        )

    def until(self, condition: str | Callable[[Result], bool], timeout: float = TIME_LIMIT) -> Result:
        """Waits until the text shown so far contains ``condition``, or fulfils it."""
        met = condition if callable(condition) else lambda result: condition in result.text
        deadline = time.monotonic() + timeout
        while not met(self.so_far):
            assert not self._ended, f"the cell ended before that:\n{self.so_far.text}"
            self.kernel._pump(self, deadline, what=f"{condition!r} did not appear")
        return self.so_far

    def result(self, timeout: float = TIME_LIMIT) -> Result:
        """Waits for the end of the cell."""
        deadline = time.monotonic() + timeout
        while not self._ended:
            self.kernel._pump(self, deadline, what="the cell did not end")
        return self.so_far

    @property
    def _ended(self) -> bool:
        return self.idle and self.reply is not None

    def _take(self, channel: str, message: Message) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if channel == "shell":
            self.reply = content
        elif channel == "stdin":
            assert self.answers, f"the cell asks for input: {content['prompt']}"
            self.kernel._send("stdin", "input_reply", {"value": self.answers.pop(0)})
        elif kind == "status":
            self.idle = content["execution_state"] == "idle"
        elif kind == "clear_output":
            self._clear_pending = content["wait"]
            if not content["wait"]:
                self.outputs.clear()
        elif kind == "update_display_data":
            self._update(content)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if self._clear_pending:
                self.outputs.clear()
                self._clear_pending = False
            self._append({"output_type": kind, **content})

    def _append(self, output: Output) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)

    def _update(self, content: dict[str, Any]) -> None:
        display_id = content["transient"]["display_id"]
        own = [o for o in self.outputs if o.get("transient", {}).get("display_id") == display_id]
        for output in own:
            output.update(data=content["data"], metadata=content["metadata"])
        if not own:  # a display of another cell, which a callback changes
            self.outputs.append({"output_type": "update_display_data", **content})


class Kernel:
    """A kernel of this interpreter, in a process group of its own, as Jupyter starts it.

    ``env`` is added to the environment; a value of None removes the name. ``widgets`` is the state of every
    widget model, as the kernel told it.
    """

    def __init__(self, cwd: Path, env: Mapping[str, str | None] | None = None) -> None:
        self.widgets: dict[str, dict[str, Any]] = {}
        # A socket's path is limited to about 100 bytes, which pytest's directories may exceed
        self._directory = tempfile.TemporaryDirectory(prefix="kernel-")
        directory = Path(self._directory.name)
        key = secrets.token_hex()
        address = str(directory / "k")
        connection = {
            "transport": "ipc",
            "ip": address,
            "key": key,
            "signature_scheme": "hmac-sha256",
            **{f"{name}_port": port for port, name in enumerate((*_CHANNELS, "hb"), start=1)},
        }
        file = directory / "connection.json"
        file.write_text(json.dumps(connection))
        self._log = directory / "kernel.log"
        environment = {
            **os.environ,
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "JPY_PARENT_PID": str(os.getpid()),  # so that it ends with this process, come what may
        }
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ipykernel_launcher", "-f", str(file)],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._session = Session(key=key.encode())
        self._context = zmq.Context()
        self._sockets = {}
        self._poller = zmq.Poller()
        for port, channel in enumerate(_CHANNELS, start=1):
            socket = self._context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
            socket.linger = 0
            if channel == "iopub":
                socket.subscribe(b"")
            else:
                socket.setsockopt(zmq.IDENTITY, self._session.bsession)
            socket.connect(f"ipc://{address}-{port}")
            self._sockets[channel] = socket
            self._poller.register(socket, zmq.POLLIN)
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(
        self,
        code: str,
        *,
        cell_id: str | None = None,
        answers: Iterable[str] = (),
        timeout: float = TIME_LIMIT,
    ) -> Result:
        """Runs one cell to its end; it may fail (see :meth:`Result.check`).

        ``cell_id`` is the id that a front end sends with its cell. ``answers`` go to ``input()`` and
        ``getpass()``, in order.
        """
        return self.begin(code, cell_id=cell_id, answers=answers).result(timeout)

    def begin(self, code: str, *, cell_id: str | None = None, answers: Iterable[str] = ()) -> Running:
        """Sends a cell and returns at once."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": True,
        }
        metadata = {} if cell_id is None else {"cellId": cell_id}
        return Running(self, self._send("shell", "execute_request", content, metadata), list(answers))

    def interrupt(self) -> None:
        """The stop button: SIGINT to the kernel's process group, as Jupyter sends it."""
        os.killpg(self._process.pid, signal.SIGINT)

    def complete(self, code: str, pos: int | None = None) -> Completion:
        """Tab at ``pos`` (default: the end)."""
        pos = len(code) if pos is None else pos
        reply = self._ask("complete_request", {"code": code, "cursor_pos": pos})
        return Completion(
            tuple(reply["matches"]), reply["cursor_start"], reply["cursor_end"], reply["metadata"]
        )

    def inspect(self, code: str, pos: int | None = None) -> str:
        """Shift-Tab at ``pos`` (default: the end): text/plain without colours, empty if nothing is found."""
        content = {"code": code, "cursor_pos": len(code) if pos is None else pos, "detail_level": 0}
        reply = self._ask("inspect_request", content)
        return _ANSI.sub("", reply["data"]["text/plain"]) if reply["found"] else ""

    def widget(self, **state: Any) -> str:
        """The id of the one widget whose state has these values: ``widget(_model_name="DropdownModel")``."""
        found = [
            comm_id
            for comm_id, held in self.widgets.items()
            if all(held.get(name) == value for name, value in state.items())
        ]
        assert len(found) == 1, f"{len(found)} widgets with {state} among {self.widgets}"
        return found[0]

    def update_widget(self, comm_id: str, **state: Any) -> Result:
        """What a front end sends when a user changes a widget, for a Dropdown ``index=2``."""
        self.widgets[comm_id].update(state)
        return self._comm(comm_id, {"method": "update", "state": state, "buffer_paths": []})

    def click_widget(self, comm_id: str) -> Result:
        """What a front end sends when a user clicks a Button."""
        return self._comm(comm_id, {"method": "custom", "content": {"event": "click"}})

    def close(self) -> None:
        if self._process.poll() is None:
            self._send("control", "shutdown_request", {"restart": False})
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for socket in self._sockets.values():
            socket.close()
        self._context.term()
        self._directory.cleanup()

    def _wait_until_ready(self) -> None:
        # A subscription takes effect some time after the kernel has bound its sockets: ask until an answer
        # comes on iopub too.
        deadline = time.monotonic() + TIME_LIMIT
        while True:
            asked = Running(self, self._send("shell", "kernel_info_request", {}), [])
            patience = min(deadline, time.monotonic() + 1)
            try:
                while not asked.idle:
                    self._pump(asked, patience, what="the kernel did not start")
                return
            except KernelGone:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise

    def _comm(self, comm_id: str, data: dict[str, Any]) -> Result:
        running = Running(self, self._send("shell", "comm_msg", {"comm_id": comm_id, "data": data}), [])
        running.reply = {"status": "ok"}  # there is no reply to a comm_msg, only the return to idle
        return running.result()

    def _ask(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        running = Running(self, self._send("shell", kind, content), [])
        running.result()
        assert running.reply is not None
        return running.reply

    def _send(
        self, channel: str, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None
    ) -> str:
        message = self._session.msg(kind, content, metadata=metadata)
        self._session.send(self._sockets[channel], message)
        return str(message["header"]["msg_id"])

    def _pump(self, running: Running, deadline: float, what: str) -> None:
        """Waits for messages and hands them out; those of earlier cells are dropped, widget states kept."""
        left = deadline - time.monotonic()
        # In slices, because the end of the process sends no message
        ready = dict(self._poller.poll(int(max(0, min(left, 0.5)) * 1000)))
        if not ready and self._process.poll() is not None:
            raise KernelGone(
                f"The kernel ended ({self._process.returncode}); {what}.\n{self._log.read_text()}"
            )
        if not ready and left <= 0:
            raise KernelGone(f"Time is up: {what}.\n{running.so_far.text}\n{self._log.read_text()}")
        for channel, socket in self._sockets.items():
            if socket in ready:
                _, message = self._session.recv(socket, mode=0)
                assert message is not None
                if channel == "iopub":
                    self._note_widget(message)
                if message["parent_header"].get("msg_id") == running.msg_id:
                    running._take(channel, message)

    def _note_widget(self, message: Message) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_open" and "state" in content["data"]:
            self.widgets[content["comm_id"]] = dict(content["data"]["state"])
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.widgets.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        elif kind == "comm_close":
            self.widgets.pop(content["comm_id"], None)


def run_cells(kernel: Kernel, sources: Sequence[str]) -> list[Result]:
    """Run All: each cell must succeed."""
    return [kernel.run(source).check() for source in sources]


def _plain(output: Output) -> str:
    if output["output_type"] == "stream":
        return _ANSI.sub("", output["text"]).removesuffix("\n")
    if output["output_type"] == "error":
        return _ANSI.sub("", "\n".join(output["traceback"]))
    return str(output["data"].get("text/plain", ""))
