"""What checking TypeScript costs after an edit, beside the first check and what a person waits at most.

``python benchmarks/checking.py [--scripts 20] [--rounds 10]``

A project of so many TypeScript syncs, in both styles. The first check starts the compiler and reads the
libraries; then one script is edited again and again and ``Session.check`` is asked, as by ``%nango_check``.
Limit of the issue tracker: an edit is checked in well under a second.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.sessions import Session

LIMIT_MS = 1000
SYNC = "      s{n}: {{runs: every day, output: Contact{n}, endpoint: GET /s{n}}}\n"
MODEL = "  Contact{n}: {{id: string, name: string}}\n"
YAML = "%%nango_yaml\nintegrations:\n  crm:\n    syncs:\n{syncs}models:\n{models}"
YAML_STYLE = """%%nango_sync_ts s{n}
import type {{ NangoSync, Contact{n} }} from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {{
    for await (const page of nango.paginate<Contact{n}>({{ endpoint: '/x', retries: 3 }})) {{
        await nango.batchSave(page.map((one) => ({{ id: one.id, name: one.name.trim() }})), 'Contact{n}');
    }}
    await nango.log('edit {edit}');{slip}
}}
"""
ZERO_STYLE = """%%nango_sync_ts z{n} --integration-id crm
import {{ createSync }} from 'nango';
import * as z from 'zod';

const Row = z.object({{ id: z.string(), name: z.string().nullable(), tags: z.array(z.string()).optional() }});

export default createSync({{
    description: 'Rows', frequency: 'every day', models: {{ Row{n}: Row }},
    checkpoint: z.object({{ cursor: z.string() }}),
    exec: async (nango) => {{
        const checkpoint = await nango.getCheckpoint();
        for await (const page of nango.paginate<z.infer<typeof Row>>({{ endpoint: `/x?${{checkpoint}}` }})) {{
            await nango.batchSave(page, 'Row{n}');
        }}
        await nango.log('edit {edit}');{slip}
    }}
}});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scripts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()

    missed = False
    for style, text in (("with nango.yaml", YAML_STYLE), ("with createSync", ZERO_STYLE)):
        session = Session()
        if text is YAML_STYLE:
            parts = {
                name: "".join(line.format(n=n) for n in range(options.scripts))
                for name, line in (("syncs", SYNC), ("models", MODEL))
            }
            session.declare(YAML.format(**parts), label="yaml")
        for number in range(options.scripts):
            session.declare(text.format(n=number, edit=0, slip=""), label=f"script {number}")
        first = _milliseconds(session, expected=0)
        taken = []
        for edit in range(1, options.rounds + 1):
            slip = " const slip: number = 'x';" if edit % 2 else ""
            session.declare(text.format(n=0, edit=edit, slip=slip), label="script 0")
            taken.append(_milliseconds(session, expected=2 if slip else 0))
        again = _milliseconds(session, expected=0 if options.rounds % 2 == 0 else 2)
        median, most = statistics.median(taken), max(taken)
        missed = missed or median > LIMIT_MS
        print(
            f"{style}: {options.scripts} scripts, first check {first:,.0f} ms; "
            f"after an edit {median:,.0f} ms (at most {most:,.0f}); unchanged {again:,.1f} ms"
        )
    if missed:
        sys.exit(f"an edit takes more than {LIMIT_MS} ms")


def _milliseconds(session: Session, *, expected: int) -> float:
    """Of one check, whose problems are counted."""
    start = time.perf_counter()
    problems = session.check().problems
    taken = (time.perf_counter() - start) * 1000
    if len(problems) != expected:
        sys.exit("\n".join(map(str, problems)) or "The slip was not found.")
    return taken


if __name__ == "__main__":
    main()
