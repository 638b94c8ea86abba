"""Break lines that are too wide in the way of prettier."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nangonb._translate.callbacks import skip_text
from nangonb._translate.code import INDENT, WIDTH

_LOGICAL = (" || ", " && ", " ?? ")
_ARROW = re.compile(r"(?:async )?\([^()]*\) => ")


def fit(text: str, depth: int = 0) -> list[str]:
    """Return ``text`` as lines of at most WIDTH columns where possible. ``depth`` is that of its block.

    The lines have their relative indentation only, without ``depth``.
    """
    room = WIDTH - len(INDENT) * depth
    if text.startswith(("//", "/*", " *", "import ")) or _is_block_comment(text):
        return [text]
    if len(text) <= room:
        return _forced(text, depth) or [text]
    for way in (_loop, _condition, _ternary, _logical, _text, _chain, _arguments):
        lines = way(text, depth)
        if lines is not None:
            return lines
    return [text]


@dataclass(frozen=True, slots=True)
class _Group:
    """A pair of brackets, from its opening one to its closing one."""

    start: int
    end: int

    def inner(self, text: str) -> str:
        return text[self.start + 1 : self.end]


def _is_block_comment(text: str) -> bool:
    return "//" in text and any(char == "/" and text.startswith("//", at) for at, char, _ in _outside(text))


def _outside(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield (place, character, depth) outside of texts. The depth of a bracket is that around it."""
    at = depth = 0
    while at < len(text):
        end = skip_text(text, at) if text[at] in "'\"`/" else at
        if end > at:
            at = end
            continue
        char = text[at]
        if char in ")]}":
            depth -= 1
        yield at, char, depth
        if char in "([{":
            depth += 1
        at += 1


def _groups(text: str) -> list[_Group]:
    """Return the outermost pairs of brackets that open and close in this line."""
    found, open_at = [], None
    opened: list[int] = []
    for at, char, _ in _outside(text):
        if char in "([{":
            opened.append(at)
        elif char in ")]}":
            if not opened:
                continue
            open_at = opened.pop()
            if not opened:
                found.append(_Group(open_at, at))
    return found if not opened else [group for group in found if group.start < opened[0]]


#: ``Map<string, any>``: a comma within does not separate the parts of the text.
_TYPE_ARGUMENTS = re.compile(r"(?<=\w)<(?:[^<>()'\"`=]|<[^<>()'\"`=]*>)*>")


def split(text: str, separators: tuple[str, ...]) -> list[str]:
    """Split ``text`` at the separators outside of brackets. Each part but the last keeps its separator."""
    parts, start = [], 0
    skip = -1
    types = [match.span() for match in _TYPE_ARGUMENTS.finditer(text)] if "<" in text else []
    for at, _, depth in _outside(text):
        if depth != 0 or at < skip or any(first < at < last for first, last in types):
            continue
        found = next((each for each in separators if text.startswith(each, at)), None)
        if found is not None:
            parts.append(text[start : at + len(found)].rstrip())
            start = skip = at + len(found)
    return [*parts, text[start:]]


def _indented(lines: list[str]) -> list[str]:
    return [INDENT + line for line in lines]


def _statement(text: str) -> tuple[str, str, str] | None:
    """Return (head, expression, end) of ``const x = …;``, ``return …;`` or ``x = …;``."""
    match = re.match(r"((?:const|let) [^=]*? = |return |[\w.\[\]'\"!]+ \+?= )", text)
    if match is not None and text.endswith(";"):
        return match[1], text[match.end() : -1], ";"
    match = re.match(r"(?:[\w$]+|'[^']*'): ", text)
    if match is None:
        return None
    end = "," if text.endswith(",") else ""
    return match[0], text[match.end() :].removesuffix(","), end


def _loop(text: str, depth: int) -> list[str] | None:
    """``for (const x of f({`` … ``})) {``: break the iterable within the parentheses."""
    match = re.match(r"for (?:await )?\(", text)
    if match is None or not text.endswith(") {"):
        return None
    lines = _arguments(text[match.end() : -3], depth)
    if lines is None:
        return None
    return [match[0] + lines[0], *lines[1:-1], f"{lines[-1]}) {{"]


