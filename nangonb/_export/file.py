"""A file that a layout makes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nangonb._export.owners import NOBODY, Owners

README = "README.md"
#: The version of ``zod`` (npm) that scripts import.
ZOD = "4.3.6"


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``path`` has ``/`` and is relative to the folder; ``script`` is the key of its script.

    ``notebooks`` are those it came from, as far as known. An ``optional`` file gives way to one that is
    there already. A ``generated`` one is made anew by Nango's CLI, too: what the CLI wrote is never in the
    way. A ``shared`` one holds what others wrote beside what is ours. A ``verbatim`` one is a user's text:
    where the same text is there with other line ends, it stays as it is.
    """

    path: str
    text: str
    script: str | None = None
    notebooks: Owners = NOBODY
    optional: bool = False
    generated: bool = False
    shared: bool = False
    verbatim: bool = False


def body(text: str) -> str:
    """The body of a cell as a file: LF, and one at the end."""
    return _lf(text).rstrip("\n") + "\n"


def as_it_is(text: str) -> str:
    """The same without any other change: a cell has no line end after its last line, and a file has one."""
    lf = _lf(text)
    return lf if lf.endswith("\n") else lf + "\n"


def same_text(one: str, other: str) -> bool:
    """Whether two files differ in nothing but line ends, those at the end included, and byte order marks."""
    return _lf(one.removeprefix("\ufeff")).rstrip("\n") == _lf(other.removeprefix("\ufeff")).rstrip("\n")


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def package_json(dependencies: dict[str, str]) -> str:
    """package.json of an exported folder: ``npm install`` installs the CLI that takes it."""
    return json_text(
        {
            "name": "nango-integrations",
            "private": True,
            "type": "module",
            "scripts": {"compile": "nango compile", "dev": "nango dev"},
            "devDependencies": dependencies,
        }
    )


def json_text(value: object) -> str:
    """JSON as the files of a folder have it."""
    return json.dumps(value, indent=4) + "\n"
