"""Writing into a folder: nothing half written, and nothing outside it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nangonb.errors import FolderError

#: What to do where an export cannot write a file.
_AGAIN: Final = "The files before it are complete. Fix the cause, then export again."


def check_folder(folder: Path) -> None:
    """Raises FolderError where ``folder`` cannot be a folder."""
    for path in (folder, *folder.parents):
        if path.is_dir():
            return
        if path.exists() or path.is_symlink():
            raise FolderError(f"{path} is there, and is not a folder.", hint="Name another folder.")


def obstacle(folder: Path, path: str) -> str | None:
    """Why ``path`` cannot be written below ``folder``; None where it can."""
    parts = path.split("/")
    if path.startswith("/") or "\0" in path or any(part in ("", ".", "..") for part in parts):
        return "it is outside the folder"
    here = folder
    for part in parts[:-1]:
        here = here / part
        if here.is_symlink():
            return f"{here.relative_to(folder).as_posix()} is a link"
        if here.exists() and not here.is_dir():
            return f"{here.relative_to(folder).as_posix()} is not a folder"
        if not here.exists():
            return None
    if (folder / path).is_dir() and not (folder / path).is_symlink():
        return "it is a folder"
    return None


def content(folder: Path, path: str) -> str | bytes | None:
    """What stands in a file now: text, bytes where it is no text (or a link), None where there is none."""
    file = folder / path
    try:
        if file.is_symlink():
            return os.fsencode(file.readlink())
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FolderError(f"{file} cannot be read: {error.strerror}.") from None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def clean(folder: Path, path: str) -> None:
    """Remove what an export that was killed left beside a file."""
    with contextlib.suppress(OSError):
        _temporary(folder / path).unlink(missing_ok=True)


def _temporary(file: Path) -> Path:
    return file.with_name(f".{file.name}.nangonb-tmp")


def write(folder: Path, path: str, text: str, *, hint: str = _AGAIN) -> None:
    """Write one file so that it holds either the old text or the new one, whatever happens.

    Raises:
        FolderError: the system does not let us.
    """
    file = folder / path
    temporary = _temporary(file)
    try:
        data = text.encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)  # of an export that was killed
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                if file.is_file() and not file.is_symlink():
                    os.fchmod(descriptor, file.stat().st_mode & 0o777)
                stream.write(data)
                stream.flush()
                os.fsync(descriptor)
            temporary.replace(file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FolderError(
            f"{file} cannot be written: {error.strerror or error}.",
            hint=hint,
        ) from None
    except UnicodeEncodeError as error:
        raise FolderError(
            f"{file} cannot be written: it holds half a character ({error.object[error.start]!r})."
        ) from None


def remove(folder: Path, path: str) -> None:
    """Remove one file, and the folders that are empty without it."""
    file = folder / path
    try:
        file.unlink(missing_ok=True)
        parent = file.parent
        while parent != folder and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent
    except OSError as error:
        raise FolderError(f"{file} cannot be removed: {error.strerror}.") from None


def was_exported(folder: Path) -> bool:
    """Whether there is, or was, an export into the folder, so that :func:`locked` leaves no new trace."""
    return (folder / ".nangonb").is_dir()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One export at a time. The folder is made where it is not there."""
    place = folder / ".nangonb"
    try:
        if place.is_symlink():
            raise FolderError(f"{place} is a link.", hint="Remove it: what we own is recorded there.")
        place.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDONLY)
    except OSError as error:
        raise FolderError(f"{folder} cannot be written: {error.strerror}.") from None
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
