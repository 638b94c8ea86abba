"""A dry run of 20,000 contacts, against the real ``nango dryrun`` (0.69.14) of the same script.

``python benchmarks/against_nango.py [--size 20000] [--rounds 5]``

The script is written in Python; what the real CLI runs is exported from it. All read the same API, the fake
Salesforce of ``shared/perf`` beside the checkout. Measured are the whole command ``nango dryrun``, the whole
command ``nangonb dryrun --json``, and ``%nango_dryrun`` in a kernel that has run it before, from sending the
cell until the kernel is idle. They take turns, and the medians are compared.

Ends with 1 where the command is less than 5 times faster, or the kernel less than 20 times. Without Node, npm
or that folder there is nothing to compare with; it says so and ends with 0.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from dryrun import MODELS, YAML  # noqa: E402
from server import QUERY  # noqa: E402

from tests.exporting import export  # noqa: E402
from tests.interop.npm import YAML_CLI, NangoCli, NpmError  # noqa: E402
from tests.kernel import Kernel  # noqa: E402
from tests.sessions import Session  # noqa: E402

FAKE: Final = ROOT.parent / "shared" / "perf" / "fake_salesforce.py"
CONNECTION: Final = "conn-1"
KEY: Final = "00000000-0000-4000-8000-000000000000"  # the CLI wants a UUID
LIMITS: Final = {"nangonb dryrun --json": 5, "%nango_dryrun, warm": 20}

SCRIPT: Final = """%%nango_sync contacts
def to_contact(record: dict):
    return {
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }


def fetch_data(nango):
    endpoint = "QUERY?q=SELECT&n=SIZE"
    while endpoint is not None:
        data = nango.get(endpoint).data
        nango.batch_save([to_contact(record) for record in data["records"]], "Contact")
        endpoint = data.get("nextRecordsUrl")
"""


def cells(size: int) -> list[str]:
    return [YAML + MODELS["flat"], SCRIPT.replace("QUERY", QUERY).replace("SIZE", str(size))]


@contextmanager
def salesforce(size: int) -> Iterator[str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(FAKE), "--port", str(port), "--warm", str(size)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline() == "ready\n", "the fake Salesforce did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


# --- the candidates: each gives the seconds of one run


def real_cli(folder: Path, url: str, size: int) -> Callable[[], float]:
    session = Session()
    for number, cell in enumerate(cells(size), 1):
        session.declare(cell, label=f"Cell In[{number}]")
    export(session.project, folder, layout="nango-yaml")
    cli = NangoCli(YAML_CLI)

    def run() -> float:
        done = cli.dryrun(folder, "contacts", CONNECTION, url, KEY, "--integration-id", "salesforce")
        saved = len(done.records.get("Contact", ()))
        assert saved == size, f"{saved} records\n{done.text[:2000]}"
        return done.seconds

    return run


def command(folder: Path, url: str, size: int) -> Callable[[], float]:
    notebook = folder / "contacts.ipynb"
    content = [
        {
            "cell_type": "code",
            "id": f"cell{n}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": cell,
        }
        for n, cell in enumerate(cells(size))
    ]
    notebook.write_text(json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    words = [sys.executable, "-m", "nangonb", "dryrun", str(notebook), "contacts", CONNECTION, "--json"]

    def run() -> float:
        start = time.perf_counter()
        done = subprocess.run(words, cwd=folder, env=environment(url), capture_output=True)
        seconds = time.perf_counter() - start
        assert done.returncode == 0, done.stderr.decode()
        saved = json.loads(done.stdout)["counts"]["added"]
        assert saved == size, f"{saved} records"
        return seconds

    return run


def warm(kernel: Kernel, size: int) -> Callable[[], float]:
    for cell in ("%load_ext nangonb", *cells(size)):
        kernel.run(cell).check()
    cell = f"%nango_dryrun contacts {CONNECTION}"
    kernel.run(cell).check()

    def run() -> float:
        start = time.perf_counter()
        result = kernel.run(cell).check()
        seconds = time.perf_counter() - start
        assert re.search(rf"\b{size:,}\b", result.text), result.text
        return seconds

    return run


def environment(url: str) -> dict[str, str]:
    # what is installed has its bytecode beside it: the first run, which is not timed, writes it
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "NANGO_HOSTPORT": url, "NANGO_SECRET_KEY_DEV": KEY}


# --- measuring


def measure(size: int, rounds: int) -> dict[str, float]:
    """Medians, in seconds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(salesforce(size))
        for name in ("cli", "command", "kernel"):
            (folder / name).mkdir()
        kernel = stack.enter_context(closing(Kernel(folder / "kernel", environment(url))))
        candidates = {
            "nango dryrun": real_cli(folder / "cli", url, size),
            "nangonb dryrun --json": command(folder / "command", url, size),
            "%nango_dryrun, warm": warm(kernel, size),
        }
        runs: dict[str, list[float]] = {name: [] for name in candidates}
        for number in range(-1, rounds):
            for name, run in candidates.items():
                seconds = run()
                if number >= 0:  # the first brings files into the cache of the system
                    runs[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in runs.items()}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not FAKE.is_file():
        print(f"skipped: {FAKE.relative_to(ROOT.parent)} is not beside the checkout")
        return 0
    try:
        medians = measure(options.size, options.rounds)
    except NpmError as error:
        print(f"skipped: {error}")
        return 0
    print(f"{options.size:,} contacts, medians of {options.rounds}")
    base, missed = medians["nango dryrun"], False
    for name, seconds in medians.items():
        faster, limit = base / seconds, LIMITS.get(name)
        said = "" if limit is None else f"  at least {limit}" + ("" if faster >= limit else ": MISSED")
        missed |= limit is not None and faster < limit
        print(f"{name:24}{seconds:8.3f} s {faster:6.1f} times as fast{said}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
