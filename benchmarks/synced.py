"""What a deployed sync costs in the sandbox, against its dry run.

``python benchmarks/synced.py [--rows 200000] [--state DIR]``

A sandbox with so many contacts; a sync of them is dry run, deployed and run: all records land. Then one of
a hundred is mapped otherwise, and the sync is deployed and run again. Limits of the issue tracker: at most
twice the time of the dry run, and the second run changes only those.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tests.sessions import Session  # noqa: E402

SYNC, MODEL, CONNECTION = "every-contact", "EveryContact", "conn-1"
YAML = f"""%%nango_yaml
integrations:
  salesforce:
    syncs:
      {SYNC}: {{runs: every day, output: {MODEL}, endpoint: GET /every-contact, auto_start: false}}
models:
  {MODEL}: {{id: string, name: string, email: string | null, mark: boolean}}
"""
SCRIPT = f"""%%nango_sync_ts {SYNC}
import type {{ NangoSync, {MODEL} }} from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {{
    let endpoint = '/services/data/v53.0/query';
    let params: any = {{ q: 'SELECT Id, Name, Email FROM Contact' }};
    let count = 0;
    while (true) {{
        const {{ data }} = await nango.get({{ endpoint, params }});
        const contacts: {MODEL}[] = data.records.map((record: any) => ({{
            id: record.Id,
            name: record.Name,
            email: record.Email,
            mark: MARK
        }}));
        await nango.batchSave(contacts, '{MODEL}');
        if (data.done) {{
            break;
        }}
        [endpoint, params] = [data.nextRecordsUrl, {{}}];
    }}
}}
"""


@contextmanager
def sandbox(rows: int, state: str | None) -> Iterator[None]:
    more = [] if state is None else ["--state", state]
    command = [sys.executable, "-m", "nangonb.sandbox", "--until-stdin-closes", "--rows", str(rows), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        ready = re.fullmatch(r"ready (\S+) key (\S+)\n", process.stdout.readline())
        assert ready is not None
        os.environ.update(NANGO_HOSTPORT=ready[1], NANGO_SECRET_KEY_DEV=ready[2])
        yield
        process.stdin.close()


def deployed(session: Session, mark: str) -> None:
    session.declare(SCRIPT.replace("MARK", mark), label="the sync")
    session.deploy("dev", auto_confirm=True)


def run(session: Session) -> tuple[float, dict[str, int]]:
    """A run of the sync, awaited: its seconds, and what it did to the records."""
    (before,) = session.status(SYNC, CONNECTION).states
    started = time.perf_counter()
    session.trigger(SYNC, CONNECTION, reset=True)
    while True:
        (state,) = session.status(SYNC, CONNECTION).states
        # until this run begins the state is that of the previous one; while it runs nothing is finished
        if state.get("finishedAt") not in (None, before.get("finishedAt")):
            return time.perf_counter() - started, state["latestResult"][MODEL]
        time.sleep(0.02)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--state", metavar="DIR")
    options = parser.parse_args()
    with sandbox(options.rows, options.state):
        session = Session()
        session.declare(YAML, label="yaml")
        deployed(session, "count++ < 0")
        session.dryrun(SYNC, CONNECTION, max_requests=1)  # imports
        started = time.perf_counter()
        session.dryrun(SYNC, CONNECTION)
        dry = time.perf_counter() - started
        first, loaded = run(session)
        deployed(session, "count++ % 100 === 0")
        second, changed = run(session)
        session.close()
    share = -(-options.rows // 100)
    kept = first <= 2 * dry, changed == {"added": 0, "updated": share, "deleted": 0}
    print(f"{options.rows:,} contacts: dry run {dry:.2f} s, first run {first:.2f} s, second {second:.2f} s")
    print(f"first run against the dry run  {first / dry:.2f}x   limit 2x{'' if kept[0] else '   MISSED'}")
    print(f"the second run: {changed}, of {loaded}{'' if kept[1] else '   MISSED'}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
