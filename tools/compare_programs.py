"""Runs generated scripts in Python and, translated, in Node, and says how many differ.

    python tools/compare_programs.py 20000 [--first N] [--types]

Programs are numbered: the same number is the same program always. It runs in batches, tells how far it is
on stderr, and ends with status 1 where programs differ. One that does is printed with both results.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.programs.compared import compare

_BATCH = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("count", type=int, help="how many programs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--types", action="store_true", help="compile them, too")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    last = options.first + options.count
    for start in range(options.first, last, _BATCH):
        found = compare(range(start, min(start + _BATCH, last)), types=options.types)
        total.update(equal=found.equal, loud=found.loud, empty=found.empty, different=len(found.different))
        for text in found.different:
            print(f"{text}\n")
        shown = ", ".join(f"{count:,} {what}" for what, count in total.items())
        print(f"{start + _BATCH - options.first:,}: {shown}", file=sys.stderr, flush=True)
    print(", ".join(f"{count:,} {what}" for what, count in total.items()))
    return 1 if total["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
