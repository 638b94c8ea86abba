"""Translate patterns of ``re`` to equivalent patterns of JavaScript, or report why there is none.

Python's parser reads the pattern, which is rewritten with the ``u`` flag, so that code points, ``\\d``,
``\\w``, ``\\s``, ``\\b``, ``.``, ``^`` and ``$`` have the meaning of Python.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

_SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
_NO_SPACE = "\\0-\\x08\\x0e-\\x1b!-\\x84\\x86-\\x9f\\xa1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}"
#: A category within brackets: (Unicode, ASCII); None if brackets cannot express it.
_CATEGORIES = {
    "CATEGORY_DIGIT": ("\\p{Nd}", "0-9"),
    "CATEGORY_NOT_DIGIT": ("\\P{Nd}", "\\0-/:-\\u{10ffff}"),
    "CATEGORY_SPACE": (_SPACE, "\\t-\\r "),
    "CATEGORY_NOT_SPACE": (_NO_SPACE, "\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}"),
    "CATEGORY_WORD": ("\\p{L}\\p{N}_", "A-Za-z0-9_"),
    "CATEGORY_NOT_WORD": (None, "\\0-/:-@[-^`{-\\u{10ffff}"),
}
_ESCAPED = frozenset("^$\\.*+?()[]{}|/")
_IN_BRACKETS = frozenset("\\]^-[/")


class Differs(Exception):
    """The pattern has no equivalent in JavaScript; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """``source`` and ``flags`` for JavaScript. ``groups``: whether each group is part of every match.

    ``names`` are those of groups; ``least`` is the length of the shortest match.
    """

    source: str
    groups: tuple[bool, ...]
    names: dict[str, int]
    least: int

    @property
    def literal(self) -> str:
        return f"/{self.source or '(?:)'}/u"


def translated(pattern: str, flags: int = 0) -> Pattern:
    """Raises Differs, and re.error for an invalid pattern."""
    return _translated(pattern, int(flags))


