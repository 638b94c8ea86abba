"""nango.yaml from several texts, keeping what people wrote: comments, order and style of each entry.

An entry is one script (``integrations > ID > syncs | actions | on-events > name``), one model, or
any other value at those places. Its text is kept if its data is unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nangonb._project.nango_yaml.javascript import JsDate
from nangonb._project.nango_yaml.loader import Node, YamlDocument, read
from nangonb._project.nango_yaml.writer import INDENT, dump, entry_lines, key_text
from nangonb._project.source import Source
from nangonb.errors import ProjectError

Path = tuple[str, ...]

GROUPS = ("syncs", "actions", "on-events")

_COMMENT = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text: an entry, the line of a container (``salesforce: # our org``), or all of it.

    ``path`` is () for the whole text. ``text`` is dedented, comments above it included. ``data`` is the
    value of an entry or of the whole text, and None for a container. ``order`` is its line.
    """

    path: Path
    text: str
    data: Any
    order: int
    is_container: bool = False
    blank_before: bool = False


def blocks(text: str, source: Source) -> list[Block]:
    """The blocks of one text, the whole first. Raises ProjectError where it cannot be read."""
    document = read(text, source)
    result = [Block((), text, document.data, 0)]
    if document.root is not None and isinstance(document.root.value, dict):
        result += _Splitter(document).split()
    return result


def assemble(data: dict[str, Any], blocks: Iterable[Block]) -> str:
    """nango.yaml with exactly ``data``, in its order, with the texts of ``blocks`` that have the same data.

    A whole text with all of ``data`` (its entries in any order) is returned unchanged.
    """
    known = list(blocks)
    for block in known:
        if not block.path and same(block.data, data, ordered=False):
            return block.text
    written = "\n".join([*_Assembler(known).lines((), data), ""])
    try:
        if same(read(written, Source("nango.yaml", written)).data, data):
            return written
    except ProjectError:
        pass
    return dump(data)  # texts that say something else in this company, such as a repeated anchor


def same(one: Any, other: Any, *, ordered: bool = True) -> bool:
    """Whether two pieces of plain data are equal, types and (unless told otherwise) key order included.

    Without ``ordered`` the order of fields within an entry still counts.
    """
    return _same(one, other, () if not ordered else None)


def is_container(path: Path, value: Any) -> bool:
    """Whether the value at ``path`` is split into entries."""
    if not isinstance(value, dict) or not value:
        return False
    if len(path) == 3:
        return path[0] == "integrations" and path[2] in GROUPS
    return path in ((), ("models",)) or (len(path) < 3 and path[0] == "integrations")


