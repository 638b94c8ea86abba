"""What a dry run costs, against the loop that one would write by hand.

``python benchmarks/dryrun.py [--sizes 2000,20000,200000,1000000] [--shape flat] [--rounds 5]``

Every measurement is a fresh process: imports and one small run first, then the clock. Candidates take turns,
so that a busy moment of the machine meets all of them. Peak memory is the process' own, imports included.

Ends with 1 where a dry run of 200,000 flat records takes more than 0.75 times the time, or 0.5 times the
memory, of the loop.
"""

from __future__ import annotations

import argparse
import gc
import inspect
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from server import CONNECTION, INTEGRATION, QUERY  # noqa: E402

WARM_UP = 2000
LIMITS = {"seconds": 0.75, "peak": 0.5}
LIMITED = ("flat", 200_000)


# --- the user's part, the same for all candidates


def to_contact(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }


def to_wide(record: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()}


def to_nested(record: dict[str, Any]) -> dict[str, Any]:
    contact = to_contact(record)
    contact["address"], contact["tags"] = record["address"], record["tags"]
    if "owner" in record:
        contact["owner"] = record["owner"]
    return contact


def to_deal(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": record["Id"],
        "owner_id": record["OwnerId"],
        "created": record["CreatedDate"],
        "closes": record["CloseDate"],
        "amount": record["Amount"],
        "quantity": record["Quantity"],
    }


MAPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "flat": to_contact,
    "wide": to_wide,
    "nested": to_nested,
    "numbers": to_deal,
    "broken": to_contact,
}
# what a run of these shapes has to say, other than nothing
PROBLEMS: dict[str, set[str]] = {
    "wide": {"unsafe-integer"},
    "numbers": {"unsafe-integer"},
    "broken": {"invalid-record", "wrong-type"},
}


WIDE_TYPES = ("string", "number", "number", "boolean", "date", "number | null")

MODELS: dict[str, str] = {
    "flat": """
  Contact:
    id: string
    first_name: string
    last_name: string
    email: string | null
    account_id: string
    last_modified_date: string
""",
    "wide": """
  Contact:
    id: string
"""
    + "".join(f"    field{column:03d}__c: {WIDE_TYPES[column % 6]}\n" for column in range(199)),
    "nested": """
  Point:
    x: number
    y: number | null
  Contact:
    id: string
    first_name: string
    last_name: string
    email: string | null
    account_id: string
    last_modified_date: string
    address:
      street: string
      geo:
        lat: number
        points: Point[]
    tags: string[]
    owner?:
      id: number
      team:
        name: string
        lead:
          id: number
""",
    "numbers": """
  Contact:
    id: number
    owner_id: number
    created: date
    closes: string | null
    amount: number
    quantity: number
""",
}
MODELS["broken"] = MODELS["flat"]

YAML = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
models:"""

SCRIPT = """%%nango_sync contacts
{source}

def fetch_data(nango):
    endpoint, params = "{query}", {{"q": "{shape} {size}"}}
    while True:
        data = nango.get(endpoint, params=params).data
        nango.batch_save([{convert}(record) for record in data["records"]], "Contact")
        if data["done"]:
            break
        endpoint, params = data["nextRecordsUrl"], {{}}
