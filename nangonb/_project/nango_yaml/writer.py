"""Writes nango.yaml: deterministic text that reads back to exactly the same data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from nangonb._project.nango_yaml import scalars
from nangonb._project.nango_yaml.javascript import JsDate, number_text
from nangonb._project.nango_yaml.javascript import text as js_text

INDENT = "    "
_LONGEST_KEY = 1000

#: Characters that are written as they are; others are escaped in double quotes.
_CLEAN = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ue000-\uf8ff]*"
#: A text that can stand without quotes, if it also reads as a text: no sign of YAML's own at its start.
_PLAIN = re.compile(r"""(?![\s\-?:,\[\]{}#&*!|>'"%@`=])(?![^\t\n]*[\t\n])""" + _CLEAN + r"(?<!\s)")
_UNSAFE_INSIDE = re.compile(r":(?:\s|$)|\s#")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ue000-\uf8ff]")
_LITERAL = re.compile(r"(?!\s)" + _CLEAN)


def dump(data: Any) -> str:
    """``data`` (dict, list, str, numbers, bool, None, JsDate) as YAML text, keys in their order.

    Numbers beyond 2^53 are written and read back as the double that JavaScript would hold.
    """
    return "".join(f"{line}\n" for line in lines_of(data))


def lines_of(value: Any) -> Iterator[str]:
    """The lines of a document that is ``value``."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from entry_lines(key, item)
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _item_lines(item)
    elif isinstance(value, str) and "\n" in value:
        yield _quoted(value)
    else:
        yield scalar(value)


def entry_lines(key: Any, value: Any) -> Iterator[str]:
    """The lines of ``key: value``."""
    written = key_text(key)
    if len(written) > _LONGEST_KEY:
        yield f"? {written}"
        written = ""
    if isinstance(value, dict | list | tuple) and value:
        yield f"{written}:"
        yield from _indented(lines_of(value))
    elif isinstance(value, str) and _is_literal(value):
        chomp = "+" if value.endswith("\n\n") else "" if value.endswith("\n") else "-"
        yield f"{written}: |{chomp}"
        body = value[:-1] if value.endswith("\n") else value
        yield from _indented(iter(body.split("\n")))
    else:
        yield f"{written}: {scalar(value)}"


def scalar(value: Any) -> str:
    """One value on one line; empty lists and mappings too."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return ".nan"
        if math.isinf(value):
            return ".inf" if value > 0 else "-.inf"
        return "-0.0" if value == 0 and math.copysign(1, value) < 0 else number_text(value)
    if isinstance(value, JsDate):
        return value.text if scalars.read_date(value.text) else _quoted(value.text)
    if isinstance(value, list | tuple):
        return "[]"
    if isinstance(value, dict):
        return "{}"
    return str(value) if _is_plain(str(value)) else _quoted(str(value))


def key_text(key: Any) -> str:
    """A key as YAML text."""
    written = key if isinstance(key, str) else js_text(key)
    return written if written != "<<" and _is_plain(written, key=True) else _quoted(written)


def _item_lines(item: Any) -> Iterator[str]:
    if isinstance(item, dict | list | tuple) and item:
        sign = "- "
        for line in lines_of(item):
            yield f"{sign}{line}" if line else ""
            sign = "  "
    elif isinstance(item, str) and "\n" in item:
        yield f"- {_quoted(item)}"
    else:
        yield f"- {scalar(item)}"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"{INDENT}{line}" if line else ""


def _is_plain(value: str, key: bool = False) -> bool:
    if not _PLAIN.fullmatch(value) or _UNSAFE_INSIDE.search(value) or value.startswith("..."):
        return False
    # A key is read as a text anyway, whatever it looks like; null, true and numbers keep their letters.
    resolved = scalars.resolve(value)
    return isinstance(resolved, str) or (
        key and js_text(resolved) == value and not isinstance(resolved, JsDate)
    )


def _is_literal(value: str) -> bool:
    """Whether a block of lines after ``|`` parses to exactly this text."""
    return "\n" in value and _LITERAL.fullmatch(value) is not None and not value.isspace()


def _quoted(value: str) -> str:
    """In double quotes; what YAML 1.1 and 1.2 read differently is escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", written)
