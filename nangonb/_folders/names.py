"""Names of files and folders: those with a meaning, and whether a path can be a file's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from nangonb.errors import FolderError

#: Folders that hold no scripts: results of builds, and packages of others.
SKIPPED: Final = frozenset({"node_modules", "__pycache__", "dist", "build", "site-packages"})
#: What an export wrote into a folder.
RECORD: Final = ".nangonb/export.json"
_TEMPORARY: Final = 24  # what the name of a temporary file beside it has more
_NAME: Final = 255
_PATH: Final = 4096


def name_fault(folder: Path, path: str) -> str | None:
    """Why ``path`` cannot be a file below ``folder``, whatever is there; None where it can."""
    try:
        names = [os.fsencode(part) for part in path.split("/")]
        whole = len(os.fsencode(folder.absolute())) + len(os.fsencode(path)) + 1
    except UnicodeEncodeError:
        return "it holds half a character"
    if "\0" in path:
        return "it holds a zero byte"
    most_name, most_path = _limits(folder)
    longest = max(names, key=len)
    if len(longest) > most_name:
        return (
            f"the name {os.fsdecode(longest[:20])!r}… has {len(longest):,} bytes, and may have {most_name:,}"
        )
    if whole > most_path:
        return f"the whole path has {whole:,} bytes, and may have {most_path:,}"
    return None


def check_inside(path: Path, folder: Path) -> None:
    """Raises FolderError where a file below ``folder`` would be written elsewhere, or cannot be one.

    A link that stays inside of the folder is followed.
    """
    fault = name_fault(folder, path.relative_to(folder).as_posix())
    if fault is not None:
        raise FolderError(f"{path} cannot be written: {fault}.", hint="Use shorter names.")
    try:
        place = path.parent.resolve()
        outside = not place.is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:  # a circle of links
        raise FolderError(f"{path} cannot be written: {error}.") from None
    if outside:
        raise FolderError(
            f"{path} would be written to {place}, which is outside of {folder}: it is below a link.",
            hint="Remove the link, or set [tool.nangonb] tests to the folder that the tests are to be in.",
        )


def _limits(folder: Path) -> tuple[int, int]:
    """Bytes of a name and of a path, where the folder is or will be."""
    there = folder.absolute()
    while not there.is_dir() and there != there.parent:
        there = there.parent
    try:
        name, path = os.pathconf(there, "PC_NAME_MAX"), os.pathconf(there, "PC_PATH_MAX")
    except (OSError, ValueError):
        name, path = _NAME, _PATH
    return name - _TEMPORARY, path - _TEMPORARY