"""


# --- the candidates: each gives, for a shape and a size, the function that is timed and returns a DataFrame

Run = Callable[[], Any]
Candidate = Callable[[str, int], Run]


def by_hand(url: str) -> Candidate:
    """httpx, ``r.json()``, a list of dicts, ``pd.DataFrame``."""
    import httpx
    import pandas as pd

    client = httpx.Client(base_url=url)

    def prepare(shape: str, size: int) -> Run:
        convert = MAPS[shape]

        def run() -> Any:
            rows: list[dict[str, Any]] = []
            endpoint, params = QUERY, {"q": f"{shape} {size}"}
            while True:
                response = client.get(endpoint, params=params)
                response.raise_for_status()
                data = response.json()
                rows.extend([convert(record) for record in data["records"]])
                if data["done"]:
                    return pd.DataFrame(rows)
                endpoint, params = data["nextRecordsUrl"], {}

        return run

    return prepare


def parts(url: str) -> Candidate:
    """The same loop over ``nangonb._nango`` and ``nangonb._records``: what a dry run is built of."""
    import pandas  # noqa: F401

    from nangonb._masking import Masker, Secret
    from nangonb._nango import Clients, ProxyRequest
    from nangonb._records import RecordBuffer, decode, relaxed_gc
    from tests.sessions import Session

    client = Clients(Masker()).get(url, Secret("benchmark-key"))

    def prepare(shape: str, size: int) -> Run:
        session = Session()
        session.declare(YAML + MODELS[shape], label="yaml")
        convert, project = MAPS[shape], session.project
        schema, fields = project.model_schema("Contact"), project.model_fields("Contact")

        def run() -> Any:
            buffer = RecordBuffer("Contact", schema, fields=fields)
            request = ProxyRequest(
                endpoint=QUERY,
                params={"q": f"{shape} {size}"},
                connection_id=CONNECTION,
                provider_config_key=INTEGRATION,
            )
            with relaxed_gc():
                while True:
                    data = decode(client.proxy(request).content)
                    buffer.save([convert(record) for record in data["records"]])
                    if data["done"]:
                        break
                    request = replace(request, endpoint=data["nextRecordsUrl"], params=None)
            assert not buffer.validation, buffer.validation.rows
            return buffer.frame()

        return run

    return prepare


def dry_run(url: str) -> Candidate:
    """``nangonb.dryrun(...).df``: the whole of it, in a warm kernel."""
    os.environ.update(NANGO_SECRET_KEY_DEV="benchmark-key", NANGO_HOSTPORT=url)
    import pandas  # noqa: F401

    import nangonb
    from nangonb._session import current

    def prepare(shape: str, size: int) -> Run:
        convert = MAPS[shape]
        source = "".join(map(inspect.getsource, {to_contact, convert})).replace("dict[str, Any]", "dict")
        script = SCRIPT.format(source=source, query=QUERY, shape=shape, size=size, convert=convert.__name__)
        for cell in (YAML + MODELS[shape], script):
            current().declare(cell, label=cell.partition("\n")[0])

        def run() -> Any:
            result = nangonb.dryrun("contacts", CONNECTION)
            assert set(result.problems["code"]) <= PROBLEMS.get(shape, set()), result.problems.to_string()
            return result.df

        return run

    return prepare


CANDIDATES: dict[str, Callable[[str], Candidate]] = {
    "by hand": by_hand,
    "nangonb parts": parts,
    "nangonb._dryrun": dry_run,
}


# --- measuring


def child(candidate: str, url: str, shape: str, size: int) -> None:
    prepare = CANDIDATES[candidate](url)
    prepare(shape, WARM_UP)()
    run = prepare(shape, size)
    gc.collect()
    start = time.perf_counter()
    frame = run()
    seconds = time.perf_counter() - start
    assert len(frame) == size, len(frame)
    print(json.dumps({"seconds": seconds, "peak": _peak_bytes()}))


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # of this program alone; ru_maxrss also counts what it was forked from
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def server(shape: str, sizes: list[int]) -> Iterator[str]:
    built = [f"{shape}:{size}" for size in {WARM_UP, *sizes}]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), *built],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        yield process.stdout.readline().split()[1]
    finally:
        process.stdin.close()
        process.wait()


def measure(candidate: str, url: str, shape: str, size: int) -> dict[str, float]:
    command = [
        sys.executable,
        __file__,
        "--child",
        candidate,
        "--url",
        url,
        "--shape",
        shape,
        "--sizes",
        str(size),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
    if done.returncode:
        raise SystemExit(f"{candidate} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(shape: str, sizes: list[int], rounds: int, candidates: list[str]) -> tuple[list[str], bool]:
    """The lines, and whether a limit was missed."""
    runs: dict[tuple[str, int], list[dict[str, float]]] = {}
    with server(shape, sizes) as url:
        for size in sizes:
            for _ in range(rounds):
                for candidate in candidates:
                    runs.setdefault((candidate, size), []).append(measure(candidate, url, shape, size))
    lines = [f"{shape}, medians of {rounds}", f"{'':24}" + "".join(f"{size:>30,}" for size in sizes)]
    for candidate in candidates:
        cells = []
        for size in sizes:
            seconds, peak = (_median(runs[candidate, size], key) for key in ("seconds", "peak"))
            base_seconds, base_peak = (_median(runs[candidates[0], size], key) for key in ("seconds", "peak"))
            cells.append(f"{seconds:9.3f} s {seconds / base_seconds:4.2f}x")
            cells.append(f"{peak / 1e6:6.0f} MB {peak / base_peak:4.2f}x")
        lines.append(f"{candidate:24}" + "".join(cells))
    missed = []
    if shape == LIMITED[0] and LIMITED[1] in sizes and {"by hand", "nangonb._dryrun"} <= set(candidates):
        for key, limit in LIMITS.items():
            ours, base = (_median(runs[name, LIMITED[1]], key) for name in ("nangonb._dryrun", "by hand"))
            if ours > limit * base:
                missed.append(f"MISSED: {key} at {LIMITED[1]:,}: {ours / base:.3f}x, at most {limit}x")
    return lines + missed, bool(missed)


def _median(runs: list[dict[str, float]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="2000,20000,200000,1000000")
    parser.add_argument("--shape", choices=MAPS, default="flat")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--candidates", default=",".join(CANDIDATES), help="the first one is the measure of the others"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.child:
        child(options.child, options.url, options.shape, sizes[0])
        return 0
    lines, missed = table(options.shape, sizes, options.rounds, options.candidates.split(","))
    print("\n".join(lines))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
