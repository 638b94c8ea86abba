"""A file that a layout makes."""

from __future__ import annotations

from dataclasses import dataclass

from nangonb.export.owners import NOBODY, Owners

NANGO_YAML = "nango.yaml"
README = "README.md"


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``path`` has ``/`` and is relative to the folder; ``script`` is the key of its script.

    ``notebooks`` are those it came from, as far as known. An ``optional`` file gives way to one that is
    there already. A ``generated`` one is made anew by Nango's CLI, too: what the CLI wrote is never in the
    way. A ``shared`` one holds what others wrote beside what is ours.
    """

    path: str
    text: str
    script: str | None = None
    notebooks: Owners = NOBODY
    optional: bool = False
    generated: bool = False
    shared: bool = False


def body(text: str) -> str:
    """The body of a cell as a file: LF, and one at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
