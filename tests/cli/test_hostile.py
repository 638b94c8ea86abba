"""``nangonb dryrun`` against a provider of every fault ends by itself, within its limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import environment, folder
from tests.hostile import FAULTS, beside
from tests.nango.raw_server import Handler, serve

CAP_MB = 160
"""By how much the run may grow; the whole process is to stay 100 MB above it."""
REQUEST_SECONDS = 3
RUN_SECONDS = 20
CONNECTION = {
    "id": 1,
    "connection_id": "conn-1",
    "provider_config_key": "acme",
    "provider": "acme",
    "credentials": {},
}
OWN = {
    b"GET /connections": json.dumps(CONNECTION).encode(),
    b"GET /connection": json.dumps(CONNECTION).encode(),
}
SCRIPT = """
nango.batch_save([{'id': 'before'}], 'Contact')
data = nango.get('/x').data
nango.batch_save([{'id': 'after', 'name': str(data)[:20]}], 'Contact')
"""
# The peak is that of the process itself: what rusage tells of a child begins with its parent's.
MEASURED = """
import atexit, sys
from pathlib import Path

def tell():
    lines = Path('/proc/self/status').read_text().splitlines()
    Path('peak').write_text(next(line.split()[1] for line in lines if line.startswith('VmHWM:')))

atexit.register(tell)
from nangonb._cli.main import main
sys.exit(main(sys.argv[1:]))
"""

ABORTED, TIMED_OUT, UNREADABLE = "ERR_BAD_RESPONSE", "ECONNABORTED", "Z_DATA_ERROR"
NO_HTTP, CIRCLE, DEEP = "HPE_INVALID_CONSTANT", "ERR_FR_TOO_MANY_REDIRECTS", "nested_too_deeply"
#: How each ends: the error's code, ``memory`` where the cap ended it, or what the script got.
OUTCOMES = {
    "endless-chunked": "memory",
    "endless-without-length": "memory",
    "endless-tiny-chunks": TIMED_OUT,
    "endless-500": "memory",
    "endless-chunk-extension": TIMED_OUT,
    "endless-trailers": ABORTED,
    "endless-empty-gzip": TIMED_OUT,
    "gzip-bomb": "memory",
    "gzip-bomb-400": "memory",
    "deflate-bomb": "memory",
    "raw-deflate-bomb": "memory",
    "bomb-in-a-bomb": "memory",
    "brotli": UNREADABLE,
    "zstd": UNREADABLE,
    "many-values": "memory",
    "one-byte-each-0.2-s": TIMED_OUT,
    "slow-headers": TIMED_OUT,
    "silence": TIMED_OUT,
    "endless-headers": NO_HTTP,
    "huge-header": NO_HTTP,
    "flood-of-100-continue": NO_HTTP,
    "slow-100-continue": TIMED_OUT,
    "deep-json-200": DEEP,
    "deep-json-400": "HTTP 400",
    "truncated-json": 'got [{"id": "1"}, {"id"',
    "broken-gzip": UNREADABLE,
    "truncated-gzip": UNREADABLE,
    "redirect-loop": CIRCLE,
    "redirect-loop-of-bombs": CIRCLE,
    "length-too-large": ABORTED,
    "length-too-small": "got [1,",
    "two-lengths": NO_HTTP,
    "length-of-no-number": NO_HTTP,
    "reset": ABORTED,
    "no-http": "ECONNRESET",
}


@dataclass(frozen=True)
class Outcome:
    code: int
    document: dict[str, Any]
    seconds: float
    peak_mb: float
    err: str


def measured(handler: Handler, *words: str, own: dict[bytes, bytes] = OWN) -> Outcome:
    """``nangonb …`` as a process of its own against a Nango whose provider is ``handler``."""
    Path("pyproject.toml").write_text(
        f"[tool.nangonb]\nmax_memory_mb = {CAP_MB}\nrequest_timeout = {REQUEST_SECONDS}\n"
    )
    with serve(beside(own, handler)) as url:
        start = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-c", MEASURED, *words],
            env=environment(NANGO_HOSTPORT=url, NANGO_SECRET_KEY="k" * 36),
            capture_output=True,
            text=True,
            timeout=60,
        )
        seconds = time.monotonic() - start
    document = json.loads(ran.stdout) if ran.stdout.startswith("{") else {}
    return Outcome(ran.returncode, document, seconds, int(Path("peak").read_text()) / 1024, ran.stderr)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read in /proc")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_dry_run_ends_by_itself(fault: str) -> None:
    source = folder(SCRIPT)
    words = ("dryrun", source, "contacts", "conn-1", "--json", "--timeout", str(RUN_SECONDS))
    found = measured(FAULTS[fault](), *words)
    table = (fault, OUTCOMES[fault], f"{found.seconds:.1f} s", f"{found.peak_mb:.0f} MB")
    if where := os.environ.get("HOSTILE_TABLE"):
        with Path(where).open("a") as file:
            print(*table, sep="\t", file=file)
    document = found.document
    assert document, found.err
    assert "before" in [record["id"] for record in document["records"]["Contact"]], "what came before is kept"
    assert _outcome(document) == OUTCOMES[fault]
    assert found.peak_mb < CAP_MB + 100
    assert found.seconds < RUN_SECONDS
    assert "RecursionError" not in found.err and "Traceback" not in found.err.replace(
        "Traceback (most", "", 1
    )


def _outcome(document: dict[str, Any]) -> str:
    if document["capped"]:
        assert document["state"] == "succeeded" and "cap-reached" in str(document["problems"])
        return str(document["capped"])
    if document["state"] == "failed":
        error = document["error"]
        if error["type"] == "script_http_error":
            return f"HTTP {error['status']}"
        return str(error["payload"]["code"])
    return f"got {document['records']['Contact'][-1]['name']}"


@pytest.mark.parametrize("fault", ["one-byte-each-0.2-s", "slow-headers", "endless-chunked", "gzip-bomb"])
@pytest.mark.parametrize(
    "words", [("connections",), ("records", "Contact", "conn-1", "--integration-id", "acme")]
)
def test_so_does_what_asks_nango_itself(fault: str, words: tuple[str, ...]) -> None:
    found = measured(FAULTS[fault](), *words, own={})
    assert found.code == 3, found.err
    limit = (
        "maxContentLength size of 33554432 exceeded"
        if "bomb" in fault or "chunked" in fault
        else "timeout of 3000ms"
    )
    assert limit in found.err
    assert found.peak_mb < CAP_MB + 100
    assert found.seconds < RUN_SECONDS
