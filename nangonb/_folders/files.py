"""Reading one text file, with errors that say what to do."""

from __future__ import annotations

from pathlib import Path

from nangonb.errors import FolderError, nearest


def read_text(path: Path) -> str:
    """The file as text, without a byte order mark.

    Raises:
        FolderError: it does not exist, is a folder, may not be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise missing(path) from None
    except (IsADirectoryError, NotADirectoryError):
        raise FolderError(f"{path} is not a file.") from None
    except UnicodeDecodeError as error:
        raise FolderError(
            f"{path} is not UTF-8 text (byte {error.start + 1}).", hint="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror or error}.") from None


def missing(path: Path) -> FolderError:
    """Return the error for a path that does not exist, with the nearest name in its folder."""
    parent = path.parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    if parent != path.parent:
        return FolderError(f"There is no {path}.", hint=f"Only {parent} exists.")
    try:
        names = sorted(child.name for child in parent.iterdir() if not child.name.startswith("."))
    except OSError:
        names = []
    alike = [name for name in names if Path(name).suffix == path.suffix] if path.suffix else names
    stems = {Path(name).stem: name for name in reversed(alike if path.suffix else names)}
    close = nearest(path.stem, stems)  # without the suffix, which all of them share
    if close is not None:
        hint = f"Did you mean {parent / stems[close]}?"
    elif alike:
        hint = f"There is: {', '.join(alike[:12])}."
    else:
        hint = ""
    return FolderError(f"There is no {path}.", hint=hint)
