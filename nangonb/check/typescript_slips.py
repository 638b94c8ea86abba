"""Misspelt names in the text of a TypeScript script, seen without a compiler when its cell is run.

The compiler sees more, and takes Node.js; what it says is for ``%nango_check``.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from nangonb.errors import nearest
from nangonb.project import Problem, Source

_SKIPPED: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.DOTALL
)
_ON_NANGO: Final = re.compile(r"(?<![\w.$])nango\s*\.\s*([A-Za-z_$][\w$]*)")
_CALL: Final = re.compile(r"(?<![\w.$])([A-Za-z_$][\w$]*)\s*\(")
_FUNCTION: Final = re.compile(
    r"\bfunction\s+([A-Za-z_$][\w$]*)|\bconst\s+([A-Za-z_$][\w$]*)\s*=\s*(?:async\s*)?\("
)
_METHOD: Final = re.compile(r"[^()\n]*\)[^()\n;]*\{")
_OF_A_METHOD: Final = ("", "async", "{")
_OBJECT: Final = re.compile(
    r"^[\w ]*\b(?:class|interface) (?:Nango\w+|Action)\b.*?^}", re.MULTILINE | re.DOTALL
)
_WORD: Final = re.compile(r"[A-Za-z_$][\w$]*")
_MEMBER: Final = re.compile(r"^    (?:readonly )?([A-Za-z_]\w*)\??(?:<.*?>)?[(:]", re.MULTILINE)
#: So much alike that it is a slip, and no other word.
_ALIKE: Final = 0.8
_LONGER: Final = 2


def slips(source: Source) -> Iterator[Problem]:
    """What no ``nango`` object has, and calls of functions that are not there, each with the nearest name."""
    text = _SKIPPED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source.body)
    known = sdk_names()
    for found in _ON_NANGO.finditer(text):
        name = found[1]
        meant = None if name in known else nearest(name, known)
        if meant is not None and abs(len(meant) - len(name)) <= _LONGER:
            said = f"The nango object has no {name}."
            yield _problem("unknown-attribute", said, source, text, found.start(1), f"Did you mean {meant}?")
    counts = Counter(_WORD.findall(text))
    functions = {name for found in _FUNCTION.findall(text) for name in found if name}
    for found in _CALL.finditer(text):
        name = found[1]
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
        # whatever is declared or imported stands at least twice where it is used
        if (
            counts[name] > 1
            or name[0].isupper()
            or name in functions
            or (before in _OF_A_METHOD and _METHOD.match(text, found.end()))
        ):
            continue
        alike = difflib.get_close_matches(name, functions, n=1, cutoff=_ALIKE)
        if alike:
            said = f"There is no function {name}."
            yield _problem("undefined-name", said, source, text, found.start(1), f"Did you mean {alike[0]}?")


def _problem(code: str, said: str, source: Source, text: str, at: int, hint: str) -> Problem:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Problem(code, said, source.body_place(line, column), hint, severity="warning")


@cache
def sdk_names() -> frozenset[str]:
    """What stands on the ``nango`` object of a script, of either style."""
    from nangonb.node import sdk_types

    objects = (found[0] for text in sdk_types() for found in _OBJECT.finditer(text))
    return frozenset(name for each in objects for name in _MEMBER.findall(each))
