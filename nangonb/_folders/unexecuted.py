"""What a cell declares or withdraws only when it is executed, as far as its text shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nangonb._project import Problem, Source
from nangonb._project.declaring import COMMANDS

_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?|\{[^{}\s]*\}")
_LINE_MAGIC = re.compile(r"([ \t]*)%(run|nango_forget)\b[ \t]*(.*?)[ \t]*$")
_RUNS_TEXT = frozenset({"run_cell_magic", "run_line_magic", "run_cell", "magic", "ex", "run_code"})


@dataclass(frozen=True, slots=True)
class Forget:
    """``%nango_forget NAME`` on a line of its own: ``rest`` is what follows the magic's name."""

    line: int
    rest: str


def variable(line: str) -> str | None:
    """The word of a magic's line that the notebook computes: ``$name``, ``{name}`` or ``contacts-$env``.

    Braces and dollars inside a value with spaces or slashes are ordinary text: ``GET /contacts/{id}``.
    """
    for word in line.split():
        if "/" not in word and "'" not in word and '"' not in word and _VARIABLE.search(word):
            return word
    return None


def statements(source: Source) -> Iterator[Forget | Problem]:
    """Yield the statements of a cell without a nangonb magic that affect declarations, in order."""
    lines = source.text.splitlines()
    tree = _parse(lines)
    texts = _text_lines(tree) if tree else set()
    items: list[tuple[int, Forget | Problem]] = []
    for number, line in enumerate(lines, start=1):
        if number in texts:
            continue
        if line.startswith("%%nango_"):
            items.append((number, _not_first(source, number)))
        match = _LINE_MAGIC.match(line)
        if match is None:
            continue
        indent, magic, rest = match.groups()
        if magic == "run":
            if ".ipynb" in rest:
                items.append((number, _runs_notebook(source, number, rest)))
        elif indent or variable(rest) is not None:
            items.append((number, _only_in_a_kernel(source, number, "What this line withdraws")))
        else:
            items.append((number, Forget(number, rest)))
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and _declares(node):
            items.append((node.lineno, _only_in_a_kernel(source, node.lineno, "What this call declares")))
    yield from (item for _, item in sorted(items, key=lambda pair: pair[0]))


def _parse(lines: list[str]) -> ast.Module | None:
    """The cell as Python; IPython's own lines count as ``pass``."""
    plain = []
    for line in lines:
        body = line.lstrip()
        plain.append(line[: len(line) - len(body)] + "pass" if body.startswith(("%", "!", "?")) else line)
    try:
        return ast.parse("\n".join(plain))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _text_lines(tree: ast.Module) -> set[int]:
    """Lines that begin inside a string."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None:
            lines.update(range(node.lineno + 1, node.end_lineno + 1))
    return lines


def _declares(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return False
    if isinstance(function.value, ast.Name) and function.value.id == "nangonb":
        return function.attr in COMMANDS or function.attr == "forget"
    return function.attr in _RUNS_TEXT and any(_names_a_magic(argument) for argument in call.args)


def _names_a_magic(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.match(r"\s*%{0,2}nango_\w", part.value) is not None
        for part in ast.walk(node)
    )


def _only_in_a_kernel(source: Source, line: int, what: str) -> Problem:
    return Problem(
        "needs-execution",
        f"{what} is known only when the notebook runs. It is ignored here.",
        source.place(line),
        "Write a cell that begins with `%%nango_…` and the literal name.",
    )


def _runs_notebook(source: Source, line: int, rest: str) -> Problem:
    return Problem(
        "needs-execution",
        "The declarations of another notebook are ignored here.",
        source.place(line),
        f"Name both notebooks in the command: … {rest.split()[-1]}",
    )


def _not_first(source: Source, line: int) -> Problem:
    return Problem(
        "magic-not-first",
        "Code above the `%%` line hides the magic.",
        source.place(line),
        "Move it to a cell of its own.",
    )
