"""``dev``: check and export again whenever a notebook or a file of a folder is saved."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from nangonb._project import Problem, layout_named
from nangonb._verbs.check import check
from nangonb._verbs.commands import session_of
from nangonb._verbs.export import export
from nangonb._verbs.options import FolderArgument, LayoutOption, PruneOption, SourcesArgument, TrustOption
from nangonb._verbs.verb import verb
from nangonb.errors import FolderError, NangonbError

if TYPE_CHECKING:
    from nangonb._export import ExportResult

#: Also looked at this often, in ms: some file systems (network, containers) tell of no change.
_LOOK_EVERY = 2_000
_SUFFIXES = (".ipynb", ".py", ".ts", ".yaml")

State = frozenset[tuple[str, int, int]]


@verb(magic=False, function=False, command=True)
def dev(
    sources: SourcesArgument,
    folder: FolderArgument,
    *,
    layout: LayoutOption = None,
    prune: PruneOption = False,
    trust: TrustOption = False,
) -> int:
    """Check and export notebooks again whenever one is saved, until it is stopped.

    Ctrl-C and SIGTERM stop it. What is wrong is printed.

    Raises:
        FolderError: a source is not there.
        UnknownName: there is no such layout.
    """
    if layout is not None:
        layout_named(layout)
    for source in sources:
        if not Path(source).exists():
            raise FolderError(f"{source} is not there.")
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, frame: _stop(stop, number, frame))
    _print(f"Watching {', '.join(sources)}. Ctrl-C stops.")
    for _ in _changes(sources, Path(folder), stop):
        _export(sources, folder, layout=layout, prune=prune, trust=trust)
    _print("Stopped.")
    return 0


def _stop(stop: threading.Event, number: int, frame: FrameType | None) -> None:
    stop.set()


def _changes(sources: Sequence[str], folder: Path, stop: threading.Event) -> Iterator[None]:
    """One at once, and one for each time that a source has changed since the last."""
    from watchfiles import watch

    last = _state(sources, folder)
    yield
    places = {Path(source) if Path(source).is_dir() else Path(source).resolve().parent for source in sources}
    looks = watch(
        *places,
        stop_event=stop,
        debounce=200,
        rust_timeout=_LOOK_EVERY,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=any(Path(source).is_dir() for source in sources),
    )
    for _ in looks:
        now = _state(sources, folder)
        if now != last and not stop.is_set():
            last = now
            yield


def _state(sources: Iterable[str], folder: Path) -> State:
    """What tells that a source was saved: the time and size of its files, those of the export left out."""
    found = set()
    for path in _files(sources, folder.resolve()):
        try:
            status = path.stat()
        except OSError:
            continue  # it is being replaced, or gone
        found.add((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)


def _files(sources: Iterable[str], exported: Path) -> Iterator[Path]:
    for source in map(Path, sources):
        if not source.is_dir():
            yield source
            continue
        for here, folders, names in os.walk(source):
            folders[:] = [
                name
                for name in folders
                if not name.startswith(".")
                and name != "node_modules"
                and (Path(here) / name).resolve() != exported
            ]
            yield from (Path(here) / name for name in names if name.endswith(_SUFFIXES))


def _export(sources: Sequence[str], folder: str, *, layout: str | None, prune: bool, trust: bool) -> None:
    """Read, check and export once. Nothing is written unless everything can be."""
    reported: set[object] = set()
    try:
        with session_of(*sources, trust=trust):
            try:
                result = export(folder, layout=layout, prune=prune)
            except NangonbError as error:
                _print("\n".join(error.lines()))
                reported.update(map(_cause, getattr(error, "problems", ())))
            else:
                reported.update(map(_cause, result.problems))
                _report(result)
            _check(layout, reported)
    except NangonbError as error:
        _print("\n".join(error.lines()))
    except OSError as error:
        _print(f"{error.filename or folder}: {error.strerror}")


def _report(result: ExportResult) -> None:
    changed = ", ".join(result.changed)
    _print(f"Exported to {result.folder}: {changed or 'nothing has changed'}.")
    if result.orphaned:
        _print(f"No longer exported: {', '.join(result.orphaned)}. --prune removes what is unchanged.")
    for problem in result.problems:
        _print(str(problem))


def _check(layout: str | None, reported: set[object]) -> None:
    """The other problems, each once."""
    for problem in check(layout=layout).problems:
        if _cause(problem) not in reported:
            reported.add(_cause(problem))
            _print(str(problem))


def _cause(problem: Problem) -> object:
    """The same whether it is an error of the export or a warning of the check."""
    return problem.code, problem.message, problem.place


def _print(text: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {text}", flush=True)
