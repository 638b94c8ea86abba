"""Which files of a folder a TypeScript file imports, and they in turn."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_RELATIVE: Final = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"\n]*)['"]""")
_SUFFIXES: Final = ("", ".ts", ".js", ".mts", "/index.ts")
_COMPILED: Final = re.compile(r"\.(?:js|mjs|ts|mts)$")


@lru_cache(maxsize=4096)
def specifiers(text: str) -> tuple[str, ...]:
    """The relative paths that a text imports, as they are written; some may stand in comments."""
    return tuple(dict.fromkeys(_RELATIVE.findall(text)))


def resolve(specifier: str, importer: str, paths: Iterable[str]) -> str | None:
    """The path that ``specifier`` means in the file ``importer``, as Node.js and bundlers find it."""
    known = paths if isinstance(paths, (dict, set, frozenset)) else set(paths)
    asked = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    bare = _COMPILED.sub("", asked)
    reached = (name for suffix in _SUFFIXES for name in (asked + suffix, bare + suffix) if name in known)
    return next(reached, None)


def reachable(entry: str, texts: dict[str, str]) -> list[str]:
    """``entry`` and all that it imports, directly or not. ``texts`` are the files by their paths."""
    reached = {entry: None}
    waiting = [entry]
    while waiting:
        importer = waiting.pop()
        for specifier in specifiers(texts[importer]):
            path = resolve(specifier, importer, texts)
            if path is not None and path not in reached:
                reached[path] = None
                waiting.append(path)
    return list(reached)
