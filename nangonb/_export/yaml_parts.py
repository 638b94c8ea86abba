"""nango.yaml in parts: each script and each model with its own text, comments included."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nangonb._project import Project, Source, nango_yaml
from nangonb._project.nango_yaml import Block
from nangonb.errors import ProjectError

EntryPath = tuple[str, ...]
"""The keys that lead to an entry: ``("models", "Contact")``."""
_GROUPS = ("syncs", "actions", "on-events")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands at a path: its value, and its text with its key and the comments above."""

    value: Any
    text: str


@dataclass(frozen=True)
class Parts:
    """A nango.yaml taken apart. ``parts`` are in the order of the file.

    ``heads`` are the lines of integrations and groups, with their comments; ``spaced`` the paths that a
    blank line stands above; ``lists`` the texts of on-events; ``tail`` the comments below everything.
    """

    parts: dict[EntryPath, Part] = field(default_factory=dict)
    heads: dict[EntryPath, Block] = field(default_factory=dict)
    lists: tuple[Block, ...] = ()
    spaced: frozenset[EntryPath] = frozenset()
    tail: str = ""


@lru_cache(maxsize=2048)
def take_apart(text: str) -> Parts:
    """The parts of a nango.yaml, or of a cell with a part of one. What it returns is not to be changed.

    Raises:
        ProjectError: it cannot be read.
    """
    whole, *blocks = nango_yaml.blocks(text, Source("nango.yaml", text))
    lines = re.split("\r\n|\n|\r", text.removeprefix("\ufeff"))
    texts: dict[EntryPath, str] = {}
    heads: dict[EntryPath, Block] = {}
    lists: list[Block] = []
    spaced: set[EntryPath] = set()
    end = 0
    for block in sorted(blocks, key=lambda block: block.order):
        above, body = _split(block)
        first = block.order - len(above)
        loose = [line.strip() for line in lines[end:first]]  # comments that no entry has taken
        end = max(end, block.order + len(body))
        if block.blank_before or "" in loose:
            spaced.add(block.path)
        with_loose = "\n".join(_trimmed([*loose, *above, *body]))
        if block.is_container:
            heads[block.path] = dataclasses.replace(block, text=with_loose, blank_before=False)
        elif len(block.path) == 4 and block.path[2] == "on-events":
            lists.append(dataclasses.replace(block, text=with_loose, blank_before=False))
        else:
            texts[block.path] = with_loose
    parts = {
        path: Part(value, _spread(path, value, texts[path]) if path in texts else _written(path, value))
        for path, value in entries(whole.data)
    }
    tail = "\n".join(_trimmed([line.strip() for line in lines[end:]])).rstrip("\n")
    return Parts(parts, heads, tuple(lists), frozenset(spaced), tail if tail.startswith("#") else "")


def of_project(project: Project) -> str:
    """nango.yaml of a Project alone: what its cells say, in their words where nothing was added to them."""
    cells = [take_apart(cell.document.text) for cell in project.yaml_cells]
    parts = {path: Part(value, _text(path, value, cells)) for path, value in entries(project.data)}
    heads: dict[EntryPath, Block] = {}
    for cell in cells:
        heads = {**cell.heads, **heads}
    lists = tuple(block for cell in cells for block in cell.lists)
    whole = [Block((), cell.document.text, cell.document.data, 0) for cell in project.yaml_cells]
    return put_together(Parts(in_order(parts), heads, lists), whole)


def put_together(taken: Parts, whole: Iterable[Block] = ()) -> str:
    """The text of a nango.yaml with these parts, in their order."""
    data: dict[str, Any] = {}
    for path, part in taken.parts.items():
        here: Any = data
        for key in path[:-1] if len(path) < 5 else path[:-2]:
            here = here.setdefault(key, {})
        if len(path) == 5:
            here.setdefault(path[3], []).append(path[4])
        else:
            here[path[-1]] = part.value
    data = {key: data.get(key, {}) for key in {"integrations": {}, "models": {}, **data}}
    blocks = [
        Block(path, part.text, part.value, number, blank_before=path in taken.spaced)
        for number, (path, part) in enumerate(taken.parts.items())
    ]
    blocks += [dataclasses.replace(block, blank_before=block.path in taken.spaced) for block in taken.lists]
    for path, block in taken.heads.items():
        # An empty line between integrations and models
        blocks.append(dataclasses.replace(block, blank_before=len(path) == 1 or path in taken.spaced))
    text = nango_yaml.assemble(data, [*whole, *blocks]).replace("\r\n", "\n").replace("\r", "\n")
    text = text.rstrip("\n") + "\n"
    return f"{text}\n{taken.tail}\n" if taken.tail else text