def _same(one: Any, other: Any, path: Path | None) -> bool:
    """``path`` says where in a nango.yaml we are, as long as the order of keys does not count."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        loose = path is not None and is_container(path, one)
        if one.keys() != other.keys() or not (loose or list(one) == list(other)):
            return False
        return all(
            _same(one[key], other[key], (*path, key) if loose and path is not None else None) for key in one
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(_same(a, b, None) for a, b in zip(one, other, strict=True))
    if isinstance(one, JsDate):
        return bool(one.text == other.text)
    return bool(one == other or (one != one and other != other))


# -- taking a text apart ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    key: Node
    value: Node
    is_container: bool


class _Splitter:
    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.lines = re.split("\r\n|\n|\r", document.text.removeprefix("\ufeff"))

    def split(self) -> Iterator[Block]:
        assert self.document.root is not None
        entries = sorted(self._entries((), self.document.root), key=lambda entry: entry.key.start)
        previous_end = 0  # the first line that no entry has taken
        for number, entry in enumerate(entries):
            line = entry.key.start[0]
            following = entries[number + 1].key.start[0] if number + 1 < len(entries) else len(self.lines)
            if not self._stands_alone(entry, line, following):
                previous_end = max(previous_end, line + 1)
                continue
            above = self._above(previous_end, line)
            last = line if entry.is_container else self._last_line(entry, following)
            blank = above > 0 and not self.lines[above - 1].strip()
            text = self._text(above, last, entry.key.start[1], line)
            data = None if entry.is_container else entry.value.value
            yield Block(entry.path, text, data, line, entry.is_container, blank)
            previous_end = last + 1

    def _entries(self, path: Path, node: Node) -> Iterator[_Entry]:
        if node.style in ("flow", "alias"):
            return
        for key, key_node, value in node.items:
            here = (*path, key)
            container = is_container(here, value.value) and value.style == ""
            yield _Entry(here, key_node, value, container)
            if container:
                yield from self._entries(here, value)

    def _stands_alone(self, entry: _Entry, line: int, following: int) -> bool:
        """Whether nothing else is on the lines of this entry."""
        start = entry.key.start
        if line >= len(self.lines) or self.lines[line][: start[1]].strip() or following <= line:
            return False
        return not entry.is_container or entry.value.start[0] > line

    def _above(self, start: int, line: int) -> int:
        """The first of the comment lines above ``line`` that nothing before ``start`` has taken."""
        first = line
        while first > start and self._is_remark(first - 1):
            first -= 1
        while first < line and not self.lines[first].strip():
            first += 1
        return first

    def _is_remark(self, number: int) -> bool:
        return not self.lines[number].strip() or _COMMENT.match(self.lines[number]) is not None

    def _last_line(self, entry: _Entry, following: int) -> int:
        """The last line of the entry: its content, then the comments that belong to it.

        Those are indented deeper than its key, or as deep and not directly above the next key; at the
        end of the text all of them.
        """
        last = max(entry.key.end[0], self._content_end(entry.value, entry.key.end[0]))
        last = min(last, len(self.lines) - 1)  # the end mark of a block lies on the line after it
        at_end = following == len(self.lines)
        next_comments = following
        while next_comments > last + 1 and _COMMENT.match(self.lines[next_comments - 1]):
            next_comments -= 1
        for number in range(last + 1, following):
            text = self.lines[number]
            if not text.strip():
                continue
            depth = len(text) - len(text.lstrip()) - entry.key.start[1]
            if not _COMMENT.match(text) or not (
                at_end or depth > 0 or (depth == 0 and number < next_comments)
            ):
                break
            last = number
        return last

    def _content_end(self, node: Node, line: int) -> int:
        if node.items and node.style == "":
            # An item of a list stands for its own key, and its end mark may lie beyond blank lines.
            starts = (
                (child, line if key is child else max(line, key.end[0])) for _, key, child in node.items
            )
            return max(self._content_end(child, start) for child, start in starts)
        if node.start == node.end:
            return line
        if node.style != "block":
            return node.end[0]
        last = node.end[0] - 1 if node.end[1] == 0 else node.end[0]
        while last > node.start[0] and not self.lines[min(last, len(self.lines) - 1)].strip():
            last -= 1
        return min(last, len(self.lines) - 1)

    def _text(self, first: int, last: int, column: int, key_line: int) -> str:
        """Lines first … last, dedented so that the key starts in column 1."""
        taken = []
        for number in range(first, last + 1):
            line = self.lines[number]
            margin = len(line) - len(line.lstrip(" "))
            taken.append(line[margin if number < key_line else min(column, margin) :].rstrip("\r"))
        return "\n".join(taken)


# -- putting it together ---------------------------------------------------------------------------


class _Assembler:
    def __init__(self, known: list[Block]) -> None:
        self.entries: dict[Path, list[Block]] = {}
        self.containers: dict[Path, Block] = {}
        for block in known:
            if block.is_container:
                self.containers.setdefault(block.path, block)
            elif block.path:
                self.entries.setdefault(block.path, []).append(block)

    def lines(self, path: Path, value: dict[str, Any]) -> list[str]:
        result: list[str] = []
        for key, item in value.items():
            here = (*path, key)
            if is_container(here, item):
                block, head = self._head(here, key)
                result += (
                    ["", *head]
                    if result and ((block is None and not path) or (block and block.blank_before))
                    else head
                )
                result += [INDENT + line if line else "" for line in self.lines(here, item)]
                continue
            block = self._entry(here, item)
            lines = block.text.split("\n") if block else list(entry_lines(key, item))
            result += ["", *lines] if result and block and block.blank_before else lines
        return result

    def _head(self, path: Path, key: str) -> tuple[Block | None, list[str]]:
        block = self.containers.get(path)
        if block is not None and _reads_as(block.text, {key: None}):
            return block, block.text.split("\n")
        return None, [f"{key_text(key)}:"]

    def _entry(self, path: Path, value: Any) -> Block | None:
        """The text for an entry: the first that parses to exactly ``value`` on its own."""
        for block in self.entries.get(path, ()):
            if same(block.data, value) and _reads_as(block.text, {path[-1]: value}):
                return block
        return None


def _reads_as(text: str, data: Any) -> bool:
    try:
        return same(read(text, Source("", text)).data, data)
    except ProjectError:
        return False
