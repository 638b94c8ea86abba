"""Writing saved responses: nothing half written, one writer at a time, and never over another script's."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from nangonb.errors import FolderError

_SUFFIX: Final = ".nangonb-tmp"


def write(path: Path, data: bytes, *, refuse: Callable[[], None] | None = None, hint: str = "") -> None:
    """Write a file so that it holds either the old content or the new, whatever happens.

    ``refuse`` raises where what is there must stay; nobody else writes into the folder meanwhile.

    Raises:
        FolderError: the system does not let us; ``hint`` says what to do.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent) as alone:
            if alone:  # what is there now is of a process that was killed
                _clean(path)
            if refuse is not None:
                refuse()
            descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_SUFFIX, dir=path.parent)
            with os.fdopen(descriptor, "wb") as stream:
                os.fchmod(descriptor, path.stat().st_mode & 0o777 if path.is_file() else 0o666 & ~_umask())
                stream.write(data)
                stream.flush()
                os.fsync(descriptor)
            Path(temporary).replace(path)
            temporary = None
    except OSError as error:
        raise FolderError(f"{path} cannot be written: {error.strerror or error}.", hint=hint) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """One writer at a time; False where the file system has no locks."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            alone = True
        except OSError:
            alone = False
        yield alone
    finally:
        os.close(descriptor)


def _clean(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_SUFFIX}"):
        left.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
