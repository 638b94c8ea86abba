"""A list of paths as a tree."""

from __future__ import annotations

from collections.abc import Iterable

from nangonb.render.format import one_line

Node = dict[str, "Node"]


def tree_text(paths: Iterable[str], root: str = "") -> str:
    """Paths with ``/`` as ``tree`` prints them, sorted; ``root`` is the name on top, or none."""
    top: Node = {}
    for path in paths:
        node = top
        for name in path.strip("/").split("/"):
            node = node.setdefault(name, {})
    return "\n".join([*([one_line(root)] if root else []), *_lines(top, "")])


def _lines(node: Node, lead: str) -> Iterable[str]:
    names = sorted(node)
    for name in names:
        last = name == names[-1]
        yield f"{lead}{'└── ' if last else '├── '}{one_line(name)}"
        yield from _lines(node[name], lead + ("    " if last else "│   "))
