"""Writes docs/translation.md from the translator's own tables.

    python tools/translation_page.py

A test keeps the page in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nangonb.translate
from nangonb.project.codes import translation
from nangonb.sdk import METHODS
from nangonb.translate import names
from nangonb.translate.helpers import HELPERS, with_needs
from nangonb.translate.special import SPECIAL
from nangonb.translate.table import TABLE, Row
from nangonb.translate.types import Type

PAGE = Path(__file__).resolve().parents[1] / "docs" / "translation.md"

# ruff: noqa: E501 - lines of the page

_INTRODUCTION = """\
# From Python to TypeScript

<!-- Written by tools/translation_page.py from the translator's tables. -->

Nango runs TypeScript. A script that is written in Python is dry run here as it stands, and translated when it is
shown or exported. Wherever the Python run succeeds, the TypeScript makes the same requests, saves the same records
and logs the same texts. What cannot be carried over is refused at its line, with what to write instead; nothing is
dropped or guessed.

Three things can happen to a line:

- It becomes the idiom, where the types settle that it means the same: `record["Id"]` → `record.Id`.
- It becomes a small function at the end of the file, where Python and JavaScript differ: `round(x, 2)` →
  `roundTo(x, 2)`. Such functions are there only when used, and each says why.
- It is refused.

What the types do not tell is checked when the script runs: where Python would go on and JavaScript cannot, such as
with whole numbers past 2^53, the script stops with a `LimitError`. No handler of the script catches it. So it is
where a script goes through a dict with keys that look like whole numbers, unless it is `sorted()`: the dry run in
Python says where ([key-order](problems.md#key-order)). Iterating over a value from outside takes it for a list; for
text or a dict, annotate it: `record: dict = response.data`.
"""

_TYPES = """\
## Types

Types come from models in nango.yaml, annotations, literals and what is assigned. Values from outside (responses,
input without a model, metadata) are `any`: JSON, of which nothing more is known. Annotations are trusted.

| Type | In TypeScript |
| --- | --- |
| `any` | JSON from outside |
| `bool`, `int`, `str`, `None` | `boolean`, `number`, `string`, `null` |
| `float` | `number`; it shows as `2.0` in Python and as `2` on Nango, so that it is shown with a format only |
| `number` | a number of which it is not known whether it is an int; from a model or from outside it shows as it is |
| `list`, `tuple`, `set` | arrays and `Set`; sets hold text or whole numbers |
| `dict` | objects; keys are text. Known keys (`record`) or any (`map`) |
| `datetime` | `DateTime`, a `Date` with microseconds and an offset; in records it is the text that a `Date` is |
| `date`, `timedelta`, `timezone` | text `2024-01-02`, microseconds, seconds |
| `bytes` | `Buffer` |
"""

_LIBRARY = """\
## Modules

These names of the standard library are carried over, and nothing else of it:
"""


def page() -> str:
    """The whole page."""
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
    yield "An operation of types that stand in no row is refused. `a`, `b`, `c` are its operands.\n"
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for operation, rows in TABLE.rows.items():
        if not operation.startswith("nango."):
            groups.setdefault(_family(operation), []).extend(_merged(operation, rows))
    for title in sorted(groups):
        yield f"### {title}\n"
        yield _table(("Python", "Of", "TypeScript"), groups[title])


def _family(operation: str) -> str:
    if operation in _NUMBERS:
        return "Numbers"
    if operation in ("str", "format"):
        return "Text"
    return _FAMILIES.get(operation.split(".")[0], "Operators")


def _merged(operation: str, rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """One line for all rows with the same emission."""
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
        return doc if doc and not doc.startswith("functools") else "by its types"
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
    yield "### What takes functions, generators or keywords\n"
    yield ", ".join(_code(name) for name in sorted(SPECIAL)) + ".\n"
    yield (
        "Patterns of `re` are literals. They are written anew for JavaScript, so that `\\d`, `\\w`, `\\s`, `\\b`, `.`, `^`, `$`\n"
        "and ignored case mean what they mean in Python; a pattern for which that is not possible is refused.\n"
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
    assert nangonb.translate
    PAGE.write_text(page(), "utf-8")