def _forced(text: str, depth: int) -> list[str] | None:
    """Break what prettier breaks at any length."""
    found = None
    if "=>" in text:
        found = _composed(text, depth) or _long_chain(text, depth)
    return found or (_table(text, depth) if "[[" in text or "[{" in text else None)


def _table(text: str, depth: int) -> list[str] | None:
    """``[[1, 2], [3, 4]]``: lists of lists or objects with several parts, one per line."""
    for group in _groups(text):
        inner = group.inner(text)
        parts = [part.removesuffix(",") for part in split(inner.strip(), (", ",))]
        rows = len(parts) > 1 and all(
            part[:1] == parts[0][:1]
            and part[:1] in "[{"
            and _is_one_group(part)
            and len(split(part[1:-1].strip(), (", ",))) > 1
            for part in parts
        )
        if rows and text[group.start] == "[":
            opening, closing = text[: group.start + 1], text[group.end :]
            return [opening, *_indented(_items(inner, depth)), *fit(closing, depth)]
        if _table(inner, depth) is not None:
            return _arguments(text, depth)
    return None


def _long_chain(text: str, depth: int) -> list[str] | None:
    """``f(xs).filter((x) => …).map((x) => …)``: three or more calls with functions, one per line."""
    groups = _groups(text)
    calls = [each for each in groups if _is_call(text, each)]
    run = 1
    for before, after in itertools.pairwise(calls):
        joined = re.fullmatch(r"\.\w+", text[before.end + 1 : after.start])
        run = run + 1 if joined else 1
    if run < 3 or not any("=>" in each.inner(text) for each in calls[-run:]):
        return None
    return _chain(text, depth)


def _composed(text: str, depth: int) -> list[str] | None:
    """``f(xs.map((x) => …), y)``: a call with a function among other arguments, one argument per line."""
    for group in _groups(text):
        inner = group.inner(text)
        if "=>" not in inner:
            continue
        parts = [part.removesuffix(",") for part in split(inner.strip(), (", ",))]
        called = _is_call(text, group)
        if called and len(parts) > 1 and any(map(_is_given_function, parts)):
            opening, closing = text[: group.start + 1], text[group.end :]
            return [opening, *_indented(_items(inner, depth)), *fit(closing, depth)]
        if _composed(inner, depth) is not None:
            return _loop(text, depth) or _arguments(text, depth)
    return None


def _is_call(text: str, group: _Group) -> bool:
    return text[group.start] == "(" and re.search(r"[\w$)]$", text[: group.start]) is not None


def _is_given_function(text: str) -> bool:
    """Return whether it is a call with a function among its arguments."""
    if _ARROW.match(text) or not text.endswith(")"):
        return False
    last = _groups(text)[-1]
    return text[last.start] == "(" and any(_ARROW.match(part) for part in split(last.inner(text), (", ",)))


def _condition(text: str, depth: int) -> list[str] | None:
    """``if (a && b) {`` with one part per line."""
    match = re.match(r"((?:\} else )?if|while) \(", text)
    if match is None or not text.endswith(") {"):
        return None
    inner = text[match.end() : -3]
    for operator in _LOGICAL:
        parts = split(inner, (operator,))
        if len(parts) > 1:
            lines = [line for part in parts for line in fit(part, depth + 1)]
            return [text[: match.end()], *_indented(lines), ") {"]
    return None


def _ternary(text: str, depth: int) -> list[str] | None:
    """``const x = test`` with ``? yes`` and ``: no`` on the next lines."""
    said = _statement(text)
    if said is None:
        return None
    head, expression, end = said
    parts = split(expression, (" ? ", " : "))
    if len(parts) != 3 or not parts[0].endswith(" ?") or not parts[1].endswith(" :"):
        return None
    test, yes, no = parts[0][:-2], parts[1][:-2], parts[2]
    if len(split(test, _LOGICAL)) > 1 and len(expression + end) + 4 * (depth + 1) <= WIDTH:
        return [head.rstrip(), f"{INDENT}{expression}{end}"] if head != "return " else None
    lines = [*fit(f"? {yes}", depth + 1), *fit(f": {no}{end}", depth + 1)]
    return [f"{head}{test}", *_indented(lines)]


