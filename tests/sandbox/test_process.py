"""The process: its ready line, its arguments, the ways it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.sandbox.process import ROOT, Sandbox


def test_one_ready_line_and_a_banner_that_names_production(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    assert uuid.UUID(sandbox.key).version == 4
    assert sandbox.client.get("/connections").status_code == 200
    assert sandbox.client.get("/nothing").status_code == 404
    assert sandbox.close() == 0
    assert sandbox.rest == ""
    banner = sandbox.errors.splitlines()
    assert len(banner) == 1
    assert "for learning and testing" in banner[0]
    assert "For production, use Nango" in banner[0]


def test_port_and_key_can_be_chosen(new_sandbox: Callable[..., Sandbox]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    sandbox = new_sandbox("--port", str(port), "--key", "my-key")
    assert sandbox.ready == f"ready http://127.0.0.1:{port} key my-key\n"
    assert sandbox.client.get("/integrations").status_code == 200


def test_it_listens_on_loopback_only(sandbox: Sandbox) -> None:
    # Linux shows listening sockets with their address in hexadecimal: 0100007F is 127.0.0.1.
    port = f"{int(sandbox.url.rsplit(':', 1)[1]):04X}"
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        pytest.skip("no /proc/net/tcp on this system")
    listening = [
        line.split()[1]
        for table in tables
        if table.exists()
        for line in table.read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")
    ]
    assert listening == [f"0100007F:{port}"]


def test_it_ends_when_standard_input_closes_while_a_request_is_running(
    new_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = new_sandbox()
    # Two connections: an idle one that is kept alive, and one whose answer is due in a long time.
    sandbox.client.get("/connections")
    address = ("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1]))
    with socket.create_connection(address) as waiting:
        waiting.sendall(
            b"GET /proxy/slow?seconds=250 HTTP/1.1\r\nHost: x\r\nConnection-Id: flaky-1\r\n"
            b"Provider-Config-Key: unreliable\r\nAuthorization: Bearer " + sandbox.key.encode() + b"\r\n\r\n"
        )
        assert sandbox.client.get("/connections").status_code == 200
        assert sandbox.close() == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_when_interrupted(new_sandbox: Callable[..., Sandbox], number: int) -> None:
    sandbox = new_sandbox()
    sandbox.process.send_signal(number)
    assert sandbox.process.wait(20) == 0
    assert "Traceback" not in (sandbox.process.stderr.read() if sandbox.process.stderr else "")


def test_without_the_option_it_serves_on_when_standard_input_is_closed() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "nangonb.sandbox", "--key", "k"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        answer = httpx.get(f"{url}/connections", headers={"authorization": "Bearer k"})
        assert answer.status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "1000001"], "not a number from 0 to 1,000,000"),
        (["--rows", "many"], "'many' is not a number"),
        (["--port", "70000"], "not a port"),
        (["--key", "a b"], "without spaces"),
        (["--row", "5"], "unrecognized arguments: --row"),
    ],
)
def test_wrong_arguments_are_named(arguments: list[str], said: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "nangonb.sandbox", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stdout == ""


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [sys.executable, "-m", "nangonb.sandbox", "--port", port],
            capture_output=True,
            text=True,
            timeout=20,
            cwd=ROOT,
            check=False,
        )
    assert ran.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in ran.stderr
