"""SOQL, the part of it that a sync uses.

``SELECT a, b | COUNT() | FIELDS(ALL) FROM Object [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n]``, where
conditions are ``field = != < <= > >= LIKE value``, ``field [NOT] IN (…)``, joined by AND, OR, NOT and
parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeAlias

__all__ = ["Comparison", "Condition", "Junction", "Negation", "Query", "SoqlError", "parse"]


class SoqlError(Exception):
    """The query is refused. ``code`` is Salesforce's errorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Comparison:
    """``field op value``; op is one of ``= != < <= > >= like in``. A datetime value is aware."""

    field: str
    op: str
    value: Any


@dataclass(frozen=True)
class Junction:
    """Conditions joined by one word."""

    word: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Negation:
    """NOT of a condition."""

    part: Condition


Condition: TypeAlias = Comparison | Junction | Negation


@dataclass(frozen=True)
class Query:
    """A parsed query. ``fields`` is empty for ``COUNT()``; names are as written."""

    text: str
    fields: tuple[str, ...]
    sobject: str
    where: Condition | None = None
    order: tuple[tuple[str, bool, bool], ...] = ()  # field, descending, nulls last
    limit: int | None = None
    offset: int = 0
    count: bool = False


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.)*')
      | (?P<date>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)
      | (?P<number>[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?)
      | (?P<name>[A-Za-z][\w.]*)
      | (?P<sign><=|>=|!=|<>|[=<>(),])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def parse(text: str) -> Query:
    """Parse a query. Raises SoqlError ``MALFORMED_QUERY``."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []  # kind, text, place
        place = 0
        while place < len(text.rstrip()):
            match = _TOKEN.match(text, place)
            if match is None:
                start = place + len(text[place:]) - len(text[place:].lstrip())
                self.fail(f"unexpected token: '{text[start : start + 1]}'", start)
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind)))
            place = match.end()
        self.at = 0

    # Reading tokens

    def fail(self, message: str, place: int) -> NoReturn:
        line = self.text.count("\n", 0, place) + 1
        start = self.text.rfind("\n", 0, place) + 1
        around = self.text[max(0, place - 60) : place + 40].replace("\n", " ")
        mark = " " * min(place, 60) + "^"
        raise SoqlError(
            "MALFORMED_QUERY",
            f"\n{around}\n{mark}\nERROR at Row:{line}:Column:{place - start + 1}\n{message}",
        )

    def unexpected(self) -> NoReturn:
        if self.at >= len(self.tokens):
            self.fail("unexpected token: '<EOF>'", len(self.text.rstrip()))
        _, text, place = self.tokens[self.at]
        self.fail(f"unexpected token: '{text}'", place)

    def peek(self, *words: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1].lower() in words

    def take(self, *words: str) -> bool:
        word = self.peek(*words)
        self.at += word
        return word

    def need(self, word: str) -> None:
        if not self.take(word):
            self.unexpected()

    def kind(self, *kinds: str) -> tuple[str, str]:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] not in kinds:
            self.unexpected()
        kind, text, _ = self.tokens[self.at]
        self.at += 1
        return kind, text

    def whole(self) -> int:
        _, text = self.kind("number")
        if not text.isdigit():
            self.at -= 1
            self.unexpected()
        return int(text)

    # The grammar

    def query(self) -> Query:
        self.need("select")
        fields: list[str] = []
        count = False
        while True:
            _, name = self.kind("name")
            if name.lower() == "count" and self.take("("):
                self.need(")")
                count = True
            elif name.lower() == "fields" and self.take("("):
                _, which = self.kind("name")
                if which.lower() not in ("all", "standard", "custom"):
                    self.at -= 1
                    self.unexpected()
                self.need(")")
                fields.append(f"FIELDS({which.upper()})")
            else:
                fields.append(name)
            if not self.take(","):
                break
        if count and fields:
            self.unexpected()
        self.need("from")
        _, sobject = self.kind("name")
        where = self.either() if self.take("where") else None
        order: list[tuple[str, bool, bool]] = []
        if self.take("order"):
            self.need("by")
            while True:
                _, name = self.kind("name")
                down = self.take("desc")
                if not down:
                    self.take("asc")
                last = False
                if self.take("nulls"):
                    last = self.take("last")
                    if not last:
                        self.need("first")
                order.append((name, down, last))
                if not self.take(","):
                    break
        limit = self.whole() if self.take("limit") else None
        offset = self.whole() if self.take("offset") else 0
        if self.at < len(self.tokens):
            self.unexpected()
        if offset > 2000:
            raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
        return Query(self.text, tuple(fields), sobject, where, tuple(order), limit, offset, count)

    def either(self) -> Condition:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Junction("or", tuple(parts))

    def both(self) -> Condition:
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Junction("and", tuple(parts))

    def one(self) -> Condition:
        if self.take("not"):
            return Negation(self.one())
        if self.take("("):
            inner = self.either()
            self.need(")")
            return inner
        _, name = self.kind("name")
        if self.take("not"):
            self.need("in")
            return Negation(Comparison(name, "in", self.values()))
        if self.take("in"):
            return Comparison(name, "in", self.values())
        if self.take("like"):
            return Comparison(name, "like", self.value())
        _, op = self.kind("sign")
        if op in ("(", ")", ","):
            self.at -= 1
            self.unexpected()
        return Comparison(name, "!=" if op == "<>" else op, self.value())

    def values(self) -> Sequence[Any]:
        self.need("(")
        literals = [self.value()]
        while self.take(","):
            literals.append(self.value())
        self.need(")")
        return tuple(literals)

    def value(self) -> Any:
        kind, text = self.kind("string", "date", "number", "name")
        if kind == "string":
            return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1].lower(), m[1]), text[1:-1])
        if kind == "date":
            try:
                return datetime.fromisoformat(text if "T" in text else text + "T00:00:00Z")
            except ValueError:
                self.at -= 1
                self.fail(f"Invalid date: {text}", self.tokens[self.at][2])
        if kind == "number":
            return float(text) if "." in text else int(text)
        words = {"true": True, "false": False, "null": None}
        if text.lower() not in words:
            self.at -= 1
            self.unexpected()
        return words[text.lower()]
