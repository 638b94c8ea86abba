"""How long ``nangonb test`` takes for many scripts with saved responses.

``python benchmarks/replays.py [--replays 500]``

Copies of the templates of the tests (createSync and createAction with zod, pages, checkpoints), as many
integrations as it takes; and the same number of scripts in Python for comparison. The limit of the issue
tracker is 60 s for 500 replays.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parent / "tests" / "replays" / "templates"
PYTHON = """def fetch_data(nango):
    for page in nango.paginate("/items", paginate={
        "type": "cursor", "cursor_path_in_response": "next", "cursor_name_in_request": "after",
        "response_path": "items",
    }):
        nango.batch_save([{"id": str(item["id"]), "name": item["name"].strip()} for item in page], "Item")
"""


def typescript(folder: Path, replays: int) -> None:
    """A folder of layout zero-yaml with at least so many scripts."""
    names = sorted(
        path.relative_to(TEMPLATES / "hubspot") for path in (TEMPLATES / "hubspot").glob("*s/*.ts")
    )
    lines = []
    for number in range(-(-replays // len(names))):
        integration = f"hubspot-{number:04}"
        shutil.copytree(TEMPLATES / "hubspot", folder / integration)
        lines += [f"import './{integration}/{name.with_suffix('.js').as_posix()}';\n" for name in names]
        prefixed = folder / integration / "tests" / "hubspot-whoami.test.json"
        prefixed.rename(prefixed.with_name("whoami.test.json"))
    (folder / "index.ts").write_text("".join(lines))


def python(folder: Path, replays: int) -> None:
    """A folder of layout python with so many scripts."""
    entries = []
    items = [{"id": n, "name": f" item {n} "} for n in range(4)]
    pages = [
        {"response": {"items": items[:2], "next": "b"}, "status": 200, "headers": {}, "request": {}},
        {
            "response": {"items": items[2:]},
            "status": 200,
            "headers": {},
            "request": {"params": {"after": "b"}},
        },
    ]
    rows = [{"id": str(item["id"]), "name": str(item["name"]).strip()} for item in items]
    saved = {"nango": {"batchSave": {"Item": rows}}, "api": {"get": {"/items": pages}}}
    for kind in ("syncs", "tests"):
        (folder / "acme" / kind).mkdir(parents=True)
    for number in range(replays):
        name = f"items-{number:04}"
        (folder / "acme" / "syncs" / f"{name}.py").write_text(PYTHON)
        (folder / "acme" / "tests" / f"{name}.test.json").write_text(json.dumps(saved))
        entries.append(f"      {name}: {{runs: every day, output: Item, endpoint: /items/{number}}}\n")
    head = "integrations:\n  acme:\n    syncs:\n"
    (folder / "nango.yaml").write_text(
        head + "".join(entries) + "models:\n  Item: {id: string, name: string}\n"
    )


def measure(folder: Path) -> tuple[int, float]:
    """How many replays passed, and the seconds that the whole command took."""
    command = [sys.executable, "-m", "nangonb", "test", str(folder), "--json"]
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    seconds = time.perf_counter() - started
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    failed = next((line for line in lines if not line["passed"]), None)
    if failed is not None or not lines:
        raise SystemExit(f"A replay failed: {failed or done.stderr}")
    return len(lines), seconds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replays", type=int, default=500)
    options = parser.parse_args()
    slow = False
    for name, make in (("TypeScript", typescript), ("Python", python)):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "nango-integrations"
            folder.mkdir()
            make(folder, options.replays)
            count, seconds = measure(folder)
        limit = 60 * count / 500
        slow = slow or seconds > limit
        mark = "✕" if seconds > limit else "✓"
        each = 1000 * seconds / count
        print(f"{mark} {count} replays in {name}: {seconds:.1f} s, {each:.0f} ms each (limit: {limit:.0f} s)")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
