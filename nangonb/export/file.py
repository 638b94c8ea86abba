"""A file that a layout makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nangonb.errors import ProjectError
from nangonb.export.owners import NOBODY, Owners
from nangonb.project import Problem

NANGO_YAML = "nango.yaml"
README = "README.md"


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


def by_path(files: Iterable[File]) -> dict[str, File]:
    """The files by their paths.

    Raises:
        ProjectError: two would be the same file, as a module ``models`` and the models.ts of a layout.
    """
    found: dict[str, File] = {}
    problems = []
    for file in files:
        if file.path in found:
            message = f"The file {file.path} would be written twice: a module has the path of another file."
            problems.append(Problem("path-taken", message, None, "Give the module another path."))
        found.setdefault(file.path, file)
    if problems:
        raise ProjectError("Two files have one path. Nothing was written.", problems=problems)
    return found


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
