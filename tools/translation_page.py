"""Write docs/translation.md from the translator's tables.

    python tools/translation_page.py

A test compares the page with the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nangonb._translate
from nangonb._project.codes import translation
from nangonb._sdk import METHODS
from nangonb._translate import names
from nangonb._translate.helpers import HELPERS, with_needs
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE, Row
from nangonb._translate.types import Type

PAGE = Path(__file__).resolve().parents[1] / "docs" / "translation.md"

# ruff: noqa: E501 - lines of the page

_INTRODUCTION = """\
# From Python to TypeScript

<!-- Written by tools/translation_page.py from the translator's tables. -->

Nango runs TypeScript. A dry run of a Python script runs the Python; `show`, `export` and `deploy` translate it. Wherever
the Python run succeeds, the TypeScript sends the same requests, saves the same records and logs the same texts. An
unsupported construct is a problem at its line, with a fix. The translator drops nothing and guesses nothing.

The translator does one of three things with a construct:

- It uses the idiom of TypeScript if the types guarantee the same result: `record["Id"]` → `record.Id`.
- It adds a small function to the end of the file where Python and JavaScript differ: `round(x, 2)` → `roundTo(x, 2)`.
  A file contains only the functions that it uses, each with its reason.
- It refuses the construct.

Checks that need values run with the script. Where Python continues and JavaScript cannot, for example with whole numbers
past 2^53, the script stops with a `LimitError`, which no handler of the script catches. This is also so for iterating over
a dict whose keys look like whole numbers, unless it is `sorted()`; the dry run in Python reports the place
([key-order](problems.md#key-order)). A loop over a value from outside expects a list. For text or a dict, annotate the
value: `record: dict = response.data`.
"""

_TYPES = """\
## Types

Types come from models in nango.yaml, annotations, literals and assignments. Values from outside (responses, input
without a model, metadata) are `any`: JSON of unknown type. The translator trusts annotations.

| Type | In TypeScript |
| --- | --- |
| `any` | JSON from outside |
| `bool`, `int`, `str`, `None` | `boolean`, `number`, `string`, `null` |
| `float` | `number`; it prints as `2.0` in Python and as `2` on Nango, so that its text needs a format |
| `number` | an `int` or a `float`; from a model or from outside it prints the same in both languages |
| `list`, `tuple`, `set` | arrays and `Set`; sets contain text or whole numbers |
| `dict` | objects; keys are text. The keys are known (`record`) or arbitrary (`map`) |
| `datetime` | `DateTime`, a `Date` with microseconds and an offset; in records it is the text of a `Date` |
| `date`, `timedelta`, `timezone` | text `2024-01-02`, microseconds, seconds |
| `bytes` | `Buffer` |
"""

_LIBRARY = """\
## Modules

The supported names of the standard library:
"""


def page() -> str:
    """Return the page."""
    parts = [
        _INTRODUCTION,
        _TYPES,
        _LIBRARY,
        *_modules(),
        *_nango(),
        *_operations(),
        *_builtins(),
        *_helpers(),
        *_refusals(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _modules() -> Iterator[str]:
    rows = (
        (_code(module), ", ".join(map(_code, sorted(known))))
        for module, known in sorted(names.STDLIB.items())
    )
    yield _table(("Module", "Names"), rows)


def _nango() -> Iterator[str]:
    yield "## The nango object\n"
    methods = [*METHODS, "ActionError"]
    yield "Methods: " + ", ".join(_code(f"nango.{name}") for name in methods) + ".\n"
    attributes = [name for name in TABLE.rows if name.startswith("nango.")]
    yield "Attributes: " + ", ".join(map(_code, attributes)) + ".\n"


_FAMILIES = {
    "str": "Text", "list": "Lists", "dict": "Dicts", "set": "Sets", "datetime": "datetime", "date": "datetime",
    "timedelta": "datetime", "json": "json", "math": "Numbers", "base64": "Bytes, base64 and hashes",
    "hashlib": "Bytes, base64 and hashes", "hmac": "Bytes, base64 and hashes", "hash": "Bytes, base64 and hashes",
    "bytes": "Bytes, base64 and hashes", "uuid": "Bytes, base64 and hashes", "urllib": "Addresses",
    "url-parts": "Addresses", "match": "Patterns", "response": "Responses and errors",
    "http-error": "Responses and errors", "action-error": "Responses and errors",
}  # fmt: skip
_NUMBERS = {"abs", "bool", "float", "int", "round"}


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "Types that have no row are not supported. `a`, `b`, `c` are the operands.\n"
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for operation, rows in TABLE.rows.items():
        if not operation.startswith("nango."):
            groups.setdefault(_family(operation), []).extend(_merged(operation, rows))
    for title in sorted(groups):
        yield f"### {title}\n"
        yield _table(("Python", "Types", "TypeScript"), groups[title])


def _family(operation: str) -> str:
    if operation in _NUMBERS:
        return "Numbers"
    if operation in ("str", "format"):
        return "Text"
    return _FAMILIES.get(operation.split(".")[0], "Operators")


def _merged(operation: str, rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield one line for all rows with the same emission."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_shown(row), []).append(row)
    for shown, alike in found.items():
        kinds = dict.fromkeys(", ".join(_kind(kind) for kind in row.operands) or "—" for row in alike)
        yield _code(_python(operation, len(alike[0].operands))), "; ".join(kinds), shown


def _kind(kind: Type) -> str:
    return {"anything": "anything", "small": "int", "json-number": "number"}.get(kind.kind, kind.kind)


def _shown(row: Row) -> str:
    if not isinstance(row.emission, str):
        doc = (row.emission.__doc__ or "").strip().split("\n")[0].replace("``", "`").rstrip(".")
        return doc if doc and not doc.startswith("functools") else "depends on the types"
    text = re.sub(r"\{(\d)(?::\w+)?\}", lambda match: "abcd"[int(match[1])], row.emission)
    return _code(text)


def _python(operation: str, count: int) -> str:
    operands = list("abcd"[:count])
    if operation.endswith(":attribute"):
        return f"{operands[0]}.{operation.removesuffix(':attribute').split('.')[-1]}"
    if operation == "[]":
        return "a[b]"
    if operation == "[::-1]":
        return "a[::-1]"
    if operation == "format":
        return 'f"{a:b}"'
    if not re.match(r"[a-z]", operation) or operation in ("in", "not in"):
        return f"a {operation} b"
    family, _, method = operation.partition(".")
    if family in ("str", "list", "dict", "set", "bytes", "hash", "match") and method:
        return f"{operands[0]}.{method}({', '.join(operands[1:])})"
    known = family in ("datetime", "date", "timedelta") and method and "." not in method and operands
    if known and operation not in ("datetime.timedelta", "datetime.timezone"):
        return f"{operands[0]}.{method}({', '.join(operands[1:])})"
    if not operands and operation in ("math.pi", "datetime.UTC", "datetime.timezone.utc"):
        return operation
    return f"{operation}({', '.join(operands)})"


def _builtins() -> Iterator[str]:
    yield "### Functions that take functions, generators or keywords\n"
    yield ", ".join(_code(name) for name in sorted(SPECIAL)) + ".\n"
    yield (
        "Patterns of `re` must be literals. They are rewritten for JavaScript, so that `\\d`, `\\w`, `\\s`, `\\b`, `.`, `^`, `$`\n"
        "and ignored case have their meaning in Python. A pattern without an equivalent is refused.\n"
    )


def _helpers() -> Iterator[str]:
    yield "## Functions at the end of a file\n"
    helpers = [next(h for h in with_needs({name}) if h.name == name) for name in HELPERS]
    yield _table(("Function", "Why"), ((_code(helper.name), helper.why) for helper in helpers))


def _refusals() -> Iterator[str]:
    yield "## What is refused\n"
    rows = ((_code(each.name), each.title, each.fix) for each in translation.CODES)
    yield _table(("Code", "Why", "What to write instead"), rows)


if __name__ == "__main__":
    assert nangonb._translate
    PAGE.write_text(page(), "utf-8")
