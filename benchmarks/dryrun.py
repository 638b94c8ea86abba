"""What a dry run costs, against the loop that one would write by hand.

``python benchmarks/dryrun.py [--sizes 2000,20000,200000] [--shape flat|wide|nested] [--rounds 5]``

Every measurement is a fresh process: imports and one small run first, then the clock. Candidates take turns, so that
a busy moment of the machine meets all of them. Peak memory is the process' own, imports included.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

QUERY = "/services/data/v53.0/query"
WARM_UP = 2000


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


MAPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "flat": to_contact,
    "wide": to_wide,
    "nested": to_nested,
}


def model_of(shape: str) -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    names = ["id", "first_name", "last_name", "email", "account_id", "last_modified_date"]
    if shape == "wide":
        parts = [text, number, number, {"type": "boolean"}, {"type": "string", "format": "date-time"}]
        parts.append({"type": ["number", "null"]})
        fields: dict[str, Any] = {f"field{column:03d}__c": parts[column % 6] for column in range(199)}
        fields = {"id": text, **fields}
    else:
        fields = {name: text for name in names}
        fields["email"] = {"type": ["string", "null"]}
    required = list(fields)
    if shape == "nested":
        fields["address"] = _object(
            street=text,
            geo=_object(
                lat=number,
                points={"type": "array", "items": _object(x=number, y={"type": ["number", "null"]})},
            ),
        )
        fields["tags"] = {"type": "array", "items": text}
        required = list(fields)
        fields["owner"] = _object(id=number, team=_object(name=text, lead=_object(id=number)))
    model = {"type": "object", "properties": fields, "required": required, "additionalProperties": False}
    return {"$ref": "#/definitions/Contact", "definitions": {"Contact": model}}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


# --- the candidates: each returns a function of (shape, size) that makes the DataFrame

Run = Callable[[str, int], Any]


def by_hand(url: str) -> Run:
    """httpx, ``r.json()``, a list of dicts, ``pd.DataFrame``."""
    import httpx
    import pandas as pd

    client = httpx.Client(base_url=url)

    def run(shape: str, size: int) -> Any:
        convert, rows = MAPS[shape], []
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


def records_package(url: str) -> Run:
    """The same loop over ``nangonb.records``: what the dry run is built of, without the rest of it."""
    import httpx
    import pandas  # noqa: F401

    from nangonb.records import RecordBuffer, decode, relaxed_gc

    client = httpx.Client(base_url=url)

    def run(shape: str, size: int) -> Any:
        convert, schema = MAPS[shape], model_of(shape)
        fields = list(schema["definitions"]["Contact"]["properties"])
        buffer = RecordBuffer("Contact", schema, fields=fields)
        endpoint, params = QUERY, {"q": f"{shape} {size}"}
        with relaxed_gc():
            while True:
                response = client.get(endpoint, params=params)
                response.raise_for_status()
                data = decode(response.content)
                buffer.save([convert(record) for record in data["records"]])
                if data["done"]:
                    break
                endpoint, params = data["nextRecordsUrl"], {}
        assert not buffer.validation, buffer.validation.rows
        return buffer.frame()

    return run


CANDIDATES: dict[str, Callable[[str], Run]] = {
    "by hand": by_hand,
    "nangonb.records": records_package,
}


# --- measuring


def child(candidate: str, url: str, shape: str, size: int) -> None:
    run = CANDIDATES[candidate](url)
    run(shape, WARM_UP)
    gc.collect()
    start = time.perf_counter()
    frame = run(shape, size)
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


def table(shape: str, sizes: list[int], rounds: int, candidates: list[str]) -> list[str]:
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
            cells.append(
                f"{seconds:9.3f} s {seconds / base_seconds:4.2f}x {peak / 1e6:5.0f} MB {peak / base_peak:4.2f}x"
            )
        lines.append(f"{candidate:24}" + "".join(cells))
    return lines


def _median(runs: list[dict[str, float]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="2000,20000,200000")
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
    else:
        print("\n".join(table(options.shape, sizes, options.rounds, options.candidates.split(","))))


if __name__ == "__main__":
    main()
