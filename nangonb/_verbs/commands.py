"""What commands share: their session, the terminal as its front end, and stdout for one document."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nangonb._session import ConnectionChoice, Session, SyncStates, using
from nangonb._session.front import ask_terminal
from nangonb._session.sync_states import refusal
from nangonb._verbs.options import DeclaringSourceArgument, JsonOption
from nangonb.errors import Interrupted, NangonbError, RunError, UsageError

if TYPE_CHECKING:
    from nangonb._dryrun import Progress
    from nangonb._nango import Wait
    from nangonb._project import Problem
    from nangonb._render import Displayable


class TerminalFront:
    """Progress on stderr, where somebody sees it."""

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        if not sys.stderr.isatty():
            return lambda _: None

        def show(progress: Progress | None) -> None:
            text = "" if progress is None else f"{name}: {progress.text}"
            print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)

        return show

    def waiting(self, wait: Wait) -> None:
        if wait.begins:
            clear = "\r\x1b[2K" if sys.stderr.isatty() else ""  # the line of the progress
            print(f"{clear}{wait.words}: {wait.asked}", file=sys.stderr, flush=True)

    def show_choice(self, choice: ConnectionChoice) -> None:
        print(choice.text())

    def notice(self, problems: Sequence[Problem]) -> None:
        print("\n".join(map(str, problems)), file=sys.stderr)

    def show(self, result: Displayable) -> None:
        print(result, flush=True)

    def ask(self, question: str) -> str | None:
        return ask_terminal(question)

    def insert_cell(self, text: str) -> bool:
        return False

    def locate_name(self, name: str) -> str | None:
        return None

    def notebook(self) -> Path | None:
        return None


@contextlib.contextmanager
def session_of(*sources: str, trust: bool = False) -> Iterator[Session]:
    """A session with what ``sources`` declare; verbs use it in this block, and it is closed at its end.

    ``trust`` lets their code run. Raises FolderError, ProjectError: a source cannot be read.
    """
    project = None
    if sources:
        from nangonb._folders import read

        project = read(list(sources), trust=trust)
    session = Session(
        project=project, sources=[Path(source) for source in sources], door="command", front=TerminalFront()
    )
    try:
        with using(session):
            yield session
    finally:
        session.close()


@contextlib.contextmanager
def own_stdout() -> Iterator[IO[bytes]]:
    """The real stdout, for us alone: what scripts and their children print goes to stderr from now on."""
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(real, "wb") as document:
        yield document


def write_document(document: bytes | Iterable[bytes]) -> None:
    """Write one document to stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines([document] if isinstance(document, bytes) else document)
    sys.stdout.buffer.flush()


def on_sync(
    function: Callable[..., SyncStates],
    source: DeclaringSourceArgument,
    *,
    json: JsonOption = False,
    **options: Any,
) -> SyncStates | int:
    """Run a verb on a deployed sync."""
    words = (source, options.pop("name"), options.pop("connection"))
    source, (name, connection) = words_after_source(function.__name__, words)
    with session_of(*([source] if source else [])):
        try:
            states = function(name, connection, **options)
        except NangonbError as error:
            if json:
                known = error.states if isinstance(error, RunError | Interrupted) else None
                write_document(refusal(error.message) if known is None else known.document(error.message))
            raise
    if not json:
        return states
    write_document(states.document())
    return 0


def words_after_source(command: str, words: Sequence[str | None]) -> tuple[str | None, list[Any]]:
    """The source and the two words after it. The first word is the source where it is one; else it stands for
    the word after that, and so on.

    Raises: UsageError: there are too many words.
    """
    given = [word for word in words if word is not None]
    source = given.pop(0) if given and _is_source(given[0]) else None
    if len(given) > 2:
        raise UsageError(
            f"{given[0]!r} is neither a notebook nor a nango-integrations folder.",
            hint=f"nangonb {command} --help explains all options.",
        )
    return source, [*given, None, None][:2]


def _is_source(word: str) -> bool:
    path = Path(word)
    return path.suffix == ".ipynb" or any((path / name).is_file() for name in ("nango.yaml", "index.ts"))
