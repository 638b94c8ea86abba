"""Arrow functions for map, filter and the like, with the used parameters and the necessary types."""

from __future__ import annotations

import ast
import re

from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.types import Type, element, typescript

#: Calls whose results are pairs in TypeScript.
_PAIRS = ("entriesOf(", "enumerated(", "zipped(")
_TEXT = re.compile(
    r"'(?:\\.|[^'\\\n])*'"
    r"|\"(?:\\.|[^\"\\\n])*\""
    r"|/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*"
)
_SPECIAL = re.compile("['\"`/]")
_NAME = re.compile(r"(?:(?<![\w$.])|(?<=\.\.\.))(?:[^\W\d]|\$)[\w$]*(?!:|[\w$])")


def callback(t: FunctionTranslator, target: ast.expr | str, items: Expr, body: str) -> str:
    """Return ``(contact: Contact) => body``. ``items`` is the receiver of map, filter ….

    Where ``items`` is ``any`` in TypeScript, the parameter has a type annotation.
    """
    kind = element(items.type)
    used = names_in(body)
    pattern = target if isinstance(target, str) else _pattern(t, target, used)
    if isinstance(target, str) and target not in used:
        pattern = ""
    typed = pattern and not (pattern.startswith("[") and items.code.startswith(_PAIRS))
    return f"({pattern}{f': {_annotation(kind)}' if typed else ''}) => {body}"


def _annotation(kind: Type) -> str:
    return typescript(kind) if kind.kind != "tuple" or kind.parts else "any"


def _pattern(t: FunctionTranslator, target: ast.expr, used: frozenset[str]) -> str:
    """Return the target of a comprehension, reduced to the names in ``used``."""
    if isinstance(target, ast.Name):
        name = t.js_name(target.id)
        return name if name in used else ""
    assert isinstance(target, ast.Tuple | ast.List)
    parts = [_pattern(t, each, used) for each in target.elts]
    while parts and not parts[-1]:
        parts.pop()
    return f"[{', '.join(parts)}]" if parts else ""


def names_in(code: str) -> frozenset[str]:
    """Return the variables and functions in TypeScript code, without properties and the content of texts."""
    found: set[str] = set()
    for piece in _pieces(code):
        found.update(_NAME.findall(piece))
    return frozenset(found)


def skip_text(code: str, at: int) -> int:
    """Return the end of the text, template literal or pattern that starts at ``at``, else ``at``."""
    if code[at] == "`":
        return _template(code, at + 1)[1]
    match = _TEXT.match(code, at)
    if match is None or (code[at] == "/" and not _may_be_pattern(code, at)):
        return at
    return match.end()


def _may_be_pattern(code: str, at: int) -> bool:
    """Return whether a slash starts a pattern; otherwise it divides."""
    before = code[:at].rstrip()
    return not before or before[-1] in "(,=:[!&|?{};>" or before.endswith("return")


def _pieces(code: str) -> list[str]:
    """Return the code without texts; of template literals only the content of ``${…}``."""
    pieces: list[str] = []
    here: list[str] = []
    start = at = 0
    while (match := _SPECIAL.search(code, at)) is not None:
        at = match.start()
        comment = code.startswith("//", at)
        end = (code.find("\n", at) % (len(code) + 1)) if comment else skip_text(code, at)
        if end <= at:
            at += 1
            continue
        here.append(code[start:at])
        if code[at] == "`":
            pieces += _template(code, at + 1)[0]
        start = at = end
    return [" ".join([*here, code[start:]]), *pieces]


def _template(code: str, at: int) -> tuple[list[str], int]:
    """Return the content of ``${…}`` of the template literal that starts at ``at``, and its end."""
    pieces: list[str] = []
    while at < len(code) and code[at] != "`":
        if code[at] == "\\":
            at += 2
        elif code.startswith("${", at):
            end = _closing(code, at + 2)
            pieces += _pieces(code[at + 2 : end])
            at = end + 1
        else:
            at += 1
    return pieces, at + 1


def _closing(code: str, at: int) -> int:
    """Return the position of the brace that closes the one before ``at``."""
    depth = 0
    while at < len(code):
        end = skip_text(code, at) if code[at] in "'\"`/" else at
        if end > at:
            at = end
            continue
        if code[at] == "}":
            if depth == 0:
                return at
            depth -= 1
        elif code[at] == "{":
            depth += 1
        at += 1
    return at
