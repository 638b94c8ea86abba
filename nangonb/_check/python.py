"""Findings of pyflakes in a script."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nangonb._check.calls import ParsedScript
from nangonb._check.finding import ALL, NONE, Finding
from nangonb._project import Layout
from nangonb.errors import nearest

Elsewhere = Callable[[str], str]
"""A sentence about the cell that has a name, or an empty string."""

#: Messages of pyflakes under the code `python-slip`: message and hint, formatted with its arguments.
_SLIPS: Mapping[str, tuple[str, str]] = {
    "AssertTuple": ("This `assert` is always true: its condition is a tuple.", "Remove the parentheses."),
    "FStringMissingPlaceholders": ("This f-string has no placeholders.", "Remove the `f`, or add `{…}`."),
    "IfTuple": ("This condition is always true: it is a tuple.", "Remove the comma."),
    "IsLiteral": ("`is` compares the identity of a literal.", "Use `==` or `!=`."),
    "MultiValueRepeatedKeyLiteral": (
        "This dict repeats the key `{0!r}`. Python keeps the last value.",
        "Remove one.",
    ),
    "MultiValueRepeatedKeyVariable": (
        "This dict repeats the key `{0}`. Python keeps the last value.",
        "Remove one.",
    ),
    "RaiseNotImplemented": ("`NotImplemented` is not an exception.", "Raise `NotImplementedError`."),
    "StringDotFormatExtraPositionalArguments": (
        "The text has no placeholder for argument {0} of `format()`.",
        "Remove the argument, or add `{}` to the text.",
    ),
    "StringDotFormatExtraNamedArguments": (
        "The text has no placeholder for `{0}`.",
        "Remove the argument, or add it to the text in braces.",
    ),
    "StringDotFormatMissingArgument": (
        "`format()` has no argument for the placeholder {0}.",
        "Add the argument.",
    ),
    "PercentFormatPositionalCountMismatch": (
        "The text has {0} placeholders, and `%` has {1} values.",
        "Use an f-string.",
    ),
}
#: Errors of Python's compiler in a script that can be parsed.
_SYNTAX = {
    "BreakOutsideLoop": "`break` outside a loop.",
    "ContinueOutsideLoop": "`continue` outside a loop.",
    "DefaultExceptNotLast": "A bare `except` must be the last one.",
    "DuplicateArgument": "Duplicate parameter `{0}`.",
    "FutureFeatureNotDefined": "`__future__` has no feature `{0}`.",
    "ImportStarNotPermitted": "`import *` is only allowed at module level.",
    "LateFutureImport": "`from __future__ import …` must be the first line of a script.",
    "ReturnOutsideFunction": "`return` outside a function.",
    "TwoStarredExpressions": "Multiple starred names in an assignment.",
    "YieldOutsideFunction": "`yield` outside a function.",
}


def python_findings(
    script: ParsedScript, elsewhere: Elsewhere, exported: frozenset[str]
) -> Iterator[Finding]:
    """``exported`` are names that other cells import from this one: they count as used."""
    reported: set[tuple[str, object]] = set()
    messages = sorted(_messages(script.tree), key=lambda m: (m.lineno, m.col))
    hidden = {_name(m) for m in messages if type(m).__name__ in ("UndefinedLocal", "ImportShadowedByLoopVar")}
    for message in messages:
        if type(message).__name__.startswith("Unused") and _name(message) in hidden:
            continue  # the same cause
        finding = _finding(script, message, elsewhere, exported)
        key = (type(message).__name__, message.message_args)
        if finding is not None and key not in reported:  # a name is reported once, at its first use
            reported.add(key)
            yield finding


def _messages(tree: ast.Module) -> list[Any]:
    from pyflakes.checker import Checker

    return list(Checker(tree, filename="script").messages)


def _name(message: Any) -> str:
    """Return the name that a message is about, as written in the script."""
    arguments = message.message_args
    name = str(arguments if isinstance(arguments, str) else arguments[0] if arguments else "")
    return name.rpartition(" as ")[2].rpartition(".")[2]


def _finding(
    script: ParsedScript, message: Any, elsewhere: Elsewhere, exported: frozenset[str]
) -> Finding | None:
    kind, arguments = type(message).__name__, message.message_args
    if isinstance(arguments, str):
        arguments = (arguments,)

    def finding(code: str, text: str, hint: str, refused: frozenset[Layout] = NONE, *lines: int) -> Finding:
        return Finding(code, text, message.lineno, message.col, hint, refused, lines)

    match kind:
        case "UndefinedName" if arguments[0] == "nango":
            if script.at_top(message.lineno):
                text = "`nango` is not available at module level: each run has its own."
                entry = f" such as `{script.entry}`" if script.entry else ""
                return finding("nango-at-top", text, f"Move this into a function{entry}.", ALL)
            text = "`nango` is not defined in this function."
            return finding("undefined-name", text, "Add a parameter `nango`, and pass it in each call.", ALL)
        case "UndefinedName":
            name = arguments[0]
            hint = elsewhere(name) or _close(script.tree, name)
            return finding("undefined-name", f"{name} is not defined.", hint, ALL)
        case "UndefinedLocal":
            text = f"`{arguments[0]}` is used before its assignment in this function."
            return finding("undefined-name", text, "Assign it first, or rename it.", ALL)
        case "UnusedImport":
            if _name(message) in exported:
                return None
            return finding("unused-import", f"`{arguments[0]}` is imported and not used.", "Remove it.")
        case "UnusedVariable" | "UnusedAnnotation":
            if arguments[0].startswith("_"):
                return None
            text = f"`{arguments[0]}` is assigned and not used."
            if kind == "UnusedAnnotation":
                text = f"`{arguments[0]}` is annotated and not used."
            return finding("unused-variable", text, "Use it, or remove it.")
        case "RedefinedWhileUnused":
            name, line = arguments
            text = f"`{name}` is defined twice. The first definition is not used."
            return finding("redefined", text, "Rename or remove one of the two.", NONE, line)
        case "ImportShadowedByLoopVar":
            name, line = arguments
            text = f"The loop variable `{name}` hides an import."
            return finding("redefined", text, "Rename one of the two.", NONE, line)
        case "ImportStarUsed":
            text = f"`import *` hides which names of `{arguments[0]}` are used."
            return finding("star-import", text, "Import the names that you use.", ALL)
        case _ if kind in _SYNTAX:
            return finding("python-syntax", _SYNTAX[kind].format(*arguments), "", ALL)
        case _ if kind in _SLIPS:
            text, hint = _SLIPS[kind]
            return finding("python-slip", text.format(*arguments), hint)
        case _ if "Format" in kind:
            return finding(
                "python-slip", "The placeholders of this text do not match its values.", "Use an f-string."
            )
    return None


def _close(tree: ast.Module, name: str) -> str:
    """Return a hint with the nearest name of the script or of Python."""
    known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id != name}
    known |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    known |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    match = nearest(name, sorted(known)) or nearest(name, dir(builtins))
    return f"Did you mean {match}?" if match else "Define it in this cell, or import it."