def _logical(text: str, depth: int) -> list[str] | None:
    """The parts of ``a && b``, one per line."""
    said = _statement(text)
    if said is None:
        return None
    head, expression, end = said
    for operator in _LOGICAL:
        parts = split(expression, (operator,))
        if len(parts) > 1:
            lines = _indented([line for part in parts for line in fit(part, depth + 1)])
            if head == "return ":
                return ["return (", *lines, f"){end}"]
            lines[-1] += end
            return [head.rstrip(), *lines]
    return None


def _text(text: str, depth: int) -> list[str] | None:
    """A long text on a line of its own."""
    said = _statement(text)
    if (
        said is None
        or said[0] == "return "
        or said[1][:1] not in "'\"/"
        or skip_text(said[1], 0) < len(said[1])
    ):
        return None
    return [said[0].rstrip(), f"{INDENT}{said[1]}{said[2]}"]


def _chain(text: str, depth: int) -> list[str] | None:
    """``xs.filter(…).map(…)`` with each call on its own line."""
    groups = _groups(text)
    dots = [
        (match.start(), group)
        for group in groups
        if text[group.start] == "("
        and (match := re.search(r"(?<!\.)\??\.\w+$", text[: group.start])) is not None  # and no spread
    ]
    # the calls at the end that follow each other directly
    run: list[tuple[int, _Group]] = []
    for dot, group in reversed(dots):
        if run and run[-1][0] != group.end + 1:
            break
        run.append((dot, group))
    run.reverse()
    if len(run) < 2 or "await nango." in text[: run[0][0] + 1][-14:] or not _ends(text, run[-1][1]):
        return None
    first = run[0][0]
    end = text[run[-1][1].end + 1 :]
    lines = [text[:first]]
    for number, (dot, group) in enumerate(run):
        last = end if number == len(run) - 1 else ""
        lines += _indented(fit(text[dot : group.end + 1] + last, depth + 1))
    return lines


def _ends(text: str, group: _Group) -> bool:
    return re.fullmatch(r"[;,]?", text[group.end + 1 :]) is not None


def _arguments(text: str, depth: int) -> list[str] | None:
    """The last brackets with content, one part per line."""
    groups = [group for group in _groups(text) if group.inner(text).strip()]
    for group in reversed(groups):
        opening, closing = text[: group.start + 1], text[group.end :]
        inner = group.inner(text).strip()
        if text[group.start] == "(" and opening.endswith(("if (", "while (", "for (")):
            continue
        if len(opening) + 4 * depth > WIDTH:
            continue
        parts = [part.removesuffix(",") for part in split(inner, (", ",))]
        hugged = _hugged(opening, parts, closing, depth) if text[group.start] == "(" else None
        if hugged is not None:
            return hugged
        return [opening, *_indented(_items(inner, depth)), *fit(closing, depth)]
    return None


def _hugged(opening: str, parts: list[str], closing: str, depth: int) -> list[str] | None:
    """Break only the last argument of a call if it is an object, a list or an arrow function."""
    *before, last = parts
    heads = opening + "".join(f"{part}, " for part in before)
    if any("=>" in part or part[:1] in "{[" for part in before):
        return None
    if last[:1] in "{[" and len(heads) + 1 + 4 * depth <= WIDTH and _is_one_group(last):
        return [heads + last[0], *_indented(_items(last[1:-1], depth)), last[-1] + closing]
    match = _ARROW.match(last)
    if match is None or len(heads + match[0]) + 4 * depth > WIDTH:
        return None
    head, body = heads + match[0].rstrip(), last[match.end() :]
    for open_, close in (("({", "})"), ("[", "]")):
        if body.startswith(open_) and body.endswith(close):
            inner = body[len(open_) : -len(close)]
            return [f"{head} {open_}", *_indented(_items(inner, depth)), close + closing]
    if not body.endswith(")") and " ? " not in body:
        return None  # a body that does not break stays with its function
    return [head, *_indented(fit(body, depth + 1)), *fit(closing, depth)]


def _is_one_group(text: str) -> bool:
    groups = _groups(text)
    return len(groups) == 1 and (groups[0].start, groups[0].end) == (0, len(text) - 1)


def _items(inner: str, depth: int) -> list[str]:
    """Fields, elements or arguments, one per line."""
    parts = [part.removesuffix(",") for part in split(inner.strip(), (", ",))]
    lines = [line for part in parts[:-1] for line in fit(part + ",", depth + 1)]
    return [*lines, *fit(parts[-1], depth + 1)]
