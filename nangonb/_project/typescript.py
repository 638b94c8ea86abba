"""What the text of a TypeScript script shows without parsing it."""

from __future__ import annotations

import re
from typing import Final

from nangonb._project.problems import Problem
from nangonb._project.scripts import FOLDERS, Kind, Style
from nangonb._project.source import Source
from nangonb.errors import ProjectError, nearest

"""``yaml``: a default export that is a function, configured in nango.yaml. ``zero``: ``createSync`` and the
like, which configures itself."""

#: The functions that Nango's scaffolds have, and those of package ``nango`` that take their place.
FUNCTIONS: Final[dict[Kind, str]] = {"sync": "fetchData", "action": "runAction", "on-event": "onEvent"}
CREATES: Final[dict[Kind, str]] = {
    "sync": "createSync",
    "action": "createAction",
    "on-event": "createOnEvent",
}
_TYPESCRIPT: Final = re.compile(
    r"^\s*(import\s+(type\b|[\w*{].*\bfrom\s+['\"])|export\s+(default|async|function|const|type|interface)\b"
    r"|(const|let|interface|type)\s+\w|(async\s+)?function\b)",
    re.MULTILINE,
)
_PYTHON: Final = re.compile(r"^\s*(def \w+\(.*\).*:|from [\w.]+ import |import \w+$)", re.MULTILINE)
_FUNCTION: Final = re.compile(r"^\s*export\s+default\s+(async\s+)?function\b", re.MULTILINE)
_CREATE: Final = re.compile(r"\b(createSync|createAction|createOnEvent)\s*(<[^(]*>)?\s*\(")
_IMPORTED: Final = re.compile(r"""^\s*import\s*\{([^}]*)\}\s*from\s+['"]nango['"]""", re.MULTILINE)
_NAMED: Final = re.compile(r"^[ \t]*(?:export\s+)?(?:async\s+)?function\s+([\w$]+)", re.MULTILINE)
_FROM_NANGO: Final = re.compile(r"""^\s*import\s+(?!type\b)[^;]*?\bfrom\s+['"]nango['"]""", re.MULTILINE)


def typescript_hint(source: Source) -> str:
    """For a Python cell that does not parse: which line to change, where its body is TypeScript."""
    if not _TYPESCRIPT.search(source.body):
        return ""
    if source.is_file or not source.offset:
        return "This looks like TypeScript, but the file name ends with .py."
    magic = source.lines[source.offset - 1]
    word = magic.split()[0]
    return f"This looks like TypeScript. Change the first line: {magic.replace(word, word + '_ts', 1)}"


def check_typescript(source: Source, python_magic: str) -> None:
    """Raises ProjectError where the body is Python."""
    match = _PYTHON.search(source.body)
    if match is None or _TYPESCRIPT.search(source.body):
        return
    line = source.body[: match.end()].count("\n") + 1
    hint = f"Change the first line: {python_magic}" if source.offset else "The file name ends with .ts."
    problem = Problem("python-in-typescript", "This is Python.", source.body_place(line), hint)
    raise ProjectError("The cell is not TypeScript.", problems=[problem])


def has_default_export(text: str) -> bool:
    return re.search(r"\bexport\s+default\b|\bas\s+default\b", text) is not None


def created(text: str) -> tuple[Kind, int] | None:
    """What a text that declares itself makes, and on which line; None for any other text."""
    match = _CREATE.search(text) if _FROM_NANGO.search(text) else None
    if match is None or _FUNCTION.search(text):
        return None
    kind = next(kind for kind, create in CREATES.items() if create == match[1])
    return kind, text[: match.start()].count("\n") + 1


def style_of(source: Source, kind: Kind) -> Style:
    """Which style the script is of.

    Raises:
        ProjectError: it has no default export, or that of another kind.
    """
    made = created(source.body)
    if made is not None:
        other, line = made
        if other != kind:
            problem = Problem(
                "no-entry-function",
                f"{CREATES[other]} makes {'a sync' if other == 'sync' else f'an {other}'}.",
                source.body_place(line),
                f"Its folder is {FOLDERS[other]}."
                if source.is_file
                else f"Its cell begins with %%nango_{other.replace('-', '_')}_ts.",
            )
            raise ProjectError("The script cannot run.", problems=[problem])
        return "zero"
    misspelt = _misspelt_create(source)
    if misspelt is None and has_default_export(source.body):
        return "yaml"
    raise ProjectError("The script cannot run.", problems=[misspelt or _no_export(source, kind)])


def _misspelt_create(source: Source) -> Problem | None:
    """A name of package ``nango`` that is nearly one of those with which scripts declare themselves."""
    for match in _IMPORTED.finditer(source.body):
        for name in re.findall(r"[\w$]+", match[1]):
            meant = nearest(name, CREATES.values()) if name.startswith("c") else None
            if meant is not None and name not in CREATES.values():
                line = source.body[: match.start(1)].count("\n") + 1
                message = f"Package nango has no {name}."
                return Problem(
                    "no-entry-function", message, source.body_place(line), f"Did you mean {meant}?"
                )
    return None


def _no_export(source: Source, kind: Kind) -> Problem:
    wanted = f"export default async function {FUNCTIONS[kind]}(nango) {{ … }}"
    functions = {match[1]: match.start() for match in _NAMED.finditer(source.body)}
    meant = nearest(FUNCTIONS[kind], functions)
    place = source.place(source.offset or None)
    if meant is not None:
        place = source.body_place(source.body[: functions[meant]].count("\n") + 1)
        wanted = f"Rename {meant} and export it: {wanted}"
    return Problem("no-entry-function", "The script has no default export.", place, wanted)
