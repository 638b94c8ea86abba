"""Hints for diagnostics of the TypeScript compiler."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nangonb._project import Project, Script
from nangonb.errors import nearest

if TYPE_CHECKING:
    from nangonb._node import Diagnostic

_QUOTED: Final = re.compile(r"'([^']*)'")
_NO_NAME: Final = frozenset({"ts-2304", "ts-2305", "ts-2552", "ts-2724"})  # the name or export does not exist
_NO_MODULE: Final = frozenset({"ts-2307", "ts-2792", "ts-2834", "ts-2835"})
_UNUSED: Final = frozenset({"ts-6133", "ts-6192", "ts-6196", "ts-6198"})
_UNTYPED: Final = frozenset({"ts-7006", "ts-7031", "ts-7034"})
_SAME_CAUSE: Final[dict[str, tuple[str, ...]]] = {
    "import-not-allowed": ("ts-2307", "ts-2792", "ts-7016"),
    "sync-only": ("ts-2339", "ts-2551"),
    "unknown-model": ("ts-2345",),
}
_WITH_ENDING: Final = re.compile(r"need explicit file extensions.*Did you mean '([^']+)'\?")
_MEANT: Final = re.compile(r"Did you mean (\w+)\?")


def hint(project: Project, path: str, script: Script | None, diagnostic: Diagnostic) -> str:
    """The hint for a diagnostic in the file ``path``; empty if there is none."""
    if diagnostic.hint:
        return diagnostic.hint
    if diagnostic.code == "unknown-model":
        meant = close_model(diagnostic.text.strip("'\""), script, project.model_names)
        return f"Did you mean '{meant}'?" if meant else ""
    if diagnostic.code in _NO_NAME:
        name = diagnostic.text.split(" ")[0]
        meant = "" if "Did you mean" in diagnostic.message else close_model(name, script, project.model_names)
        return f"Did you mean {meant}?" if meant else ""
    if (ending := _WITH_ENDING.search(diagnostic.message)) is not None:
        return f"Write '{ending[1]}'."
    if diagnostic.code in _NO_MODULE:
        return _module(project, path, diagnostic.text.strip("'\"`"))
    if diagnostic.code in _UNUSED:
        return "Remove it."
    if diagnostic.code in _UNTYPED:
        named = _QUOTED.search(diagnostic.message)
        return f"Annotate it: ({named[1]}: any)" if named else ""
    return ""


def close_model(name: str, script: Script | None, models: Sequence[str]) -> str:
    """Return the model that was probably meant: one with a similar name, one whose name is part of ``name``,
    else the only model that the script declares; or an empty string."""
    if (close := nearest(name, models)) is not None:
        return close
    parts = [one for one in models if one.lower() in name.lower() or name.lower() in one.lower()]
    if len(parts) == 1:
        return parts[0]
    declared = script.config.output if script else ()
    return declared[0] if len(declared) == 1 and declared[0] in models else ""


def duplicates_of_rules(diagnostics: Sequence[Diagnostic]) -> set[Diagnostic]:
    """Return diagnostics whose line has a rule of the CLI with the same cause."""
    rules = {(each.line, code) for each in diagnostics for code in _SAME_CAUSE.get(each.code, ())}
    return {each for each in diagnostics if (each.line, each.code) in rules}


def resolved_by_hints(diagnostics: Sequence[Diagnostic], hints: Mapping[Diagnostic, str]) -> set[Diagnostic]:
    """Return diagnostics that the fix of another one resolves: an imported model that is misspelt."""
    meant = {
        match[1] for each in diagnostics if (match := _MEANT.search(hints[each])) and each.code in _NO_NAME
    }
    return {
        each
        for each in diagnostics
        if each.code in _UNUSED and (name := _QUOTED.search(each.message)) and name[1] in meant
    }


def _module(project: Project, path: str, specifier: str) -> str:
    """Return a hint with the module's path relative to the file."""
    if not specifier.startswith("."):
        return ""
    folder = posixpath.dirname(path)
    there = {"models": "", **{module.path: module.language for module in project.modules}}
    asked = posixpath.normpath(posixpath.join(folder, specifier))
    bare = re.sub(r"\.(js|ts)$", "", asked)
    name = posixpath.basename(bare)
    match = bare if bare in there else next((one for one in there if posixpath.basename(one) == name), None)
    match = match or nearest(bare, list(there))
    if match is None:
        return ""
    way = posixpath.relpath(match, folder or ".")
    suffix = ".js" if specifier.endswith(".js") else ""
    return f"Write '{way if way.startswith('.') else f'./{way}'}{suffix}'."