def in_order(parts: Mapping[EntryPath, Part]) -> dict[EntryPath, Part]:
    """Integrations, then models; syncs before actions; each by name."""

    def rank(path: EntryPath) -> tuple[Any, ...]:
        group = path[2] if len(path) > 2 else ""
        return (path[0], path[1:2], _GROUPS.index(group) if group in _GROUPS else len(_GROUPS), path[2:])

    return {path: parts[path] for path in sorted(parts, key=rank)}


def entries(data: Any) -> Iterator[tuple[EntryPath, Any]]:
    """(path, value) of all parts: scripts, models, scripts of an event one by one, and what else there is."""
    for key, value in _items(data):
        path = (key,)
        if key not in ("integrations", "models") or not isinstance(value, dict | None):
            yield path, value
        elif key == "models":
            yield from _children(path, value)
        else:
            for inner, kinds in _children(path, value):
                for group, scripts in _children_or_itself(inner, kinds):
                    yield from _scripts(group, scripts)


def _scripts(path: EntryPath, scripts: Any) -> Iterator[tuple[EntryPath, Any]]:
    if len(path) < 3 or path[2] not in _GROUPS:
        yield path, scripts
        return
    for inner, value in _children_or_itself(path, scripts):
        if path[2] == "on-events" and len(inner) == 4 and _are_texts(value):
            yield from (((*inner, name), name) for name in value)
        else:
            yield inner, value


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(item, str) for item in value)


def _children(path: EntryPath, value: Any) -> Iterator[tuple[EntryPath, Any]]:
    yield from (((*path, name), child) for name, child in _items(value))


def _children_or_itself(path: EntryPath, value: Any) -> Iterator[tuple[EntryPath, Any]]:
    if isinstance(value, dict) and value:
        yield from _children(path, value)
    else:
        yield path, value


def _items(value: Any) -> list[tuple[str, Any]]:
    return [(str(key), child) for key, child in value.items()] if isinstance(value, dict) else []


def _text(path: EntryPath, value: Any, cells: Iterable[Parts]) -> str:
    """The text of a cell for ``value``, with the keys added that only a script cell gives."""
    for cell in cells:
        part = cell.parts.get(path)
        if part is None:
            continue
        if nango_yaml.same(part.value, value):
            return part.text
        if isinstance(part.value, dict) and isinstance(value, dict) and part.value:
            more = {key: item for key, item in value.items() if key not in part.value}
            if nango_yaml.same({**part.value, **more}, value):
                return part.text + "\n" + _indented(nango_yaml.dump(more), _margin(part.text))
    return _written(path, value)


def _spread(path: EntryPath, value: Any, text: str) -> str:
    """The text of an entry, indented by four as all the rest, where that does not change what it says."""
    margin = len(_margin(text))
    if margin == 4:
        return text
    lines = []
    for line in text.split("\n"):
        inner = line.lstrip(" ")
        deep = len(line) - len(inner)
        lines.append(" " * (deep * 4 // margin) + inner)
    wider = "\n".join(lines)
    try:
        read = nango_yaml.read(wider, Source("", wider)).data
    except ProjectError:
        return text
    return wider if nango_yaml.same(read, {path[-1]: value}) else text


def _margin(text: str) -> str:
    """The indentation of the keys of an entry."""
    for line in text.split("\n"):
        if line.startswith(" ") and not _is_remark(line):
            return line[: len(line) - len(line.lstrip(" "))]
    return "    "


def _indented(text: str, margin: str) -> str:
    return "\n".join(margin + line if line else "" for line in text.rstrip("\n").split("\n"))


def _written(path: EntryPath, value: Any) -> str:
    return nango_yaml.dump({path[-1]: value}).rstrip("\n")


def _split(block: Block) -> tuple[list[str], list[str]]:
    """The lines above the key of a block, and the others without comments that end it at the margin."""
    lines = block.text.split("\n")
    key = next(number for number, line in enumerate(lines) if not _is_remark(line))
    end = len(lines)
    while _is_remark(lines[end - 1]) and not lines[end - 1].startswith(" "):
        end -= 1
    return lines[:key], lines[key:end]


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _trimmed(lines: list[str]) -> list[str]:
    """``lines`` without the blank ones at the start."""
    while lines and not lines[0]:
        lines = lines[1:]
    return lines
