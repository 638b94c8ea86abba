"""The embedded sandbox: a child process on loopback that ends when this process does."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import IO

from nangonb._masking import Secret
from nangonb.errors import NetworkError


class SandboxProcess:
    """Started on first use. It reads our end of a pipe, and so ends with us, however we end."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.host = ""
        self.key = Secret("")

    @property
    def keeps_state(self) -> bool:
        """Whether what it holds outlives it: it inherits this variable."""
        return bool(os.environ.get("NANGONB_SANDBOX_STATE"))

    def start(self) -> None:
        """Start it unless it runs.

        Raises:
            NetworkError: it did not start; the message carries what it said.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nangonb.sandbox", "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # the stop button of a notebook signals the whole process group
        )
        assert self._process.stdout is not None
        try:
            words = self._process.stdout.readline().split()
        except BaseException:  # stopped meanwhile: a process whose address nobody knows is of no use
            self.stop()
            raise
        if len(words) != 4 or words[0] != "ready":
            said = _rest(self._process.stderr)
            self._process.wait()
            raise NetworkError("The sandbox did not start.", hint=said[-500:])
        self.host, self.key = words[1], Secret(words[3])
        _drain(self._process.stderr)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):  # it is gone already
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _rest(stream: IO[str] | None) -> str:
    return stream.read().strip() if stream else ""


def _drain(stream: IO[str] | None) -> None:
    """Read on, so that the child never waits for a full pipe."""
    import threading

    def read() -> None:
        if stream is not None:
            with stream:
                for _ in stream:
                    pass

    threading.Thread(target=read, name="nangonb-sandbox-stderr", daemon=True).start()
