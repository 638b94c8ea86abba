"""Small actions: an expression in Python, what it gives there, and its translation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from traceback import walk_tb
from typing import Any

from nangonb._project import Source
from nangonb._records.jsonvalue import to_js_json
from nangonb._translate import Translation, translate
from nangonb._translate.table import Row, Table
from tests.programs.compared import empty_action
from tests.translate.rows.world import Nango

IMPORTS = """\
import base64
from collections import Counter, defaultdict
import hashlib
import hmac
import json
import math
import re
import urllib.parse
import uuid
from datetime import UTC
from datetime import date, datetime, timedelta, timezone
from typing import Any
from nangonb import HTTPError

"""
#: What examples take from outside, where nothing is known of it.
INPUT: dict[str, Any] = {
    "zero": 0, "one": 1, "five": 5, "minus": -7, "half": 2.5, "tiny": 0.00001, "big": 9007199254740991,
    "true": True, "false": False, "none": None, "empty": "", "text": "Ab ç 😀 z", "digits": " 42 ", "word": "abc",
    "list": [1, "a", None, [2]], "numbers": [3, 1, 2.5, 1], "words": ["b", "", "😀", "\\ufffd", "a"], "nothing": [],
    "dict": {"a": 1, "b": {"c": [True, None]}, "": "x"}, "no_keys": {}, "rows": [{"n": 2}, {"n": 1}, {"n": 2}],
    "moment": "2024-02-29T23:59:59.123456+05:30", "day": "2024-02-29", "seconds": 1700000000, "pi": 3.14159,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """``body`` is what ``run_action(nango, input)`` does."""

    body: str
    imports: str = IMPORTS

    @property
    def script(self) -> str:
        lines = self.body if "\n" in self.body or self.body.startswith("return") else f"return {self.body}"
        indented = "\n".join("    " + line for line in lines.split("\n"))
        used = [line for line in self.imports.splitlines() if _mentioned(line, lines)]
        return "\n".join(used) + f"\n\n\ndef run_action(nango, input):\n{indented}\n"

    def in_python(self) -> tuple[bool, str]:
        """Whether it succeeded, and its result as JSON, as Nango would get it; or the error."""
        names: dict[str, Any] = {}
        exec(compile(self.script, "case", "exec"), names)
        given = json.loads(json.dumps(INPUT))
        try:
            return True, to_js_json(names["run_action"](None, given)).decode()
        except Exception as error:
            return False, f"{type(error).__name__}: {error}"

    def told(self) -> tuple[bool, str, str]:
        """The same with what it did besides: requests, records and logs, as JSON."""
        names: dict[str, Any] = {}
        exec(compile(self.script, "case", "exec"), names)
        nango = Nango()
        try:
            result = to_js_json(names["run_action"](nango, json.loads(json.dumps(INPUT)))).decode()
        except Exception as error:
            return False, f"{type(error).__name__}: {error}", json.dumps(nango.calls)
        return True, result, json.dumps(nango.calls)

    def raises(self) -> int | None:
        """The line of the script at which Python ends with an error; None where it does not."""
        names: dict[str, Any] = {}
        try:
            exec(compile(self.script, "case", "exec"), names)
            to_js_json(names["run_action"](Nango(), json.loads(json.dumps(INPUT))))
        except SyntaxError as error:
            return error.lineno or 0
        except Exception as error:
            lines = [n for frame, n in walk_tb(error.__traceback__) if frame.f_code.co_filename == "case"]
            top = [n for frame, n in walk_tb(error.__traceback__) if frame.f_code.co_name == "run_action"]
            return (top or lines or [len(self.script.splitlines())])[0]
        return None

    def translated(self) -> Translation:
        project, script = empty_action()
        return translate(project, replace(script, source=Source("case", self.script)))


def _mentioned(line: str, text: str) -> bool:
    imported = line.split(" import ")[-1].removeprefix("import ").split(", ")
    return any(name.split(".")[0] in text for name in imported)


@contextmanager
def rows_used() -> Iterator[list[Row]]:
    """The rows of the table that translations within it use."""
    found: list[Row] = []
    plain = Table.find

    def find(self: Table, operation: str, operands: Any) -> Row | None:
        row = plain(self, operation, operands)
        if row is not None:
            found.append(row)
        return row

    Table.find = find  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Table.find = plain  # type: ignore[method-assign]


def same(python: str, node: str) -> bool:
    """Whether two texts are the same JSON; numbers by value."""
    return _equal(json.loads(python), json.loads(node))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b) or (isinstance(a, int) and isinstance(b, int) and float(a) == float(b))
