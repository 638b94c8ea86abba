"""A real Jupyter server on loopback, with a home of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

FrontEnd = Literal["lab", "notebook7"]
MODULES = {"lab": "jupyterlab", "notebook7": "notebook"}
START_LIMIT = 90.0  # seconds

# Off: whatever opens a dialog, looks for news or saves by itself. windowingMode "none" keeps cells that are
# off-screen in the page.
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


class JupyterServer:
    """JupyterLab or Notebook 7. Notebooks lie in ``root``; ``stop`` ends it and its kernels.

    ``without`` is an extension that the front end does not have.
    """

    def __init__(self, front_end: FrontEnd, directory: Path, *, without: str = "") -> None:
        self.front_end = front_end
        self.root = directory / "notebooks"
        self.root.mkdir()
        self._log = directory / "server.log"
        self._token = secrets.token_hex(16)
        environment = _home(directory / "home", without)
        # Another program may take the free port before the server does; then it ends, and the next is tried
        for last_attempt in (False, False, True):
            self._base = f"http://127.0.0.1:{_free_port()}"
            self._process = self._launch(environment)
            try:
                self._wait_until_ready()
                return
            except RuntimeError:
                self.stop()
                if last_attempt or "in use" not in self._log.read_text():
                    raise

    def url(self, notebook: str) -> str:
        """Where the notebook opens, alone in the page and without the state of an earlier one."""
        if self.front_end == "lab":
            return f"{self._base}/doc/tree/{quote(notebook)}?token={self._token}&reset"
        return f"{self._base}/notebooks/{quote(notebook)}?token={self._token}"

    def end_kernels(self) -> None:
        for session in json.loads(self._api("GET", "sessions")):
            self._api("DELETE", f"sessions/{session['id']}")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _launch(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        port = self._base.rpartition(":")[2]
        command = [
            *(sys.executable, "-m", MODULES[self.front_end]),
            *("--no-browser", "--allow-root", "--expose-app-in-browser"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self._token}",
            "--ServerApp.terminals_enabled=False",
            "--ServerApp.jpserver_extensions={'jupyter_lsp': False, 'jupyter_server_terminals': False}",
        ]
        with self._log.open("wb") as log:
            return subprocess.Popen(
                command, cwd=self.root, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"the Jupyter server ended:\n{self._log.read_text()[-3000:]}")
            try:
                self._api("GET", "status")
                return
            except OSError as error:
                if isinstance(error, urllib.error.HTTPError) or time.monotonic() > deadline:
                    raise RuntimeError(f"no answer: {error}\n{self._log.read_text()[-3000:]}") from error
            time.sleep(0.05)

    def _api(self, method: str, path: str) -> bytes:
        request = urllib.request.Request(
            f"{self._base}/api/{path}", method=method, headers={"Authorization": f"token {self._token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            body: bytes = response.read()
        return body


def _home(home: Path, without: str) -> dict[str, str]:
    for name, values in SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    if without:
        file = home / "config" / "labconfig" / "page_config.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"disabledExtensions": {without: True}}))
    return {
        **os.environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
