"""What a TypeScript script costs, against the same script in Python.

``python benchmarks/typescript.py [--records 200000] [--calls 10000] [--rounds 3]``

One process, both languages in turn; medians. Limits of the issue tracker: the first TypeScript dry run starts
within 0.5 s of the script's own time and later ones within 50 ms, records take at most 1.5 times as long,
and a call stays under 0.3 ms on top of the server's time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from dryrun import MODELS, YAML  # noqa: E402
from server import CONNECTION, QUERY  # noqa: E402

from tests.sessions import Session  # noqa: E402

PYTHON = f"""%%nango_sync contacts
def fetch_data(nango):
    endpoint, params = "{QUERY}", {{"q": "flat SIZE"}}
    while True:
        data = nango.get(endpoint, params=params).data
        nango.batch_save([to_contact(record) for record in data["records"]], "Contact")
        if data["done"]:
            break
        endpoint, params = data["nextRecordsUrl"], {{}}

def to_contact(record):
    return {{
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }}
"""
TYPESCRIPT = f"""%%nango_sync_ts contacts
import type {{ NangoSync, Contact }} from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {{
    let endpoint = '{QUERY}';
    let params: any = {{ q: 'flat SIZE' }};
    while (true) {{
        const {{ data }} = await nango.get({{ endpoint, params }});
        await nango.batchSave(data.records.map(toContact), 'Contact');
        if (data.done) {{
            break;
        }}
        [endpoint, params] = [data.nextRecordsUrl, {{}}];
    }}
}}

function toContact(record: any): Contact {{
    return {{
        id: record.Id,
        first_name: record.FirstName,
        last_name: record.LastName,
        email: record.Email,
        account_id: record.AccountId,
        last_modified_date: record.LastModifiedDate
    }};
}}
"""
EMPTY = "%%nango_sync_ts contacts\nexport default async function fetchData(nango: any) {}\n"
EMPTY_PYTHON = "%%nango_sync contacts\ndef fetch_data(nango):\n    pass\n"
GET = "{ endpoint: '" + QUERY + "', params: { q: 'flat 1' } }"
CALLS = {
    "log": ("nango.log('line')", "await nango.log('line');"),
    "get": (f"nango.get('{QUERY}', params={{'q': 'flat 1'}})", f"await nango.get({GET});"),
}
LOOP_PYTHON = "%%nango_sync contacts\ndef fetch_data(nango):\n    for n in range(COUNT):\n        CALL\n"
LOOP = (
    "%%nango_sync_ts contacts\nexport default async function fetchData(nango: any) {\n"
    "    for (let n = 0; n < COUNT; n++) { CALL }\n}\n"
)


@contextmanager
def served(*sizes: int) -> Iterator[str]:
    command = [sys.executable, str(HERE / "server.py"), *(f"flat:{size}" for size in sizes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stdin is not None
        yield server.stdout.readline().split()[1]
        server.stdin.close()


def timed(session: Session, cell: str) -> float:
    session.declare(cell, label="a cell")
    started = time.perf_counter()
    session.dryrun("contacts", CONNECTION)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    missed = []

    def row(what: str, value: str, limit: str, kept: bool) -> None:
        print(f"{what:<44} {value:>10}   limit {limit}{'' if kept else '   MISSED'}")
        missed.extend([] if kept else [what])

    with served(options.records, 1) as url:
        os.environ.update(NANGO_HOSTPORT=url, NANGO_SECRET_KEY_DEV="bench-key")
        session = Session()
        session.declare(YAML + MODELS["flat"], label="yaml")
        timed(session, EMPTY_PYTHON)  # imports
        first = timed(session, EMPTY)
        row("first TypeScript dry run", f"{first * 1000:.0f} ms", "500 ms", first < 0.5)
        later = statistics.median(timed(session, EMPTY) for _ in range(20))
        row("later ones", f"{later * 1000:.1f} ms", "50 ms", later < 0.05)
        times: dict[str, list[float]] = {"python": [], "typescript": []}
        for _ in range(options.rounds):
            for name, text in (("python", PYTHON), ("typescript", TYPESCRIPT)):
                times[name].append(timed(session, text.replace("SIZE", str(options.records))))
        python, typescript = (statistics.median(each) for each in times.values())
        ratio = typescript / python
        print(f"{options.records:,} records: Python {python:.2f} s, TypeScript {typescript:.2f} s")
        row("records, TypeScript against Python", f"{ratio:.2f}x", "1.5x", ratio < 1.5)
        for name, pair in CALLS.items():
            cells = [
                loop.replace("COUNT", str(options.calls)).replace("CALL", call)
                for loop, call in zip((LOOP_PYTHON, LOOP), pair, strict=True)
            ]
            each = [
                statistics.median(timed(session, cell) for _ in range(options.rounds)) / options.calls * 1000
                for cell in cells
            ]
            said = f"Python {each[0]:.3f} ms, TypeScript {each[1]:.3f} ms a call"
            print(f"{options.calls:,} calls of {name}: {said}")
            on_top = each[1] if name == "log" else each[1] - each[0]
            row(f"a call of {name}, on top of the server's time", f"{on_top:.3f} ms", "0.3 ms", on_top < 0.3)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
