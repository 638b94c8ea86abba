"""What the translation to TypeScript costs, against what Python itself needs for the same text.

``python benchmarks/translate.py [--lines 200] [--rounds 30]``

The script is a sync of so many lines. ``ast.parse`` and ``compile`` of the same text take turns with the
translation, so that a busy moment of the machine meets all; the medians are compared. Then the quickstart is
exported in both layouts: in this process, warm, and as the command ``nangonb export``, start included.
"""

from __future__ import annotations

import argparse
import ast
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from nangonb._folders import read  # noqa: E402
from nangonb._project import NANGO_YAML, ZERO_YAML  # noqa: E402
from nangonb._translate import translate  # noqa: E402
from tests.exporting import export  # noqa: E402
from tests.sessions import Session  # noqa: E402

QUICKSTART = ROOT / "notebooks" / "quickstart.ipynb"
YAML = """%%nango_yaml models
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
models:
  Contact:
    id: string
    name: string
    email: string | null
    tags: string[]
    changed_at: string
"""
HEAD = """%%nango_sync contacts
from datetime import datetime, timedelta

from nangonb import HTTPError, NangoSync
from nangonb.models import Contact

PATH = "/services/data/v53.0/query"


def fetch_data(nango: NangoSync) -> None:
    for number in range(3):
        nango.log(f"Round {number}")
"""
CALL = "    save_{n}(nango, nango.last_sync_date)\n"
BLOCK = '''

def save_{n}(nango: NangoSync, since: datetime | None) -> None:
    """Kind {n}."""
    query = "SELECT Id, Name, Email, Tags FROM Contact"
    if since is not None:
        query += f" WHERE LastModifiedDate > {{(since - timedelta(minutes=5)).isoformat()}}"
    seen: dict[str, int] = {{}}
    for records in nango.paginate(PATH, params={{"q": query}}, paginate={{"type": "link"}}, retries=3):
        contacts = [to_contact_{n}(record) for record in records if record.get("Email")]
        for contact in contacts:
            domain = contact["email"].split("@")[-1].lower() if contact["email"] else "none"
            seen[domain] = seen.get(domain, 0) + 1
        nango.batch_save(contacts, "Contact")
    try:
        total = nango.get(PATH, params={{"q": "SELECT COUNT() FROM Contact"}}).data["totalSize"]
    except HTTPError as error:
        raise nango.ActionError("No count", status=error.status) from error
    top = sorted(seen.items(), key=lambda item: item[1], reverse=True)[:3]
    nango.log(f"{{total}} contacts, most of them at {{', '.join(name for name, _ in top)}}")


def to_contact_{n}(record: dict) -> Contact:
    return {{
        "id": record["Id"],
        "name": record["Name"].strip(),
        "email": record["Email"],
        "tags": [tag for tag in (record["Tags"] or []) if tag != "hidden"],
        "changed_at": record["LastModifiedDate"][:10],
    }}
'''


def script(lines: int) -> str:
    """The cell of a sync that has about so many lines."""
    count = max(1, round((lines - HEAD.count("\n")) / (BLOCK.count("\n") + 1)))
    calls = "".join(CALL.format(n=n) for n in range(count))
    return HEAD + calls + "".join(BLOCK.format(n=n) for n in range(count))


def milliseconds(call: Callable[[], object]) -> float:
    """Of the processor, this process and those it ran: what else the machine does is not counted."""
    start, others = time.process_time(), sum(os.times()[2:4])
    call()
    return (time.process_time() - start + sum(os.times()[2:4]) - others) * 1000


def medians(candidates: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Milliseconds of each; they take turns, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, call in candidates.items():
            once = milliseconds(call)
            if number:
                taken[name].append(once)
    return {name: statistics.median(each) for name, each in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()

    session = Session()
    session.declare(YAML, label="models")
    session.declare(script(options.lines), label="contacts")
    project = session.project
    declared = project.script("contacts", "salesforce")
    text = declared.source.body
    found = translate(project, declared)
    if not found.ok:
        sys.exit("\n".join(str(problem) for problem in found.problems))
    times = medians(
        {
            "ast.parse + compile": lambda: compile(ast.parse(text), "contacts", "exec"),
            "nango-yaml": lambda: translate(project, declared, NANGO_YAML),
            "zero-yaml": lambda: translate(project, declared, ZERO_YAML),
        },
        options.rounds,
    )
    peer = times["ast.parse + compile"]
    print(f"a script of {len(text.splitlines())} lines, {len(found.code.splitlines())} in TypeScript")
    for name, taken in times.items():
        print(f"{name:22} {taken:8.1f} ms {taken / peer:8.1f} x")

    print("export of the quickstart")
    with tempfile.TemporaryDirectory() as folder:
        for layout in ("nango-yaml", "zero-yaml"):
            place = Path(folder) / layout
            warm = medians(
                {layout: lambda p=place, by=layout: export(read([QUICKSTART]), p, layout=by)}, options.rounds
            )
            command = [sys.executable, "-m", "nangonb", "export", str(QUICKSTART)]
            command += [f"{place}-command", "--layout", layout]
            cold = medians(
                {layout: lambda c=command: subprocess.run(c, cwd=ROOT, check=True, capture_output=True)}, 5
            )
            print(f"{layout:22} {warm[layout]:8.1f} ms, as a command {cold[layout]:8.1f} ms")


if __name__ == "__main__":
    main()
