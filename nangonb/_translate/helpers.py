"""Small TypeScript functions. A file contains those that it uses, at its end.

Their sources are in ``typescript/``, where the tests type-check them. The comment above each has its name
and its purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: A name that is not a property: not after one dot, but possibly after three.
_NAME = r"(?:(?<=\.\.\.)|(?<![.\w]))([A-Za-z]\w*)"
_FILES = ("core", "numbers", "text", "patterns", "dates", "encodings", "sdk")


@dataclass(frozen=True, slots=True)
class Helper:
    """``why`` is its purpose; ``needs`` are the helpers that it uses."""

    name: str
    text: str
    why: str
    needs: frozenset[str]


def _read() -> dict[str, Helper]:
    folder = files("nangonb._translate").joinpath("typescript")
    found: dict[str, tuple[str, str]] = {}
    for name in _FILES:
        text = folder.joinpath(f"{name}.ts").read_text("utf-8")
        for part in re.split(r"\n(?=// \w+: )", text):
            match = re.match(r"// (\w+): (.*)\n(?:function|type) ", part)
            if match:
                found[match[1]] = (part.strip() + "\n", match[2])
    names = set(found)
    return {
        name: Helper(name, body, why, frozenset(_words(body) & names - {name}))
        for name, (body, why) in found.items()
    }


def _words(code: str) -> set[str]:
    """Return the names in code, without comments, texts and properties."""
    code = re.sub(r"//.*|'(?:\\.|[^'\\\n])*'", "", code)
    code = re.sub(r"`[^`]*`", lambda text: " ".join(re.findall(r"\$\{([^`]*?)\}", text[0])), code)
    return set(re.findall(_NAME + r"\b(?!:)", code))


@cache
def _helpers() -> dict[str, Helper]:
    return _read()


def gives_any(name: str) -> bool:
    """Return whether the helper returns ``any``."""
    found = _helpers().get(name)
    return found is not None and "): any {" in found.text


class _Names:
    def __contains__(self, name: object) -> bool:
        return name in _helpers()

    def __iter__(self) -> Iterator[str]:
        return iter(_helpers())


HELPERS = _Names()


@cache
def helper_names(template: str) -> frozenset[str]:
    """Return the helpers that a template calls."""
    return frozenset(name for name in re.findall(_NAME + r"\(", template) if name in _helpers())


def with_needs(names: set[str]) -> list[Helper]:
    """Return the helpers of these names and those that they use, in the order of the file."""
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue += _helpers()[name].needs
    return [helper for name, helper in _helpers().items() if name in wanted]
