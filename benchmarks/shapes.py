"""What other records than flat contacts cost: wide, nested, with 64-bit ids and dates, half of them wrong.

``python benchmarks/shapes.py [--rounds 5]``

Each is a dry run (``nangonb.dryrun(...).df`` in a warm process) of much JSON. What is compared is the time
for a value: each text, number, boolean, null, list and object counts, once where it is sent and once where
it is saved. Records of contacts' size are compared one by one, too. Beside it is the loop by hand over the
same records, against the same loop over flat ones. The quickest of all rounds counts.

First, smaller runs show that the results are right: what was saved is what was sent, 64-bit ids keep all
digits as numbers, the summary of many wrong records is one row. Ends with 1 where something takes more than
twice the time of flat records.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import dryrun
from server import SHAPES, _json

LIMIT: Final = 2.0
SMALL: Final = 4_000
SIZES: Final = {"flat": 200_000, "wide": 8_000, "nested": 100_000, "numbers": 200_000, "broken": 200_000}
#: Those whose records are as long as a contact.
ONE_BY_ONE: Final = ("numbers", "broken")


# --- right


def check(url: str, shape: str) -> None:
    """Raises AssertionError where a dry run gives anything else than the loop."""
    import nangonb

    run = dryrun.dry_run(url)(shape, SMALL)
    frame = run()
    result = nangonb.last_dryrun()
    expected = [dryrun.MAPS[shape](SHAPES[shape](number)) for number in range(SMALL)]
    assert result.records["Contact"] == expected, f"{shape}: other records"
    assert list(frame["id"]) == [record["id"] for record in expected], f"{shape}: other ids"
    if shape == "numbers":
        assert {name: str(frame[name].dtype) for name in ("id", "owner_id", "amount", "quantity")} == {
            "id": "Int64",
            "owner_id": "Int64",
            "amount": "Float64",
            "quantity": "Int64",
        }
    if shape == "broken":
        rows = result.validation
        assert len(rows) == 1 and rows["count"][0] == SMALL // 2 and rows["path"][0] == "email", rows
        print(f"{shape}, of {SMALL:,}:\n{rows.to_string()}\n")


# --- measuring


def values(value: Any) -> int:
    """How many JSON values there are in one, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(values, value.values()))
    return 1 + sum(map(values, value)) if isinstance(value, list) else 1


def units(shape: str) -> tuple[float, float]:
    """Values of a record, sent and saved, and its bytes as it is sent, on average."""
    sent = [SHAPES[shape](number) for number in range(1_000)]
    saved = map(dryrun.MAPS[shape], sent)
    return sum(map(values, [*sent, *saved])) / 1_000, len(_json(sent)) / 1_000


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield {
            shape: stack.enter_context(dryrun.server(shape, [SMALL, size])) for shape, size in SIZES.items()
        }


def measure(urls: dict[str, str], rounds: int) -> dict[tuple[str, str], float]:
    """(candidate, shape) → seconds, of the quickest run."""
    runs: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for candidate in ("by hand", "nangonb._dryrun"):
            for shape, size in SIZES.items():
                found = dryrun.measure(candidate, urls[shape], shape, size)["seconds"]
                runs.setdefault((candidate, shape), []).append(found)
    return {key: min(seconds) for key, seconds in runs.items()}


def report(seconds: dict[tuple[str, str], float], rounds: int) -> int:
    missed = 0
    print(f"the quickest of {rounds}; x is the ratio to flat records")
    head = ("", "records", "time", "a record", "a byte", "a value", "a value, by hand")
    print("".join(f"{name:>{20 if 'hand' in name else 12}}" for name in head))
    for shape, size in SIZES.items():
        shares = []
        for candidate in ("nangonb._dryrun", "by hand"):
            flat, own = seconds[candidate, "flat"] / SIZES["flat"], seconds[candidate, shape] / size
            flat_values, flat_bytes = units("flat")
            own_values, own_bytes = units(shape)
            shares.append(
                (own / flat, own / own_bytes * flat_bytes / flat, own / own_values * flat_values / flat)
            )
        (record, byte, value), (_, _, by_hand) = shares
        over = max(value, record if shape in ONE_BY_ONE else 0) > LIMIT
        missed |= over
        print(
            f"{shape:>12}{size:12,}{seconds['nangonb._dryrun', shape]:10.3f} s"
            f"{record:11.2f}x{byte:11.2f}x{value:11.2f}x{by_hand:19.2f}x" + ("  MISSED" if over else "")
        )
    return int(missed)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with servers() as urls:
        for shape, url in urls.items():
            os.environ["NANGO_HOSTPORT"] = url
            check(url, shape)
        return report(measure(urls, options.rounds), options.rounds)


if __name__ == "__main__":
    sys.exit(main())
