"""What ``nangonb.records`` costs, against the plain loop that one would write by hand.

``python benchmarks/records.py [--sizes 20000,200000] [--rounds 5]``

Both read the same API, which answers from pages built before the first request: 10,000 records a page, with
Nango's metadata. Every measurement is a fresh process, as in ``benchmarks/dryrun.py``. The loop leaves the
metadata as a column of dicts and the times as text; ``nangonb.records`` gives typed columns of both.

Ends with 1 where ``nangonb.records`` of 200,000 takes more than 1.2 times the time of the plain loop.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from dryrun import _peak_bytes, to_contact  # noqa: E402
from server import CONNECTION, INTEGRATION, _json, _nango_api, _response, contact  # noqa: E402

PAGE: Final = 10_000
WARM_UP: Final = 2_000
LIMIT: Final = 1.2
LIMITED: Final = 200_000
HEADERS: Final = {"Connection-Id": CONNECTION, "Provider-Config-Key": INTEGRATION}
CELL: Final = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact{size}
        endpoint: GET /contacts
models:
  Contact{size}:
    id: string
    first_name: string
    last_name: string
    email: string | null
    account_id: string
    last_modified_date: string
"""


# --- the API


def synced(number: int) -> dict[str, Any]:
    """A record as Nango sends it; the model is named after the number of records."""
    stamp = f"2026-0{1 + number % 9}-{10 + number % 18}T10:{number % 60:02d}:00.{number % 10**6:06d}+00:00"
    place = f"{stamp}||{number:08d}-64d5-4940-a7e0-45fc704997a1"
    deleted = number % 20 == 0
    metadata = {
        "first_seen_at": "2026-01-01T08:00:00.123456+00:00",
        "last_modified_at": stamp,
        "last_action": "DELETED" if deleted else "UPDATED" if number % 3 else "ADDED",
        "deleted_at": stamp if deleted else None,
        "pruned_at": None,
        "cursor": base64.b64encode(place.encode()).decode(),
    }
    return {**to_contact(contact(number)), "_nango_metadata": metadata}


def pages(total: int) -> list[bytes]:
    built = []
    for start in range(0, total, PAGE):
        end = min(start + PAGE, total)
        body = {"records": [synced(n) for n in range(start, end)], "next_cursor": str(end)}
        built.append(_response(_json(body if end < total else {**body, "next_cursor": None})))
    return built


class _Protocol(asyncio.Protocol):
    built: dict[str, list[bytes]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._received = transport, b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            request, self._received = self._received[: end + 4], self._received[end + 4 :]
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        target = urlsplit(request.split(b" ", 2)[1].decode())
        if target.path == "/records":
            query = parse_qs(target.query)
            return self.built[query["model"][0]][int(query.get("cursor", ["0"])[0]) // PAGE]
        return next(answer for lead, answer in _nango_api() if request.startswith(lead))


async def serve(sizes: list[int]) -> None:
    _Protocol.built = {f"Contact{size}": pages(size) for size in sizes}
    server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", 0)
    print(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


# --- the candidates

Candidate = Callable[[int], Any]


def plain_loop(url: str) -> Candidate:
    """httpx, ``r.json()``, a list of dicts, ``pd.DataFrame``."""
    import httpx
    import pandas as pd

    client = httpx.Client(base_url=url, headers={**HEADERS, "Authorization": "Bearer benchmark-key"})

    def run(size: int) -> Any:
        rows: list[dict[str, Any]] = []
        params: dict[str, str] = {"model": f"Contact{size}", "limit": str(PAGE)}
        while True:
            response = client.get("/records", params=params)
            response.raise_for_status()
            data = response.json()
            rows.extend(data["records"])
            if not data["next_cursor"]:
                return pd.DataFrame(rows)
            params["cursor"] = data["next_cursor"]

    return run


def flattened_loop(url: str) -> Candidate:
    """The same with the metadata as typed columns, by pandas: what it takes to get what we give."""
    import pandas as pd

    loop = plain_loop(url)

    def run(size: int) -> Any:
        frame = loop(size)
        metadata = pd.DataFrame(frame.pop("_nango_metadata").tolist())
        for name in ("first_seen_at", "last_modified_at", "deleted_at", "pruned_at"):
            metadata[name] = pd.to_datetime(metadata[name], format="ISO8601", utc=True)
        return pd.concat([frame, metadata], axis=1)

    return run


def ours(url: str) -> Candidate:
    """``nangonb.records(...).df``: the whole of it, in a warm kernel."""
    os.environ.update(NANGO_SECRET_KEY_DEV="benchmark-key", NANGO_HOSTPORT=url)
    import pandas  # noqa: F401

    import nangonb
    from nangonb._session import current

    def run(size: int) -> Any:
        current().declare(CELL.format(size=size), label="yaml", id="yaml")
        return nangonb.records(f"Contact{size}", CONNECTION).df

    return run


CANDIDATES: Final[dict[str, Callable[[str], Candidate]]] = {
    "plain loop": plain_loop,
    "loop, typed metadata": flattened_loop,
    "nangonb._records": ours,
}


# --- measuring


def child(candidate: str, url: str, size: int) -> None:
    run = CANDIDATES[candidate](url)
    run(WARM_UP)
    gc.collect()
    start = time.perf_counter()
    frame = run(size)
    seconds = time.perf_counter() - start
    assert len(frame) == size, len(frame)
    print(json.dumps({"seconds": seconds, "peak": _peak_bytes()}))


@contextmanager
def server(sizes: list[int]) -> Iterator[str]:
    command = [sys.executable, __file__, "--serve", "--sizes", ",".join(map(str, {WARM_UP, *sizes}))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield process.stdout.readline().split()[1]
    finally:
        process.stdin.close()
        process.wait()


def measure(candidate: str, url: str, size: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", candidate, "--url", url, "--sizes", str(size)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{candidate} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(sizes: list[int], rounds: int) -> tuple[list[str], bool]:
    """The lines, and whether the limit was missed."""
    runs: dict[tuple[str, int], list[dict[str, float]]] = {}
    with server(sizes) as url:
        for size in sizes:
            for _ in range(rounds):
                for candidate in CANDIDATES:
                    runs.setdefault((candidate, size), []).append(measure(candidate, url, size))
    lines = [f"medians of {rounds}", f"{'':24}" + "".join(f"{size:>34,}" for size in sizes)]
    first = next(iter(CANDIDATES))
    for candidate in CANDIDATES:
        cells = ""
        for size in sizes:
            seconds, peak = (_median(runs[candidate, size], key) for key in ("seconds", "peak"))
            base, base_peak = (_median(runs[first, size], key) for key in ("seconds", "peak"))
            cells += f"{seconds:9.3f} s {seconds / base:5.2f}x {peak / 1e6:6.0f} MB {peak / base_peak:5.2f}x"
        lines.append(f"{candidate:24}{cells}")
    if LIMITED in sizes:
        ours, base = (_median(runs[name, LIMITED], "seconds") for name in ("nangonb._records", first))
        if ours > LIMIT * base:
            return [*lines, f"MISSED: at {LIMITED:,}: {ours / base:.2f}x, at most {LIMIT}x"], True
    return lines, False


def _median(runs: list[dict[str, float]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="20000,200000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.serve:
        asyncio.run(serve(sizes))
    elif options.child:
        child(options.child, options.url, sizes[0])
    else:
        lines, missed = table(sizes, options.rounds)
        print("\n".join(lines))
        return int(missed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
