"""Misspelt names in a TypeScript script, detected without a compiler when its cell runs.

``%nango_check`` runs the compiler, which needs Node.js and detects more.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from nangonb._project import Problem, Source
from nangonb.errors import nearest

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
#: Similarity from which a name counts as misspelt.
_ALIKE: Final = 0.8
_LONGER: Final = 2


def slips(source: Source) -> Iterator[Problem]:
    """Yield unknown attributes of ``nango`` and calls of undefined functions, each with the nearest name."""
    text = _SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source.body)
    known = sdk_names()
    for match in _ON_NANGO.finditer(text):
        name = match[1]
        meant = None if name in known else nearest(name, known)
        if meant is not None and abs(len(meant) - len(name)) <= _LONGER:
            message = f"The nango object has no `{name}`."
            yield _problem(
                "unknown-attribute", message, source, text, match.start(1), f"Did you mean `{meant}`?"
            )
    counts = Counter(_WORD.findall(text))
    functions = {name for names in _FUNCTION.findall(text) for name in names if name}
    for match in _CALL.finditer(text):
        name = match[1]
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        # a declared or imported name occurs at least twice if it is used
        if (
            counts[name] > 1
            or name[0].isupper()
            or name in functions
            or (before in _OF_A_METHOD and _METHOD.match(text, match.end()))
        ):
            continue
        alike = difflib.get_close_matches(name, functions, n=1, cutoff=_ALIKE)
        if alike:
            message = f"The function `{name}` is not defined."
            yield _problem(
                "undefined-name", message, source, text, match.start(1), f"Did you mean `{alike[0]}`?"
            )


def _problem(code: str, message: str, source: Source, text: str, at: int, hint: str) -> Problem:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Problem(code, message, source.body_place(line, column), hint, severity="warning")


@cache
def sdk_names() -> frozenset[str]:
    """Return the attributes of the ``nango`` object of a script, in either style."""
    from nangonb._node import sdk_types

    objects = (match[0] for text in sdk_types() for match in _OBJECT.finditer(text))
    return frozenset(name for each in objects for name in _MEMBER.findall(each))
