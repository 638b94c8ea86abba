"""Text: methods of str, json."""

from __future__ import annotations

from nangonb.translate import code
from nangonb.translate.table import TABLE
from nangonb.translate.types import ANY, ANYTHING, BOOL, SMALL, STR, list_of

_TEXTS = list_of(STR)


def _rows(name: str, *rows: tuple[object, ...], keywords: tuple[str, ...] = ()) -> None:
    TABLE.add(f"str.{name}", *rows, keywords=keywords)


_rows("lower", ((STR,), STR, "lower({0})"))
_rows("upper", ((STR,), STR, "{0:CALL}.toUpperCase()"))
_rows("strip", ((STR,), STR, "strip({0})"), ((STR, STR), STR, "strip({0}, {1})"))
_rows("lstrip", ((STR,), STR, "lstrip({0})"), ((STR, STR), STR, "lstrip({0}, {1})"))
_rows("rstrip", ((STR,), STR, "rstrip({0})"), ((STR, STR), STR, "rstrip({0}, {1})"))
_rows("startswith", ((STR, STR), BOOL, "{0:CALL}.startsWith({1})"))
_rows("endswith", ((STR, STR), BOOL, "{0:CALL}.endsWith({1})"))
_rows("replace", ((STR, STR, STR), STR, "replace({0}, {1}, {2})"))
_rows(
    "split",
    ((STR,), _TEXTS, "split({0})"),
    ((STR, STR), _TEXTS, "{0:CALL}.split({1})"),
    ((STR, STR, SMALL), _TEXTS, "split({0}, {1}, {2})"),
    keywords=("sep", "maxsplit"),
)
_rows("splitlines", ((STR,), _TEXTS, "splitlines({0})"))
_rows("removeprefix", ((STR, STR), STR, "removePrefix({0}, {1})"))
_rows("removesuffix", ((STR, STR), STR, "removeSuffix({0}, {1})"))
_rows("zfill", ((STR, SMALL), STR, "zfill({0}, {1})"))
_rows("capitalize", ((STR,), STR, "capitalize({0})"))
_rows("title", ((STR,), STR, "title({0})"))
_rows("isdigit", ((STR,), BOOL, "isDigit({0})"))
_rows("count", ((STR, STR), SMALL, "count({0}, {1})"))
_rows("find", ((STR, STR), SMALL, "find({0}, {1})"))

TABLE.add("len", ((STR,), SMALL, "len({0})"), ((ANY,), SMALL, "len({0})"))
TABLE.add("json.dumps", ((ANYTHING,), STR, "jsonDumps({0})", code.CALL))
TABLE.add(
    "json.loads", ((STR,), ANY, "JSON.parse({0})", code.CALL), ((ANY,), ANY, "JSON.parse({0})", code.CALL)
)
