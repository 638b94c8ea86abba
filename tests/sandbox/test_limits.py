"""What the sandbox takes, and what its key is read from."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.disk import on_small_disk
from tests.sandbox.process import Sandbox

STARTS = """
found = []
for pages in range(0, 40, 2):
    filler = fill()
    os.truncate(filler, max(filler.stat().st_size - pages * 4096, 0))
    words = [sys.executable, "-m", "nangonb.sandbox", "--state", str(disk / "state"), "--until-stdin-closes"]
    done = subprocess.run(words, input="", capture_output=True, text=True)
    found.append([done.returncode, done.stderr])
    filler.unlink()
    if done.returncode == 0:
        break
print(json.dumps(found))
"""


@pytest.mark.parametrize("path", ["/connections/metadata", "/proxy/crm/v3/objects/contacts"])
def test_an_endless_body_is_refused(new_sandbox: Callable[..., Sandbox], path: str) -> None:
    sandbox = new_sandbox()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.key}\r\nConnection-Id: hub-1\r\n"
        "Provider-Config-Key: hubspot\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1])), timeout=30) as client:
        client.sendall(head.encode())
        for _ in range(400):
            client.sendall(chunk)
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")
    peak = Path(f"/proc/{sandbox.process.pid}/status")
    if peak.exists():
        lines = peak.read_text().splitlines()
        assert next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) < 400 * 1024
    assert sandbox.client.get("/integrations").status_code == 200


def test_a_body_that_is_too_large_is_said(sandbox: Sandbox) -> None:
    answer = sandbox.client.post("/connections/metadata", content=b"x" * (76 * 2**20))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "payload_too_large")


def test_the_key_may_come_from_where_other_users_cannot_see_it(
    new_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("of-a-file\n")
    monkeypatch.setenv("NANGONB_SANDBOX_KEY", "of-a-variable")
    for started, key in (
        (new_sandbox("--key-file", str(tmp_path / "key")), "of-a-file"),
        (new_sandbox(), "of-a-variable"),
    ):
        assert started.key == key
        assert started.client.get("/integrations").status_code == 200
        words = Path(f"/proc/{started.process.pid}/cmdline")
        if words.exists():
            assert key not in words.read_text()
    assert new_sandbox("--key", "said").key == "said"


def test_a_key_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("two words")
    for path, said in (("key", "without spaces"), ("none", "No such file or directory")):
        done = subprocess.run(
            [sys.executable, "-m", "nangonb", "sandbox", "--key-file", str(tmp_path / path)],
            capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_full_disk_is_what_it_says(tmp_path: Path) -> None:
    *failed, done = on_small_disk(STARTS, tmp_path / "disk", kilobytes=512)
    assert done[0] == 0 and failed
    for code, said in failed:
        assert code == 2
        assert "cannot be written: " in said and " full" in said
        assert "not the state of a sandbox" not in said and "Traceback" not in said
