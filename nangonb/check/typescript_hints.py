"""How to mend what the TypeScript compiler says, where that can be seen."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nangonb.errors import nearest
from nangonb.project import Project, Script

if TYPE_CHECKING:
    from nangonb.node import Diagnostic

_QUOTED: Final = re.compile(r"'([^']*)'")
_NO_NAME: Final = frozenset({"ts-2304", "ts-2305", "ts-2552", "ts-2724"})  # there is no such name (export)
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


def hint(project: Project, path: str, script: Script | None, said: Diagnostic) -> str:
    """The hint for a diagnostic in the file ``path``; empty where nothing is known."""
    if said.hint:
        return said.hint
    if said.code == "unknown-model":
        meant = close_model(said.text.strip("'\""), script, project.model_names)
        return f"Did you mean '{meant}'?" if meant else ""
    if said.code in _NO_NAME:
        name = said.text.split(" ")[0]
        meant = "" if "Did you mean" in said.message else close_model(name, script, project.model_names)
        return f"Did you mean {meant}?" if meant else ""
    if (ending := _WITH_ENDING.search(said.message)) is not None:
        return f"Write '{ending[1]}'."
    if said.code in _NO_MODULE:
        return _module(project, path, said.text.strip("'\"`"))
    if said.code in _UNUSED:
        return "Remove it."
    if said.code in _UNTYPED:
        named = _QUOTED.search(said.message)
        return f"Say its type: ({named[1]}: any)" if named else ""
    return ""


def close_model(name: str, script: Script | None, models: Sequence[str]) -> str:
    """The model that was probably meant: one of much the same name, one whose name is part of it, else the
    only one that the script declares; or empty."""
    if (close := nearest(name, models)) is not None:
        return close
    parts = [one for one in models if one.lower() in name.lower() or name.lower() in one.lower()]
    if len(parts) == 1:
        return parts[0]
    declared = script.config.output if script else ()
    return declared[0] if len(declared) == 1 and declared[0] in models else ""


def known_to_rules(found: Sequence[Diagnostic]) -> set[Diagnostic]:
    """What the compiler says of a line, where a rule of the CLI says the same of it."""
    rules = {(each.line, code) for each in found for code in _SAME_CAUSE.get(each.code, ())}
    return {each for each in found if (each.line, each.code) in rules}


def mended_by(found: Sequence[Diagnostic], hints: Mapping[Diagnostic, str]) -> set[Diagnostic]:
    """Those that go away when a hint is followed: a model is imported, and misspelt where it is used."""
    meant = {match[1] for each in found if (match := _MEANT.search(hints[each])) and each.code in _NO_NAME}
    return {
        each
        for each in found
        if each.code in _UNUSED and (name := _QUOTED.search(each.message)) and name[1] in meant
    }


def _module(project: Project, path: str, specifier: str) -> str:
    """How the module is reached from the file."""
    if not specifier.startswith("."):
        return ""
    folder = posixpath.dirname(path)
    there = {"models": "", **{module.path: module.language for module in project.modules}}
    asked = posixpath.normpath(posixpath.join(folder, specifier))
    bare = re.sub(r"\.(js|ts)$", "", asked)
    name = posixpath.basename(bare)
    found = bare if bare in there else next((one for one in there if posixpath.basename(one) == name), None)
    found = found or nearest(bare, list(there))
    if found is None:
        return ""
    way = posixpath.relpath(found, folder or ".")
    suffix = ".js" if specifier.endswith(".js") else ""
    return f"Write '{way if way.startswith('.') else f'./{way}'}{suffix}'."