@cache
def _translated(pattern: str, flags: int) -> Pattern:
    parser: Any = vars(re)["_parser"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = parser.parse(pattern, flags)
    state = tree.state
    writer = _Writer(state.flags)
    source = writer.sequence(tree)
    taking_part = set(_always(tree))
    groups = tuple(number in taking_part for number in range(1, state.groups))
    for number in writer.referenced:
        if number not in taking_part:
            raise Differs(
                "A reference to a group that may be absent fails in Python, but matches an empty text in JavaScript."
            )
    return Pattern(source, groups, dict(state.groupdict), tree.getwidth()[0])


def _always(items: Any) -> Iterator[int]:
    """Yield the groups that are part of every match."""
    for operator, value in items:
        name = str(operator)
        if name == "SUBPATTERN":
            if value[0] is not None:
                yield value[0]
            yield from _always(value[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and value[0] > 0:
            yield from _always(value[2])


class _Writer:
    """Write a parsed pattern. ``flags`` are Python's."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.referenced: list[int] = []
        self.names: dict[int, str] = {}

    def sequence(self, items: Any) -> str:
        for name, number in getattr(getattr(items, "state", None), "groupdict", {}).items():
            self.names[number] = name
        return "".join(self.item(str(operator), value) for operator, value in items)

    def item(self, operator: str, value: Any) -> str:
        match operator:
            case "LITERAL":
                return self.literal(value)
            case "NOT_LITERAL":
                return f"[^{self.members([('LITERAL', value)])}]"
            case "ANY":
                return "[^]" if self.flags & re.DOTALL else "[^\\n]"
            case "IN":
                return self.brackets([(str(o), v) for o, v in value])
            case "BRANCH":
                return "(?:" + "|".join(self.sequence(part) for part in value[1]) + ")"
            case "SUBPATTERN":
                return self.group(*value)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeat(*value, lazy=operator == "MIN_REPEAT")
            case "AT":
                return self.at(str(value))
            case "ASSERT" | "ASSERT_NOT":
                return self.look(operator == "ASSERT_NOT", *value)
            case "GROUPREF":
                if self.flags & re.IGNORECASE:
                    raise Differs("A reference to a group with ignored case is not supported.")
                self.referenced.append(value)
                return f"(?:\\{value})"
        raise Differs(f"JavaScript has no equivalent of `{operator.lower().replace('_', ' ')}`.")

    def literal(self, point: int) -> str:
        cases = self.cases(chr(point))
        if len(cases) == 1:
            return _shown(point, _ESCAPED)
        return f"[{''.join(_shown(ord(c), _IN_BRACKETS) for c in cases)}]"

    def cases(self, char: str) -> str:
        """Return the character and, if case is ignored, those that it matches."""
        if not self.flags & re.IGNORECASE:
            return char
        return _cases(char, bool(self.flags & re.ASCII))

    def brackets(self, members: list[tuple[str, Any]]) -> str:
        negated = bool(members) and members[0][0] == "NEGATE"
        members = members[1:] if negated else members
        categories = {str(value) for operator, value in members if operator == "CATEGORY"}
        for name in categories:
            if name.startswith("CATEGORY_NOT_") and name.replace("NOT_", "") in categories:
                return "[]" if negated else "[^]"
        if len(members) == 1 and categories == {"CATEGORY_DIGIT"} and not self.flags & re.ASCII:
            return "\\P{Nd}" if negated else "\\p{Nd}"
        if len(members) == 1 and categories and categories <= {"CATEGORY_NOT_WORD", "CATEGORY_NOT_SPACE"}:
            negated = not negated
            members = [("CATEGORY", next(iter(categories)).replace("NOT_", ""))]
        return f"[{'^' if negated else ''}{self.members(members)}]"

    def members(self, members: Sequence[tuple[str, Any]]) -> str:
        found = []
        for operator, value in members:
            if operator == "CATEGORY":
                shown = _CATEGORIES[str(value)][1 if self.flags & re.ASCII else 0]
                if shown is None:
                    raise Differs("JavaScript does not support `\\W` within brackets.")
                found.append(shown)
            elif operator == "LITERAL":
                found += [_shown(ord(c), _IN_BRACKETS) for c in self.cases(chr(value))]
            elif operator == "RANGE":
                low, high = value
                found.append(f"{_shown(low, _IN_BRACKETS)}-{_shown(high, _IN_BRACKETS)}")
                if self.flags & re.IGNORECASE:
                    found += [_span(*run) for run in _range_cases(low, high, bool(self.flags & re.ASCII))]
            else:
                raise Differs(f"`{operator.lower()}` within brackets is not supported.")
        return "".join(found)

    def group(self, number: int | None, added: int, removed: int, items: Any) -> str:
        before, self.flags = self.flags, (self.flags | added) & ~removed
        inner = self.sequence(items)
        self.flags = before
        if number is None:
            return f"(?:{inner})"
        return f"(?<{self.names[number]}>{inner})" if number in self.names else f"({inner})"

    def repeat(self, least: int, most: Any, items: Any, *, lazy: bool) -> str:
        parser: Any = vars(re)["_parser"]
        many = most == parser.MAXREPEAT or most > 1
        if many and items.getwidth()[0] == 0:
            raise Differs("Repeating a part that may match an empty text differs in JavaScript.")
        inside = set(_groups(items))
        if many and not inside <= set(_always(items)):
            raise Differs("A repeated group that may be absent has another value in JavaScript.")
        inner = self.sequence(items)
        alone = len(items) == 1 and str(items[0][0]) in (
            "LITERAL",
            "NOT_LITERAL",
            "ANY",
            "IN",
            "SUBPATTERN",
            "BRANCH",
        )
        if not alone:
            inner = f"(?:{inner})"
        end = "" if most == parser.MAXREPEAT else str(most)
        marks = {(0, ""): "*", (1, ""): "+", (0, "1"): "?"}
        mark = marks.get((least, end)) or (f"{{{least}}}" if end == str(least) else f"{{{least},{end}}}")
        return inner + mark + ("?" if lazy else "")

    def at(self, place: str) -> str:
        many = bool(self.flags & re.MULTILINE)
        word = "A-Za-z0-9_" if self.flags & re.ASCII else "\\p{L}\\p{N}_"
        boundary = f"(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}])"
        found = {
            "AT_BEGINNING": "(?<![^\\n])" if many else "^",
            "AT_BEGINNING_STRING": "^",
            "AT_END": "(?![^\\n])" if many else "(?=\\n?$)",
            "AT_END_STRING": "$",
            "AT_BOUNDARY": f"(?:{boundary})",
            "AT_NON_BOUNDARY": f"(?!{boundary})",
        }.get(place)
        if found is None:
            raise Differs(f"JavaScript has no equivalent of `{place.lower()}`.")
        return found

    def look(self, negative: bool, direction: int, items: Any) -> str:
        if (negative or direction < 0) and any(_groups(items)):
            raise Differs("A group within this look-around is not supported.")
        mark = "!" if negative else "="
        return f"(?{'<' if direction < 0 else ''}{mark}{self.sequence(items)})"


def _groups(items: Any) -> Iterator[int]:
    for operator, value in items:
        name = str(operator)
        if name == "SUBPATTERN":
            if value[0] is not None:
                yield value[0]
            yield from _groups(value[3])
        elif name == "BRANCH":
            for part in value[1]:
                yield from _groups(part)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            yield from _groups(value[2])
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _groups(value[1])


def _shown(point: int, escaped: frozenset[str]) -> str:
    char = chr(point)
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\v": "\\v"}
    if char in known:
        return known[char]
    if point < 32 or 127 <= point < 160:
        return f"\\x{point:02x}"
    if point in (0x2028, 0x2029, 0xFEFF) or 0xD800 <= point < 0xE000:
        return f"\\u{point:04x}"
    return f"\\{char}" if char in escaped else char


def _span(low: int, high: int) -> str:
    shown = _shown(low, _IN_BRACKETS)
    return shown if low == high else f"{shown}-{_shown(high, _IN_BRACKETS)}"


@cache
def _every() -> str:
    return "".join(chr(point) for point in range(0x20000) if not 0xD800 <= point < 0xE000)


@cache
def _cases(char: str, ascii_only: bool) -> str:
    """Ask Python's own matching, so that its tables need not be known."""
    flags = re.IGNORECASE | (re.ASCII if ascii_only else 0)
    found = "".join(re.findall(re.escape(char), _every(), flags))
    return char + found.replace(char, "")


@cache
def _range_cases(low: int, high: int, ascii_only: bool) -> tuple[tuple[int, int], ...]:
    flags = re.IGNORECASE | (re.ASCII if ascii_only else 0)
    points = sorted(
        ord(c)
        for c in re.findall(f"[\\U{low:08x}-\\U{high:08x}]", _every(), flags)
        if not low <= ord(c) <= high
    )
    runs: list[list[int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return tuple((run[0], run[1]) for run in runs)
