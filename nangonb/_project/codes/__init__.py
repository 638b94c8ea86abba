"""Every code that a Problem can have: one entry each, in the module of its section.

``SECTIONS`` are those of docs/problems.md and docs/problems-nango-yaml.md, which are generated from them;
``CODES`` has the entries by name. The numbers of the TypeScript compiler (``ts-2305``) share ``ts-NNNN``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from nangonb._project.codes import (
    declaring,
    deploying,
    dry_runs,
    folders,
    nango_yaml,
    scripts,
    translation,
    typescript,
)
from nangonb._project.codes.code import Code, Severity


class Section(NamedTuple):
    """A section of a page. ``page`` is the name of the file, without its suffix."""

    page: str
    title: str
    text: str
    codes: tuple[Code, ...]


_MAIN: Final = "problems"
_YAML: Final = "problems-nango-yaml"

SECTIONS: Final = (
    Section(_MAIN, "Declarations", "What cells and files declare.", declaring.CODES),
    Section(
        _MAIN,
        "Scripts",
        "nangonb reads scripts when a cell runs, and in `%nango_check` and `nangonb check`: it applies the rules "
        "of Nango's own CLI and [pyflakes](https://pypi.org/project/pyflakes/). A warning does not stop a dry "
        "run. What Nango's CLI rejects is an error in an export to TypeScript.",
        scripts.CODES,
    ),
    Section(
        _MAIN,
        "TypeScript",
        "`%nango_check`, `nangonb check` and `nangonb dev` check TypeScript as Nango's CLIs do: with their "
        "compiler flags, declarations of the nango object, the models of nango.yaml, and their rules in their "
        "words. This requires Node.js (`pip install 'nangonb[typescript]'`). The codes of the section Scripts "
        "apply where a rule is the same in both languages.",
        typescript.CODES,
    ),
    Section(_MAIN, "Dry runs", "", dry_runs.CODES),
    Section(
        _MAIN,
        "Deployments",
        "`server-…` codes are what Nango's server rejects. Those of nango.yaml are warnings until then "
        "([problems-nango-yaml.md](problems-nango-yaml.md#server-and-file-systems)); `%nango_deploy` reports them "
        "as errors, also for scripts that declare themselves.",
        deploying.CODES,
    ),
    Section(_MAIN, "Notebooks and folders", "", folders.CODES),
    Section(
        _MAIN,
        "Translation to TypeScript",
        "What the translator rejects in a Python script: an error in an export to TypeScript and in a deployment, "
        "else a warning. [translation.md](translation.md) lists what it supports.",
        translation.CODES,
    ),
    Section(_YAML, "Syntax", "", nango_yaml.SYNTAX),
    Section(_YAML, "Structure", "", nango_yaml.STRUCTURE),
    Section(_YAML, "Scripts and models", "", nango_yaml.MODELS),
    Section(
        _YAML,
        "Server and file systems",
        "The CLI does not check these; `nango deploy` fails.",
        nango_yaml.SERVER,
    ),
)
CODES: Final[Mapping[str, Code]] = {code.name: code for section in SECTIONS for code in section.codes}

_COMPILER: Final = re.compile(r"ts-\d+")


def code_of(name: str) -> Code:
    """The entry of a code. A code without an entry is a mistake in the caller: KeyError."""
    return CODES["ts-NNNN" if _COMPILER.fullmatch(name) else name]


__all__ = ["CODES", "SECTIONS", "Code", "Section", "Severity", "code_of"]
