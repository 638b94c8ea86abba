"""Reads YAML as js-yaml does (YAML 1.2 core), keeping the place of every key and value.

The scanning is libyaml's, through PyYAML; where it and js-yaml part, this module takes js-yaml's side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from nangonb._project.nango_yaml import scalars
from nangonb._project.nango_yaml.findings import KeyPath
from nangonb._project.nango_yaml.javascript import text as js_text
from nangonb._project.nango_yaml.syntax_errors import Mark, explain
from nangonb._project.problems import Place, Problem
from nangonb._project.source import Source
from nangonb.errors import ProjectError, nearest

Path = tuple[str | int, ...]

DEPTH = 99  # as js-yaml: with the scalar at the end it counts 100
SIZE = 500_000

_CParser: Any = getattr(yaml, "CSafeLoader", None)
_PREFIX = "tag:yaml.org,2002:"
_GAP_AT_END = re.compile(r"(?<![ \t])[ \t]+(?=[\r\n]|\Z)")
_GAP_INSIDE = re.compile(r"(?<=\S)[ \t]+(?=\S)")


@dataclass(slots=True, eq=False)
class Node:
    """A value of the file between its marks; ``size`` is how many values it holds, aliases unfolded.

    ``style`` is how it is written: '' (plain, quoted, or block of keys), 'flow' (in brackets), 'block'
    (``|`` or ``>``) or 'alias'.

    ``items`` of a mapping are (key, key node, value node), of a list ("", itself, value node).
    """

    value: Any
    start: Mark
    end: Mark
    size: int = 1
    items: list[tuple[str, Node, Node]] = field(default_factory=list)
    style: str = ""

    def child(self, part: str | int) -> tuple[Node, Node] | None:
        """(key node, value node) of what ``data[part]`` is."""
        if isinstance(self.value, list):
            if not isinstance(part, int) or not 0 <= part < len(self.items):
                return None
            return self.items[part][2], self.items[part][2]
        for key, key_node, node in reversed(self.items):
            if key == part:
                return key_node, node
        return None


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What was read: ``data`` as dict, list, str, int, float, bool, None and JsDate, and where it stands."""

    data: Any
    source: Source
    text: str
    root: Node | None

    def place(self, path: Path, *, key: bool = False) -> Place:
        """The place of ``path`` in the cell or file, or of its nearest existing ancestor.

        With ``key`` (or for a KeyPath) the place of its key.
        """
        node = self.root
        if node is None:
            return self.source.body_place(1, 1)
        mark = node.start
        for number, part in enumerate(path):
            child = node.child(part)
            if child is None:
                break
            key_node, node = child
            at_key = number == len(path) - 1 and (key or isinstance(path, KeyPath))
            # An empty value has no visible place; its key has one.
            mark = key_node.start if at_key or node.start == node.end else node.start
        return _place(self.source, mark)


def read(text: str, source: Source) -> YamlDocument:
    """Read ``text``, the body of ``source``.

    An empty text gives the data None. Raises ProjectError with one Problem where js-yaml refuses.
    """
    if not isinstance(text, str):
        raise TypeError("text must be a str")
    reader = _Reader(text, source)
    root = reader.document()
    return YamlDocument(None if root is None else root.value, source, text, root)


