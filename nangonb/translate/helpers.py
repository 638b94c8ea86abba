"""Small TypeScript functions that are appended to a file, only when it uses them.

They stand in ``helpers.ts``, where the tests type-check them as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Helper:
    """``why`` says what it is there for; ``needs`` are the helpers that it uses itself."""

    name: str
    text: str
    why: str
    needs: frozenset[str]


def _read() -> dict[str, Helper]:
    text = files("nangonb.translate").joinpath("helpers.ts").read_text("utf-8")
    parts = re.split(r"\n(?=// \w+: )", text)
    found: dict[str, tuple[str, str]] = {}
    for part in parts:
        match = re.match(r"// (\w+): (.*(?:\n// .*)*)\n", part)
        if match:
            found[match[1]] = (part.strip() + "\n", match[2].replace("\n// ", " "))
    names = set(found)
    return {
        name: Helper(name, body, why, frozenset(_words(body.split("\n", 1)[1]) & names - {name}))
        for name, (body, why) in found.items()
    }


def _words(code: str) -> set[str]:
    code = re.sub(r"'[^'\n]*'|`[^`]*`", "", code)
    return set(re.findall(r"(?<![.\w'])([A-Za-z]\w*)\b", code))


@cache
def _helpers() -> dict[str, Helper]:
    return _read()


class _Names:
    def __contains__(self, name: object) -> bool:
        return name in _helpers()


HELPERS = _Names()


@cache
def helper_names(template: str) -> frozenset[str]:
    """The helpers that a template calls."""
    return frozenset(
        name for name in re.findall(r"(?<![.\w])([A-Za-z]\w*)\(", template) if name in _helpers()
    )


def with_needs(names: set[str]) -> list[Helper]:
    """The helpers of these names and those that they use, in the order of the file."""
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue += _helpers()[name].needs
    return [helper for name, helper in _helpers().items() if name in wanted]
