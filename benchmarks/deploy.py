"""How long a deployment takes: checks, types, bundles, loading, and both requests.

``python benchmarks/deploy.py [--scripts 40] [--rounds 3]``

Against a server on loopback that takes everything; medians. Limits of the issue tracker: the plan of 40
scripts within 2 s once the compilers are warm, and the quickstart as a command, from its start to its end,
within 3 s.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tests.sessions import Session  # noqa: E402

YAML = "%%nango_yaml\nintegrations:\n  crm:\n    syncs:\n{syncs}models:\n{models}"
ENTRY = (
    "      {name}:\n        runs: every day\n        output: Contact{number}\n        endpoint: GET /{name}\n"
)
PYTHON = """%%nango_sync {name}
def fetch_data(nango):
    for page in nango.paginate("/contacts", retries=3):
        nango.batch_save([{{"id": record["Id"]}} for record in page], "Contact{number}")
    nango.log("{name} is done")
"""
TYPESCRIPT = """%%nango_sync_ts {name}
import type {{ NangoSync, Contact{number} }} from '../../models';
import {{ toId }} from '../../helpers/ids.js';

export default async function fetchData(nango: NangoSync): Promise<void> {{
    for await (const page of nango.paginate<any>({{ endpoint: '/contacts', retries: 3 }})) {{
        const contacts: Contact{number}[] = page.map((record: any) => ({{ id: toId(record) }}));
        await nango.batchSave(contacts, 'Contact{number}');
    }}
    await nango.log('{name} is done');
}}
"""
ZERO = """%%nango_sync_ts {name} --integration-id crm
import {{ createSync }} from 'nango';
import * as z from 'zod';
import {{ toId }} from '../../helpers/ids.js';

const Contact{number} = z.object({{ id: z.string() }});

export default createSync({{
    description: '{name}',
    version: '1.0.0',
    frequency: 'every day',
    autoStart: true,
    syncType: 'full',
    models: {{ Contact{number} }},
    exec: async (nango) => {{
        for await (const page of nango.paginate<any>({{ endpoint: '/contacts', retries: 3 }})) {{
            await nango.batchSave(page.map((record: any) => ({{ id: toId(record) }})), 'Contact{number}');
        }}
    }}
}});
"""
MODULE = (
    "%%nango_module_ts helpers/ids\nexport function toId(record: any): string {\n    return record.Id;\n}\n"
)


class Taking(BaseHTTPRequestHandler):
    """A Nango that takes every deployment."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        flows = [
            {"name": flow["syncName"], "providerConfigKey": flow["providerConfigKey"], "type": flow["type"]}
            for flow in body["flowConfigs"]
        ]
        self._answer(flows if body["reconcile"] else {"newSyncs": flows})

    def do_GET(self) -> None:
        self._answer([])

    def _answer(self, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def declared(cells: list[str]) -> Session:
    session = Session()
    for number, cell in enumerate(cells):
        session.declare(cell, label=f"Cell In[{number + 1}]")
    return session


def timed(session: Session, edited: str, label: str) -> float:
    """Of a plan, after one cell was edited, so that nothing is answered from memory alone."""
    session.declare(edited, label=label)
    started = time.perf_counter()
    session.deploy("dev", plan=True)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scripts", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    missed = []

    def row(what: str, seconds: float, limit: float | None) -> None:
        kept = limit is None or seconds < limit
        said = "" if limit is None else f"   limit {limit:g} s{'' if kept else '   MISSED'}"
        print(f"{what:<52} {seconds:>6.2f} s{said}")
        missed.extend([] if kept else [what])

    names = [f"sync-{number}" for number in range(options.scripts)]
    yaml = YAML.format(
        syncs="".join(ENTRY.format(name=name, number=number) for number, name in enumerate(names)),
        models="".join(f"  Contact{number}:\n    id: string\n" for number in range(len(names))),
    )
    half = len(names) // 2
    mixed = [yaml, MODULE]
    mixed += [
        (PYTHON if number < half else TYPESCRIPT).format(name=name, number=number)
        for number, name in enumerate(names)
    ]
    zero = [MODULE] + [ZERO.format(name=name, number=number) for number, name in enumerate(names)]
    with served() as url:
        os.environ.update(NANGO_HOSTPORT=url, NANGO_SECRET_KEY_DEV="bench-key")
        for what, cells in (("Python and TypeScript", mixed), ("createSync", zero)):
            session, last = declared(cells), f"Cell In[{len(cells)}]"
            first = timed(session, cells[-1], last)
            times = [timed(session, f"{cells[-1]}// {n}\n", last) for n in range(options.rounds)]
            row(f"the first plan of {len(names)} scripts, {what}", first, None)
            row("  a plan once it is warm, one cell edited", statistics.median(times), 2)
            session.close()
        command = [sys.executable, "-m", "nangonb", "deploy", str(ROOT / "notebooks" / "quickstart.ipynb")]
        times = []
        for _ in range(options.rounds):
            started = time.perf_counter()
            subprocess.run(
                [*command, "dev", "--auto-confirm"],
                check=True,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            times.append(time.perf_counter() - started)
        row("the quickstart deployed, as a command", statistics.median(times), 3)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
