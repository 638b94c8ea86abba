"""What pyflakes, the checker of the Python community, finds in a script, in our words."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nangonb.check.calls import ParsedScript
from nangonb.check.finding import ALL, NONE, Finding
from nangonb.errors import nearest
from nangonb.project import Layout

Elsewhere = Callable[[str], str]
"""A sentence about the cell that has a name, or an empty string."""

#: What has no name of its own among the codes: a sentence for each, with what the checker knows put in.
_SLIPS: Mapping[str, tuple[str, str]] = {
    "AssertTuple": ("This assert holds always: it is given a tuple.", "Remove the parentheses."),
    "FStringMissingPlaceholders": ("This f-string has nothing in braces.", "Remove the f, or add {…}."),
    "IfTuple": ("This test holds always: it is given a tuple.", "Remove the comma."),
    "IsLiteral": ("is compares identity, which says nothing of text and numbers.", "Use == or !=."),
    "MultiValueRepeatedKeyLiteral": ("This dict has the key {0!r} twice; the last one counts.", "Keep one."),
    "MultiValueRepeatedKeyVariable": ("This dict has the key {0} twice; the last one counts.", "Keep one."),
    "RaiseNotImplemented": ("NotImplemented is no error.", "Use NotImplementedError."),
    "StringDotFormatExtraPositionalArguments": (
        "The text has no place for argument {0} of format().",
        "Remove it, or add {} to the text.",
    ),
    "StringDotFormatExtraNamedArguments": (
        "The text has no place for {0}.",
        "Remove it, or add it in braces.",
    ),
    "StringDotFormatMissingArgument": ("format() lacks {0}, which the text asks for.", "Add it."),
    "PercentFormatPositionalCountMismatch": (
        "The text has {0} places, and % gives it {1} values.",
        "Use an f-string.",
    ),
}
#: What Python itself refuses when it compiles a script, although it can be parsed.
_SYNTAX = {
    "BreakOutsideLoop": "break stands outside of a loop.",
    "ContinueOutsideLoop": "continue stands outside of a loop.",
    "DefaultExceptNotLast": "except without a class must be the last one.",
    "DuplicateArgument": "The parameter {0} stands twice.",
    "FutureFeatureNotDefined": "There is no feature {0} in __future__.",
    "ImportStarNotPermitted": "import * stands at the top of a script only.",
    "LateFutureImport": "from __future__ import … is the first line of a script.",
    "ReturnOutsideFunction": "return stands outside of a function.",
    "TwoStarredExpressions": "Only one name of an assignment may have a star.",
    "YieldOutsideFunction": "yield stands outside of a function.",
}


def python_findings(script: ParsedScript, elsewhere: Elsewhere, wanted: frozenset[str]) -> Iterator[Finding]:
    """``wanted`` are names that other cells import from this one, which therefore uses them."""
    said: set[tuple[str, object]] = set()
    messages = sorted(_messages(script.tree), key=lambda m: (m.lineno, m.col))
    hidden = {_name(m) for m in messages if type(m).__name__ in ("UndefinedLocal", "ImportShadowedByLoopVar")}
    for message in messages:
        if type(message).__name__.startswith("Unused") and _name(message) in hidden:
            continue  # the same cause
        finding = _finding(script, message, elsewhere, wanted)
        key = (type(message).__name__, message.message_args)
        if finding is not None and key not in said:  # a name is said once, where it is first used
            said.add(key)
            yield finding


def _messages(tree: ast.Module) -> list[Any]:
    from pyflakes.checker import Checker

    return list(Checker(tree, filename="script").messages)


def _name(message: Any) -> str:
    """The name that a message is about, as the script has it."""
    arguments = message.message_args
    name = str(arguments if isinstance(arguments, str) else arguments[0] if arguments else "")
    return name.rpartition(" as ")[2].rpartition(".")[2]


def _finding(
    script: ParsedScript, message: Any, elsewhere: Elsewhere, wanted: frozenset[str]
) -> Finding | None:
    kind, arguments = type(message).__name__, message.message_args
    if isinstance(arguments, str):
        arguments = (arguments,)

    def finding(code: str, text: str, hint: str, refused: frozenset[Layout] = NONE, *lines: int) -> Finding:
        return Finding(code, text, message.lineno, message.col, hint, refused, lines)

    match kind:
        case "UndefinedName" if arguments[0] == "nango":
            if script.at_top(message.lineno):
                text = "There is no nango object at the top of a script: it is made for each run."
                entry = f" such as {script.entry}" if script.entry else ""
                return finding("nango-at-top", text, f"Move this into a function{entry}.", ALL)
            text = "This function does not know the nango object."
            return finding("undefined-name", text, "Give it a parameter nango, and pass it on.", ALL)
        case "UndefinedName":
            name = arguments[0]
            hint = elsewhere(name) or _close(script.tree, name)
            return finding("undefined-name", f"{name} is not defined.", hint, ALL)
        case "UndefinedLocal":
            text = f"{arguments[0]} is read before this function gives it a value."
            return finding("undefined-name", text, "Give it a value first, or rename it.", ALL)
        case "UnusedImport":
            if _name(message) in wanted:
                return None
            return finding("unused-import", f"{arguments[0]} is imported and not used.", "Remove it.")
        case "UnusedVariable" | "UnusedAnnotation":
            if arguments[0].startswith("_"):
                return None
            text = f"{arguments[0]} is given a value that nothing uses."
            if kind == "UnusedAnnotation":
                text = f"{arguments[0]} is annotated and not used."
            return finding("unused-variable", text, "Use it, or remove it.")
        case "RedefinedWhileUnused":
            name, line = arguments
            text = f"{name} is defined twice, and nothing uses the first one."
            return finding("redefined", text, "Rename or remove one of the two.", NONE, line)
        case "ImportShadowedByLoopVar":
            name, line = arguments
            text = f"The loop variable {name} hides what was imported."
            return finding("redefined", text, "Rename one of the two.", NONE, line)
        case "ImportStarUsed":
            text = f"import * hides which names of {arguments[0]} are used."
            return finding("star-import", text, "Name what you need.", ALL)
        case _ if kind in _SYNTAX:
            return finding("python-syntax", _SYNTAX[kind].format(*arguments), "", ALL)
        case _ if kind in _SLIPS:
            text, hint = _SLIPS[kind]
            return finding("python-slip", text.format(*arguments), hint)
        case _ if "Format" in kind:
            return finding(
                "python-slip", "This text and what is put into it do not agree.", "Use an f-string."
            )
    return None


def _close(tree: ast.Module, name: str) -> str:
    """The name that was probably meant, of those that the script or Python has."""
    known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id != name}
    known |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    known |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    match = nearest(name, sorted(known)) or nearest(name, dir(builtins))
    return f"Did you mean {match}?" if match else "Define it in this cell, or import it."