class _Reader:
    def __init__(self, text: str, source: Source) -> None:
        self.text, self.source = text, source
        self.anchors: dict[str, Node] = {}
        self.stand_ins: dict[int, str] = {}
        self.open: set[int] = set()

    def document(self) -> Node | None:
        clean = self._stand_in(self._printable(self.text), "\x85\u2028\u2029")
        try:
            return self._read(clean)
        except yaml.YAMLError as error:
            lenient = self._without_tabs(clean)
            if lenient == clean:
                raise self._syntax(error) from None
            try:
                self.anchors.clear()
                return self._read(lenient)
            except yaml.YAMLError:
                raise self._syntax(error) from None

    # -- text ------------------------------------------------------------------------------------

    def _printable(self, text: str) -> str:
        bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]", text)
        if bad is None:
            return text.removeprefix("\ufeff")
        line = text.count("\n", 0, bad.start())
        column = bad.start() - (text.rfind("\n", 0, bad.start()) + 1)
        raise self.error(
            "yaml-character",
            f"The character U+{ord(bad[0]):04X} is not allowed in YAML.",
            (line, column),
            "Delete it, or write it as an escape in double quotes.",
        )

    def _stand_in(self, text: str, signs: str) -> str:
        """``text`` with stand-ins for ``signs``, which :meth:`_scalar` turns back.

        YAML 1.1, and so libyaml, ends a line where YAML 1.2 does not.
        """
        there = [sign for sign in signs if sign in text]
        free = (sign for sign in map(chr, range(0xE000, 0xF8FF)) if sign not in text)
        pairs = dict(zip(there, free, strict=False))
        self.stand_ins |= {ord(new): old for old, new in pairs.items()}
        return text.translate({ord(old): new for old, new in pairs.items()})

    def _without_tabs(self, text: str) -> str:
        """``text`` with fewer tabs: js-yaml takes them for white space behind a key or value.

        libyaml mostly does too, PyYAML's own scanner does not.
        """
        text = _GAP_AT_END.sub(lambda gap: "" if "\t" in gap[0] else gap[0], text)
        inside = re.sub(r"(?<=[^\s:])\t(?=[^\s#])", "\0", text)
        inside = _GAP_INSIDE.sub(lambda gap: " " if "\t" in gap[0] else gap[0], inside)
        inside = self._stand_in(inside, "\0")
        self.stand_ins = {new: "\t" if old == "\0" else old for new, old in self.stand_ins.items()}
        return inside

    def _read(self, text: str) -> Node | None:
        loader = _CParser(text) if _CParser else yaml.SafeLoader(text)
        try:
            return self._document(loader)
        finally:
            loader.dispose()

    def _document(self, loader: Any) -> Node | None:
        loader.get_event()  # StreamStart
        if loader.check_event(yaml.StreamEndEvent):
            return None
        loader.get_event()  # DocumentStart
        root = self._node(loader, loader.get_event(), 0)
        loader.get_event()  # DocumentEnd
        if not loader.check_event(yaml.StreamEndEvent):
            event = loader.get_event()
            raise self.error(
                "yaml-several-documents",
                "The YAML has a second document.",
                _mark(event.start_mark),
                "Remove the `---` line.",
            )
        return root

    # -- nodes -----------------------------------------------------------------------------------

    def _node(self, loader: Any, event: Any, depth: int) -> Node:
        start = _mark(event.start_mark)
        if depth >= DEPTH:
            raise self.error(
                "yaml-too-deep", f"The YAML has more than {DEPTH} levels of nesting.", start, "Flatten it."
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, start)
        node = Node(None, start, start)
        if event.anchor:
            self.anchors[event.anchor] = node
            self.open.add(id(node))
        if isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event, start)
            node.style = "block" if event.style in ("|", ">") else ""
            node.end = _mark(event.end_mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            node.style = "flow" if event.flow_style else ""
            self._sequence(loader, node, event, depth)
        else:
            node.style = "flow" if event.flow_style else ""
            self._mapping(loader, node, event, depth)
        self.open.discard(id(node))
        if node.size > SIZE:
            raise self.error(
                "yaml-too-large",
                f"The aliases expand to more than {SIZE:,} values.",
                start,
                "Write the repeated part without an alias.",
            )
        return node

    def _alias(self, event: Any, start: Mark) -> Node:
        target = self.anchors.get(event.anchor)
        if target is None:
            raise self.error(
                "yaml-unknown-alias",
                f"No anchor `&{event.anchor}` above this alias.",
                start,
                self._nearest(event.anchor, list(self.anchors), "*"),
            )
        if id(target) in self.open:
            raise self.error(
                "yaml-recursive-alias",
                f"The alias `*{event.anchor}` is inside its own anchor.",
                start,
                "Use a model instead: models can be recursive.",
            )
        return Node(target.value, start, _mark(event.end_mark), target.size, target.items, "alias")

    def _sequence(self, loader: Any, node: Node, event: Any, depth: int) -> None:
        node.value = values = []
        while True:
            child_event = loader.get_event()
            if isinstance(child_event, yaml.SequenceEndEvent):
                node.end = _mark(child_event.end_mark)
                break
            child = self._node(loader, child_event, depth + 1)
            node.items.append(("", child, child))
            node.size += child.size
            values.append(child.value)
        self._check_tag(event, node, "seq", "omap", "pairs")

    def _mapping(self, loader: Any, node: Node, event: Any, depth: int) -> None:
        values: dict[str, Any] = {}
        node.value = values
        merged: set[str] = set()
        while True:
            key_event = loader.get_event()
            if isinstance(key_event, yaml.MappingEndEvent):
                node.end = _mark(key_event.end_mark)
                break
            key_node = self._node(loader, key_event, depth + 1)
            value_node = self._node(loader, loader.get_event(), depth + 1)
            node.size += key_node.size + value_node.size
            if _is_merge(key_event):
                self._merge(node, values, merged, value_node)
                continue
            key = self._key(key_node)
            if key in values and key not in merged:
                first = next(place for name, place, _ in node.items if name == key)
                raise self.error(
                    "yaml-duplicate-key",
                    f"The key `{key}` appears twice in one mapping.",
                    key_node.start,
                    "Remove or rename one of them.",
                    related=(_place(self.source, first.start),),
                )
            merged.discard(key)
            values[key] = value_node.value
            node.items.append((key, key_node, value_node))
        self._check_tag(event, node, "map", "set")

    def _merge(self, node: Node, values: dict[str, Any], merged: set[str], value_node: Node) -> None:
        several = (
            [item[2] for item in value_node.items] if isinstance(value_node.value, list) else [value_node]
        )
        for one in several:
            if not isinstance(one.value, dict):
                raise self.error(
                    "yaml-merge",
                    "Only a mapping can be merged with `<<`.",
                    one.start,
                    "Point the alias at a mapping.",
                )
            for key, key_node, child in one.items:
                if key not in values:
                    values[key] = one.value[key]
                    merged.add(key)
                    node.items.append((key, key_node, child))

    def _key(self, node: Node) -> str:
        value = node.value
        if isinstance(value, list):
            if any(isinstance(item, list) for item in value):
                raise self.error(
                    "yaml-key", "A list of lists cannot be a key.", node.start, "Use a word as the key."
                )
            return ",".join("" if item is None else js_text(item) for item in value)
        return js_text(value)

    # -- scalars and tags ------------------------------------------------------------------------

    def _scalar(self, event: Any, start: Mark) -> scalars.Scalar:
        text = event.value.translate(self.stand_ins) if self.stand_ins else event.value
        tag = event.tag
        if tag is None or tag == "!":
            plain = (tag is None or not text) and not event.style
            return scalars.resolve(text) if plain else text
        kind = tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else ""
        value: scalars.Scalar = None
        if kind == "str":
            return str(text)
        if kind == "null" and text in scalars.NULLS:
            return None
        if kind == "bool":
            value = scalars.BOOLEANS.get(text)
        elif kind == "int":
            value = scalars.read_int(text)
        elif kind == "float":
            value = scalars.read_float(text)
        elif kind == "timestamp":
            value = scalars.read_date(text)
        elif kind == "merge" and text == "<<":
            return "<<"
        if value is None:
            raise self._bad_tag(tag, start)
        return value

    def _check_tag(self, event: Any, node: Node, default: str, *others: str) -> None:
        tag = event.tag
        if tag is None or tag in ("!", _PREFIX + default):
            return
        kind = tag.removeprefix(_PREFIX)
        if kind not in others or kind == tag:
            raise self._bad_tag(tag, node.start)
        if kind == "set" and any(value is not None for value in node.value.values()):
            raise self._bad_tag(tag, node.start)
        if kind in ("omap", "pairs") and not all(
            isinstance(one, dict) and len(one) == 1 for one in node.value
        ):
            raise self._bad_tag(tag, node.start)

    def _bad_tag(self, tag: str, start: Mark) -> ProjectError:
        short = tag.replace(_PREFIX, "!!")
        return self.error(
            "yaml-tag",
            f"The tag `{short}` is unknown or does not match the value after it.",
            start,
            "Remove the tag.",
        )

    # -- errors ----------------------------------------------------------------------------------

    def _nearest(self, name: str, choices: Sequence[str], sign: str = "") -> str:
        match = nearest(name, choices)
        return f"Did you mean `{sign}{match}`?" if match else "Put the anchor above, or write the value."

    def error(
        self, code: str, message: str, mark: Mark, hint: str = "", related: tuple[Place, ...] = ()
    ) -> ProjectError:
        place = _place(self.source, mark)
        problem = Problem(code, message, place, hint, related)
        return ProjectError("Invalid YAML.", problems=[problem])

    def _syntax(self, error: yaml.YAMLError) -> ProjectError:
        opened, context = getattr(error, "context_mark", None), getattr(error, "context", None) or ""
        mark = getattr(error, "problem_mark", None) or opened
        if opened is not None and "quoted scalar" in context:  # where it begins, not where the text ends
            mark = opened
        reason = getattr(error, "problem", None) or str(error)
        at = _mark(mark) if mark else (0, 0)
        return self.error(*explain(reason, self.text, at))


def _is_merge(event: Any) -> bool:
    if not isinstance(event, yaml.ScalarEvent) or event.value != "<<":
        return False
    return event.tag == _PREFIX + "merge" or (event.tag is None and not event.style)


def _mark(mark: Any) -> Mark:
    return mark.line, mark.column


def _place(source: Source, mark: Mark) -> Place:
    return source.body_place(mark[0] + 1, mark[1] + 1)
